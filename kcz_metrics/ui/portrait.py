"""The profile's parts: whose it is, how it compares with the middle of its group, over time, with its neighbours, by indicator."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics.ui import address, choosing, labels, loading, number, seats, strangers
from kcz_metrics.ui.behind import differences, overview, scores
from kcz_metrics.ui.behind.scores import row_of
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.head import Item, finding, sentences
from kcz_metrics.ui.portray import Portrait
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import Opening, bound
from kcz_metrics.ui.standing import names, ranked
from kcz_metrics.ui.table import Column, table
from kcz_metrics.ui.telling import SHOWS

#: Strengths and weaknesses that are named, and peers that are shown.
NAMED, PEERS = 4, 6


def settle_kind(ctx: Context) -> None:
    """A unit of another kind than the index's asks for an index of its own kind."""
    kinds = {"city": ("pilot_city", "city_id"), "team": ("service_team", "team_id"), "organisation": ("org", "org_id")}
    if ctx.unit is None or ctx.unit in loading.scorecard(ctx).units["unit"]:
        return
    for kind, (name, key) in kinds.items():
        found = ctx.indices_of(kind)
        if found and ctx.index.unit != kind and ctx.unit in loading.table(ctx, name)[key]:
            listed = [i for i in found if ctx.unit in loading.scorecard(ctx, i).units["unit"]]
            address.put(index=(listed or list(found))[0])
            st.rerun()


def choose(ctx: Context, frame: pl.DataFrame, first: str | None = None) -> str | None:
    """The unit in question, chosen in the sidebar; where the address names none ``first``, or the first of the ranking, as it also is
    where the address names one that this index has not."""
    called = names(frame, ctx.lang)
    places = {u: r for u, r in frame.select("unit", "rank").iter_rows() if r is not None}
    units = frame["unit"].to_list()
    if not units:
        return None
    opening = units[0] if ctx.unit or first is None else first
    unit: str = ctx.unit if ctx.unit and ctx.unit in called else opening
    strangers.met("unit", ctx.unit, unit)
    labelled = {u: f"{int(places[u])}  {called[u]}" if u in places else f"—  {called[u]}" for u in units}
    choosing.hold("profile.unit", unit, labelled[unit])
    with ctx.slot:
        st.selectbox(
            labels.unit_kind(ctx, ctx.index.unit), units, key="profile.unit", on_change=_chosen, args=(tuple(units),),
            format_func=labelled.__getitem__,
        )  # fmt: skip
    if address.get("unit") != unit:
        address.put(unit=unit)
        address.write(ctx.place.codes)
    return unit


def _chosen(units: tuple[str, ...]) -> None:
    """A label in the language before is no choice: see :mod:`kcz_metrics.ui.choosing`."""
    if st.session_state["profile.unit"] in units:
        address.put(unit=st.session_state["profile.unit"])


def headline(ctx: Context, who: Portrait) -> list[Item]:
    """Score, rank, level, and the first pillars against the middle of the group."""
    row, frame = who.row, who.frame
    period = "" if ctx.previous is None else number.period(ctx.previous, ctx.lang)
    was = row["score_before"]
    change = None if was is None else row["published"] - was
    line, tone, rise = "", "", None
    if change is not None and ctx.previous is not None:
        rise = (differences.between(ctx, who.unit, ctx.period, ctx.previous), change)
        glyph, tone = ("▲", "up") if change > 0 else ("▼", "down") if change < 0 else ("–", "")
        line = ctx.tr("{move} 较{period}", move=f"{glyph}{number.decimal(abs(change), 2)}", period=period)
    items = [
        Item(
            ctx.tr("综合得分"), number.score(row["published"]), ctx.tr("分"), line, tone,  # type: ignore[arg-type]
            to=("passport", {"unit": who.unit, "index": ctx.index_id}), under=rise,
        )
    ]  # fmt: skip
    move = row["move"]
    moved = "" if move is None else ctx.tr("{move} 较{period}", move=number.move(move), period=period)
    gained = scores.places(ctx, ctx.index_id).get("move")
    items.append(
        Item(
            ctx.tr("名次"), str(int(row["rank"])), f"/ {ranked(frame).height}", who.interval or moved,
            "" if who.interval or not move else "up" if move > 0 else "down",
            to=row_of(ctx.index.unit, who.unit, ctx.index_id),
            under=None if who.interval or move is None or gained is None else (bound(gained, who.unit), move),
        )
    )  # fmt: skip
    chip = seats.chips(ctx, ctx.index).get(row["tier"] or "")
    if chip:
        far, apart = _distance(ctx, who)
        items.append(Item(seats.heading(ctx, ctx.index), chip["t"], "", far, to=_seat_way(ctx, who), under=apart))
    for child in ctx.index.tree.children[: 6 - len(items)]:
        middle = ranked(frame)[f"node:{child.id}"].median()
        middle = middle if isinstance(middle, float) else None
        below = "" if middle is None else ctx.tr("同类中位 {value}", value=number.decimal(middle, 1))
        to = ("passport", {"unit": who.unit, "index": ctx.index_id, "indicator": child.id})
        under = (scores.middle(ctx, lambda: frame, child.id), middle) if below else None
        items.append(Item(ctx.name(child.id), number.decimal(row[f"node:{child.id}"], 1), "", below, to=to, under=under))
    return items


