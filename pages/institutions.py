"""Are the stations real, are the managers at work, and what became of agreements, recommendations and the platform's plan?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import institution_parts, manager_parts, offer_parts, running_parts

ui.guard()
ctx = ui.context()
ui.page_head(
    ctx,
    [ctx.tr("站点与经理人"), ctx.tr("全国")],
    ctx.tr("站点有名有实吗，经理人在促成合同吗？"),
    institution_parts.answer(ctx),
)
ui.headline(institution_parts.headline(ctx))
part = institution_parts.chosen(ctx)
opened = None
left, right = st.columns([6, 7], gap="large")
if part == "stations":
    with left:
        institution_parts.by_kind(ctx)
        opened = institution_parts.by_city(ctx)
    with right:
        opened = institution_parts.stations(ctx) or opened
elif part == "managers":
    with left:
        manager_parts.grades(ctx)
        manager_parts.trainings(ctx)
    with right:
        opened = manager_parts.managers(ctx)
elif part == "agreements":
    with left:
        opened = manager_parts.overdue(ctx)
        manager_parts.owners(ctx)
    with right:
        opened = manager_parts.agreements(ctx) or opened
elif part == "recommended":
    with left:
        offer_parts.funnel(ctx)
        opened = offer_parts.successes(ctx)
    with right:
        offer_parts.by_kind(ctx)
        opened = offer_parts.addressees(ctx) or opened
elif part == "sites":
    with left:
        offer_parts.bases(ctx)
    with right:
        opened = offer_parts.packages(ctx)
else:
    with left:
        opened = running_parts.features(ctx)
    with right:
        opened = running_parts.operation(ctx) or opened
        running_parts.releases(ctx)

if opened:
    ui.link(opened[0], **opened[1])
