"""How far are the year's targets, and which records count toward each?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import formulas, opening, target_counted, target_detail, target_downloads, target_parts, targeting

ui.guard()
ctx = ui.context()
formulas.load()
year = ui.number.period(ctx.period[:4], ctx.lang)
if not ctx.scheme.targets:
    ui.page_head(ctx, [ctx.tr("年度目标")], ctx.tr("{year}的目标完成得怎么样？", year=year))
    target_parts.none(ctx)
    st.stop()

found = targeting.standing(ctx, targeting.chosen_month(ctx))
day = {ctx.tr("截至"): targeting.as_of(found)}
one = target_detail.settle(ctx, found)
if one is None:
    ui.page_head(
        ctx,
        [ctx.tr("年度目标"), ctx.tr("工作要点")],
        ctx.tr("{year}的目标完成得怎么样？", year=year),
        targeting.sentence(ctx, found),
        also=day,
    )
    ui.headline(target_parts.numbers(ctx, found))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        target_parts.choose_month(ctx)
        ui.paragraph(target_parts.basis(ctx, found), muted=True)
        st.space("stretch")
        target_downloads.every(ctx, found)
    opened = target_parts.not_met(ctx, found)
    ui.finding(ctx.tr("按要点条目看全部目标"), ctx.tr("点按一行看逐月进展、统计口径和计入的记录"))
    opened = target_parts.every(ctx, found) or opened
    if opened:
        ui.address.put(target=opened, record=None, unit=None, measure=None)
        st.rerun()
    opening.told(ctx)
    st.stop()

ui.page_head(
    ctx,
    [ctx.tr("年度目标"), ctx.tr("要点第 {n} 项", n=one.target.item) if one.target.item else "", one.id],
    ctx.tr("{name}：完成得怎么样？", name=targeting.name(ctx, one.id)),
    target_detail.answer(one),
    also=day,
)
with st.container(horizontal=True, vertical_alignment="bottom"):
    target_parts.choose_month(ctx)
    st.space("stretch")
    st.button(ctx.tr("返回全部目标"), key="targets.back", on_click=target_parts.back)
left, right = st.columns([7, 6], gap="large")
with left:
    target_detail.course(one)
with right:
    target_detail.facts(one)
if one.target.per_unit:
    left, right = st.columns([5, 8], gap="large")
    with left:
        target_counted.units(one)
    with right:
        target_counted.records(one)
else:
    target_counted.units(one)
    target_counted.records(one)
