"""How a file was understood before anything is done with it: its form, its columns, its units, and what must still be asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from kcz_metrics.errors import Issue, RecordsError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.records import cell_units, headers, remembered, scratch
from kcz_metrics.records.apart.heading import folded
from kcz_metrics.records.casting import cleaned
from kcz_metrics.records.containing import Ragged, read_apart
from kcz_metrics.records.forms import EXAMPLES
from kcz_metrics.records.headers import Reading, is_rejected_file
from kcz_metrics.records.limits import LIMITS, SENT
from kcz_metrics.records.spreadsheets import unescape
from kcz_metrics.tables import TABLES, Table


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a person says of a file. ``columns``: heading to column, or to None for a heading that is not to be read. ``units``: column to
    the unit its numbers stand in. ``epoch``: the year from which day numbers count, 1900 or 1904."""

    columns: Mapping[str, str | None] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    epoch: int | None = None


@dataclass(frozen=True, slots=True)
class Understanding:
    """A file read, still as text; plain values that may be kept and sent.

    ``readings``: how each heading was understood. ``issues``: what keeps the file from being taken as it is (unknown headings, open
    units ...); ``warnings``: what is taken but should be looked at. ``text``: the rows of right length, ``_row`` (Int64, as a spreadsheet
    counts) and a String column per heading named by position. ``ragged``: the others, row number and cells. ``blank``: rows without any
    text, ``examples``: example rows of a form; both are no records. ``marks``: row, position and what is the matter with single cells.
    ``sha256`` is the file's own.
    """

    table: str
    name: str
    kind: str
    sha256: str
    key: str
    readings: tuple[Reading, ...]
    issues: tuple[Issue, ...]
    warnings: tuple[Issue, ...]
    text: pl.DataFrame
    ragged: Ragged
    blank: int
    examples: int
    heading_row: int
    titles: tuple[str, ...]
    marks: tuple[tuple[int, int, str], ...]
    epoch: int
    corrections: Corrections
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    remembered: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def contract(self) -> Table:
        return TABLES[self.table]

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(reading.heading for reading in self.readings)

    @property
    def columns(self) -> tuple[str | None, ...]:
        """Of each heading the table's column, or None where it is not read."""
        return tuple(reading.column for reading in self.readings)

    @property
    def rows(self) -> int:
        """Data rows, blank ones and examples aside: what good and rejected rows add up to."""
        return self.text.height + len(self.ragged)

    def column(self, name: str) -> str | None:
        """The name in ``text`` of the table's column ``name``, or None where the file does not have it."""
        return str(self.columns.index(name)) if name in self.columns else None

    def reading(self, name: str) -> Reading | None:
        """How the heading of the table's column ``name`` was understood, or None where the file does not have it."""
        return next((reading for reading in self.readings if reading.column == name), None)

    def samples(self, position: int, most: int = 3) -> list[str]:
        """The first texts of a column, for people to see what stands in it."""
        column = self.text[str(position)]
        return column.filter(column.str.strip_chars() != "").head(most).to_list()


