"""The rejected rows as a workbook: the cells at fault marked, the rule in words beside them; mended, it is imported again."""

from __future__ import annotations

import io
from datetime import datetime

import polars as pl

from kcz_metrics.locales import Language, T
from kcz_metrics.records.apart.heading import REJECTED
from kcz_metrics.records.headers import is_rejected_file
from kcz_metrics.records.limits import MAX_BOOK_ROWS, MAX_CELL
from kcz_metrics.records.rejecting import heading
from kcz_metrics.records.understanding import Understanding

_LOOK = T("格数与表头不符：核对各格，然后删去这一格")
_WIDTHS = (7, 20, 48)
_WIDTH = 16
#: Not the time of writing: the same rows make the same bytes, by which a workbook that somebody mended is told from one nobody touched.
_ALWAYS = datetime(2000, 1, 1)


def rejected_book(understood: Understanding, rejected: pl.DataFrame, problems: pl.DataFrame, lang: Language) -> bytes | None:
    """A workbook of ``rejected`` (see :func:`rejecting.rejected_frame`); every cell is text, as it came. None: too many rows."""
    if rejected.height > MAX_BOOK_ROWS:
        return None
    import xlsxwriter

    skip = len(REJECTED) if is_rejected_file(understood.headings) else 0
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _ALWAYS})
        head = book.add_format({"bold": True, "bg_color": "#E8EDF3", "bottom": 1})
        text = book.add_format({"num_format": "@"})
        fault = book.add_format({"num_format": "@", "bg_color": "#FBE3D6", "border": 1, "border_color": "#C4552D"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("退回" if lang == "zh" else "Rejected")
        names = [*REJECTED, *(heading(reading) for reading in understood.readings[skip:])]
        for position, name in enumerate(names):
            sheet.write_string(0, position, name, head)
        for position, width in enumerate((*_WIDTHS, *[_WIDTH] * (len(names) - len(_WIDTHS)))):
            sheet.set_column(position, position, width)
        sheet.freeze_panes(1, len(REJECTED))
        at = {reading.column: reading.position - skip for reading in understood.readings if reading.column}
        marks = _marks(problems, at, lang)
        for line, (row, column, rule, cells) in enumerate(rejected.iter_rows(), 1):
            sheet.write_number(line, 0, row)
            if column:
                sheet.write_string(line, 1, column[:MAX_CELL])
            sheet.write_string(line, 2, rule[:MAX_CELL], wrapped)
            if len(cells) != len(names) - len(REJECTED):
                # Filled up by the sheet it would pass as whole; what stands under no heading keeps it out until someone has looked.
                sheet.write_string(line, len(REJECTED) + max(len(cells), len(names) - len(REJECTED)), _LOOK.render(lang), fault)
            marked = marks.get(row, {})
            for position, cell in enumerate(cells):
                place = position + len(REJECTED)
                if position in marked:
                    sheet.write_string(line, place, cell, fault)
                    sheet.write_comment(line, place, marked[position][:1_000], {"x_scale": 2})
                elif cell:
                    sheet.write_string(line, place, cell, text)
    return out.getvalue()


def _marks(problems: pl.DataFrame, at: dict[str, int], lang: Language) -> dict[int, dict[int, str]]:
    """Row to position to what is wrong there."""
    found: dict[int, dict[int, str]] = {}
    for row, columns, said in problems.select("row", "column", lang).iter_rows():
        for name in columns.split(", "):
            if name in at:
                of_row = found.setdefault(row, {})
                of_row[at[name]] = f"{of_row[at[name]]}; {said}" if at[name] in of_row else said
    return found
