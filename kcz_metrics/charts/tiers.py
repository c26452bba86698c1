"""Tiers: the smoothed score of a unit over the rounds, with the bars it was measured by and the band between them that nobody moves in."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from kcz_metrics.charts.canvas import Template, axis, canvas, fixed, marked, safe, tokens
from kcz_metrics.charts.ranking import apart
from kcz_metrics.locales import Language, translate


def bars_over_time(
    frame: pl.DataFrame, *, label: str, template: Template = "kcz_light", lang: Language = "zh", height: int = 300, title: str = ""
) -> go.Figure:
    """``frame``: ``period, smoothed, rise, entry, exit, low, high``, a row a round in order; a null breaks what it belongs to. ``rise`` is
    the promotion bar, ``exit`` the exit bar, ``entry`` the entry score of the unit's own level; ``low`` and ``high`` an interval."""
    token = tokens(template)
    rows = frame.to_dicts()
    n = len(rows)
    figure = canvas(template, height, margin={"l": 8, "r": 96 if lang == "zh" else 84, "t": 14, "b": 8})
    shapes: list[dict[str, object]] = []
    texts: list[dict[str, object]] = []
    looks = (
        ("rise", token["up"], "solid", translate("升级线", lang)),
        ("entry", token["muted"], "4px,3px", translate("入列分", lang)),
        ("exit", token["down"], "solid", translate("退出线", lang)),
    )
    for i, row in enumerate(rows):
        x0, x1 = i - 0.5, i + 0.5
        if row["rise"] is not None or row["exit"] is not None:
            known = [v for v in (row["rise"], row["exit"]) if v is not None]
            if len(known) == 2:
                band = {"type": "rect", "x0": x0, "x1": x1, "y0": known[1], "y1": known[0]}
                shapes.append(band | {"fillcolor": token["surface"], "line": {"width": 0}, "layer": "below"})
        for name, colour, dash, _ in looks:
            if row[name] is not None:
                line = {"color": colour, "width": 1.6 if dash == "solid" else 1.2, "dash": dash}
                shapes.append({"type": "line", "x0": x0, "x1": x1, "y0": row[name], "y1": row[name], "line": line, "layer": "below"})
        if row["low"] is not None and row["high"] is not None:
            line = {"color": token["interval"], "width": 5}
            shapes.append({"type": "line", "x0": i, "x1": i, "y0": row["low"], "y1": row["high"], "line": line, "layer": "below"})
        if row["smoothed"] is not None:
            last = i == n - 1
            texts.append({
                "x": i, "y": row["smoothed"], "text": fixed(row["smoothed"], 2 if last else 1), "yshift": 15, "xshift": -4,
                "font": {"size": 13 if last else 12, "color": token["accent"] if last else token["ink"]},
                "bgcolor": token["background"], "borderpad": 1,
            })  # fmt: skip
    every = [row[name] for row in rows for name in ("smoothed", "rise", "entry", "exit", "low", "high") if row[name] is not None]
    if rows:
        ends = sorted((rows[-1][name], colour, words) for name, colour, _, words in looks if rows[-1][name] is not None)
        pixel = ((max(every) - min(every)) * 1.24 or 1.0) / (height - 40)
        shifts = apart([y / pixel for y, *_ in ends], 15)
        texts += [
            {
                "x": n - 0.5, "y": y, "xanchor": "left", "xshift": 6, "yshift": shift, "text": f"{words} {fixed(y, 1)}",
                "font": {"size": 12, "color": colour},
            }
            for shift, (y, colour, words) in zip(shifts, ends, strict=True)
        ]  # fmt: skip
    figure.add_scatter(
        x=list(range(n)), y=[row["smoothed"] for row in rows], mode="lines+markers", line={"width": 3, "color": token["accent"]},
        marker={"size": 9, "color": token["accent"]}, hoverinfo="text",
        hovertext=[f"{safe(label)}<br>{safe(row['period'])}: {fixed(row['smoothed'], 2)}" for row in rows],
    )  # fmt: skip
    marked(figure, shapes=shapes, annotations=texts)
    figure.update_yaxes(**axis(every, lang, count=5, room=0.12), title={"text": safe(title)}, showgrid=False)
    figure.update_xaxes(
        tickvals=list(range(n)), ticktext=[safe(row["period"]) for row in rows], range=[-0.5, n - 0.5], showgrid=False, tickangle=0
    )
    return figure
