"""Facts as they are, and measures of a kind of unit without an index: what roll-ups and funnels are counted from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl
from sqlglot import exp

from kcz_metrics.compiling.assembly import MEASURES_TABLE
from kcz_metrics.compiling.measures import ready
from kcz_metrics.compiling.plan import Plan
from kcz_metrics.compiling.scans import fact_query
from kcz_metrics.compiling.statement import PERIOD, UNIT, Statement, records_column, table
from kcz_metrics.engines.connection import as_engine_error, frame, opened
from kcz_metrics.engines.values import MEASURES
from kcz_metrics.facts import FACTS
from kcz_metrics.language.periods import period, periods_between
from kcz_metrics.scheme.models import Index

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot


def fact_rows(snapshot: Snapshot, scheme: Scheme, names: Sequence[str]) -> Mapping[str, pl.DataFrame]:
    """Fact to all its rows, in order of its key; facts they build on are worked out once. Raises CompileError, EngineError, StoreError."""
    wanted = _after_what_they_build_on(names)
    with opened(snapshot, {read for name in wanted for read in FACTS[name].tables}) as connection, as_engine_error():
        for name in wanted:
            connection.execute(Statement(f"{name}_fact", fact_query(scheme, name)).tree().sql(dialect="duckdb"))
        found = {name: frame(connection, exp.select("*").from_(table(f"{name}_fact"))).sort(FACTS[name].key) for name in names}
    return MappingProxyType(found)


def measured(snapshot: Snapshot, scheme: Scheme, ids: Sequence[str], unit: str, periods: Sequence[str]) -> pl.DataFrame:
    """``unit, period, measure, value, n`` of measures for every unit of a kind, as :attr:`Values.measures` gives them for an index.

    ``periods`` are of one grain. Raises CompileError, EngineError, StoreError, PeriodError.
    """
    asked = tuple(sorted({period(one) for one in periods}))
    stand_in = Index.model_validate({"id": "measured", "unit": unit, "tree": {"id": "measured"}})
    plan = Plan(scheme, stand_in, asked, periods_between(asked[0], asked[-1]), {}, ready(scheme, dict.fromkeys(ids), unit))
    with opened(snapshot, plan.tables) as connection, as_engine_error():
        for step in plan.statements[:-1]:
            connection.execute(step.tree().sql(dialect="duckdb"))
        wide = frame(connection, exp.select("*").from_(table(MEASURES_TABLE)))
    spans = {number: span.id for number, span in enumerate(plan.periods) if span in asked}
    wide = wide.filter(pl.col(PERIOD).is_in(list(spans))).with_columns(
        unit=pl.col(UNIT), period=pl.col(PERIOD).replace_strict(spans, return_dtype=pl.String)
    )
    parts = [
        wide.select("unit", "period", measure=pl.lit(name), value=pl.col(name), n=pl.col(records_column(name)))
        for name in dict.fromkeys(ids)
    ]
    return pl.concat(parts).select(pl.col(name).cast(kind) for name, kind in MEASURES.items()).sort("measure", "period", "unit")


def _after_what_they_build_on(names: Sequence[str]) -> tuple[str, ...]:
    ordered: dict[str, None] = {}

    def visit(name: str) -> None:
        for base in FACTS[name].builds_on:
            visit(base)
        ordered[name] = None

    for name in names:
        visit(name)
    return tuple(ordered)
