"""A workbook in memory in the project's look: one heading, one kind of table, ready to print on A4."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kcz_metrics.reports.cells import sheet_name, sheet_text
from kcz_metrics.reports.numerals import number_format
from kcz_metrics.theme import TOKENS

COLOUR = TOKENS["light"]
#: on every Windows and Mac Excel that shows Chinese; LibreOffice falls back to a Noto face
FONT = "Microsoft YaHei"
PAPER_A4 = 9
#: characters across a landscape page that can still be read
READABLE = 230

Kind = Literal["text", "number", "integer", "share", "move"]
#: what a cell may hold; null is shown as a dash
Cell = str | int | float | bool | None


class _Whole(float):
    """A number that is written with all its digits; XlsxWriter formats to sixteen, which some doubles need seventeen of."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet's table. ``unit`` stands under the title; ``decimals`` is for showing only, the cell keeps the whole number.

    ``move`` holds places gained (positive) or lost and is shown as ▲3, ▼2, –.
    """

    title: str
    kind: Kind = "text"
    unit: str = ""
    decimals: int = 2
    width: float | None = None
    strong: bool = False
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells, whether it is set back or picked out, and chip colours (fill, text, line) by column."""

    cells: Sequence[Cell]
    faint: bool = False
    picked: bool = False
    chips: Mapping[int, tuple[str, str, str]] | None = None
    indent: int = 0
    #: columns in which this row's number is of another kind than the column: (kind, decimals)
    kinds: Mapping[int, tuple[Kind, int]] | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """Where a table lies: the first row of its body, which begins in the first column, and how many rows it has."""

    sheet: Worksheet
    top: int
    rows: int

    def column(self, place: int) -> list[Any]:
        """The cells of a column as XlsxWriter takes them for a chart's series."""
        return [self.sheet.get_name(), self.top, place, self.top + self.rows - 1, place]


