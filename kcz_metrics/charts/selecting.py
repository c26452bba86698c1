"""Where a selection cuts: scores with their intervals, in and out, and the quota that keeps each one out as a word."""

from __future__ import annotations

from collections.abc import Collection

import plotly.graph_objects as go
import polars as pl

from kcz_metrics.charts.canvas import Template, axis, canvas, fixed, marked, safe, short, tokens
from kcz_metrics.locales import Language, translate

#: Characters of a quota's word, and units beyond which every second place is numbered only in fives.
WORD, MANY = 6, 12


def selection_dots(
    frame: pl.DataFrame,
    *,
    cut: int,
    cut_words: str,
    together: tuple[int, int, str] | None = None,
    focus: Collection[str] = (),
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int = 360,
) -> go.Figure:
    """A dot a unit that may be chosen, by place.

    ``frame``: ``unit, label, score, low, high`` (null where unknown), ``selected``, ``word`` (what keeps it out, or in; null for none) and
    ``told`` (the hover), best first. Chosen dots are filled, others hollow. ``cut``: the seats, a dashed line after as many by score alone,
    with ``cut_words``; ``together``: first and last place that cannot be told apart, and words. ``customdata`` is the unit.
    """
    token = tokens(template)
    figure = canvas(template, height, margin={"l": 8, "r": 8, "t": 26, "b": 8})
    n = frame.height
    if not n:
        return figure
    places = list(range(1, n + 1))
    scores, low, high = frame["score"].to_list(), frame["low"].to_list(), frame["high"].to_list()
    shapes = [
        {"type": "line", "x0": x, "x1": x, "y0": bottom, "y1": top, "line": {"color": token["interval"], "width": 3}, "layer": "below"}
        for x, bottom, top in zip(places, low, high, strict=True)
        if bottom is not None and top is not None
    ]
    words = []
    if together:
        first, last, said = together
        band = {"x0": first - 0.5, "x1": last + 0.5, "y0": 0, "y1": 1, "yref": "paper", "fillcolor": token["watch_tint"]}
        shapes.insert(0, {"type": "rect", "layer": "below", "line": {"width": 0}, **band})
        words.append({"x": last + 0.4, "y": 0, "yref": "paper", "text": safe(said), "xanchor": "right", "yanchor": "bottom",
                      "font": {"color": token["watch_text"]}})  # fmt: skip
    if 0 < cut < n:
        shapes.append({"type": "line", "x0": cut + 0.5, "x1": cut + 0.5, "y0": 0, "y1": 1, "yref": "paper", "layer": "below",
                       "line": {"color": token["tier_line"][2], "width": 1.5, "dash": "3px,3px"}})  # fmt: skip
        words.append({"x": cut + 0.5, "y": 1, "yref": "paper", "text": safe(cut_words), "xanchor": "center", "yanchor": "bottom",
                      "font": {"color": token["muted"]}})  # fmt: skip
    inside = frame["selected"].to_list()
    figure.add_scatter(
        x=places, y=scores, mode="markers", customdata=frame["unit"].to_list(), hovertext=[safe(text) for text in frame["told"]],
        hoverinfo="text", unselected={"marker": {"opacity": 1}},
        marker={
            "size": 10, "color": [token["tier"][1] if chosen else token["background"] for chosen in inside],
            "line": {"width": 1.8, "color": [token["tier_line"][1] if chosen else token["muted"] for chosen in inside]},
        },
    )  # fmt: skip
    tops = [max(v for v in (score, top) if v is not None) for score, top in zip(scores, high, strict=True)]
    bottoms = [min(v for v in (score, bottom) if v is not None) for score, bottom in zip(scores, low, strict=True)]
    for place, top, unit, name, word, chosen in zip(places, tops, frame["unit"], frame["label"], frame["word"], inside, strict=True):
        if word:
            colour = token["tier_line"][1] if chosen else token["down"]
            words.append({"x": place, "y": top, "yshift": 6, "text": safe(short(word, WORD)), "textangle": -90, "xanchor": "center",
                          "yanchor": "bottom", "font": {"color": colour, "size": 12}})  # fmt: skip
        if unit in focus:
            words.append({"x": place, "y": bottoms[place - 1], "yshift": -11, "text": safe(short(name)),
                          "font": {"color": token["accent"], "size": 13}})  # fmt: skip
    marked(figure, shapes=shapes, annotations=words)
    at = [1, *(p for p in places if p % (5 if n > MANY else 1) == 0 and p != 1)]
    figure.update_xaxes(tickvals=at, ticktext=[fixed(p, 0) for p in at], showgrid=False, range=[0.3, n + 0.7])
    extent = axis([*scores, *(v for v in (*low, *high) if v is not None)], lang, room=0.1)
    bottom, top = extent["range"]
    figure.update_yaxes(**{**extent, "range": [bottom, top + (top - bottom) * 0.16]}, title={"text": safe(translate("得分", lang))})
    return figure
