"""How far each target of the notice is: value, goal, progress, forecast and state, at a day of the year.

A period names the year and the day: ``2022`` asks for the year's end, ``2022-07`` for the end of July of the same year's targets. Where the
records end earlier, the day after the last report stands in. The year is *over* once that day is its end.

States, in this order: ``no_data`` (nothing to count, or no baseline); ``done`` (the comparator holds now); ``behind`` with reason ``above``
(an exact figure or a range is passed, and a count cannot fall); ``nearly_done`` (within the tolerance: 左右 is basically met from 90% on);
``behind`` with reason ``short`` once the year is over. Before that the forecast decides: ``on_course`` only if its lower end reaches what
counts as met (and its middle stays within a range), else ``behind``, with reason ``unsure`` where the middle reaches it and the lower end
does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, Literal, NamedTuple, get_args

import polars as pl

from kcz_metrics.decisions import forecast as forecasting
from kcz_metrics.decisions.forecast import Forecast
from kcz_metrics.decisions.tiers import assign
from kcz_metrics.engines.targets import Course
from kcz_metrics.language.periods import Period, parts, period
from kcz_metrics.scheme.models import Scheme, Target
from kcz_metrics.scoring import Scorecard

State = Literal["done", "nearly_done", "on_course", "behind", "no_data"]
STATES: Final[tuple[State, ...]] = get_args(State)
#: Columns of the command line, in their order.
ANSWER: Final = ("target", "value", "goal", "progress", "state")
FRAME: Final = {
    "target": pl.String, "item": pl.Int64, "comparator": pl.String, "unit": pl.String, "value": pl.Float64, "goal": pl.Float64,
    "upper": pl.Float64, "progress": pl.Float64, "state": pl.String, "reason": pl.String, "time_gone": pl.Float64,
    "forecast": pl.Float64, "forecast_low": pl.Float64, "forecast_high": pl.Float64, "baseline": pl.Float64,
    "units": pl.Int64, "units_met": pl.Int64, "counted_in": pl.String,
}  # fmt: skip
UNITS: Final = {"target": pl.String, "unit": pl.String, "value": pl.Float64, "met": pl.Boolean}
STEPS: Final = {"target": pl.String, "month": pl.String, "value": pl.Float64}
#: Sums of shares and ratios may miss a whole number by their last digits.
_EXACT = 1e-9

Scored = Callable[[str], Scorecard]


class Day(NamedTuple):
    """The day a year's targets are looked at: ``as_of`` (exclusive), and the share of the year gone by then."""

    year: Period
    as_of: date
    gone: float

    @property
    def over(self) -> bool:
        return self.as_of >= self.year.end

    @property
    def month(self) -> str | None:
        """The last month begun; None before the year begins."""
        last = self.as_of - timedelta(days=1)
        return f"{last:%Y-%m}" if last >= self.year.start else None

    @property
    def months_gone(self) -> float:
        """Of twelve, the last one by its days."""
        if self.month is None:
            return 0.0
        current = period(self.month)
        return current.number - 1 + (self.as_of - current.start).days / (current.end - current.start).days


@dataclass(frozen=True)
class Standing:
    """All targets at a day. ``rows`` are in the order of the scheme; ``course`` has the year's months up to the day and the year before;
    ``units`` says of each target over units which of them meet it, and of one counted in scorecards which units or indices count."""

    day: Day
    rows: pl.DataFrame
    course: pl.DataFrame
    units: pl.DataFrame

    def row(self, target: str) -> dict[str, object]:
        return self.rows.filter(pl.col("target") == target).row(0, named=True)


def looked_at(period_id: str, reported_on: date | None) -> Day:
    """The year and day that a period asks for; records that end earlier set an earlier day."""
    asked = period(period_id)
    year = Period(asked.year, "year")
    as_of = asked.end if reported_on is None else min(asked.end, reported_on + timedelta(days=1))
    gone = (as_of - year.start).days / (year.end - year.start).days
    return Day(year, as_of, min(max(gone, 0.0), 1.0))


