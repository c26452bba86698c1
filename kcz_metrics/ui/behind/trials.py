"""A step towards a goal, or down to a bar, tried again: its value by scoring the index, its amount of a measure by the formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.analysis.records_needed import COUNTED
from kcz_metrics.language.formula import parse
from kcz_metrics.reports.sources import formula_in_words
from kcz_metrics.ui import measured, number
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Leads, Opening, Part, Source, Worked

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Indicator
    from kcz_metrics.scoring.scorecard import Scorecard

#: Score and rank of the unit to whether they are what is asked for; null where it has none.
Reaches = Callable[[float | None, float | None], bool]
Step = Mapping[str, Any]
#: Where a value is no count: how far short of the whole step it is tried whether less would do.
SHORT = 0.001
#: Column of a measure's amount in the rows of a trial.
_OF = "of_{}"


def steps(ctx: Context, card: Scorecard, unit: str, found: pl.DataFrame, reaches: Reaches, *, alone: bool = False) -> Behind:
    """``found``: ``indicator, value, value_after, measure, more``. The value now leads to its passport; ``after`` opens to values tried on
    the way to it, the other steps done (``alone``: all else as it is), ``more`` to amounts of the measure tried in the formula."""
    every = dict(found.select("indicator", "value_after").iter_rows())
    after: dict[str, Opening] = {}
    more: dict[str, Opening] = {}
    for step in found.iter_rows(named=True):
        name = step["indicator"]
        others = {} if alone else {one: value for one, value in every.items() if one != name}
        if step["value"] is not None:
            after[name] = _least(ctx, card, unit, step, others, reaches)
        if step["measure"] is not None:
            more[name] = _amount(ctx, card, unit, step)
    to = Leads(lambda name: ("passport", {"unit": unit, "index": card.index.id, "period": card.period, "indicator": name}))
    return {"value": to, "after": after, "more": more}


def shown(ctx: Context, indicator: str, value: float) -> float:
    """A value as its unit counts it: a ratio in percent."""
    return value * _scale(_declared(ctx, indicator))


def _declared(ctx: Context, indicator: str) -> Indicator:
    assert ctx.scheme is not None
    return ctx.scheme.indicators[indicator]


def _scale(declared: Indicator) -> float:
    return 100.0 if declared.unit == "ratio" else 1.0


def headed(ctx: Context, indicator: str) -> str:
    """The indicator's value with its unit, as a heading."""
    declared = _declared(ctx, indicator)
    word = "%" if declared.unit == "ratio" else number.unit(declared, ctx.lang)
    return ctx.tr("指标值（{unit}）", unit=word) if word else ctx.tr("指标值")


def _least(ctx: Context, card: Scorecard, unit: str, step: Step, others: Mapping[str, float], reaches: Reaches) -> Part:
    """The value next to the present one with which the unit is there, of those tried."""
    name, own, after = step["indicator"], float(step["value"]), float(step["value_after"])
    scale = _scale(_declared(ctx, name))

    def rows() -> pl.DataFrame:
        points = {ctx.tr("现值"): own, **_on_the_way(ctx, card, unit, step), ctx.tr("走完这一步"): after}
        lines = []
        for words, value in points.items():
            score, rank = _scored(card, unit, {**others, name: value})
            lines.append((words, value * scale, score, rank, reaches(score, rank)))
        columns = {"point": pl.String, "value": pl.Float64, "score": pl.Float64, "rank": pl.Float64, "there": pl.Boolean}
        return pl.DataFrame(lines, schema=columns, orient="row")

    def work(found: pl.DataFrame) -> float | None:
        there = found.filter("there")["value"].to_list()
        return min(there, key=lambda value: abs(value - found["value"][0]), default=None)

    labels = {
        "point": ctx.tr("试到哪里"), "value": headed(ctx, name), "score": ctx.tr("得分"), "rank": ctx.tr("名次"),
        "there": ctx.tr("达到了"),
    }  # fmt: skip
    told = ctx.tr("每行用这个值把全部对象重新计分，其余各步照做；达到的里面取离现值最近的")
    alone = ctx.tr("每行用这个值把全部对象重新计分，其他不变；达到的里面取离现值最近的")
    return Worked(Source("", rows, labels=labels), work=work, told=told if others else alone)


def _on_the_way(ctx: Context, card: Scorecard, unit: str, step: Step) -> Mapping[str, float]:
    """Half the way, and just short of the whole: by whole records where the step is of such, so that nothing between them is possible;
    else a thousandth short."""
    own, after, more = float(step["value"]), float(step["value_after"]), step["more"]
    if step["measure"] is not None and _counts(ctx, step["measure"]):
        whole = _value(ctx, card, unit, step, more)
        if whole is not None and abs(whole - after) <= 1e-9 * max(1.0, abs(after)):
            fewer = more - (1.0 if more > 0 else -1.0)
            amounts = {ctx.tr("走到一半"): float(int(more / 2)), ctx.tr("少一个"): fewer}
            if amounts[ctx.tr("走到一半")] == fewer:
                del amounts[ctx.tr("走到一半")]
            tried = {words: _value(ctx, card, unit, step, one) for words, one in amounts.items() if one}
            return {words: value for words, value in tried.items() if value is not None}
    return {ctx.tr("走到一半"): (own + after) / 2, ctx.tr("差千分之一"): after - (after - own) * SHORT}


