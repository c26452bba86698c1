"""How do the provinces stand: their cities, teams and bodies, and what each level still owes?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import province_card, province_parts, responsibilities, telling

ui.guard()
ctx = ui.context()
cities = ui.standings(ctx)
code = province_parts.chosen(ctx)
name = province_parts.names(ctx).get(code or "", "")
ui.page_head(
    ctx,
    [ctx.tr("省域"), ctx.name(ctx.index_id), name],
    province_parts.question(ctx, name),
    province_card.answer(ctx, code) if code else province_parts.answer(ctx),
    coverage=telling.coverage(cities),
)
ui.headline(province_card.headline(ctx, code) if code else province_parts.headline(ctx))
opened = None
left, right = st.columns([6, 7], gap="large")
with left:
    picked = province_parts.tiles(ctx, code)
with right:
    if code:
        opened = province_card.cities(ctx, code)
        province_card.path(ctx, code)
    else:
        responsibilities.levels(ctx, None)
        opened = responsibilities.overdue(ctx, None)
if code:
    left, right = st.columns([5, 8], gap="large")
    with left:
        opened = province_card.teams(ctx, code) or opened
    with right:
        opened = province_card.bodies(ctx, code) or opened
    left, right = st.columns(2, gap="large")
    with left:
        responsibilities.levels(ctx, code)
        opened = responsibilities.by_owner(ctx, code) or opened
    with right:
        opened = responsibilities.overdue(ctx, code) or opened
    opened = province_card.liaison(ctx, code) or opened
else:
    picked = province_parts.whole(ctx) or picked
    left, right = st.columns([7, 6], gap="large")
    with left:
        opened = responsibilities.by_owner(ctx, None) or opened
    with right:
        province_parts.liaison(ctx)

if picked:
    province_parts.choose(picked)
if opened:
    ui.link(opened[0], **opened[1])
