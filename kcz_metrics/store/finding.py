"""Find a snapshot in the ledger: its row, its files, and the decisions that hold in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, or_, select

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T
from kcz_metrics.store import flags, integrity
from kcz_metrics.store.files import path_of
from kcz_metrics.store.ledger import FILE_NAME
from kcz_metrics.store.models import FILE, SNAPSHOT
from kcz_metrics.store.snapshot import Snapshot, SnapshotFile, SnapshotInfo

if TYPE_CHECKING:
    from kcz_metrics.tables import Table


def snapshot(connection: Connection, home: Path, tables: Mapping[str, Table], id: str | None) -> Snapshot:
    """The snapshot whose id begins with ``id``, or the newest. Errors: StoreError where there is none or more than one, and where what the
    ledger says of snapshots is not what the audit trail says."""
    integrity.require_bound(connection, home / FILE_NAME)
    found = _row(connection, home, id)
    files: dict[str, list[SnapshotFile]] = {}
    in_it = (FILE.c.added <= found.number) & or_(FILE.c.dropped.is_(None), FILE.c.dropped > found.number)
    for row in connection.execute(select(FILE).where(in_it).order_by(FILE.c.table_name, FILE.c.added, FILE.c.sha256)):
        path = path_of(home, row.table_name, row.sha256)
        files.setdefault(row.table_name, []).append(SnapshotFile(path, row.sha256, row.rows, row.size, row.added, row.superseding))
    whole = {name: tuple(of) for name, of in files.items()}
    return Snapshot(**_fields(found), files=whole, tables=tables, zeroed=flags.zeroed(connection, found.number))


def infos(connection: Connection) -> dict[int, SnapshotInfo]:
    """Number to what the ledger says of the snapshot, oldest first."""
    return {row.number: info(row) for row in connection.execute(select(SNAPSHOT).order_by(SNAPSHOT.c.number))}


def info(row: Row[Any]) -> SnapshotInfo:
    return SnapshotInfo(**_fields(row))


def _row(connection: Connection, home: Path, id: str | None) -> Row[Any]:
    query = select(SNAPSHOT).order_by(SNAPSHOT.c.number.desc())
    # An empty id, as of a shell's unset variable, is no wish for the newest: undoing would take back what nobody named.
    if id is not None:
        query = query.where(SNAPSHOT.c.id.startswith(id.lower(), autoescape=True))
    found = [] if id == "" else connection.execute(query.limit(1 if id is None else 2)).all()
    if not found:
        raise StoreError(
            Issue("no_snapshot", T("没有以 {id} 开头的快照", id=id or '""'), subject=id)
            if id is not None
            else Issue("store_empty", T("还没有任何记录"), place=str(home), hint=T("先导入记录，或运行 kcz demo 生成虚构记录"))
        )
    if len(found) > 1:
        issue = T("不止一个快照以 {id} 开头", id=id)
        raise StoreError(Issue("snapshot_ambiguous", issue, subject=str(id), found=T("{ids}", ids=", ".join(row.id[:12] for row in found))))
    return found[0]


def _fields(row: Row[Any]) -> dict[str, Any]:
    said = {name: value for name, value in row._mapping.items() if name != "audit_entry"}
    return said | {"created_at": datetime.fromisoformat(row.created_at)}
