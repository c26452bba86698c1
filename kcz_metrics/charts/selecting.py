"""Where a selection cuts: scores with their intervals, in and out, and the quota that keeps each one out as a word."""

from __future__ import annotations

from collections.abc import Collection

import plotly.graph_objects as go
import polars as pl

from kcz_metrics.charts.canvas import Template, axis, canvas, fixed, marked, safe, short, tokens
from kcz_metrics.locales import Language, translate

#: Characters of a quota's word and of a name; pixels of a row, and of what stands above and below the rows.
WORD, ROW, AROUND = 12, 17, 74
NAME = {"zh": 13, "en": 19}


def selection_dots(
    frame: pl.DataFrame,
    *,
    cut: int,
    cut_words: str,
    together: tuple[int, int, str] | None = None,
    focus: Collection[str] = (),
    template: Template = "kcz_light",
    lang: Language = "zh",
) -> go.Figure:
    """A row a unit that may be chosen, by place, with a dot at its score; as high as it has rows.

    ``frame``: ``unit, label, score, low, high`` (null where unknown), ``selected``, ``word`` (what keeps it out, or in; null for none) and
    ``told`` (the hover), best first. Chosen dots are filled, others hollow. ``cut``: the seats, a dashed line after as many by score alone,
    with ``cut_words``; ``together``: first and last place that cannot be told apart, and words. ``customdata`` is the unit.
    """
    token, n = tokens(template), frame.height
    figure = canvas(template, AROUND + ROW * max(n, 1), margin={"l": 8, "r": 8, "t": 8, "b": 8})
    if not n:
        return figure
    places = list(range(1, n + 1))
    scores, low, high = frame["score"].to_list(), frame["low"].to_list(), frame["high"].to_list()
    tops = [max(v for v in (score, top) if v is not None) for score, top in zip(scores, high, strict=True)]
    extent = axis([*scores, *(v for v in (*low, *high) if v is not None)], lang, room=0.06)
    first, last = extent["range"]
    last += (last - first) * 0.2  # words stand to the right of the intervals
    shapes = [
        {"type": "line", "y0": y, "y1": y, "x0": left, "x1": right, "line": {"color": token["interval"], "width": 3}, "layer": "below"}
        for y, left, right in zip(places, low, high, strict=True)
        if left is not None and right is not None
    ]
    words = []
    if together:
        top, bottom, said = together
        band = {"y0": top - 0.5, "y1": bottom + 0.5, "x0": 0, "x1": 1, "xref": "paper", "fillcolor": token["watch_tint"]}
        shapes.insert(0, {"type": "rect", "layer": "below", "line": {"width": 0}, **band})
        words.append({"x": 0, "xref": "paper", "y": bottom, "text": safe(said), "xanchor": "left", "yanchor": "middle", "xshift": 4,
                      "font": {"color": token["watch_text"]}})  # fmt: skip
    if 0 < cut < n:
        shapes.append({"type": "line", "y0": cut + 0.5, "y1": cut + 0.5, "x0": 0, "x1": 1, "xref": "paper", "layer": "below",
                       "line": {"color": token["tier_line"][2], "width": 1.5, "dash": "3px,3px"}})  # fmt: skip
        words.append({"x": 1, "xref": "paper", "y": cut + 0.5, "text": safe(cut_words), "xanchor": "right", "yanchor": "bottom",
                      "font": {"color": token["muted"]}})  # fmt: skip
    inside = frame["selected"].to_list()
    figure.add_scatter(
        x=scores, y=places, mode="markers", customdata=frame["unit"].to_list(), hovertext=[safe(text) for text in frame["told"]],
        hoverinfo="text", unselected={"marker": {"opacity": 1}},
        marker={
            "size": 10, "color": [token["tier"][1] if chosen else token["background"] for chosen in inside],
            "line": {"width": 1.8, "color": [token["tier_line"][1] if chosen else token["muted"] for chosen in inside]},
        },
    )  # fmt: skip
    for place, right, word, chosen in zip(places, tops, frame["word"], inside, strict=True):
        if word:
            colour = token["tier_line"][1] if chosen else token["down"]
            words.append({"y": place, "x": right, "xshift": 6, "text": safe(short(word, WORD)), "xanchor": "left", "yanchor": "middle",
                          "font": {"color": colour, "size": 12}})  # fmt: skip
    marked(figure, shapes=shapes, annotations=words)
    named = []
    for place, unit, label in zip(places, frame["unit"], frame["label"], strict=True):
        text = f"{safe(short(label, NAME[lang]))}  {fixed(place, 0)}"
        named.append(f'<b style="color:{token["accent"]}">{text}</b>' if unit in focus else text)
    figure.update_yaxes(tickvals=places, ticktext=named, showgrid=False, range=[n + 0.7, 0.3], ticks="")
    figure.update_xaxes(**{**extent, "range": [first, last]}, showgrid=True, title={"text": safe(translate("得分", lang))})
    return figure
