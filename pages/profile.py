"""Where does a unit's score come from, and how does it compare?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import breakdown, certainty_portrait, labels, onward, portrait, portrait_time, telling, tier_unit
from kcz_metrics.ui.portray import Portrait

ui.guard()
ctx = ui.context()
portrait.settle_kind(ctx)
card, whole = ui.scorecard(ctx), ui.standings(ctx)
unit = portrait.choose(ctx, whole)
if unit is None:
    ui.page_head(ctx, [ctx.tr("单位画像")], ctx.tr("没有可看的评价对象"))
    period = ui.number.period(ctx.period, ctx.lang)
    ui.empty(ctx.tr("{period}没有列入这个指数的评价对象。", period=period), ctx.tr("可换一个评价期或指数。"))
    st.stop()

who = Portrait(ctx, card, whole, unit)
where = labels.provinces(ctx).get(who.row.get("province_code") or "", "")
group = labels.coded(ctx, ctx.index.group, who.row["group"]) if ctx.index.group else ""
crumbs = [ctx.tr("单位画像"), ctx.name(ctx.index_id), where, group]
question = ctx.tr("{name}：得分从哪里来？", name=who.name)
if who.row["rank"] is None:
    ui.page_head(ctx, crumbs, question, coverage=who.row["coverage"])
    why = ctx.tr("；").join(text.render(ctx.lang) for text in card.reasons.get(unit, ()))
    ui.empty(ctx.tr("数据不足，不参与排名：{why}", why=why or ctx.tr("没有得分")), ctx.tr("可在侧栏换一个评价期、指数或单位。"))
    st.stop()

ui.page_head(ctx, crumbs, question, telling.profile_answer(ctx, who), coverage=who.row["coverage"])
ui.headline(portrait.headline(ctx, who))
with st.container(horizontal=True):
    onward.ways(ctx, "profile", unit)
left, right = st.columns([8, 5], gap="large")
with left:
    portrait.steps(ctx, who)
with right:
    portrait_time.over_time(ctx, who)
runs = certainty_portrait.drawn(ctx, who)
if runs is not None:
    left, right = st.columns([8, 5], gap="large")
    with left:
        certainty_portrait.why(ctx, who, runs)
    with right:
        certainty_portrait.how_sure(ctx, who, runs)
indicator = breakdown.indicators(ctx, who)
left, right = st.columns([6, 7], gap="large")
with left:
    portrait.strengths(ctx, who)
with right:
    peer = portrait.peers(ctx, who)
    index = portrait.elsewhere(ctx, who)
tier_unit.on_profile(ctx, unit)

if indicator:
    ui.link("passport", unit=unit, indicator=indicator)
if peer:
    ui.link("profile", unit=peer)
if index:
    ui.link("profile", unit=unit, index=index)
