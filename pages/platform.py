"""How is the platform doing, and where are needs and resources lost on the way to an effect?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import funnel_parts, funnel_records, platform_parts, platform_services

ui.guard()
ctx = ui.context()
ui.page_head(
    ctx,
    [ctx.tr("平台运行"), ctx.tr("全国")],
    ctx.tr("需求和资源走到了哪一步，漏在哪里？"),
    funnel_parts.answer(ctx),
    also=platform_parts.known(ctx),
)
ui.headline(platform_parts.headline(ctx))
part = platform_parts.chosen(ctx)
record = None
if part == "funnel":
    funnel_parts.filters(ctx)
    left, right = st.columns([6, 7], gap="large")
    with left:
        funnel_parts.picture(ctx)
    with right:
        funnel_parts.parts(ctx)
    record = funnel_records.records(ctx)
elif part == "libraries":
    left, right = st.columns([6, 7], gap="large")
    with left:
        platform_parts.growth(ctx)
    with right:
        platform_parts.libraries(ctx)
    platform_parts.fields(ctx)
elif part == "users":
    left, right = st.columns([6, 7], gap="large")
    with left:
        platform_services.stickiness(ctx)
    with right:
        platform_services.institutions(ctx)
        platform_services.usage(ctx)
else:
    left, right = st.columns([6, 7], gap="large")
    with left:
        platform_services.connections(ctx)
        platform_services.pushes(ctx)
    with right:
        record = platform_services.scenarios(ctx)
        platform_services.columns(ctx)

if record:
    ui.link("records", table=record[0], record=record[1])
