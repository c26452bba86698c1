"""What does an indicator count, how is it worked out, and how do its values lie?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import formulas, handbook, handbook_figures, handbook_places

ui.guard()
ctx = ui.context(records=False)
formulas.load()
place = st.container()
chosen, found = handbook.choose(ctx)
if chosen is None:
    with place:
        ui.page_head(ctx, [ctx.tr("指标手册")], ctx.tr("每项指标怎么算？"))
    ui.empty(ctx.tr("没有符合条件的指标。"), ctx.tr("换一个查找词。中英文、编号都可以。"))
    st.stop()

with place:
    handbook.heading(ctx, chosen, found)
left, right = st.columns([3.3, 9.7], gap="large")
with left:
    handbook.listing(ctx, chosen, found)
with right:
    top, side = st.columns([5.6, 4.1], gap="large")
    with top:
        handbook.formula(ctx, chosen)
        handbook_figures.other_language(ctx, chosen)
    with side:
        handbook.card(ctx, chosen)
    unit = handbook.distribution(ctx, chosen)
    handbook_places.places(ctx, chosen)
    handbook.statement(ctx, chosen)
if unit:
    ui.link("passport", unit=unit, indicator=chosen)
