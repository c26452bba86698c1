"""Read a CSV strictly: every row keeps its number and its cells, and a row of another length than the heading is kept apart."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from .asked import Asked
from .blocks import Numbered, copy, numbered
from .cells import Outlet
from .heading import asked_within, chosen, enough, known_among, titles
from .refusal import Refusal
from .sheet import CONTROL
from .text import CONTROL_SIGN, encoding_of

SEPARATORS = (",", ";", "\t")
_HEAD = 200_000  # characters within which the heading must end
_MOST_MARKS = 200_000  # as in a workbook

Mark = tuple[int, int, str]


def read(asked: Asked) -> dict[str, Any]:
    """Write the rows below the heading to ``asked.folder`` and tell what they are."""
    limits = asked.limits
    if asked.path.stat().st_size > limits["csv_bytes"]:
        raise Refusal("file_too_large", size=limits["csv_bytes"] // 1024**2)
    asked_within(asked.heading_row, limits["heading"])
    codec, has_controls = encoding_of(asked.path, asked.encoding)
    # One more than a cell may hold, so that the length is told by the row and not by the reader's own words.
    csv.field_size_limit(limits["cell"])
    with asked.path.open("r", encoding=codec, newline="") as stream:
        separator = asked.separator or _separator(stream.read(_head(asked)), asked)
        stream.seek(0)
        first: list[Numbered] = []
        last = 0
        marks: list[Mark] = []
        rows = numbered(stream, separator)
        for one in _marked(rows, marks) if has_controls else rows:
            last = one[0]
            if any(cell.strip() for cell in one[1]):
                first.append(one)
            if first and enough(first, asked.heading_row, limits["title"]):
                break
            if last > limits["lines"]:
                raise Refusal("too_many_rows", n=limits["csv_rows"])
        at = chosen(first, asked.known, asked.heading_row)
        number, headings = first[at]
        if len(headings) > limits["columns"]:
            raise Refusal("too_many_columns", n=limits["columns"], found=len(headings))
        with Outlet(asked.folder, headings, limits["csv_rows"], limits["lines"], limits["written"]) as outlet:
            for row, cells in first[at + 1 :]:
                outlet.row(row, cells)
            if has_controls:  # row by row, for no cell may hold what parts cells on their way out
                for row, cells in _marked(numbered(stream, separator, last), marks):
                    outlet.row(row, cells)
            else:
                copy(stream, separator, outlet, last, limits["cell"])
    return {
        "kind": "csv",
        "encoding": codec.removesuffix("-sig"),
        "separator": separator,
        "heading_row": number,
        "title": titles(first[:at], limits["title"]),
        "headings": headings,
        "marks": [mark for mark in marks if mark[0] > number],
        "rows": outlet.rows,
        "ragged": outlet.bad,
        "blank": outlet.blank + _blanks_between(first, at),
    }


def _marked(rows: Iterable[Numbered], marks: list[Mark]) -> Iterator[Numbered]:
    """The rows with a sign in the place of every control character, each such cell (row, position) noted in ``marks``."""
    for row, cells in rows:
        for at, cell in enumerate(cells):
            if CONTROL_SIGN.search(cell):
                if len(marks) >= _MOST_MARKS:
                    raise Refusal("control_character", line=row)
                marks.append((row, at, CONTROL))
                cells[at] = CONTROL_SIGN.sub("\N{REPLACEMENT CHARACTER}", cell)
        yield row, cells


def _blanks_between(first: list[Numbered], at: int) -> int:
    """Blank rows among those that were looked at for the heading, below it."""
    below = first[at:]
    return below[-1][0] - below[0][0] + 1 - len(below)


def _head(asked: Asked) -> int:
    """Characters that are looked at for the separator: more where the heading is said to stand further down."""
    return _HEAD * (1 + (asked.heading_row or 0) // asked.limits["title"])


def _separator(text: str, asked: Asked) -> str:
    """The separator under which a row has the most known headings; of several the one with the most cells."""

    def known(separator: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        rows: list[list[str]] = []
        most = max(asked.limits["title"], asked.heading_row or 0) + 1
        with suppress(csv.Error):
            rows.extend(islice((cells for cells in reader if any(map(str.strip, cells))), most))
        return max(((known_among(cells, asked.known), len(cells)) for cells in rows), default=(0, 0))

    return max(SEPARATORS, key=known)
