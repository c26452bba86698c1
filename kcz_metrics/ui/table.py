"""The one table of the product: ranking, indicators, moves, boards, records. Rows open by click and by Enter.

A column has a type, and a cell is the plain value of that type or a mapping with more to show:

========== ================================================ ==============================================================
type       cell                                              options of the column
========== ================================================ ==============================================================
text, name str or {t, sub, title, estimated}                ``wrap``, ``quiet`` (text, small and muted)
number     float or {v, t, title, estimated, ends}           ``decimals``, ``share`` (as a percentage), ``strong``, ``ends``
rank       int or None
tier       {t, level} with level 0 the best
shift      {from: {t, level}, to: {t, level}}, without ``to`` it stays
move       int (up is positive), None where there is no before
interval   {at, low, high, level, was, t}                    ``domain`` (low, high), ``ticks``, ``marks`` (labelled)
bar        {parts: [{v, pillar, t}], mark, t, n, ends}       ``domain``, ``ends``; a part may have ``tone`` quantity, up, down, faint
delta      float or {v, t}                                   ``domain`` (largest absolute value), ``decimals``
spark      [float or None]                                   ``down`` where small is good (ranks)
flags      [str or {t, kind, title}]; kind watch, rectify, new or neutral
check      bool or {v, t, n}                                 ``n``, as with bars: the number that opens
========== ================================================ ==============================================================

A row is a mapping of column key to cell with ``id`` and, where wanted, ``_faint``, ``_chosen``, ``_before`` (words of a
separator above it, ``_dashed`` for a seat border), ``_after`` (a seat border below), ``_open`` (columns whose number opens).
``ends`` of a column names the two numbers of a row that a range lies between, which open apart; of a cell, the two in words, one
where they are the same.
Null shows as a dash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from kcz_metrics.ui import number, saying
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.style import variables

if TYPE_CHECKING:
    from kcz_metrics.ui.sources import Behind

Type = Literal["text", "name", "number", "rank", "tier", "shift", "move", "interval", "bar", "delta", "spark", "flags", "check"]


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    type: Type = "text"
    unit: str = ""
    width: int | None = None
    title: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@cache
def _component() -> Any:
    assets = resources.files(__package__).joinpath("assets")
    return st.components.v2.component(
        "kcz_table",
        html='<div class="root"></div>',
        css=assets.joinpath("table.css").read_text(encoding="utf-8"),
        js=assets.joinpath("table.js").read_text(encoding="utf-8"),
    )


def table(
    ctx: Context,
    columns: Sequence[Column],
    rows: Sequence[Mapping[str, Any]],
    key: str,
    *,
    label: str = "",
    opens: bool = True,
    nothing: str = "",
    height: int | None = None,
    behind: Behind | None = None,
) -> str | None:
    """Draw the table; return the id of the row the reader opened in this run, else None.

    ``label`` names the table for screen readers (its heading may do, numbers that open and all), ``nothing`` stands in it when there are
    no rows, ``height`` in pixels makes it scroll in itself. ``behind`` says what the numbers of a column are made of: they open to their
    records by a click.
    """
    if behind:
        from kcz_metrics.ui.sources import openable

        rows = [{**row, "_open": openable(row, behind)} for row in rows]
    data = {
        "columns": [_head(c) for c in columns],
        "rows": [{k: v for k, v in row.items() if k.startswith("_")} | {"id": row["id"]} | _cells(columns, row) for row in rows],
        "tokens": variables(ctx.mode),
        "lang": "zh-CN" if ctx.lang == "zh" else "en",
        "label": saying.plain(label),
        "opens": opens,
        "nothing": nothing or ctx.tr("没有符合条件的记录"),
        "words": {
            "sort": ctx.tr("排序"), "open": ctx.tr("打开"), "none": ctx.tr("无"), "up": ctx.tr("上升"), "down": ctx.tr("下降"),
            "same": ctx.tr("不变"), "fresh": ctx.tr("无上期"), "to": ctx.tr("至"), "rank": ctx.tr("名次"),
        },
        "height": height,
    }  # fmt: skip
    shown = _component()(data=data, key=key, on_open_change=_nothing, on_number_change=_nothing)
    if behind:
        from kcz_metrics.ui import opening

        if shown.get("number") is not None:
            opening.ask(ctx, key, str(shown["number"]))
        opening.offer(key, rows, behind)
        opening.from_table(ctx, key, columns, rows, behind)
    opened = shown.get("open")
    return str(opened) if opened is not None else None


def _nothing() -> None:
    """A trigger value is handed over only where a callback is registered."""


def _head(column: Column) -> dict[str, Any]:
    return {
        "key": column.key, "label": column.label, "type": column.type, "unit": column.unit, "width": column.width, "title": column.title,
        **column.options,
    }  # fmt: skip


def _cells(columns: Sequence[Column], row: Mapping[str, Any]) -> dict[str, Any]:
    return {c.key: _cell(c, row.get(c.key)) for c in columns}


def _cell(column: Column, cell: Any) -> Any:
    """Numbers are written out here, by the same rules as everywhere; the browser only places them."""
    if column.type not in ("number", "delta"):
        return cell
    given = dict(cell) if isinstance(cell, Mapping) else {"v": cell}
    value = given.get("v")
    if value is not None and value != value:
        value = given["v"] = None
    places = column.options.get("decimals", 2)
    if "t" not in given:
        write = number.signed if column.type == "delta" else number.share if column.options.get("share") else number.decimal
        given["t"] = write(value, places)
    if column.type == "delta" and value is not None and not given["t"].strip("0."):
        given["v"] = 0.0  # what shows as zero has no direction
    return given
