"""The parts of the weights page: what the draft of this session would change."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics import charts
from kcz_metrics.methods import AGGREGATE, WEIGHT
from kcz_metrics.ui import choosing, head, intervals, labels, number, seats, telling
from kcz_metrics.ui.behind import trial as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.table import Column, table
from kcz_metrics.ui.trial_run import Made

OPENED = "weights.opened"
MOVED = 3
FIRST = 24


def head_of(ctx: Context, made: Made) -> None:
    """Basis line with the word for a trial, question, and what the draft does in a sentence."""
    also = {ctx.tr("对照"): ctx.tr("现行方案"), ctx.tr("耗时"): ctx.tr("{s} 秒", s=number.decimal(made.seconds, 2))}
    state = ctx.tr("试算 · 未提交，不得引用") if made.changed else ctx.tr("与现行方案一致")
    head.page_head(
        ctx, [ctx.tr("权重与方法"), ctx.tr("试算")], ctx.tr("权重变一变，名次怎么变？"), _answer(ctx, made), state=state, also=also
    )


def _answer(ctx: Context, made: Made) -> str:
    if not made.changed:
        return ctx.tr("现在与现行方案一致。移动左边的权重，名次立刻重算。")
    moved = made.comparison.moved(MOVED).height
    said = ctx.tr(
        "{what}：**{n}** 个名次变动 {least} 位以上",
        what=_what(ctx, made),
        n=moved,
        least=MOVED,
    )
    if made.official.index.tiers is not None:
        said += ctx.tr("，**{n}** 个{level}改变", n=made.comparison.retiered.height, level=_level(ctx, made))
    return said + ctx.tr("。")


def _what(ctx: Context, made: Made) -> str:
    """The change in words: one weight by name and number, else how many."""
    changed = [n for n, w in made.draft.weights.items() if w != made.base.weights.get(n)]
    parts = []
    if len(changed) == 1:
        node = changed[0]
        before, after = (plain(d.weights[node]) for d in (made.base, made.draft))
        words = (
            "试算把“{node}”从 {before} 提到 {after}"
            if made.draft.weights[node] > made.base.weights[node]
            else "试算把“{node}”从 {before} 降到 {after}"
        )
        parts.append(ctx.tr(words, node=ctx.name(node), before=before, after=after))
    elif changed:
        parts.append(ctx.tr("试算改动 {n} 项权重", n=len(changed)))
    if made.draft.weighting:
        parts.append(ctx.tr("权重方法改为{name}", name=ctx.text(WEIGHT[made.draft.weighting].label)))
    if made.draft.aggregate:
        parts.append(ctx.tr("合成方法改为{name}", name=ctx.text(AGGREGATE[made.draft.aggregate].label)))
    return ctx.tr("，").join(parts)


def plain(weight: float) -> str:
    return number.decimal(weight, 0 if float(weight).is_integer() else 2)


def numbers(ctx: Context, made: Made) -> None:
    """How much the ranking changes, in four numbers."""
    rows = made.comparison.rows
    ups, downs = rows["move"].max(), rows["move"].min()
    largest = " ".join(number.move(int(m)) for m in (ups, downs) if isinstance(m, int) and m != 0)
    moved = made.comparison.moved(MOVED).height
    opens = behind.headline(ctx, made, MOVED)
    items = [
        head.Item(
            ctx.tr("变动 {n} 位以上", n=MOVED),
            number.count(moved),
            ctx.tr("个"),
            ctx.tr("最大 {moves}", moves=largest) if largest else ctx.tr("名次不变"),
            opens=opens["moved"],
            value=moved,
        )
    ]
    if made.official.index.tiers is not None:
        n = made.comparison.retiered.height
        said = ctx.tr("按名额或界线重新排定")
        items.append(
            head.Item(ctx.tr("{level}改变", level=_level(ctx, made)), number.count(n), ctx.tr("个"), said, opens=opens["retiered"], value=n)
        )
    top = _first_seats(made)
    same = made.comparison.first_unchanged(top)
    items.append(head.Item(ctx.tr("前 {n} 名", n=top), ctx.tr("不变") if same else ctx.tr("有变"), "", ctx.tr("不计先后")))
    items.append(
        head.Item(
            ctx.tr("与现行的一致度"),
            number.decimal(made.comparison.tau, 2),
            "τ",
            ctx.tr("肯德尔系数；斯皮尔曼 {rho}", rho=number.decimal(made.comparison.rho, 2)),
            opens=opens["tau"],
            value=made.comparison.tau,
            under=(opens["rho"], made.comparison.rho),
        )
    )
    head.headline(items, key="weights.headline")


def _first_seats(made: Made) -> int:
    tiers = made.official.index.tiers
    return next((level.seats for level in tiers.levels if level.seats), 4) if tiers is not None else 4


def slope(ctx: Context, made: Made) -> None:
    """The first places now and in the trial."""
    if made.groups and len(made.groups) > 1:
        column = made.official.index.group or ""
        choosing.segments(
            "group",
            ctx.tr("同类组"),
            made.groups,
            lambda code: labels.coded(ctx, column, code) or code,
            key="weights.group",
            fallback=made.group or "",
            hidden=True,
        )
    rows = made.comparison.rows
    shown = min(FIRST, rows.height)
    title = ctx.tr("前 {n} 名：左为现行，右为试算", n=shown)
    head.finding(title)
    named = rows.with_columns(label=pl.col("unit").replace_strict(made.names, default=pl.col("unit")))
    figure = charts.slope(named, borders=_borders(made), first=FIRST, moved=MOVED, template=ctx.template, lang=ctx.lang)
    if opened := chart(ctx, figure, "weights.slope", alt=title, opens=True):
        _open(opened)


def _open(unit: str) -> None:
    st.session_state[OPENED] = unit
    st.rerun()


def _borders(made: Made) -> list[int]:
    """Last rank of each tier but the lowest, where seats say so and one ranking holds all units."""
    tiers = made.official.index.tiers
    if tiers is None or made.official.index.group or any(level.seats is None for level in tiers.levels):
        return []
    borders, last = [], 0
    for level in tiers.levels[:-1]:
        last += level.seats or 0
        borders.append(last)
    return borders


def _level(ctx: Context, made: Made) -> str:
    """What a level by the period's score is called, within a sentence."""
    called = seats.heading(ctx, made.official.index)
    return called[:1].lower() + called[1:]


