"""One file with all that a store is, made while others go on writing."""

from __future__ import annotations

import io
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kcz_metrics import __version__
from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T
from kcz_metrics.operations.archive import Packing
from kcz_metrics.store import Actor, Store, require
from kcz_metrics.store.access import as_actor
from kcz_metrics.store.audit import now
from kcz_metrics.store.files import FOLDER, path_of, sync_file, sync_folder
from kcz_metrics.store.heads import FILE_NAME as HEADS
from kcz_metrics.store.ledger import BUSY_SECONDS, explained
from kcz_metrics.store.ledger import FILE_NAME as LEDGER
from kcz_metrics.store.migrations import HEAD

#: What lies in a store's home and is no part of it: other databases' files, logs, what restoring keeps aside.
ASIDE, STAGING = "before", ".restoring-"
#: The scheme as it was in force when the backup was made: a part of the backup, and where restoring puts it. It is never read from there
#: by itself: which scheme is in force is decided by people.
SCHEME = "scheme/indicators.yaml"
_LEFT_OUT = (FOLDER, "logs", ASIDE, "scheme")


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup as made: ``sha256`` is the manifest's, which names it; ``audit`` the last entry of the trail that it holds."""

    path: Path
    sha256: str
    parts: int
    size: int
    snapshot: tuple[int, str] | None
    audit: tuple[int, str]


def back_up(store: Store, target: Path, *, actor: Actor | str, act: str = "backup", scheme: Path | None = None) -> Backup:
    """Write the store as it stands at one moment to ``target``, whole or not at all, with an audit entry of this ``act``; and the file
    ``scheme``, so that the backup alone gives the same rankings again.

    Others read and write meanwhile; what they commit after the moment is not in it. Every file's hash is counted on the way: a damaged
    store is not backed up as if it were sound. Errors: AccessError; StoreError where ``target`` is there already, something is damaged, or
    it cannot be written.
    """
    who = as_actor(actor)
    require(who, "administer")
    if target.exists():
        raise StoreError(Issue("backup_exists", T("这个文件已存在，没有覆盖"), place=str(target), hint=T("换一个文件名")))
    with explained(target), tempfile.TemporaryDirectory(dir=target.parent, prefix=".kcz-backup-", ignore_cleanup_errors=True) as folder:
        whole = Path(folder) / "whole"
        with copied(store, Path(folder)) as copy, zipfile.ZipFile(whole, "w") as archive:
            done = _pack(store, copy, Packing(archive), who, target, scheme)
        sync_file(whole)
        # Before the name: a backup that nobody may know of is worse than an entry for one that could not be put in its place.
        detail = {"sha256": done.sha256, "parts": done.parts, "size": done.size, "snapshot": done.snapshot, "audit": done.audit}
        store.record_act(act, target.name, detail, actor=who)
        whole.rename(target)
        try:
            sync_folder(target.parent)
        except OSError:
            target.unlink(missing_ok=True)  # it may be gone after a power cut, and is said not to be there
            raise
    return done


@contextmanager
def copied(store: Store, folder: Path) -> Iterator[Store]:
    """The store with a copy of its ledger as it stands at one moment, in ``folder``; its files stay where they are."""
    heads = store.home / HEADS
    if heads.is_file():  # before the ledger: what is noted in it must be in the copy
        shutil.copyfile(heads, folder / HEADS)
    copy_ledger(store.home / LEDGER, folder / LEDGER)
    yield Store.open(folder, tables=store.tables)


def copy_ledger(source: Path, target: Path) -> None:
    """A consistent copy while others write."""
    found = sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
    with closing(found) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)


def _pack(store: Store, copy: Store, packing: Packing, who: Actor, target: Path, scheme: Path | None) -> Backup:
    broken = copy.verify_audit()
    if broken:
        raise StoreError(broken)
    head = copy.snapshots()[0] if not copy.is_empty else None
    snapshot = (head.number, head.id) if head else None
    trail = copy.audit_head()
    copy.engine.dispose()
    # No connection is left, so that all of the copy is in its one file.
    with closing(sqlite3.connect(copy.home / LEDGER)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for name in (LEDGER, HEADS):
        if (copy.home / name).is_file():
            with (copy.home / name).open("rb") as stream:
                packing.add(name, stream)
    for table, digest in copy.named_files():
        path = path_of(store.home, table, digest)
        name = path.relative_to(store.home).as_posix()
        with path.open("rb") as stream:
            part = packing.add(name, stream, packed=True)
        if part.sha256 != digest:
            hint = T("先修好再备份，或从较早的备份恢复")
            raise StoreError(Issue("file_changed", T("数据文件的内容与登记的哈希不符"), place=str(path), subject=table, hint=hint))
    for path in beside(store.home):
        with path.open("rb") as stream:
            packing.add(path.relative_to(store.home).as_posix(), stream)
    if scheme is not None:
        packing.add(SCHEME, io.BytesIO(scheme.read_bytes()))
    said = {"made_at": now(), "actor": who.name, "program": __version__, "ledger_version": HEAD, "snapshot": snapshot, "audit": trail}
    seal = packing.close(said)
    return Backup(target, seal, len(packing.parts), sum(part.size for part in packing.parts), snapshot, trail)


def beside(home: Path) -> list[Path]:
    """What else lies in the home and belongs to the store: settings and the like; hidden files, links and logs do not."""
    found = []
    for path in sorted(home.rglob("*")):
        inside = path.relative_to(home).parts
        if inside[0] in _LEFT_OUT or inside[0].startswith((LEDGER, HEADS)) or any(part.startswith(".") for part in inside):
            continue
        if path.is_file() and not path.is_symlink():
            found.append(path)
    return found
