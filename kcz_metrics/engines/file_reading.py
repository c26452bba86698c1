"""A file of values as a table of what stands in it, CSV or Parquet, with the line of every row."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kcz_metrics.errors import Issue, RecordsError, ValuesError
from kcz_metrics.locales import T
from kcz_metrics.records.decoding import decode, read_bytes
from kcz_metrics.records.limits import MAX_CELL, MAX_COLUMNS, MAX_ROWS

#: The line of the file in which a row stands.
LINE = "_line"
_PARQUET = b"PAR1"


@dataclass(frozen=True)
class FileTable:
    """``frame`` has the file's columns (text from CSV, its own types from Parquet) and ``_line``. Blank cells are null."""

    frame: pl.DataFrame
    sha256: str
    place: str


def read(path: Path) -> FileTable:
    """Read a file of values. Raises ValuesError with every problem of its form: not there, empty, not text, ragged, headings twice."""
    try:
        content = read_bytes(path)
        frame = _parquet(content, path) if content.startswith(_PARQUET) else _csv(decode(content, str(path)), path)
    except RecordsError as error:
        raise ValuesError(error.issues) from error
    if frame.is_empty():
        raise ValuesError(Issue("file_empty", T("文件里没有数据行"), place=str(path)))
    if frame.height > MAX_ROWS:
        raise ValuesError(Issue("rows", T("行数过多"), place=str(path), expected=T("至多 {most} 行", most=MAX_ROWS)))
    return FileTable(frame, hashlib.sha256(content).hexdigest(), str(path))


def _csv(text: str, path: Path) -> pl.DataFrame:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL * 4))
    issues: list[Issue] = []
    rows: list[list[str | None]] = []
    headings: list[str] = []
    try:
        headings = [name.strip() for name in next(reader)]
        issues += _heading_issues(headings, path)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(headings):
                found = T("{n} 格", n=len(cells))
                expected = T("{n} 格", n=len(headings))
                issues.append(Issue("ragged", T("格数与表头不符"), place=f"{path}:{reader.line_num}", expected=expected, found=found))
                continue
            rows.append([cell.strip() or None for cell in cells] + [str(reader.line_num)])
    except csv.Error as error:
        issues.append(Issue("csv", T("不是规范的 CSV：{reason}", reason=str(error)), place=f"{path}:{reader.line_num}"))
    if issues:
        raise ValuesError(issues[:200])
    frame = pl.DataFrame(rows, schema=dict.fromkeys([*headings, LINE], pl.String), orient="row")
    return frame.with_columns(pl.col(LINE).cast(pl.Int64))


def _heading_issues(headings: list[str], path: Path) -> list[Issue]:
    place = f"{path}:1"
    issues = [
        Issue("heading_twice", T("列名重复"), place=place, subject=name) for name in dict.fromkeys(headings) if headings.count(name) > 1
    ]
    if "" in headings:
        issues.append(Issue("heading_empty", T("有一列没有列名"), place=place))
    if LINE in headings:
        issues.append(Issue("heading_reserved", T("列名不可用"), place=place, subject=LINE))
    if len(headings) > MAX_COLUMNS:
        issues.append(Issue("columns", T("列数过多"), place=place, expected=T("至多 {most} 列", most=MAX_COLUMNS)))
    return issues


def _parquet(content: bytes, path: Path) -> pl.DataFrame:
    try:
        rows = pl.scan_parquet(io.BytesIO(content)).select(pl.len()).collect().item()
        if rows > MAX_ROWS:
            raise ValuesError(Issue("rows", T("行数过多"), place=str(path), expected=T("至多 {most} 行", most=MAX_ROWS)))
        frame = pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise ValuesError(Issue("parquet", T("不是可用的 Parquet 文件：{reason}", reason=reason), place=str(path))) from error
    if issues := _heading_issues(frame.columns, path):
        raise ValuesError(issues)
    return frame.with_row_index(LINE, offset=1).with_columns(pl.col(LINE).cast(pl.Int64))
