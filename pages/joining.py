"""How do teams come in, where are applications held up, and what are good teams given?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import joining_parts, joining_teams

ui.guard()
ctx = ui.context()
ui.page_head(
    ctx,
    [ctx.tr("服务团注册与激励"), ctx.tr("全国")],
    ctx.tr("服务团申报卡在哪里，好团得到了什么？"),
    joining_parts.answer(ctx),
)
ui.headline(joining_parts.headline(ctx))
part = joining_parts.chosen(ctx)
opened = None
left, right = st.columns([6, 7], gap="large")
if part == "funnel":
    with left:
        joining_parts.steps(ctx)
        joining_parts.reasons(ctx)
    with right:
        joining_parts.by_class(ctx)
        opened = joining_parts.applications(ctx)
    joining_parts.by_province(ctx)
elif part == "support":
    with left:
        joining_teams.incentives(ctx)
        joining_teams.by_start(ctx)
    with right:
        opened = joining_teams.supported(ctx)
else:
    with left:
        joining_teams.founders(ctx)
        joining_teams.links(ctx)
    with right:
        opened = joining_teams.linked(ctx)

if opened:
    ui.link(opened[0], **opened[1])
