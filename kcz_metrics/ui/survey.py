"""The overview's parts: the numbers, the tiles, the levels, what moved most, and which indices there are."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics.ui import labels, loading, number, seats, telling
from kcz_metrics.ui.behind import overview, ranges
from kcz_metrics.ui.behind import scores as behind
from kcz_metrics.ui.browsing import row_counts
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.head import Item, finding, legend
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import Change, Source
from kcz_metrics.ui.standing import by_province, by_tier, came_and_left, movers, names, ranked
from kcz_metrics.ui.states import too_little
from kcz_metrics.ui.table import Column, table

#: Rows of the table of movers.
SHOWN = 8
#: Height of the tiles in pixels: nine columns of squares beside the tables.
TILES = 430


def _median(frame: pl.DataFrame, column: str = "published") -> float | None:
    value = ranked(frame)[column].median()
    return float(value) if isinstance(value, int | float) else None


def _change(ctx: Context, frame: pl.DataFrame) -> float | None:
    """The median's change since the period before."""
    if ctx.previous is None:
        return None
    now, before = _median(frame), _median(loading.standing(ctx, period=ctx.previous))
    return None if now is None or before is None else now - before


def answer(ctx: Context, frame: pl.DataFrame) -> str:
    """The median and how it moved, then how many moved much."""
    median, change = _median(frame), _change(ctx, frame)
    if median is None:
        return ctx.tr("没有城市可以排名：数据不足。")
    value = says("median", number.decimal(median, 1), behind.ranked(ctx, lambda: frame).median("published"), median)
    if change is None:
        sentences = [ctx.tr("综合得分中位数为 **{value}** 分。", value=value)]
    else:
        period = number.period(ctx.previous or "", ctx.lang)
        by = number.decimal(abs(change), 1)
        now, was = behind.ranked(ctx, lambda: frame).median("published"), _before(ctx).median("published")
        difference = says("change", by, Change(now, was) if change > 0 else Change(was, now), abs(change))
        if by == "0.0":
            sentences = [ctx.tr("综合得分中位数为 **{value}** 分，与{period}持平。", value=value, period=period)]
        elif change > 0:
            sentences = [ctx.tr("综合得分中位数升至 **{value}** 分，比{period}高 {by} 分。", value=value, period=period, by=difference)]
        else:
            sentences = [ctx.tr("综合得分中位数降至 **{value}** 分，比{period}低 {by} 分。", value=value, period=period, by=difference)]
    large = movers(frame, frame.height).filter(pl.col("move").abs() >= 5).height
    if change is not None:
        moved = behind.moved(ctx, lambda: frame, 5)
        sentences.append(ctx.tr("**{n}** 个城市名次变动 5 位以上。", n=says("moved", large, moved, large)))
    run = telling.together(ctx, frame)
    if run:
        sentences.append(ctx.tr("第 {first}–{last} 名的区间相互重叠，**不宜分先后**。", first=run[0], last=run[1]))
    return (" " if ctx.lang == "en" else "").join(sentences)


