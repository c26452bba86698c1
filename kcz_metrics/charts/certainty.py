"""How sure ranks are: an interval a unit in the order of the ranks, and how often one unit has each rank."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import plotly.graph_objects as go
import polars as pl

from kcz_metrics.charts.canvas import Template, canvas, fixed, marked, safe, short, tokens
from kcz_metrics.charts.ranking import Seats
from kcz_metrics.locales import Language, translate

#: Shares from here on are written above their bar.
WRITTEN = 0.06
#: With more ranks than this, only the highest bar and that of the rank itself are written above.
SEVERAL = 9
#: With more units than this, dots and bars are thinner.
CROWDED = 100


def rank_spans(
    frame: pl.DataFrame,
    *,
    seats: Sequence[Seats] = (),
    together: tuple[int, int, str] | None = None,
    focus: Collection[str] = (),
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int = 320,
) -> go.Figure:
    """The interval of each rank, in the order of the ranks as they are.

    ``frame``: ``unit, label, rank, low, high`` (null where a run leaves the unit unranked) and optionally ``tier`` (0 = best). ``seats``,
    ``together`` and ``focus`` as in :func:`rank_dots`. The best rank is at the top; a point's ``customdata`` is its unit.
    """
    token = tokens(template)
    shown = frame.filter(pl.col("rank").is_not_null()).sort("rank", "unit")
    figure = canvas(template, height, margin={"l": 8, "r": 8, "t": 12, "b": 8})
    if shown.is_empty():
        return figure
    n = shown.height
    places = list(range(1, n + 1))
    line = {"color": token["interval"], "width": 2 if n > CROWDED else 4}
    shapes = [
        {"type": "line", "x0": place, "x1": place, "y0": low, "y1": high, "line": line, "layer": "below"}
        for place, low, high in zip(places, shown["low"].to_list(), shown["high"].to_list(), strict=True)
        if low is not None and high is not None and high > low
    ]
    words = []
    if together:
        first, last, said = together
        band = {"x0": first - 0.5, "x1": last + 0.5, "y0": 0, "y1": 1, "yref": "paper", "fillcolor": token["watch_tint"]}
        shapes.insert(0, {"type": "rect", "layer": "below", "line": {"width": 0}, **band})
        at_left = first < n / 2
        words.append(
            {"x": first - 0.3 if at_left else last + 0.3, "y": 0 if at_left else 1, "yref": "paper", "text": safe(said),
             "xanchor": "left" if at_left else "right", "yanchor": "bottom" if at_left else "top", "font": {"color": token["watch_text"]}}
        )  # fmt: skip
    for border in seats:
        if 0 < border.last < n:
            dashed = {"color": token["tier_line"][2], "width": 1.5, "dash": "3px,3px"}
            shapes.append(
                {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": border.last + 0.5, "y1": border.last + 0.5, "line": dashed,
                 "layer": "below"}
            )  # fmt: skip
            words.append(
                {"x": 1, "xref": "paper", "y": border.last + 0.5, "text": safe(border.label), "xanchor": "right", "yanchor": "bottom",
                 "font": {"color": token["muted"]}}
            )  # fmt: skip
    tiers = shown["tier"].to_list() if "tier" in shown.columns else [None] * n
    figure.add_scatter(
        x=places,
        y=shown["rank"].to_list(),
        mode="markers",
        customdata=shown["unit"].to_list(),
        marker={
            "size": 6 if n > CROWDED else 9,
            "color": [token["tier"][1] if t is None else token["tier"][min(int(t), 3)] for t in tiers],
            "line": {"width": 1.2, "color": [token["tier_line"][1] if t is None else token["tier_line"][min(int(t), 3)] for t in tiers]},
        },
        hovertext=[
            _told(name, rank, low, high, lang) for name, rank, low, high in shown.select("label", "rank", "low", "high").iter_rows()
        ],
        hoverinfo="text",
        unselected={"marker": {"opacity": 1}},
    )
    for place, (unit, name, rank, low) in zip(places, shown.select("unit", "label", "rank", "low").iter_rows(), strict=True):
        if unit in focus:
            words.append(
                {"x": place, "y": rank if low is None else low, "yshift": 12, "text": safe(short(name)), "bgcolor": token["background"],
                 "font": {"color": token["accent"], "size": 13}}
            )  # fmt: skip
    marked(figure, shapes=shapes, annotations=words)
    step = next(s for s in (1, 5, 10, 20, 50, 100) if n / s <= 14)
    at = [1, *(p for p in range(step, n + 1, step) if p > 1)]
    figure.update_xaxes(tickvals=at, ticktext=[str(p) for p in at], showgrid=False, range=[0.3, n + 0.7])
    lows = [v for v in (*shown["low"].to_list(), *shown["high"].to_list(), *shown["rank"].to_list()) if v is not None]
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100) if max(lows) / s <= 7)
    at = [1, *(p for p in range(step, int(max(lows)) + 1, step) if p > 1)]
    figure.update_yaxes(tickvals=at, ticktext=[str(p) for p in at], range=[max(lows) + 1, 0], title={"text": safe(translate("名次", lang))})
    return figure


def rank_bars(
    frame: pl.DataFrame,
    *,
    rank: float,
    seats: Sequence[Seats] = (),
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int = 200,
) -> go.Figure:
    """How often a unit has each rank: ``rank, share``. ``rank``: the one it has, in the accent; ``seats``: a dashed line after each level
    that ends among the ranks drawn. Ranks outside what nearly all runs give are left out where they are many."""
    token = tokens(template)
    figure = canvas(template, height, margin={"l": 8, "r": 8, "t": 26, "b": 8})
    if frame.is_empty():
        return figure
    ranks, shares = frame["rank"].to_list(), frame["share"].to_list()
    few = len(ranks) <= SEVERAL

    def written(at: float, share: float) -> bool:
        return share >= WRITTEN if few else at == rank or share == max(shares)

    figure.add_bar(
        x=ranks,
        y=shares,
        width=0.72,
        marker={"color": [token["accent"] if r == rank else token["interval"] for r in ranks], "line": {"width": 0}},
        text=[f"{fixed(100 * s, 0)}%" if written(r, s) else "" for r, s in zip(ranks, shares, strict=True)],
        textposition="outside",
        cliponaxis=False,
        constraintext="none",
        hovertext=[
            safe(translate("第 {rank} 名：{share}", lang, rank=fixed(r, 0 if float(r).is_integer() else 1), share=f"{fixed(100 * s, 1)}%"))
            for r, s in zip(ranks, shares, strict=True)
        ],
        hoverinfo="text",
    )
    low, high = min(*ranks, rank), max(*ranks, rank)
    shapes, words = [], []
    for border in seats:
        at = border.last + 0.5
        if low - 0.5 <= at <= high + 1.5:
            dashed = {"color": token["tier_line"][2], "width": 1.5, "dash": "3px,3px"}
            shapes.append({"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "line": dashed, "layer": "below"})
            words.append(
                {"x": at, "y": 1, "yref": "paper", "text": safe(border.label), "xanchor": "center", "yanchor": "bottom",
                 "font": {"color": token["muted"]}}
            )  # fmt: skip
    marked(figure, shapes=shapes, annotations=words)
    span = int(high - low) + 1
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100) if span / s <= 10)
    at_ranks = sorted({rank, *(p for p in range(int(low), int(high) + 1) if p % step == 0 and abs(p - rank) > 0.6 * step)})
    figure.update_xaxes(
        tickvals=at_ranks, ticktext=[fixed(p, 0 if float(p).is_integer() else 1) for p in at_ranks], showgrid=False,
        range=[low - 1, high + 1.6], title={"text": safe(translate("名次", lang))},
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[0, max(shares) * 1.18])
    return figure


def _told(name: str, rank: float, low: float | None, high: float | None, lang: Language) -> str:
    said = f"<b>{safe(name)}</b><br>" + safe(translate("第 {rank} 名", lang, rank=fixed(rank, 0)))
    if low is None or high is None:
        return said
    return said + "<br>" + safe(translate("90% 区间 {low}–{high}", lang, low=fixed(low, 0), high=fixed(high, 0)))