class Book:
    """Sheets are added in order; :meth:`close` gives the file's bytes. No text becomes a formula or a link."""

    def __init__(self, *, title: str, basis: str, notice: str | None, created_at: datetime) -> None:
        self._buffer = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": False,
            },
        )
        self._book.formats[0].set_font_name(FONT)
        self._book.formats[0].set_font_size(10)
        self._book.set_properties({"title": sheet_text(title), "comments": sheet_text(basis), "created": created_at.replace(tzinfo=None)})
        self._taken: set[str] = set()
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._basis, self._notice = basis, notice

    def style(self, **properties: Any) -> Format:
        """A cell format; the same properties give the same format."""
        whole = {"font_name": FONT, "font_size": 10, "font_color": COLOUR["ink"], "valign": "vcenter", **properties}
        key = tuple(sorted(whole.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(whole)
        return self._formats[key]

    def sheet(self, name: str, title: str, *, caption: str = "", landscape: bool = True) -> tuple[Worksheet, int]:
        """Add a worksheet headed by title, basis line, the invented-data line where there is one, and a caption.

        Returns it with the first free row.
        """
        sheet = self._book.add_worksheet(sheet_name(name, self._taken))
        sheet.hide_gridlines(2)
        sheet.set_paper(PAPER_A4)
        if landscape:
            sheet.set_landscape()
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        # an upright sheet is one picture and stays on one page; a long table takes as many as it needs
        sheet.fit_to_pages(1, 0 if landscape else 1)
        sheet.set_footer("&L&8" + _footer(self._notice or "") + "&C&8&P / &N&R&8&A")
        lines: list[tuple[str, dict[str, Any], float]] = [(title, {"bold": True, "font_size": 15}, 26)]
        lines.append((self._basis, {"font_size": 9, "font_color": COLOUR["muted"]}, 16))
        if self._notice:
            lines.append((self._notice, {"font_size": 9, "font_color": COLOUR["watch_text"], "bold": True}, 16))
        if caption:
            lines.append((caption, {"font_size": 9, "font_color": COLOUR["muted"]}, 16))
        for row, (text, properties, height) in enumerate(lines):
            sheet.set_row(row, height)
            sheet.write_string(row, 0, sheet_text(text), self.style(**properties))
        sheet.repeat_rows(0, len(lines) - 1)  # printed again on every page
        return sheet, len(lines)

    def text(self, sheet: Worksheet, row: int, column: int, text: str, **properties: Any) -> None:
        sheet.write_string(row, column, sheet_text(text), self.style(**properties))

    def paragraph(self, sheet: Worksheet, row: int, text: str, columns: int, room: float, **properties: Any) -> None:
        """A text over the first ``columns`` columns, ``room`` characters wide together, on as many lines as it needs."""
        lines = max(1, math.ceil(width(text) / room))
        size = properties.get("font_size", 10)
        sheet.set_row(row, 6 + 1.5 * size * lines)
        sheet.merge_range(row, 0, row, columns - 1, "", self.style(**properties, text_wrap=True))
        sheet.write_string(row, 0, sheet_text(text), self.style(**properties, text_wrap=True))

    def table(
        self,
        sheet: Worksheet,
        top: int,
        columns: Sequence[Column],
        rows: Sequence[Row],
        *,
        main: bool = True,
        frozen: int = 0,
        indented: int | None = None,
    ) -> Area:
        """Write a table whose header is row ``top``.

        The ``main`` table of a sheet sets column widths, freezes its header (and ``frozen`` columns), filters, and repeats
        everything above its body on each printed page.
        """
        units = any(c.unit for c in columns)
        sheet.set_row(top, 18 + 14 * max(_lines(c) for c in columns) if units or any(c.wrap for c in columns) else 22)
        total = 0.0
        for offset, column in enumerate(columns):
            self._header(sheet, top, offset, column, main)
            if main:
                wide = column.width or _fit(column, [r.cells[offset] for r in rows])
                total += wide
                sheet.set_column(offset, offset, wide)
        topmost = "top" if any(c.wrap for c in columns) else "vcenter"
        for number, row in enumerate(rows, top + 1):
            tall = max((_wrapped(c, v) for c, v in zip(columns, row.cells, strict=True) if c.wrap), default=1)
            if tall > 1:
                sheet.set_row(number, 4 + 14 * tall)
            for offset, column in enumerate(columns):
                self._cell(sheet, number, offset, column, row, offset, indented, topmost)
        if main:
            sheet.freeze_panes(top + 1, frozen)
            sheet.repeat_rows(0, top)
            across = math.ceil(total / READABLE)
            if across > 1:  # rather several pages side by side than print too small to read
                sheet.fit_to_pages(across, 0)
                if frozen:
                    sheet.repeat_columns(0, frozen - 1)
            if rows:
                sheet.autofilter(top, 0, top + len(rows), len(columns) - 1)
        self._moves(sheet, top, columns, len(rows))
        return Area(sheet, top + 1, len(rows))

    def _header(self, sheet: Worksheet, row: int, place: int, column: Column, filtered: bool) -> None:
        align = "left" if column.kind == "text" else "center" if column.kind == "move" else "right"
        title = sheet_text(column.title + (f"\n{column.unit}" if column.unit else ""))
        properties = {"bold": True, "font_size": 9, "font_color": COLOUR["muted"], "bottom": 2, "bottom_color": COLOUR["ink"]}
        # a step to the right as in the cells; on the right, room for the button of the filter
        properties["indent"] = 1 if align == "left" and place else 2 if align == "right" and filtered else 0
        sheet.write_string(row, place, title, self.style(**properties, align=align, text_wrap=True, valign="bottom"))

    def _cell(
        self, sheet: Worksheet, row: int, place: int, column: Column, content: Row, offset: int, indented: int | None, valign: str
    ) -> None:
        value = content.cells[offset]
        properties: dict[str, Any] = {"bottom": 1, "bottom_color": COLOUR["grid"], "valign": valign}
        if content.faint:
            properties["font_color"] = COLOUR["faint"]
        if column.strong and not content.faint:
            properties["bold"] = True
        if content.picked:
            properties |= {"bg_color": COLOUR["accent_tint"], "font_color": COLOUR["accent"]}
        if column.wrap:
            properties["text_wrap"] = True
        # a step to the right, so that a text does not touch the number before it
        properties["indent"] = (1 if column.kind == "text" and offset else 0) + (content.indent if offset == indented else 0)
        if content.chips and offset in content.chips:
            fill, ink, line = content.chips[offset]
            properties |= {"bg_color": fill, "font_color": ink, "border": 1, "border_color": line, "align": "center"}
        if isinstance(value, bool):
            value = str(value).lower()
        if isinstance(value, (int, float)) and math.isfinite(value):
            properties |= {"align": "center" if column.kind == "move" else "right", "indent": 0}
            kind, decimals = (content.kinds or {}).get(offset, (column.kind, column.decimals))
            sheet.write_number(row, place, _Whole(value), self.style(**properties, num_format=number_format(kind, decimals)))
            return
        if not isinstance(value, str):
            value = "—" if column.kind != "text" else ""
        if column.kind != "text":  # a dash or a word where a number would stand
            properties |= {"align": "center" if column.kind == "move" else "right", "font_color": COLOUR["missing"], "indent": 0}
        sheet.write_string(row, place, sheet_text(value), self.style(**properties))

    def _moves(self, sheet: Worksheet, top: int, columns: Sequence[Column], rows: int) -> None:
        for offset, column in enumerate(columns):
            if column.kind == "move" and rows:
                for criterion, token in ((">", "up"), ("<", "down"), ("=", "still")):
                    shown = self._book.add_format({"font_color": COLOUR[token]})
                    rule = {"type": "cell", "criteria": criterion, "value": 0, "format": shown}
                    sheet.conditional_format(top + 1, offset, top + rows, offset, rule)

    def chart(self, options: Mapping[str, Any]) -> Any:
        return self._book.add_chart(dict(options))

    def close(self) -> bytes:
        self._book.close()
        return self._buffer.getvalue()


def _footer(text: str) -> str:
    """``&`` starts a code in a footer, and a footer holds 255 characters."""
    return text.replace("&", "&&")[:150]


def width(text: str) -> int:
    """Places a text takes: a Chinese character two, any other one."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _fit(column: Column, cells: Sequence[Cell]) -> float:
    """A width that shows the header on at most two lines and nearly all cells whole."""
    header = max([width(column.title) / 2 + 1 if width(column.title) > 12 else width(column.title), width(column.unit)])
    if column.kind == "text":
        body = max((width(c) for c in cells if isinstance(c, str)), default=0)
    else:
        numbers = [abs(c) for c in cells if isinstance(c, (int, float)) and not isinstance(c, bool)]
        words = max((width(c) for c in cells if isinstance(c, str)), default=0)
        body = max(len(f"{max(numbers, default=0) * (100 if column.kind == 'share' else 1):,.0f}") + column.decimals + 2, words)
    return float(min(max(header + 4, body * 1.05 + 2, 7), 62))


def _wrapped(column: Column, cell: Cell) -> int:
    """Lines a text takes in a column of fixed width; programs other than Excel do not find the height themselves."""
    if not isinstance(cell, str) or column.width is None:
        return 1
    room = max(column.width - 3, 1)
    return min(sum(max(1, math.ceil(width(line) / room)) for line in cell.split("\n")), 25)


def _lines(column: Column) -> int:
    room = column.width or 1e9
    title = math.ceil(width(column.title) / max(room - 2, 1)) if column.width else 1 + (width(column.title) > 12)
    return max(title, 1) - 1 + bool(column.unit)
