"""Of the audit, what is about the tree: whether the parts of a node measure one thing, and whether weights bring what they intend."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics import charts
from kcz_metrics.ui import address, audit, choosing, head, number, states
from kcz_metrics.ui.audit_parts import gathered, marked, tried
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.table import Column, table


def _branches(ctx: Context) -> list[str]:
    """Nodes with more than one child, the index first."""
    return [node.id for node in ctx.index.tree.walk() if len(node.children) > 1]


def structure(ctx: Context) -> None:
    """Principal components and Cronbach's alpha of each node; the correlations of the chosen one's children."""
    branches = _branches(ctx)
    chosen = choosing.current("node", branches, branches[0])
    flags = marked(ctx, "components")
    left, right = st.columns([7, 6], gap="large")
    with left:
        low = sum(any(f["kind"] for f in found) for found in flags.values())
        head.finding(
            ctx.tr("{n} 个节点不像只测量一件事", n=low) if low else ctx.tr("每个节点都像只测量一件事"),
            ctx.tr("克朗巴赫系数应达 0.7，大于 1 的特征值应只有一个；点按一行看组成"),
        )
        columns = [
            Column("name", ctx.tr("节点"), "name", options={"wrap": True}),
            Column("n", ctx.tr("下一级"), "number", options={"decimals": 0}),
            Column("cronbach_alpha", ctx.tr("克朗巴赫系数"), "number"),
            Column("first_component", ctx.tr("第一主成分"), "number"),
            Column("components_above_1", ctx.tr("大于 1 的特征值"), "number", options={"decimals": 0}),
            Column("flags", ctx.tr("留意"), "flags"),
        ]
        rows, opens = gathered(ctx, audit.section(ctx, "components"))
        nodes = {node.id: node for node in ctx.index.tree.walk()}
        shown: list[dict[str, Any]] = [
            {**{k: v for k, v in rows[node].items() if k != "_flagged"}, "name": ctx.name(node), "n": len(nodes[node].children),
             "flags": flags.get(node, []), "_chosen": node == chosen}
            for node in branches if node in rows
        ]  # fmt: skip
        opened = table(ctx, columns, shown, "audit.structure", label=ctx.tr("结构"), behind=opens)
        if opened and opened != chosen:
            address.put(node=opened)
            st.rerun()
    with right:
        words = {node: ctx.name(node) for node in branches}
        choosing.select("node", ctx.tr("节点"), branches, words.__getitem__, key="audit.structure.node", fallback=chosen)
        _siblings(ctx, chosen, [child.id for child in nodes[chosen].children])


def _siblings(ctx: Context, node: str, children: list[str]) -> None:
    pairs = audit.section(ctx, "correlation").filter(
        pl.col("figure") == "with_sibling", pl.col("subject").is_in(children), pl.col("value").is_not_null()
    )
    if pairs.is_empty():
        states.too_little(ctx.tr("没有可比较的两项。"))
        return
    highest = pairs.sort("value", descending=True).row(0, named=True)
    title = ctx.tr(
        "{one}与{other}最相近：{r}",
        one=ctx.name(highest["subject"]),
        other=ctx.name(highest["other"]),
        r=number.decimal(highest["value"], 2),
    )
    head.finding(ctx.tr("{node}的下一级之间", node=ctx.name(node)), title)
    half = pairs.select(row="subject", column="other", value="value")
    both = pl.concat([half, half.select(row="column", column="row", value="value")])
    whole = pl.concat([both, pl.DataFrame({"row": children, "column": children, "value": [1.0] * len(children)})])
    figure = charts.correlation(whole, order=children, labels={c: ctx.name(c) for c in children}, template=ctx.template, lang=ctx.lang)
    figure.update_xaxes(ticktext=[charts.halves(ctx.name(c) if len(children) < 6 else c, ctx.lang, 5) for c in children])
    chart(ctx, figure, "audit.siblings", alt=title)


def influence(ctx: Context) -> None:
    """Weight beside influence, and the weights that would make influence what the weights intend; a trial with them."""
    found = audit.section(ctx, "weights")
    if found.is_empty():
        states.too_little(ctx.tr("只有加权平均的节点才能比较权重与实际影响；这个指数没有。"))
        return
    off = found.filter("flag")
    head.finding(
        ctx.tr("{n} 项的实际影响不到权重的一半或超过两倍", n=off.height),
        ctx.tr("实际影响是它占上级得分方差的份额；竖线为权重，条为影响；末列权重能使影响等于现行权重的意图；点按一行看口径"),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = needed(ctx)
        if st.button(
            ctx.tr("用这组权重试算"), type="primary", key="audit.try", disabled=not wanted,
            help=ctx.tr("带着能使影响等于意图的权重去权重页，只是试算，不改方案"),
        ):  # fmt: skip
            tried(ctx, wanted)
        head.paragraph(ctx.tr("这组权重随数据而变，是看清后果的办法，不宜直接当作方案。"), muted=True)
    columns = [
        Column("name", ctx.tr("项目"), "name", options={"wrap": True}),
        Column("weight", ctx.tr("权重"), "number"),
        Column("influence", ctx.tr("实际影响"), "number"),
        Column("times", ctx.tr("影响 ÷ 权重"), "number", options={"decimals": 2}),
        Column("bar", ctx.tr("影响与权重"), "bar", width=190, options={"domain": [0, _widest(found)]}),
        Column("weight_for_equal_influence", ctx.tr("影响等于意图的权重"), "number"),
        Column("flags", ctx.tr("留意"), "flags"),
    ]
    flags = marked(ctx, "weights")
    rows, opens = gathered(ctx, found)
    parent = dict(found.select("subject", "other").iter_rows())
    shown: list[dict[str, Any]] = []
    last = None
    for child, row in rows.items():
        weight, brings = row["weight"]["v"], row["influence"]["v"]
        cells = {k: v for k, v in row.items() if k != "_flagged"} | {
            "name": ctx.name(child), "flags": flags.get(child, []), "times": brings / weight if weight and brings is not None else None,
            "bar": {"parts": [{"v": max(brings or 0.0, 0.0), "tone": "quantity", "t": number.share(brings)}], "mark": weight},
        }  # fmt: skip
        if parent[child] != last:
            last = parent[child]
            cells["_before"] = ctx.name(last)
        shown.append(cells)
    opened = table(ctx, columns, shown, "audit.influence", label=ctx.tr("影响"), behind=opens)
    if opened:
        _down(ctx, opened)


def _down(ctx: Context, opened: str) -> None:
    if opened in ctx.index.leaves:
        link("indicators", indicator=opened)
    address.put(part="structure", node=opened)
    st.rerun()


def _widest(found: pl.DataFrame) -> float:
    value = found.filter(pl.col("figure").is_in(["weight", "influence"]))["value"].max()
    return float(value) if isinstance(value, float) else 1.0


def needed(ctx: Context) -> dict[str, float]:
    """Node to the weight that would bring what is intended, on the scale that the scheme's weights of its siblings add up to."""
    found = audit.section(ctx, "weights").filter(pl.col("figure") == "weight_for_equal_influence", pl.col("value").is_not_null())
    nodes = {node.id: node for node in ctx.index.tree.walk()}
    made = {}
    for child, parent, share in found.select("subject", "other", "value").iter_rows():
        whole = sum(float(one.weight) for one in nodes[parent].children)
        made[child] = round(share * whole, 2)
    return made