def numbers(ctx: Context, frame: pl.DataFrame) -> list[Item]:
    """What is evaluated, and on how many records."""
    loading.ready(ctx, ctx.scheme.indices if ctx.scheme is not None else ())
    placed, change = ranked(frame), _change(ctx, frame)
    without, placing = frame.height - placed.height, behind.ranked(ctx, lambda: frame)
    items = [
        Item(
            ctx.tr("参与排名的城市"), number.count(placed.height), ctx.tr("/ {n} 个", n=frame.height),
            ctx.tr("{n} 个数据不足，不参与排名", n=without) if without else ctx.tr("全部参与排名"),
            opens=placing.count(), value=placed.height, under=(behind.unplaced(ctx, lambda: frame), without) if without else None,
        ),
        Item(
            ctx.tr("综合得分中位数"), number.decimal(_median(frame), 1), ctx.tr("分"),
            _against(ctx, change), "" if not change else "up" if change > 0 else "down",
            opens=placing.median("published"), value=_median(frame),
            under=None if change is None else (Change(placing.median("published"), _before(ctx).median("published")), change),
        ),
    ]  # fmt: skip
    for kind, label in (("team", ctx.tr("参与排名的服务团")), ("organisation", ctx.tr("参评单位"))):
        found = [loading.scorecard(ctx, i) for i in ctx.indices_of(kind) if loading.valued(ctx, i)]
        if not found:
            continue
        roots = [card.scores.filter(pl.col("node") == card.index.id) for card in found]
        listed = pl.concat([r.select("unit", "rank") for r in roots])
        items.append(
            Item(
                label, number.count(listed.filter(pl.col("rank").is_not_null())["unit"].n_unique()),
                ctx.tr("/ {n} 个", n=number.count(listed["unit"].n_unique())),
                ctx.tr("{n} 个榜单", n=len(found)) if len(found) > 1 else ctx.name(found[0].index.id),
                to=({"team": "teams"}.get(kind, "boards"), {"index": found[0].index.id}),
            )
        )  # fmt: skip
    assert ctx.snapshot is not None
    rows = {t: n for t, n in row_counts(ctx.snapshot).items() if ctx.snapshot.tables[t].has_tail}
    whole = number.large(sum(rows.values()), ctx.lang)
    items.append(Item(ctx.tr("业务记录"), whole, ctx.tr("条"), ctx.tr("{n} 类记录，含各年", n=len(rows)), to=("records", {})))
    return items


def awaited(ctx: Context) -> list[Item]:
    """The labels of :func:`numbers` while these are being worked out."""
    words = [ctx.tr("参与排名的城市"), ctx.tr("综合得分中位数"), ctx.tr("参与排名的服务团"), ctx.tr("参评单位"), ctx.tr("业务记录")]
    return [Item(label, "…") for label in words]


def _before(ctx: Context) -> Source:
    return behind.ranked(ctx, lambda: loading.standing(ctx, period=ctx.previous))


def _against(ctx: Context, change: float | None) -> str:
    if change is None:
        return ""
    period = number.period(ctx.previous or "", ctx.lang)
    glyph = "▲" if change > 0 else "▼" if change < 0 else "–"
    return ctx.tr("{move} 较{period}", move=f"{glyph}{number.decimal(abs(change), 1)}", period=period)


def tiles(ctx: Context, frame: pl.DataFrame) -> str | None:
    """Provinces by the mean score of their cities; returns a province that was clicked."""
    from kcz_metrics import charts

    found = by_province(frame)
    named = {code: brief(name) for code, name in labels.provinces(ctx).items()}
    provinces = loading.table(ctx, "province")
    drawn = provinces.join(found, on="province_code", how="left").select(
        code="province_code", label=pl.col("province_code").replace_strict(named, return_dtype=pl.String),
        column="tile_col", row="tile_row", value="value", count=pl.col("count").fill_null(0),
    )  # fmt: skip
    known = drawn["value"].drop_nulls()
    title = ctx.tr("各省平均分")
    if known.len() >= 2:
        apart = float(known.max()) - float(known.min())  # type: ignore[arg-type]
        gap = says("gap", number.decimal(apart, 0), overview.gap(ctx), apart)
        title = ctx.tr("各省平均分最高与最低相差 {gap} 分", gap=gap)
    finding(title, ctx.tr("平均得分；数字为试点个数，斜体为数据不足；方块只示意方位，点按查看该省"))
    edges = charts.tile_steps(drawn["value"].to_list())
    figure = charts.tile_map(drawn, edges=edges, value_title=ctx.tr("平均得分"), template=ctx.template, lang=ctx.lang, height=TILES)
    clicked = chart(ctx, figure, "overview.tiles", alt=title, opens=True)
    words = charts.tile_legend(edges, ctx.lang)
    legend(zip(ctx.tokens["sequence"], words, strict=False))
    with_pilot = set(found["province_code"].to_list())
    return clicked if clicked in with_pilot else None


def brief(name: str) -> str:
    """A province's name as a tile can carry it: without what stands in brackets; initials where it is still long."""
    plain = name.split(" (")[0]
    return plain if len(plain) <= 14 else "".join(word[0] for word in plain.split() if word[0].isupper())


