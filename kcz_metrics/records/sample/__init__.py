"""Invented records of three years: 65 pilots, 240 teams, about 330 bodies that are evaluated, and the enterprises they serve."""

from __future__ import annotations

from kcz_metrics.records.sample.files import fill, read_sample, write_sample, write_truth
from kcz_metrics.records.sample.invent import Sample, invent
from kcz_metrics.records.sample.parts import invent_parts

__all__ = ["Sample", "fill", "invent", "invent_parts", "read_sample", "write_sample", "write_truth"]
