"""The profile's parts: whose it is, how it compares with the middle of its group, over time, with its neighbours, by indicator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.ui import address, choosing, labels, loading, number, seats, strangers
from kcz_metrics.ui.behind import overview, scores
from kcz_metrics.ui.behind.scores import row_of
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.head import Item, finding, sentences
from kcz_metrics.ui.portray import Portrait
from kcz_metrics.ui.standing import names, ranked
from kcz_metrics.ui.table import Column, table
from kcz_metrics.ui.telling import SHOWS

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Strengths and weaknesses that are named, and peers that are shown.
NAMED, PEERS = 4, 6
#: Pixels above and below the lines over time.
ROOM = 40


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
    line, tone = "", ""
    if change is not None:
        glyph, tone = ("▲", "up") if change > 0 else ("▼", "down") if change < 0 else ("–", "")
        line = ctx.tr("{move} 较{period}", move=f"{glyph}{number.decimal(abs(change), 2)}", period=period)
    items = [
        Item(
            ctx.tr("综合得分"), number.score(row["published"]), ctx.tr("分"), line, tone,  # type: ignore[arg-type]
            to=("passport", {"unit": who.unit, "index": ctx.index_id}),
        )
    ]  # fmt: skip
    move = row["move"]
    moved = "" if move is None else ctx.tr("{move} 较{period}", move=number.move(move), period=period)
    items.append(
        Item(
            ctx.tr("名次"), str(int(row["rank"])), f"/ {ranked(frame).height}", who.interval or moved,
            "" if who.interval or not move else "up" if move > 0 else "down",
            to=row_of(ctx.index.unit, who.unit, ctx.index_id),
        )
    )  # fmt: skip
    chip = seats.chips(ctx, ctx.index).get(row["tier"] or "")
    if chip:
        items.append(Item(seats.heading(ctx, ctx.index), chip["t"], "", _distance(ctx, who), to=_seat_way(ctx, who)))
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


def _distance(ctx: Context, who: Portrait) -> str:
    """How far the next level up is, or for the first level how far the unit stands above its border."""
    placed = ranked(who.whole)
    scores = placed["published"].to_list()
    lasts = seats.last_ranks(seats.borders(ctx, ctx.index), scores)
    level = int(seats.chips(ctx, ctx.index)[who.row["tier"]]["level"])
    mine = who.row["published"]
    if level > 0 and 0 < lasts[level - 1] <= len(scores):
        border = lasts[level - 1]
        return ctx.tr("距第 {rank} 名 {gap} 分", rank=border, gap=number.decimal(max(scores[border - 1] - mine, 0.0), 1))
    if level == 0 and lasts[0] < len(scores):
        return ctx.tr("高出第 {rank} 名 {gap} 分", rank=lasts[0] + 1, gap=number.decimal(mine - scores[lasts[0]], 1))
    return ""


def steps(ctx: Context, who: Portrait) -> None:
    """From the middle of the group to the unit, step by step; says so only where the steps add up."""
    from kcz_metrics import charts

    differences = who.differences
    gap = charts.adds_up(who.middle_score, differences["difference"].to_list(), who.score)
    best = differences.sort("difference", descending=True).filter(pl.col("difference") >= SHOWS).head(3)["label"].to_list()
    worst = differences.sort("difference").filter(pl.col("difference") <= -SHOWS).head(3)["label"].to_list()
    far = number.decimal(abs(who.score - who.middle_score), 1)
    if who.unit == who.middle:
        finding(ctx.tr("{name}正处在同类中位", name=who.name))
        return
    if who.score >= who.middle_score:
        title = ctx.tr("比同类中位高 {gap} 分，{names}贡献最多", gap=far, names=labels.listed(ctx, best, 2 if ctx.lang == "zh" else 1))
    else:
        title = ctx.tr("比同类中位低 {gap} 分，{names}失分最多", gap=far, names=labels.listed(ctx, worst, 2 if ctx.lang == "zh" else 1))
    proof = ctx.tr("各步相加等于两端之差 ✓") if gap == 0.0 else ctx.tr("各步相加与两端之差不符，差 {gap} 分", gap=number.signed(gap, 6))
    caption = ctx.tr("从同类中位（第 {rank} 名{name}）到{unit}，各指标贡献之差", rank=who.middle_rank, name=who.middle_name, unit=who.name)
    finding(title, ctx.tr("；").join([caption, proof]))
    figure = charts.waterfall(
        charts.largest_steps(differences.select("label", "difference"), gains=6 if ctx.lang == "zh" else 5, lang=ctx.lang),
        start=(ctx.tr("同类中位"), who.middle_score), end=(charts.short(who.name, 8), who.score), template=ctx.template, lang=ctx.lang,
    )  # fmt: skip
    figure.update_xaxes(tickfont_size=12 if ctx.lang == "zh" else 10.5)
    chart(ctx, figure, "profile.steps", alt=title)


def over_time(ctx: Context, who: Portrait) -> None:
    """Rank and score over the periods, with the nearest neighbours of today."""
    from kcz_metrics import charts

    near = who.neighbours(2)
    called = names(who.frame, ctx.lang)
    rows = [
        (unit, called[unit], number.period(period, ctx.lang), rank, score)
        for period in ctx.periods
        if period <= ctx.period
        for unit, rank, score in loading.standing(ctx, period=period).select("unit", "rank", "published").iter_rows()
        if unit in near
    ]
    frame = pl.DataFrame(
        rows, orient="row", schema={"unit": pl.String, "label": pl.String, "period": pl.String, "rank": pl.Float64, "score": pl.Float64}
    )
    mine = frame.filter((pl.col("unit") == who.unit) & pl.col("rank").is_not_null())
    order = [number.period(p, ctx.lang) for p in ctx.periods if p <= ctx.period]
    if mine.height < 2:
        finding(ctx.tr("名次与得分的变化"), ctx.tr("只有一个评价期有名次，看不出变化"))
        return
    first, last = mine.row(0, named=True), mine.row(-1, named=True)
    moved = int(first["rank"] - last["rank"])
    words = {"n": mine.height, "before": int(first["rank"]), "now": int(last["rank"])}
    if moved > 0:
        title = ctx.tr("{n} 年里从第 {before} 名升到第 {now} 名", **words)
    elif moved < 0:
        title = ctx.tr("{n} 年里从第 {before} 名降到第 {now} 名", **words)
    else:
        title = ctx.tr("{first}与{last}都是第 {now} 名", first=first["period"], last=last["period"], now=words["now"])
    finding(title, ctx.tr("名次，与目前名次相邻的同类"))
    ranks = frame.select("unit", "label", "period", "rank")
    figure = charts.bump(ranks, focus=who.unit, template=ctx.template, lang=ctx.lang, height=164, periods=order)
    _room(figure)
    chart(ctx, figure, "profile.ranks", alt=title)
    change = last["score"] - first["score"]
    by = number.decimal(abs(change), 2)
    if by == "0.00":
        told = ctx.tr("得分前后相同")
    else:
        n = mine.height
        told = ctx.tr("{n} 年里得分提高 {gap} 分", n=n, gap=by) if change > 0 else ctx.tr("{n} 年里得分降低 {gap} 分", n=n, gap=by)
    finding(told, ctx.tr("得分，同上各单位"))
    figure = charts.trend(
        frame.select("unit", "label", "period", value="score"), focus=who.unit, template=ctx.template, lang=ctx.lang, height=144,
        periods=order, title=ctx.tr("得分"),
    )  # fmt: skip
    _room(figure)
    chart(ctx, figure, "profile.scores", alt=told)


def _room(figure: go.Figure) -> None:
    """Room above and below the lines for the names at their ends, which are moved apart where the lines meet."""
    figure.update_layout(height=figure.layout.height + 2 * ROOM, margin={"t": ROOM, "b": ROOM})
    figure.update_xaxes(ticklabelstandoff=ROOM)


def strengths(ctx: Context, who: Portrait) -> None:
    """Indicators in the best and in the worst quarter of the group, where that is sure enough to be said."""
    from kcz_metrics.analysis import standing

    for title, caption, found in (
        (ctx.tr("强项"), ctx.tr("在同类中居前四分之一的指标，按对得分的影响排列"), standing.strengths(who.card, who.unit, NAMED)),
        (ctx.tr("弱项"), ctx.tr("在同类中居后四分之一的指标，按对得分的影响排列"), standing.weaknesses(who.card, who.unit, NAMED)),
    ):
        finding(title, caption)
        lines = [_sentence(ctx, row) for row in found.iter_rows(named=True)]
        sentences(lines or [ctx.tr("没有可以确认的一项。")])


def _sentence(ctx: Context, row: dict[str, Any]) -> str:
    assert ctx.scheme is not None
    indicator = ctx.scheme.indicators[row["node"]]
    value = number.with_unit(row["value"], indicator, ctx.lang)
    words = {"name": ctx.name(row["node"]), "value": value, "rank": number.count(row["rank"]), "of": number.count(row["of"])}
    gap = number.decimal(abs(row["gap"]), 1)
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
