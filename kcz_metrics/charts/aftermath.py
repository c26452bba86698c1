"""What comes after an event, day by day; and two counts side by side, a pair of bars a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
import polars as pl

from kcz_metrics.charts.canvas import Template, axis_number, canvas, fixed, halves, nice_ticks, safe, short, tokens, width_of
from kcz_metrics.locales import Language, translate

_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def curves(
    frame: pl.DataFrame,
    *,
    labels: Mapping[str, str],
    first: str,
    marks: Sequence[int] = (),
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int = 340,
) -> go.Figure:
    """Cumulative numbers by day, a line a group, named with its last value at the right end; ``first`` in the quantity colour.

    ``frame``: ``group, day, per_event, n`` in order of day; ``labels``: the groups to draw in order; ``marks``: days with a tick.
    """
    token = tokens(template)
    names = [group for group in labels if group in set(frame["group"])]
    lines = {group: frame.filter(pl.col("group") == group).sort("day") for group in names}
    ends = {group: float(rows["per_event"][-1]) for group, rows in lines.items() if rows.height}
    last = max((int(rows["day"].max() or 0) for rows in lines.values()), default=0)  # type: ignore[arg-type]
    texts = {group: f"{short(labels[group], 9)} {fixed(ends[group], 1)}" for group in ends}
    figure = canvas(template, height, margin={"l": 8, "r": 12 + max((width_of(t) for t in texts.values()), default=60), "t": 10, "b": 8})
    others = [group for group in names if group != first]
    for group in [*others, first] if first in lines else others:
        rows = lines[group]
        told = [
            f"<b>{safe(labels[group])}</b><br>" + safe(translate("第 {day} 天：每场 {n} 项", lang, day=day, n=fixed(value, 2)))
            for day, value in rows.select("day", "per_event").iter_rows()
        ]
        figure.add_scatter(
            x=rows["day"].to_list(),
            y=rows["per_event"].to_list(),
            mode="lines",
            line={
                "width": 3 if group == first else 1.6,
                "color": token["tier"][1] if group == first else token["interval"],
                "dash": "solid" if group == first else _DASHES[others.index(group) % len(_DASHES)],
            },
            hovertext=told,
            hoverinfo="text",
        )
    top = max(ends.values(), default=1.0) or 1.0
    pixel = top * 1.08 / max(height - 50, 1)
    floor = -1e9
    for group, value in sorted(ends.items(), key=lambda end: end[1]):
        placed = max(value / pixel, floor)
        floor = placed + 15
        figure.add_annotation(
            x=last,
            y=value,
            xanchor="left",
            xshift=6,
            yshift=placed - value / pixel,
            text=safe(texts[group]),
            font={"size": 12, "color": token["ink"] if group == first else token["muted"]},
        )
    at = nice_ticks(0, top * 1.05, 5)
    figure.update_yaxes(range=[0, top * 1.08], tickvals=at, ticktext=[axis_number(v, lang) for v in at])
    ticks = [0, *(day for day in marks if day <= last)]
    words = [translate("{n} 天", lang, n=day) if day else "0" for day in ticks]
    figure.update_xaxes(showgrid=False, range=[0, max(last, 1)], tickvals=ticks, ticktext=words)
    return figure


def pairs(
    frame: pl.DataFrame,
    *,
    names: tuple[str, str],
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int | None = None,
) -> go.Figure:
    """Two counts a row, one bar below the other: the first in the quantity colour, the second grey; each with its number.

    ``frame``: ``label, first, second`` from the top; ``names``: of the two, in the hover.
    """
    token = tokens(template)
    rows = frame.select("label", "first", "second").rows()
    figure = canvas(
        template, height or 30 + 58 * len(rows), barmode="group", bargap=0.34, bargroupgap=0.12, margin={"l": 8, "r": 8, "t": 2, "b": 2}
    )
    for column, name, colour in ((1, names[0], token["tier"][1]), (2, names[1], token["interval"])):
        counts = [row[column] for row in rows]
        figure.add_bar(
            y=list(range(len(rows))),
            x=counts,
            orientation="h",
            marker={"color": colour},
            text=[fixed(value, 0) for value in counts],
            textposition="outside",
            textfont={"size": 12, "color": token["ink"]},
            cliponaxis=False,
            constraintext="none",
            hovertext=[f"<b>{safe(row[0])}</b><br>{safe(name)} {fixed(row[column], 0)}" for row in rows],
            hoverinfo="text",
        )
    most = max((value for row in rows for value in row[1:]), default=0) or 1
    figure.update_xaxes(visible=False, range=[0, most * 1.14])
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[halves(short(row[0], 18), lang, 6) for row in rows],
        range=[len(rows) - 0.5, -0.5],
        showgrid=False,
        tickfont={"size": 13, "color": token["ink"]},
    )
    return figure
