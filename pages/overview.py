"""How did the pilot cities do this year, and what is evaluated at all?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import survey, target_parts, telling

ui.guard()
ctx = ui.context()
cities = ui.standings(ctx)
ui.page_head(
    ctx,
    [ctx.tr("总览"), ctx.name(ctx.index_id)],
    ctx.tr("{period}，试点城市做得怎么样？", period=ui.number.period(ctx.period, ctx.lang)),
    survey.answer(ctx, cities),
    coverage=telling.coverage(cities),
)
numbers = st.empty()
with numbers:  # keeps the room, so that nothing below moves when the numbers come
    ui.headline(survey.awaited(ctx))
left, right = st.columns([6, 7], gap="large")
with left:
    province = survey.tiles(ctx, cities)
with right:
    level = survey.levels(ctx, cities)
    mover = survey.moves(ctx, cities)
found = survey.numbers(ctx, cities)  # counts teams and organisations, which takes their scorecards: after the picture
with numbers:
    ui.headline(found)
to_targets = target_parts.line(ctx)
index = survey.indices(ctx)

if province:
    ui.link("cities", province=province)
if level:
    ui.link("cities", tier=level)
if mover:
    ui.link("profile", unit=mover)
if to_targets:
    ui.link("targets")
if index:
    page = {"city": "cities", "team": "teams", "organisation": "boards"}.get(ctx.scheme.indices[index].unit, "indicators")
    ui.link(page, index=index)