def _seat_way(ctx: Context, who: Portrait) -> tuple[str, dict[str, str]]:
    """From a seat by score on to the unit's tier; where tiers have no memory the seat is the tier, and leads to who else has it."""
    if ctx.index.tiers is not None and ctx.index.tiers.remembers and ctx.index.unit == "city":
        return "tiers", {"unit": who.unit, "index": ctx.index_id}
    return "cities", {"index": ctx.index_id, "tier": who.row["tier"]}


def _distance(ctx: Context, who: Portrait) -> tuple[str, tuple[Opening, float] | None]:
    """How far the next level up is, or for the first level how far the unit stands above its border; and what that is made of."""
    placed = ranked(who.whole)
    units = placed["unit"].to_list()
    published = placed["published"].to_list()
    lasts = seats.last_ranks(seats.borders(ctx, ctx.index), published)
    level = int(seats.chips(ctx, ctx.index)[who.row["tier"]]["level"])
    mine = who.row["published"]
    if level > 0 and 0 < lasts[level - 1] <= len(published):
        border = lasts[level - 1]
        gap = published[border - 1] - mine
        made = differences.of_score(ctx, units[border - 1], who.unit, "published")
        return ctx.tr("距第 {rank} 名 {gap} 分", rank=border, gap=number.decimal(max(gap, 0.0), 1)), (made, gap) if gap >= 0 else None
    if level == 0 and lasts[0] < len(published):
        gap = mine - published[lasts[0]]
        made = differences.of_score(ctx, who.unit, units[lasts[0]], "published")
        return ctx.tr("高出第 {rank} 名 {gap} 分", rank=lasts[0] + 1, gap=number.decimal(gap, 1)), (made, gap)
    return "", None


def steps(ctx: Context, who: Portrait) -> None:
    """From the middle of the group to the unit, step by step; says so only where the steps add up."""
    from kcz_metrics import charts

    parts = who.differences
    gap = charts.adds_up(who.middle_score, parts["difference"].to_list(), who.score)
    best = parts.sort("difference", descending=True).filter(pl.col("difference") >= SHOWS).head(3)["label"].to_list()
    worst = parts.sort("difference").filter(pl.col("difference") <= -SHOWS).head(3)["label"].to_list()
    if who.unit == who.middle:
        finding(ctx.tr("{name}正处在同类中位", name=who.name))
        return
    sides = (who.unit, who.middle) if who.score >= who.middle_score else (who.middle, who.unit)
    apart = abs(who.score - who.middle_score)
    far = says("apart", number.decimal(apart, 1), differences.of_score(ctx, *sides), apart)
    if who.score >= who.middle_score:
        title = ctx.tr("比同类中位高 {gap} 分，{names}贡献最多", gap=far, names=labels.listed(ctx, best, 2 if ctx.lang == "zh" else 1))
    else:
        title = ctx.tr("比同类中位低 {gap} 分，{names}失分最多", gap=far, names=labels.listed(ctx, worst, 2 if ctx.lang == "zh" else 1))
    proof = ctx.tr("各步相加等于两端之差 ✓") if gap == 0.0 else ctx.tr("各步相加与两端之差不符，差 {gap} 分", gap=number.signed(gap, 6))
    caption = ctx.tr("从同类中位（第 {rank} 名{name}）到{unit}，各指标贡献之差", rank=who.middle_rank, name=who.middle_name, unit=who.name)
    finding(title, ctx.tr("；").join([caption, proof]))
    figure = charts.waterfall(
        charts.largest_steps(parts.select("label", "difference"), gains=6 if ctx.lang == "zh" else 5, lang=ctx.lang),
        start=(ctx.tr("同类中位"), who.middle_score), end=(charts.short(who.name, 8), who.score), template=ctx.template, lang=ctx.lang,
    )  # fmt: skip
    figure.update_xaxes(tickfont_size=12 if ctx.lang == "zh" else 10.5)
    chart(ctx, figure, "profile.steps", alt=title)


