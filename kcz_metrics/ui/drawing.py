"""A plotly figure on the page: the template, no toolbar, a text for those who cannot see it, and a click that opens."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from kcz_metrics import theme
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LARGER = 1.2


def chart(ctx: Context, figure: go.Figure, key: str, *, alt: str, opens: bool = False) -> str | None:
    """Draw; with ``opens``, return the first ``customdata`` value of the point clicked in this run, else None."""
    theme.register()
    figure.update_layout(template=f"kcz_{ctx.mode}")
    if ctx.meeting:
        figure.update_layout(font_size=13 * _LARGER, height=(figure.layout.height or 420) * 1.1)
    st.html(f'<p style="position:absolute;left:-9999px">{escape(alt)}</p>')
    config = {"displayModeBar": False, "responsive": True}
    if not opens:
        st.plotly_chart(figure, theme=None, key=key, config=config)
        return None
    # A selection would be remembered and open the same unit again on return; a new key after each click forgets it.
    turn = st.session_state.setdefault(f"_turn.{key}", 0)
    event = st.plotly_chart(figure, theme=None, key=f"{key}.{turn}", config=config, on_select="rerun", selection_mode="points")
    points = event["selection"]["points"] if event else []
    if not points:
        return None
    st.session_state[f"_turn.{key}"] = turn + 1
    chosen = points[0].get("customdata")
    first = chosen[0] if isinstance(chosen, list | tuple) else chosen
    return None if first is None else str(first)
