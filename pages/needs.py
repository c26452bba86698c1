"""Which needs are still open, and who fits each of them best?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import matchmaking, need_board, need_missing, need_parts, need_reasons

ui.guard()
ctx = ui.context()
day = matchmaking.day(ctx)
question = ctx.tr("哪些需求还没有解决，谁最合适？")
if day is None:
    ui.page_head(ctx, [ctx.tr("需求匹配")], question)
    ui.empty(ctx.tr("这个快照里没有需求。"), ctx.tr("可用命令 kcz import need 导入需求。"))
    st.stop()

with st.spinner(ctx.tr("正在整理已知的记录并检验推荐")):
    at = matchmaking.desk(ctx, day)
    board = matchmaking.board(ctx, at)
    matchmaking.measured(ctx, at)
ui.page_head(
    ctx, [ctx.tr("需求匹配"), ctx.tr("只用 {day} 为止已知的记录", day=day.isoformat())], question, need_board.answer(ctx, at, board)
)
ui.headline(need_board.headline(ctx, at, board))
with st.container(horizontal=True, vertical_alignment="bottom"):
    found = need_board.filtered(ctx, board)
left, right = st.columns([6, 7], gap="large")
with left:
    chosen = need_board.listing(ctx, found)
need = need_parts.find(at, chosen) if chosen else None
with right:
    if chosen and need is None:
        need_missing.gone(ctx, chosen, day, found)
    if need:
        need_parts.said(ctx, at, need)
        ui.finding(ctx.tr("最合适的服务团"), ctx.tr("点按一行看为什么"))
        ui.legend(need_reasons.colours(ctx))
        teams = need_parts.teams(ctx, at, need)
need_board.caution(ctx, at)
if need:
    left, right = st.columns([7, 6], gap="large")
    with right:
        resources, stock = need_parts.resources(ctx, at, need)
        need_parts.history(ctx, at, need)
    with left:
        about = need_parts.why(ctx, at, need, teams, resources, stock)
        need_parts.records(ctx, need, about)
