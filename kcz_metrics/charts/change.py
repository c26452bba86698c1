"""Before and after: ranks on the left as they stand, on the right as they would be."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import polars as pl

from kcz_metrics.charts.canvas import Template, canvas, marked, safe, short, tokens
from kcz_metrics.locales import Language, translate


def slope(
    frame: pl.DataFrame,
    *,
    borders: Sequence[int] = (),
    first: int = 24,
    moved: int = 3,
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int | None = None,
) -> go.Figure:
    """Ranks before and after for the ``first`` places. ``frame``: ``unit, label, before, after`` (rank or null).

    Moves of ``moved`` and more are drawn in the up and down colours with glyph and number, others in grey. A line whose other end lies
    beyond the places shown ends at the lower edge. ``borders``: last rank of each band, dashed. A dot's ``customdata`` is its unit.
    """
    token = tokens(template)
    known = frame.filter(pl.col("before").is_not_null() & pl.col("after").is_not_null())
    places = min(first, known.height)
    figure = canvas(template, height or 60 + 26 * max(places, 1), margin={"l": 4, "r": 4, "t": 8, "b": 8})
    figure.update_xaxes(visible=False, range=[-1.5, 2.7])
    figure.update_yaxes(visible=False, range=[places + 1.0, 0.3])
    # Equal ranks take neighbouring lines, so that names never cover one another; the rank written is the shared one.
    order = {side: {u: i + 1 for i, u in enumerate(known.sort(side, "before", "unit")["unit"].to_list())} for side in ("before", "after")}
    for border in borders:
        if 0 < border < places:
            line = {"color": token["tier_line"][2], "width": 1.2, "dash": "4px,3px"}
            figure.add_shape(type="line", x0=-1.45, x1=2.65, y0=border + 0.5, y1=border + 0.5, line=line, layer="below")
    beyond = places + 0.75
    ends = []
    for unit, label, before, after in known.sort("before", "unit").select("unit", "label", "before", "after").iter_rows():
        left, right = order["before"][unit], order["after"][unit]
        if left > places and right > places:
            continue
        move = int(before - after)
        colour = token["interval"] if abs(move) < moved else token["up"] if move > 0 else token["down"]
        text_colour = token["muted"] if abs(move) < moved else colour
        y = [left if left <= places else beyond, right if right <= places else beyond]
        words = translate("{name}：现行第 {before} 名，试算第 {after} 名", lang, name=str(label), before=int(before), after=int(after))
        figure.add_scatter(
            x=[0, 1],
            y=y,
            mode="lines+markers",
            line={"width": 1.2 if abs(move) < moved else 2.6, "color": colour},
            marker={"size": 7, "color": colour, "opacity": [float(left <= places), float(right <= places)]},
            customdata=[unit, unit],
            hovertext=[safe(words)] * 2,
            hoverinfo="text",
            unselected={"marker": {"opacity": 1}},
        )
        name = safe(short(label, 8 if lang == "zh" else 5.5))
        if left <= places:
            place = {"x": 0, "y": left, "xanchor": "right", "xshift": -10}
            ends.append({**place, "text": f"{name}  {int(before)}", "font": {"color": text_colour, "size": 12.5}})
        if right <= places:
            glyph = f"  {'▲' if move > 0 else '▼'}{abs(move)}" if abs(move) >= moved else ""
            place = {"x": 1, "y": right, "xanchor": "left", "xshift": 10}
            ends.append({**place, "text": f"{int(after)}  {name}{glyph}", "font": {"color": text_colour, "size": 12.5}})
    marked(figure, annotations=ends)
    return figure
