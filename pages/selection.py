"""Which service teams get stable support, why, and what do the quotas cost?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import choosing, selection, selection_controls, selection_deciding, selection_parts, selection_prices, selection_yearly

LIST, YEARLY = "list", "yearly"
ui.guard()
ctx = ui.context()
crumbs = [ctx.tr("服务团遴选"), ctx.name(ctx.index_id), ui.number.period(ctx.period, ctx.lang)]
question = ctx.tr("稳定支持哪些服务团？")
trouble = selection.trouble(ctx)
if trouble:
    ui.page_head(ctx, crumbs, question)
    ui.empty(*trouble)
    st.stop()

place = st.container()
with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = selection.choose(ctx)
    parts = {LIST: ctx.tr("名单"), YEARLY: ctx.tr("年度复核")}
    part = choosing.segments("part", ctx.tr("内容"), list(parts), parts.__getitem__, key="selection.part", fallback=LIST, hidden=True)
with st.spinner(ctx.tr("正在求解，首次约需几秒")):
    seen = selection.opened(ctx, chosen)


def listing(seen: selection.Round) -> None:
    cut = selection.cut_line(seen)
    given = selection_deciding.held(seen)
    with place:
        ui.page_head(ctx, crumbs, question, selection_parts.answer(seen, cut, given), state=selection_deciding.state(seen, given))
    if seen.found.feasible:
        ui.headline(selection_parts.numbers(seen, cut))
    left, right = st.columns([3.3, 9.7], gap="large")
    opened = None
    with left:
        selection_controls.controls(seen)
        selection_deciding.controls(seen, given)
    with right:
        if not seen.found.feasible:
            selection_deciding.as_confirmed(seen, given)
        selection_controls.infeasible(seen)
        if seen.found.feasible:
            opened = selection_parts.picture(seen, cut)
            selection_parts.ties(seen, cut)
    if seen.found.feasible:
        left, right = st.columns([7.4, 5.6], gap="large")
        with left:
            selection_prices.prices(seen)
        with right:
            opened = selection_parts.compared(seen) or opened
    opened = selection_parts.listed(seen) or opened
    selection_deciding.decided(seen)
    if opened:
        ui.link("profile", unit=opened, index=ctx.index_id)


def yearly(seen: selection.Round) -> None:
    if seen.own.yearly is None:
        with place:
            ui.page_head(ctx, crumbs, selection_yearly.question(ctx))
        ui.empty(ctx.tr("这项遴选没有年度复核的规则。"), ctx.tr("在方案这项遴选的 yearly 下写明。"))
        return
    years = selection_yearly.years(seen)
    with place:
        ui.page_head(ctx, crumbs, selection_yearly.question(ctx), selection_yearly.answer(seen, years), state=ctx.tr("建议，不是决定"))
    if years.is_empty():
        selection_yearly.rule(seen)
        return
    ui.headline(selection_yearly.numbers(seen, years))
    selection_yearly.rule(seen)
    left, right = st.columns([7.4, 5.6], gap="large")
    with left:
        opened = selection_yearly.listing(seen, years)
    with right:
        selection_yearly.moves(seen, years)
    if opened:
        ui.link("profile", unit=opened, index=ctx.index_id)


if part == YEARLY:
    yearly(seen)
else:
    listing(seen)
