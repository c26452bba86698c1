"""The records behind a measure: every row of the fact that the window shows for a unit, and what each adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from sqlglot import exp

from kcz_metrics.compiling import successors
from kcz_metrics.compiling.measures import ReadyMeasure, ready
from kcz_metrics.compiling.plan import tables_of
from kcz_metrics.compiling.scan import row_unit, where_of
from kcz_metrics.compiling.scans import fact_query, kept_in_tables, needed_facts
from kcz_metrics.compiling.statement import Statement, table
from kcz_metrics.compiling.windows import day
from kcz_metrics.engines.connection import as_engine_error, frame, opened
from kcz_metrics.errors import CompileError, Issue
from kcz_metrics.facts import FLAW, UNITS
from kcz_metrics.language.periods import Period, period
from kcz_metrics.locales import T

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot

COUNTED, REASON, CONTRIBUTION = "_counted", "_reason", "_contribution"
_MEETS = "_meets"


def measure_records(
    snapshot: Snapshot, scheme: Scheme, measure_id: str, unit: str, period_id: str, *, kind: str | None = None
) -> pl.DataFrame:
    """The fact's rows of a unit in the measure's window: key, then the fact's columns, ``_counted``, ``_reason``, ``_contribution``.

    ``kind`` is the kind of unit (city, team, ...); without it, that of the dimension in which ``unit`` is found. ``_reason`` tells why a
    row does not count: ``duplicate``, ``unverified``, ``filter`` (the measure's ``where``), ``null`` (no value of ``of``), ``few`` (its
    value of ``of`` has too few records), ``earlier`` (not the latest); null where it counts. ``_contribution`` sums over the counted
    rows to the measure for count, sum, mean, distinct and latest; it is null for the other aggregates, to which no single row adds.
    Raises CompileError for an unknown measure or unit.
    """
    span = period(period_id)
    kind = kind or _kind_of(snapshot, unit)
    measure = ready(scheme, [measure_id], kind)[0]
    with opened(snapshot, tables_of(kind, [measure.fact.id])) as connection, as_engine_error():
        for name in needed_facts([measure]):
            if name in kept_in_tables([measure]):
                connection.execute(Statement(f"{name}_fact", fact_query(scheme, name)).tree().sql(dialect="duckdb"))
        rows = frame(connection, _rows(scheme, measure, unit, span))
    return judged(measure, rows)


def _rows(scheme: Scheme, measure: ReadyMeasure, unit: str, span: Period) -> exp.Query:
    name = f"{measure.fact.id}_fact"
    source = table(name) if measure.fact.id in kept_in_tables([measure]) else fact_query(scheme, measure.fact.id).subquery(name)
    meets = where_of(measure) or exp.true()
    query = exp.select("*", exp.alias_(exp.Coalesce(this=meets, expressions=[exp.false()]), _MEETS)).from_(source)
    return successors.joined(query, measure, day(span.end)).where(
        exp.EQ(this=row_unit(measure), expression=exp.Literal.string(unit)),
        measure.window.condition(day(span.start), day(span.end)),
    )


def judged(measure: ReadyMeasure, rows: pl.DataFrame) -> pl.DataFrame:
    """Which rows count, why not, and what each adds."""
    of = measure.measure.of
    reason = pl.lit(None, pl.String)
    if of is not None and measure.measure.agg != "sum":
        reason = pl.when(pl.col(of).is_null()).then(pl.lit("null"))
    reason = pl.when(~pl.col(_MEETS)).then(pl.lit("filter")).otherwise(reason)
    if measure.valid_only:
        reason = pl.coalesce(pl.col(FLAW), reason)
    rows = rows.with_columns(reason.alias(REASON))
    if measure.grouped and of is not None:
        by = measure.measure.at_least_of
        counts = pl.col(REASON).is_null()
        support = counts.sum() if by is None else pl.col(by).filter(counts).drop_nulls().n_unique()
        few = counts & (support.over(of) < measure.measure.at_least)
        rows = rows.with_columns(pl.when(few).then(pl.lit("few")).otherwise(pl.col(REASON)).alias(REASON))
    if measure.measure.agg == "latest":
        rows = _latest(measure, rows)
    rows = rows.with_columns(pl.col(REASON).is_null().alias(COUNTED))
    rows = rows.with_columns(_contribution(measure).cast(pl.Float64).alias(CONTRIBUTION))
    key = list(measure.fact.key)
    columns = [*key, *(name for name in measure.fact.columns if name not in key), COUNTED, REASON, CONTRIBUTION]
    time = measure.window.time or measure.window.valid_from
    return rows.select(columns).sort(
        [COUNTED, *([time] if time else []), *key], descending=[True, *([True] if time else []), *[False] * len(key)]
    )


def _latest(measure: ReadyMeasure, rows: pl.DataFrame) -> pl.DataFrame:
    time = measure.window.time or measure.window.valid_from
    order = [*([time] if time else []), *measure.fact.key]
    newest = pl.struct(order).rank("ordinal").over(pl.col(REASON).is_null()) == pl.col(REASON).is_null().sum()
    counts = pl.col(REASON).is_null()
    return rows.with_columns(pl.when(counts & ~newest).then(pl.lit("earlier")).otherwise(pl.col(REASON)).alias(REASON))


def _contribution(measure: ReadyMeasure) -> pl.Expr:
    of, counted = measure.measure.of, pl.col(COUNTED)
    match measure.measure.agg:
        case "count":
            return pl.when(counted).then(1.0)
        case "sum" | "latest":
            return pl.when(counted).then(pl.col(of or ""))
        case "mean":
            return pl.when(counted).then(pl.col(of or "") / counted.sum())
        case "distinct":
            return pl.when(counted).then(1.0 / counted.sum().over(of))
    return pl.lit(None, pl.Float64)


def _kind_of(snapshot: Snapshot, unit: str) -> str:
    """The dimension in which a unit is found."""
    tables = dict.fromkeys(name for dimension in UNITS.values() for name in dimension.tables)
    with opened(snapshot, tables) as connection, as_engine_error():
        for kind, dimension in UNITS.items():
            found = exp.select("unit").from_(dimension.query().subquery("dimension")).where(exp.column("unit").eq(exp.Literal.string(unit)))
            if frame(connection, found).height:
                return kind
    raise CompileError(Issue("unknown_unit", T("没有评价对象“{unit}”", unit=unit)))
