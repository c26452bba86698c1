"""Who ranks where, and how that moved: dots by rank, ranks over periods, values over periods."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import polars as pl

from kcz_metrics.charts.canvas import Template, axis, canvas, fixed, safe, short, tokens, width_of
from kcz_metrics.locales import Language, translate

#: Pixels the ranking is wide at least on the screens it is drawn for; a label that would leave it is set flush right.
NARROWEST = 1000


@dataclass(frozen=True, slots=True)
class Seats:
    """A band of the ranking: its name with the seats in words, and the last rank in it."""

    label: str
    last: int


def rank_dots(
    frame: pl.DataFrame,
    *,
    seats: Sequence[Seats] = (),
    together: tuple[int, int, str] | None = None,
    focus: Collection[str] = (),
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int = 260,
) -> go.Figure:
    """Scores by rank, a dot a unit, with interval bars where known.

    ``frame``: ``unit, label, rank, score``, optional ``low, high`` (of the score) and ``tier`` (0 = best; null = plain); rows without rank
    are left out. ``seats``: bands best first, a dashed line after each but the last. ``together``: first rank, last rank and words of the
    stretch that cannot be told apart. ``focus``: units named on the chart. A point's ``customdata`` is its unit.
    """
    token = tokens(template)
    ranked = frame.filter(pl.col("rank").is_not_null() & pl.col("score").is_not_null()).sort("rank", "unit")
    figure = canvas(template, height, margin={"l": 8, "r": 8, "t": 30 if seats else 12, "b": 8})
    if ranked.is_empty():
        return figure
    # Equal ranks stand side by side: the place in the order is the x, the shared rank is what the hover says.
    places = list(range(1, ranked.height + 1))
    scores = ranked["score"].to_list()
    low = ranked["low"].to_list() if "low" in ranked.columns else [None] * ranked.height
    high = ranked["high"].to_list() if "high" in ranked.columns else [None] * ranked.height
    extent = axis([*scores, *(v for v in (*low, *high) if v is not None)], lang, room=0.1)
    if together:
        first, last, words = together
        figure.add_vrect(x0=first - 0.5, x1=last + 0.5, fillcolor=token["watch_tint"], line_width=0, layer="below")
        figure.add_annotation(
            x=first - 0.3, y=0, yref="paper", xanchor="left", yanchor="bottom", text=safe(words), font={"color": token["watch_text"]}
        )
    before = 0
    for band in seats:
        last_shown = min(band.last, ranked.height)
        if last_shown > before:
            middle = (max(before, 0) + 1 + last_shown) / 2
            near = width_of(band.label) / 2 > (ranked.height + 0.7 - middle) * NARROWEST / ranked.height
            figure.add_annotation(
                x=ranked.height + 0.7 if near else middle,
                y=1,
                yref="paper",
                xanchor="right" if near else "center",
                yanchor="bottom",
                text=safe(band.label),
                font={"color": token["muted"]},
            )
        if 0 < band.last < ranked.height:
            figure.add_vline(x=band.last + 0.5, line={"color": token["tier_line"][2], "width": 1.5, "dash": "3px,3px"}, layer="below")
        before = band.last
    line = {"color": token["interval"], "width": 4}
    bars = [
        {"type": "line", "x0": place, "x1": place, "y0": bottom, "y1": top, "line": line, "layer": "below"}
        for place, bottom, top in zip(places, low, high, strict=True)
        if bottom is not None and top is not None
    ]
    # At once: plotly checks every shape again with each one added, which takes seconds for some hundred units.
    figure.update_layout(shapes=[*(shape.to_plotly_json() for shape in figure.layout.shapes), *bars])
    tiers = ranked["tier"].to_list() if "tier" in ranked.columns else [None] * ranked.height
    figure.add_scatter(
        x=places,
        y=scores,
        mode="markers",
        customdata=ranked["unit"].to_list(),
        marker={
            "size": 10,
            "color": [token["tier"][1] if t is None else token["tier"][min(int(t), 3)] for t in tiers],
            "line": {"width": 1.2, "color": [token["tier_line"][1] if t is None else token["tier_line"][min(int(t), 3)] for t in tiers]},
        },
        hovertext=[
            f"<b>{safe(name)}</b><br>" + safe(translate("第 {rank} 名，得分 {score}", lang, rank=fixed(rank, 0), score=fixed(score)))
            for name, rank, score in ranked.select("label", "rank", "score").iter_rows()
        ],
        hoverinfo="text",
        unselected={"marker": {"opacity": 1}},
    )
    for place, (unit, name, score) in zip(places, ranked.select("unit", "label", "score").iter_rows(), strict=True):
        if unit in focus:
            figure.add_annotation(x=place, y=score, yshift=16, text=safe(short(name)), font={"color": token["accent"], "size": 13})
    every = 5 if ranked.height > 12 else 1
    at = [1, *(p for p in places if p % every == 0 and p != 1)]
    figure.update_xaxes(tickvals=at, ticktext=[str(p) for p in at], showgrid=False, range=[0.3, ranked.height + 0.7])
    figure.update_yaxes(**extent, title={"text": safe(translate("得分", lang))})
    return figure


def bump(
    frame: pl.DataFrame,
    *,
    focus: str,
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int = 240,
    periods: Sequence[str] = (),
) -> go.Figure:
    """Ranks over periods, best at the top, names at the right end.

    ``frame``: ``unit, label, period, rank`` (null breaks the line); ``periods`` gives the order and the labels are theirs as they stand.
    """
    figure = _lines(frame.rename({"rank": "y"}), focus, periods, template, height, decimals=0, upside_down=True)
    ranks = [r for r in frame["rank"].to_list() if r is not None]
    if ranks:
        best, worst = min(ranks), max(ranks)
        step = next(s for s in (1, 2, 5, 10, 20, 50, 100) if (worst - best) / s <= 5) if worst - best <= 500 else 200
        at = [r for r in range(int(best), int(worst) + 1) if r % step == 0 or (step > 1 and r == 1)]
        figure.update_yaxes(
            range=[worst + 0.6, best - 0.6], tickvals=at, ticktext=[str(r) for r in at], title={"text": safe(translate("名次", lang))}
        )
    return figure


def trend(
    frame: pl.DataFrame,
    *,
    focus: str,
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int = 240,
    periods: Sequence[str] = (),
    title: str = "",
    share: bool = False,
    decimals: int = 2,
) -> go.Figure:
    """Values over periods. ``frame``: ``unit, label, period, value``; a null breaks the line. ``share``: ratios drawn as percentages."""
    figure = _lines(
        frame.rename({"value": "y"}),
        focus,
        periods,
        template,
        height,
        decimals=decimals,
        write=(lambda v: f"{fixed(v * 100, 1)}%") if share else None,
    )
    figure.update_yaxes(**axis(frame["value"].to_list(), lang, share=share, count=4, room=0.15), title={"text": safe(title)})
    return figure


def _lines(
    frame: pl.DataFrame,
    focus: str,
    periods: Sequence[str],
    template: Template,
    height: int,
    *,
    decimals: int,
    write: Callable[[float], str] | None = None,
    upside_down: bool = False,
) -> go.Figure:
    token = tokens(template)
    order = list(periods) or sorted(frame["period"].unique().to_list())
    position = {p: i for i, p in enumerate(order)}
    figure = canvas(template, height)
    ends: list[tuple[float, str, str, bool]] = []
    groups = sorted(frame.group_by("unit", maintain_order=True), key=lambda pair: pair[0][0] == focus)
    for (unit,), rows in groups:
        mine = unit == focus
        points = {position[p]: y for p, y in rows.select("period", "y").iter_rows() if p in position}
        y: list[float | None] = [points.get(i) for i in range(len(order))]
        name = str(rows["label"][0])
        colour = token["accent"] if mine else token["interval"]
        figure.add_scatter(
            x=list(range(len(order))),
            y=y,
            mode="lines+markers",
            line={"width": 3 if mine else 1.5, "color": colour},
            marker={"size": 8 if mine else 5, "color": colour},
            customdata=[unit] * len(order),
            hovertext=[f"{safe(name)}<br>{safe(p)}: {_number(v, decimals, write)}" for p, v in zip(order, y, strict=True)],
            hoverinfo="text",
        )
        known = [v for v in y if v is not None]
        if known and y[-1] is not None:
            ends.append((known[-1], short(name, 8), _number(known[-1], decimals, write), mine))
    drawn = [v for v in frame["y"].to_list() if v is not None]
    pixel = ((max(drawn) - min(drawn)) or 1.0) / max(height - 50, 1) if drawn else 1.0
    shifts = apart([value / pixel for value, *_ in ends], 15)
    for shift, (value, name, number, mine) in zip(shifts, ends, strict=True):
        figure.add_annotation(
            x=len(order) - 1,
            y=value,
            xanchor="left",
            xshift=10,
            yshift=-shift if upside_down else shift,
            text=safe(f"{name} {number}" if mine else name),
            font={"color": token["accent"] if mine else token["muted"], "size": 13 if mine else 12},
        )
    right = max((width_of(f"{name} {number}" if mine else name, 13) for _, name, number, mine in ends), default=0) + 18
    figure.update_layout(margin={"l": 8, "r": right, "t": 8, "b": 8})
    figure.update_xaxes(
        tickvals=list(range(len(order))),
        ticktext=[safe(p) for p in order],
        showgrid=False,
        range=[-0.3, max(len(order) - 1, 0) + 0.15],
        tickangle=0,
        tickfont={"size": 11 if len(order) > 6 else 12},
    )
    return figure


def apart(heights: list[float], least: float) -> list[float]:
    """How far to move labels at these heights, in pixels, so that neighbours lie at least ``least`` apart."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    moved: dict[int, float] = {}
    floor = -float("inf")
    for i in order:
        moved[i] = max(heights[i], floor)
        floor = moved[i] + least
    lift = sum(moved[i] - heights[i] for i in order) / max(len(order), 1)
    return [moved[i] - heights[i] - (lift if any(moved[j] != heights[j] for j in order) else 0.0) for i in range(len(heights))]


def _number(value: float | None, decimals: int, write: Callable[[float], str] | None) -> str:
    return fixed(value, decimals) if value is None or write is None else write(value)
