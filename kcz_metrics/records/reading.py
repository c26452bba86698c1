"""Read a CSV strictly: every row keeps its number and its cells, and a row of another length than the heading is a bad row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import polars as pl

from kcz_metrics.errors import Issue, RecordsError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.records import decoding
from kcz_metrics.records.headers import candidates, is_rejected_file, match
from kcz_metrics.records.limits import MAX_CELL, MAX_LINES, MAX_ROWS
from kcz_metrics.records.spreadsheets import unescape
from kcz_metrics.tables import TABLES, Table

SEPARATORS = (",", ";", "\t")
_CHUNK = 20_000
_HEAD = 200_000  # characters within which the heading must end


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file read, still as text.

    ``columns``: of each heading the table's column, or None where it is not read. ``text``: the rows of right length, ``_row`` (Int64, as a
    spreadsheet counts: the heading is row 1 where it stands on top) and a String column per heading named by position. ``ragged``: the
    others, row number and cells. ``blank``: rows without any text, which are no records.
    """

    table: Table
    headings: tuple[str, ...]
    columns: tuple[str | None, ...]
    text: pl.DataFrame
    ragged: tuple[tuple[int, tuple[str, ...]], ...]
    blank: int
    content: bytes

    def column(self, name: str) -> str | None:
        """The name in ``text`` of the table's column ``name``, or None where the file does not have it."""
        return str(self.columns.index(name)) if name in self.columns else None


def read_csv(source: Path | bytes, table: Table | str, *, place: str | None = None) -> Parsed:
    """Read a CSV as rows of ``table``. ``place`` names it in messages.

    Errors: RecordsError where it is not text, too large, has no rows, or its headings do not fit the table.
    """
    if isinstance(table, str):
        table = known_table(table)
    content = source if isinstance(source, bytes) else decoding.read_bytes(source)
    where = place or ("" if isinstance(source, bytes) else source.name)
    text = decoding.decode(content, where)
    numbered = _rows(text, _separator(text, table), where)
    headings: tuple[str, ...] = ()
    for _, cells in numbered:
        if any(cell.strip() for cell in cells):
            headings = tuple(cells)
            break
    columns = match(headings, table, where)
    frame, ragged, blank = _collect(numbered, len(headings), where)
    if frame.is_empty() and not ragged:
        raise RecordsError(Issue("no_rows", T("表头之下没有数据行"), place=where))
    if is_rejected_file(headings):
        frame = frame.with_columns(unescape(pl.exclude("_row")))
    return Parsed(table, headings, columns, frame, ragged, blank, content)


def known_table(name: str) -> Table:
    """The table of that name. Errors: RecordsError with the nearest names."""
    if name not in TABLES:
        raise RecordsError(
            Issue("unknown_table", T("没有名为“{name}”的表", name=name), subject=name, hint=did_you_mean(name, list(TABLES)))
        )
    return TABLES[name]


def _separator(text: str, table: Table) -> str:
    """The separator under which most headings are known."""

    def known(separator: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text[:_HEAD], newline=""), delimiter=separator)
        try:
            cells = next((cells for cells in reader if any(cell.strip() for cell in cells)), [])
        except csv.Error:
            return 0, 0
        return sum(bool(candidates(cell, table)) for cell in cells), len(cells)

    return max(SEPARATORS, key=known)


def _rows(text: str, separator: str, place: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            yield number, cells
    except csv.Error as error:
        if "field larger" in str(error):
            raise _too_long(number + 1, place) from error
        raise RecordsError(
            Issue("quotes", T("第 {row} 行的引号不成对", row=number + 1), place=place, hint=T("单元格内的引号要写两次"))
        ) from error


def _too_long(row: int, place: str) -> RecordsError:
    return RecordsError(
        Issue(
            "cell_too_long",
            T("第 {row} 行有单元格太长", row=row),
            place=place,
            expected=T("不超过 {n} 个字", n=MAX_CELL),
            hint=T("检查引号是否成对"),
        )
    )


def _collect(
    numbered: Iterator[tuple[int, list[str]]], width: int, place: str
) -> tuple[pl.DataFrame, tuple[tuple[int, tuple[str, ...]], ...], int]:
    schema = {"_row": pl.Int64(), **{str(i): pl.String() for i in range(width)}}
    chunks = [pl.DataFrame(schema=schema)]
    ragged: list[tuple[int, tuple[str, ...]]] = []
    blank = total = 0
    while chunk := list(islice(numbered, _CHUNK)):
        numbers: list[int] = []
        whole: list[list[str]] = []
        for number, cells in chunk:
            if len(cells) == width and cells[0].strip():  # nearly every row
                numbers.append(number)
                whole.append(cells)
            elif not any(cell.strip() for cell in cells):
                blank += 1
            elif len(cells) == width:
                numbers.append(number)
                whole.append(cells)
            else:
                ragged.append((number, tuple(cells)))
                if max(map(len, cells)) > MAX_CELL:
                    raise _too_long(number, place)
        total += len(chunk)
        if total - blank > MAX_ROWS or total > MAX_LINES:
            raise RecordsError(
                Issue("too_many_rows", T("行太多"), place=place, expected=T("不超过 {n} 行", n=f"{MAX_ROWS:,}"), hint=T("分成几个文件"))
            )
        if whole:
            frame = pl.DataFrame(dict(zip(schema, [numbers, *zip(*whole, strict=True)], strict=True)), schema=schema)
            long = frame.filter(pl.any_horizontal(pl.col(pl.String).str.len_chars() > MAX_CELL))
            if long.height:
                raise _too_long(long["_row"][0], place)
            chunks.append(frame)
    return pl.concat(chunks), tuple(ragged), blank
