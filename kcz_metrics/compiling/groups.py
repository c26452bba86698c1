"""A measure over values rather than rows: a diversity, or one that counts only values with enough records behind them (``at_least``).
First a row a value, then the values that count."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from kcz_metrics.compiling import successors
from kcz_metrics.compiling.conditions import present
from kcz_metrics.compiling.measures import ReadyMeasure
from kcz_metrics.compiling.scan import PERIODS, in_window, is_valid, period_end, row_unit, where_of
from kcz_metrics.compiling.statement import PERIOD, UNIT, records_column, table
from kcz_metrics.language.periods import Period

VALUE, RECORDS, KEPT_BY = "_value", "_records", "_kept_by"


def grouped(measure: ReadyMeasure, periods: Sequence[Period]) -> exp.Query:
    """``_unit, _period``, the measure and its number of records; as :func:`kcz_metrics.compiling.scan.scan`."""
    of, at_least_of = measure.measure.of, measure.measure.at_least_of
    assert of is not None
    name = f"{measure.fact.id}_fact"
    value = exp.column(of, quoted=True)
    conditions: list[exp.Expression] = [present(value.copy())]
    if measure.key is not None:
        conditions.append(present(exp.column(measure.key, quoted=True)))
    if measure.valid_only:
        conditions.append(is_valid())
    if (where := where_of(measure)) is not None:
        conditions.append(where)
    kept_by: exp.Expression = exp.Count(this=exp.Star())
    if at_least_of is not None:
        kept_by = exp.Count(this=exp.Distinct(expressions=[exp.column(at_least_of, quoted=True)]))
    values = (
        exp.select(
            exp.alias_(row_unit(measure), UNIT, quoted=True),
            exp.column(PERIOD, table=PERIODS, quoted=True),
            exp.alias_(value, VALUE, quoted=True),
            exp.alias_(exp.Count(this=exp.Star()), RECORDS, quoted=True),
            exp.alias_(kept_by, KEPT_BY, quoted=True),
        )
        .from_(table(name))
        .join(table(PERIODS), on=in_window(measure.window), join_type="inner")
    )
    values = successors.joined(values, measure, period_end()).where(*conditions).group_by("1", "2", "3")
    records = exp.column(RECORDS, quoted=True)
    kept = exp.GTE(this=exp.column(KEPT_BY, quoted=True), expression=exp.Literal.number(measure.measure.at_least or 1))
    total = exp.Filter(this=exp.Sum(this=records.copy()), expression=exp.Where(this=kept.copy()))
    query = (
        exp.select(
            exp.column(UNIT, quoted=True),
            exp.column(PERIOD, quoted=True),
            exp.alias_(measure.aggregate.regroup(exp.cast(records, "double"), kept), measure.id, quoted=True),
            exp.alias_(exp.Coalesce(this=total, expressions=[exp.Literal.number(0)]), records_column(measure.id), quoted=True),
        )
        .from_(table("values_of"))
        .group_by("1", "2")
    )
    return query.with_(exp.to_identifier("values_of", quoted=True), as_=values)
