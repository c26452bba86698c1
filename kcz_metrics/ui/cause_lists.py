"""Beside the split of a change: who is ranked at one end only, the indicators of two schemes side by side, and the table as a file."""

from __future__ import annotations

import polars as pl
import streamlit as st

from kcz_metrics.ui import downloads, head, labels, states
from kcz_metrics.ui.behind import causes as behind
from kcz_metrics.ui.cause_parts import WORDS, Split
from kcz_metrics.ui.context import link
from kcz_metrics.ui.table import Column, table


def unsplit(split: Split) -> None:
    """Units that only one end ranks: nothing to split, but said."""
    ctx, found = split.ctx, split.unsplit
    if found.is_empty():
        return
    head.finding(ctx.tr("只有一端有名次的 {n} 个", n=found.height), ctx.tr("没有可比的名次，不作拆分；点按打开画像"))
    columns = [
        Column("name", labels.unit_kind(ctx, ctx.index.unit), "name", options={"wrap": True}),
        Column("was", ctx.tr("原名次"), "rank"),
        Column("rank", ctx.tr("现名次"), "rank"),
        Column("flags", ctx.tr("标记"), "flags"),
    ]
    rows = [
        {
            "id": row["unit"], "name": split.called.get(row["unit"], row["unit"]), "was": _whole(row["rank_before"]),
            "rank": _whole(row["rank"]),
            "flags": [{"t": ctx.tr("新进"), "kind": "new"}] if row["rank_before"] is None else [{"t": ctx.tr("退出"), "kind": "neutral"}],
        }
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(
        ctx, columns, rows, "changes.unsplit", label=ctx.tr("只有一端有名次"), height=300 if len(rows) > 8 else None,
        behind=behind.places(split.ends),
    )  # fmt: skip
    if opened:
        link("profile", unit=opened)


def _whole(rank: float | None) -> int | None:
    return None if rank is None else int(rank)


def bridge(split: Split) -> None:
    """The indicators of two schemes side by side, where they are not the same."""
    from kcz_metrics.analysis.change import bridge as bridged

    if not split.ends.other_scheme:
        return
    ctx = split.ctx
    found = bridged(*split.ends.cards)
    words = {
        "kept": (ctx.tr("不变"), "neutral"), "new": (ctx.tr("新增"), "new"), "gone": (ctx.tr("取消"), "neutral"),
        "redefined": (ctx.tr("口径有变"), "watch"),
    }  # fmt: skip
    unlike = found.filter((pl.col("state") != "kept") | (pl.col("weight") - pl.col("weight_before")).abs().gt(1e-12))
    title = ctx.tr("两个方案的指标对照：{n} 项不同", n=unlike.height)
    head.finding(title, ctx.tr("权重为占全体的份额；共 {n} 项指标", n=found.height))
    if unlike.is_empty():
        states.too_little(ctx.tr("指标与权重都相同，不同之处在别的设定里。"))
        return
    moved = 100 * (found["weight"].fill_null(0.0) - found["weight_before"].fill_null(0.0)).abs()
    widest = max(moved.to_list(), default=0.0)
    columns = [
        Column("name", ctx.tr("指标"), "name", options={"wrap": True}),
        Column("flags", ctx.tr("变动情况"), "flags"),
        Column("was", ctx.tr("原权重"), "number", options={"share": True, "decimals": 2}),
        Column("now", ctx.tr("现权重"), "number", options={"share": True, "decimals": 2}),
        Column("change", ctx.tr("百分点"), "delta", width=130, options={"decimals": 2, "domain": widest or 1.0}),
    ]
    rows = [
        {
            "id": row["indicator"], "name": {"t": _name(split, row["indicator"]), "sub": row["indicator"]},
            "flags": [{"t": words[row["state"]][0], "kind": words[row["state"]][1]}],
            "was": row["weight_before"], "now": row["weight"],
            "change": 100 * ((row["weight"] or 0.0) - (row["weight_before"] or 0.0)), "_faint": row["state"] == "gone",
        }
        for row in unlike.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(ctx, columns, rows, "changes.bridge", label=title, height=400 if len(rows) > 12 else None, behind=behind.weights(split))
    if opened:
        link("indicators", indicator=opened)


def _name(split: Split, indicator: str) -> str:
    """By the newer scheme that has it."""
    for end in (split.ends.now, split.ends.was):
        assert end.ctx.scheme is not None
        if indicator in end.ctx.scheme.indicators:
            return end.ctx.name(indicator)
    return indicator


def export(split: Split) -> None:
    """The whole table as files."""
    from kcz_metrics.reports.listing import Listing

    ctx = split.ctx
    assert ctx.snapshot is not None
    called = pl.col("unit").replace_strict(split.called, default=pl.col("unit"))
    frame = split.wide.select("unit", called.alias("name"), pl.exclude("unit"))
    before = split.ends.was.ctx.period
    heads = {name: name for name in frame.columns} | downloads.moved(ctx)
    for cause in split.causes:
        word = ctx.text(WORDS[cause][0])
        heads |= {f"score:{cause}": ctx.tr("{cause}：得分", cause=word), f"rank:{cause}": ctx.tr("{cause}：名次", cause=word)}
    asked = [(ctx.tr("指数"), ctx.name(ctx.index_id)), (ctx.tr("评价期"), f"{before} → {ctx.period}")]
    with st.container(horizontal=True, width="content"):
        downloads.both(
            ctx, lambda: Listing(ctx.tr("拆分表"), frame, heads, asked), lambda: frame,
            f"change_{ctx.index_id}_{before}_{ctx.period}_{ctx.snapshot.short}", key="changes.export", rows=frame.height,
            label=ctx.tr("导出拆分表"), asked={"before": before},
        )  # fmt: skip
