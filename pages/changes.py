"""What changed between two snapshots, in the ranking and in the records? And why are scores and ranks others than they were?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import cause_lists, cause_parts, cause_unit, causes, change_parts, change_unit, comparing, formulas

ui.guard()
ctx = ui.context()
formulas.load()
place = st.container()
row = st.container(horizontal=True, vertical_alignment="bottom")
crumbs = [ctx.tr("变化"), ctx.name(ctx.index_id)]


def head(question: str, answer: str = "") -> None:
    with place:
        ui.page_head(ctx, crumbs, question, answer)


def cause() -> None:
    question = ctx.tr("得分与名次为什么变了？")
    ends = causes.choose(ctx, row)
    nothing = cause_parts.nothing(ctx, ends)
    if ends is None or nothing is not None:
        head(question)
        if nothing is not None:
            ui.empty(*nothing)
        return
    split = cause_parts.made(ends)
    head(question, cause_parts.answer(split))
    ui.headline(cause_parts.numbers(split))
    cause_parts.alarm(split)
    unit = cause_parts.chosen(split)
    left, right = st.columns([8, 5], gap="large")
    with left:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            what = cause_parts.by(ctx)
            st.space("stretch")
            cause_lists.export(split)
        opened = cause_parts.units(split, what, unit)
        cause_parts.proof(split)
    if unit is not None:
        with right:
            cause_unit.why(split, unit)
        cause_unit.indicators(split, unit)
    cause_lists.bridge(split)
    cause_lists.unsplit(split)
    cause_unit.move_to(ctx, opened)


def snapshots() -> None:
    question = ctx.tr("两个快照之间，什么变了？")
    both = comparing.pair(ctx)
    if both is None:
        head(question)
        ui.empty(ctx.tr("只有一个快照，没有可比较的。"), ctx.tr("导入、撤销或认定之后，这里列出名次与记录的变动。"))
        return
    with st.spinner(ctx.tr("正在比较两个快照")):
        said = change_parts.answer(both)
    head(question, said)
    with row:
        comparing.choose(both)
    ui.headline(change_parts.numbers(both))
    left, right = st.columns([8, 5], gap="large")
    with left:
        change_parts.movers(both)
    with right:
        chosen = change_parts.tables_changed(both)
    change_unit.why(both)
    if chosen:
        change_parts.rows_changed(both, chosen)


with row:
    part = comparing.part(ctx)
if part == comparing.CAUSE:
    cause()
else:
    snapshots()
