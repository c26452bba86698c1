"""What would it take to reach a rank, a score or a level? And what if a value were another?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import formulas, portrait, scenario, scenario_correct, scenario_goal, scenario_reach
from kcz_metrics.ui.portray import Portrait

ui.guard()
ctx = ui.context()
formulas.load()
portrait.settle_kind(ctx)
card, whole = ui.scorecard(ctx), ui.standings(ctx)
unit = portrait.choose(ctx, whole, scenario_goal.below_a_border(ctx, whole))
crumbs = [ctx.tr("情景推演"), ctx.name(ctx.index_id)]
state = ctx.tr("试算 · 未提交，不得引用")
place = st.container()
row = st.container(horizontal=True, vertical_alignment="bottom")


def reach(found: scenario.Scenario) -> None:
    question = ctx.tr("{name}要做到多少，才能达到目标？", name=found.who.name)
    if found.who.row["rank"] is None:
        with place:
            ui.page_head(ctx, crumbs, question, state=state)
        scenario_reach.unranked(found)
        return
    with row:
        goal = scenario_goal.choose(found)
    made = scenario_reach.made(found, goal)
    with place:
        ui.page_head(ctx, crumbs, question, scenario_reach.answer(made), state=state)
    ui.headline(scenario_reach.numbers(made))
    opened = scenario_reach.steps(made) if not made.found.steps.is_empty() else None
    scenario_reach.buttons(made)
    left, right = st.columns([6, 7], gap="large")
    with left:
        scenario_reach.proof(made)
    with right:
        scenario_reach.waterfall(made)
    if opened:
        ui.link("passport", unit=found.unit, index=ctx.index_id, indicator=opened)


def correct(found: scenario.Scenario) -> None:
    made = scenario_correct.made(found)
    question = ctx.tr("{name}的一个值若是另一个数，名次怎么变？", name=found.who.name)
    with place:
        ui.page_head(ctx, crumbs, question, scenario_correct.answer(made), state=state)
    ui.headline(scenario_correct.numbers(made))
    left, right = st.columns([4, 9], gap="large")
    with left:
        scenario_correct.controls(made)
        scenario_correct.export(made)
    with right:
        opened = scenario_correct.touched(made)
    if opened:
        ui.link("profile", unit=opened)


if unit is None:
    with place:
        ui.page_head(ctx, crumbs, ctx.tr("没有可看的评价对象"))
    period = ui.number.period(ctx.period, ctx.lang)
    ui.empty(ctx.tr("{period}没有列入这个指数的评价对象。", period=period), ctx.tr("可换一个评价期或指数。"))
else:
    with row:
        part = scenario.part(ctx)
    found = scenario.Scenario(Portrait(ctx, card, whole, unit))
    if part == scenario.CORRECT:
        correct(found)
    else:
        reach(found)
