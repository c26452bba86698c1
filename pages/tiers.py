"""Which units change their tier, how sure is each move, and what was decided?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import reviewing, tier_board, tier_deciding, tier_parts, tier_unit

ui.guard()
ctx = ui.context()
crumbs = [ctx.tr("层级评审"), ctx.name(ctx.index_id), ui.number.period(ctx.period, ctx.lang)]
question = ctx.tr("哪些城市调整层级？")
trouble = reviewing.trouble(ctx)
if trouble:
    ui.page_head(ctx, crumbs, question)
    ui.empty(*trouble)
    st.stop()

with st.spinner(ctx.tr("正在推算各期层级与把握，首次约需十几秒")):
    sitting = reviewing.sitting(ctx)
found, called = reviewing.matters(sitting), tier_parts.names(ctx)
unit = reviewing.chosen(ctx, sitting, found)
ui.page_head(ctx, crumbs, question, tier_parts.answer(ctx, sitting, found, unit), state=reviewing.state(ctx, sitting))
tier_deciding.told(ctx)
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
        tier_unit.borders(ctx, sitting, unit)
        tier_unit.chances(ctx, sitting, unit)
    with right:
        tier_parts.movers(ctx, sitting, found)
    tier_unit.history(ctx, sitting.found.frame, unit, key="tiers.history")
tier_parts.decided(ctx, reviewing.docket(ctx))

if opened:
    ui.address.put(unit=opened)
    st.rerun()
