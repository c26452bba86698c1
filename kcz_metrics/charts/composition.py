"""What a number is made of: contributions step by step, records from reported to counted, weights, stages one below another."""

from __future__ import annotations

import math
from itertools import pairwise

import plotly.graph_objects as go
import polars as pl

from kcz_metrics.charts.canvas import MINUS, Template, axis_number, canvas, fixed, halves, nice_ticks, safe, short, signed, stacked, tokens
from kcz_metrics.locales import Language, translate

#: A step below this shows as zero at two decimals: it goes with the rest.
VISIBLE = 0.005


def largest_steps(frame: pl.DataFrame, *, gains: int = 6, losses: int = 2, lang: Language = "zh") -> pl.DataFrame:
    """``label, difference`` of the waterfall's steps: the largest gains, the rest as one, then the largest losses.
    Only what shows at two decimals is a step of its own.

    ``frame``: ``label, difference`` of all parts (null counts as 0). Sums are kept: the steps add up to what the parts add up to.
    """
    parts = frame.select("label", pl.col("difference").fill_null(0.0)).sort("difference", descending=True)
    best = parts.filter(pl.col("difference") >= VISIBLE).head(gains)
    worst = parts.filter(pl.col("difference") <= -VISIBLE).tail(losses)
    rest = parts.slice(best.height, parts.height - best.height - worst.height)
    if rest.height == 1 and rest["difference"][0] != 0:
        between = rest
    elif rest.height:
        words = translate("其余 {n} 项", lang, n=rest.height)
        between = pl.DataFrame({"label": [words], "difference": [math.fsum(rest["difference"].to_list())]}, schema=parts.schema)
    else:
        between = parts.clear()
    return pl.concat([best, between, worst])


def waterfall(
    steps: pl.DataFrame,
    *,
    start: tuple[str, float],
    end: tuple[str, float],
    title: str = "",
    decimals: int = 2,
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int = 420,
) -> go.Figure:
    """From one score to another by steps. ``steps``: ``label, difference`` in order; ``start`` and ``end``: name and score.

    The axis may be cut; then its title says where it starts. Whether the steps add up is for the caller to check (:func:`adds_up`).
    """
    token = tokens(template)
    levels = [start[1]]
    for difference in steps["difference"].to_list():
        levels.append(levels[-1] + difference)
    floor = _cut(min([*levels, end[1]]), max([*levels, end[1]]))
    labels = [start[0], *steps["label"].to_list(), end[0]]
    figure = canvas(template, height, bargap=0.25, margin={"l": 8, "r": 8, "t": 22, "b": 8})
    figure.add_waterfall(
        x=list(range(len(labels))),
        measure=["absolute", *["relative"] * steps.height, "absolute"],
        y=[start[1] - floor, *steps["difference"].to_list(), end[1] - floor],
        base=floor,
        text=[fixed(start[1], decimals), *(signed(d, decimals) for d in steps["difference"].to_list()), fixed(end[1], decimals)],
        textposition="outside",
        textfont={"size": 12, "color": token["ink"]},
        constraintext="none",
        cliponaxis=False,
        hovertext=[
            f"{safe(label)}<br>{text}"
            for label, text in zip(
                labels,
                [fixed(start[1], decimals), *(signed(d, decimals) for d in steps["difference"].to_list()), fixed(end[1], decimals)],
                strict=True,
            )
        ],
        hoverinfo="text",
        increasing={"marker": {"color": token["up"]}},
        decreasing={"marker": {"color": token["down"]}},
        totals={"marker": {"color": token["faint"]}},
        connector={"line": {"color": token["line"], "width": 1}},
    )
    top = max([*levels, end[1]])
    at = nice_ticks(floor, top + (top - floor) * 0.08, 8)
    cut = translate("（纵轴自 {floor} 起）", lang, floor=axis_number(floor, lang)) if floor else ""
    figure.update_yaxes(
        tickvals=at,
        ticktext=[axis_number(v, lang) for v in at],
        range=[floor, top + (top - floor) * 0.1],
        title={"text": safe((title or translate("得分", lang)) + cut)},
    )
    figure.update_xaxes(tickvals=list(range(len(labels))), ticktext=[_below(x, lang) for x in labels], showgrid=False, tickangle=0)
    return figure


def _below(label: str, lang: Language) -> str:
    """A label as wide as its bar."""
    return stacked(label, 4, 3) if lang == "zh" else stacked(label, 5.5, 4)


def _cut(low: float, high: float) -> float:
    """Where the axis starts: 0, unless the whole picture lies far above it."""
    if low <= 0 or (high - low) > 0.6 * high:
        return min(0.0, low)
    spread = max(high - low, 1e-9)
    step = next(s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1e3, 1e4, 1e6, 1e9) if s >= spread / 8)
    return max(0.0, math.floor((low - 0.12 * spread) / step) * step)


def adds_up(start: float, differences: list[float], end: float, *, tolerance: float = 5e-9) -> float:
    """What is left between the sum of the parts and the whole; 0.0 where it is rounding error (relative to the largest number in it)."""
    gap = math.fsum([start, *differences, -end])
    return 0.0 if abs(gap) <= tolerance * max(1.0, abs(start), abs(end), *(abs(d) for d in differences)) else gap


