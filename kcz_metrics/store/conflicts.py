"""What others changed since somebody looked: rows that two people would write differently are named, and neither is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T, Text
from kcz_metrics.store import rows
from kcz_metrics.store.naming import record_name
from kcz_metrics.store.snapshot import Snapshot, SnapshotInfo

if TYPE_CHECKING:
    from kcz_metrics.tables import Table

#: Rows that a message names; the error has all of them.
TOLD = 20


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row that stands otherwise than it was seen. ``record``: its name; ``theirs`` and ``ours``: column to value where the two differ,
    ``theirs`` empty where they ended the row; ``by``, ``at``, ``source``: who wrote theirs, when, from what."""

    record: str
    removed: bool
    theirs: Mapping[str, Any]
    ours: Mapping[str, Any]
    by: str
    at: datetime
    source: str

    @property
    def issue(self) -> Issue:
        what = T("{name}在 {at} 撤回了这一行", name=self.by, at=_minute(self.at)) if self.removed else _changed(self)
        return Issue(
            "changed_meanwhile",
            what,
            subject=self.record,
            expected=T("{values}", values=_values(self.ours)) if self.ours else None,
            found=T("{values}", values=_values(self.theirs)) if self.theirs else None,
            hint=T("在新的快照上再比较一次，然后决定"),
        )


class ConflictError(StoreError):
    """Rows were changed by others since they were looked at; nothing was written. ``conflicts`` has each with both values."""

    def __init__(self, conflicts: tuple[Conflict, ...]):
        self.conflicts = conflicts
        super().__init__([one.issue for one in conflicts[:TOLD]])


def fresh_rows(
    head: Snapshot, seen: int, added: Mapping[str, pl.DataFrame], removed: Mapping[str, pl.DataFrame], known: Mapping[int, SnapshotInfo]
) -> dict[str, pl.DataFrame]:
    """``added`` without the rows that others have written just so since the snapshot of number ``seen``.

    Errors: ConflictError with every row of ``added`` or ``removed`` that others have changed otherwise.
    """
    found: list[Conflict] = []
    kept = {}
    for name in sorted({*added, *removed}):
        contract = head.tables[name]
        theirs = since(head, contract, seen)
        if name in added:
            same = _alike(contract, added[name], theirs)
            kept[name] = added[name].join(same, on=list(contract.key), how="anti", maintain_order="left")
            found += _differing(contract, kept[name], theirs, known)
        if name in removed and not theirs.is_empty():
            found += _differing(contract, removed[name].select(contract.key), theirs, known)
    if found:
        raise ConflictError(tuple(found))
    return {name: frame for name, frame in kept.items() if frame.height}


def since(head: Snapshot, contract: Table, number: int) -> pl.DataFrame:
    """The newest versions, removals included, of rows that came after the snapshot of that number."""
    paths = [file.path for file in head.files.get(contract.name, ()) if file.version > number]
    newest = rows.scan(contract, paths).filter(pl.col("_version") > number).sort("_version", maintain_order=True)
    return newest.unique(subset=list(contract.key), keep="last", maintain_order=True).collect()


def _alike(contract: Table, ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """Keys of rows that both wrote alike."""
    key, others = list(contract.key), [name for name in contract.columns if name not in contract.key]
    both = ours.join(theirs.filter(~pl.col("_removed")), on=key, how="inner", suffix="\0theirs")
    equal = pl.all_horizontal(pl.lit(True), *(pl.col(name).eq_missing(pl.col(f"{name}\0theirs")) for name in others))
    return both.filter(equal).select(key)


def _differing(contract: Table, ours: pl.DataFrame, theirs: pl.DataFrame, known: Mapping[int, SnapshotInfo]) -> Iterator[Conflict]:
    key = list(contract.key)
    both = ours.join(theirs, on=key, how="inner", suffix="\0theirs", maintain_order="left").with_columns(_name=record_name(contract))
    compared = [name for name in contract.columns if name not in key and name in ours.columns]
    for row in both.iter_rows(named=True):
        info = known[row["_version"]]
        unlike = [] if row["_removed"] else [name for name in compared if row[name] != row[f"{name}\0theirs"]]
        yield Conflict(
            record=row["_name"],
            removed=row["_removed"],
            theirs={name: row[f"{name}\0theirs"] for name in unlike},
            ours={name: row[name] for name in unlike},
            by=info.actor,
            at=info.created_at,
            source=info.source,
        )


def _changed(conflict: Conflict) -> Text:
    return T("{name}在 {at} 已更改这一行", name=conflict.by, at=_minute(conflict.at))


def _minute(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M")


def _values(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={'—' if value is None else value}" for name, value in values.items())
