"""A plotly figure on the page: the template's colours, no toolbar, a text for those who cannot see it, a click that opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from kcz_metrics.ui import saying
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LARGER = 1.2


def chart(ctx: Context, figure: go.Figure, key: str, *, alt: str, opens: bool = False) -> str | None:
    """Draw; with ``opens``, return the ``customdata`` of the point clicked in this run (its unit), else None.

    ``alt`` may be a heading whose numbers open."""
    from kcz_metrics.charts import CONFIG

    alt = saying.plain(alt)
    if ctx.meeting:
        figure.update_layout(font_size=13 * _LARGER, height=(figure.layout.height or 420) * 1.1)
    if not opens:
        st.plotly_chart(figure, theme=None, key=key, config=dict(CONFIG), alt=alt)
        return None
    # A selection is remembered by its key and would open the same unit again on return: each click gets a new key.
    turn = st.session_state.setdefault(f"_turn.{key}", 0)
    event = st.plotly_chart(
        figure, theme=None, key=f"{key}.{turn}", config=dict(CONFIG), alt=alt, on_select="rerun", selection_mode="points"
    )
    points = event["selection"]["points"] if event else []
    if not points:
        return None
    st.session_state[f"_turn.{key}"] = turn + 1
    chosen = points[0].get("customdata")
    first = chosen[0] if isinstance(chosen, list | tuple) and chosen else chosen
    return None if first is None else str(first)
