"""Is what the ledger names still what was written: files by hash, snapshots by their audit entries, files that nobody names."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, select

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T
from kcz_metrics.store import audit, flags
from kcz_metrics.store.committing import BOUND, snapshot_id
from kcz_metrics.store.files import FOLDER, digest_of, path_of
from kcz_metrics.store.models import AUDIT_ENTRY, AUDIT_HEAD, FILE, FLAG_DECISION, SNAPSHOT

#: Acts that make a snapshot, or, for ``upgrade``, say what older ones were made of.
MAKING = ("import", "withdraw", "undo", "compact", *flags.ACTS.values())
UPGRADE = "upgrade"
#: States of the ledger that were found to agree with the audit trail, as digests of all they rest on.
_BOUND: set[str] = set()


def files(connection: Connection, home: Path, sample: int | None = None) -> list[Issue]:
    """Missing and changed files of all snapshots; with ``sample`` so many of them, drawn anew each time, are read."""
    there = named(connection)
    looked_at = there if sample is None or sample >= len(there) else random.SystemRandom().sample(there, sample)
    return list(_bad_files(home, sorted(looked_at)))


def named(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Table and hash of every file of any snapshot, each once."""
    of = select(FILE.c.table_name, FILE.c.sha256).distinct().order_by(FILE.c.table_name, FILE.c.sha256)
    return tuple((row.table_name, row.sha256) for row in connection.execute(of))


def _bad_files(home: Path, there: list[tuple[str, str]]) -> Iterator[Issue]:
    for table, digest in there:
        path = path_of(home, table, digest)
        if not path.is_file():
            yield Issue("file_missing", T("数据文件缺失"), place=str(path), subject=table, hint=T("从备份恢复"))
        elif digest_of(path) != digest:
            yield Issue("file_changed", T("数据文件的内容与登记的哈希不符"), place=str(path), subject=table, hint=T("从备份恢复"))


def orphans(connection: Connection, home: Path, older_than_seconds: float, now: float) -> tuple[Path, ...]:
    """Files under the store that the ledger does not name and that are older than given at ``now`` (seconds since 1970)."""
    kept = {path_of(home, table, digest) for table, digest in named(connection)}
    there = sorted(path for path in (home / FOLDER).rglob("*") if path.is_file())
    return tuple(path for path in there if path not in kept and path.stat().st_mtime <= now - older_than_seconds)


def require_bound(connection: Connection, place: Path) -> None:
    """Raise StoreError unless all that a snapshot's rows rest on is as the audit trail says.

    A flipped bit in the ledger would else leave out a file, an old version's mark, or a decision, and change a ranking without a word.
    The answer is kept for as long as those rows stay the same.
    """
    issues = []
    try:
        seal = _seal(connection, place)
        if seal in _BOUND:
            return
        issues = [*snapshots_against_audit(connection), *flags.against_audit(connection), *_changed_entries(connection)]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        # A damaged page reads as text that is no JSON, a number where text should stand, a null where none may be.
        raise StoreError(Issue("ledger_damaged", T("台账的内容已损坏"), place=str(place), hint=T("从备份恢复"))) from error
    if issues:
        raise StoreError(issues)
    _BOUND.add(seal)


def _seal(connection: Connection, place: Path) -> str:
    digest = hashlib.sha256(str(place).encode())
    for table in (SNAPSHOT, FILE, FLAG_DECISION, AUDIT_HEAD):
        for row in connection.exec_driver_sql(f"SELECT * FROM {table.name} ORDER BY 1, 2, 3"):  # noqa: S608 - names of our own
            digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def _changed_entries(connection: Connection) -> Iterator[Issue]:
    """Entries that speak of snapshots and decisions and no longer have their own hash; and a trail that does not end at its head."""
    for row in connection.execute(select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.act.in_((*MAKING, UPGRADE)))):
        if audit.digest_of_row(row) != row.hash:
            yield Issue("audit_entry_changed", T("审计记录 {number} 的内容与其哈希不符", number=row.number), hint=T("从备份恢复"))
    head = connection.execute(select(AUDIT_HEAD.c.number, AUDIT_HEAD.c.hash)).one_or_none()
    last = connection.execute(select(AUDIT_ENTRY.c.number, AUDIT_ENTRY.c.hash).order_by(AUDIT_ENTRY.c.number.desc()).limit(1)).one_or_none()
    count = connection.execute(select(func.count()).select_from(AUDIT_ENTRY)).scalar_one()
    if (tuple(head) if head else None) != (tuple(last) if last else None) or count != (head.number if head else 0):
        yield Issue("audit_tail", T("审计记录的末尾与登记的最后一条不符"), hint=T("从备份恢复"))


