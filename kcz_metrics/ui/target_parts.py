"""The targets page: the numbers, what is not met as bars, and every target by item of the notice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.charts.targets import target_bars
from kcz_metrics.ui import address, choosing, head, labels, number, states, targeting
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.sources import Leads
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.decisions.targets import Standing

_TONES = {"done": "quantity", "nearly_done": "quantity", "on_course": "up", "behind": "down", "no_data": "faint"}
#: Bars of the table end here; the figure beside them goes on.
_FURTHEST = 1.2


def numbers(ctx: Context, found: Standing) -> list[head.Item]:
    n, over = targeting.counts(found), found.day.over
    lines = {
        "done": ctx.tr("达到目标值"),
        "nearly_done": ctx.tr("“左右”类达到九成"),
        "on_course": ctx.tr("预测区间下端达到目标") if not over else ctx.tr("年末不再预测"),
        "behind": ctx.tr("没有达到") if over else ctx.tr("预测没有把握达到"),
        "no_data": ctx.tr("原因见表中提示"),
    }
    of = ctx.tr("/ {n} 项", n=found.rows.height)
    source = targeting.listed(ctx, found)
    return [
        head.Item(
            targeting.state(ctx, code, over), number.count(n[code]), of, lines[code], opens=source.count(pl.col("code") == code),
            value=n[code],
        )
        for code in lines
    ]  # fmt: skip


def choose_month(ctx: Context) -> None:
    known = targeting.months(ctx)
    if known:
        choosing.select(
            "at", ctx.tr("截至"), known, lambda m: _month(ctx, m, known[0]), key="targets.at", fallback=known[0], width=224
        )  # fmt: skip


def _month(ctx: Context, month: str, last: str) -> str:
    shown = number.period(month, ctx.lang)
    return ctx.tr("{month}（最近）", month=shown) if month == last else shown


def basis(ctx: Context, found: Standing) -> str:
    """Why this day, in one line."""
    if found.day.over:
        return ctx.tr("全年记录已齐，按年末判断；也可选一个月份，看当时的进度与预测。")
    month = targeting.chosen_month(ctx)
    if month is not None:
        return ctx.tr("按截至 {day} 发生的记录判断，记录本身以快照现在所知为准。", day=targeting.as_of(found))
    return ctx.tr("快照中最近一次上报在 {day}，这一年还没有过完，按此日判断。", day=targeting.as_of(found))


def not_met(ctx: Context, found: Standing) -> str | None:
    """What is not met as bars, the furthest from its goal on top; the met ones as a count. Returns a target that was clicked."""
    assert ctx.scheme is not None
    rows = found.rows.filter(pl.col("state").is_in(["behind", "on_course", "nearly_done"])).sort(pl.col("state") != "behind", "progress")
    done = found.rows.filter(pl.col("state") == "done")
    clicked = None
    if rows.is_empty():
        head.finding(ctx.tr("没有未达到的目标"))
    else:
        behind = rows.filter(pl.col("state") == "behind").height
        first = targeting.name(ctx, rows["target"][0])
        title = ctx.tr("离目标最远的是{name}", name=first) if behind else ctx.tr("余下的 {n} 项都接近目标或按进度", n=rows.height)
        head.finding(title, ctx.tr("已完成部分占目标的比例；褐色为没有达到，青色为基本完成或按进度；点按一条看逐月进展与记录"))
        drawn = pl.DataFrame(
            {
                "target": rows["target"],
                "label": [targeting.name(ctx, t) for t in rows["target"]],
                "progress": rows["progress"],
                "state": rows["state"],
                "text": [_beside(ctx, row) for row in rows.iter_rows(named=True)],
            }
        )
        figure = target_bars(drawn, gone=None if found.day.over else found.day.gone, template=ctx.template, lang=ctx.lang)
        clicked = chart(ctx, figure, "targets.bars", alt=title, opens=True)
    if done.height:
        names = labels.listed(ctx, [targeting.name(ctx, t) for t in done["target"]], done.height)
        with st.expander(ctx.tr("已完成 {n} 项", n=done.height)):
            head.paragraph(names, muted=True)
    return clicked


def _beside(ctx: Context, row: dict[str, Any]) -> str:
    assert ctx.scheme is not None
    target = ctx.scheme.targets[row["target"]]
    if target.per_unit and row["units"]:
        return ctx.tr("{met} / {units} 达到", met=row["units_met"], units=row["units"])
    return f"{targeting.figure(ctx, target, row['value'])} / {targeting.figure(ctx, target, row['goal'])}"


def every(ctx: Context, found: Standing) -> str | None:
    """All targets by item of the notice; returns one that was opened."""
    assert ctx.scheme is not None
    over = found.day.over
    rows: list[dict[str, Any]] = []
    for row in found.rows.iter_rows(named=True):
        target = ctx.scheme.targets[row["target"]]
        months = found.course.filter((pl.col("target") == row["target"]) & pl.col("month").str.starts_with(ctx.period[:4]))
        why = targeting.reason(ctx, row["reason"], over)
        progress = row["progress"]
        rows.append(
            {
                "id": row["target"],
                "item": row["item"],
                "name": {"t": targeting.name(ctx, row["target"]), "title": ctx.text(target.definition)},
                "state": _flags(ctx, row, over, why),
                "value": {"v": row["value"], "t": targeting.figure(ctx, target, row["value"]), "title": why},
                "goal": {"t": targeting.goal(ctx, target, row["goal"]), "title": targeting.multiple(ctx, target, row["baseline"])},
                "word": _word(ctx, target),
                "progress": None if progress is None else {
                    "parts": [{"v": min(progress, _FURTHEST), "tone": _TONES[row["state"]]}], "mark": 1.0, "t": number.share(progress, 0),
                    "label": number.share(progress, 0), "n": progress,
                },
                "spark": months["value"].to_list(),
                "ahead": _ahead(ctx, found, row),
                "owner": ctx.text(target.owner),
            }
        )  # fmt: skip
    wrap = {"wrap": ctx.lang == "en"}
    columns = [
        Column("item", ctx.tr("要点"), "number", title=ctx.tr("2022年工作要点的条目"), options={"decimals": 0}),
        Column("name", ctx.tr("目标名称"), "name", options={"wrap": True}),
        Column("state", ctx.tr("状态"), "flags"),
        Column("value", ctx.tr("数值"), "number"),
        Column("goal", ctx.tr("目标值"), "text"),
        Column("word", ctx.tr("计量"), "text", options={"quiet": True}),
        Column("progress", ctx.tr("进度（竖线为目标）"), "bar", width=150, options={"domain": [0, _FURTHEST]}),
        Column("spark", ctx.tr("逐月"), "spark", width=90),
    ]
    if not over:
        columns.append(Column("ahead", ctx.tr("年末预测（八成区间）"), "text"))
    columns.append(Column("owner", ctx.tr("归口"), "text", options={"quiet": True, **wrap}))
    itself = Leads(lambda target: ("targets", {"target": target}))
    return table(ctx, columns, rows, key="targets.every", label=ctx.tr("年度目标"), behind={"value": itself, "progress": itself})


def _word(ctx: Context, target: Any) -> str:
    if target.per_unit:
        return labels.unit_kind(ctx, target.unit)
    return ctx.text(target.word)


def _flags(ctx: Context, row: dict[str, Any], over: bool, why: str) -> list[Any]:
    kind = "watch" if row["state"] == "behind" else "neutral"
    flags: list[Any] = [{"t": targeting.state(ctx, row["state"], over), "kind": kind, "title": why}]
    if row["reason"] == "unsure":
        flags.append({"t": ctx.tr("尚无把握"), "kind": "neutral", "title": why})
    if row["counted_in"] == "scorecards" and row["value"] is not None:
        flags.append({"t": ctx.tr("参考"), "kind": "new", "title": ctx.tr("尚无审定或发布的记录，按现行方案算出，只作参考。")})
    return flags


def _ahead(ctx: Context, found: Standing, row: dict[str, Any]) -> str:
    assert ctx.scheme is not None
    target = ctx.scheme.targets[row["target"]]
    known = targeting.ahead(found, target, row["target"])
    if known is None or row["state"] in ("done", "no_data"):
        return number.MISSING
    middle, low, high = (targeting.figure(ctx, target, value) for value in known)
    return f"{middle} ({low}–{high})" if ctx.lang == "en" else f"{middle}（{low}–{high}）"


def line(ctx: Context) -> bool:
    """The targets in one line, for the overview; whether the reader wants to see them."""
    if ctx.scheme is None or not ctx.scheme.targets:
        return False
    found = targeting.standing(ctx)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        head.paragraph(ctx.tr("年度目标（截至 {day}）：{sentence}", day=targeting.as_of(found), sentence=targeting.sentence(ctx, found)))
        st.space("stretch")
        return st.button(ctx.tr("查看年度目标"), key="overview.targets")


def back() -> None:
    """Leave the target in question."""
    address.put(target=None, record=None, unit=None, measure=None)


def none(ctx: Context) -> None:
    states.empty(ctx.tr("方案里没有目标。"), ctx.tr("在 indicators.yaml 的 targets 一节写入目标后，这里会逐项列出。"))
