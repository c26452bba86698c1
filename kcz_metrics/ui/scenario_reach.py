"""What it would take: the fewest improvements in real units, their bound by what peers have, and the proof by scoring again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import polars as pl
import streamlit as st

from kcz_metrics import charts
from kcz_metrics.analysis import revisions
from kcz_metrics.ui import address, downloads, formulas, head, loading, measured, number, scenario, states
from kcz_metrics.ui.behind import scenario as behind
from kcz_metrics.ui.behind import trials
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.scenario import Scenario
from kcz_metrics.ui.scenario_goal import Goal
from kcz_metrics.ui.standing import names, ranked
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.analysis.whatif import WhatIf
    from kcz_metrics.reports.listing import Listing
    from kcz_metrics.scoring.scorecard import Scorecard


@dataclass(frozen=True)
class Reach:
    """What it takes to reach a goal."""

    scenario: Scenario
    goal: Goal
    found: WhatIf

    @property
    def ctx(self) -> Context:
        return self.scenario.ctx

    @cached_property
    def values(self) -> dict[str, float]:
        return dict(self.found.steps.select("indicator", "value_after").iter_rows())

    @cached_property
    def after(self) -> Scorecard:
        return self.scenario.after(self.values)

    @cached_property
    def changes(self) -> pl.DataFrame:
        """What each indicator adds to the score, as :func:`kcz_metrics.analysis.revisions.by_indicator`."""
        from kcz_metrics.analysis.explain import explain

        return revisions.by_indicator(loading.explained(self.ctx, self.scenario.unit), explain(self.after, self.scenario.unit))

    def without(self, indicator: str) -> Scorecard:
        """With all steps but one."""
        return self.scenario.after({name: value for name, value in self.values.items() if name != indicator})


def answer(reach: Reach) -> str:
    """What it takes in one sentence, or that nothing within what peers have does."""
    ctx, found = reach.ctx, reach.found
    name, row = reach.scenario.who.name, reach.scenario.who.row
    goal = reach.goal.words
    if ctx.lang == "zh" and goal[:1].isdigit():
        goal = f" {goal}"
    now, then = behind.now(reach.scenario), behind.after(reach.scenario, lambda: reach.after)
    words = {
        "name": name, "goal": goal, "score": says("score", number.score(found.score), then["score"], found.score),
        "rank": says("rank", _rank(found.rank), then["rank"], found.rank),
    }  # fmt: skip
    if found.reached and found.steps.is_empty():
        return ctx.tr("{name}已经达到{goal}：现列第 **{rank}**，得 {score} 分。", **words)
    if not found.reached:
        return ctx.tr("即使每一项都做到同类最好，{name}也达不到{goal}：至多第 **{rank}** 名，得 {score} 分。", **words)
    n = says("steps", number.count(found.steps.height), behind.road(reach)["steps"], found.steps.height)
    said = ctx.tr(
        "{name}做到下面 **{n}** 项就达到{goal}：从第 {before} 名到第 **{rank}** 名，得 {score} 分；少了任何一项都达不到", n=n,
        before=says("before", _rank(row["rank"]), now["rank"], row["rank"]), **words,
    )  # fmt: skip
    if found.tried > 1:
        tried = says("tried", number.count(found.tried), behind.fewer(reach), found.tried)
        said += ctx.tr("，少一项的 {n} 种组合也都试过，没有更少的办法", n=tried)
    return said + ctx.tr("。")


def _rank(rank: float | None) -> str:
    return number.MISSING if rank is None else str(int(rank))


def numbers(reach: Reach) -> list[Item]:
    ctx, found, row = reach.ctx, reach.found, reach.scenario.who.row
    now, then = behind.now(reach.scenario), behind.after(reach.scenario, lambda: reach.after)
    tone: Literal["", "up"] = "up" if found.rank is not None and found.rank < row["rank"] else ""
    moved = "" if found.rank is None else number.move(int(row["rank"] - found.rank))
    placed = ranked(reach.scenario.who.frame).height
    gained = found.score - row["score"]
    between, road = behind.moves(reach.scenario, lambda: reach.after), behind.road(reach)
    return [
        Item(ctx.tr("现名次"), _rank(row["rank"]), f"/ {placed}", opens=now["rank"], value=row["rank"]),
        Item(
            ctx.tr("做到后名次"), _rank(found.rank), f"/ {placed}", moved, tone, opens=then["rank"], value=found.rank,
            under=(between["rank"], row["rank"] - found.rank) if found.rank is not None else None,
        ),
        Item(ctx.tr("现得分"), number.score(row["score"]), ctx.tr("分"), to=behind.way(reach.scenario)),
        Item(
            ctx.tr("做到后得分"),
            number.score(found.score),
            ctx.tr("分"),
            number.signed(gained),
            tone,
            opens=then["score"],
            value=found.score,
            under=(road["gained"], gained),
        ),
        Item(
            ctx.tr("须改进的指标"), number.count(found.steps.height), ctx.tr("项"), ctx.tr("目标：{goal}", goal=reach.goal.words),
            opens=road["steps"], value=found.steps.height,
        ),
    ]  # fmt: skip


def steps(reach: Reach) -> str | None:
    """The improvements: from where to where, how much more of what, what the best of the group has; returns one that was opened."""
    ctx, found = reach.ctx, reach.found
    caption = ctx.tr("每一项都不超过同类里已有的最好水平；旁边是对应的基础量要增减多少；点按一行看现值的来历")
    if found.reached:
        head.finding(ctx.tr("做到这 {n} 项", n=found.steps.height), caption)
    else:
        head.finding(ctx.tr("每一项都做到同类最好"), caption)
    called = names(reach.scenario.who.frame, ctx.lang)
    widest = max(found.steps["gain"].to_list(), default=1.0) or 1.0
    columns = [
        Column("name", ctx.tr("指标"), "name", options={"wrap": True}),
        Column("value", ctx.tr("现值"), "number"),
        Column("after", ctx.tr("须达到"), "number", options={"strong": True, "decimals": 4}),
        Column("unit", ctx.tr("计量单位"), options={"quiet": True}),
        Column("more", ctx.tr("基础量增减"), options={"wrap": True}),
        Column("bound", ctx.tr("同类最好"), "number"),
        Column("whose", ctx.tr("谁做到"), options={"quiet": True, "wrap": True}),
        Column("adds", ctx.tr("加分"), "number"),
        Column("gain", ctx.tr("做到最好可加分"), "delta", width=110, options={"decimals": 2, "domain": widest}),
    ]
    rows, added = [], dict(reach.changes.select("node", "change").iter_rows())
    for row in found.steps.iter_rows(named=True):
        name, adds = row["indicator"], added.get(row["indicator"], 0.0)
        after = {"n": trials.shown(ctx, name, row["value_after"]), **scenario.cell(ctx, name, row["value_after"], beside=row["value"])}
        peer = reach.scenario.best(name, row["bound"])
        rows.append(
            {
                "id": name, "name": {"t": ctx.name(name), "sub": name}, "value": scenario.cell(ctx, name, row["value"]),
                "after": after,
                "more": {"t": measured.more(ctx, row["measure"], row["more"]), "n": row["more"]},
                "unit": scenario.unit(ctx, name),
                "bound": scenario.cell(ctx, name, row["bound"]), "whose": called.get(peer or "", ""), "gain": row["gain"],
                "adds": {"v": adds, "t": number.signed(adds)},
            }
        )  # fmt: skip
    return table(
        ctx, columns, rows, "whatif.steps", label=ctx.tr("改进"), height=440 if len(rows) > 12 else None, behind=behind.steps(reach)
    )


def proof(reach: Reach) -> None:
    """Scored again unit by unit: with all steps, and without each one."""
    ctx, found, unit = reach.ctx, reach.found, reach.scenario.unit
    if not found.reached or found.steps.is_empty():
        return
    head.finding(ctx.tr("重新计分核对"), ctx.tr("全部做到达到目标；少了其中一项，其余照做，就达不到"))
    columns = [
        Column("name", ctx.tr("做到"), "name", options={"wrap": True}),
        Column("rank", ctx.tr("名次"), "rank"),
        Column("score", ctx.tr("得分"), "number", options={"decimals": 4}),
        Column("met", ctx.tr("达到目标"), "check"),
    ]
    rows = []
    for code, said, card in [
        ("all", ctx.tr("全部 {n} 项", n=found.steps.height), reach.after),
        *((name, ctx.tr("少了{name}", name=ctx.name(name)), reach.without(name)) for name in found.steps["indicator"]),
    ]:
        one = scenario.place_of(card, unit)
        rows.append({"id": code, "name": said, "rank": _int(one["rank"]), "score": one["score"], "met": _met(reach.goal, one)})
    table(ctx, columns, rows, "whatif.proof", label=ctx.tr("重新计分核对"), opens=False, behind=behind.proof(reach))
    good = rows[0]["met"] and not any(row["met"] for row in rows[1:])
    formulas.proof(ctx.tr("做到全部 {n} 项达到目标，少了任何一项都达不到", n=found.steps.height), bool(good))


def _int(rank: float | None) -> int | None:
    return None if rank is None else int(rank)


def _met(goal: Goal, one: dict[str, Any]) -> bool:
    if goal.rank is not None:
        return one["rank"] is not None and one["rank"] <= goal.rank
    return one["score"] is not None and one["score"] >= (goal.score or 0.0) - 1e-9


def waterfall(reach: Reach) -> None:
    """From the score now to the score then, by what each improvement adds."""
    ctx, found, row = reach.ctx, reach.found, reach.scenario.who.row
    if found.steps.is_empty():
        return
    named = reach.changes.select(label=pl.col("node").map_elements(ctx.name, return_dtype=pl.String), difference="change")
    gap = charts.adds_up(row["score"], named["difference"].to_list(), found.score)
    title, gained = ctx.tr("每一项加多少分"), found.score - row["score"]
    added = says("gained", number.signed(gained), behind.road(reach)["gained"], gained)
    good = (
        ctx.tr("各步相加 {gained}，等于两端之差 ✓", gained=added)
        if gap == 0.0
        else ctx.tr("各步相加与两端之差不符，差 {gap} 分", gap=number.signed(gap, 6))
    )
    head.finding(title, good)
    figure = charts.waterfall(
        charts.largest_steps(named, gains=5 if ctx.lang == "zh" else 4, losses=1, lang=ctx.lang), start=(ctx.tr("现得分"), row["score"]),
        end=(ctx.tr("做到后"), found.score), template=ctx.template, lang=ctx.lang, height=320,
    )  # fmt: skip
    chart(ctx, figure, "whatif.waterfall", alt=title)


def buttons(reach: Reach) -> None:
    """On to the other part with these values, and the table as a file."""
    ctx, found = reach.ctx, reach.found
    if found.steps.is_empty():
        return
    assert ctx.snapshot is not None
    with st.container(horizontal=True):
        st.button(ctx.tr("逐项试改"), key="whatif.take", on_click=_take, args=(reach,), type="primary")
        downloads.both(
            ctx, lambda: _listing(reach), lambda: found.steps,
            f"whatif_{ctx.index_id}_{reach.scenario.unit}_{ctx.period}_{ctx.snapshot.short}", key="whatif.export",
            rows=found.steps.height, label=ctx.tr("导出"), asked={"unit": reach.scenario.unit},
        )  # fmt: skip
    head.paragraph(ctx.tr("一条记录可能同时计入几项指标；这里每一步只动它所说的那一项。"), muted=True)


def _listing(reach: Reach) -> Listing:
    """The improvements with what they are of."""
    from kcz_metrics.reports.listing import Listing

    ctx, steps = reach.ctx, reach.found.steps
    heads = {
        "indicator": ctx.tr("编号"), "name": ctx.tr("指标"), "value": ctx.tr("现值"), "value_after": ctx.tr("须达到"),
        "bound": ctx.tr("同类最好"), "measure": ctx.tr("基础量"), "more": ctx.tr("增减"), "gain": ctx.tr("做到最好可加分"),
    }  # fmt: skip
    frame = steps.with_columns(name=pl.col("indicator").map_elements(ctx.name, return_dtype=pl.String)).select(list(heads))
    return Listing(ctx.tr("改进"), frame, heads, [(ctx.tr("目标"), reach.goal.words)])


def _take(reach: Reach) -> None:
    scenario.put(reach.scenario, reach.values)
    address.put(part=scenario.CORRECT)


def made(found: Scenario, goal: Goal) -> Reach:
    with st.spinner(found.ctx.tr("正在寻找最少的改进")):
        return Reach(found, goal, found.reach(goal.rank, goal.score))


def unranked(found: Scenario) -> None:
    """A unit without a rank has nothing to reach yet; a missing value put in may give it one."""
    ctx = found.ctx
    why = ctx.tr("；").join(text.render(ctx.lang) for text in found.card.reasons.get(found.unit, ()))
    states.empty(
        ctx.tr("数据不足，不参与排名：{why}", why=why or ctx.tr("没有得分")),
        ctx.tr("可转到“改一个值”，补上缺少的值看会怎样，或在侧栏换一个单位。"),
    )
