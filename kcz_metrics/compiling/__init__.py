"""Measures and formulas become SQL trees: one scan over each fact, then the measures together, then the indicators."""

from kcz_metrics.compiling.measures import ReadyMeasure
from kcz_metrics.compiling.plan import Plan, plan
from kcz_metrics.compiling.script import explained, sql
from kcz_metrics.compiling.statement import Statement

__all__ = ["Plan", "ReadyMeasure", "Statement", "explained", "plan", "sql"]
