"""Do people looking for work and firms looking for people meet, and do start-ups live: supply, demand and what the platform offers?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import job_parts, job_services

ui.guard()
ctx = ui.context()
ui.page_head(ctx, [ctx.tr("创业就业"), ctx.tr("全国")], ctx.tr("人和岗位对得上吗，创业活得下来吗？"), job_parts.answer(ctx))
ui.headline(job_parts.headline(ctx))
part = job_parts.chosen(ctx)
#: Table and words to look for in it, or table and record.
found: tuple[str, str | None] | None = None
city = centre = None
if part == "balance":
    left, right = st.columns([5, 8], gap="large")
    with left:
        job_parts.pair(ctx)
    with right:
        found = ("recruit_post", job_parts.fields(ctx))
    post_city = job_parts.cells(ctx)
    found = ("recruit_post", post_city) if post_city else found
    city = job_parts.cities(ctx)
elif part == "hiring":
    left, right = st.columns([5, 8], gap="large")
    with left:
        job_services.steps(ctx)
    with right:
        found = ("recruit_post", job_services.positions(ctx))
elif part == "zone":
    left, right = st.columns(2, gap="large")
    with left:
        found = ("zone_month", job_services.zone(ctx))
        job_services.talent(ctx)
    with right:
        job_services.zone_months(ctx)
else:
    left, right = st.columns([7, 6], gap="large")
    with left:
        job_services.incubation(ctx)
    with right:
        found = ("impact", "new_jobs" if job_services.new_jobs(ctx) else None)
    centre = job_services.centres(ctx)

if city:
    ui.link("portrait", unit=city)
if centre:
    ui.link("records", table="centre", record=centre)
if found and found[1]:
    ui.link("records", table=found[0], q=found[1])
