"""The board of open needs: what stands above it, its filters, the list, and the need in question."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.locales import T
from kcz_metrics.ui import address, choosing, head, labels, loading, matchmaking, naming, number, states
from kcz_metrics.ui.behind import needs as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import Source

if TYPE_CHECKING:
    from kcz_metrics.matching.suggesting import Desk

#: Waiting, from so many days to below so many.
AGES = {
    "30": (T("不到 30 天"), 0, 30),
    "60": (T("30 至 59 天"), 30, 60),
    "180": (T("60 至 179 天"), 60, 180),
    "old": (T("180 天及以上"), 180, 10**6),
}
SHOWN = 400
_HEIGHT = 560
_METHODS = {
    "popular": T("对接最多的服务团"),
    "popular_in_field": T("本领域对接最多的服务团"),
    "popular_in_industry": T("本产业对接最多的服务团"),
    "popular_in_city": T("本市对接最多的服务团"),
}


def answer(ctx: Context, at: Desk, board: pl.DataFrame) -> str:
    alone = board.filter(pl.col("dockings") == 0).height
    return ctx.tr(
        "截至 {day}，**{n}** 项需求未结，其中 {alone} 项还没有对接。推荐供派单参考，不代表一定成功。",
        day=at.seen.as_of.isoformat(),
        n=says("open", number.count(board.height), _posted(ctx, board).count(), board.height),
        alone=says("alone", number.count(alone), _posted(ctx, board).count(pl.col("dockings") == 0), alone),
    )


def _posted(ctx: Context, board: pl.DataFrame) -> Source:
    return Source("need", lambda: board, labels={"days": ctx.tr("等待天数"), "dockings": ctx.tr("对接")})


def headline(ctx: Context, at: Desk, board: pl.DataFrame) -> list[Item]:
    unverified = board.filter(~pl.col("verified")).height
    waiting = board["days"].median()
    posted = _posted(ctx, board)
    teams = Source("service_team", lambda: loading.table(ctx, "service_team").filter(pl.col("team_id").is_in(list(at.teams.ids))))
    rates = matchmaking.measured(ctx, at)
    own, others = rates.row(0, named=True), rates.slice(1)
    items = [
        Item(ctx.tr("未结需求"), number.count(board.height), "", ctx.tr("其中待核验 {n} 项", n=number.count(unverified)),
             opens=posted.count(), value=board.height, under=(posted.count(~pl.col("verified")), unverified)),
        Item(
            ctx.tr("等待天数中位"),
            number.MISSING if waiting is None else number.count(float(waiting)),  # type: ignore[arg-type]
            ctx.tr("天"),
            ctx.tr("{n} 项已满 180 天", n=number.count(board.filter(pl.col("days") >= 180).height)),
            opens=posted.median("days"), value=float(waiting) if waiting is not None else None,  # type: ignore[arg-type]
            under=(posted.count(pl.col("days") >= 180), board.filter(pl.col("days") >= 180).height),
        ),
        Item(
            ctx.tr("可派服务团"), number.count(len(at.teams.ids)), ctx.tr("个"),
            ctx.tr("在手对接 {n} 项", n=number.count(float(at.teams.active.sum()))),
            opens=teams.count(), value=len(at.teams.ids), under=(behind.in_hand(at), float(at.teams.active.sum())),
        ),
    ]  # fmt: skip
    if own["needs"]:
        best = others.sort("hit_rate_at_5", descending=True).row(0, named=True)
        between = ctx.tr(
            "{low}–{high}，n = {n}", low=number.share(own["low"]), high=number.share(own["high"]), n=number.count(own["needs"])
        )
        told = ((ctx.tr("前五命中率（近 13 周）"), own, between), (ctx.tr("按热门推荐"), best, ctx.text(_METHODS[best["method"]])))
        width = (behind.interval(ctx, at, own), own["high"] - own["low"])
        items += [
            Item(
                label,
                number.share(row["hit_rate_at_5"]),
                "",
                line,
                opens=behind.hit_rate(ctx, at, row["method"]),
                value=row["hit_rate_at_5"],
                under=width if row is own else None,
            )
            for label, row, line in told
        ]
    return items


def caution(ctx: Context, at: Desk) -> None:
    """What the hit rate means, in one line."""
    own = matchmaking.measured(ctx, at).row(0, named=True)
    if own["needs"]:
        again, n, hits = behind.asked_again(ctx, at), own["needs"], own["hits_at_5"]
        head.paragraph(
            ctx.tr(
                "近 13 周由服务团对接的 {n} 项需求，按对接前已知的记录重新推荐，{hits} 项的对接方在前五名之中；未命中不等于推荐不当。",
                n=says("again", number.count(n), again.count(), n),
                hits=says("hits", number.count(hits), again.count(behind.HIT), hits),
            ),
            muted=True,
        )
    else:
        head.paragraph(ctx.tr("近 13 周没有服务团对接，无从检验推荐的命中率。"), muted=True)


def filtered(ctx: Context, board: pl.DataFrame) -> pl.DataFrame:
    """A row of filters: city, industry, field, difficulty, how long it has waited."""
    found = board
    cities, industries = naming.names(ctx, "pilot_city"), naming.names(ctx, "industry")
    columns: dict[str, tuple[str, str, Callable[[str], str]]] = {
        "city": ("city_id", ctx.tr("试点城市"), lambda code: cities.get(code, code)),
        "industry": ("industry_code", ctx.tr("产业"), lambda code: industries.get(code, code)),
        "field": ("tech_field", ctx.tr("技术领域"), lambda code: labels.coded(ctx, "tech_field", code)),
        "difficulty": ("difficulty", ctx.tr("难度"), lambda code: ctx.tr("{n} 级", n=code)),
    }
    for code, (column, title, words) in columns.items():
        options = sorted({str(v) for v in board[column].to_list()})
        shown = {v: words(v) for v in options}
        chosen = choosing.select(code, title, options, shown.__getitem__, key=f"needs.{code}", placeholder=ctx.tr("全部"), width=165)
        if chosen is not None:
            found = found.filter(pl.col(column).cast(pl.String) == chosen)
    ages = {code: ctx.text(words) for code, (words, _, _) in AGES.items()}
    age = choosing.select("age", ctx.tr("已等待"), list(ages), ages.__getitem__, key="needs.age", placeholder=ctx.tr("全部"), width=150)
    if age is not None:
        _, low, high = AGES[age]
        found = found.filter((pl.col("days") >= low) & (pl.col("days") < high))
    return found


def _filters() -> str:
    """The filters as one text: rows picked under others are not picked under these."""
    return ".".join(address.get(code) or "" for code in ("period", "city", "industry", "field", "difficulty", "age"))


def listing(ctx: Context, found: pl.DataFrame) -> str | None:
    """The list; returns the need in question: the one the reader picked, that of the address, else the first."""
    shown = found.head(SHOWN)
    caption = ctx.tr("{n} 项，最近发布的在前；点按一行看推荐", n=number.count(found.height))
    if found.height > shown.height:
        caption = ctx.tr("显示最近的 {n} 项，共 {all} 项；用筛选缩小范围", n=shown.height, all=number.count(found.height))
    head.finding(ctx.tr("未结需求"), caption)
    if found.is_empty():
        states.empty(ctx.tr("没有符合条件的需求。"), ctx.tr("清除筛选，或换一个评价期。"))
        return address.get("need")
    frame = shown.select(
        pl.col("title"),
        pl.col("city_id").replace(dict(naming.names(ctx, "pilot_city"))).alias("city"),
        pl.col("days"),
        pl.col("dockings"),
        pl.col("score"),
    )
    event = st.dataframe(
        frame,
        column_config={
            "title": st.column_config.TextColumn(ctx.tr("题目"), width=176),
            "city": st.column_config.TextColumn(ctx.tr("试点城市"), width=72),
            "days": st.column_config.NumberColumn(ctx.tr("等待天数"), format="localized", width=62),
            "dockings": st.column_config.NumberColumn(ctx.tr("对接"), width=56, help=ctx.tr("已开始的对接条数")),
            "score": st.column_config.NumberColumn(
                ctx.tr("最高分"), format="%.1f", width=58, help=ctx.tr("最合适的服务团的得分，满分 100")
            ),
        },
        hide_index=True,
        row_height=35,
        height=min(_HEIGHT, 35 * (shown.height + 1) + 3),
        on_select="rerun",
        selection_mode="single-row",
        key=f"needs.grid.{_filters()}",
        alt=ctx.tr("未结需求"),
    )
    ids = shown["need_id"].to_list()
    chosen = event["selection"]["rows"]
    if chosen and chosen[0] < len(ids) and st.session_state.get("needs.picked") != ids[chosen[0]]:
        st.session_state["needs.picked"] = ids[chosen[0]]
        address.put(need=ids[chosen[0]], candidate=None)
    return address.get("need") or ids[0]