def snapshots_against_audit(connection: Connection) -> list[Issue]:
    """Snapshots without their entry, entries without their snapshot, and snapshots or files that differ from what the entry says."""
    issues: list[Issue] = []
    making = select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.act.in_(MAKING)).order_by(AUDIT_ENTRY.c.number)
    audited = {row.number: row for row in connection.execute(making) if "snapshot" in row.detail and "files" in row.detail}
    older = _of_older_programs(connection)
    file_rows: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(select(FILE).order_by(FILE.c.table_name, FILE.c.sha256)):
        file_rows.setdefault(row.added, []).append(row)
    dropped = {tuple(one): entry.detail["number"] for entry in audited.values() for one in entry.detail.get("dropped", ())}
    parent, number = None, 0
    for row in connection.execute(select(SNAPSHOT).order_by(SNAPSHOT.c.number)):
        place = f"{row.number} {row.id[:6]}"
        entry, here = audited.pop(row.audit_entry, None), file_rows.pop(row.number, [])
        misplaced = (row.parent, row.number) != (parent, number + 1)
        parent, number = row.id, row.number
        if entry is None:
            issues.append(Issue("snapshot_without_entry", T("快照没有审计记录"), place=place))
            continue
        names = [[one.table_name, one.sha256] for one in here]
        said = {"file_rows": older.get(row.number), **entry.detail, "at": entry.at, "actor": entry.actor}
        found = {
            "snapshot": snapshot_id(row.parent, names, row.import_key),
            "number": row.number,
            "parent": row.parent,
            "import_key": row.import_key,
            "files": names,
            "file_rows": sorted([one._mapping[name] for name in BOUND] for one in here),
            "source": row.source,
            "invented": row.invented,
            "rows_in": row.rows_in,
            "rows_out": row.rows_out,
            "at": row.created_at,
            "actor": row.actor,
        }
        wrong = [name for name, value in found.items() if said.get(name) != value]
        wrong += ["id"] if row.id != said.get("snapshot") else []
        wrong += ["order"] if misplaced else []
        wrong += ["dropped"] if any(one.dropped != dropped.get((one.table_name, one.sha256, one.added)) for one in here) else []
        if wrong:
            issues.append(Issue("snapshot_differs", T("快照与审计记录不符"), place=place, found=T("{columns}", columns=", ".join(wrong))))
    if any(file_rows.values()):
        issues.append(Issue("file_without_snapshot", T("有数据文件不属于任何快照"), place=", ".join(map(str, sorted(file_rows)))))
    issues += [
        Issue("entry_without_snapshot", T("审计记录 {number} 的快照不在", number=number), place=str(entry.detail.get("snapshot", ""))[:6])
        for number, entry in audited.items()
    ]
    return issues


def _of_older_programs(connection: Connection) -> dict[int, list[list[Any]]]:
    """Number of a snapshot to its file rows, for those made before entries said them: bound when the ledger was brought up to date."""
    found: dict[int, list[list[Any]]] = {}
    for detail in connection.execute(select(AUDIT_ENTRY.c.detail).where(AUDIT_ENTRY.c.act == UPGRADE)).scalars():
        for number, of in detail.get("file_rows", {}).items():
            found.setdefault(int(number), of)
    return found
