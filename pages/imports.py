"""Bring records in: how was the file understood, what would it change, what came back?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import import_columns, import_receipt, import_review, import_source, import_steps

ui.guard()
ctx = ui.context(records=False)
ui.page_head(ctx, [ctx.tr("数据导入")], ctx.tr("把哪个文件的记录导进来？"), import_source.answer(ctx))
steps = import_steps.current()
if steps is not None and steps.receipt is not None:
    import_receipt.show(ctx, steps)
    st.stop()

file, table, sheet, heading_row = import_source.choose(ctx)
if file is None or table is None:
    import_source.advice(ctx)
    st.stop()

steps = import_steps.read(ctx, file, table, sheet, heading_row)
if steps.understood is None:
    import_source.refused(ctx, steps)
    st.stop()

ui.finding(ctx.tr("列是怎么理解的？"), import_source.form(ctx, steps.understood))
import_steps.correct(steps, import_columns.corrections(ctx, steps.understood))
import_columns.show(ctx, steps.understood)
import_source.open_questions(ctx, steps)
import_steps.check(ctx, steps)
if steps.staged is not None and steps.asked:
    import_steps.bring_in(ctx, steps)
if steps.wrong is not None:
    import_source.refused(ctx, steps)
    st.stop()
if steps.staged is not None:
    import_review.show(ctx, steps.staged)
    import_review.confirm(ctx, steps.staged)
