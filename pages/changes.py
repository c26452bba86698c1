"""What changed between two snapshots: in the ranking, and in the records?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import change_parts, change_unit, comparing, formulas

ui.guard()
ctx = ui.context()
formulas.load()
both = comparing.pair(ctx)
crumbs = [ctx.tr("变化"), ctx.name(ctx.index_id)]
question = ctx.tr("两个快照之间，什么变了？")
if both is None:
    ui.page_head(ctx, crumbs, question)
    ui.empty(ctx.tr("只有一个快照，没有可比较的。"), ctx.tr("导入、撤销或认定之后，这里列出名次与记录的变动。"))
    st.stop()

with st.spinner(ctx.tr("正在比较两个快照")):
    said = change_parts.answer(both)
ui.page_head(ctx, crumbs, question, said)
with st.container(horizontal=True, vertical_alignment="bottom"):
    comparing.choose(both)
ui.headline(change_parts.numbers(both))
left, right = st.columns([8, 5], gap="large")
with left:
    change_parts.movers(both)
with right:
    chosen = change_parts.tables_changed(both)
change_unit.why(both)
if chosen:
    change_parts.rows_changed(both, chosen)