def counting(
    steps: pl.DataFrame,
    *,
    unit_label: str = "",
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int = 300,
    decimals: int = 0,
) -> go.Figure:
    """From reported to counted. ``steps``: ``label, value, kind`` with kind ``total`` (a level reached), ``step`` (what is left out, < 0)
    or ``answer`` (the last level, in the accent)."""
    token = tokens(template)
    figure = canvas(template, height, bargap=0.2, margin={"l": 8, "r": 8, "t": 22, "b": 8})
    level = 0.0
    highest = max([abs(v) for v in steps["value"].to_list()], default=1.0) or 1.0
    for place, (label, value, kind) in enumerate(steps.select("label", "value", "kind").iter_rows()):
        base, size = (0.0, value) if kind != "step" else (level + min(value, 0.0), abs(value))
        level = value if kind != "step" else level + value
        colour = {"total": token["faint"], "answer": token["accent"], "step": token["interval"]}[kind]
        text = f"{MINUS}{fixed(abs(value), decimals)}" if kind == "step" and value < 0 else fixed(value, decimals)
        figure.add_bar(
            x=[place],
            y=[size],
            base=[base],
            marker={"color": colour},
            hovertext=[f"{safe(label)}<br>{text}"],
            hoverinfo="text",
            customdata=[place],
        )
        below = kind == "step" and base > highest * 0.1  # else the labels of the axis stand there
        figure.add_annotation(
            x=place, y=base if below else base + size, yshift=-11 if below else 11, text=text, font={"color": token["ink"], "size": 12}
        )
    at = [v for v in nice_ticks(0, highest * 1.05, 4) if decimals or float(v).is_integer()]
    figure.update_yaxes(
        tickvals=at, ticktext=[axis_number(v, lang) for v in at], range=[-highest * 0.02, highest * 1.12], title={"text": safe(unit_label)}
    )
    figure.update_xaxes(
        tickvals=list(range(steps.height)), ticktext=[halves(x, lang, 6) for x in steps["label"].to_list()], showgrid=False, tickangle=0
    )
    return figure


def weight_bars(frame: pl.DataFrame, *, template: Template = "kcz_light", height: int | None = None) -> go.Figure:
    """Shares of the pillars, a bar a row. ``frame``: ``row, node, label, share`` (0–1), rows and nodes in the order they come.

    Pillar colours go by the order of the nodes; a share of 6% and more carries its number.
    """
    token = tokens(template)
    rows = frame["row"].unique(maintain_order=True).to_list()
    nodes = frame["node"].unique(maintain_order=True).to_list()
    figure = canvas(template, height or 30 + 34 * len(rows), barmode="stack", bargap=0.3)
    for i, node in enumerate(nodes):
        part = {r: (s, x) for r, n, s, x in frame.select("row", "node", "share", "label").iter_rows() if n == node}
        shares = [part.get(r, (0.0, ""))[0] or 0.0 for r in rows]
        name = next((x for _, x in part.values()), node)
        figure.add_bar(
            y=list(range(len(rows))),
            x=shares,
            orientation="h",
            marker={"color": token["pillar"][i % 5], "line": {"width": 1, "color": token["background"]}},
            text=[f"{fixed(100 * s, 0)}%" if s >= 0.06 else "" for s in shares],
            textposition="inside",
            insidetextanchor="middle",
            constraintext="none",
            textfont={"color": token["pillar_text"][i % 5], "size": 12},
            hovertext=[f"{safe(name)} {fixed(100 * s, 1)}%" for s in shares],
            hoverinfo="text",
        )
    figure.update_xaxes(visible=False, range=[0, 1])
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[safe(r) for r in rows],
        range=[len(rows) - 0.5, -0.5],
        showgrid=False,
        tickfont={"size": 13, "color": token["ink"]},
    )
    return figure


def funnel_bars(frame: pl.DataFrame, *, template: Template = "kcz_light", lang: Language = "zh", height: int | None = None) -> go.Figure:
    """One bar a stage, the count and its share of the stage before; the stage with the largest loss in the loss colour.

    ``frame``: ``label, count`` in the order of the stages, and ``stage`` where a bar tells which it is as its ``customdata``.
    """
    token = tokens(template)
    labels, counts = frame["label"].to_list(), [int(c or 0) for c in frame["count"].to_list()]
    shares = [None, *(now / before if before else None for before, now in pairwise(counts))]
    known = [(s, i) for i, s in enumerate(shares) if s is not None and s < 1]
    worst = min(known)[1] if known else None
    figure = canvas(template, height or 24 + 40 * len(labels), bargap=0.34)
    most = max(counts, default=1) or 1
    texts = [fixed(c, 0) + ("" if s is None else f"   {fixed(100 * s, 0)}%") for c, s in zip(counts, shares, strict=True)]
    figure.add_bar(
        y=list(range(len(labels))),
        x=counts,
        orientation="h",
        marker={"color": [token["down"] if i == worst else token["tier"][1] for i in range(len(labels))]},
        text=texts,
        textposition="outside",
        constraintext="none",
        cliponaxis=False,
        hovertext=[f"{safe(name)}<br>{text}" for name, text in zip(labels, texts, strict=True)],
        hoverinfo="text",
        customdata=frame["stage"].to_list() if "stage" in frame.columns else None,
    )
    figure.update_xaxes(visible=False, range=[0, most * 1.42])
    figure.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=[safe(short(name, 9)) for name in labels],
        range=[len(labels) - 0.5, -0.5],
        showgrid=False,
        tickfont={"size": 13, "color": token["ink"]},
    )
    figure.update_layout(margin={"l": 8 + (0 if lang == "zh" else 4), "r": 8, "t": 4, "b": 4})
    return figure
