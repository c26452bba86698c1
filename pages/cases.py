"""Which cases spread, what were results used for, and what goes to the evaluation of societies?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import case_parts, case_uses

ui.guard()
ctx = ui.context()
ui.page_head(
    ctx,
    [ctx.tr("案例与结果运用"), ctx.tr("全国")],
    ctx.tr("好案例传开了吗，考核结果用在了哪里？"),
    case_parts.answer(ctx),
)
ui.headline(case_parts.headline(ctx))
part = case_parts.chosen(ctx)
opened = None
left, right = st.columns([6, 7], gap="large")
if part == "cases":
    with left:
        case_parts.by_owner(ctx)
        opened = case_parts.by_city(ctx)
    with right:
        opened = case_parts.cases(ctx) or opened
elif part == "network":
    with left:
        opened = case_parts.spread(ctx)
    with right:
        opened = case_parts.network(ctx) or opened
elif part == "uses":
    with left:
        case_uses.by_kind(ctx)
        case_uses.by_subject(ctx)
    with right:
        opened = case_uses.uses(ctx)
else:
    with st.spinner(ctx.tr("正在计算")):
        found = case_uses.boards(ctx)
    with left:
        case_uses.export(ctx, found)
    with right:
        opened = case_uses.preview(ctx, found)

if opened:
    ui.link(opened[0], **opened[1])