def tier_changes(ctx: Context, made: Made) -> None:
    tiers = made.official.index.tiers
    if tiers is None:
        return
    rows = made.comparison.retiered
    head.finding(ctx.tr("{level}改变的 {n} 个", n=rows.height, level=_level(ctx, made)))
    if rows.is_empty():
        head.paragraph(ctx.tr("没有评价对象跨过{level}的界线。", level=_level(ctx, made)), muted=True)
        return
    level = {one.id: (i, ctx.text(one.name, one.id)) for i, one in enumerate(tiers.levels)}

    def chip(code: str) -> dict[str, Any]:
        place, name = level.get(code, (len(level) - 1, code))
        return {"t": name, "level": place}

    columns = [
        Column("name", labels.unit_kind(ctx, made.official.index.unit), "name"),
        Column("before", ctx.tr("现行名次"), "rank"),
        Column("after", ctx.tr("试算名次"), "rank"),
        Column("move", ctx.tr("变动"), "move"),
        Column("tier", seats.heading(ctx, ctx.index), "shift", title=seats.meaning(ctx, ctx.index)),
    ]
    drawn = [
        {
            "id": row["unit"],
            "name": made.names.get(row["unit"], row["unit"]),
            "before": _whole(row["before"]),
            "after": _whole(row["after"]),
            "move": row["move"],
            "tier": {"from": chip(row["tier_before"]), "to": chip(row["tier"])},
        }
        for row in rows.iter_rows(named=True)
    ]
    if opened := table(ctx, columns, drawn, "weights.tiers", label=seats.heading(ctx, ctx.index)):
        _open(opened)


def _whole(rank: float | None) -> int | None:
    return None if rank is None else int(rank)


def _runs(made: Made) -> int:
    from kcz_metrics.analysis.robustness import DRAWS

    return intervals.TRIED if made.changed else DRAWS


def ranking(ctx: Context, made: Made) -> None:
    """Every unit by its rank in the trial: the ring is where it stands now, the dot where it would stand."""
    head.finding(
        ctx.tr("试算名次"),
        ctx.tr(
            "空心圈为现行名次，实心点为试算名次；底条为 90% 区间（{what}；{n} 次抽样）",
            what=telling.varied(ctx),
            n=number.count(_runs(made)),
        ),
    )
    rows = made.comparison.rows
    ranks = [r for r in (*rows["before"].to_list(), *rows["after"].to_list()) if r is not None]
    last = int(max(ranks, default=1))
    borders = _borders(made)
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200) if last / s <= 5 or s == 200)
    marks = [1, *range(step, last + 1, step)] if step > 1 else list(range(1, last + 1))
    shift = {"domain": [1, max(last, 2)], "ticks": [b + 0.5 for b in borders], "marks": marks}
    columns = [
        Column("after", ctx.tr("名次"), "rank"),
        Column("name", labels.unit_kind(ctx, made.official.index.unit), "name", options={"wrap": True}),
        Column("move", ctx.tr("变动"), "move"),
        Column("score", ctx.tr("得分"), "number", options={"decimals": 2}),
        Column("shift", ctx.tr("现行 → 试算"), "interval", width=130, options={**shift, "bare": True}),
    ]
    level = {one.id: i for i, one in enumerate(made.official.index.tiers.levels)} if made.official.index.tiers is not None else {}
    ranges = {unit: (low, high) for unit, low, high in made.spread.select("unit", "rank_low", "rank_high").iter_rows()}
    drawn: list[dict[str, Any]] = []
    for row in rows.iter_rows(named=True):
        low, high = ranges.get(row["unit"], (None, None))
        cell = {"at": row["after"], "was": row["before"], "low": low, "high": high, "level": level.get(row["tier"]), "t": ""}
        drawn.append(
            {
                "id": row["unit"],
                "after": _whole(row["after"]),
                "name": made.names.get(row["unit"], row["unit"]),
                "shift": None if row["after"] is None else cell,
                "move": row["move"],
                "score": row["score"],
                "_faint": row["after"] is None,
            }
        )
    if opened := table(ctx, columns, drawn, "weights.ranking", label=ctx.tr("试算名次"), height=620 if len(drawn) > 20 else None):
        _open(opened)
