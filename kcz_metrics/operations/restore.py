"""A backup put back: unpacked and verified beside what is there, then in its place at one stroke; the old is kept aside."""

from __future__ import annotations

import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T
from kcz_metrics.operations import archive
from kcz_metrics.operations.archive import Manifest
from kcz_metrics.operations.backup import ASIDE, SCHEME, STAGING, beside, copy_ledger
from kcz_metrics.store import Actor, Snapshot, Store, require
from kcz_metrics.store.access import as_actor
from kcz_metrics.store.files import FOLDER, sync_file, sync_folder
from kcz_metrics.store.heads import FILE_NAME as HEADS
from kcz_metrics.store.heads import note, note_restoring
from kcz_metrics.store.ledger import BUSY_SECONDS, explained, look
from kcz_metrics.store.ledger import FILE_NAME as LEDGER
from kcz_metrics.store.migrations import VERSIONS
from kcz_metrics.store.opened import home_of

#: Room for the ledger's own growing, beside what is unpacked.
SPARE = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it: the store, its newest snapshot (None of an empty one), where the old one is kept (None where there was none), and
    where the scheme of the backup lies (None where it holds none); it is not put in force."""

    store: Store
    snapshot: Snapshot | None
    manifest: Manifest
    aside: Path | None
    scheme: Path | None


def restore(path: Path, home: Path | None = None, *, actor: Actor | str, replace: bool = False) -> Restored:
    """Put the backup at ``path`` into ``home`` (else ``KCZ_HOME``), with an audit entry in the restored trail.

    Nothing that is there changes before all of the backup is unpacked and verified. Where there are records already, ``replace`` is needed;
    they are kept whole in ``before/`` of the home. Others may go on reading; a writer waits and then writes on the restored store.
    Errors: AccessError; StoreError where the backup is damaged or of a newer program, where there are records and not ``replace``, or where
    it cannot be written.
    """
    who = as_actor(actor)
    require(who, "administer")
    place = home_of(home)
    with explained(place), archive.reading(path) as (packed, manifest):
        if manifest.ledger_version not in VERSIONS:
            newer = T("备份由更新的程序写成")
            raise StoreError(Issue("backup_newer", newer, place=str(path), found=T("版本 {version}", version=manifest.ledger_version)))
        _refuse_records(place, replace)
        _require_room(place, manifest)
        with _staging(place) as staging:
            for part in manifest.parts:
                archive.unpack(path, packed, part, staging / part.name)
            return _put_in_place(place, _verified(path, staging, manifest), manifest, who)


def _refuse_records(place: Path, replace: bool) -> None:
    looked = look(place / LEDGER)
    if looked.state == "newer":
        raise StoreError(Issue("ledger_newer", T("台账由更新的程序写成，原样保留"), place=str(place), hint=T("更新本程序")))
    if replace or looked.state == "none":
        return
    if looked.state == "current" and Store.open(place).is_empty:
        return
    raise StoreError(
        Issue(
            "store_not_empty",
            T("这里已有记录，没有恢复"),
            place=str(place),
            hint=T("用 --replace 替换，旧的会另外保留；或用 KCZ_HOME 指明空目录"),
        )
    )


def _require_room(place: Path, manifest: Manifest) -> None:
    there = next(folder for folder in (place, *place.parents) if folder.is_dir())
    needed, free = manifest.size + SPARE, shutil.disk_usage(there).free
    if free < needed:
        megabytes = T("{n} MB", n=f"{needed / 1e6:,.0f}")
        raise StoreError(
            Issue("no_room", T("磁盘空间不够"), place=str(there), expected=megabytes, found=T("{n} MB", n=f"{free / 1e6:,.0f}"))
        )


@contextmanager
def _staging(place: Path) -> Iterator[Path]:
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.mkdir(mode=0o700)
    folder = place / f"{STAGING}{uuid.uuid4().hex}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _verified(path: Path, staging: Path, manifest: Manifest) -> Store:
    """The unpacked store, brought up to date, sound in every file and entry, and what the manifest says."""
    store = Store.open(staging)
    head = None if store.is_empty else store.snapshot()
    if (manifest.snapshot is None) != (head is None) or (head and (head.number, head.id) != manifest.snapshot):
        raise archive.unsound(path, T("备份中的快照与清单不符"))
    broken = [*store.verify_audit(manifest.audit[1] if manifest.audit[0] else None), *store.verify_files()]
    if broken:
        raise StoreError(broken)
    return store


def _put_in_place(place: Path, staged: Store, manifest: Manifest, who: Actor) -> Restored:
    live = _openable(place)
    old = live.audit_head() if live else None
    detail = {"backup": manifest.sha256, "made_at": manifest.made_at, "replaced": list(old) if old and old[0] else None}
    staged.record_act("restore", manifest.made_at, detail, actor=who)
    last = staged.audit_head()
    staged.engine.dispose()
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    aside = place / ASIDE / stamp
    if live is None:
        kept = _set_aside(place, aside, None)
        _place_files(staged.home, place)
        note_restoring(place, *last)
        with closing(sqlite3.connect(staged.home / LEDGER)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sync_file(staged.home / LEDGER)
        for ending in ("-wal", "-shm"):
            (place / f"{LEDGER}{ending}").unlink(missing_ok=True)
        os.replace(staged.home / LEDGER, place / LEDGER)
        sync_folder(place)
    else:
        with _exchanging(live, staged) as connection:
            # As the only writer: what is kept aside is all that was ever acknowledged.
            kept = _set_aside(place, aside, live)
            _place_files(staged.home, place)
            note_restoring(place, *last)
            _exchange(connection)
    _place_beside(staged.home, place)
    store = Store.open(place)
    note(place, *store.audit_head())
    scheme = place / SCHEME if any(part.name == SCHEME for part in manifest.parts) else None
    return Restored(store, None if store.is_empty else store.snapshot(), manifest, aside if kept else None, scheme)


def _openable(place: Path) -> Store | None:
    """The store that is there, where its ledger can still be written; a damaged one is moved aside as it is."""
    if look(place / LEDGER).state not in ("current", "older"):
        return None
    try:
        store = Store.open(place)
        with closing(sqlite3.connect(place / LEDGER)) as connection:
            sound = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
        return store if sound and store.audit_head() else None
    except (StoreError, sqlite3.Error, UnicodeDecodeError):
        return None


def _set_aside(place: Path, aside: Path, live: Store | None) -> bool:
    """Keep what is there in ``aside``: files as further names of the same bytes, the ledger as a copy. Whether there was anything."""
    there = [path for path in (place / FOLDER).rglob("*") if path.is_file()] if (place / FOLDER).is_dir() else []
    others = [*beside(place), *([place / SCHEME] if (place / SCHEME).is_file() else [])]
    ledger = [path for path in place.iterdir() if path.name.startswith((LEDGER, HEADS))]
    if not there and not others and (live is None or live.is_empty) and not ledger:
        return False
    aside.mkdir(parents=True, mode=0o700)
    for path in [*there, *others]:
        target = aside / path.relative_to(place)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, target)
        except OSError:  # a file system without further names
            shutil.copy2(path, target)
    if live is not None:
        copy_ledger(place / LEDGER, aside / LEDGER)
        if (place / HEADS).is_file():
            shutil.copy2(place / HEADS, aside / HEADS)
    else:
        for path in ledger:
            shutil.copy2(path, aside / path.name)
    for folder in {aside, *(path.parent for path in aside.rglob("*"))}:
        sync_folder(folder)
    return True


def _place_files(staging: Path, place: Path) -> None:
    """Files under the names of their content: one that is there and sound stays the same, a damaged one is replaced."""
    folders = {place, place / FOLDER}
    for path in sorted((staging / FOLDER).rglob("*.parquet")):
        target = place / path.relative_to(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        folders.add(target.parent)
        sync_file(path)
        os.replace(path, target)
    for folder in folders:
        if folder.is_dir():
            sync_folder(folder)


def _place_beside(staging: Path, place: Path) -> None:
    """What belongs to the store besides ledger and files, and the scheme; one of an earlier restoring goes, so that it is not taken for
    this backup's."""
    (place / SCHEME).unlink(missing_ok=True)
    for path in [*beside(staging), *([staging / SCHEME] if (staging / SCHEME).is_file() else [])]:
        target = place / path.relative_to(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        sync_file(path)
        os.replace(path, target)


@contextmanager
def _exchanging(live: Store, staged: Store) -> Iterator[sqlite3.Connection]:
    """A transaction of the only writer on the live ledger, with the restored one beside it as ``restored``."""
    with closing(sqlite3.connect(live.home / LEDGER, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("ATTACH ? AS restored", [str(staged.home / LEDGER)])
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        finally:
            connection.execute("DETACH restored")


def _exchange(connection: sqlite3.Connection) -> None:
    """All rows of the live ledger for those of the restored one; readers see the one or the other."""
    connection.execute("PRAGMA defer_foreign_keys = ON")
    guards = connection.execute("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        connection.execute(f'DROP TRIGGER main."{name}"')
    tables = [
        name for (name,) in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    ]
    for name in tables:
        # By name: a ledger that was migrated may have its columns in another order than one made anew.
        columns = ", ".join(f'"{column}"' for _, column, *_ in connection.execute(f'PRAGMA main.table_info("{name}")'))
        connection.execute(f'DELETE FROM main."{name}"')  # noqa: S608 - names of our own tables
        connection.execute(f'INSERT INTO main."{name}" ({columns}) SELECT {columns} FROM restored."{name}"')  # noqa: S608
    for _, sql in guards:
        connection.execute(sql)
