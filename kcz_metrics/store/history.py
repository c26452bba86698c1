"""The history of one row: its versions, who brought each, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T
from kcz_metrics.store.snapshot import Snapshot, SnapshotInfo


@dataclass(frozen=True, slots=True)
class RowVersion:
    """One version of a row. ``values`` are the contract's columns; ``changed`` names those that differ from the version before
    (all of them in the first, none in a removal)."""

    version: int
    snapshot: str
    at: datetime
    actor: str
    source: str
    file: str
    row: int
    removed: bool
    values: Mapping[str, Any]
    changed: tuple[str, ...]


def of_row(snapshot: Snapshot, known: Iterable[SnapshotInfo], table: str, key: Mapping[str, object]) -> tuple[RowVersion, ...]:
    """Versions of the row up to ``snapshot``, newest first. Errors: StoreError where ``key`` does not name all key columns."""
    contract = snapshot.tables[table]
    if set(key) != set(contract.key):
        raise StoreError(
            Issue(
                "key_incomplete",
                T("主键的列不对"),
                place=table,
                expected=T("{columns}", columns=", ".join(contract.key)),
                found=T("{columns}", columns=", ".join(key)),
            )
        )
    info = {one.number: one for one in known}
    found = snapshot.versions(table, key)
    versions: list[RowVersion] = []
    before: Mapping[str, Any] | None = None
    for row in found.iter_rows(named=True):
        of = info[row["_version"]]
        values = {name: row[name] for name in contract.columns}
        changed = tuple(name for name in values if before is None or values[name] != before[name])
        versions.append(
            RowVersion(of.number, of.id, of.created_at, of.actor, of.source, row["_file"], row["_row"], row["_removed"], values, changed)
        )
        before = values
    return tuple(reversed(versions))
