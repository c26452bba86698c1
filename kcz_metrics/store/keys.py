"""Import keys: the same file twice is one import, until it is undone."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, select

from kcz_metrics.errors import Issue
from kcz_metrics.locales import T
from kcz_metrics.store.models import AUDIT_ENTRY, SNAPSHOT
from kcz_metrics.store.snapshot import SnapshotInfo


def resolve(connection: Connection, import_key: str | None) -> tuple[str | None, str | None]:
    """The id of the snapshot that holds what this key brought, or None; and the key under which to commit where it is None.

    An import that was undone and comes again gets a key of its own, made of its first one and of the undoing.
    """
    key = import_key
    while key is not None:
        made = _with_key(connection, key)
        if made is None:
            return None, key
        undone = _undone(connection, made)
        if undone is None:
            return made, key
        key = hashlib.sha256(f"{key} {undone}".encode()).hexdigest()
    return None, None


def of_undo(id: str) -> str:
    """The import key of the snapshot that undoes this one."""
    return f"undo:{id}"


def act_of(connection: Connection, number: int) -> str:
    """The audit entry's act that made the snapshot of this number."""
    made = select(AUDIT_ENTRY.c.act).join(SNAPSHOT, SNAPSHOT.c.audit_entry == AUDIT_ENTRY.c.number).where(SNAPSHOT.c.number == number)
    return str(connection.execute(made).scalar_one())


def undone_before(connection: Connection, taken: SnapshotInfo) -> Issue | None:
    """The issue that the snapshot was undone before, if it was."""
    undoing = _with_key(connection, of_undo(taken.id))
    if undoing is None:
        return None
    return Issue(
        "already_undone",
        T("这次导入已经撤销过"),
        subject=taken.short,
        found=T("撤销它的快照 {id}", id=undoing[:6]),
        hint=T("要恢复它，请撤销那次撤销，或再导入一次文件"),
    )


def _undone(connection: Connection, id: str) -> str | None:
    """The snapshot that undid this one, unless that was undone in turn."""
    undoing = _with_key(connection, of_undo(id))
    return None if undoing is None or _undone(connection, undoing) is not None else undoing


def _with_key(connection: Connection, key: str) -> str | None:
    return connection.execute(select(SNAPSHOT.c.id).where(SNAPSHOT.c.import_key == key)).scalar()
