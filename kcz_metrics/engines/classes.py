"""Evidence behind an index's values: of the records that each indicator counts for a unit, how much is of which class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import polars as pl
from sqlglot import exp

from kcz_metrics.compiling import successors
from kcz_metrics.compiling.conditions import present
from kcz_metrics.compiling.measures import ReadyMeasure
from kcz_metrics.compiling.plan import Plan, plan
from kcz_metrics.compiling.scan import is_valid, row_unit, where_of
from kcz_metrics.compiling.scans import fact_query, needed_facts
from kcz_metrics.compiling.statement import Statement, table
from kcz_metrics.compiling.windows import day
from kcz_metrics.engines.connection import as_engine_error, frame, opened
from kcz_metrics.engines.line_classes import lines_query, made_of, shares
from kcz_metrics.language.periods import Period, period

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot

CLASS: Final = "evidence_class"
FRAME: Final = {"unit": pl.String, "indicator": pl.String, CLASS: pl.String, "share": pl.Float64}


def evidence_shares(snapshot: Snapshot, scheme: Scheme, index_id: str, period_id: str) -> pl.DataFrame:
    """``evidence_shares_by_period`` for one period."""
    return evidence_shares_by_period(snapshot, scheme, index_id, [period_id])[period_id]


def evidence_shares_by_period(snapshot: Snapshot, scheme: Scheme, index_id: str, periods: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Period to ``unit, indicator, evidence_class, share``: of what an indicator of the index counts for a unit in the period, the share of
    each class; shares of a value add up to 1. Facts are made once for all the periods.

    Of a sum the class has its part of the sum, of any other aggregate its part of the records; the measures of a formula count alike, those
    of periods before do not. Rows of a fact that are made of several records (years of teams, firms served) have the classes of those. A
    value has no rows where no record that counts has a class, as with context tables. Raises CompileError, EngineError, StoreError.
    """
    planned = {period_id: plan(scheme, index_id, [period_id]) for period_id in periods}
    every = {m.id: m for one in planned.values() for m in one.measures}
    told = {m.id: m for m in every.values() if _told(snapshot, m)}
    made = {m.id: m for m in every.values() if m.id not in told and made_of(snapshot, m.fact)}
    tables = [name for one in planned.values() for name in one.tables]
    with opened(snapshot, dict.fromkeys([*tables, *(m.fact.record for m in told.values())])) as connection, as_engine_error():
        for name in needed_facts([*told.values(), *made.values()]):
            connection.execute(Statement(f"{name}_fact", fact_query(scheme, name)).tree().sql(dialect="duckdb"))
        found: dict[str, dict[str, pl.DataFrame]] = {}
        for period_id, one in planned.items():
            span, own = period(period_id), {m.id: m for m in one.measures}
            found[period_id] = {id: frame(connection, _counted(m, span)) for id, m in own.items() if id in told}
            lines = {id: lines_query(m, span, list(_conditions(m, span))) for id, m in own.items() if id in made}
            found[period_id] |= {id: shares(snapshot, made[id].fact, frame(connection, query)) for id, query in lines.items()}
    return {period_id: _by_indicator(one, found[period_id]) for period_id, one in planned.items()}


def _by_indicator(planned: Plan, found: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The shares of measures put together to those of the indicators whose formulas use them."""
    parts = [
        rows.with_columns(indicator=pl.lit(leaf))
        for leaf, formula in planned.formulas.items()
        for id in dict.fromkeys(name for name, back in formula.uses if not back)
        if (rows := found.get(id)) is not None
    ]
    if not parts:
        return pl.DataFrame(schema=FRAME)
    whole = pl.concat(parts).with_columns(pl.col("share") / pl.col("share").sum().over("unit", "indicator"))
    return whole.group_by("unit", "indicator", CLASS).agg(pl.col("share").sum()).select(list(FRAME)).sort("unit", "indicator", CLASS)


def _told(snapshot: Snapshot, measure: ReadyMeasure) -> bool:
    """Whether a row of the fact is a row of a record table that says on what evidence it stands."""
    record = snapshot.tables.get(measure.fact.record)
    return record is not None and CLASS in record.columns and tuple(record.key) == tuple(measure.fact.key)


def _counted(measure: ReadyMeasure, span: Period) -> exp.Query:
    """``unit, evidence_class, share`` of one measure; shares of a unit add up to 1."""
    key = [exp.column(name, quoted=True) for name in measure.fact.key]
    # by another name, since the fact may have such a column too
    given = exp.alias_(exp.column(CLASS, quoted=True), "_class", quoted=True)
    record = exp.select(*key, given).from_(table(measure.fact.record)).subquery("record")
    amount: exp.Expression = exp.Count(this=exp.Star())
    if measure.measure.agg == "sum":
        amount = exp.Sum(this=exp.Abs(this=exp.column(str(measure.measure.of), quoted=True)))
    rows = exp.select(
        exp.alias_(row_unit(measure), "unit"),
        exp.alias_(exp.column("_class", quoted=True), CLASS),
        exp.alias_(exp.cast(amount, "double"), "amount"),
    ).from_(table(f"{measure.fact.id}_fact"))
    rows = rows.join(record, using=[name.copy() for name in key], join_type="inner")
    rows = successors.joined(rows, measure, day(span.end))
    by_class = rows.where(*_conditions(measure, span)).group_by("1", "2").subquery("by_class")
    whole = exp.Window(this=exp.Sum(this=exp.column("amount")), partition_by=[exp.column("unit")])
    share = exp.Div(this=exp.column("amount"), expression=whole)
    query = (
        exp.select("unit", CLASS, exp.alias_(share, "share"))
        .from_(by_class)
        .where(exp.GT(this=exp.column("amount"), expression=exp.Literal.number(0)))
    )
    return query.order_by("unit", CLASS)


def _conditions(measure: ReadyMeasure, span: Period) -> Iterator[exp.Expression]:
    yield measure.window.condition(day(span.start), day(span.end))
    if measure.valid_only:
        yield is_valid()
    if (where := where_of(measure)) is not None:
        yield where
    if measure.key is not None:
        yield present(exp.column(measure.key, quoted=True))
