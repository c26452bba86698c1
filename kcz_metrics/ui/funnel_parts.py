"""The funnel of the platform page: choices, the picture of one cohort, and the same by city, class or team."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics.analysis import paths as kernel
from kcz_metrics.ui import address, choosing, head, labels, naming, number, pathways, states, strangers
from kcz_metrics.ui.behind import funnel as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.table import Column, table

#: Rows without a city, a class or a team stand under this code.
NONE = "none"
_TABLE_HEIGHT = 396
_PERCENT = {"share": True, "decimals": 0}


@dataclass(frozen=True)
class Choice:
    """What the reader looks at: the cohort's kind, how it is split and which part is chosen (None: all), and the days it must have had."""

    kind: str
    by: str
    who: str | None
    ripe: int

    @property
    def path(self) -> kernel.Path:
        return kernel.PATHS[self.kind]

    @property
    def column(self) -> str:
        return pathways.SPLITS[self.by]


def choice(ctx: Context) -> Choice:
    """As the address has it; codes that do not fit fall back to needs, by city, all."""
    side = choosing.current("side", ("need", "resource"), "need")
    by = choosing.current("by", _splits(side), "city")
    ripe = pathways.RIPE if choosing.current("ripe", ("0", str(pathways.RIPE)), "0") != "0" else 0
    kind = "resource" if side == "resource" else "need" if by == "city" else "handling"
    who = address.get("who")
    rows = pathways.cohort(ctx, kind, ripe)[pathways.SPLITS[by]]
    known = who is not None and (rows.null_count() > 0 if who == NONE else bool((rows == who).any()))
    if not known:
        strangers.met("who", who, "")
        address.put(who=None)
    return Choice(kind, by, who if known else None, ripe)


def _splits(side: str) -> tuple[str, ...]:
    return ("city", "org_class", "team") if side == "need" else ("city", "org_class")


def rows_of(ctx: Context, made: Choice) -> pl.DataFrame:
    """The cohort, or the chosen part of it."""
    rows = pathways.cohort(ctx, made.kind, made.ripe)
    if made.who is None:
        return rows
    column = pl.col(made.column)
    return rows.filter(column.is_null() if made.who == NONE else column == made.who)


def answer(ctx: Context) -> str:
    """How far the nation's needs of the period got, and which step loses most."""
    found = kernel.stages(pathways.cohort(ctx, "need"), kernel.PATHS["need"])
    posted = found["count"][0]
    period = number.period(ctx.period, ctx.lang)
    if not posted:
        return ctx.tr("{period}没有有效需求。", period=period)
    whole = Choice("need", "city", None, 0)
    of_all = {
        stage: says(f"needs.{stage}", number.share(count / posted), behind.share(ctx, whole, stage, "posted"), count / posted)
        for stage, count in found.select("stage", "count").iter_rows()
    }
    n = says("needs", number.count(posted), behind.steps(ctx, whole)["posted"], posted)
    said = ctx.tr(
        "{period}发布的 **{n}** 条有效需求，**{docked}** 双方见面，**{contracted}** 签约，**{paid}** 到账。",
        period=period, n=n, docked=of_all["docked"], contracted=of_all["contracted"], paid=of_all["paid"],
    )  # fmt: skip
    return said + (" " if ctx.lang == "en" else "") + _loss(ctx, found, whole)


def _loss(ctx: Context, found: pl.DataFrame, made: Choice) -> str:
    worst = kernel.leak(found)
    if worst is None:
        return ctx.tr("各步都没有流失。")
    steps = found["stage"].to_list()
    before = steps[steps.index(worst) - 1]
    return ctx.tr(
        "从{before}到{after}留下的比例最低，为 {share}。",
        before=pathways.step(ctx, before), after=pathways.step(ctx, worst), share=_share(ctx, found, made, worst, "needs.loss"),
    )  # fmt: skip


def _share(ctx: Context, found: pl.DataFrame, made: Choice, step: str, name: str) -> str:
    """What share of the step before got to this one, as a number that opens."""
    value = found.filter(pl.col("stage") == step)["share"][0]
    before = made.path.steps[made.path.steps.index(step) - 1]
    return says(name, number.share(value), behind.share(ctx, made, step, before), value)