def strengths(ctx: Context, who: Portrait) -> None:
    """Indicators in the best and in the worst quarter of the group, where that is sure enough to be said."""
    from kcz_metrics.analysis import standing

    for title, caption, found in (
        (ctx.tr("强项"), ctx.tr("在同类中居前四分之一的指标，按对得分的影响排列"), standing.strengths(who.card, who.unit, NAMED)),
        (ctx.tr("弱项"), ctx.tr("在同类中居后四分之一的指标，按对得分的影响排列"), standing.weaknesses(who.card, who.unit, NAMED)),
    ):
        finding(title, caption)
        lines = [_sentence(ctx, who, row) for row in found.iter_rows(named=True)]
        sentences(lines or [ctx.tr("没有可以确认的一项。")])


def _sentence(ctx: Context, who: Portrait, row: dict[str, Any]) -> str:
    assert ctx.scheme is not None
    indicator = ctx.scheme.indicators[row["node"]]
    value = number.with_unit(row["value"], indicator, ctx.lang)
    made, node = differences.on_indicator(ctx, who, row["node"]), row["node"]
    rank, of = (says(f"{node}.{column}", number.count(row[column]), made[column], row[column]) for column in ("rank", "of"))
    words = {"name": ctx.name(node), "value": value, "rank": rank, "of": of}
    gap = says(f"{node}.gap", number.decimal(abs(row["gap"]), 1), made["above" if row["gap"] > 0 else "below"], abs(row["gap"]))
    if row["gap"] > 0:
        return ctx.tr("**{name}** {value}，{of} 个同类中第 {rank}，标准化分比中位高 {gap}", gap=gap, **words)
    return ctx.tr("**{name}** {value}，{of} 个同类中第 {rank}，标准化分比中位低 {gap}", gap=gap, **words)


def peers(ctx: Context, who: Portrait) -> str | None:
    """The units of the group that are most like this one; returns one that was opened."""
    from kcz_metrics.analysis import standing

    near = standing.peers(who.card, who.unit, PEERS)["unit"].to_list()
    finding(ctx.tr("最相近的同类"), ctx.tr("按类别、区域、批次等条件与名次选出；点按查看其画像"))
    called = names(who.frame, ctx.lang)
    chips = seats.chips(ctx, ctx.index)
    rows = [
        {
            "id": row["unit"], "rank": int(row["rank"]), "name": called[row["unit"]], "tier": chips.get(row["tier"] or ""),
            "move": row["move"], "score": row["published"], "gap": row["published"] - who.row["published"],
            "_chosen": row["unit"] == who.unit,
        }
        for row in ranked(who.frame).iter_rows(named=True)
        if row["unit"] in near or row["unit"] == who.unit
    ]  # fmt: skip
    widest = max((abs(r["gap"]) for r in rows), default=1.0) or 1.0
    columns = [
        Column("rank", ctx.tr("名次"), "rank"),
        Column("name", ctx.tr("名称"), "name", options={"wrap": ctx.lang == "en"}),
        *([Column("tier", seats.heading(ctx, ctx.index), "tier", title=seats.meaning(ctx, ctx.index))] if chips else []),
        Column("move", ctx.tr("变动"), "move"),
        Column("score", ctx.tr("得分"), "number"),
        Column("gap", ctx.tr("得分之差"), "delta", options={"domain": widest}, width=130),
    ]
    return table(ctx, columns, rows, key="profile.peers", label=ctx.tr("最相近的同类"), behind=scores.beside(ctx, who.unit))


def elsewhere(ctx: Context, who: Portrait) -> str | None:
    """The same unit in the other indices of its kind; returns an index that was opened."""
    others = ctx.indices_of(ctx.index.unit)
    if len(others) < 2:
        return None
    rows = []
    for index_id in others:
        frame = loading.standing(ctx, index_id)
        mine = frame.filter(pl.col("unit") == who.unit)
        if mine.is_empty():
            continue
        row = mine.row(0, named=True)
        group = ranked(frame.filter(pl.col("group").eq_missing(row["group"])))
        rows.append(
            {
                "id": index_id, "name": ctx.name(index_id), "rank": row["rank"], "of": group.height, "move": row["move"],
                "score": row["published"], "coverage": row["coverage"], "_chosen": index_id == ctx.index_id,
            }
        )  # fmt: skip
    if len(rows) < 2:
        return None
    finding(ctx.tr("在各榜单中的位置"), ctx.tr("点按切换榜单"))
    columns = [
        Column("name", ctx.tr("榜单"), "name"),
        Column("rank", ctx.tr("名次"), "rank"),
        Column("of", ctx.tr("同类"), "number", options={"decimals": 0}),
        Column("move", ctx.tr("变动"), "move"),
        Column("score", ctx.tr("得分"), "number"),
        Column("coverage", ctx.tr("覆盖率"), "number", options={"share": True, "decimals": 0}),
    ]
    return table(
        ctx,
        columns,
        rows,
        key="profile.elsewhere",
        label=ctx.tr("在各榜单中的位置"),
        behind=overview.boards(ctx, who.unit, [row["id"] for row in rows]),
    )