def understand(
    file: Path | bytes,
    table: str | Table,
    *,
    name: str | None = None,
    home: Path | None = None,
    corrections: Corrections | None = None,
    sheet: str | None = None,
    heading_row: int | None = None,
    encoding: str | None = None,
    separator: str | None = None,
) -> Understanding:
    """Read ``file`` (its path, or its bytes where it was sent: see :mod:`limits`) as rows of ``table``, in a process of its own.

    ``home``: the store's folder, for what was said of such columns before. The last four say what would otherwise be found out.

    Errors: RecordsError where the file as a whole is refused: no table, too large, broken, nothing in it. Headings that are not understood
    are no error here: see ``Understanding.issues``.
    """
    contract = known_table(table) if isinstance(table, str) else table
    place = name or ("" if isinstance(file, bytes) else file.name)
    before = remembered.headings(home, contract.name) if home else frozenset()
    said: dict[str, Any] = {"sheet": sheet, "heading_row": heading_row, "encoding": encoding, "separator": separator}
    scratch.sweep()
    with scratch.folder() as folder:
        limits = SENT if isinstance(file, bytes) else LIMITS
        if isinstance(file, bytes):
            path = folder / "file"
            path.write_bytes(file)
        else:
            path = _regular(file)
        told, text, ragged = read_apart(path, place, headers.known(contract) | before, salt=contract.name, limits=limits, **said)
    if text.is_empty() and not ragged:
        raise RecordsError(Issue("no_rows", T("表头之下没有数据行"), place=place))
    if told["kind"] == "csv" and is_rejected_file(told["headings"]):
        text = text.with_columns(unescape(pl.exclude("_row")))
    is_example = text["0"].str.strip_chars().is_in(EXAMPLES) if text.width > 1 else pl.Series([False])
    idle = ("sheet",) if told["kind"] == "csv" else ("encoding", "separator")  # said of a file that has none, they change nothing
    given = {key: value for key, value in said.items() if value is not None and key not in idle}
    titles = tuple(" ".join(cells) for cells in told["title"])
    whole = Understanding(
        table=contract.name,
        name=place,
        kind=told["kind"],
        sha256=told["sha256"],
        key=hashlib.sha256(f"{told['key']}{json.dumps(given, sort_keys=True)}".encode()).hexdigest() if given else told["key"],
        readings=tuple(Reading(i, heading, None, "unknown") for i, heading in enumerate(told["headings"])),
        issues=(),
        warnings=_noticed(told, place),
        text=text.filter(~is_example) if is_example.any() else text,
        ragged=ragged,
        blank=told["blank"],
        examples=int(is_example.sum()),
        heading_row=told["heading_row"],
        titles=(*titles, told.get("sheet", "")),
        marks=tuple((row, column, mark) for row, column, mark in told.get("marks", ())),
        epoch=told.get("epoch", 1900),
        corrections=Corrections(),
        encoding=told.get("encoding", ""),
        separator=told.get("separator", ""),
        sheet=told.get("sheet", ""),
        sheets=tuple(told.get("sheets", ())),
        remembered=remembered.recall(home, contract.name, told["headings"]) if home else {},
    )
    if not whole.rows:
        raise RecordsError(Issue("no_rows", T("表头之下没有数据行"), place=place))
    return corrected(whole, corrections or Corrections())


def corrected(understanding: Understanding, corrections: Corrections) -> Understanding:
    """The same file with what a person says of it; nothing is read again. Replaces what was said before.

    Errors: RecordsError where a correction names a heading or a column that is not there, or a unit that is not known.
    """
    contract = understanding.contract
    corrections = replace(corrections, columns=_by_heading(corrections.columns, understanding.headings))
    said = {folded(heading): column for heading, column in corrections.columns.items()}
    wrong = [*_wrong_columns(said, understanding), *_wrong_units(corrections.units, contract, understanding.name)]
    if corrections.epoch not in (None, 1900, 1904):
        wrong.append(Issue("epoch", T("日期序号的起点只能是 1900 或 1904"), place=understanding.name))
    if wrong:
        raise RecordsError(wrong)
    readings = headers.read(
        understanding.headings,
        contract,
        titles=understanding.titles,
        remembered=understanding.remembered,
        corrected=said,
        declared=corrections.units,
    )
    readings = cell_units.noticed(_filled(readings, understanding), understanding.text, contract)
    issues = headers.issues(readings, contract, understanding.name, understanding.text.height)
    return replace(understanding, readings=readings, issues=tuple(issues), corrections=corrections)


def import_key(understanding: Understanding) -> str:
    """The same bytes for the same table, understood the same way, are the same import, whatever the file is called."""
    unusual = [r for r in understanding.readings if r.how in ("remembered", "corrected", "left_out") or r.by != 1]
    epoch = understanding.corrections.epoch
    if not unusual and epoch is None:
        return understanding.key
    how = json.dumps([[r.position, r.column, str(r.by)] for r in unusual] + [epoch])
    return hashlib.sha256(f"{understanding.key}{how}".encode()).hexdigest()


