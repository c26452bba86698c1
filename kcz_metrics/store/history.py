"""The history of one row: its versions, who brought each, when, why, and from which file and row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import Language, T, Text
from kcz_metrics.store.audit import AuditEntry
from kcz_metrics.store.snapshot import Snapshot, SnapshotInfo

#: Columns of :func:`steps`. ``row`` is null and ``file`` empty where the version came from no file.
STEPS = {
    "version": pl.Int64(), "snapshot": pl.String(), "at": pl.String(), "actor": pl.String(), "act": pl.String(), "source": pl.String(),
    "file": pl.String(), "row": pl.Int64(), "reason": pl.String(), "column": pl.String(), "before": pl.String(), "after": pl.String(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowVersion:
    """One version of a row. ``values`` are the contract's columns; ``changed`` names those that differ from the version before
    (all of them in the first, none in a removal). ``act`` is the audit entry's: import, withdraw, undo, confirm_flag, ..."""

    version: int
    snapshot: str
    at: datetime
    actor: str
    act: str
    reason: Text | None
    source: str
    file: str
    row: int
    removed: bool
    values: Mapping[str, Any]
    changed: tuple[str, ...]


def of_row(
    snapshot: Snapshot, known: Mapping[int, SnapshotInfo], made: Mapping[int, AuditEntry], table: str, key: Mapping[str, object]
) -> tuple[RowVersion, ...]:
    """Versions of the row up to ``snapshot``, newest first. ``known`` and ``made``: number of a snapshot to it and to its audit entry.
    Errors: StoreError where ``key`` does not name all key columns."""
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
    found = snapshot.versions(table, key)
    versions: list[RowVersion] = []
    before: Mapping[str, Any] | None = None
    for row in found.iter_rows(named=True):
        of, entry = known[row["_version"]], made[row["_version"]]
        versions.append(
            RowVersion(
                version=of.number,
                snapshot=of.id,
                at=of.created_at,
                actor=of.actor,
                act=entry.act,
                reason=entry.reason,
                source=of.source,
                file=row["_file"],
                row=row["_row"],
                removed=row["_removed"],
                values=(values := {name: row[name] for name in contract.columns}),
                changed=tuple(name for name in values if before is None or values[name] != before[name]),
            )
        )
        before = values
    return tuple(reversed(versions))


def steps(versions: Iterable[RowVersion], lang: Language) -> pl.DataFrame:
    """One line for each column that a version set or changed, newest version first; a removal is one line without a column."""
    ordered = list(versions)
    lines: list[tuple[object, ...]] = []
    for version, before in zip(ordered, [*ordered, None][1:], strict=True):
        said: tuple[object, ...] = (
            version.version,
            version.snapshot,
            version.at.isoformat(timespec="seconds"),
            version.actor,
            version.act,
            version.source,
        )
        said += (version.file, version.row or None, version.reason.render(lang) if version.reason else None)
        if version.removed:
            lines.append((*said, None, None, None))
            continue
        for name in version.changed:
            was = before.values[name] if before is not None else None
            if was is not None or version.values[name] is not None:
                lines.append((*said, name, _text(was), _text(version.values[name])))
    return pl.DataFrame(lines, schema=STEPS, orient="row")


def _text(value: object) -> str | None:
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
