"""The page on certainty: one unit. How often it has each rank, against another one, and how far weights can bring it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.errors import ScoringError
from kcz_metrics.ui import address, choosing, head, loading, number, states, strangers
from kcz_metrics.ui.behind import certainty as behind
from kcz_metrics.ui.behind import limits
from kcz_metrics.ui.certainty_drawn import SURE, Asked, Drawn, dependence
from kcz_metrics.ui.certainty_parts import borders
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import Part, bound
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.analysis.reach import Reached
    from kcz_metrics.analysis.swaps import Swap
    from kcz_metrics.scoring.scorecard import Scorecard

#: Basic runs of a sensitivity analysis: times the sources and two.
RUNS = 128
#: Rows of a list of weights.
LISTED = 8


def choose(ctx: Context, drawn: Drawn) -> tuple[str, str | None]:
    """The unit in question and the one it is set against: the next better, or the second where it is first."""
    places = {unit: f"{int(rank)}  {drawn.called[unit]}" for unit, rank in zip(drawn.units, drawn.nominal, strict=True)}
    first = drawn.units[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if (wanted := address.get("unit")) and wanted not in drawn.at:
            strangers.met("unit", wanted, "", drawn.called[first])
            address.put(unit=None)
        unit = choosing.select(
            "unit", ctx.tr("评价对象"), drawn.units, places.__getitem__, key="robustness.unit", fallback=first, clears=("other",), width=320
        )
        unit = unit or first
        others = [one for one in drawn.units if one != unit]
        if not others:
            return unit, None
        nearest = drawn.units[drawn.at[unit] - 1] if drawn.at[unit] else others[0]
        other = choosing.select("other", ctx.tr("与谁比"), others, places.__getitem__, key="robustness.other", fallback=nearest, width=320)
    return unit, other or nearest


def headline(ctx: Context, drawn: Drawn, unit: str, other: str | None) -> list[Item]:
    own = drawn.spans.filter(pl.col("unit") == unit).row(0, named=True)
    items = [Item(ctx.tr("现名次"), number.count(own["rank"]), f"/ {number.count(len(drawn.units))}", to=("profile", {"unit": unit}))]
    if own["rank_low"] is not None:
        shown = f"{number.count(own['rank_low'])}–{number.count(own['rank_high'])}"
        low, mid, high = (float(own[f"rank_{end}"]) for end in ("low", "mid", "high"))
        middle = behind.of_units(ctx, drawn)["mid"]
        assert isinstance(middle, Part)
        items.append(
            Item(ctx.tr("90% 区间"), shown, "", ctx.tr("居中 {mid}", mid=number.count(mid)),
                 opens=behind.interval(ctx, drawn, unit, low, high), value=high - low, under=(bound(middle, unit), mid))
        )  # fmt: skip
    stays = behind.of_rank(ctx, drawn, unit, float(own["rank"]))
    items.append(Item(ctx.tr("保持现名次"), number.share(own["stay"]), "", "", opens=stays, value=own["stay"]))
    for label, last in borders(ctx, drawn)[:2]:
        if last < len(drawn.units):
            share = float((drawn.ranks[:, drawn.at[unit]] <= last).mean())
            items.append(
                Item(
                    ctx.tr("进入前 {n} 名", n=last),
                    number.share(share),
                    "",
                    label,
                    opens=behind.within(ctx, drawn, unit, last),
                    value=share,
                )
            )
    if other is not None and (p := drawn.wins(unit, other)) is not None:
        line = ctx.tr("排在{name}之前", name=drawn.called[other])
        items.append(Item(ctx.tr("先于对方"), number.share(p), "", line, opens=behind.pair(ctx, drawn, unit, other), value=p))
    return items


def bars(ctx: Context, drawn: Drawn, unit: str) -> None:
    """How often the unit has each rank."""
    from kcz_metrics import charts

    frame = drawn.acceptability(unit)
    name, rank = drawn.called[unit], float(drawn.nominal[drawn.at[unit]])
    if frame.is_empty():
        states.too_little(ctx.tr("没有一次抽样给出名次。"))
        return
    most = frame.sort("share", "rank", descending=[True, False]).row(0, named=True)
    often = says("often", number.share(most["share"], 0), behind.of_rank(ctx, drawn, unit, most["rank"]), most["share"])
    words = {"name": name, "rank": number.count(most["rank"]), "share": often}
    if most["share"] >= SURE:
        title = ctx.tr("{name}可以确认在第 {rank} 名", **words)
    else:
        title = ctx.tr("{name}最常见的是第 {rank} 名，占 {share}", **words)
    head.finding(title, ctx.tr("{n} 次抽样中取得各名次的比例；深色为现名次", n=number.count(drawn.asked.draws)))
    figure = charts.rank_bars(
        frame,
        rank=rank,
        seats=[charts.Seats(label, last) for label, last in borders(ctx, drawn)[:-1]],
        template=ctx.template,
        lang=ctx.lang,
    )
    chart(ctx, figure, "robustness.bars", alt=title)


def pair(ctx: Context, drawn: Drawn, unit: str, other: str) -> None:
    """Which of the two stands before the other, and how little it takes to turn them round."""
    p = drawn.wins(unit, other)
    if p is None:
        return
    first, second, share = (unit, other, p) if p >= 0.5 else (other, unit, 1 - p)
    before = says("before", number.share(share, 0), behind.pair(ctx, drawn, first, second), share)
    words = {"first": drawn.called[first], "second": drawn.called[second], "share": before}
    sure = share >= SURE
    head.finding(
        ctx.tr("{first}可以确认排在{second}之前", **words) if sure else ctx.tr("{first}与{second}不宜分先后", **words),
        ctx.tr("{share}的抽样中{first}排在{second}之前，同名次计一半", **words),
    )
    try:
        found = _swapped(loading.scorecard(ctx), unit, other, *_key(ctx))
    except ScoringError as error:
        states.too_little(error.render(ctx.lang))
        return
    card, (above, below) = loading.scorecard(ctx), sorted((unit, other), key=lambda one: -drawn.total(one))
    if found.share is None:
        head.paragraph(ctx.tr("权重怎样变动（各自不超过一倍）都不能使两者易位。"))
    else:
        opens_all = limits.together(ctx, card, (below, above), drawn.called, found.weights)
        moved = says("together", number.share(found.share, 2), opens_all, found.share)
        head.paragraph(ctx.tr("全部权重一起变动时，各自动 **{share}** 就能使两者易位；只动一个权重时需要的变化见下表。", share=moved))
    listed = {  # a weight may do on either side
        f"{row['node']}|{up}": (row, up)
        for row in found.single.head(LISTED).iter_rows(named=True)
        for up in [row["weight_needed"] > row["weight"]]
    }
    opens = {
        **behind.weights(),
        "needed": {code: limits.limit(ctx, card, row["node"], below, above, drawn.called, up=up) for code, (row, up) in listed.items()},
        "change": {code: limits.signed(ctx, row["weight"], row["weight_needed"]) for code, (row, _) in listed.items() if row["weight"]},
    }
    rows = [
        {"id": code, "name": ctx.name(row["node"]), "parent": ctx.name(row["parent"]), "weight": row["weight"],
         "needed": row["weight_needed"], "change": row["change"]}
        for code, (row, _) in listed.items()
    ]  # fmt: skip
    columns = [
        Column("name", ctx.tr("只动这一项"), "name", options={"wrap": True}),
        Column("parent", ctx.tr("所属"), "text", options={"wrap": True, "quiet": True}),
        Column("weight", ctx.tr("现权重"), "number"),
        Column("needed", ctx.tr("易位时的权重"), "number"),
        Column("change", ctx.tr("变化"), "number", options={"share": True, "decimals": 1}),
    ]
    table(
        ctx, columns, rows, "robustness.swap", label=ctx.tr("使两者易位的最小权重变化"), opens=False,
        nothing=ctx.tr("没有哪一个权重单独变动就能使两者易位。"), behind=opens,
    )  # fmt: skip


@st.cache_resource(show_spinner=False, max_entries=64)
def _swapped(_card: Scorecard, unit: str, other: str, snapshot_id: str, digest: str, index_id: str, period: str) -> Swap:
    from kcz_metrics.analysis.swaps import swap

    return swap(_card, unit, other)


@st.cache_resource(show_spinner=False, max_entries=64)
def _reached(_card: Scorecard, unit: str, worst: bool, snapshot_id: str, digest: str, index_id: str, period: str) -> Reached:
    from kcz_metrics.analysis.reach import reach

    return reach(_card, unit, worst=worst)


def _key(ctx: Context) -> tuple[str, str, str, str]:
    assert ctx.snapshot is not None
    return ctx.snapshot.id, ctx.digest, ctx.index_id, ctx.period


def reached(ctx: Context, drawn: Drawn, unit: str) -> None:
    """The best and the worst rank that weights within the bounds can give; worked out when asked for."""
    from kcz_metrics.analysis.reach import share_of

    card = loading.scorecard(ctx)
    share = number.share(share_of(card, None), 0)
    head.finding(ctx.tr("权重至多能把它带到哪里"), ctx.tr("每个权重在现值的 ±{share} 之内任意组合，精确求解，不靠抽样", share=share))
    if not st.toggle(ctx.tr("求最好与最差名次"), key="robustness.reach"):
        return
    try:
        with st.spinner(ctx.tr("正在求最好与最差名次")):
            best, worst = (_reached(card, unit, end, *_key(ctx)) for end in (False, True))
    except ScoringError as error:
        states.too_little(error.render(ctx.lang))
        return
    name = drawn.called[unit]
    lines = [ctx.tr("**{name}**最好第 **{best}** 名，最差第 **{worst}** 名。", name=name, best=best.rank, worst=worst.rank)]
    if best.proved > 1:
        lines.append(ctx.tr("在允许的幅度内，没有任何一组权重能使它排第一（至多第 {n}）。", n=best.proved))
    if best.rank != best.proved or worst.rank != worst.proved:
        lines.append(ctx.tr("已证明的界限：不会好于第 {best} 名，不会差于第 {worst} 名。", best=best.proved, worst=worst.proved))
    items = [
        Item(label, number.count(end.rank), opens=limits.reach(ctx, card, unit, end.weights), value=float(end.rank))
        for label, end in ((ctx.tr("最好名次"), best), (ctx.tr("最差名次"), worst))
    ]
    head.headline(items, "robustness.reached")
    head.sentences(lines)


def pairs_of(drawn: Drawn) -> Asked:
    """What a split of the variance asks for: the same sources and seed, the runs in pairs."""
    return Asked(drawn.asked.sources, RUNS, drawn.asked.seed)


def hangs_on(ctx: Context, drawn: Drawn, unit: str | None) -> pl.DataFrame | None:
    """What the rank depends on, in a sentence and a table; worked out when asked for."""
    from kcz_metrics.analysis.hinges import hinge

    if len(drawn.asked.sources) < 2:
        states.too_little(ctx.tr("只计入一项不确定性，名次只取决于它。"))
        return None
    asked = pairs_of(drawn)
    with st.spinner(ctx.tr("正在区分各项的作用：{n} 次", n=number.count(RUNS * (len(asked.sources) + 2)))):
        found = dependence(ctx, asked, unit)
    said = hinge(found, unit)
    if said is not None:
        text = ctx.text(said.text)
        head.paragraph(ctx.tr("{said}。", said=text[:1].upper() + text[1:]))
    return found.filter(pl.col("unit").eq_missing(pl.lit(unit, pl.String)))
