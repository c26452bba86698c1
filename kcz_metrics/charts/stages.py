"""Where a cohort is lost, step by step, and how a stock has grown since its baseline."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import polars as pl

from kcz_metrics.charts.canvas import Template, axis_number, canvas, fixed, halves, nice_ticks, safe, short, tokens, width_of
from kcz_metrics.locales import Language, translate


def stage_bars(frame: pl.DataFrame, *, template: Template = "kcz_light", lang: Language = "zh", height: int | None = None) -> go.Figure:
    """One bar a step: count, share of the step before, median days since; the step with the smallest share in the loss colour.

    ``frame``: ``stage, label, count, share, days`` in order; share and days null where there are none. A bar's ``customdata`` is its
    stage.
    """
    token = tokens(template)
    rows = frame.select("stage", "label", "count", "share", "days").rows()
    lost = [(share, number) for number, (*_, share, _) in enumerate(rows) if share is not None and share < 1]
    worst = min(lost)[1] if lost else None
    texts = [_told(count, share, days, lang) for _, _, count, share, days in rows]
    most = max((count for _, _, count, *_ in rows), default=0) or 1
    figure = canvas(template, height or 20 + 52 * len(rows), bargap=0.42, margin={"l": 8, "r": 8, "t": 2, "b": 2})
    figure.add_bar(
        y=list(range(len(rows))),
        x=[count for _, _, count, *_ in rows],
        orientation="h",
        customdata=[stage for stage, *_ in rows],
        marker={"color": [token["down"] if number == worst else token["tier"][1] for number in range(len(rows))]},
        text=texts,
        textposition="outside",
        textfont={"size": 13, "color": token["ink"]},
        constraintext="none",
        cliponaxis=False,
        hovertext=[f"<b>{safe(label)}</b><br>{text}" for (_, label, *_), text in zip(rows, texts, strict=True)],
        hoverinfo="text",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )
    room = max((width_of(text, 13) for text in texts), default=0) / 560
    figure.update_xaxes(visible=False, range=[0, most * (1.06 + min(room, 0.9))])
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[halves(short(label, 12), lang, 6) for _, label, *_ in rows],
        range=[len(rows) - 0.5, -0.5],
        showgrid=False,
        tickfont={"size": 13, "color": token["ink"]},
    )
    return figure


def _told(count: int, share: float | None, days: float | None, lang: Language) -> str:
    said = fixed(count, 0)
    if share is not None:
        said += f"   {fixed(100 * share, 1)}%"
    if days is not None:
        said += "   " + translate("中位 {n} 天", lang, n=fixed(days, 0))
    return said


def growth(
    frame: pl.DataFrame,
    *,
    names: tuple[str, str],
    baseline: float | None = None,
    goal: float | None = None,
    words: tuple[str, str] = ("", ""),
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int = 300,
) -> go.Figure:
    """Month-end stock, what counts in the quantity colour and the raw count in grey beside it, with baseline and goal as dashed lines.

    ``frame``: ``month, valid, raw`` in order of month; ``names``: of what counts and of the raw count; ``words``: of baseline and goal. A
    point carries its month, one of the raw count ``raw.`` before it.
    """
    token = tokens(template)
    months = frame["month"].to_list()
    figure = canvas(template, height, margin={"l": 8, "r": 96, "t": 10, "b": 8})
    drawn = [v for v in (*frame["raw"].to_list(), *frame["valid"].to_list(), baseline, goal) if v is not None]
    for column, prefix, name, colour, width in (
        ("raw", "raw.", names[1], token["interval"], 1.5),
        ("valid", "", names[0], token["tier"][1], 3),
    ):
        values = frame[column].to_list()
        figure.add_scatter(
            x=list(range(len(months))),
            y=values,
            mode="lines+markers",  # a point is clicked at its marker
            line={"width": width, "color": colour},
            marker={"size": width + 3, "color": colour, "line": {"width": 0}},
            customdata=[f"{prefix}{month}" for month in months],
            hovertext=[f"{safe(month)}<br>{safe(name)} {fixed(value, 0)}" for month, value in zip(months, values, strict=True)],
            hoverinfo="text",
        )
        if values and values[-1] is not None:
            figure.add_annotation(
                x=len(months) - 1,
                y=values[-1],
                xanchor="left",
                xshift=6,
                text=safe(f"{name} {axis_number(round(values[-1], -2) if values[-1] >= 10_000 else values[-1], lang)}"),
                font={"size": 12, "color": token["ink"] if column == "valid" else token["muted"]},
            )
    for level, word in ((baseline, words[0]), (goal, words[1])):
        if level is not None:
            figure.add_hline(y=level, line={"width": 1, "dash": "dash", "color": token["faint"]}, layer="below")
            figure.add_annotation(
                xref="paper", x=0, y=level, xanchor="left", yshift=9, text=safe(word), font={"size": 12, "color": token["muted"]}
            )
    top = max(drawn, default=1) or 1
    at = nice_ticks(0, top * 1.05, 5)
    figure.update_yaxes(range=[0, top * 1.1], tickvals=at, ticktext=[axis_number(v, lang) for v in at])
    figure.update_xaxes(showgrid=False, range=[-0.3, max(len(months) - 0.7, 0.3)], **_months(months))
    return figure


def shares_by_month(
    frame: pl.DataFrame,
    *,
    labels: Sequence[tuple[str, str]],
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int = 260,
) -> go.Figure:
    """Shares of one over months, a line a column; the first in the accent, the others grey, each named at its end.

    ``frame``: ``month`` and the columns that ``labels`` names; null breaks the line. A point
    carries its column and month, parted by a point.
    """
    token = tokens(template)
    months = frame["month"].to_list()
    figure = canvas(template, height, margin={"l": 8, "r": 84, "t": 10, "b": 8})
    drawn = []
    for number, (column, label) in enumerate(labels):
        values = frame[column].to_list()
        drawn += [v for v in values if v is not None]
        colour = token["tier"][1] if number == 0 else token["interval"]
        figure.add_scatter(
            x=list(range(len(months))),
            y=values,
            mode="lines+markers",  # a point is clicked at its marker
            marker={"size": 6 if number == 0 else 4, "color": colour, "line": {"width": 0}},
            customdata=[f"{column}.{month}" for month in months],
            line={"width": 3 if number == 0 else 1.5, "color": colour, "dash": "solid" if number < 2 else "dot"},
            hovertext=[
                f"{safe(month)}<br>{safe(label)} {fixed(None if value is None else value * 100, 1)}%"
                for month, value in zip(months, values, strict=True)
            ],
            hoverinfo="text",
        )
    ends = [(column, label, frame[column][-1]) for column, label in labels if frame.height and frame[column][-1] is not None]
    top, low = max(drawn, default=1.0), min(drawn, default=0.0)
    pixel = (top * 1.15 or 1.0) / max(height - 50, 1)
    floor = -1e9
    for column, label, value in sorted(ends, key=lambda end: end[2]):
        placed = max(value / pixel, floor)
        floor = placed + 15
        first = column == labels[0][0]
        figure.add_annotation(
            x=len(months) - 1,
            y=value,
            xanchor="left",
            xshift=6,
            yshift=placed - value / pixel,
            text=safe(f"{label} {fixed(value * 100, 1)}%"),
            font={"size": 12, "color": token["ink"] if first else token["muted"]},
        )
    at = nice_ticks(0, top * 1.1, 4) if low >= 0 else nice_ticks(low, top, 4)
    figure.update_yaxes(range=[0, top * 1.15], tickvals=at, ticktext=[axis_number(v, lang, share=True) for v in at])
    figure.update_xaxes(showgrid=False, range=[-0.3, max(len(months) - 0.7, 0.3)], **_months(months))
    return figure


def _months(months: Sequence[str]) -> dict[str, list[object]]:
    """The first month of each quarter or, over more than two years, of each half."""
    every = 3 if len(months) <= 24 else 6
    at = [i for i, month in enumerate(months) if (int(month[5:7]) - 1) % every == 0]
    return {"tickvals": list(at), "ticktext": [months[i] for i in at]}
