"""Read a CSV strictly: every row keeps its number and its cells, and a row of another length than the heading is kept apart."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from itertools import islice
from typing import Any

from .asked import Asked
from .blocks import Numbered, copy, numbered
from .cells import Outlet
from .heading import chosen, known_among
from .refusal import Refusal
from .text import encoding_of

SEPARATORS = (",", ";", "\t")
_HEAD = 200_000  # characters within which the heading must end


def read(asked: Asked) -> dict[str, Any]:
    """Write the rows below the heading to ``asked.folder`` and tell what they are."""
    limits = asked.limits
    if asked.path.stat().st_size > limits["csv_bytes"]:
        raise Refusal("file_too_large", size=limits["csv_bytes"] // 1024**2)
    codec = encoding_of(asked.path, asked.encoding)
    # One more than a cell may hold, so that the length is told by the row and not by the reader's own words.
    csv.field_size_limit(limits["cell"])
    with asked.path.open("r", encoding=codec, newline="") as stream:
        separator = asked.separator or _separator(stream.read(_HEAD), asked)
        stream.seek(0)
        first: list[Numbered] = []
        last = 0
        for one in numbered(stream, separator):
            last = one[0]
            if any(cell.strip() for cell in one[1]):
                first.append(one)
            if len(first) > limits["title"]:
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
            copy(stream, separator, outlet, last, limits["cell"])
    return {
        "kind": "csv",
        "encoding": codec.removesuffix("-sig"),
        "separator": separator,
        "heading_row": number,
        "title": [[cell for cell in cells if cell.strip()] for _, cells in first[:at]],
        "headings": headings,
        "rows": outlet.rows,
        "ragged": outlet.bad,
        "blank": outlet.blank + _blanks_between(first, at),
    }


def _blanks_between(first: list[Numbered], at: int) -> int:
    """Blank rows among those that were looked at for the heading, below it."""
    below = first[at:]
    return below[-1][0] - below[0][0] + 1 - len(below)


def _separator(text: str, asked: Asked) -> str:
    """The separator under which a row has the most known headings; of several the one with the most cells."""

    def known(separator: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        rows: list[list[str]] = []
        with suppress(csv.Error):
            rows.extend(islice((cells for cells in reader if any(map(str.strip, cells))), asked.limits["title"] + 1))
        return max(((known_among(cells, asked.known), len(cells)) for cells in rows), default=(0, 0))

    return max(SEPARATORS, key=known)
