"""Looking through the tables of a snapshot: counts, labels, filters, one row with where it came from, and export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.locales import Language, translate
from kcz_metrics.records.searching import search as search
from kcz_metrics.ui import number

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot
    from kcz_metrics.tables import Column, Table

#: Rows handed to the browser at once; the export carries all.
SHOWN = 2_000
SEPARATOR = "|"
#: Between the keys that the address lists, and before one that is written whole.
BETWEEN, _WHOLE = "~", "!"
#: What a spreadsheet needs to read UTF-8 as such.
BOM = "\ufeff"


def row_counts(snapshot: Snapshot) -> dict[str, int]:
    """Current rows by table; a table without any is left out."""
    counts = {}
    for name in snapshot.tables:
        stored = sum(file.rows for file in snapshot.files.get(name, ()))
        if stored:
            counts[name] = stored if snapshot.single_version(name) else snapshot.read(name).height
    return counts


def row_key(table: Table) -> pl.Expr:
    """The key of a row as one text, as it stands in the address."""
    return pl.concat_str([pl.col(name).cast(pl.String) for name in table.key], separator=SEPARATOR)


def joined(keys: Sequence[str]) -> str:
    """Keys of rows as one code of the address: in order, each but the first without what it shares with the one before."""
    parts, before = [], ""
    for key in sorted(keys):
        shared = next((i for i, (a, b) in enumerate(zip(before, key, strict=False)) if a != b), 0) if len(before) == len(key) else 0
        parts.append(key[shared:] if shared else f"{_WHOLE}{key}")
        before = key
    return BETWEEN.join(parts)


def parted(code: str) -> list[str]:
    """The keys that :func:`joined` wrote."""
    keys, before = [], ""
    for part in code.split(BETWEEN):
        before = part[1:] if part.startswith(_WHOLE) else before[: len(before) - len(part)] + part
        keys.append(before)
    return keys


def keyed(frame: pl.DataFrame, table: Table, code: str | None) -> pl.DataFrame:
    """The rows whose keys the address lists; all rows where it lists none."""
    return frame.filter(row_key(table).is_in(parted(code))) if code else frame


def heading(column: Column, lang: Language) -> str:
    """The column's name with its unit, for a header."""
    label = column.label.in_(lang)
    return f"{label} ({column.unit.in_(lang)})" if column.unit else label


def decoded(frame: pl.DataFrame, table: Table, lang: Language) -> pl.DataFrame:
    """Codes of closed lists as their labels; everything else as it stands."""
    coded = [c for c in table.columns.values() if c.kind == "enum" and c.values and c.name in frame.columns]
    return frame.with_columns(pl.col(c.name).replace({code: label.in_(lang) for code, label in c.values.items()}) for c in coded)


def written(value: object, column: Column | None, lang: Language) -> str:
    """One value as a person reads it."""
    if value is None:
        return number.MISSING
    if isinstance(value, bool):
        return translate("是" if value else "否", lang)
    if column is not None and value in column.values:
        return column.values[str(value)].in_(lang)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return number.count(value)
    if isinstance(value, float):
        return number.decimal(value, 2)
    return str(value)


def export(frame: pl.DataFrame, *, notice: str | None = None) -> bytes:
    """CSV for spreadsheets: UTF-8 with mark, texts that would run as a formula led by an apostrophe, the notice as a last column."""
    from kcz_metrics.reports.delimited import as_csv

    if notice:
        frame = frame.with_columns(pl.lit(notice).alias("notice"))
    return (BOM + as_csv(frame)).encode()


def found(frame: pl.DataFrame, table: Table, key: str | None) -> Mapping[str, Any] | None:
    """The row with this key as text, or None."""
    if not key:
        return None
    rows = frame.filter(row_key(table) == key)
    return rows.row(0, named=True) if rows.height else None
