"""The rows of a CSV by the block: where a block holds no quotes its lines are its rows, and only the others go to the library's reader,
which is slower by far. Both give the same rows under the same numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from .cells import UNIT, Outlet
from .refusal import Refusal

_CHUNK = 1 << 20  # characters of a block
#: how a line may begin whose first cell has to be looked at
_BLANK = frozenset(chr(code) for code in range(0x3001) if chr(code).isspace())

Numbered = tuple[int, list[str]]


def copy(stream: io.TextIOBase, separator: str, outlet: Outlet, number: int, longest: int) -> None:
    """Give every row of ``stream`` from here to ``outlet``; the first has the number ``number`` + 1. ``longest``: characters that a cell
    may have."""
    blocks = iter(lambda: stream.readlines(_CHUNK), [])
    odd = _BLANK | {UNIT, ""}
    for block in blocks:
        text = "".join(block)
        if '"' in text or max(map(len, block)) > longest:
            for row, cells in numbered(_Lines(block, blocks), separator, number):
                outlet.row(row, cells)
                number = row
            continue
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        lines = text.replace(separator, UNIT).split("\n")
        if not lines[-1]:
            lines.pop()
        number = outlet.lines(number, lines, odd)


def numbered(lines: _Lines | io.TextIOBase, separator: str, number: int = 0) -> Iterator[Numbered]:
    """The rows as the library's reader gives them, numbered from ``number`` + 1."""
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        for cells in reader:
            number += 1
            if isinstance(lines, _Lines):
                lines.between = True
            yield number, cells
    except csv.Error as error:
        if "field larger" in str(error):
            raise Refusal("cell_too_long", row=number + 1) from error
        raise Refusal("quotes", row=number + 1) from error


class _Lines:
    """The lines of a block, and of as many more as its last row takes. ``between``: the reader stands before a row."""

    def __init__(self, block: list[str], blocks: Iterator[list[str]]):
        self._lines, self._blocks = iter(block), blocks
        self.between = True

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._lines, None)
        if line is None:
            more = None if self.between else next(self._blocks, None)
            if more is None:
                raise StopIteration
            self._lines = iter(more)
            line = next(self._lines)
        self.between = False
        return line