def filters(ctx: Context) -> None:
    """The row of choices above the funnel."""
    sides = {"need": ctx.tr("从需求看"), "resource": ctx.tr("从资源看")}
    splits = {"city": ctx.tr("按试点城市"), "org_class": ctx.tr("按单位类别"), "team": ctx.tr("按服务团")}
    ages = {"0": ctx.tr("全部"), str(pathways.RIPE): ctx.tr("满 {n} 天", n=pathways.RIPE)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        clears = ("who", "stage", "shown")
        side = choosing.segments(
            "side", ctx.tr("起点"), list(sides), sides.__getitem__, key="platform.side", fallback="need", clears=clears
        )
        choosing.segments(
            "by", ctx.tr("分解"), _splits(side), splits.__getitem__, key=f"platform.by.{side}", fallback="city", clears=clears
        )
        made = choice(ctx)
        codes = [_code(p) for p in kernel.split(pathways.cohort(ctx, made.kind, made.ripe), made.path, made.column)["part"].to_list()]
        named = _names(ctx, made)
        choosing.select(
            "who", ctx.tr("对象"), codes, lambda code: named.get(code, code), key=f"platform.who.{made.kind}.{made.by}.{ctx.lang}",
            placeholder=ctx.tr("全国合计"), width=240,
        )  # fmt: skip
        choosing.segments("ripe", ctx.tr("跟踪时间"), list(ages), ages.__getitem__, key="platform.ripe", fallback="0")


def _code(part: str | None) -> str:
    return NONE if part is None else part


def _names(ctx: Context, made: Choice) -> dict[str, str]:
    """Part to its name, rows without one included."""
    if made.by == "org_class":
        codes = pathways.cohort(ctx, made.kind, made.ripe)[made.column].unique().to_list()
        known = {code: labels.coded(ctx, "org_class", code) for code in codes if code is not None}
    else:
        known = dict(naming.names(ctx, "pilot_city" if made.by == "city" else "service_team"))
    without = {"city": ctx.tr("不属于试点"), "org_class": ctx.tr("类别不明"), "team": ctx.tr("没有服务团参与")}
    return known | {NONE: without[made.by]}


def picture(ctx: Context) -> None:
    """The steps of the chosen cohort; a click on one shows its records below."""
    from kcz_metrics import charts

    made = choice(ctx)
    found = kernel.stages(rows_of(ctx, made), made.path)
    whose = ctx.tr("全国") if made.who is None else _names(ctx, made).get(made.who, made.who)
    worst = kernel.leak(found)
    steps = found["stage"].to_list()
    title = ctx.tr("{whose}：各步都没有流失", whose=whose)
    if not found["count"][0]:
        head.finding(whose)
        states.too_little(ctx.tr("本期没有可以跟踪的记录。"))
        return
    if worst is not None:
        share = _share(ctx, found, made, worst, "loss")
        title = ctx.tr("{whose}：到“{step}”一步留下的比例最低，{share}", whose=whose, step=pathways.step(ctx, worst), share=share)
    head.finding(title, _caption(ctx, made))
    words = {s: pathways.step(ctx, s) for s in steps}
    drawn = found.with_columns(label=pl.col("stage").replace_strict(words, return_dtype=pl.String))
    height = 20 + (62 if len(steps) == 5 else 54) * len(steps)
    clicked = chart(
        ctx, charts.stage_bars(drawn, template=ctx.template, lang=ctx.lang, height=height), "platform.funnel", alt=title, opens=True
    )
    if clicked and clicked != address.get("stage"):
        address.put(stage=clicked, shown=None)
        st.rerun()
    head.paragraph(_note(ctx, made), muted=True)


def _caption(ctx: Context, made: Choice) -> str:
    period = number.period(ctx.period, ctx.lang)
    if made.kind == "resource":
        return ctx.tr("{period}入库的资源，跟踪到最新；数目、占上一步的比例、中位天数", period=period)
    if made.kind == "handling":
        return ctx.tr("{period}发布的需求，交给一家算一次；数目、占上一步的比例、中位天数", period=period)
    return ctx.tr("{period}发布的需求，跟踪到最新；数目、占上一步的比例、中位天数", period=period)


def _note(ctx: Context, made: Choice) -> str:
    """How much of the cohort has had less time than the rest."""
    whole = pathways.cohort(ctx, made.kind).height
    ripe = pathways.cohort(ctx, made.kind, pathways.RIPE).height
    until = number.day(pathways.known_until(ctx))
    said = ctx.tr("后一步以前一步为前提；合同须已登记且非关联，成效须有甲、乙级证据。点按一条查看记录。")
    young = whole - ripe
    if made.ripe or not whole or not young:
        return said
    share = says("young", number.share(young / whole, 0), behind.young(ctx, made), young / whole)
    return said + (" " if ctx.lang == "en" else "") + ctx.tr(
        "截至 {day}，其中 {share} 距今不满 {n} 天，后几步尚未走完。", day=until, share=share, n=pathways.RIPE
    )  # fmt: skip


def parts(ctx: Context) -> None:
    """Every part of the cohort with its shares from step to step; a row shows its funnel. The parts add up to the whole."""
    made = choice(ctx)
    rows = pathways.cohort(ctx, made.kind, made.ripe)
    split = kernel.split(rows, made.path, made.column)
    steps, named = made.path.steps, _names(ctx, made)
    same = split.filter(pl.col("leak").is_not_null()).group_by("leak").len().sort("len", "leak", descending=[True, False])
    title = ctx.tr("分解")
    if same.height:
        step = pathways.step(ctx, same["leak"][0])
        n = says("parts", split.height, behind.worst(ctx, made), split.height)
        m = says("worst", same["len"][0], behind.worst(ctx, made, same["leak"][0]), same["len"][0])
        title = ctx.tr("{n} 个中有 {m} 个在“{step}”一步比例最低", n=n, m=m, step=step)
    head.finding(title, ctx.tr("各步占上一步的比例；点按一行看它的漏斗"))
    columns = [
        Column("name", ctx.tr("对象"), "name", options={"wrap": True}),
        Column("first", pathways.step(ctx, steps[0], short=True), "number", options={"decimals": 0}),
        *(Column(step, pathways.step(ctx, step, short=True), "number", options=_PERCENT) for step in steps[1:]),
        Column("leak", ctx.tr("最低一步")),
    ]
    made_rows: list[dict[str, Any]] = []
    for row in split.iter_rows(named=True):
        code = _code(row["part"])
        shares = {step: row[step] / row[before] if row[before] else None for before, step in pairwise(steps)}
        leak = row["leak"]
        made_rows.append(
            {"id": code, "name": named.get(code, code), "first": row[steps[0]], "_chosen": code == made.who,
             "leak": pathways.step(ctx, leak, short=True) if leak else number.MISSING, **shares}
        )  # fmt: skip
    opened = table(
        ctx, columns, made_rows, f"platform.parts.{made.kind}.{made.by}", label=title, height=_TABLE_HEIGHT, behind=behind.parts(ctx, made)
    )
    if opened and opened != made.who:
        address.put(who=opened)
        st.rerun()
    together, whole = kernel.whole(split, steps), kernel.stages(rows, made.path)["count"].to_list()
    mark = "✓" if together == whole else "✗"
    counted = behind.steps(ctx, replace(made, who=None))
    sums = " → ".join(says(f"sum.{step}", number.count(n), counted[step], n) for step, n in zip(steps, together, strict=True))
    said = ctx.tr("各步相加 {sums} {what}，与全国逐步相等 {mark}", sums=sums, what=_what(ctx, made), mark=mark)
    head.paragraph(said if together == whole else ctx.tr("各步相加与全国不等 {mark}", mark=mark), muted=True)


def _what(ctx: Context, made: Choice) -> str:
    return ctx.text(pathways.COUNTED[made.kind])
