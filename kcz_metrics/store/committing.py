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
from kcz_metrics.store.models import FileRow, SnapshotRow
from kcz_metrics.store.snapshot import Snapshot

if TYPE_CHECKING:
    from kcz_metrics.tables import Table


@dataclass(frozen=True, slots=True)
class Origin:
    """Who commits, from what, and why."""

    actor: Actor
    source: str
    reason: Text | str
    import_key: str | None
    invented: bool


def prepare(contracts: Mapping[str, Table], tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Frames that fit their contracts, without the empty ones. Errors: StoreError with the issues of all tables."""
    issues: list[Issue] = []
    batch = {}
    for name, frame in tables.items():
        try:
            batch[name] = rows.conform(contracts[name], frame)
        except StoreError as error:
            issues.extend(error.issues)
    if issues:
        raise StoreError(issues)
    return {name: frame for name, frame in sorted(batch.items()) if frame.height}


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


def write(
    connection: Connection,
    home: Path,
    contracts: Mapping[str, Table],
    parent: Snapshot | None,
    batch: Mapping[str, pl.DataFrame],
    removed: Mapping[str, pl.DataFrame],
    origin: Origin,
    placed: list[Path],
) -> str:
    """Place the files, add snapshot, file rows and audit entry, and return the new snapshot's id. The caller commits."""
    number = parent.number + 1 if parent else 1
    file_rows: list[dict[str, object]] = []
    rows_out = 0
    for name in sorted({*batch, *removed}):
        contract = contracts[name]
        added = batch.get(name, pl.DataFrame(schema={c: t for c, t in rows.stored_schema(contract).items() if c not in ("_version", "_removed")}))
        gone = _removals(contract, parent, removed[name], added) if name in removed else added.clear()
        superseding = bool(gone.height) or _supersedes(contract, parent, added)
        frame = pl.concat(
            [part.with_columns(_version=pl.lit(number, pl.Int64), _removed=pl.lit(ends)) for part, ends in ((added, False), (gone, True))]
        ).select(list(rows.stored_schema(contract)))
        if frame.is_empty():
            continue
        path, digest, new = place_frame(home, name, frame)
        if new:
            placed.append(path)
        rows_out += gone.height
        file_rows.append(
            {"table_name": name, "sha256": digest, "added": number, "rows": frame.height, "size": path.stat().st_size, "superseding": superseding}
        )
    if not file_rows:
        raise StoreError(Issue("nothing_to_store", T("没有可入库的行"), subject=origin.source))
    rows_in = sum(frame.height for frame in batch.values())
    files = sorted([str(row["table_name"]), str(row["sha256"])] for row in file_rows)
    parent_id = parent.id if parent else None
    id = snapshot_id(parent_id, files, origin.import_key)
    at = audit.now()
    detail = {
        "snapshot": id,
        "number": number,
        "parent": parent_id,
        "import_key": origin.import_key,
        "files": files,
        "source": origin.source,
        "reason": audit.as_reason(origin.reason),
        "invented": origin.invented,
        "rows_in": rows_in,
        "rows_out": rows_out,
    }
    entry = audit.append(connection, origin.actor, "withdraw" if removed else "import", origin.source, detail, at)
    connection.execute(
        insert(SnapshotRow).values(
            id=id,
            number=number,
            parent=parent_id,
            created_at=at,
            actor=origin.actor.name,
            source=origin.source,
            import_key=origin.import_key,
            invented=origin.invented or (parent.invented if parent else False),
            rows_in=rows_in,
            rows_out=rows_out,
            audit_entry=entry,
        )
    )
    connection.execute(insert(FileRow), file_rows)
    return id


def snapshot_id(parent: str | None, files: list[list[str]], import_key: str | None) -> str:
    """SHA-256 over parent id, the new files' names and hashes, and the import key: the same history gives the same id everywhere."""
    return hashlib.sha256(audit.canonical({"parent": parent, "files": files, "import_key": import_key})).hexdigest()


def _supersedes(contract: Table, parent: Snapshot | None, added: pl.DataFrame) -> bool:
    """Whether a row of ``added`` has an older version in the store."""
    if parent is None or not parent.files.get(contract.name):
        return False
    there = rows.scan(contract, parent.paths(contract.name)).select(list(contract.key))
    return not added.lazy().select(list(contract.key)).join(there, on=list(contract.key), how="semi").limit(1).collect().is_empty()


def _removals(contract: Table, parent: Snapshot | None, keys: pl.DataFrame, added: pl.DataFrame) -> pl.DataFrame:
    """The last versions of the rows with these keys, to be written once more as removed."""
    key = list(contract.key)
    wanted = keys.select(key).unique(maintain_order=True)
    there = parent.read(contract.name, lineage=True) if parent else added.clear()
    found = wanted.join(there, on=key, how="inner", maintain_order="left").select(added.columns)
    missing = wanted.height - found.height
    both = wanted.join(added, on=key, how="semi").height
    issues = []
    if missing:
        issues.append(Issue("removed_not_there", T("要撤回的 {count} 行不在库中", count=missing), place=contract.name))
    if both:
        issues.append(Issue("removed_and_added", T("{count} 行既要写入又要撤回", count=both), place=contract.name))
    if issues:
        raise StoreError(issues)
    return found
