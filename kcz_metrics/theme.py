# ruff: noqa: C408 -- plotly attributes read best as keywords
"""Colour tokens of the pages, charts and reports, and the plotly templates ``kcz_light`` and ``kcz_dark``.

A page, chart or report never types a colour: it takes one by its meaning from ``TOKENS[mode]``. Tiers and pillars are
ordered palettes; every palette keeps a CIEDE2000 distance of 10 under simulated protanopia and deuteranopia.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import plotly.graph_objects as go

Mode = Literal["light", "dark"]
MODES: tuple[Mode, ...] = ("light", "dark")

FONT = '"Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif'

TOKENS: Mapping[Mode, Mapping[str, Any]] = {
    "light": {
        "background": "#FFFFFF",
        "surface": "#F5F7FA",
        "sunken": "#E9EDF2",
        "ink": "#18202B",
        "muted": "#515B69",
        "faint": "#687280",
        "line": "#DCE1E8",
        "grid": "#E9EDF2",
        "accent": "#1F4F9E",
        "accent_tint": "#E8EEF8",
        "on_accent": "#FFFFFF",
        "tier": ["#0C3F46", "#25807C", "#7DBBAE", "#D3E8E1"],
        "tier_line": ["#0C3F46", "#25807C", "#3F8A80", "#5F8F88"],
        "tier_text": ["#FFFFFF", "#FFFFFF", "#0C3F46", "#18202B"],
        "watch": "#C27C00",
        "watch_text": "#7A4D00",
        "watch_tint": "#FFF4DC",
        "rectify": "#8E1B1B",
        "rectify_text": "#8E1B1B",
        "rectify_tint": "#FDECEA",
        "new": "#7A4FD0",
        "new_text": "#5B34A8",
        "new_tint": "#F1ECFB",
        "up": "#0B5D57",
        "down": "#AD4A0B",
        "still": "#687280",
        "pillar": ["#3D6CB4", "#B97A0A", "#7A3B69", "#8892A0", "#B4576B"],
        "pillar_text": ["#FFFFFF", "#18202B", "#FFFFFF", "#18202B", "#FFFFFF"],
        "interval": "#8894A3",
        "missing": "#687280",
        "sequence": ["#EAF4F0", "#C3E0D7", "#8CC3B6", "#4C9C93", "#1D6E6D", "#0C3F46"],
        "sequence_text": ["#18202B", "#18202B", "#18202B", "#18202B", "#FFFFFF", "#FFFFFF"],
        "diverging": ["#8A3A08", "#AD4A0B", "#DD9A63", "#F4DFCB", "#F5F7FA", "#CFE3DF", "#7DB5AD", "#25807C", "#0B5D57"],
    },
    "dark": {
        "background": "#11161D",
        "surface": "#19212B",
        "sunken": "#232D39",
        "ink": "#E8ECF1",
        "muted": "#A9B3C0",
        "faint": "#8592A2",
        "line": "#303B49",
        "grid": "#252F3B",
        "accent": "#8AB8F7",
        "accent_tint": "#1D2D45",
        "on_accent": "#0F1B2D",
        "tier": ["#D9FBF1", "#7CCBBB", "#3C8F87", "#1F4E50"],
        "tier_line": ["#D9FBF1", "#7CCBBB", "#57A89E", "#5C9490"],
        "tier_text": ["#0B2A2D", "#0B2A2D", "#061A1B", "#E8ECF1"],
        "watch": "#FFD27A",
        "watch_text": "#FFD27A",
        "watch_tint": "#33290F",
        "rectify": "#E8645A",
        "rectify_text": "#FF9A91",
        "rectify_tint": "#3A1A1A",
        "new": "#A98BF0",
        "new_text": "#C3AEF7",
        "new_tint": "#2A2145",
        "up": "#7FE0D2",
        "down": "#E8894A",
        "still": "#9AA5B3",
        "pillar": ["#5B86C9", "#E0B04A", "#E0B0DC", "#6B7686", "#E58A9B"],
        "pillar_text": ["#0B121C", "#0B121C", "#0B121C", "#FFFFFF", "#0B121C"],
        "interval": "#5A6777",
        "missing": "#8592A2",
        "sequence": ["#1A2B30", "#1F4E50", "#2C716E", "#4C9F95", "#8AD3C4", "#D9FBF1"],
        "sequence_text": ["#E8ECF1", "#E8ECF1", "#E8ECF1", "#0B121C", "#0B121C", "#0B121C"],
        "diverging": ["#F2B98A", "#E8894A", "#A85F2E", "#4A3425", "#232D39", "#22423F", "#2F7A72", "#58B8AB", "#A9EFE4"],
    },
}


def template(mode: Mode) -> go.layout.Template:
    """The plotly template of one mode. Plotly is imported here, so that a command without charts does not pay for it."""
    import plotly.graph_objects as go

    token = TOKENS[mode]
    axis = dict(
        showgrid=True,
        gridcolor=token["grid"],
        gridwidth=1,
        zeroline=False,
        showline=False,
        ticks="",
        tickfont=dict(size=12, color=token["muted"]),
        title=dict(font=dict(size=12, color=token["muted"]), standoff=8),
        automargin=True,
        fixedrange=True,
        separatethousands=True,
        ticklabelstandoff=4,
    )
    return go.layout.Template(
        layout=dict(
            font=dict(family=FONT, size=13, color=token["ink"]),
            title=dict(font=dict(size=16, color=token["ink"]), x=0, xref="container", xanchor="left", y=0.98, yanchor="top"),
            paper_bgcolor="rgba(0,0,0,0)",
            plot_bgcolor="rgba(0,0,0,0)",
            margin=dict(l=8, r=8, t=8, b=8),
            colorway=token["pillar"],
            colorscale=dict(
                sequential=[[i / 5, c] for i, c in enumerate(token["sequence"])],
                diverging=[[i / 8, c] for i, c in enumerate(token["diverging"])],
            ),
            xaxis=axis,
            yaxis={**axis, "gridcolor": token["grid"]},
            hoverlabel=dict(
                bgcolor=token["background"], bordercolor=token["line"], align="left", font=dict(family=FONT, size=13, color=token["ink"])
            ),
            legend=dict(orientation="h", x=0, y=1.02, yanchor="bottom", font=dict(size=12, color=token["muted"])),
            showlegend=False,
            bargap=0.35,
            hovermode="closest",
            dragmode=False,
            annotationdefaults=dict(font=dict(size=12, color=token["muted"]), showarrow=False),
            separators=".,",
        ),
        data=dict(
            bar=[dict(marker=dict(line=dict(width=0)), textfont=dict(size=12))],
            scatter=[dict(marker=dict(size=9, line=dict(width=1, color=token["background"])), line=dict(width=2))],
            waterfall=[
                dict(
                    increasing=dict(marker=dict(color=token["up"])),
                    decreasing=dict(marker=dict(color=token["down"])),
                    totals=dict(marker=dict(color=token["faint"])),
                    connector=dict(line=dict(color=token["line"], width=1)),
                )
            ],
            heatmap=[dict(xgap=2, ygap=2, colorbar=dict(thickness=8, outlinewidth=0))],
            funnel=[dict(marker=dict(color=token["tier"][1]), connector=dict(fillcolor=token["sunken"]))],
        ),
    )


def register() -> None:
    """Make ``kcz_light`` and ``kcz_dark`` known to plotly; a second call does nothing."""
    import plotly.io as pio

    for mode in MODES:
        if f"kcz_{mode}" not in pio.templates:
            pio.templates[f"kcz_{mode}"] = template(mode)
