"""Where an indicator of the handbook is used: in which indices, under which pillar, with what share of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kcz_metrics.ui import head, labels, number
from kcz_metrics.ui.behind import handbook as behind
from kcz_metrics.ui.boards import effective_shares
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.handbook import indices_with
from kcz_metrics.ui.sources import Opening
from kcz_metrics.ui.table import Column, table


def places(ctx: Context, indicator: str) -> None:
    """In which indices it stands, where, and with what share of the whole."""
    assert ctx.scheme is not None
    head.finding(ctx.tr("用在哪里"), ctx.tr("占全体的权重按方案里写的数换算"))
    rows: list[dict[str, Any]] = []
    for index_id in indices_with(ctx.scheme, indicator):
        index = ctx.scheme.indices[index_id]
        parent = next(n for n in index.tree.walk() if any(c.id == indicator for c in n.children))
        leaf = next(c for c in parent.children if c.id == indicator)
        whole = sum(c.weight for c in parent.children) or 1.0
        shares = effective_shares(index)
        rows.append(
            {
                "id": index_id,
                "index": ctx.text(index.name, index_id),
                "node": ctx.text(parent.name, parent.id) if parent.id != index.tree.id else number.MISSING,
                "weight": leaf.weight,
                "share": leaf.weight / whole,
                "effective": shares.get(indicator),
                "unit": labels.unit_kind(ctx, index.unit),
            }
        )
    columns = [
        Column("index", ctx.tr("指数"), "name"),
        Column("unit", ctx.tr("评价对象")),
        Column("node", ctx.tr("维度")),
        Column("weight", ctx.tr("权重"), "number", options={"decimals": 1}),
        Column("share", ctx.tr("同级权重"), "number", options={"share": True}),
        Column("effective", ctx.tr("占全体"), "number", options={"share": True, "decimals": 2}),
    ]
    opens: dict[str, Mapping[str, Opening]] = {}
    if ctx.snapshot is not None:  # what opens tells of a snapshot
        made = {row["id"]: behind.shares(ctx, indicator, row["id"]) for row in rows}
        opens = {"share": {one: two[0] for one, two in made.items()}, "effective": {one: two[1] for one, two in made.items()}}
    table(
        ctx, columns, rows, "indicators.places", label=ctx.tr("用在哪里"), opens=False, nothing=ctx.tr("不在任何指数里"), behind=opens
    )  # fmt: skip
