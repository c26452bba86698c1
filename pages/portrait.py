"""What does a city's industry need, and what has been done about it?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import city_parts, city_portrait, labels

ui.guard()
ctx = ui.context()
city = city_portrait.choose(ctx)
if city is None:
    ui.page_head(ctx, [ctx.tr("产业画像")], ctx.tr("没有可看的评价对象"))
    ui.empty(ctx.tr("这个快照里没有试点城市。"), ctx.tr("可用命令 kcz import pilot_city 导入。"))
    st.stop()

one = city_portrait.load(ctx, city)
province = ui.records(ctx, "pilot_city").filter(city_id=city)["province_code"][0]
crumbs = [ctx.tr("产业画像"), labels.provinces(ctx).get(province, ""), city]
ui.page_head(ctx, crumbs, ctx.tr("{name}的产业需要什么，做到了哪一步？", name=one.name), city_portrait.answer(one))
ui.headline(city_portrait.headline(one))
left, right = st.columns([7, 6], gap="large")
with left:
    city_parts.industries(one)
    part = city_parts.needs(one, "industry_code")
    city_parts.need_legend(one)
with right:
    city_parts.trio(one)
    part = city_parts.needs(one, "tech_field") or part
    part = city_parts.plan(one) or part
part = city_parts.roadmap(one) or part
left, right = st.columns([7, 6], gap="large")
with left:
    part = city_parts.teams(one) or part
with right:
    city_parts.stations(one)
    city_parts.parks(one)
city_portrait.ask(part)
city_portrait.records(one)
with st.container(horizontal=True):
    if st.button(ctx.tr("得分从哪里来"), key="portrait.to_profile"):
        ui.link("profile", unit=city, index="city_assessment" if "city_assessment" in ctx.indices else None)
    if st.button(ctx.tr("未结需求与推荐"), key="portrait.to_needs"):
        ui.link("needs", city=city)
