"""Which units change their tier, how sure is each move, and what was decided?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import reviewing, tier_board, tier_borders, tier_deciding, tier_parts, tier_unit

ui.guard()
ctx = ui.context()
crumbs = [ctx.tr("层级评审"), ctx.name(ctx.index_id), ui.number.period(ctx.period, ctx.lang)]
question = ctx.tr("哪些城市调整层级？")
trouble = reviewing.trouble(ctx)
if trouble:
    ui.page_head(ctx, crumbs, question)
    ui.empty(*trouble)
    st.stop()

called, place = tier_parts.names(ctx), st.empty()
if not reviewing.ready(ctx):
    with place.container():
        ui.page_head(
            ctx, crumbs, question, ctx.tr("先按得分和名次列出；把握须反复抽样，算出后补上，大幅进步与把握不足的调整以补上的为准。")
        )
        opened = tier_board.board(ctx, reviewing.first_look(ctx), called, ctx.unit, key="tiers.first")
        if opened:
            ui.address.put(unit=opened)
            st.rerun()
        with st.spinner(ctx.tr("正在计算把握：{n} 次抽样，首次约需十秒", n=ui.number.count(reviewing.DRAWS))):
            reviewing.sitting(ctx)
    place.empty()
sitting = reviewing.sitting(ctx)
found = reviewing.matters(sitting)
unit = reviewing.chosen(ctx, sitting, found)
ui.page_head(ctx, crumbs, question, tier_parts.answer(ctx, sitting, found, unit), state=reviewing.state(ctx, sitting))
opened = tier_board.board(ctx, sitting, called, unit)
left, middle, right = st.columns([6.1, 3.1, 3.2], gap="large")
with left:
    opened = tier_parts.matters(ctx, sitting, found, unit) or opened
    tier_parts.limits(ctx, sitting)
    tier_deciding.rest(ctx, sitting)
if unit is not None:
    with middle:
        tier_unit.course(ctx, sitting, unit, called.get(unit, unit))
    with right:
        tier_unit.rules(ctx, sitting, unit)
        tier_deciding.controls(ctx, sitting, unit, called)
    left, right = st.columns([6.1, 6.6], gap="large")
    with left:
        tier_borders.borders(ctx, sitting, unit)
        tier_unit.chances(ctx, sitting, unit)
    with right:
        tier_parts.movers(ctx, sitting, found)
    tier_unit.history(ctx, sitting.found.frame, unit, key="tiers.history")
tier_parts.decided(ctx, reviewing.docket(ctx))

if opened:
    ui.address.put(unit=opened)
    st.rerun()
