"""What would the rule, or another one, have done over all periods?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import backtest_parts, backtesting, reviewing

ui.guard()
ctx = ui.context()
crumbs = [ctx.tr("规则回放"), ctx.name(ctx.index_id), ui.number.period(ctx.period, ctx.lang)]
question = ctx.tr("换一条规则，层级会怎样？")
trouble = reviewing.trouble(ctx)
if trouble:
    ui.page_head(ctx, crumbs, question)
    ui.empty(*trouble)
    st.stop()

above = st.container()
with st.spinner(ctx.tr("正在逐期重走规则")):
    own = backtesting.side(ctx)
    other = backtest_parts.choose(ctx)
if other is None:
    with above:
        ui.page_head(ctx, crumbs, question)
    st.stop()

sides = {backtesting.OWN: own, backtesting.OTHER: other}
moved, apart = backtesting.moves(sides), backtest_parts.differing(sides)
ends = apart.filter(apart["period"] == ctx.period)["unit"].to_list()
with above:
    periods = tuple(own.found.frame["period"].unique().sort())
    ui.page_head(ctx, crumbs, question, backtest_parts.answer(ctx, moved, ends, periods), state=ctx.tr("试算，不是建议"))
left, right = st.columns([6, 6], gap="large")
with left:
    backtest_parts.summary(ctx, sides, moved)
with right:
    backtest_parts.areas(ctx, sides)
opened = backtest_parts.who(ctx, apart)

if opened:
    ui.link("tiers", unit=opened)
