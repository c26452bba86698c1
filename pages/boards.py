"""Which organisations of a class do well on a leaderboard, and the same organisation across the four."""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import board_parts as parts
from kcz_metrics.ui import onward, selfcheck, strangers

ui.guard()
ctx = ui.context()
board = parts.load(ctx)
strangers.unit(ctx)
if board is None:
    ui.page_head(ctx, [ctx.tr("四个排行榜")], ctx.tr("哪些单位做得好？"))
    ui.empty(ctx.tr("方案里没有单位的榜单，或这一期没有单位参与。"), ctx.tr("可换一个评价期，或在方案里加入 unit: organisation 的指数。"))
    st.stop()

question = ctx.tr("{board}：哪些{group}做得好？", board=board.title, group=board.group_name)
ui.page_head(ctx, [ctx.tr("四个排行榜"), ctx.tr("只在同类单位之间比较")], question, board.answer(ctx), coverage=board.coverage)
with st.container(horizontal=True, gap="medium"):
    parts.choose_board(ctx)
    parts.choose_class(ctx, board)

left, right = st.columns([10.5, 2.8], gap="medium")
with left:
    ui.finding(ctx.tr("{group} · {board}", group=board.group_name, board=board.title), board.caption(ctx))
    selfcheck.line(ctx, "boards")
    with st.container(horizontal=True, vertical_alignment="center"):
        ui.pillar_legend(ctx)
        onward.ways(ctx, "boards", ctx.unit)
    opened = parts.ranking(ctx, board)
with right:
    opened = parts.size_chart(ctx, board) or opened
    parts.funnel(ctx, board)

opened = parts.across(ctx, board) or opened
if opened:
    ui.link("profile", unit=opened)
