"""What an import did, the way to its effect, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from kcz_metrics.errors import KczError
from kcz_metrics.records import undo
from kcz_metrics.ui import asof, head, import_steps, number, states
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.import_steps import Steps

if TYPE_CHECKING:
    from kcz_metrics.records import Receipt

_REASON = "imports.reason"


def show(ctx: Context, steps: Steps) -> None:
    receipt = steps.receipt
    assert receipt is not None
    undone = steps.said.get("undone")
    if undone:
        states.done(ctx.tr("已撤销，记录与导入前相同；新快照 {id}。", id=undone[:6]))
    elif receipt.made:
        states.done(ctx.tr("已入库，成为快照 {id}，记入审计。", id=receipt.snapshot[:6]))
    else:
        states.done(ctx.tr("没有行入库，快照不变。"))
    table = ctx.store.tables[receipt.table].label.in_(ctx.lang)
    pairs = {
        ctx.tr("文件"): f"{receipt.source} · SHA-256 {receipt.sha256[:12]}",
        ctx.tr("表"): f"{table} · {receipt.table}",
        ctx.tr("这次导入"): ctx.tr(
            "新增 {new} 行，更改 {changed} 行，相同 {same} 行，退回 {rejected} 行",
            new=number.count(receipt.new), changed=number.count(receipt.changed), same=number.count(receipt.same),
            rejected=number.count(receipt.rejected),
        ),
    }  # fmt: skip
    head.definition_list(pairs)
    if wrong := steps.said.pop("wrong", None):
        states.error(ctx, wrong)
    with st.container(horizontal=True):
        if receipt.made and st.button(ctx.tr("看名次与记录的变化"), key="imports.changes"):
            before = next((one.parent for one in ctx.snapshots if one.id == receipt.snapshot), None)
            link("changes", against=before[: asof.LENGTH] if before else None)
        if receipt.rejected and st.button(ctx.tr("看退回待改的行"), key="imports.waiting"):
            link("data", part="waiting")
        st.button(ctx.tr("再导入一个文件"), key="imports.again", on_click=import_steps.again)
    if receipt.made and not undone:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(ctx.tr("撤销的理由"), key=_REASON, max_chars=500, width=420)
            st.button(ctx.tr("撤销这次导入"), key="imports.undo", on_click=_undo, args=(ctx, steps, receipt))
        head.paragraph(ctx.tr("撤销会产生一个新快照，让这次导入的行回到原样；以后也可在数据页撤销。"), muted=True)


def _undo(ctx: Context, steps: Steps, receipt: Receipt) -> None:
    try:
        steps.said["undone"] = undo(receipt, ctx.store, ctx.actor, str(st.session_state.get(_REASON, ""))).id
    except KczError as wrong:
        steps.said["wrong"] = wrong
