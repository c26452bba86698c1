"""Take a staged file into the store, and take it back out."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from kcz_metrics.errors import Issue, RecordsError
from kcz_metrics.locales import T, Text
from kcz_metrics.records import remembered
from kcz_metrics.records.apart.heading import folded
from kcz_metrics.records.staging import Staged
from kcz_metrics.store import Actor, Snapshot, Store


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an import did. ``snapshot``: the id of the one it made, or of the one that stands where it added nothing ("" in an empty store);
    ``made``: whether it made one. ``known``: this very file was imported before, and nothing was done."""

    table: str
    source: str
    sha256: str
    snapshot: str
    made: bool
    known: bool
    new: int
    changed: int
    same: int
    rejected: int


def commit(staged: Staged, store: Store, actor: Actor | str) -> Receipt:
    """Bring the new and changed rows in as one snapshot, with its audit entry, and remember what was said of the columns.

    Errors: AccessError; StoreError, among them a ConflictError with both values of every row that somebody else has changed since the file
    was compared.
    """
    understood = staged.understanding
    counts = {"new": staged.new.height, "changed": staged.changed.height, "same": staged.same, "rejected": staged.rejected}
    snapshot: Snapshot | None = None
    brought = pl.concat([staged.new, staged.changed])
    if brought.height:
        reason = T("导入 {table}：新增 {new}，更改 {changed}，相同 {same}，退回 {rejected}", table=understood.table, **counts)
        snapshot = store.commit(
            {understood.table: brought.with_columns(_file=pl.lit(understood.name))},
            actor=actor,
            source=understood.name,
            reason=reason,
            import_key=staged.key,
            seen=staged.seen,
        )
    _remember(staged, store)
    made = snapshot is not None and snapshot.id != staged.seen
    standing = snapshot.id if snapshot else staged.known or staged.seen
    return Receipt(understood.table, understood.name, understood.sha256, standing, made, bool(staged.known), **counts)


def undo(receipt: Receipt, store: Store, actor: Actor | str, reason: Text | str) -> Snapshot:
    """Make a snapshot in which the rows of the import stand as before it.

    Errors: RecordsError where the import brought nothing; AccessError; StoreError with every row that was changed or referred to since.
    """
    if not receipt.made:
        raise RecordsError(Issue("nothing_to_undo", T("这次导入没有改变什么，无须撤销"), place=receipt.source))
    return store.undo(receipt.snapshot, actor=actor, reason=reason)


def _remember(staged: Staged, store: Store) -> None:
    understood = staged.understanding
    said = {folded(heading): column for heading, column in understood.corrections.columns.items()}
    remembered.remember(store.home, understood.table, understood.headings, said)
