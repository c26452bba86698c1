"""The page on certainty: which doubt matters, one by one against all together, and how far each weight can go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal

import polars as pl
import streamlit as st

from kcz_metrics.analysis.hinges import word
from kcz_metrics.errors import ScoringError
from kcz_metrics.ui import choosing, head, loading, number, states
from kcz_metrics.ui.behind import certainty as behind
from kcz_metrics.ui.behind import limits, variance
from kcz_metrics.ui.certainty_drawn import Drawn, robust
from kcz_metrics.ui.certainty_parts import called
from kcz_metrics.ui.certainty_unit import hangs_on, pairs_of
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import Behind
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.scoring.scorecard import Scorecard

Keeps = Literal["order", "top", "tier"]
ALL = "all"


def one_by_one(ctx: Context, drawn: Drawn) -> None:
    """Every source alone, beside all of them."""
    with st.spinner(ctx.tr("正在逐项计算")):
        alone = {name: _alone(ctx, drawn, name) for name in drawn.asked.sources}
    order = sorted(alone, key=lambda name: -(alone[name].summary["shift"] or 0.0))
    title = ctx.tr("各项不确定性单独的作用")
    if len(order) > 1 and alone[order[0]].summary["shift"]:
        title = ctx.tr("单独看，{source}使名次移动最多", source=ctx.text(word(order[0])))
    head.finding(title, ctx.tr("名次平均移动几位；各项用同一批抽样，合在一起不等于相加"))
    found = {ALL: drawn, **{name: alone[name] for name in order}}
    widest = max((one.summary["shift"] or 0.0 for one in found.values()), default=1.0) or 1.0
    rows: list[dict[str, Any]] = []
    for name, one in found.items():
        shift = one.summary["shift"]
        tone = "faint" if name == ALL else "quantity"
        bar = None if shift is None else {"parts": [{"v": shift, "tone": tone}], "t": " "}
        rows.append({"id": name, "name": ctx.tr("全部一起") if name == ALL else called(ctx, name), "bar": bar, **one.summary})
    columns = [
        Column("name", ctx.tr("不确定性"), "name"),
        Column("bar", "", "bar", width=200, options={"domain": [0, widest]}),
        Column("shift", ctx.tr("名次平均移动"), "number", unit=ctx.tr("位")),
        Column("width", ctx.tr("区间平均宽度"), "number", unit=ctx.tr("位"), options={"decimals": 1}),
        Column("stay", ctx.tr("保持现名次"), "number", options={"share": True, "decimals": 0}),
        Column("largest", ctx.tr("最大移动"), "number", unit=ctx.tr("位"), options={"decimals": 0}),
    ]
    made = {name: behind.headline(ctx, one) for name, one in found.items()}
    opens = {column: {name: of[column] for name, of in made.items()} for column in ("shift", "width", "stay", "largest")}
    table(
        ctx, columns, rows, "robustness.each", label=title, opens=False, nothing=ctx.tr("没有声明不确定性。"), behind=opens,
    )  # fmt: skip


def _alone(ctx: Context, drawn: Drawn, source: str) -> Drawn:
    asked = replace(drawn.asked, sources=(source,))
    return Drawn(ctx, asked, robust(ctx, asked), drawn.frame)


def sobol(ctx: Context, drawn: Drawn, unit: str | None, key: str) -> None:
    """Sobol indices with their intervals: of the mean shift in rank, or of one unit's rank."""
    name = ctx.tr("整个排名") if unit is None else drawn.called[unit]
    head.finding(
        ctx.tr("{name}的变动来自哪里", name=name),
        ctx.tr("单独：只因这一项的变动占多少；合计：与这一项有关的变动占多少（含与别项的相互作用）；括号内为 90% 区间"),
    )
    if not st.toggle(ctx.tr("分解变动的来源"), key=key):
        return
    found = hangs_on(ctx, drawn, unit)
    if found is None:
        return
    rows = [
        {"id": row["source"], "name": called(ctx, row["source"]),
         "total_bar": {"parts": [{"v": min(max(row["total"] or 0.0, 0.0), 1.0), "tone": "quantity"}], "t": " "}, "total": row["total"],
         "total_span": _span(row["total_p5"], row["total_p95"]),
         "first": row["first"], "first_span": _span(row["first_p5"], row["first_p95"])}
        for row in found.sort("total", descending=True, nulls_last=True).iter_rows(named=True)
    ]  # fmt: skip
    share = {"share": True, "decimals": 0}
    columns = [
        Column("name", ctx.tr("不确定性"), "name"),
        Column("total_bar", "", "bar", width=200, options={"domain": [0, 1]}),
        Column("total", ctx.tr("合计"), "number", options=share),
        Column("total_span", ctx.tr("90% 区间"), "text", options={"quiet": True}),
        Column("first", ctx.tr("单独"), "number", options=share),
        Column("first_span", ctx.tr("90% 区间"), "text", options={"quiet": True}),
    ]
    opens = variance.of_sources(ctx, pairs_of(drawn), unit)
    table(ctx, columns, rows, f"{key}.table", label=ctx.tr("{name}的变动来自哪里", name=name), opens=False, behind=opens)
    if any((row["first_p5"] or 0.0) < -0.2 for row in found.iter_rows(named=True)):
        head.paragraph(ctx.tr("下限明显低于零的，说明抽样还少，只看大小次序。"), muted=True)


