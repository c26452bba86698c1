"""The cells of a file on their way out: a text file whose separators no cell can hold, since control characters never pass."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from .refusal import Refusal

UNIT, END = "\x1f", "\x1e"
WHOLE, RAGGED = "whole", "ragged"
_CHUNK = 20_000
_FULL = 8_000_000  # characters after which rows are written however few they are


class Outlet:
    """Rows of the heading's width go to one file, the others to a second; both begin with the row's number. Counts as it goes."""

    def __init__(self, folder: Path, headings: Sequence[str], most_rows: int, most_lines: int, room: int):
        self._room, self._given, self._written = room, 0, 0
        self._whole = (folder / WHOLE).open("w", encoding="utf-8", newline="")
        self._ragged = (folder / RAGGED).open("w", encoding="utf-8", newline="")
        self._width, self._most_rows, self._most_lines = len(headings), most_rows, most_lines
        # Separators behind the last heading say nothing: the rows need not have them.
        self._least = max((i for i, heading in enumerate(headings, 1) if heading.strip()), default=len(headings))
        self._lines: list[str] = []
        self.rows = self.bad = self.blank = 0

    def row(self, number: int, cells: list[str]) -> None:
        width = self._width
        if len(cells) == width and cells[0].strip():  # nearly every row
            self._keep(number, cells)
        elif not any(cell.strip() for cell in cells):
            self.blank += 1
        else:
            if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                cells = cells[:width]  # separators at the end of a line hold nothing
            elif self._least <= len(cells) < width:
                cells = cells + [""] * (width - len(cells))
            if len(cells) == width:
                self._keep(number, cells)
            else:
                self._given += self._ragged.write(f"{number}{UNIT}{UNIT.join(cells)}{END}")
                self.bad += 1
        if self.rows + self.bad > self._most_rows or number > self._most_lines:
            raise Refusal("too_many_rows", n=self._most_rows)
        if len(self._lines) >= _CHUNK or self._given - self._written > _FULL:
            self._flush()

    def lines(self, number: int, lines: Sequence[str], odd: frozenset[str]) -> int:
        """Rows after the row ``number``, their cells parted as here already; ``odd``: how a line may begin that is to be looked at. Returns
        the number of the last."""
        parts, kept, given = self._width - 1, self._lines, 0
        before = len(kept)
        for line in lines:
            number += 1
            if line.count(UNIT) == parts and line[:1] not in odd:
                kept.append(f"{number}{UNIT}{line}")
                given += len(line)
            else:
                self.rows, before = self.rows + len(kept) - before, len(kept)
                self.row(number, line.split(UNIT) if line else [])
                kept = self._lines
                before = len(kept)
        self.rows += len(kept) - before
        self._given += given
        if self.rows + self.bad > self._most_rows or number > self._most_lines:
            raise Refusal("too_many_rows", n=self._most_rows)
        self._flush()
        return number

    def _keep(self, number: int, cells: list[str]) -> None:
        line = f"{number}{UNIT}{UNIT.join(cells)}"
        self._lines.append(line)
        self._given += len(line)
        self.rows += 1

    def _flush(self) -> None:
        self._written = self._given
        if self._given > self._room:  # one long text that many cells share
            raise Refusal("unpacks_too_large", size=self._room // 1024**2)
        if self._lines:
            self._lines.append("")
            self._whole.write(END.join(self._lines))
            self._lines.clear()

    def __enter__(self) -> Outlet:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self._flush()
        self._whole.close()
        self._ragged.close()
