"""Many small files of a table become one, in a new snapshot with the same rows and the same history; older snapshots keep their files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import polars as pl
from sqlalchemy import Connection, update

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T
from kcz_metrics.store import audit, committing, rows
from kcz_metrics.store.access import Actor
from kcz_metrics.store.files import place_frame
from kcz_metrics.store.models import FILE
from kcz_metrics.store.snapshot import Snapshot, SnapshotFile

#: More small files than this and a table is worth compacting.
MOST = 8
#: A file of this many bytes is no longer small.
LARGE = 64 * 1024 * 1024


def crowded(head: Snapshot, most: int = MOST) -> dict[str, tuple[SnapshotFile, ...]]:
    """The small files of tables that have more than ``most`` of them."""
    small = {name: tuple(file for file in files if file.size < LARGE) for name, files in head.files.items()}
    return {name: files for name, files in small.items() if len(files) > max(most, 1)}


def write(connection: Connection, home: Path, head: Snapshot, crowd: Mapping[str, tuple[SnapshotFile, ...]], who: Actor) -> str:
    """Write the compacted files and the snapshot that has them, inside the caller's transaction; returns its id."""
    number = head.number + 1
    with committing.undone_on_error() as placed:
        fresh = [_merged(home, head, name, files, number, placed) for name, files in sorted(crowd.items())]
        dropped: list[list[str | int]] = [[name, file.sha256, file.version] for name, files in sorted(crowd.items()) for file in files]
        key = "compact:" + hashlib.sha256(audit.canonical(dropped)).hexdigest()
        change = committing.Change({}, {}, who, "compact", T("合并 {count} 个小文件，行不变", count=len(dropped)), key, False, "compact")
        id = committing.record(connection, head, change, number, fresh, dropped)
    for gone in dropped:
        of_file = (FILE.c.table_name == gone[0]) & (FILE.c.sha256 == gone[1]) & (FILE.c.added == gone[2])
        connection.execute(update(FILE).where(of_file).values(dropped=number))
    return id


def _merged(
    home: Path, head: Snapshot, name: str, files: tuple[SnapshotFile, ...], number: int, placed: list[Path]
) -> dict[str, str | int | bool]:
    contract = head.tables[name]
    whole = rows.scan(contract, head.checked(name, files)).collect()
    path, digest, new = place_frame(home, name, whole)
    if new:
        placed.append(path)
    if not pl.read_parquet(path).equals(whole):
        raise StoreError(Issue("compaction_differs", T("合并后的文件与原来的行不同，没有采用"), place=name))
    return {
        "table_name": name,
        "sha256": digest,
        "added": number,
        "rows": whole.height,
        "size": path.stat().st_size,
        "superseding": any(file.superseding for file in files),
    }
