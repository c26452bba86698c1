"""Does the index stand up as statistics, and what comes next?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import audit, audit_indicators, audit_parts, audit_ranking, audit_tree, formulas, selfcheck

ui.guard()
ctx = ui.context()
formulas.load()
if not audit.ranks(ctx):
    audit_parts.refused(ctx)
    st.stop()

with st.spinner(ctx.tr("正在检查覆盖、分布、相关、影响与名次"), show_time=True):
    audit.findings(ctx)
ui.page_head(
    ctx,
    [ctx.tr("统计审计"), ctx.name(ctx.index_id)],
    ctx.tr("这个指数在统计上站得住吗？"),
    audit_parts.answer(ctx),
    coverage=audit_parts.coverage(ctx),
)
ui.headline(audit_parts.numbers(ctx))
part = audit_parts.choose(ctx)
if part != "selftests":
    selfcheck.line(ctx, "audit")
match part:
    case "coverage":
        audit_indicators.coverage(ctx)
    case "distribution":
        audit_indicators.distribution(ctx)
    case "correlation":
        audit_indicators.correlation(ctx)
    case "structure":
        audit_tree.structure(ctx)
    case "influence":
        audit_tree.influence(ctx)
    case "ranking":
        audit_ranking.ranking(ctx)
    case "fairness":
        audit_ranking.fairness(ctx)
    case "advice":
        audit_parts.advice(ctx)
    case "selftests":
        ui.finding(ctx.tr("自检：这套方法在这批数据上守不守规矩"), ctx.tr("每项都在真实的得分上试；有反例的给出最大的一个"))
        with st.spinner(ctx.tr("正在逐个对象、逐格试算"), show_time=True):
            selfcheck.whole(ctx)
        selfcheck.shown(ctx, "audit")
    case _:
        audit_parts.findings(ctx)
