"""From a ranking or a profile on to why it changed and what it would take."""

from __future__ import annotations

import streamlit as st

from kcz_metrics.ui import loading
from kcz_metrics.ui.context import Context, link


def ways(ctx: Context, key: str, unit: str | None = None) -> None:
    """Two buttons; of the unit where the index has it, else of the one that those pages choose."""
    if unit is not None and unit not in loading.scorecard(ctx).units["unit"]:
        unit = None
    if st.button(ctx.tr("名次为什么变了"), key=f"{key}.why", disabled=ctx.previous is None and len(ctx.snapshots) < 2):
        link("changes", part="cause", unit=unit)
    if st.button(ctx.tr("要做到多少才能上升"), key=f"{key}.whatif"):
        link("whatif", unit=unit)
