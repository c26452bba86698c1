"""Targets: how far each that is not met has come, and one target's course through the year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go
import polars as pl

from kcz_metrics.charts.canvas import Template, axis, canvas, fixed, safe, short, tokens, width_of
from kcz_metrics.locales import Language, translate

#: Progress beyond this share of the goal is drawn as reaching it.
_FURTHEST = 1.1


class Range(NamedTuple):
    middle: float
    low: float
    high: float


def target_bars(
    frame: pl.DataFrame, *, gone: float | None = None, template: Template = "kcz_light", lang: Language = "zh", height: int | None = None
) -> go.Figure:
    """A bar a target, its length the share of the goal reached, with the goal as a line at 1; first row on top.

    ``frame``: ``target, label, progress`` (0 to 1 and more), ``state`` (behind in the loss colour, others in teal), ``text`` at the bar's
    end. ``gone`` is the share of the year gone, dashed. A bar's ``customdata`` is its target.
    """
    token = tokens(template)
    labels, progress = frame["label"].to_list(), [min(max(p or 0.0, 0.0), _FURTHEST) for p in frame["progress"].to_list()]
    colours = [token["down"] if state == "behind" else token["tier"][1] for state in frame["state"].to_list()]
    rows = list(range(len(labels)))
    figure = canvas(template, height or 46 + 30 * max(len(labels), 1), bargap=0.4)
    hover = [f"{safe(name)}<br>{safe(text)}" for name, text in zip(labels, frame["text"].to_list(), strict=True)]
    # the track behind a bar opens its target too: a bar of nothing could not be clicked
    for lengths, fill in (([1.0] * len(rows), token["sunken"]), (progress, colours)):
        figure.add_bar(
            y=rows, x=lengths, orientation="h", marker={"color": fill}, customdata=frame["target"].to_list(), hovertext=hover,
            hoverinfo="text",
        )  # fmt: skip
    figure.update_layout(barmode="overlay")
    for row, text, reached in zip(rows, frame["text"].to_list(), progress, strict=True):
        figure.add_annotation(
            x=max(reached, 1.0), y=row, xanchor="left", xshift=8, text=safe(text), font={"color": token["muted"], "size": 12}
        )
    figure.add_shape(type="line", x0=1, x1=1, y0=-0.6, y1=len(rows) - 0.4, line={"color": token["ink"], "width": 1.5})
    figure.add_annotation(x=1, y=-0.6, yanchor="bottom", text=translate("目标值", lang), font={"color": token["ink"], "size": 12})
    if gone is not None and 0 < gone < 1:
        line = {"color": token["interval"], "width": 1.2, "dash": "4px,3px"}
        figure.add_shape(type="line", x0=gone, x1=gone, y0=-0.6, y1=len(rows) - 0.4, line=line)
        words = translate("时间已过 {share}%", lang, share=fixed(gone * 100, 0))
        figure.add_annotation(x=gone, y=-0.6, yanchor="bottom", text=words, font={"color": token["muted"], "size": 12})
    widest = max((width_of(str(text), 12) for text in frame["text"].to_list()), default=0)
    figure.update_xaxes(visible=False, range=[0, _FURTHEST])
    figure.update_yaxes(
        tickvals=rows,
        ticktext=[safe(short(name, 13 if lang == "zh" else 23)) for name in labels],
        range=[len(rows) - 0.4, -1.25],
        showgrid=False,
        tickfont={"size": 13, "color": token["ink"]},
    )
    figure.update_layout(margin={"l": 8, "r": 12 + widest, "t": 4, "b": 4})
    return figure


def target_course(
    frame: pl.DataFrame,
    *,
    goal: float | None,
    upper: float | None = None,
    ahead: Range | None = None,
    before: str = "",
    goal_text: str = "",
    share: bool = False,
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int = 300,
) -> go.Figure:
    """Where a target stood at each month's end. ``frame``: ``month`` (1 to 12), ``value``, ``before`` (the year before; null for none).

    The goal is a line (a band up to ``upper``), last year grey, the forecast of the year's end a bar at December.
    """
    token = tokens(template)
    figure = canvas(template, height)
    months = frame["month"].to_list()
    values: Sequence[float | None] = frame["value"].to_list()
    earlier: Sequence[float | None] = frame["before"].to_list()

    def written(value: float | None) -> str:
        if value is None:
            return "—"
        return f"{fixed(value * 100, 1)}%" if share else fixed(value, 0 if float(value).is_integer() else 1)

    for y, colour, width, name in ((earlier, token["interval"], 1.5, before), (values, token["accent"], 3, "")):
        if all(v is None for v in y):
            continue
        figure.add_scatter(
            x=months,
            y=y,
            mode="lines+markers",
            line={"width": width, "color": colour},
            marker={"size": 7 if width > 2 else 4, "color": colour},
            hovertext=[f"{safe(name)} {month}: {written(v)}".strip() for month, v in zip(months, y, strict=True)],
            hoverinfo="text",
        )
    known = [(m, v) for m, v in zip(months, values, strict=True) if v is not None]
    if known:
        month, value = known[-1]
        figure.add_annotation(
            x=month, y=value, xanchor="left", xshift=9, yshift=9, text=written(value), font={"color": token["accent"], "size": 13}
        )
    ended = [(m, v) for m, v in zip(months, earlier, strict=True) if v is not None]
    if ended and before:
        month, value = ended[-1]
        # beside a forecast, on the side away from it
        shift = -9 if ahead is None else 14 if value > ahead.middle else -14
        figure.add_annotation(
            x=month, y=value, xanchor="left", xshift=12, yshift=shift, text=safe(before), font={"color": token["muted"], "size": 12}
        )
    drawn = [v for v in (*values, *earlier, goal, upper, *(ahead or ())) if v is not None]
    if goal is not None:
        line = {"color": token["ink"], "width": 1.3, "dash": "5px,3px"}
        for at in (goal, upper):
            if at is not None:
                figure.add_shape(type="line", x0=0.6, x1=12.4, y0=at, y1=at, line=line)
        figure.add_annotation(
            x=0.6, y=upper if upper is not None else goal, xanchor="left", yanchor="bottom", text=safe(goal_text),
            font={"color": token["ink"], "size": 12},
        )  # fmt: skip
    if ahead is not None and ahead.high > ahead.low:
        figure.add_shape(type="line", x0=12, x1=12, y0=ahead.low, y1=ahead.high, line={"color": token["interval"], "width": 6})
        figure.add_scatter(
            x=[12], y=[ahead.middle], mode="markers",
            marker={"size": 9, "color": token["background"], "line": {"width": 2, "color": token["ink"]}},
            hovertext=[f"{written(ahead.middle)} ({written(ahead.low)}–{written(ahead.high)})"], hoverinfo="text",
        )  # fmt: skip
        figure.add_annotation(
            x=12, y=ahead.middle, xanchor="left", xshift=12, text=safe(written(ahead.middle)), font={"color": token["muted"], "size": 12}
        )
    right = max((width_of(text, 13) for text in (before, *(written(v) for _, v in known[-1:]))), default=0)
    names = [f"{m}月" for m in months] if lang == "zh" else [str(m) for m in months]
    figure.update_xaxes(tickvals=months, ticktext=names, range=[0.6, 12.4], showgrid=False)
    figure.update_yaxes(**axis([0.0, *drawn], lang, share=share, count=4, room=0.08), rangemode="tozero")
    figure.update_layout(margin={"l": 8, "r": 16 + right, "t": 14, "b": 8})
    return figure
