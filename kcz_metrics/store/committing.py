"""Write the next snapshot: files first, then its rows in the ledger, inside the writer's one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import Connection, insert

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T, Text
from kcz_metrics.store import audit, rows
from kcz_metrics.store.access import Actor
from kcz_metrics.store.files import place_frame
from kcz_metrics.store.models import FILE, SNAPSHOT
from kcz_metrics.store.snapshot import Snapshot

if TYPE_CHECKING:
    from kcz_metrics.tables import Table


#: What an audit entry says of each file row besides its snapshot.
BOUND = ("table_name", "sha256", "rows", "size", "superseding")


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be committed: rows ``added`` by table (prepared), keys of rows ``removed``, by whom, from what, and why."""

    added: Mapping[str, pl.DataFrame]
    removed: Mapping[str, pl.DataFrame]
    actor: Actor
    source: str
    reason: Text | str
    import_key: str | None
    invented: bool
    #: The audit entry's act; by default ``withdraw`` where rows end, else ``import``.
    act: str = ""


def prepare(contracts: Mapping[str, Table], frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Frames that fit their contracts, without the empty ones. Errors: StoreError with the issues of all tables."""
    issues: list[Issue] = []
    fitted = {}
    for name, frame in sorted(frames.items()):
        try:
            fitted[name] = rows.conform(contracts[name], frame)
        except StoreError as error:
            issues.extend(error.issues)
    if issues:
        raise StoreError(issues)
    return {name: frame for name, frame in fitted.items() if frame.height}


def write(connection: Connection, home: Path, contracts: Mapping[str, Table], parent: Snapshot | None, change: Change) -> str:
    """Place the files, add snapshot, file rows and audit entry, and return the new snapshot's id. The caller commits.

    Where anything fails, the files placed are taken away again.
    """
    number = parent.number + 1 if parent else 1
    with undone_on_error() as placed:
        files = [_place(home, contracts[name], parent, change, number, placed) for name in sorted({*change.added, *change.removed})]
        return record(connection, parent, change, number, files)


@contextmanager
def undone_on_error() -> Iterator[list[Path]]:
    """A list of files placed; where the block fails they are taken away again, so that nothing is left of what did not happen.

    The ledger's own commit stays outside: where that fails nobody can say at once whether it is on disk, and an orphan is
    harmless while a missing file is not.
    """
    placed: list[Path] = []
    try:
        yield placed
    except BaseException:
        for path in placed:
            path.unlink(missing_ok=True)
        raise


def _place(
    home: Path, contract: Table, parent: Snapshot | None, change: Change, number: int, placed: list[Path]
) -> dict[str, str | int | bool]:
    """Write one table's new versions and removals as one file, and return its row of the ledger."""
    schema = rows.stored_schema(contract)
    added = change.added.get(contract.name)
    if added is None:
        added = pl.DataFrame(schema={name: dtype for name, dtype in schema.items() if name not in ("_version", "_removed")})
    gone = _removals(contract, parent, change.removed[contract.name], added) if contract.name in change.removed else added.clear()
    superseding = bool(gone.height) or _supersedes(contract, parent, added)
    whole = pl.concat([added.with_columns(_removed=pl.lit(False)), gone.with_columns(_removed=pl.lit(True))])
    path, digest, new = place_frame(home, contract.name, whole.with_columns(_version=pl.lit(number, pl.Int64)).select(list(schema)))
    if new:
        placed.append(path)
    return {
        "table_name": contract.name,
        "sha256": digest,
        "added": number,
        "rows": whole.height,
        "size": path.stat().st_size,
        "superseding": superseding,
    }


def record(
    connection: Connection,
    parent: Snapshot | None,
    change: Change,
    number: int,
    files: list[dict[str, str | int | bool]],
    dropped: list[list[str | int]] | None = None,
) -> str:
    """Add the snapshot, its files' rows and its audit entry, which binds all of them; returns the snapshot's id.

    ``dropped``: table, hash and first snapshot of files that are left out from this snapshot on.
    """
    parent_id = parent.id if parent else None
    names = sorted([str(row["table_name"]), str(row["sha256"])] for row in files)
    id = snapshot_id(parent_id, names, change.import_key)
    at = audit.now()
    said = {
        "number": number,
        "parent": parent_id,
        "source": change.source,
        "import_key": change.import_key,
        "rows_in": sum(frame.height for frame in change.added.values()),
        "rows_out": sum(frame.height for frame in change.removed.values()),
        "invented": change.invented or (parent is not None and parent.invented),
    }
    told = {"file_rows": sorted([row[name] for name in BOUND] for row in files)} | ({"dropped": dropped} if dropped else {})
    detail = said | told | {"snapshot": id, "files": names, "reason": audit.as_reason(change.reason)}
    act = change.act or ("withdraw" if change.removed else "import")
    entry = audit.append(connection, change.actor, act, change.source, detail, at)
    connection.execute(insert(SNAPSHOT).values(**said, id=id, created_at=at, actor=change.actor.name, audit_entry=entry))
    if files:
        connection.execute(insert(FILE), files)
    return id


def snapshot_id(parent: str | None, files: list[list[str]], import_key: str | None) -> str:
    """SHA-256 over parent id, the new files' tables and hashes, and the import key: the same history gives the same id everywhere."""
    return hashlib.sha256(audit.canonical({"parent": parent, "files": files, "import_key": import_key})).hexdigest()


def _supersedes(contract: Table, parent: Snapshot | None, added: pl.DataFrame) -> bool:
    """Whether a row of ``added`` has an older version in the store."""
    if parent is None or not parent.files.get(contract.name):
        return False
    key = list(contract.key)
    there = rows.scan(contract, parent.paths(contract.name)).select(key)
    return not added.lazy().select(key).join(there, on=key, how="semi").limit(1).collect().is_empty()


def _removals(contract: Table, parent: Snapshot | None, keys: pl.DataFrame, added: pl.DataFrame) -> pl.DataFrame:
    """The current versions of the rows with these keys, to be written once more as removed."""
    key = list(contract.key)
    there = parent.read(contract.name, lineage=True) if parent else added
    found = keys.select(key).join(there, on=key, how="inner", maintain_order="left").select(added.columns)
    missing = keys.height - found.height
    both = keys.join(added, on=key, how="semi").height
    issues = []
    if missing:
        issues.append(Issue("removed_not_there", T("要撤回的 {count} 行不在库中", count=missing), place=contract.name))
    if both:
        issues.append(Issue("removed_and_added", T("{count} 行既要写入又要撤回", count=both), place=contract.name))
    if issues:
        raise StoreError(issues)
    return found
