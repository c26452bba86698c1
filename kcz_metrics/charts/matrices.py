"""Tables of colour: how indicators go together, where data is missing, one organisation across several rankings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
import polars as pl

from kcz_metrics.charts.canvas import Template, canvas, fixed, halves, marked, safe, short, tokens
from kcz_metrics.locales import Language, translate

PRESENT = ("ok", "zero")


def correlation(
    frame: pl.DataFrame,
    *,
    order: Sequence[str],
    labels: Mapping[str, str],
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int | None = None,
    clicks: bool = False,
) -> go.Figure:
    """Correlations −1 to 1 with the number in the cell. ``frame``: ``row, column, value``; the pairs of ``order`` not in it stay blank.

    With ``clicks`` each pair has a point over its cell, with ``row|column`` as its ``customdata``.
    """
    token = tokens(template)
    cell = {(r, c): v for r, c, v in frame.select("row", "column", "value").iter_rows()}
    z = [[cell.get((r, c)) for c in order] for r in order]
    figure = canvas(template, height or 60 + 30 * len(order))
    figure.add_heatmap(
        z=z,
        zmin=-1,
        zmax=1,
        colorscale=[[i / 8, colour] for i, colour in enumerate(token["diverging"])],
        showscale=False,
        xgap=2,
        ygap=2,
        hovertext=[[f"{safe(labels.get(r, r))} × {safe(labels.get(c, c))}<br>{fixed(cell.get((r, c)))}" for c in order] for r in order],
        hoverinfo="text",
    )
    figures = []
    for i, r in enumerate(order):
        for j, c in enumerate(order):
            value = cell.get((r, c))
            if value is not None and i != j:
                dark = abs(value) > 0.62
                colour = (
                    (token["background"] if dark else token["ink"])
                    if template == "kcz_light"
                    else (token["sequence_text"][5] if dark else token["ink"])
                )
                figures.append({"x": j, "y": i, "text": fixed(value, 1), "font": {"size": 11, "color": colour}})
    marked(figure, annotations=figures)
    if clicks:
        pairs = [(i, j) for i, r in enumerate(order) for j, c in enumerate(order) if i != j and cell.get((r, c)) is not None]
        figure.add_scatter(
            x=[j for _, j in pairs],
            y=[i for i, _ in pairs],
            mode="markers",
            customdata=[f"{order[i]}|{order[j]}" for i, j in pairs],
            marker={"symbol": "square", "size": 24, "opacity": 0},
            hovertext=[f"{safe(labels.get(order[i], order[i]))} × {safe(labels.get(order[j], order[j]))}<br>"
                       f"{fixed(cell[order[i], order[j]])}" for i, j in pairs],
            hoverinfo="text",
            selected={"marker": {"opacity": 0}},
            unselected={"marker": {"opacity": 0}},
        )  # fmt: skip
    _sides(figure, [safe(short(labels.get(r, r), 12)) for r in order], [safe(c) for c in order])
    return figure


def coverage(
    frame: pl.DataFrame,
    *,
    labels: Mapping[str, str],
    template: Template = "kcz_light",
    lang: Language = "zh",
    height: int | None = None,
) -> go.Figure:
    """Unit × indicator: there, imputed (hatched), missing (white with a dot), not applicable (sunken). Units with least data first.

    ``frame``: ``unit, label, indicator, status`` where status is one of the engine's, or ``imputed``. A cell's ``customdata``:
    unit, indicator.
    """
    token = tokens(template)
    indicators = frame["indicator"].unique(maintain_order=True).to_list()
    share = frame.group_by("unit", "label").agg(pl.col("status").is_in([*PRESENT, "imputed"]).mean().alias("share")).sort("share", "unit")
    units = share["unit"].to_list()
    row = {u: i for i, u in enumerate(units)}
    column = {c: j for j, c in enumerate(indicators)}
    names = dict(share.select("unit", "label").iter_rows())
    kinds = (
        ("present", (*PRESENT,), token["tier"][1], "square", translate("有值", lang)),
        ("imputed", ("imputed",), token["tier"][2], "square-cross", translate("估补", lang)),
        ("missing", ("missing", "insufficient", "not_reported"), token["missing"], "circle", translate("缺失", lang)),
        ("not_applicable", ("not_applicable",), token["sunken"], "square", translate("不适用", lang)),
    )
    figure = canvas(template, height or 70 + 12 * len(units))
    for kind, statuses, colour, symbol, words in kinds:
        rows = frame.filter(pl.col("status").is_in(statuses))
        if rows.is_empty():
            continue
        cells = list(rows.select("unit", "indicator").iter_rows())
        figure.add_scatter(
            name=kind,
            x=[column[i] for _, i in cells],
            y=[row[u] for u, _ in cells],
            mode="markers",
            customdata=[list(c) for c in cells],
            marker={"symbol": symbol, "size": 4 if kind == "missing" else 9, "color": colour, "line": {"width": 0}},
            hovertext=[f"{safe(names[u])}<br>{safe(labels.get(i, i))}: {safe(words)}" for u, i in cells],
            hoverinfo="text",
            unselected={"marker": {"opacity": 1}},
        )
    _sides(figure, [safe(short(names[u], 10)) for u in units], [halves(c, lang, 6) for c in indicators])
    figure.update_yaxes(tickfont={"size": 10 if len(units) > 30 else 12})
    return figure


def rank_strip(
    frame: pl.DataFrame, *, template: Template = "kcz_light", lang: Language = "zh", height: int | None = None, focus: str | None = None
) -> go.Figure:
    """The same organisations in several rankings. ``frame``: ``unit, label, board, board_label, rank, of`` (rank null: not ranked there).

    Colour goes by the place within the ranking (rank − 1) / (of − 1), the best darkest; the rank stands in the cell. Rows and boards
    keep their order.
    """
    token = tokens(template)
    units = frame["unit"].unique(maintain_order=True).to_list()
    boards = frame["board"].unique(maintain_order=True).to_list()
    names = dict(frame.select("unit", "label").iter_rows())
    titles = dict(frame.select("board", "board_label").iter_rows())
    cell = {(u, b): (rank, of) for u, b, rank, of in frame.select("unit", "board", "rank", "of").iter_rows()}
    figure = canvas(template, height or 34 + 28 * len(units), margin={"l": 8, "r": 8, "t": 8, "b": 8})
    boxes, figures = [], []
    for i, unit in enumerate(units):
        for j, board in enumerate(boards):
            rank, of = cell.get((unit, board), (None, None))
            step = None if rank is None else 5 - min(5, int(6 * (rank - 1) / max(of - 1, 1)))
            fill = token["background"] if step is None else token["sequence"][step]
            place = {"x0": j - 0.48, "x1": j + 0.48, "y0": i - 0.44, "y1": i + 0.44}
            boxes.append({"type": "rect", "layer": "below", "fillcolor": fill, "line": {"width": 1, "color": token["line"]}, **place})
            colour = token["missing"] if step is None else token["sequence_text"][step]
            text = "—" if rank is None else f"{int(rank)}"
            figures.append({"x": j, "y": i, "text": text, "font": {"size": 12, "color": colour}})
    marked(figure, shapes=boxes, annotations=figures)
    figure.add_scatter(
        x=[j for _ in units for j in range(len(boards))],
        y=[i for i in range(len(units)) for _ in boards],
        mode="markers",
        customdata=[u for u in units for _ in boards],
        marker={"symbol": "square", "size": 26, "opacity": 0},
        hoverinfo="text",
        hovertext=[_told(names[u], titles[b], *cell.get((u, b), (None, None)), lang) for u in units for b in boards],
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
    )
    _sides(
        figure,
        [f"<b>{safe(short(names[u], 17))}</b>" if u == focus else safe(short(names[u], 17)) for u in units],
        [halves(titles[b], lang, 6) for b in boards],
    )
    figure.update_xaxes(side="top")
    return figure


def _told(name: str, board: str, rank: float | None, of: float | None, lang: Language) -> str:
    place = translate("不参与排名", lang) if rank is None else translate("第 {rank} 名，共 {of} 家", lang, rank=int(rank), of=int(of or 0))
    return f"<b>{safe(name)}</b><br>{safe(board)}<br>{safe(place)}"


def _sides(figure: go.Figure, rows: list[str], columns: list[str]) -> None:
    figure.update_xaxes(tickvals=list(range(len(columns))), ticktext=columns, showgrid=False, range=[-0.6, len(columns) - 0.4], tickangle=0)
    figure.update_yaxes(tickvals=list(range(len(rows))), ticktext=rows, showgrid=False, range=[len(rows) - 0.5, -0.5])