def levels(ctx: Context, frame: pl.DataFrame) -> str | None:
    """The levels as the scheme has them now: seats, who holds them, scores, and who came since the period before."""
    chips = seats.chips(ctx, ctx.index)
    if not chips:
        return None
    assert ctx.index.tiers is not None
    seated = {level.id: level.seats for level in ctx.index.tiers.levels}
    now = by_tier(frame, tuple(chips))
    before = None if ctx.previous is None else loading.tiers(ctx, period=ctx.previous)
    came, left = came_and_left(frame, before)
    seated_only = ctx.index.tiers.remembers
    parts = [ctx.tr("不是各城市的层级，层级见层级评审") if seated_only else ctx.tr("按本期得分试排，不是审定结论")]
    if before is not None:
        parts.append(ctx.tr("进、出为较{period}，含新参评与退出者", period=number.period(ctx.previous or "", ctx.lang)))
    parts.append(ctx.tr("点按一行查看城市"))
    finding(ctx.tr("各层级席位按本期得分试排") if seated_only else ctx.tr("层级按现行方案划分"), ctx.tr("；").join(parts))
    rows: list[dict[str, Any]] = [
        {
            "id": tier, "tier": chips[tier], "seats": seated[tier], "units": units, "low": low, "high": high,
            "range": None if low is None else span(low, high),
            "came": came.get(tier, 0) if before is not None else None, "left": left.get(tier, 0) if before is not None else None,
        }
        for tier, units, low, high in now.iter_rows()
    ]  # fmt: skip
    whole = {"decimals": 0}
    columns = [
        Column("tier", seats.heading(ctx, ctx.index), "tier", title=seats.meaning(ctx, ctx.index)),
        *([Column("seats", ctx.tr("名额"), "number", options=whole)] if any(seated.values()) else []),
        Column("units", ctx.tr("城市数"), "number", options=whole),
        Column("range", ctx.tr("得分范围"), "number", unit=ctx.tr("分"), options={"ends": ["low", "high"]}),
    ]
    if before is not None:
        columns += [Column("came", ctx.tr("进"), "number", options=whole), Column("left", ctx.tr("出"), "number", options=whole)]
    made = {**behind.levels(ctx, lambda: frame), **ranges.ends(ctx, lambda: frame, "published", "tier")}
    return table(ctx, columns, rows, key="overview.levels", label=ctx.tr("层级"), behind=made)


def span(low: float, high: float) -> dict[str, Any]:
    """The cell of a range of scores."""
    words = [number.score(low), number.score(high)]
    return {"v": low, "t": "–".join(words), "ends": words}


def moves(ctx: Context, frame: pl.DataFrame) -> str | None:
    """The units whose rank moved most; returns one that was opened."""
    if ctx.previous is None:
        return None
    found = movers(frame, SHOWN)
    period = number.period(ctx.previous, ctx.lang)
    if found.is_empty():
        finding(ctx.tr("名次变动"))
        too_little(ctx.tr("较{period}没有名次变动。", period=period))
        return None
    first = found.row(0, named=True)
    called = names(found, ctx.lang)
    direction = ctx.tr("上升") if first["move"] > 0 else ctx.tr("下降")
    finding(
        ctx.tr("变动最大的是{name}，{direction} {n} 位", name=called[first["unit"]], direction=direction, n=abs(first["move"])),
        ctx.tr("较{period}名次变动最大的 {n} 个；点按查看画像", period=period, n=found.height),
    )
    children = ctx.index.tree.children
    was = loading.standing(ctx, period=ctx.previous)
    steps = found.join(was.select("unit", *(pl.col(f"node:{n.id}").alias(f"was:{n.id}") for n in children)), on="unit", how="left")
    provinces = labels.provinces(ctx)
    spans = telling.spans(ctx)
    beside = "sub" if ctx.lang == "zh" else "title"  # English names leave no room for the province
    rows = []
    for row in steps.iter_rows(named=True):
        changes = {
            n.id: row[f"node:{n.id}"] - row[f"was:{n.id}"]
            for n in children
            if row[f"node:{n.id}"] is not None and row[f"was:{n.id}"] is not None
        }
        most = max(changes, key=lambda n: abs(changes[n]), default=None)
        score = None if row["score_before"] is None else row["published"] - row["score_before"]
        rows.append(
            {
                "id": row["unit"], "name": {"t": called[row["unit"]], beside: provinces.get(row["province_code"], "")},
                "move": row["move"], "ranks": f"{int(row['rank_before'])} → {int(row['rank'])}", "score": score,
                "span": spans.get(row["unit"], ""),
                "most": "—" if most is None else f"{ctx.name(most)} {number.signed(changes[most], 1)}",
            }
        )  # fmt: skip
    widest = max((abs(r["score"]) for r in rows if r["score"] is not None), default=1.0)
    columns = [
        Column("name", ctx.tr("城市"), "name", options={"wrap": ctx.lang == "en"}),
        Column("move", ctx.tr("变动"), "move"),
        Column("ranks", ctx.tr("名次"), "text"),
        Column("span", ctx.tr("90% 区间"), "text", title=telling.varied(ctx), options={"quiet": True}),
        Column("score", ctx.tr("得分之差"), "delta", unit=ctx.tr("分"), options={"domain": widest or 1.0}, width=110),
        Column("most", ctx.tr("变化最大的维度"), options={"wrap": ctx.lang == "en"}),
    ]
    return table(ctx, columns, rows, key="overview.moves", label=ctx.tr("名次变动"), behind=overview.moves(ctx))


