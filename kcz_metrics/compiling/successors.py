"""A merged body's records count for the one it was merged into, from the day of the merger: a row with a date by that date, what is counted
at a period's start or end by the period's last day."""

from __future__ import annotations

from sqlglot import exp

from kcz_metrics.compiling.conditions import absent, all_of, any_of
from kcz_metrics.compiling.measures import ReadyMeasure
from kcz_metrics.compiling.statement import table

#: The fact of mergers, and the table it is kept in.
SUCCESSORS = "successors"
_TABLE = f"{SUCCESSORS}_fact"


def by_period(measure: ReadyMeasure) -> bool:
    """Whether it takes the period, not the row, to say whose the row is: of what holds at a day, who holds it then."""
    return measure.succeeds and measure.window.kind in ("at_start", "at_end", "always")


def unit_of(measure: ReadyMeasure) -> exp.Expression:
    """The unit's id of a row: the key of the fact, or of the body that has taken it over."""
    assert measure.key is not None
    key = exp.column(measure.key, quoted=True)
    return exp.Coalesce(this=exp.column("successor_id", table=_TABLE, quoted=True), expressions=[key]) if measure.succeeds else key


def joined(query: exp.Select, measure: ReadyMeasure, end: exp.Expression) -> exp.Select:
    """The query with the successors beside each row; ``end`` is the day after the period's last."""
    return query.join(table(_TABLE), on=_holds(measure, end), join_type="left") if measure.succeeds else query


def _holds(measure: ReadyMeasure, end: exp.Expression) -> exp.Expression:
    since, until = (exp.column(name, table=_TABLE, quoted=True) for name in ("succeeded_from", "succeeded_to"))
    assert measure.key is not None
    same = exp.EQ(this=exp.column("merged_org_id", table=_TABLE, quoted=True), expression=exp.column(measure.key, quoted=True))
    began: exp.Expression
    lasts: exp.Expression
    if by_period(measure):
        began, lasts = exp.LT(this=since, expression=end.copy()), exp.GTE(this=until.copy(), expression=end.copy())
    else:
        times = [exp.column(name, quoted=True) for name in measure.fact.times]
        day = exp.cast(exp.Coalesce(this=times[0], expressions=times[1:]) if times[1:] else times[0], "date")
        began, lasts = exp.LTE(this=since, expression=day), exp.GT(this=until.copy(), expression=day.copy())
    return all_of(same, began, any_of(absent(until), lasts))
