"""One target opened: its value and state in a sentence, its course through the year, how it is counted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.charts.targets import Range, target_course
from kcz_metrics.ui import address, head, number, states, strangers, targeting
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart

if TYPE_CHECKING:
    from kcz_metrics.decisions.targets import Standing
    from kcz_metrics.scheme.models import Target


@dataclass(frozen=True)
class Opened:
    """A target at a day."""

    ctx: Context
    found: Standing
    id: str

    @cached_property
    def target(self) -> Target:
        assert self.ctx.scheme is not None
        return self.ctx.scheme.targets[self.id]

    @cached_property
    def row(self) -> dict[str, Any]:
        return self.found.row(self.id)

    @cached_property
    def measures(self) -> tuple[str, ...]:
        from kcz_metrics.language.formula import parse

        text = self.target.measure or self.target.formula
        return parse(text).names if text else ()

    @cached_property
    def units(self) -> pl.DataFrame:
        return self.found.units.filter(pl.col("target") == self.id)

    @property
    def month(self) -> str:
        return self.found.day.month or f"{self.found.day.year.id}-01"


def settle(ctx: Context, found: Standing) -> Opened | None:
    asked = address.get("target")
    if asked is None:
        return None
    if asked not in found.rows["target"]:
        strangers.met("target", asked, "")
        address.put(target=None)
        return None
    return Opened(ctx, found, asked)


def answer(one: Opened) -> str:
    """Value, goal and state in a sentence; then the forecast or the reason."""
    ctx, row, target = one.ctx, one.row, one.target
    state = targeting.state(ctx, row["state"], one.found.day.over)
    state = state.lower() if ctx.lang == "en" and row["value"] is not None else state
    day = targeting.as_of(one.found)
    if row["value"] is None or row["state"] == "no_data":
        return ctx.tr("{state}：{why}", state=state, why=targeting.reason(ctx, row["reason"]))
    value, word = targeting.figure(ctx, target, row["value"]), ctx.text(target.word)
    if target.per_unit:
        said = ctx.tr(
            "截至 {day}，{units} 个对象中 **{met}** 个达到（{share}），要求每个 {asked}：{state}。",
            day=day, units=row["units"], met=row["units_met"], share=value, asked=targeting.asked_of_units(ctx, target), state=state,
        )  # fmt: skip
    else:
        said = ctx.tr(
            "截至 {day} 为 **{value}** {word}，目标 {goal}：{state}。",
            day=day, value=value, word=word, goal=_goal(one), state=state,
        )  # fmt: skip
    more = targeting.reason(ctx, row["reason"], one.found.day.over)
    return " ".join(part for part in (said, more) if part) if ctx.lang == "en" else said + more


def _goal(one: Opened) -> str:
    shown, base = targeting.goal(one.ctx, one.target, one.row["goal"]), targeting.multiple(one.ctx, one.target, one.row["baseline"])
    return one.ctx.tr("{goal}（{base}）", goal=shown, base=base) if base else shown


def course(one: Opened) -> None:
    ctx, target, row = one.ctx, one.target, one.row
    steps = one.found.course.filter(pl.col("target") == one.id)
    year = int(one.found.day.year.id)
    if steps.drop_nulls("value").is_empty():
        head.finding(ctx.tr("逐月进展"))
        states.too_little(targeting.reason(ctx, row["reason"]) or ctx.tr("这一目标没有逐月的数。"))
        return
    of = {y: dict(steps.filter(pl.col("month").str.starts_with(str(y))).select("month", "value").iter_rows()) for y in (year, year - 1)}
    flow = one.id in targeting.course(ctx).flows
    frame = pl.DataFrame(
        {
            "month": list(range(1, 13)),
            "value": [of[year].get(f"{year}-{m:02d}") for m in range(1, 13)],
            "before": [of[year - 1].get(f"{year - 1}-{m:02d}") for m in range(1, 13)],
        },
        schema={"month": pl.Int64, "value": pl.Float64, "before": pl.Float64},
    )
    known = targeting.ahead(one.found, target, one.id)
    ahead = None if known is None else Range(*known)
    title = ctx.tr("{name}逐月进展", name=targeting.name(ctx, one.id))
    if target.per_unit:
        what = ctx.tr("各月末达到的对象所占比例")
    else:
        what = ctx.tr("年初至各月末的累计数") if flow else ctx.tr("各月末的数")
    if ahead is None:
        head.finding(title, ctx.tr("{what}；虚线为目标，灰线为上年", what=what))
    else:
        head.finding(title, ctx.tr("{what}；虚线为目标，灰线为上年，灰条为年末预测的八成区间", what=what))
    figure = target_course(
        frame, goal=row["goal"], upper=row["upper"], ahead=ahead, before=number.period(str(year - 1), ctx.lang),
        goal_text=ctx.tr("目标 {goal}", goal=targeting.goal(ctx, target, row["goal"])), share=target.per_unit, template=ctx.template,
        lang=ctx.lang,
    )  # fmt: skip
    chart(ctx, figure, f"targets.course.{one.id}", alt=title)


def facts(one: Opened) -> None:
    """Definition, owner, how it is measured, baseline, forecast."""
    from kcz_metrics.compiling.measures import ready
    from kcz_metrics.compiling.sentences import said

    ctx, target, row = one.ctx, one.target, one.row
    assert ctx.scheme is not None
    head.finding(ctx.tr("怎么算的"))
    pairs: dict[str, str] = {ctx.tr("统计口径"): ctx.text(target.definition) or number.MISSING}
    if one.measures:
        sentences = [said(m, ctx.lang) for m in ready(ctx.scheme, one.measures, target.unit)]
        pairs[ctx.tr("基础量")] = ("；" if ctx.lang == "zh" else "; ").join(sentences)
    if row["baseline"] is not None and target.baseline is not None:
        date = target.baseline.date.isoformat() if target.baseline.date is not None else number.MISSING
        pairs[ctx.tr("基期值")] = f"{number.count(row['baseline'])} ({date})"
    pairs[ctx.tr("判断")] = judgement(ctx, target)
    known = targeting.ahead(one.found, target, one.id)
    if known is not None:
        shown = [targeting.figure(ctx, target, value) for value in known]
        pairs[ctx.tr("年末预测")] = ctx.tr("{middle}，八成区间 {low} 至 {high}", middle=shown[0], low=shown[1], high=shown[2])
        pairs[ctx.tr("预测方法")] = (
            ctx.tr("按上年同月的分布推余下各月，以今年至今的快慢校正；负二项区间，不用随机数。")
            if one.id in targeting.course(ctx).flows and not target.per_unit
            else ctx.tr("按最近十二个月的平均变化外推；区间取自变化的离散，并顾及近三个月与上年同月的快慢。")
        )
    pairs[ctx.tr("时间已过")] = number.share(row["time_gone"])
    if target.owner is not None:
        pairs[ctx.tr("归口")] = ctx.text(target.owner)
    head.definition_list(pairs)


def judgement(ctx: Context, target: Target) -> str:
    """The comparator's rule in words."""
    rules = {
        "at_least": ctx.tr("达到或超过目标值为完成。"),
        "around": ctx.tr("达到目标值为完成，达到其 {share} 为基本完成，超出不加分。", share=number.share(target.nearly, 0)),
        "exact": ctx.tr("等于目标值为完成，多于或少于都不算。"),
        "range": ctx.tr("在区间之内（含两端）为完成。"),
        "all": ctx.tr("全部达到为完成。"),
    }
    return rules[target.comparator]
