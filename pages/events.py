"""What remains once an event is over: its long tail, releases and lists, consortia and advice, contests and special projects?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import event_contests, event_parts, event_programmes, event_records

ui.guard()
ctx = ui.context()
ui.page_head(
    ctx,
    [ctx.tr("活动"), ctx.tr("全国")],
    ctx.tr("活动办完之后还留下什么？"),
    event_parts.answer(ctx),
    also=event_parts.known(ctx),
)
ui.headline(event_parts.headline(ctx))
row = st.container(horizontal=True)
with row:
    part = event_parts.chosen(ctx)
record = event = group = None
if part == "tail":
    with row:
        by = event_parts.split(ctx)
    left, right = st.columns([5, 8], gap="large")
    with left:
        event_parts.tail(ctx, by)
    with right:
        group = event_parts.groups(ctx, by)
    left, right = st.columns([6.4, 6.6], gap="large")
    with left:
        event_parts.kinds(ctx)
    with right:
        record = event_records.opened(ctx)
        event = event_records.top(ctx, by)
elif part == "releases":
    left, right = st.columns([7.1, 5.9], gap="large")
    with left:
        event = event_programmes.releases(ctx)
    with right:
        event_programmes.lists(ctx)
    record = event_records.opened(ctx)
elif part == "alliances":
    record = event_programmes.consortia(ctx)
    left, right = st.columns([7, 6], gap="large")
    with left:
        event_programmes.advice(ctx)
        event_programmes.recommended(ctx)
    with right:
        event_programmes.classes(ctx)
else:
    left, right = st.columns([5, 8], gap="large")
    with left:
        event_contests.funnel(ctx)
        event_contests.interns(ctx)
    with right:
        event_contests.contests(ctx)
    record = event_contests.special(ctx)

if record:
    ui.link("records", table=record[0], record=record[1])
if event:
    ui.address.put(event=None if ui.address.get("event") == event else event)
    st.rerun()
if group:
    ui.address.put(who=None if ui.address.get("who") == group else group, event=None)
    st.rerun()
