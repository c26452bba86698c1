"""Stores of a few rows, written out in a test: what a row does not say takes a plain default."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from kcz_metrics.store import Snapshot, SnapshotFile
from kcz_metrics.store.files import digest_of
from kcz_metrics.store.rows import LINEAGE
from kcz_metrics.tables import TABLES, Column

Rows = Sequence[Mapping[str, Any]]
_DEFAULTS = {
    "text": "X",
    "enum": "X",
    "set": "X",
    "int": 1,
    "float": 1.0,
    "bool": False,
    "date": dt.date(2020, 1, 1),
    "datetime": dt.datetime(2020, 1, 1),
}
_TAIL = {"status": "verified", "evidence_class": "A", "source": "registry", "period_id": "2022"}


def frame(table: str, rows: Rows, version: int = 1, removed: bool = False) -> pl.DataFrame:
    """Rows of a table as stored: nullable columns null unless given, verified, evidence A."""
    contract = TABLES[table]
    unknown = {name for row in rows for name in row} - set(contract.columns)
    assert not unknown, f"{table} has no {unknown}"
    data = {name: [row.get(name, _default(table, column)) for row in rows] for name, column in contract.columns.items()}
    schema = {name: column.dtype for name, column in contract.columns.items()}
    lineage = [pl.lit(value, dtype).alias(name) for (name, dtype), value in zip(LINEAGE.items(), (version, "", 0, removed), strict=True)]
    return pl.DataFrame(data, schema=schema).with_columns(lineage)


def _default(table: str, column: Column) -> object:
    if column.name in _TAIL and TABLES[table].has_tail:
        return _TAIL[column.name]
    return None if column.nullable else _DEFAULTS[column.kind]


def snapshot(folder: Path, tables: Mapping[str, Rows | Sequence[pl.DataFrame]]) -> Snapshot:
    """A snapshot of these tables, all others empty. A table given as frames has one file each, later ones superseding."""
    files: dict[str, tuple[SnapshotFile, ...]] = {}
    folder.mkdir(parents=True, exist_ok=True)
    for name, given in tables.items():
        frames = [part for part in given if isinstance(part, pl.DataFrame)]
        if not frames:
            frames = [frame(name, [row for row in given if not isinstance(row, pl.DataFrame)])]
        stored = []
        for number, part in enumerate(frames, start=1):
            path = folder / f"{name}_{number}.parquet"
            part.write_parquet(path)
            stored.append(SnapshotFile(path, digest_of(path), part.height, path.stat().st_size, number, number > 1))
        files[name] = tuple(stored)
    return Snapshot(
        id="5ma11",
        number=1,
        parent=None,
        created_at=dt.datetime(2023, 1, 1, tzinfo=dt.UTC),
        actor="test",
        source="test",
        import_key=None,
        invented=True,
        rows_in=0,
        rows_out=0,
        files=files,
        tables=TABLES,
    )


def scheme(measures: Mapping[str, Any], indicators: Mapping[str, Any], *, unit: str = "city", **index: Any) -> Any:
    """A scheme with one index ``i`` over these indicators; a text stands for a formula. The shipped parameters hold."""
    from kcz_metrics.scheme.models import Scheme

    spelled = {name: {"formula": given} if isinstance(given, str) else given for name, given in indicators.items()}
    tree = {"id": "i", "children": [{"id": name} for name in spelled]}
    return Scheme.model_validate(
        {
            "edition": "2022",
            "parameters": dict(_shipped_parameters()) | index.pop("parameters", {}),
            "measures": measures,
            "indicators": spelled,
            "indices": {"i": {"id": "i", "unit": unit, "tree": tree} | index},
        }
    )


@cache
def _shipped_parameters() -> Mapping[str, Any]:
    from kcz_metrics.scheme import load_scheme

    return load_scheme(Path(__file__).parents[1] / "indicators.yaml").parameters


def at(text: str) -> dt.datetime:
    """``2022-03-01`` or ``2022-03-01T09:00`` as date and time."""
    return dt.datetime.fromisoformat(text)


def on(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