def _span(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{number.share(low, 0)} – {number.share(high, 0)}"


def weights(ctx: Context) -> None:
    """The range of each weight, the others staying, within which nothing changes places; exact."""
    kept = {"order": ctx.tr("全部次序"), "top": ctx.tr("第一名")}
    seats = _seats(ctx)
    if seats:
        kept["tier"] = ctx.tr("各层级的席位归属")
    keeps = choosing.segments("keeps", ctx.tr("什么保持不变"), list(kept), kept.__getitem__, key="robustness.keeps", fallback="top")
    card = loading.scorecard(ctx)
    try:
        found = _ranges(card, keeps, seats, *_key(ctx))  # type: ignore[arg-type]
    except ScoringError as error:
        states.too_little(error.render(ctx.lang))
        return
    named = loading.standing(ctx)
    titles = dict(named.select("unit", pl.coalesce("name_zh" if ctx.lang == "zh" else "name_en", "name_zh", "unit")).iter_rows())
    tight = found.with_columns(room=_room()).drop_nulls("room").sort("room")
    title = ctx.tr("每个权重单独变动的余地")
    if not tight.is_empty():
        first = tight.row(0, named=True)
        room = _ends(ctx, card, found.filter(pl.col("node") == first["node"]), titles)["room"]
        assert isinstance(room, Mapping)
        least = number.share(first["room"], 1)
        if (opens := room.get(first["node"])) is not None:
            least = says("tightest", least, opens, first["room"])
        title = ctx.tr("最吃紧的是“{name}”：动 {room} 就变", name=ctx.name(first["node"]), room=least)
    head.finding(
        title, ctx.tr("其余权重不动时，这一项在此范围内变动，{kept}不变；精确求解。易位：到下限或上限时谁升到谁之前", kept=kept[keeps])
    )
    rows = [
        {"id": row["node"], "name": {"t": ctx.name(row["node"]), "sub": ctx.name(row["parent"])}, "weight": row["weight"],
         "low": row["weight_low"], "high": row["weight_high"], "room": row["room"],
         "at_low": _turned(ctx, titles, row["rises_low"], row["falls_low"]),
         "at_high": _turned(ctx, titles, row["rises_high"], row["falls_high"])}
        for row in found.with_columns(room=_room()).iter_rows(named=True)
    ]  # fmt: skip
    columns = [
        Column("name", ctx.tr("权重"), "name", options={"wrap": True}),
        Column("weight", ctx.tr("现值"), "number"),
        Column("low", ctx.tr("最低可到"), "number"),
        Column("high", ctx.tr("最高可到"), "number", title=ctx.tr("空白为没有上限")),
        Column("room", ctx.tr("余地"), "number", title=ctx.tr("到较近一端的相对变化"), options={"share": True, "decimals": 1}),
        Column("at_low", ctx.tr("到下限时易位"), "text", options={"wrap": True, "quiet": True}),
        Column("at_high", ctx.tr("到上限时易位"), "text", options={"wrap": True, "quiet": True}),
    ]
    table(
        ctx, columns, rows, "robustness.weights", label=title, opens=False, behind={**behind.weights(), **_ends(ctx, card, found, titles)}
    )


def _ends(ctx: Context, card: Scorecard, found: pl.DataFrame, called: dict[str, str]) -> Behind:
    """The limits at which somebody passes somebody, and the room up to them; a limit at 0 is no such place."""
    low, high, room = {}, {}, {}
    for row in found.iter_rows(named=True):
        node, ends = row["node"], {}
        if row["rises_low"] is not None:
            low[node] = limits.limit(ctx, card, node, row["rises_low"], row["falls_low"], called, up=False)
            ends[ctx.tr("最低可到")] = row["weight_low"]
        if row["rises_high"] is not None:
            high[node] = limits.limit(ctx, card, node, row["rises_high"], row["falls_high"], called, up=True)
            ends[ctx.tr("最高可到")] = row["weight_high"]
        if ends and row["weight"]:
            room[node] = limits.room(ctx, row["weight"], ends)
    return {"low": low, "high": high, "room": room}


def _room() -> pl.Expr:
    """The relative change to the nearer end at which something changes; null where neither end does."""
    down = pl.when(pl.col("rises_low").is_not_null()).then((pl.col("weight") - pl.col("weight_low")) / pl.col("weight"))
    up = pl.when(pl.col("rises_high").is_not_null()).then((pl.col("weight_high") - pl.col("weight")) / pl.col("weight"))
    return pl.min_horizontal(down, up)


def _turned(ctx: Context, titles: dict[str, str], rises: str | None, falls: str | None) -> str:
    if rises is None or falls is None:
        return ""
    return ctx.tr("{rises}升到{falls}之前", rises=titles.get(rises, rises), falls=titles.get(falls, falls))


def _seats(ctx: Context) -> tuple[int, ...]:
    """The cumulated seats of the index's levels, but for the last."""
    levels = ctx.index.tiers.levels if ctx.index.tiers else ()
    return tuple(dict.fromkeys(n for n in accumulate(level.seats or 0 for level in levels[:-1]) if n))


def _key(ctx: Context) -> tuple[str, str, str, str]:
    assert ctx.snapshot is not None
    return ctx.snapshot.id, ctx.digest, ctx.index_id, ctx.period


@st.cache_resource(show_spinner=False, max_entries=32)
def _ranges(
    _card: Scorecard, keeps: Keeps, seats: tuple[int, ...], snapshot_id: str, digest: str, index_id: str, period: str
) -> pl.DataFrame:
    from kcz_metrics.analysis.weight_intervals import weight_intervals

    return weight_intervals(_card, keeps, seats)