def standing(scheme: Scheme, found: Course, period_id: str, scored: Scored | None = None) -> Standing:
    """Every target of the scheme. ``scored`` gives an index's scorecard of the year, for what is counted in scorecards."""
    day = looked_at(period_id, found.reported_on)
    rows, courses, units = [], [], []
    for id_, target in scheme.targets.items():
        steps, mine = _steps(id_, target, found), None
        if target.counts is not None:
            mine = counted(id_, target, scheme, scored) if scored is not None and day.over else None
            value = None if mine is None else float(mine.height)
        else:
            value = None if day.month is None else _at(steps, day.month)
            mine = units_at(id_, target, found, day.month) if target.per_unit and day.month is not None else None
        shown = steps.filter(pl.col("month") <= (day.month or ""))
        rows.append(_row(id_, target, value, mine, shown, found, day))
        courses.append(shown)
        if mine is not None:
            units.append(mine)
    return Standing(
        day,
        pl.DataFrame(rows, schema=FRAME, orient="row") if rows else pl.DataFrame(schema=FRAME),
        pl.concat(courses) if courses else pl.DataFrame(schema=STEPS),
        pl.concat(units) if units else pl.DataFrame(schema=UNITS),
    )


def meets(target: Target, value: pl.Expr) -> pl.Expr:
    """Whether a unit's value meets the comparator; null where it has none."""
    goal = float(target.value or 0)
    match target.comparator:
        case "exact":
            return (value - goal).abs() <= _EXACT * max(1.0, abs(goal))
        case "range":
            return (value >= goal - _EXACT) & (value <= float(target.upper or goal) + _EXACT)
        case _:
            return value >= goal - _EXACT * max(1.0, abs(goal))


def units_at(id_: str, target: Target, found: Course, month: str) -> pl.DataFrame:
    """``target, unit, value, met`` of the units that have a value at the end of a month."""
    rows = found.frame.filter((pl.col("target") == id_) & (pl.col("month") == month)).drop_nulls("value")
    return rows.select("target", "unit", "value", meets(target, pl.col("value")).alias("met")).sort("met", "unit")


def counted(id_: str, target: Target, scheme: Scheme, scored: Scored) -> pl.DataFrame:
    """What is counted in scorecards: the units of a level, or the indices that rank anybody; ``met`` says of each index whether it does."""
    counts = target.counts
    assert counts is not None
    if counts.index is not None:
        levels = assign(scored(counts.index)).filter(pl.col("tier") == counts.level)
        return levels.select(pl.lit(id_).alias("target"), "unit", pl.col("score").alias("value"), pl.lit(True).alias("met")).sort("unit")
    boards = [index_id for index_id, index in scheme.indices.items() if index.unit == counts.unit]
    ranked = {board: scored(board).scores.filter((pl.col("node") == board) & pl.col("rank").is_not_null()).height for board in boards}
    rows = [(id_, board, float(n), True) for board, n in ranked.items() if n]
    return pl.DataFrame(rows, schema=UNITS, orient="row")


def _steps(id_: str, target: Target, found: Course) -> pl.DataFrame:
    """``target, month, value`` through both years: the programme's value, or the share of units that meet the comparator."""
    rows = found.frame.filter(pl.col("target") == id_)
    if target.per_unit:
        known = rows.drop_nulls("value")
        rows = known.group_by("month").agg(meets(target, pl.col("value")).mean().alias("value")).with_columns(pl.lit(id_).alias("target"))
    return rows.select(pl.col(name).cast(kind) for name, kind in STEPS.items()).sort("month")


def _at(steps: pl.DataFrame, month: str) -> float | None:
    values = steps.filter(pl.col("month") == month)["value"]
    return None if values.is_empty() else values[0]


