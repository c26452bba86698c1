"""Which records are there, where did each come from, and who brought them in?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import browsing, listing

ui.guard()
ctx = ui.context()
counts = listing.row_counts(ctx)
ui.page_head(
    ctx,
    [ctx.tr("业务记录")],
    ctx.tr("系统里有哪些记录，从哪里来？"),
    ctx.tr(
        "快照 {id} 中有 **{rows}** 行，分属 {tables} 张表；{records} 张是业务记录，其余为参照资料。",
        id=ctx.snapshot.short,
        rows=ui.number.count(sum(counts.values())),
        tables=len(counts),
        records=sum(ctx.snapshot.tables[name].has_tail for name in counts),
    ),
)
if not counts:
    ui.empty(ctx.tr("这个快照里没有任何行。"), ctx.tr("可用命令 kcz import 导入业务记录。"))
    st.stop()

left, right = st.columns([3.1, 9.9], gap="large")
with left:
    ui.finding(ctx.tr("表"), ctx.tr("点按一行查看"))
    name = listing.chosen_table(ctx, counts)
with right:
    table = ctx.snapshot.tables[name]
    rows = ui.records(ctx, name)
    ui.finding(table.label.in_(ctx.lang), listing.about(ctx, table, rows))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kept = listing.filtered(ctx, table, rows)
        st.space("stretch")
        listing.download(ctx, table, kept)
    if kept.is_empty():
        ui.empty(ctx.tr("没有符合条件的记录。"), ctx.tr("换一个查找词，或清除筛选。"))
    else:
        picked = listing.grid(ctx, table, kept)
        row = browsing.found(rows, table, picked)
        if row:
            listing.one_row(ctx, table, row)
        elif picked:
            ui.notice(ctx.tr("这个快照里没有编号为 {key} 的记录。", key=picked))
