"""All measures over one fact, for one key, as a single SELECT: filtered aggregates grouped by unit and period.

Where every measure sees a row in the one period of its time column, the period is worked out from the row and the grouping is a plain one.
Otherwise rows meet the periods that any of the measures sees them in, and each aggregate filters for its own window.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlglot import exp

from kcz_metrics.compiling import distinct, successors
from kcz_metrics.compiling.conditions import absent, all_of, any_of, present
from kcz_metrics.compiling.measures import ReadyMeasure
from kcz_metrics.compiling.statement import PERIOD, UNIT, records_column, table
from kcz_metrics.compiling.windows import Window, day
from kcz_metrics.facts import FLAW, PROGRAMME
from kcz_metrics.language import filters
from kcz_metrics.language.periods import A_YEAR, Period

#: The temporary table of periods: ``_period`` (0, 1, ...), ``id``, ``start_on``, ``end_on`` (exclusive).
PERIODS = "periods"


def scan(measures: Sequence[ReadyMeasure], periods: Sequence[Period]) -> exp.Query:
    """``_unit, _period``, and for each measure its value and ``_n_`` its number of records, from the table ``<fact>_fact``. Periods are
    contiguous and of one grain; of the measures all or none go by the period to a merged body's successor."""
    fact = measures[0].fact
    name = f"{fact.id}_fact"
    windows = list(dict.fromkeys(m.window for m in measures))
    bucket = len(windows) == 1 and windows[0].is_bucket
    all_valid = all(m.valid_only for m in measures)
    query = exp.select(
        exp.alias_(row_unit(measures[0]), UNIT, quoted=True), exp.alias_(_period(windows[0], periods, bucket), PERIOD, quoted=True)
    )
    common, of = _common(measures), distinct.one_column(measures)
    if of is not None:
        query = query.select(exp.alias_(exp.column(of, quoted=True), distinct.VALUE, quoted=True), copy=False)
    for measure in measures:
        condition = _filter(measure, common, with_window=not bucket and len(windows) > 1, with_valid=not all_valid)
        shown = columns(measure, condition) if of is None else [distinct.records(measure, condition)]
        query = query.select(*shown, copy=False)
    query = query.from_(table(name))
    if not bucket:
        seen = any_of(*[in_window(w) for w in windows])
        query = query.join(table(PERIODS), on=seen, join_type="inner")
    query = successors.joined(query, measures[0], period_end())
    query = query.where(*_rows(measures, windows[0], periods, bucket, all_valid))
    return query.group_by("1", "2") if of is None else distinct.over_values(query.group_by("1", "2", "3"), measures)


def unit_of(key: str | None) -> exp.Expression:
    return exp.Literal.string(PROGRAMME) if key is None else exp.column(key, quoted=True)


def row_unit(measure: ReadyMeasure) -> exp.Expression:
    """The id of the unit that a row counts for."""
    return unit_of(None) if measure.key is None else successors.unit_of(measure)


def period_end() -> exp.Expression:
    return exp.column("end_on", table=PERIODS, quoted=True)


def in_window(window: Window) -> exp.Expression:
    """The window's condition against a row of ``periods``."""
    return window.condition(exp.column("start_on", table=PERIODS, quoted=True), exp.column("end_on", table=PERIODS, quoted=True))


def where_of(measure: ReadyMeasure, besides: Mapping[str, Any] | None = None) -> exp.Expression | None:
    """What a measure asks of its rows, ``besides`` what is asked of all rows already."""
    asked = {name: of for name, of in measure.measure.where.items() if name not in (besides or {})}
    return _compiled(measure, asked) if asked else None


def _compiled(measure: ReadyMeasure, where: Mapping[str, Any]) -> exp.Expression:
    return cast("exp.Expression", filters.compile(where, cast("filters.Columns", measure.fact.columns)).transform(_bare))


def _bare(node: exp.Expr) -> exp.Expr:
    """A column of truths by itself rather than compared with TRUE or FALSE: so the engine sees through to what it stands for."""
    if isinstance(node, exp.EQ) and isinstance(node.expression, exp.Boolean):
        return node.this if node.expression.this else exp.Not(this=node.this)
    return node


def is_valid() -> exp.Expression:
    return absent(exp.column(FLAW, quoted=True))