def indices(ctx: Context) -> str | None:
    """Every index of the scheme: what it ranks and how; returns one that was opened."""
    assert ctx.scheme is not None
    with st.container():
        finding(ctx.tr("一共评价什么"), ctx.tr("方案中的全部指数；点按一行查看排名"))
        rows: list[dict[str, Any]] = []
        for index_id, index in ctx.scheme.indices.items():
            if not loading.valued(ctx, index_id):
                continue
            card = loading.scorecard(ctx, index_id)
            root = card.scores.filter(pl.col("node") == index_id)
            placed = root.filter(pl.col("rank").is_not_null())
            lower, upper = index.scale.lower, index.scale.upper
            scores = placed["score"]
            low, high = float(scores.min() or 0.0), float(scores.max() or 0.0)  # type: ignore[arg-type]
            rows.append(
                {
                    "id": index_id, "name": ctx.name(index_id), "kind": labels.unit_kind(ctx, index.unit), "ranked": placed.height,
                    "listed": root.height, "leaves": len(index.leaves),
                    "pillars": labels.listed(ctx, [ctx.text(n.name, ctx.name(n.id)) for n in index.tree.children], 6),
                    "median": scores.median(), "coverage": placed["coverage"].mean(),
                    "low": scores.min(), "high": scores.max(),
                    "range": None if scores.is_empty() else {
                        "parts": [{"v": low - lower, "tone": "none"}, {"v": high - low, "tone": "quantity"}],
                        "mark": scores.median(), "label": span(low, high)["t"], "ends": span(low, high)["ends"],
                    },
                    "_scale": [lower, upper],
                }
            )  # fmt: skip
        whole = {"decimals": 0}
        domain = rows[0]["_scale"] if rows else [0, 100]
        columns = [
            Column("name", ctx.tr("指数"), "name"),
            Column("kind", ctx.tr("评价对象")),
            Column("listed", ctx.tr("列入"), "number", options=whole),
            Column("ranked", ctx.tr("参与排名"), "number", options=whole),
            Column("leaves", ctx.tr("指标数"), "number", options=whole),
            Column("pillars", ctx.tr("各维度"), options={"wrap": True}),
            Column("median", ctx.tr("得分中位数"), "number"),
            Column("range", ctx.tr("得分范围（竖线为中位）"), "bar", width=230, options={"domain": domain, "ends": ["low", "high"]}),
            Column("coverage", ctx.tr("覆盖率"), "number", options={"share": True, "decimals": 1}),
        ]
        listed = [row["id"] for row in rows]
        made = {**behind.of_indices(ctx, listed), **ranges.of_indices(ctx, listed)}
        return table(ctx, columns, rows, key="overview.indices", label=ctx.tr("指数"), behind=made)