def known_table(name: str) -> Table:
    """The table of that name. Errors: RecordsError with the nearest names."""
    if name not in TABLES:
        raise RecordsError(
            Issue("unknown_table", T("没有名为“{name}”的表", name=name), subject=name, hint=did_you_mean(name, list(TABLES)))
        )
    return TABLES[name]


def _regular(path: Path) -> Path:
    try:
        if not path.exists():
            raise RecordsError(Issue("file_not_found", T("找不到文件"), place=str(path)))
        if not path.is_file():
            raise RecordsError(Issue("not_a_file", T("不是文件"), place=str(path)))
    except OSError as error:
        reason = error.strerror or str(error)
        raise RecordsError(Issue("file_unreadable", T("无法读取文件：{reason}", reason=reason), place=str(path))) from error
    return path


def _by_heading(columns: Mapping[str, str | None], headings: Sequence[str]) -> dict[str, str | None]:
    """A column without a heading may also be named by its bare letters, where no heading is called so."""
    there = {folded(heading) for heading in headings}
    without = {headers.nameless(i) for i, heading in enumerate(headings) if not folded(heading)}
    return {
        f":{name.strip().upper()}" if folded(name) not in there and f":{name.strip().upper()}" in without else name: column
        for name, column in columns.items()
    }


def _filled(readings: Sequence[Reading], understanding: Understanding) -> list[Reading]:
    """How much stands in columns without a heading. Not in a file of rejected rows, where a cell there says to look at its row."""
    text = understanding.text
    if is_rejected_file(understanding.headings):
        return list(readings)
    return [
        replace(r, filled=int(text.select(cleaned(pl.col(str(r.position))).is_not_null().sum()).item())) if r.how == "nameless" else r
        for r in readings
    ]


def _wrong_columns(said: Mapping[str, str | None], understanding: Understanding) -> list[Issue]:
    there = {folded(heading) or folded(headers.nameless(i)) for i, heading in enumerate(understanding.headings)}
    wrong = []
    for heading, column in said.items():
        if heading not in there:
            text = T("文件里没有表头“{heading}”", heading=heading)
            wrong.append(Issue("heading_missing", text, place=understanding.name, hint=did_you_mean(heading, sorted(there))))
        if column is not None and column not in understanding.contract.columns:
            text = T("“{table}”没有列 {column}", table=understanding.contract.label, column=column)
            hint = did_you_mean(column, list(understanding.contract.columns))
            wrong.append(Issue("column_unknown", text, place=understanding.name, hint=hint))
    return wrong


def _wrong_units(declared: Mapping[str, str], contract: Table, place: str) -> list[Issue]:
    from kcz_metrics.records import units

    wrong = []
    for name, unit in declared.items():
        if name not in contract.columns:
            text = T("“{table}”没有列 {column}", table=contract.label, column=name)
            wrong.append(Issue("column_unknown", text, place=place, hint=did_you_mean(name, list(contract.columns))))
        elif units.by(unit, contract.columns[name]) is None:
            kept = contract.columns[name].unit or T("没有单位")
            text = T("单位“{unit}”不能换算成列 {column} 的单位“{kept}”", unit=unit, column=name, kept=kept)
            wrong.append(Issue("unit_unknown", text, place=place, subject=name))
    return wrong


def _noticed(told: Mapping[str, Any], place: str) -> tuple[Issue, ...]:
    """What a workbook holds that a reader of its rows would not see."""
    found = []
    formulas, first = told.get("formulas", (0, 0))
    if formulas:
        text = T("{n} 个单元格是公式，取其保存时显示的值，第一个在第 {row} 行", n=formulas, row=first)
        found.append(Issue("formulas", text, place=place, level="warning"))
    for code, count, text in (
        ("hidden_rows", told.get("hidden_rows", 0), T("{n} 个隐藏的行也读入了", n=told.get("hidden_rows", 0))),
        ("hidden_columns", told.get("hidden_columns", 0), T("{n} 处隐藏的列也读入了", n=told.get("hidden_columns", 0))),
        ("merged", told.get("merged", 0), T("{n} 处合并的单元格，只有第一格有内容", n=told.get("merged", 0))),
    ):
        if count:
            found.append(Issue(code, text, place=place, level="warning"))
    return tuple(found)
