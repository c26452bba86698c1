"""If the weights or methods were different, how would the ranking change?"""

import streamlit as st

from kcz_metrics import ui
from kcz_metrics.ui import trial_controls as controls
from kcz_metrics.ui import trial_parts as parts
from kcz_metrics.ui.trial_run import before, run

ui.guard()
ctx = ui.context()


def draw() -> None:
    made = run(ctx)
    if made is None:
        return
    parts.head_of(ctx, made)
    before(ctx, made)
    narrow, shown = st.columns([3.3, 9.7], gap="large")
    with narrow:
        controls.pillar_weights(ctx, made)
        controls.methods(ctx, made)
        controls.indicator_weights(ctx, made)
        controls.buttons(ctx, made)
        controls.loading_file(ctx, made)
    with shown:
        parts.numbers(ctx, made)
        left, right = st.columns([4.3, 5.7], gap="medium")
        with left:
            parts.slope(ctx, made)
        with right:
            parts.tier_changes(ctx, made)
            parts.ranking(ctx, made)


@st.fragment
def page() -> None:
    """One fragment, so that a moved weight redraws this page alone. An error inside would not reach the frame's net."""
    try:
        draw()
    except Exception as wrong:
        ui.error(ctx, wrong)


page()
if unit := st.session_state.pop(parts.OPENED, None):
    ui.link("profile", unit=unit)
