"""What is there, how full and how fresh; what came in when, and what waits to be mended?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import data_imports, data_parts, data_units, data_waiting

ui.guard()
ctx = ui.context()
with st.spinner(ctx.tr("正在清点各表")):
    stock = data_parts.stock(ctx)
ui.page_head(ctx, [ctx.tr("数据")], ctx.tr("数据全不全，新不新？"), data_parts.answer(ctx, stock))
ui.headline(data_parts.numbers(ctx, stock))
shown = data_parts.part(ctx, stock)
if shown == "units":
    data_units.show(ctx)
elif shown == "imports":
    data_imports.show(ctx)
elif shown == "waiting":
    data_waiting.show(ctx, stock.waiting)
else:
    data_parts.tables(ctx, stock)
