"""The store: snapshots of all records, and the ledger that says which there are, who made them, and when."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import Connection, Engine, func, select

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T, Text
from kcz_metrics.store import audit, committing, compacting, conflicts, deciding, finding, flags, heads, history, integrity, keys, undoing
from kcz_metrics.store.access import Actor, as_actor, require
from kcz_metrics.store.audit import AuditEntry
from kcz_metrics.store.files import FOLDER
from kcz_metrics.store.ledger import FILE_NAME, explained, open_ledger, reading, writing
from kcz_metrics.store.models import AUDIT_ENTRY, SNAPSHOT
from kcz_metrics.store.snapshot import Snapshot, SnapshotInfo, unknown_table

if TYPE_CHECKING:
    from kcz_metrics.tables import Table

DEFAULT_HOME = Path("data/store")


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. Holds no connection between calls; any number of threads and processes may use the same home at once."""

    home: Path
    tables: Mapping[str, Table] = field(repr=False, compare=False)
    engine: Engine = field(repr=False, compare=False)

    @classmethod
    def open(cls, home: Path | str | None = None, *, tables: Mapping[str, Table] | None = None) -> Store:
        """Open the store at ``home`` (else ``KCZ_HOME``, else ``data/store``); made where there is none, migrated where it is older."""
        if tables is None:
            from kcz_metrics.tables import TABLES

            tables = TABLES
        place = home_of(home)
        with explained(place):
            _make_home(place)
        return cls(place, tables, open_ledger(place / FILE_NAME))

    @property
    def is_empty(self) -> bool:
        """Whether nothing has ever been committed."""
        with explained(self.home), reading(self.engine) as connection:
            return connection.execute(select(func.count()).select_from(SNAPSHOT)).scalar_one() == 0

    def snapshots(self) -> tuple[SnapshotInfo, ...]:
        """Every snapshot, newest first."""
        with explained(self.home), reading(self.engine) as connection:
            found = connection.execute(select(SNAPSHOT).order_by(SNAPSHOT.c.number.desc()))
            return tuple(finding.info(row) for row in found)

    def made_by(self) -> dict[SnapshotInfo, str]:
        """Every snapshot, newest first, to the audit entry's act that made it: import, withdraw, undo, compact, confirm_flag, ..."""
        with explained(self.home), reading(self.engine) as connection:
            acts = {row.number: row.act for row in connection.execute(select(AUDIT_ENTRY.c.number, AUDIT_ENTRY.c.act))}
            found = connection.execute(select(SNAPSHOT).order_by(SNAPSHOT.c.number.desc()))
            return {finding.info(row): acts.get(row.audit_entry, "") for row in found}

    def contract(self, table: str) -> Table:
        """The table's contract. Errors: StoreError where there is no such table."""
        if table not in self.tables:
            raise unknown_table(table, self.tables)
        return self.tables[table]

    def snapshot(self, id: str | None = None) -> Snapshot:
        """The snapshot whose id begins with ``id``, or the newest. Errors: StoreError where there is none or more than one."""
        with explained(self.home), reading(self.engine) as connection:
            return self._snapshot(connection, id)

    def by_import_key(self, import_key: str) -> Snapshot | None:
        """The snapshot that an import with this key has made, if any and not undone."""
        with explained(self.home), reading(self.engine) as connection:
            found, _ = keys.resolve(connection, import_key)
            return self._snapshot(connection, found) if found else None

    def commit(
        self,
        tables: Mapping[str, pl.DataFrame],
        *,
        actor: Actor | str,
        source: str,
        reason: Text | str,
        import_key: str | None = None,
        invented: bool = False,
        removed: Mapping[str, pl.DataFrame] | None = None,
        seen: str | None = None,
    ) -> Snapshot:
        """Add rows (new ones, or new versions of those with the same key) as the next snapshot, with its audit entry, or nothing at all.

        ``tables``: frames in the contract's columns and types, optionally with ``_file`` and ``_row``. ``removed``: per table a frame
        with the key columns of rows that end here. ``import_key``: a commit with a key that is known already changes nothing and returns
        the snapshot it made then, unless it was undone since. A writer that comes meanwhile waits and builds on this one.
        ``seen``: the id of the snapshot that the rows were compared with, "" for an empty store. Rows that others have written just so
        since are left out (the newest snapshot is returned where none is left); rows that they have changed otherwise are refused.
        Errors: AccessError; ConflictError with both values of every such row; StoreError where a frame does not fit its contract, a removed
        row is not there, or it cannot be written.
        """
        who = as_actor(actor)
        require(who, "import")
        if removed:
            require(who, "withdraw")
        for name in [*tables, *(removed or {})]:
            self.contract(name)
        gone = {name: frame.unique(maintain_order=True) for name, frame in (removed or {}).items() if frame.height}
        added = committing.prepare(self.tables, tables)
        if not added and not gone:
            raise StoreError(Issue("nothing_to_store", T("没有可入库的行"), subject=source))
        change = committing.Change(added, gone, who, source, reason, import_key, invented)
        with self._writing() as connection:
            # Asked inside the transaction: another writer may have been first with the same file, or moved the head.
            known, key = keys.resolve(connection, import_key)
            head = self._head(connection)
            if known is None and head is not None and seen is not None and self._number(connection, seen) < head.number:
                fresh = conflicts.fresh_rows(head, self._number(connection, seen), added, gone, self._infos(connection))
                if not fresh and not gone:
                    return head
                change = replace(change, added=fresh)
            made = known or committing.write(connection, self.home, self.tables, head, replace(change, import_key=key))
            return self._snapshot(connection, made)

    def undo_effect(self, id: str) -> undoing.Undoing:
        """What undoing the snapshot whose id begins with ``id`` would do now, or what stands in the way."""
        with explained(self.home), reading(self.engine) as connection:
            return self._undoing(connection, self._snapshot(connection, id))

    def undo(self, id: str, *, actor: Actor | str, reason: Text | str) -> Snapshot:
        """Make a snapshot in which the rows of an import stand as before it, with its audit entry, or nothing at all.

        One's own import takes the right to import; another's, or a withdrawal, the right to withdraw.
        Errors: AccessError; StoreError with every row that was changed since or is still referred to, where it was undone already, where
        the snapshot is no import, and where there is no reason.
        """
        who = as_actor(actor)
        require(who, "import")
        if not str(reason).strip():
            raise StoreError(Issue("reason_missing", T("须写明理由"), subject=id))
        with self._writing() as connection:
            taken = self._snapshot(connection, id)
            if taken.actor != who.name or keys.act_of(connection, taken.number) != "import":
                require(who, "withdraw")
            found = self._undoing(connection, taken)
            if found.obstacles:
                raise StoreError(found.obstacles)
            key = keys.of_undo(taken.id)
            added = committing.prepare(self.tables, found.restored)
            change = committing.Change(added, found.removed, who, f"undo {taken.short}", reason, key, False, "undo")
            return self._snapshot(connection, committing.write(connection, self.home, self.tables, self._head(connection), change))

    def crowded(self, most: int = compacting.MOST) -> dict[str, int]:
        """Tables with more than ``most`` small files, and how many they have: worth compacting."""
        return {} if self.is_empty else {name: len(files) for name, files in compacting.crowded(self.snapshot(), most).items()}

    def compact(self, *, actor: Actor | str, most: int = compacting.MOST) -> Snapshot | None:
        """Make the small files of crowded tables one each, in a new snapshot with the same rows; None where no table is crowded."""
        who = as_actor(actor)
        require(who, "administer")
        with self._writing() as connection:
            head = self._head(connection)
            crowd = compacting.crowded(head, most) if head else {}
            return self._snapshot(connection, compacting.write(connection, self.home, head, crowd, who)) if head and crowd else None

    def sweep(self, *, actor: Actor | str) -> tuple[Path, ...]:
        """Delete the files that no snapshot names, and return them. As no import can run meanwhile, none of them is still to be named."""
        who = as_actor(actor)
        require(who, "administer")
        with self._writing() as connection:
            # One that cannot be deleted stays an orphan; the entry names those that are gone.
            found = tuple(path for path in integrity.orphans(connection, self.home, 0, time.time()) if _deleted(path))
            if found:
                names = [str(path.relative_to(self.home)) for path in found]
                audit.append(connection, who, "sweep", f"{len(found)}", {"files": names})
            return found

    def record_act(self, act: str, subject: str, detail: Mapping[str, object], *, actor: Actor) -> int:
        """Write an audit entry for an act that changes nothing in the store, a backup say; returns its number. The caller has asked for the
        right to act."""
        with self._writing() as connection:
            return audit.append(connection, actor, act, subject, detail)

    def decide_flag(self, verdict: flags.Verdict, *, actor: Actor | str, seen: str | None = None) -> flags.FlagDecision:
        """Record what a steward decides about a flag, with its effect on the records and its audit entry, or nothing at all.

        ``seen``: the id of the snapshot whose effect was looked at; it must still be the newest.
        Errors: AccessError; StoreError where the verdict does not follow on the flag's state, has no reason, or cannot be written.
        """
        who = as_actor(actor)
        require(who, "withdraw")
        with self._writing() as connection:
            head = self._head(connection)
            if head is None:
                raise StoreError(Issue("store_empty", T("还没有任何记录"), place=str(self.home)))
            if seen is not None and head.id != seen:
                moved = T("看过影响之后又有了新的快照，没有认定")
                raise StoreError(Issue("snapshot_moved", moved, subject=verdict.flag, hint=T("在新的快照上再看一次影响")))
            number = flags.decide(connection, self.home, self.tables, head, verdict, who)
            return next(one for one in flags.all_of(connection) if one.number == number)

    def flag_decisions(self, snapshot: Snapshot | None = None) -> tuple[flags.FlagDecision, ...]:
        """Decisions on flags, oldest first; with ``snapshot`` those made up to it."""
        with explained(self.home), reading(self.engine) as connection:
            return tuple(flags.all_of(connection, snapshot.number if snapshot else None))

    def decide(
        self,
        docket: deciding.Docket,
        rulings: Sequence[deciding.Ruling],
        *,
        actor: Actor | str,
        snapshot: str,
        scheme: str,
        seen: int | None = None,
        apart: bool = False,
    ) -> tuple[deciding.Decision, ...]:
        """Record decisions of a round, withdrawals and its close among them, with their audit entries, all or none.

        ``snapshot`` is the id of the one whose proposals were looked at and must still be the newest, ``scheme`` the digest of the scheme
        they rest on; for the rest see :func:`kcz_metrics.store.deciding.write`. Errors: AccessError; StoreError.
        """
        who = as_actor(actor)
        require(who, "approve")
        with self._writing() as connection:
            head = self._head(connection)
            if head is None:
                raise StoreError(Issue("store_empty", T("还没有任何记录"), place=str(self.home)))
            if head.id != snapshot:
                moved = T("看过之后又有了新的快照，没有记录决定")
                raise StoreError(Issue("snapshot_moved", moved, subject=docket.matter, hint=T("在新的快照上再看一次")))
            numbers = deciding.write(connection, docket, rulings, who, snapshot=head.number, scheme=scheme, seen=seen, apart=apart)
            return tuple(one for one in deciding.of(connection, docket) if one.number in numbers)

    def decisions(self, docket: deciding.Docket | None = None, snapshot: Snapshot | None = None) -> tuple[deciding.Decision, ...]:
        """Decisions on tiers and selections, oldest first, those taken back and their withdrawals too; with ``snapshot`` those made up to
        it. :func:`kcz_metrics.store.deciding.in_force` leaves those that hold."""
        with explained(self.home), reading(self.engine) as connection:
            return deciding.of(connection, docket, snapshot.number if snapshot else None)

    def row_history(self, table: str, key: Mapping[str, object], snapshot: str | None = None) -> tuple[history.RowVersion, ...]:
        """Every version of the row with this key up to ``snapshot`` (the newest), newest first, with who brought it, when, why and from
        which file and row; empty where there never was one."""
        self.contract(table)
        if self.is_empty:
            return ()
        with explained(self.home), reading(self.engine) as connection:
            made = {entry.detail["number"]: entry for entry in audit.entries(connection, integrity.MAKING) if "number" in entry.detail}
            return history.of_row(self._snapshot(connection, snapshot), self._infos(connection), made, table, key)

    def audit(self) -> list[AuditEntry]:
        """The audit trail, oldest first."""
        with explained(self.home), reading(self.engine) as connection:
            return audit.entries(connection)

    def verify_audit(self, printed: str | None = None) -> list[Issue]:
        """Breaks of the audit chain, and snapshots that do not agree with their entry; empty when all is well.

        ``printed``: the hash of an entry noted down earlier, which the trail must still contain.
        """
        with explained(self.home), reading(self.engine) as connection:
            broken = audit.verify(connection, printed, heads.noted(self.home, audit.hashes(connection)))
            return (
                broken
                + integrity.snapshots_against_audit(connection)
                + flags.against_audit(connection)
                + deciding.against_audit(connection)
            )

    def audit_head(self) -> tuple[int, str]:
        """Number and hash of the trail's last entry: what to note down elsewhere."""
        with explained(self.home), reading(self.engine) as connection:
            return audit.head(connection)

    def last_act_at(self, act: str | None = None) -> datetime | None:
        """When the latest act, or act of this kind, was done as its entry says; None where there was none."""
        with explained(self.home), reading(self.engine) as connection:
            return audit.latest(connection, act)

    def named_files(self) -> tuple[tuple[str, str], ...]:
        """Table and hash of every file of any snapshot, each once."""
        with explained(self.home), reading(self.engine) as connection:
            return integrity.named(connection)

    def verify_files(self, sample: int | None = None) -> list[Issue]:
        """Files of any snapshot that are missing or whose bytes are no longer what was written; reads every file, or ``sample`` of them."""
        with explained(self.home), reading(self.engine) as connection:
            return integrity.files(connection, self.home, sample)

    def orphans(self, older_than_seconds: float = 3600) -> tuple[Path, ...]:
        """Files that no snapshot names: what a killed import leaves. Young ones may belong to an import that still runs."""
        with explained(self.home), reading(self.engine) as connection:
            return integrity.orphans(connection, self.home, older_than_seconds, time.time())

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction as the only writer; once it is in the ledger, the end of the audit trail is noted outside too."""
        with explained(self.home), writing(self.engine) as connection:
            before = audit.head(connection)
            yield connection
            now = audit.head(connection)
        if now != before:
            heads.note(self.home, *now)

    def _infos(self, connection: Connection) -> dict[int, SnapshotInfo]:
        return finding.infos(connection)

    def _number(self, connection: Connection, seen: str) -> int:
        return self._snapshot(connection, seen).number if seen else 0

    def _undoing(self, connection: Connection, taken: Snapshot) -> undoing.Undoing:
        head = self._head(connection)
        assert head is not None
        found = undoing.effect(head, taken, keys.act_of(connection, taken.number), self._infos(connection))
        before = keys.undone_before(connection, taken)
        return found if before is None else replace(found, obstacles=(before,))

    def _head(self, connection: Connection) -> Snapshot | None:
        found = connection.execute(select(SNAPSHOT.c.id).order_by(SNAPSHOT.c.number.desc()).limit(1)).scalar()
        return self._snapshot(connection, found) if found else None

    def _snapshot(self, connection: Connection, id: str | None) -> Snapshot:
        return finding.snapshot(connection, self.home, self.tables, id)


def home_of(home: Path | str | None = None) -> Path:
    """The store's folder: as given, else ``KCZ_HOME``, else ``data/store``."""
    return Path(home or os.environ.get("KCZ_HOME") or DEFAULT_HOME).absolute()


def _deleted(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _make_home(place: Path) -> None:
    """Make the store's folder, for its owner alone; one that somebody has made for it, and that is empty, is closed to others too."""
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.mkdir(mode=0o700, exist_ok=True)
    elif not any(place.iterdir()):
        with suppress(OSError):
            place.chmod(0o700)
    (place / FOLDER).mkdir(exist_ok=True)
