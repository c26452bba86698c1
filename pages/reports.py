"""Which ranking or profile to take away as a workbook, and what is in it?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.errors import KczError
from kcz_metrics.ui import downloads, exporting, telling

ui.guard()
ctx = ui.context()
whole = ui.standings(ctx)
place = st.container()
choice = exporting.choose(ctx)
with place:
    ui.page_head(
        ctx,
        [ctx.tr("报告与导出"), ctx.name(ctx.index_id)],
        ctx.tr("带走哪一份结果？"),
        exporting.answer(ctx, choice),
        coverage=telling.coverage(whole),
    )
if exporting.rows(ctx, choice).is_empty():
    ui.empty(ctx.tr("这一期没有可导出的评价对象。"), ctx.tr("可换一个评价期、指数或单位。"))
    st.stop()

left, right = st.columns([5, 8], gap="large")
with left:
    ui.finding(ctx.tr("工作簿里有什么"), ctx.tr("数字不取整写入，按公布位数显示；图表为 Excel 原生"))
    ui.definition_list(exporting.sheets(ctx, choice))
    try:
        content = exporting.workbook(ctx, choice)
    except KczError as wrong:
        ui.error(ctx, wrong)
    else:
        asked = {"report": choice.kind, "group": choice.group or "", "unit": choice.unit or "", "lang": choice.lang}
        downloads.button(
            ctx, ctx.tr("下载工作簿"), lambda: content, exporting.file_name(ctx, choice), key="reports.download",
            rows=exporting.rows(ctx, choice).height, asked=asked, kind="primary",
        )  # fmt: skip
        ui.paragraph(
            ctx.tr("{name}，{size} KB", name=exporting.file_name(ctx, choice), size=ui.number.count(len(content) / 1024)), muted=True
        )
with right:
    exporting.preview(ctx, choice)