def goal_of(target: Target, baseline: float | None) -> tuple[float | None, str | None]:
    """The goal, or why there is none. Over units it is all of them."""
    if target.per_unit:
        return 1.0, None
    if target.times_baseline is None:
        return float(target.value or 0), None
    if baseline is None:
        return None, "baseline_missing"
    if baseline <= 0:
        return None, "baseline_zero"
    return target.times_baseline * baseline, None


def judged(
    target: Target, value: float | None, goal: float | None, upper: float | None, over: bool, gone: float, ahead: Forecast | None
) -> tuple[State, str | None]:
    """State and reason of a target, by the order that stands at the head of this file."""
    if value is None or goal is None:
        return "no_data", None
    slack = _EXACT * max(1.0, abs(goal))
    top = goal if target.comparator == "exact" and not target.per_unit else upper
    if value >= goal - slack and (top is None or value <= top + slack):
        return "done", None
    if top is not None and value > top + slack:
        return "behind", "above"
    bar = goal * target.nearly
    if target.nearly < 1 and value >= bar - slack:
        return "nearly_done", None
    if over:
        return "behind", "short"
    if ahead is None:
        return ("on_course", "pace") if value >= goal * gone - slack else ("behind", "pace")
    within = top is None or ahead.middle <= top + slack
    if ahead.low >= bar - slack and within:
        return "on_course", None
    return "behind", "unsure" if ahead.middle >= bar - slack else "short"


def _row(
    id_: str, target: Target, value: float | None, mine: pl.DataFrame | None, steps: pl.DataFrame, found: Course, day: Day
) -> tuple[object, ...]:
    baseline = found.baselines.get(id_)
    goal, missing = goal_of(target, baseline)
    upper = float(target.upper) if target.upper is not None and not target.per_unit else None
    if target.counts is not None:
        reason = None if value is not None else "yearly"
        empty = False
    else:
        empty = bool(found.empty.get(id_))
        reason = "not_begun" if day.month is None else "no_records" if empty else missing or ("nothing" if value is None else None)
    if empty:
        value = None
    ahead = None if value is None or goal is None else ahead_of(id_, target, value, goal, steps, found, day)
    state, why = judged(target, None if reason else value, goal, upper, day.over, day.gone, ahead)
    met = None if mine is None or not target.per_unit else int(mine["met"].sum())
    return (
        id_, target.item, target.comparator, target.unit, value, goal, upper,
        None if value is None or not goal else value / goal, state, reason or why, day.gone,
        *(ahead or (None, None, None)), baseline, None if met is None or mine is None else mine.height, met,
        "scorecards" if target.counts is not None else "records",
    )  # fmt: skip


def ahead_of(id_: str, target: Target, value: float, goal: float, steps: pl.DataFrame, found: Course, day: Day) -> Forecast | None:
    """The forecast of the year's end; once the year is over it is what there is."""
    if day.over:
        return Forecast(value, value, value)
    if target.counts is not None or day.month is None:
        return None
    left = 12 - day.months_gone
    if id_ in found.flows and not target.per_unit:
        records = found.frame.filter(pl.col("target") == id_).select("month", "n")
        so_far = float(records.filter(pl.col("month") == day.month)["n"].sum())
        through = records.filter(pl.col("month").str.starts_with(f"{day.year.year - 1}")).sort("month")["n"].to_list()
        before = [b - a for a, b in pairwise([0.0, *through])]
        ahead: Forecast | None = forecasting.flow(value, so_far, before if len(before) == 12 else [0.0] * 12, day.months_gone)
    else:
        full = steps if day.as_of.day == 1 else steps.filter(pl.col("month") < day.month)
        values = full.drop_nulls("value")["value"].to_list()
        ahead = forecasting.stock(value, values, left, ceiling=1.0 if target.per_unit else math.inf)
    if ahead is not None and target.comparator in ("exact", "all"):
        return forecasting.capped(ahead, value, goal)
    return ahead


def months_of(day: Day) -> tuple[Period, ...]:
    """The months of the year, for a choice of the day."""
    return parts(day.year, "month")