def columns(measure: ReadyMeasure, condition: exp.Expression | None) -> list[exp.Expr]:
    """The measure and its number of records over the rows that meet ``condition``."""
    of = None if measure.measure.of is None else exp.column(measure.measure.of, quoted=True)
    whole = of is not None and measure.fact.columns[str(measure.measure.of)].type == "int"
    order = _order(measure) if measure.aggregate.ordered else None
    value = measure.aggregate.build(of, condition, q=measure.measure.q, order=order, whole=whole)
    # a sum of nothing but nulls has rows, and so is not a sum of nothing
    counted = exp.Star() if of is None or measure.measure.agg == "sum" else of.copy()
    records: exp.Expression = exp.Count(this=counted)
    if condition is not None:
        records = exp.Filter(this=records, expression=exp.Where(this=condition.copy()))
    return [exp.alias_(value, measure.id, quoted=True), exp.alias_(records, records_column(measure.id), quoted=True)]


def _filter(measure: ReadyMeasure, common: Mapping[str, Any], *, with_window: bool, with_valid: bool) -> exp.Expression | None:
    parts = [
        in_window(measure.window) if with_window else None,
        is_valid() if with_valid and measure.valid_only else None,
        where_of(measure, common),
    ]
    given = [part for part in parts if part is not None]
    return all_of(*given) if given else None


def _rows(
    measures: Sequence[ReadyMeasure], window: Window, periods: Sequence[Period], bucket: bool, all_valid: bool
) -> list[exp.Expression]:
    conditions: list[exp.Expression] = []
    if bucket:
        conditions.append(window.condition(day(periods[0].start), day(periods[-1].end)))
    if all_valid:
        conditions.append(is_valid())
    if measures[0].key is not None:
        conditions.append(present(exp.column(measures[0].key, quoted=True)))
    if (wanted := _wanted(measures)) is not None:
        conditions.append(wanted)
    return conditions


def rows_of_all(measures: Sequence[ReadyMeasure], periods: Sequence[Period]) -> list[exp.Expression]:
    """What every row meets that a scan or pass of its own reads for any of these measures over one fact, whatever their keys."""
    conditions = [is_valid()] if all(measure.valid_only for measure in measures) else []
    windows = {measure.window for measure in measures}
    if len(windows) == 1 and (window := windows.pop()).is_bucket:
        conditions.append(window.condition(day(periods[0].start), day(periods[-1].end)))
    if common := _common(measures):
        conditions.append(_compiled(measures[0], common))
    return conditions


def _common(measures: Sequence[ReadyMeasure]) -> dict[str, Any]:
    """What every measure asks of its rows."""
    first, *others = (measure.measure.where for measure in measures)
    return {name: asked for name, asked in first.items() if all(name in where and where[name] == asked for where in others)}


def _wanted(measures: Sequence[ReadyMeasure]) -> exp.Expression | None:
    """The rows that any of the measures counts: the others need not go through the joins and windows of the fact."""
    if common := _common(measures):
        return _compiled(measures[0], common)
    wheres = [where_of(measure) for measure in measures]
    return any_of(*dict.fromkeys(where for where in wheres if where is not None)) if None not in wheres else None


def _period(window: Window, periods: Sequence[Period], bucket: bool) -> exp.Expression:
    if not bucket:
        return exp.column(PERIOD, table=PERIODS, quoted=True)
    assert window.time is not None
    time, first = exp.column(window.time, quoted=True), periods[0].start
    year = exp.Anonymous(this="YEAR", expressions=[time])
    if periods[0].grain == "year":
        return exp.Sub(this=year, expression=exp.Literal.number(first.year))
    month = exp.Anonymous(this="MONTH", expressions=[time.copy()])
    months = exp.Sub(
        this=exp.Add(this=exp.Mul(this=year, expression=exp.Literal.number(12)), expression=month),
        expression=exp.Literal.number(first.year * 12 + first.month),
    )
    length = 12 // A_YEAR[periods[0].grain]
    return months if length == 1 else exp.IntDiv(this=exp.paren(months), expression=exp.Literal.number(length))


def _order(measure: ReadyMeasure) -> exp.Expression:
    """What tells the latest row: its time and then its key."""
    time = measure.window.time or measure.window.valid_from
    names = ([time] if time else []) + list(measure.fact.key)
    return exp.Anonymous(this="ROW", expressions=[exp.column(name, quoted=True) for name in names])
