"""Where a value stands among its peers: a strip of dots, a histogram, size against score."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from statistics import median as middle

import plotly.graph_objects as go
import polars as pl

from kcz_metrics.charts.canvas import Template, axis, axis_number, canvas, fixed, log_ticks, safe, short, tokens
from kcz_metrics.locales import Language, translate

Writer = Callable[[float], str]


def strip(
    frame: pl.DataFrame,
    *,
    focus: str | None = None,
    write: Writer = fixed,
    share: bool = False,
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int = 130,
) -> go.Figure:
    """A dot a unit along the value, the unit in question in the accent with its name, a line at the median.

    ``frame``: ``unit, label, value`` (null left out). Dots are spread upwards and downwards only so as not to cover one another; the spread
    carries no meaning and depends on the values alone. A point's ``customdata`` is its unit.
    """
    token = tokens(template)
    known = frame.filter(pl.col("value").is_not_null()).sort("value", "unit")
    figure = canvas(template, height)
    figure.update_yaxes(visible=False, range=[-1.15, 1.6])
    if known.is_empty():
        figure.update_xaxes(visible=False)
        return figure
    values = known["value"].to_list()
    spread = _swarm(values)
    mine = [u == focus for u in known["unit"].to_list()]
    hover = [f"{safe(name)}<br>{safe(write(v))}" for name, v in known.select("label", "value").iter_rows()]
    for chosen in (False, True):
        keep = [i for i, m in enumerate(mine) if m is chosen]
        figure.add_scatter(
            x=[values[i] for i in keep],
            y=[0.0 if chosen else spread[i] for i in keep],
            mode="markers",
            customdata=[known["unit"][i] for i in keep],
            marker={"size": 12 if chosen else 9, "color": token["accent"] if chosen else token["interval"]},
            hovertext=[hover[i] for i in keep],
            hoverinfo="text",
            unselected={"marker": {"opacity": 1}},
        )
    centre = middle(values)
    figure.add_shape(type="line", x0=centre, x1=centre, y0=-1.05, y1=1.0, line={"color": token["ink"], "width": 1.2}, layer="below")
    for i, m in enumerate(mine):
        if m:
            side = "left" if values[i] <= (values[0] + values[-1]) / 2 else "right"
            figure.add_annotation(
                x=values[i],
                y=1.05,
                yanchor="bottom",
                xanchor=side,
                font={"color": token["accent"], "size": 13},
                text=safe(f"{short(known['label'][i])} {write(values[i])}"),
            )
    figure.update_xaxes(**axis(values, lang, share=share), showgrid=False)
    return figure


def _swarm(values: list[float]) -> list[float]:
    """Heights in −1..1 so that neighbours along the value do not cover one another; the same values give the same heights."""
    low, high = values[0], values[-1]
    reach = (high - low) / 46 or 1.0
    levels = [0.0, 0.42, -0.42, 0.84, -0.84, 0.21, -0.21, 0.63, -0.63]
    last = dict.fromkeys(levels, -math.inf)
    heights = []
    for value in values:
        level = next((x for x in levels if value - last[x] >= reach), min(levels, key=lambda x: last[x]))
        last[level] = value
        heights.append(level)
    return heights


def histogram(
    frame: pl.DataFrame,
    *,
    focus: str | None = None,
    write: Writer = fixed,
    share: bool = False,
    bins: int = 16,
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int = 220,
) -> go.Figure:
    """Units by value in equal steps; the step of the unit in question in the accent, a dashed line at the median.

    ``frame``: ``unit, label, value``. Each bar's ``customdata`` is its lower and upper edge.
    """
    token = tokens(template)
    known = frame.filter(pl.col("value").is_not_null())
    figure = canvas(template, height, bargap=0.06, margin={"l": 8, "r": 8, "t": 22, "b": 8})
    if known.is_empty():
        return figure
    values = known["value"].to_list()
    low, high = min(values), max(values)
    step = (high - low) / bins or 1.0
    place = [min(int((v - low) / step), bins - 1) for v in values]
    counts = [place.count(i) for i in range(bins)]
    marked = {place[i] for i, u in enumerate(known["unit"].to_list()) if u == focus}
    edges = [(low + i * step, low + (i + 1) * step) for i in range(bins)]
    figure.add_bar(
        x=[(a + b) / 2 for a, b in edges],
        y=counts,
        width=[step * 0.94] * bins,
        customdata=edges,
        marker={"color": [token["accent"] if i in marked else token["interval"] for i in range(bins)]},
        hovertext=[
            f"{safe(write(a))}–{safe(write(b))}<br>{safe(translate('{n} 个', lang, n=c))}" for (a, b), c in zip(edges, counts, strict=True)
        ],
        hoverinfo="text",
    )
    centre = middle(values)
    figure.add_vline(x=centre, line={"color": token["ink"], "width": 1.2, "dash": "3px,3px"})
    figure.add_annotation(x=centre, y=1, yref="paper", yanchor="bottom", text=safe(translate("中位 {value}", lang, value=write(centre))))
    figure.update_xaxes(**axis([low, high], lang, share=share), showgrid=False)
    top = max(counts)
    whole = list(range(0, top + 1, max(1, math.ceil(top / 4))))
    figure.update_yaxes(
        tickvals=whole, ticktext=[str(t) for t in whole], range=[0, top * 1.08], title={"text": safe(translate("个数", lang))}
    )
    return figure


def size_against_score(
    frame: pl.DataFrame,
    *,
    size_title: str,
    score_title: str = "",
    focus: Collection[str] = (),
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int = 320,
) -> go.Figure:
    """Size (log) against score, median dashed. ``frame``: ``unit, label, size, score``; sizes not above zero have no place on a log axis
    and are left out. ``focus``: the units named, two at most. A point's ``customdata`` is its unit."""
    token = tokens(template)
    known = frame.filter((pl.col("size") > 0) & pl.col("score").is_not_null()).sort("unit")
    figure = canvas(template, height, margin={"l": 8, "r": 12, "t": 18, "b": 8})
    if known.is_empty():
        return figure
    sizes, scores = [float(s) for s in known["size"].to_list()], known["score"].to_list()
    named = [u in set(focus) for u in known["unit"].to_list()]
    for chosen in (False, True):
        keep = [i for i, m in enumerate(named) if m is chosen]
        figure.add_scatter(
            x=[sizes[i] for i in keep],
            y=[scores[i] for i in keep],
            mode="markers",
            customdata=[known["unit"][i] for i in keep],
            marker={"size": 10, "color": token["accent"] if chosen else token["interval"]},
            hovertext=[
                f"<b>{safe(known['label'][i])}</b><br>{safe(score_title or translate('得分', lang))} {fixed(scores[i])}<br>"
                f"{safe(size_title)} {fixed(sizes[i], 0)}"
                for i in keep
            ],
            hoverinfo="text",
            unselected={"marker": {"opacity": 1}},
        )
    figure.add_hline(y=middle(scores), line={"color": token["muted"], "width": 1.2, "dash": "4px,3px"}, layer="below")
    low, high = math.log10(min(sizes)), math.log10(max(sizes))
    room = max((high - low) * 0.08, 0.06)
    for i in [i for i, m in enumerate(named) if m][:2]:
        late = math.log10(sizes[i]) > low + 0.6 * (high - low)
        early = math.log10(sizes[i]) < low + 0.3 * (high - low)
        figure.add_annotation(
            x=math.log10(sizes[i]),
            y=scores[i],
            yshift=14,
            text=safe(short(known["label"][i], 9)),
            xanchor="right" if late else "left" if early else "center",
            xshift=6 if late else -6 if early else 0,
            font={"color": token["accent"], "size": 12},
            bgcolor=token["background"],
            borderpad=1,
        )
    at = log_ticks(10 ** (low - room), 10 ** (high + room))
    figure.update_xaxes(
        type="log",
        range=[low - room, high + room],
        tickvals=at,
        ticktext=[axis_number(v, lang) for v in at],
        showgrid=False,
        title={"text": safe(size_title)},
    )
    figure.update_yaxes(**axis(scores, lang, count=6), title={"text": safe(score_title or translate("得分", lang))})
    return figure
