"""Which records look wrong, and what has been decided about them?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import flag_evidence, flag_list, flag_verdict, flagged, opening

ui.guard()
ctx = ui.context()
with st.spinner(ctx.tr("正在按规则核查全部记录"), show_time=True):
    rows = flagged.standings(ctx)
asked = ui.address.get("flag")
one = next((row for row in rows if row.flag.id == asked), None)
if one is None:
    ui.page_head(ctx, [ctx.tr("数据核查")], ctx.tr("哪些记录需要核查？"), flag_list.answer(ctx, rows))
    if asked:
        ui.notice(ctx.tr("这个快照里没有编号为 {id} 的疑点。", id=asked))
    flag_verdict.told(ctx)
    ui.headline(flag_list.numbers(ctx, rows))
    left, right = st.columns([5.1, 7.9], gap="large")
    with left:
        ui.finding(ctx.tr("按规则"), ctx.tr("点按一行只看这条规则"))
        flag_list.by_rule(ctx, rows)
    with right:
        kept = flag_list.kept(ctx, rows)
        ui.finding(ctx.tr("疑点"), ctx.tr("点按一行看证据、影响，并作认定"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            flag_list.filters(ctx)
        if opened := flag_list.grid(ctx, kept):
            ui.address.put(flag=opened)
            st.rerun()
    opening.told(ctx)
    st.stop()

rule = flag_list.RULES[one.flag.rule]
ui.page_head(ctx, [ctx.tr("数据核查"), rule.name.in_(ctx.lang), one.flag.id], ctx.tr("这个疑点成立吗？"), flag_list.sentence(ctx, one))
flag_verdict.told(ctx)
with st.container(horizontal=True):
    st.space("stretch")
    st.button(ctx.tr("返回全部疑点"), key="flags.back", on_click=flag_verdict.close)
evidence, verdict = st.columns([7.3, 5.7], gap="large")
with evidence:
    records = len(one.flag.records) + len(one.flag.beside)
    ui.finding(ctx.tr("证据"), ctx.tr("{n} 条记录，{first} 至 {last}", n=records, first=one.flag.first, last=one.flag.last))
    flag_evidence.show(ctx, one.flag)
    ui.paragraph(ctx.tr("规则：{definition}", definition=rule.definition.render(ctx.lang)), muted=True)
with verdict:
    flag_verdict.decide(ctx, one)
