"""Which service teams do best, and by how much?"""

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
    [ctx.tr("服务团"), ctx.name(ctx.index_id)],
    ctx.tr("哪些服务团做得好？"),
    telling.ranking_answer(ctx, whole),
    coverage=telling.coverage(whole),
)
shown = ranking.group_of(ctx, whole, key="teams")
together = telling.together(ctx, shown)
title, caption = telling.dots(ctx, shown)
ui.finding(title, caption)
clicked = ranking.dots(ctx, shown, key="teams", together=together)

with st.container(horizontal=True, vertical_alignment="bottom"):
    found = ranking.filtered(ctx, shown, {"province": "province_code", "org_class": "org_class", "field": "tech_field"}, key="teams")
    st.space("stretch")
    ranking.export(ctx, key="teams")
ui.finding(ctx.tr("排名表"), telling.table_caption(ctx, found, shown))
selfcheck.line(ctx, "teams")
with st.container(horizontal=True, vertical_alignment="center"):
    ui.pillar_legend(ctx)
    onward.ways(ctx, "teams", ctx.unit)
# English names are long: the field stands beside Chinese ones only, and can be filtered by in both.
fields = {unit: labels.coded(ctx, "tech_field", code) for unit, code in found.select("unit", "tech_field").iter_rows() if ctx.lang == "zh"}
opened = ui.table(
    ctx,
    ranking.columns(ctx, shown, name=ctx.tr("服务团名称")),
    ranking.rows(ctx, found, sub=fields),
    key="teams.table",
    label=ctx.name(ctx.index_id),
    behind={**scores.passport(ctx), **scores.intervals(ctx)},
    nothing=ctx.tr("没有符合条件的服务团，可清除筛选。"),
    height=900,
)
if clicked or opened:
    ui.link("profile", unit=opened or clicked)