def _scored(card: Scorecard, unit: str, values: Mapping[str, float]) -> tuple[float | None, float | None]:
    """Score and rank with these values in place of the unit's own, every unit scored again."""
    from kcz_metrics.analysis.corrected import begun, with_values
    from kcz_metrics.analysis.explain import row_of

    first, ids, row = begun(card), card.run.structure.indicator_ids, row_of(card, unit)
    x = first.x.copy()
    for name, value in values.items():
        x[row, ids.index(name)] = value
    run = with_values(card, first, x)
    assert run.scores is not None
    assert run.ranks is not None
    score, rank = float(run.scores[row, 0]), float(run.ranks[row, 0])
    return None if score != score else score, None if rank != rank else rank


def _counts(ctx: Context, measure: str) -> bool:
    assert ctx.scheme is not None
    return ctx.scheme.measures[measure].agg in COUNTED


def _amounts(card: Scorecard, unit: str) -> dict[str, float | None]:
    """The unit's measures in the period."""
    rows = card.history.sheet.values.measures.filter((pl.col("unit") == unit) & (pl.col("period") == card.period))
    return dict(rows.select("measure", "value").iter_rows())


def _value(ctx: Context, card: Scorecard, unit: str, step: Step, more: float) -> float | None:
    """The formula with so much more of the measure, within floor and cap."""
    declared, own = _declared(ctx, step["indicator"]), _amounts(card, unit)
    assert declared.formula is not None
    held = {name: float("nan") if value is None else float(value) for name, value in own.items()}
    held[step["measure"]] = float(own[step["measure"]] or 0.0) + more
    raw = float(parse(declared.formula).evaluate(lambda measure, back: float("nan") if back else held.get(measure, float("nan"))))
    raw = raw if declared.floor is None else max(raw, declared.floor)
    raw = raw if declared.cap is None else min(raw, declared.cap)
    return None if raw != raw else raw


def _amount(ctx: Context, card: Scorecard, unit: str, step: Step) -> Part:
    """The least change of the measure with which the formula gives the value after the step, or goes beyond it."""
    name, measure, after = step["indicator"], step["measure"], float(step["value_after"])
    more, declared = float(step["more"]), _declared(ctx, step["indicator"])
    assert declared.formula is not None
    used = list(dict.fromkeys(parse(declared.formula).names))

    def rows() -> pl.DataFrame:
        own, scale = _amounts(card, unit), _scale(declared)
        rises = declared.direction == "up" if step["value"] is None else after >= float(step["value"])
        lines = []
        for one in dict.fromkeys((0.0, _less(ctx, measure, more), more)):
            value = _value(ctx, card, unit, step, one)
            close = 1e-9 * max(1.0, abs(after))
            there = value is not None and (value >= after - close if rises else value <= after + close)
            amounts = [own.get(part) if part != measure else float(own[part] or 0.0) + one for part in used]
            lines.append((one, *amounts, None if value is None else value * scale, there))
        columns = {"more": pl.Float64, **{_OF.format(i): pl.Float64 for i in range(len(used))}, "value": pl.Float64, "there": pl.Boolean}
        return pl.DataFrame(lines, schema=columns, orient="row")

    def work(found: pl.DataFrame) -> float | None:
        return min(found.filter("there")["more"].to_list(), key=abs, default=None)

    labels = {"more": ctx.tr("增减")}
    labels |= {_OF.format(i): measured.measure_name(ctx, part) for i, part in enumerate(used)}
    labels |= {"value": headed(ctx, name), "there": ctx.tr("达到了")}
    said = formula_in_words(card.scheme, declared, ctx.lang)
    told = ctx.tr("代入公式“{formula}”，达到的里面取最小的增减", formula=said)
    return Worked(Source("", rows, labels=labels), work=work, told=told)


def _less(ctx: Context, measure: str, more: float) -> float:
    """One record fewer, or a thousandth less."""
    return more - (1.0 if more > 0 else -1.0) if _counts(ctx, measure) else more * (1 - SHORT)


def reaching(rank: int | None, score: float | None) -> Reaches:
    """Of a goal: this rank or a better one, or this score or more."""
    return partial(_goal, rank, score)


def falling(score: float) -> Reaches:
    """Down to this score."""
    return lambda points, _: points is not None and points <= score + 1e-9


def _goal(rank: int | None, score: float | None, points: float | None, place: float | None) -> bool:
    if rank is not None:
        return place is not None and place <= rank
    return points is not None and points >= (score or 0.0) - 1e-9
