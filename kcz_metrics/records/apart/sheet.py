"""The rows of a sheet, cell by cell, as the texts that their reader sees, with a mark on every cell that needs a word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .markup import attribute, local
from .numerals import shown
from .refusal import Refusal
from .shapes import Shape
from .strings import Words, unescaped

#: marks on cells
FORMULA, FORMULA_EMPTY, ERROR, CONTROL = "formula", "formula_empty", "cell_error", "control_character"
_LETTERS = re.compile(r"^[A-Z]{1,3}$")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MOST_MARKS = 200_000
_SHOWN_OF_FORMULA = 1_000  # characters
#: cells without text, and elements that say nothing of cells, that a sheet may have
_MOST_EMPTY, _MOST_STRANGE = 50_000_000, 1_000_000
#: what stands around the words of a text: as many as there are texts
_OF_TEXTS = frozenset(("is", "r", "rPr", "b", "i", "u", "sz", "color", "rFont", "family", "charset", "scheme", "vertAlign", "phoneticPr"))
_LAST_COLUMN = 16_384


@dataclass
class Sheet:
    """What is noticed while a sheet is read. ``marks``: row, column (from 0), mark; ``formulas``: cells below the row ``below`` that show
    what a formula gave; ``first_formula``: the row of the first."""

    limits: Mapping[str, int]
    marks: list[tuple[int, int, str]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: int = 0
    merged: list[str] = field(default_factory=list)
    below: int = 0
    formulas: int = 0
    first_formula: int = 0

    def merged_below(self, row: int) -> int:
        """Merged cells below the heading: of each only the first holds the text."""
        return sum(1 for area in self.merged if (found := re.search(r":[A-Z]+([0-9]+)$", area)) and int(found[1]) > row)


class Reader:
    """Handlers of one sheet's markup. Cells without text take no room, wherever they stand."""

    def __init__(self, words: Words, sheet: Sheet):
        self.rows: list[tuple[int, list[str]]] = []
        self.row = 0
        self.width = 0  #: of the widest row so far
        self.shape: Shape | None = None  #: of the last row whose shape is known
        self._words, self._sheet = words, sheet
        self.columns: dict[str, int] = {}
        self._column = 0
        self._cells: list[str] = []
        self._kind = self._style = ""
        self._text: list[str] = []
        self._wanted = False
        self._formula = ""
        self._in_formula = self._has_value = False
        self._phonetic = 0
        self._empty = self._strange = 0

    def start(self, name: str, given: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(given)
        elif name == "v":
            self._wanted = self._has_value = True
        elif name == "row":
            self._start_row(given)
        elif name == "t":
            self._wanted = not self._phonetic
        elif name == "f":
            self._formula = "="
            self._in_formula = True
        elif name == "rPh":
            self._phonetic += 1
        elif name == "col":
            if attribute(given, "hidden") in ("1", "true"):
                self._sheet.hidden_columns += 1
        elif name == "mergeCell":
            self._sheet.merged.append(given.get("ref", ""))
        elif ":" in name:
            self.start(local(name), given)
        elif name not in _OF_TEXTS:
            self._strange += 1
            if self._strange > _MOST_STRANGE:
                raise Refusal("bomb")

    def end(self, name: str) -> None:
        if name == "v" or name == "t":
            self._wanted = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            if self._cells:
                self.rows.append((self.row, self._cells))
        elif name == "f":
            self._in_formula = False
        elif name == "rPh":
            self._phonetic -= 1
        elif ":" in name:
            self.end(local(name))

    def words(self, text: str) -> None:
        if self._wanted:
            self._text.append(text)
        elif self._in_formula:
            self._formula += text[: _SHOWN_OF_FORMULA - len(self._formula)]

    def plain_row(self, row: int, cells: list[str], empty: int) -> None:
        """A row that was read without these handlers."""
        self.row = row
        self.count_empty(empty)
        if cells:
            self.rows.append((row, cells))

    def count_empty(self, more: int) -> None:
        self._empty += more
        if self._empty > _MOST_EMPTY:
            raise Refusal("bomb")

    def column_of(self, letters: str) -> int:
        """The position of a column by its letters."""
        column = self.columns.get(letters)
        if column is None:
            column = self.columns[letters] = _column(letters)
        return column

    def _start_row(self, given: dict[str, str]) -> None:
        number = given.get("r") or attribute(given, "r")
        row = self.row + 1 if number is None else int(number) if number.isascii() and number.isdigit() else 0
        if row <= self.row:
            raise Refusal("rows_out_of_order", row=number)
        if row > self._sheet.limits["lines"]:
            raise Refusal("too_many_rows", n=self._sheet.limits["rows"])
        self.row, self._column, self._cells = row, -1, []
        if given.get("hidden") in ("1", "true"):
            self._sheet.hidden_rows.append(row)

    def _start_cell(self, given: dict[str, str]) -> None:
        where = given.get("r")
        if where is None:
            self._column += 1
        else:
            letters = where.rstrip("0123456789")
            column = self.column_of(letters)
            if column <= self._column or where[len(letters) :] != str(self.row):
                raise Refusal("rows_out_of_order", row=where)
            self._column = column
        self._kind = given.get("t", "n")
        self._style = given.get("s", "")
        self._formula = ""
        self._has_value = False
        self._text.clear()

    def _end_cell(self) -> None:
        if not self._text and not self._formula:
            self.count_empty(1)
            if self._column >= _LAST_COLUMN:
                raise Refusal("bomb")
            return
        text, mark = self._shown("".join(self._text))
        if self._formula and not mark:
            # An empty text that was saved is a value too: =IF(A1="","",A1).
            mark = FORMULA if text or (self._kind == "str" and self._has_value) else FORMULA_EMPTY
        if not text and not mark:
            return
        limits = self._sheet.limits
        if self._column >= limits["columns"]:
            raise Refusal("too_many_columns", n=limits["columns"], found=self._column + 1)
        if len(text) > limits["cell"]:
            raise Refusal("cell_too_long", row=self.row)
        gap = self._column - len(self._cells)
        if gap:
            self._cells.extend([""] * gap)
        if mark == FORMULA:
            self._count_formula()
        elif mark:
            if len(self._sheet.marks) >= _MOST_MARKS:
                raise Refusal("too_many_marks", n=_MOST_MARKS)
            self._sheet.marks.append((self.row, self._column, mark))
            text = text or self._formula  # a formula that has no value is handed back as what it is
        self._cells.append(text)

    def _count_formula(self) -> None:
        if self.row > self._sheet.below:
            self._sheet.first_formula = self._sheet.first_formula or self.row
            self._sheet.formulas += 1

    def _shown(self, raw: str) -> tuple[str, str]:
        """The cell's text, and its mark where it has one."""
        kind = self._kind
        if kind == "n":
            if not raw:
                return "", ""
            kinds = self._words.kinds
            style = kinds[int(self._style)] if self._style.isascii() and self._style.isdigit() and int(self._style) < len(kinds) else ""
            if not style and len(raw) < 15 and raw.isascii() and raw.isdigit():
                return raw, ""
            return self._clean(*shown(raw.strip(), style, self._words.epoch))
        if kind == "s":
            strings = self._words.strings
            place = raw.strip()
            if not (place.isascii() and place.isdigit() and int(place) < len(strings)):
                raise Refusal("string_missing", row=self.row)
            return self._clean(strings[int(place)], "")
        if kind == "b":
            return {"1": "true", "0": "false"}.get(raw.strip(), raw), ""
        if kind == "e":
            return self._clean(raw, ERROR)
        return self._clean(unescaped(raw), "")

    def _clean(self, text: str, mark: str) -> tuple[str, str]:
        if _CONTROL.search(text):
            return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text), CONTROL
        return text, mark


def _column(letters: str) -> int:
    if not _LETTERS.match(letters):
        raise Refusal("rows_out_of_order", row=letters[:20])
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
