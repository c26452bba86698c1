"""Provinces as tiles: a scheme of position, not a map."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from itertools import pairwise

import plotly.graph_objects as go
import polars as pl

from kcz_metrics.charts.canvas import Template, axis_number, canvas, fixed, nice_ticks, safe, short, tokens
from kcz_metrics.locales import Language, translate


def tile_steps(values: Sequence[float | None]) -> tuple[float, ...]:
    """Five round edges between the six steps of the sequence; fewer where the values do not differ."""
    known = sorted(v for v in values if v is not None and math.isfinite(v))
    if len(known) < 2 or known[0] == known[-1]:
        return ()
    low, high = known[0], known[-1]
    for count in (5, 6, 7, 4, 8, 3):
        inside = [t for t in nice_ticks(low, high, count) if low < t < high]
        if len(inside) == 5:
            return tuple(inside)
    step = (high - low) / 6
    decimals = max(0, -math.floor(math.log10(step)))
    edges = {round(low + i * step, decimals) for i in range(1, 6)}
    return tuple(sorted(edges))


def tile_legend(edges: Sequence[float], lang: Language = "zh") -> list[str]:
    """The words of the steps: <58, 58–62, …, ≥74."""
    if not edges:
        return []
    names = [axis_number(e, lang) for e in edges]
    return [f"<{names[0]}", *(f"{a}–{b}" for a, b in pairwise(names)), f"≥{names[-1]}"]


def tile_map(
    frame: pl.DataFrame,
    *,
    edges: Sequence[float] | None = None,
    value_title: str = "",
    decimals: int = 2,
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int = 460,
    focus: str | None = None,
    marked: Collection[str] = (),
) -> go.Figure:
    """A tile a province. ``frame``: ``code, label, column, row, value, count``; value null means no pilot where count is 0,
    else too little data.

    Six steps of the sequence by :func:`tile_steps`; a tile's ``customdata`` is its code. ``focus`` is framed in the accent, ``marked``
    codes carry a ◆.
    """
    token = tokens(template)
    edges = tile_steps(frame["value"].to_list()) if edges is None else edges
    figure = canvas(template, height, margin={"l": 0, "r": 0, "t": 0, "b": 0})
    shapes: list[dict[str, object]] = []  # handed over at once: plotly checks all earlier ones again with each that is added
    texts: list[dict[str, object]] = []
    hovers, xs, ys, codes = [], [], [], []
    for code, label, column, row, value, count in frame.select("code", "label", "column", "row", "value", "count").iter_rows():
        step = None if value is None else min(sum(value >= e for e in edges) + (0 if edges else 3), 5)
        fill = token["background"] if step is None else token["sequence"][step]
        colour = token["sequence_text"][step] if step is not None else token["muted"]
        tile = {"type": "rect", "x0": column - 0.47, "x1": column + 0.47, "y0": row - 0.46, "y1": row + 0.46}
        shapes.append(tile | {"fillcolor": fill, "line": {"color": token["line"], "width": 1}, "layer": "below"})
        if code == focus:
            shapes.append(tile | {"line": {"color": token["accent"], "width": 3}})
        if code in marked:
            texts.append({"x": column + 0.34, "y": row - 0.3, "text": "◆", "font": {"size": 9, "color": colour}})
        name = safe(short(label, 7))
        name = f"<i>{name}</i>" if value is None and count else name
        size = 13 if lang == "zh" or len(str(label)) < 6 else 11 if len(str(label)) < 8 else 9
        if count:
            figures = f"<i>{count}</i>" if value is None else str(count)
            texts.append({"x": column, "y": row - 0.14, "text": name, "font": {"size": size, "color": colour}})
            texts.append({"x": column, "y": row + 0.22, "text": figures, "font": {"size": 11, "color": colour}})
        else:
            texts.append({"x": column, "y": row, "text": name, "font": {"size": size, "color": colour}})
        told = (
            translate("没有试点", lang)
            if not count
            else translate("数据不足", lang)
            if value is None
            else f"{value_title} {fixed(value, decimals)}".strip()
        )
        hovers.append(f"<b>{safe(label)}</b><br>{safe(told)}" + (f"<br>{safe(translate('{n} 个试点', lang, n=count))}" if count else ""))
        xs.append(column)
        ys.append(row)
        codes.append(code)
    figure.update_layout(shapes=shapes, annotations=texts)
    figure.add_scatter(
        x=xs,
        y=ys,
        mode="markers",
        customdata=codes,
        hovertext=hovers,
        hoverinfo="text",
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        marker={"symbol": "square", "size": 36, "opacity": 0},
    )
    if xs:
        figure.update_xaxes(visible=False, range=[min(xs) - 0.6, max(xs) + 0.6])
        figure.update_yaxes(visible=False, range=[max(ys) + 0.6, min(ys) - 0.6], scaleanchor="x", scaleratio=0.94)
    return figure
