"""How sure are the ranks: intervals, who can be told apart, what they hang on, how far weights can go?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import certainty_parts as parts
from kcz_metrics.ui import certainty_sources, certainty_unit, ranking
from kcz_metrics.ui.standing import ranked

ui.guard()
ctx = ui.context()
asked = parts.asked(ctx)
crumbs = [ctx.tr("排名把握"), ctx.name(ctx.index_id)]
question = ctx.tr("名次有多大把握？")
whole = ui.standings(ctx)
if ranked(whole).height < 2:
    ui.page_head(ctx, crumbs, question)
    period = ui.number.period(ctx.period, ctx.lang)
    ui.empty(ctx.tr("{period}参与排名的不足两个，谈不上先后。", period=period), ctx.tr("可换一个评价期或指数。"))
    st.stop()

parts.settle(ctx, whole)
top = st.container()
frame = ranking.group_of(ctx, whole, key="robustness")
if ranked(frame).height < 2:
    ui.empty(ctx.tr("这一组参与排名的不足两个，谈不上先后。"), ctx.tr("可换一个同类组。"))
    st.stop()
drawn = parts.load(ctx, asked, frame)
with top:
    ui.page_head(ctx, crumbs, question, parts.answer(ctx, drawn), coverage=parts.coverage(ctx))
    ui.headline(parts.headline(ctx, drawn))
part = parts.controls(ctx, asked)
opened = None
if part == "ranks":
    clicked = parts.spans(ctx, drawn)
    opened = parts.units(ctx, drawn) or clicked
elif part == "unit":
    unit, other = certainty_unit.choose(ctx, drawn)
    ui.headline(certainty_unit.headline(ctx, drawn, unit, other), "robustness.one")
    left, right = st.columns([6, 7], gap="large")
    with left:
        certainty_unit.bars(ctx, drawn, unit)
        certainty_unit.reached(ctx, drawn, unit)
    with right:
        if other is not None:
            certainty_unit.pair(ctx, drawn, unit, other)
    certainty_sources.sobol(ctx, drawn, unit, "robustness.depends")
elif part == "sources":
    certainty_sources.one_by_one(ctx, drawn)
    certainty_sources.sobol(ctx, drawn, None, "robustness.whole")
else:
    certainty_sources.weights(ctx)

if opened:
    ui.link("robustness", unit=opened, part="unit")
