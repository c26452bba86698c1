"""Which cities come first, and how sure is that?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import labels, onward, ranking, selfcheck, telling
from kcz_metrics.ui.behind import scores

ui.guard()
ctx = ui.context()
card = ui.scorecard(ctx)
whole = ui.standings(ctx)
ui.page_head(
    ctx,
    [ctx.tr("城市排名"), ctx.name(ctx.index_id)],
    ctx.tr("谁排在前面，有多大把握？"),
    telling.ranking_answer(ctx, whole),
    coverage=telling.coverage(whole),
)
shown = ranking.group_of(ctx, whole, key="cities")
together = telling.together(ctx, shown)
title, caption = telling.dots(ctx, shown)
ui.finding(title, caption)
clicked = ranking.dots(ctx, shown, key="cities", together=together)

with st.container(horizontal=True, vertical_alignment="bottom"):
    found = ranking.filtered(ctx, shown, {"kind": "kind", "province": "province_code", "area": "area_flag"}, key="cities")
    st.space("stretch")
    ranking.export(ctx, key="cities")
ui.finding(ctx.tr("排名表"), telling.table_caption(ctx, found, shown))
selfcheck.line(ctx, "cities")
with st.container(horizontal=True, vertical_alignment="center"):
    ui.pillar_legend(ctx)
    onward.ways(ctx, "cities", ctx.unit)
provinces = labels.provinces(ctx)
home = {unit: provinces.get(code, "") for unit, code in found.select("unit", "province_code").iter_rows()}
opened = ui.table(
    ctx,
    ranking.columns(ctx, shown, name=ctx.tr("城市（园区）")),
    ranking.rows(ctx, found, sub=home),
    key="cities.table",
    label=ctx.name(ctx.index_id),
    behind={**scores.passport(ctx), **scores.intervals(ctx)},
    nothing=ctx.tr("没有符合条件的城市，可清除筛选。"),
)
if clicked or opened:
    ui.link("profile", unit=opened or clicked)
