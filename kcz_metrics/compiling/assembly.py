"""The steps around the facts: units, periods, the table of all measures, and the indicators worked out from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from sqlglot import exp

from kcz_metrics.compiling.conditions import absent, all_of, any_of
from kcz_metrics.compiling.measures import ReadyMeasure
from kcz_metrics.compiling.scan import PERIODS
from kcz_metrics.compiling.statement import PERIOD, UNIT, records_column, table
from kcz_metrics.compiling.windows import day
from kcz_metrics.facts import UNITS
from kcz_metrics.language import filters
from kcz_metrics.language.formula import Formula
from kcz_metrics.language.periods import Period
from kcz_metrics.scheme.models import Index

UNITS_TABLE, MEASURES_TABLE = "units", "measures"
#: Beyond this size a number is not one that anybody measured; formulas rely on it.
LARGEST = "1e60"


def units(index: Index) -> exp.Query:
    """The index's population: every unit of its kind that it applies to."""
    dimension = UNITS[index.unit]
    query = exp.select("*").from_(dimension.query().subquery("dimension"))
    if index.applies_to:
        query = query.where(filters.compile(index.applies_to, cast("filters.Columns", dimension.columns)))
    return query


def periods(wanted: Sequence[Period]) -> exp.Query:
    """``_period, id, start_on, end_on``, a row a period."""
    rows = [
        exp.select(
            exp.alias_(exp.Literal.number(number), PERIOD, quoted=True),
            exp.alias_(exp.Literal.string(period.id), "id", quoted=True),
            exp.alias_(day(period.start), "start_on", quoted=True),
            exp.alias_(day(period.end), "end_on", quoted=True),
        )
        for number, period in enumerate(wanted)
    ]
    query: exp.Query = rows[0]
    for row in rows[1:]:
        query = exp.union(query, row, distinct=False)
    return query


def measures(ready: Sequence[ReadyMeasure], made: Mapping[str, str]) -> exp.Query:
    """A row for each unit that is active in a period: every measure as a DOUBLE, finite or null, and its number of records.

    ``made`` tells the table in which each measure was worked out.
    """
    active = all_of(
        any_of(absent(_of_unit("active_from")), exp.LT(this=_of_unit("active_from"), expression=_of_period("end_on"))),
        any_of(absent(_of_unit("active_to")), exp.GT(this=_of_unit("active_to"), expression=_of_period("start_on"))),
    )
    query = exp.select(exp.alias_(_of_unit("unit"), UNIT, quoted=True), exp.alias_(_of_period(PERIOD), PERIOD, quoted=True))
    for measure in ready:
        source = made[measure.id]
        records = exp.Coalesce(this=exp.column(records_column(measure.id), table=source, quoted=True), expressions=[exp.Literal.number(0)])
        query = query.select(
            exp.alias_(_value(measure, source, records), measure.id, quoted=True),
            exp.alias_(exp.cast(records.copy(), "double"), records_column(measure.id), quoted=True),
            copy=False,
        )
    query = query.from_(table(UNITS_TABLE)).join(table(PERIODS), on=active, join_type="inner")
    for source in dict.fromkeys(made.values()):
        same = all_of(
            exp.EQ(this=exp.column(UNIT, table=source, quoted=True), expression=_of_unit("unit")),
            exp.EQ(this=exp.column(PERIOD, table=source, quoted=True), expression=_of_period(PERIOD)),
        )
        query = query.join(table(source), on=same, join_type="left", copy=False)
    return query


def indicators(formulas: Mapping[str, Formula]) -> exp.Query:
    """``_unit, _period`` and each indicator. Earlier periods are read from the same table, joined to itself one period back or more."""
    alias = "now"
    query = exp.select(exp.column(UNIT, table=alias, quoted=True), exp.column(PERIOD, table=alias, quoted=True))

    def resolve(name: str, back: int) -> exp.Expression:
        return exp.column(name, table=_back(back), quoted=True)

    for name, formula in formulas.items():
        query = query.select(exp.alias_(formula.sql(resolve), name, quoted=True), copy=False)
    query = query.from_(table(MEASURES_TABLE, alias))
    for back in sorted({back for formula in formulas.values() for _, back in formula.uses if back}):
        earlier = exp.Sub(this=exp.column(PERIOD, table=alias, quoted=True), expression=exp.Literal.number(back))
        same = all_of(
            exp.EQ(this=exp.column(UNIT, table=_back(back), quoted=True), expression=exp.column(UNIT, table=alias, quoted=True)),
            exp.EQ(this=exp.column(PERIOD, table=_back(back), quoted=True), expression=earlier),
        )
        other = table(MEASURES_TABLE, _back(back))
        query = query.join(other, on=same, join_type="left", copy=False)
    return query


def _back(back: int) -> str:
    return "now" if back == 0 else f"before_{back}"


def _value(measure: ReadyMeasure, source: str, records: exp.Expression) -> exp.Expression:
    column: exp.Expression = exp.cast(exp.column(measure.id, table=source, quoted=True), "double")
    if measure.measure.agg not in ("count", "distinct"):
        fits = exp.LTE(this=exp.Abs(this=column.copy()), expression=exp.Literal.number(LARGEST))
        column = exp.Case(ifs=[exp.If(this=fits, true=column)])
    nothing = exp.EQ(this=records.copy(), expression=exp.Literal.number(0))
    if measure.zero_where_nothing:
        return exp.Case(ifs=[exp.If(this=nothing, true=exp.Literal.number(0))], default=column)
    return exp.Case(ifs=[exp.If(this=exp.Not(this=nothing), true=column)]) if measure.measure.empty == "missing" else column


def _of_unit(name: str) -> exp.Expression:
    return exp.column(name, table=UNITS_TABLE, quoted=True)


def _of_period(name: str) -> exp.Expression:
    return exp.column(name, table=PERIODS, quoted=True)
