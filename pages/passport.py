"""Out of which records was this number made? Every step down adds up to the step above."""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import formulas, trail
from kcz_metrics.ui import passport_nodes as nodes
from kcz_metrics.ui import passport_records as behind
from kcz_metrics.ui import passport_stages as passed
from kcz_metrics.ui import passport_values as numbers

ui.guard()
ctx = ui.context()
formulas.load()
found = trail.settle(ctx)
place = st.container()
nodes.choose(ctx)
if found is None:
    with place:
        ui.page_head(ctx, [ctx.tr("数据来历")], ctx.tr("这个数是怎么来的？"))
    period = ui.number.period(ctx.period, ctx.lang)
    ui.empty(
        ctx.tr("{period}的{index}里没有评价对象 {unit}。", period=period, index=ctx.name(ctx.index_id), unit=ctx.unit or ""),
        ctx.tr("在上面另选一个，或换一个指数。"),
    )
    st.stop()

origin = trail.Origin(found) if found.node.is_leaf else None
with place:
    nodes.heading(found, origin)
nodes.steps(found, origin)
if origin is None:
    nodes.children(found)
    st.stop()

left, right = st.columns([7.6, 5.4], gap="large")
with left:
    numbers.how(origin)
    measure = numbers.measures(origin)
    behind.counting(origin, measure)
with right:
    numbers.basis(origin, measure)
    numbers.position(origin)
    passed.stages(origin)
behind.records(origin, measure)
