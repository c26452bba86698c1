"""A number opened: the records that make it, counted once more beside it, each record with its columns and where it came from.

Every table and headline of the pages uses this one piece. A number that is open stands in the address (``open``), so that a link
opens it for someone else; nothing is read before. What a page can open is kept for the run, to say how much that is. The dialog
itself is :mod:`kcz_metrics.ui.opened`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics.ui import address, head, number, saying, strangers
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.sources import Behind, Leads, Opening, of_cell, openable, value
from kcz_metrics.ui.table import Column

#: What the page of this run offers: key of the table or headline to its rows and what is behind their columns.
OFFERED = "_openings"
#: Whether a number was opened in this run.
_FOUND = "_opening_found"
_SEPARATOR = "~"


def begin() -> None:
    """A new run offers nothing yet."""
    st.session_state[OFFERED] = {}
    st.session_state[_FOUND] = False
    saying.begin()


def offered() -> dict[str, tuple[Sequence[Mapping[str, Any]], Behind]]:
    found: dict[str, tuple[Sequence[Mapping[str, Any]], Behind]] = st.session_state.setdefault(OFFERED, {})
    return found


def offer(key: str, rows: Sequence[Mapping[str, Any]], behind: Behind) -> None:
    offered()[key] = (rows, behind)


def told(ctx: Context) -> None:
    """How many numbers of the page open, at its foot, nothing where none does; above, what of the address means nothing here."""
    _of_sentences(ctx)
    wanted = address.get("open")
    if wanted and not st.session_state.get(_FOUND):
        strangers.met("open", wanted, "")
        address.put(open=None)
    strangers.tell_again(ctx)
    n = sum(len(openable(row, behind)) for rows, behind in offered().values() for row in rows)
    if n:
        head.paragraph(ctx.tr("带点线的数字都能打开：点按看由哪些记录得出，并当场重数一遍。本页共 {n} 个。", n=number.count(n)), muted=True)


def _of_sentences(ctx: Context) -> None:
    """The numbers of the page's sentences: those said, and the one that is open."""
    found = saying.said()
    if not found:
        return
    if (clicked := saying.asked()) is not None:
        ask(ctx, saying.KEY, f"{saying.ROW}{_SEPARATOR}{clicked}")
    behind: dict[str, Opening] = {name: made for name, (made, _, _) in found.items()}
    offer(saying.KEY, [{"id": saying.ROW} | {name: number for name, (_, number, _) in found.items()}], behind)
    cell = asked(saying.KEY)
    if cell is not None and cell[1] in found:
        made, number, words = found[cell[1]]
        show(ctx, ctx.tr("文中的 {number}", number=words), made, saying.ROW, number, ("%" in words, 1))


def ask(ctx: Context, key: str, cell: str) -> None:
    """The reader clicked a number: it stands in the address from now on, also of a page that stops before its end."""
    address.put(open=f"{key}{_SEPARATOR}{cell}")
    address.write(ctx.place.codes)


def asked(key: str) -> tuple[str, str] | None:
    """Row and column of the number of this table or headline that the address opens."""
    place, _, cell = (address.get("open") or "").partition(_SEPARATOR)
    if place != key or not cell:
        return None
    row, _, column = cell.rpartition(_SEPARATOR)
    return row, column


def closed() -> None:
    address.put(open=None)


def from_table(ctx: Context, key: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], behind: Behind) -> None:
    """Open the cell of a table that the address asks for, if it is one of this table's."""
    cell = asked(key)
    if cell is None or cell[1] not in behind:
        return
    row = next((r for r in rows if r["id"] == cell[0]), None)
    column = next((c for c in columns if cell[1] in (c.key, *c.options.get("ends", ()))), None)
    shown = value(row.get(cell[1])) if row is not None else None
    found = of_cell(behind, cell[1], cell[0])
    if row is None or column is None or shown is None or found is None:
        return
    if isinstance(found, Leads):
        closed()
        page, codes = found.way(cell[0])
        link(page, **codes)
    first = next((_words(row.get(c.key)) for kind in ("name", "tier") for c in columns if c.type == kind), "")
    title = " · ".join(part for part in (first, column.label) if part)
    write = _writer(column.options)
    show(ctx, title, found, cell[0], shown, write)


def from_chart(ctx: Context, key: str, clicked: str | None, steps: pl.DataFrame, behind: Behind, *, share: bool = False) -> None:
    """Open the bar or point of a chart that was clicked, or that the address asks for. ``steps``: ``stage, label, count``, a row a bar;
    ``share``: the counts are shares of one."""
    if clicked in behind:
        ask(ctx, key, f"all{_SEPARATOR}{clicked}")
    named = {str(stage): (str(label), n) for stage, label, n in steps.select("stage", "label", "count").iter_rows()}
    row = {"id": "all"} | {stage: n for stage, (_, n) in named.items()}
    offer(key, [row], behind)
    options = {"share": True, "decimals": 1} if share else {"decimals": 0}
    columns = [Column(stage, label, "number", options=options) for stage, (label, _) in named.items()]
    from_table(ctx, key, columns, [row], behind)


def _words(cell: object) -> str:
    return str(cell.get("t", "")) if isinstance(cell, Mapping) else str(cell or "")


def _writer(options: Mapping[str, Any]) -> tuple[bool, int]:
    """Whether a number is written as a share, and with how many decimals at least."""
    return bool(options.get("share")), int(options.get("decimals", 2))


def show(ctx: Context, title: str, opening: Opening, row: str, shown: float, write: tuple[bool, int] = (False, 0)) -> None:
    """A dialog over the page."""
    from kcz_metrics.ui import opened

    st.session_state[_FOUND] = True
    st.dialog(title, width="large", on_dismiss=closed)(opened.inside)(ctx, opening, row, shown, write)
