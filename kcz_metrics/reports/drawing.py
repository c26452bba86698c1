"""Native charts: they draw from the cells beside them and stay alive when someone edits the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kcz_metrics.reports.book import COLOUR, FONT, Area, Book
from kcz_metrics.reports.cells import sheet_text
from kcz_metrics.reports.numerals import number_format

#: pixels a bar needs so that its name can be read
BAR_HEIGHT = 20
WIDTH = 690


def bars(
    book: Book,
    area: Area,
    name: int,
    value: int,
    *,
    title: str,
    axis: str,
    decimals: int,
    first: int = 0,
    rows: int | None = None,
    fills: Sequence[str] | None = None,
    floor: float | None = 0,
    width: int = WIDTH,
) -> Any:
    """Horizontal bars of one column, the first row on top, from row ``first`` of the area.

    ``fills`` colours bars one by one; ``floor`` is where the axis begins, None where some bars go below zero.
    """
    count = rows if rows is not None else area.rows
    part = Area(area.sheet, area.top + first, count)
    chart = book.chart({"type": "bar"})
    series: dict[str, Any] = {
        "name": _label(axis),
        "categories": part.column(name),
        "values": part.column(value),
        "fill": {"color": COLOUR["tier"][1]},
        "gap": 45,
        "data_labels": {"value": True, "num_format": number_format("number", decimals), "font": _font(9)},
    }
    if fills is not None:
        series["points"] = [{"fill": {"color": fill}} for fill in fills]
    chart.add_series(series)
    _dress(chart, title, axis, count, legend=False, floor=floor, width=width)
    return chart


def stacked(book: Book, area: Area, name: int, parts: Sequence[tuple[int, str]], *, title: str, axis: str) -> Any:
    """Bars made of parts, a colour a part in the order of the scheme."""
    chart = book.chart({"type": "bar", "subtype": "stacked"})
    for place, (column, label) in enumerate(parts):
        fill = COLOUR["pillar"][place % len(COLOUR["pillar"])]
        chart.add_series(
            {
                "name": _label(label),
                "categories": area.column(name),
                "values": area.column(column),
                "fill": {"color": fill},
                "border": {"color": COLOUR["background"]},
                "gap": 45,
            }
        )
    _dress(chart, title, axis, area.rows, legend=True)
    return chart


def paired(book: Book, area: Area, name: int, columns: Sequence[tuple[int, str, str]], *, title: str, axis: str, decimals: int) -> Any:
    """Two or more bars a row: (column, label, fill)."""
    chart = book.chart({"type": "bar"})
    for column, label, fill in columns:
        chart.add_series(
            {
                "name": _label(label),
                "categories": area.column(name),
                "values": area.column(column),
                "fill": {"color": fill},
                "gap": 60,
                "data_labels": {"value": True, "num_format": number_format("number", decimals), "font": _font(9)},
            }
        )
    _dress(chart, title, axis, area.rows * len(columns), legend=True)
    return chart


def line(book: Book, area: Area, name: int, value: int, *, title: str, axis: str, decimals: int) -> Any:
    """A column over the rows, as a line with its values."""
    chart = book.chart({"type": "line"})
    chart.add_series(
        {
            "name": _label(axis),
            "categories": area.column(name),
            "values": area.column(value),
            "line": {"color": COLOUR["accent"], "width": 2.25},
            "marker": {"type": "circle", "size": 7, "fill": {"color": COLOUR["accent"]}, "border": {"color": COLOUR["background"]}},
            "data_labels": {"value": True, "position": "above", "num_format": number_format("number", decimals), "font": _font(9)},
        }
    )
    chart.set_x_axis({"num_font": _font(9), "line": {"color": COLOUR["line"]}})
    chart.set_y_axis(
        {"num_font": _font(9), "major_gridlines": _grid(), "line": {"none": True}, "name": _label(axis), "name_font": _font(9)}
    )
    _frame(chart, title, legend=False)
    chart.set_size({"width": WIDTH, "height": 240})
    return chart


def height(bars: int) -> int:
    """Pixels of a chart with so many bars, its title, legend and axis included."""
    return 140 + BAR_HEIGHT * bars


def _dress(chart: Any, title: str, axis: str, count: int, *, legend: bool, floor: float | None = 0, width: int = WIDTH) -> None:
    # every name is shown, also where a program would rather leave some out
    chart.set_y_axis(
        {"reverse": True, "interval_unit": 1, "num_font": _font(9, "ink"), "line": {"color": COLOUR["line"]}, "major_tick_mark": "none"}
    )
    # the categories run from the top, so the axis of values moves to the top too unless it is told to cross at the end
    values: dict[str, Any] = {
        "num_font": _font(9),
        "major_gridlines": _grid(),
        "line": {"none": True},
        "label_position": "high",
        "min": floor,  # a bar tells by its length, so it starts at zero
    }
    if axis:
        values |= {"name": _label(axis), "name_font": _font(9)}
    chart.set_x_axis(values)
    _frame(chart, title, legend=legend)
    chart.set_size({"width": width, "height": height(count)})


def _frame(chart: Any, title: str, *, legend: bool) -> None:
    chart.set_title(
        {"name": _label(title), "name_font": {"name": FONT, "size": 12, "bold": True, "color": COLOUR["ink"]}, "overlay": False}
    )
    chart.set_legend({"position": "top", "font": _font(9)} if legend else {"none": True})
    chart.set_chartarea({"border": {"none": True}, "fill": {"color": COLOUR["background"]}})
    chart.set_plotarea({"fill": {"none": True}})


def _label(text: str) -> str:
    """A text for a chart. One such as ``a!B1`` would be taken for a reference to a cell."""
    return sheet_text(text).replace("!", "\N{FULLWIDTH EXCLAMATION MARK}")


def _font(size: int, token: str = "muted") -> dict[str, Any]:
    return {"name": FONT, "size": size, "color": COLOUR[token], "bold": False}


def _grid() -> dict[str, Any]:
    return {"visible": True, "line": {"color": COLOUR["grid"], "width": 0.75}}
