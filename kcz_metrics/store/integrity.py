"""Is what the ledger names still what was written: files by hash, snapshots by their audit entries, files that nobody names."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, select

from kcz_metrics.errors import Issue
from kcz_metrics.locales import T
from kcz_metrics.store.committing import snapshot_id
from kcz_metrics.store.files import FOLDER, digest_of, path_of
from kcz_metrics.store.models import AUDIT_ENTRY, FILE, SNAPSHOT


def files(connection: Connection, home: Path) -> list[Issue]:
    """Missing and changed files of all snapshots."""
    return list(_bad_files(connection, home))


def _bad_files(connection: Connection, home: Path) -> Iterator[Issue]:
    for row in connection.execute(select(FILE.c.table_name, FILE.c.sha256).distinct()):
        path = path_of(home, row.table_name, row.sha256)
        if not path.is_file():
            yield Issue("file_missing", T("数据文件缺失"), place=str(path), subject=row.table_name, hint=T("从备份恢复"))
        elif digest_of(path) != row.sha256:
            yield Issue("file_changed", T("数据文件的内容与登记的哈希不符"), place=str(path), subject=row.table_name, hint=T("从备份恢复"))


def orphans(connection: Connection, home: Path, older_than_seconds: float) -> tuple[Path, ...]:
    """Files under the store that the ledger does not name and that are older than given."""
    named = {path_of(home, row.table_name, row.sha256) for row in connection.execute(select(FILE.c.table_name, FILE.c.sha256))}
    latest = time.time() - older_than_seconds
    there = sorted(path for path in (home / FOLDER).rglob("*") if path.is_file())
    return tuple(path for path in there if path not in named and path.stat().st_mtime <= latest)


def snapshots_against_audit(connection: Connection) -> list[Issue]:
    """Snapshots without their entry, entries without their snapshot, and snapshots or files that differ from what the entry says."""
    issues: list[Issue] = []
    audited = {row.number: row for row in connection.execute(select(AUDIT_ENTRY)) if "snapshot" in row.detail and "files" in row.detail}
    files: dict[int, list[list[str]]] = {}
    for row in connection.execute(select(FILE.c.added, FILE.c.table_name, FILE.c.sha256).order_by(FILE.c.table_name, FILE.c.sha256)):
        files.setdefault(row.added, []).append([row.table_name, row.sha256])
    for row in connection.execute(select(SNAPSHOT).order_by(SNAPSHOT.c.number)):
        place = f"{row.number} {row.id[:6]}"
        entry = audited.pop(row.audit_entry, None)
        if entry is None:
            issues.append(Issue("snapshot_without_entry", T("快照没有审计记录"), place=place))
            continue
        said = {**entry.detail, "at": entry.at, "actor": entry.actor}
        found = {
            "snapshot": snapshot_id(row.parent, files.get(row.number, []), row.import_key),
            "number": row.number,
            "parent": row.parent,
            "import_key": row.import_key,
            "files": files.get(row.number, []),
            "source": row.source,
            "invented": row.invented,
            "rows_in": row.rows_in,
            "rows_out": row.rows_out,
            "at": row.created_at,
            "actor": row.actor,
        }
        wrong = [name for name, value in found.items() if said.get(name) != value] + (["id"] if row.id != said.get("snapshot") else [])
        if wrong:
            issues.append(Issue("snapshot_differs", T("快照与审计记录不符"), place=place, found=T("{columns}", columns=", ".join(wrong))))
    issues += [
        Issue("entry_without_snapshot", T("审计记录 {number} 的快照不在", number=number), place=str(entry.detail.get("snapshot", ""))[:6])
        for number, entry in audited.items()
    ]
    return issues
