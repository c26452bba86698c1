"""Numbers of different values of one column: the rows by unit, period and value first, and then the values. A database that is asked for
several such numbers at once goes over the rows once more for each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from kcz_metrics.compiling.measures import ReadyMeasure
from kcz_metrics.compiling.statement import PERIOD, UNIT, records_column, table

VALUE, _BY_VALUE = "_value", "by_value"


def one_column(measures: Sequence[ReadyMeasure]) -> str | None:
    """The column of which all measures count the different values, where they do, or do no more than count records beside."""
    columns = {measure.measure.of for measure in measures if measure.measure.agg == "distinct"}
    fits = len(columns) == 1 and all(measure.measure.agg in ("distinct", "count") for measure in measures)
    return columns.pop() if fits else None


def records(measure: ReadyMeasure, condition: exp.Expression | None) -> exp.Expr:
    """The records of a value that a measure counts."""
    of = measure.measure.of
    number: exp.Expression = exp.Count(this=exp.Star() if of is None else exp.column(of, quoted=True))
    if condition is not None:
        number = exp.Filter(this=number, expression=exp.Where(this=condition.copy()))
    return exp.alias_(number, records_column(measure.id), quoted=True)


def over_values(query: exp.Query, measures: Sequence[ReadyMeasure]) -> exp.Query:
    """``_unit, _period``, and each measure with its number of records, of a query that gives the :func:`records` by value."""
    outer = exp.select(exp.column(UNIT, quoted=True), exp.column(PERIOD, quoted=True))
    for measure in measures:
        counted = exp.column(records_column(measure.id), quoted=True)
        whole: exp.Expression = exp.cast(exp.Sum(this=counted), "bigint")
        met = exp.GT(this=counted.copy(), expression=exp.Literal.number(0))
        distinct = exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=met))
        value = distinct if measure.measure.agg == "distinct" else whole.copy()
        outer = outer.select(
            exp.alias_(value, measure.id, quoted=True), exp.alias_(whole, records_column(measure.id), quoted=True), copy=False
        )
    outer = outer.from_(table(_BY_VALUE)).group_by("1", "2")
    return outer.with_(exp.to_identifier(_BY_VALUE, quoted=True), as_=query)
