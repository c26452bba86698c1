"""The store: snapshots of all records, and the ledger that says which there are, who made them, and when."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from sqlalchemy import Connection, Engine, Row, func, or_, select

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T, Text
from kcz_metrics.store import audit, committing, flags, history, integrity
from kcz_metrics.store.access import Actor, as_actor, require
from kcz_metrics.store.audit import AuditEntry
from kcz_metrics.store.files import FOLDER, path_of
from kcz_metrics.store.ledger import FILE_NAME, explained, open_ledger, reading, writing
from kcz_metrics.store.models import FILE, SNAPSHOT
from kcz_metrics.store.snapshot import Snapshot, SnapshotFile, SnapshotInfo, unknown_table

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
        place = Path(home or os.environ.get("KCZ_HOME") or DEFAULT_HOME).absolute()
        with explained(place):
            (place / FOLDER).mkdir(parents=True, exist_ok=True)
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
            return tuple(SnapshotInfo(**_fields(row)) for row in found)

    def snapshot(self, id: str | None = None) -> Snapshot:
        """The snapshot whose id begins with ``id``, or the newest. Errors: StoreError where there is none or more than one."""
        with explained(self.home), reading(self.engine) as connection:
            return self._snapshot(connection, id)

    def by_import_key(self, import_key: str) -> Snapshot | None:
        """The snapshot that an import with this key has made, if any."""
        with explained(self.home), reading(self.engine) as connection:
            found = connection.execute(select(SNAPSHOT.c.id).where(SNAPSHOT.c.import_key == import_key)).scalar()
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
    ) -> Snapshot:
        """Add rows (new ones, or new versions of those with the same key) as the next snapshot, with its audit entry, or nothing at all.

        ``tables``: frames in the contract's columns and types, optionally with ``_file`` and ``_row``. ``removed``: per table a frame
        with the key columns of rows that end here. ``import_key``: a commit with a key that is known already changes nothing and returns
        the snapshot it made then. A writer that comes meanwhile waits and builds on this one.
        Errors: AccessError; StoreError where a frame does not fit its contract, a removed row is not there, or it cannot be written.
        """
        who = as_actor(actor)
        require(who, "import")
        if removed:
            require(who, "withdraw")
        for name in [*tables, *(removed or {})]:
            if name not in self.tables:
                raise unknown_table(name, self.tables)
        gone = {name: frame.unique(maintain_order=True) for name, frame in (removed or {}).items() if frame.height}
        added = committing.prepare(self.tables, tables)
        if not added and not gone:
            raise StoreError(Issue("nothing_to_store", T("没有可入库的行"), subject=source))
        change = committing.Change(added, gone, who, source, reason, import_key, invented)
        with explained(self.home), writing(self.engine) as connection:
            # Asked inside the transaction: another writer may have been first with the same file, or moved the head.
            known = import_key and connection.execute(select(SNAPSHOT.c.id).where(SNAPSHOT.c.import_key == import_key)).scalar()
            made = known or committing.write(connection, self.home, self.tables, self._head(connection), change)
            return self._snapshot(connection, made)

    def decide_flag(self, verdict: flags.Verdict, *, actor: Actor | str, seen: str | None = None) -> flags.FlagDecision:
        """Record what a steward decides about a flag, with its effect on the records and its audit entry, or nothing at all.

        ``seen``: the id of the snapshot whose effect was looked at; it must still be the newest.
        Errors: AccessError; StoreError where the verdict does not follow on the flag's state, has no reason, or cannot be written.
        """
        who = as_actor(actor)
        require(who, "withdraw")
        with explained(self.home), writing(self.engine) as connection:
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

    def row_history(self, table: str, key: Mapping[str, object]) -> tuple[history.RowVersion, ...]:
        """Every version of the row with this key, newest first, with who brought it and when; empty where there never was one."""
        if table not in self.tables:
            raise unknown_table(table, self.tables)
        return () if self.is_empty else history.of_row(self.snapshot(), self.snapshots(), table, key)

    def audit(self) -> list[AuditEntry]:
        """The audit trail, oldest first."""
        with explained(self.home), reading(self.engine) as connection:
            return audit.entries(connection)

    def verify_audit(self, printed: str | None = None) -> list[Issue]:
        """Breaks of the audit chain, and snapshots that do not agree with their entry; empty when all is well.

        ``printed``: the hash of an entry noted down earlier, which the trail must still contain.
        """
        with explained(self.home), reading(self.engine) as connection:
            broken = audit.verify(connection, printed)
            return broken + integrity.snapshots_against_audit(connection) + flags.against_audit(connection)

    def verify_files(self) -> list[Issue]:
        """Files of any snapshot that are missing or whose bytes are no longer what was written; reads every file."""
        with explained(self.home), reading(self.engine) as connection:
            return integrity.files(connection, self.home)

    def orphans(self, older_than_seconds: float = 3600) -> tuple[Path, ...]:
        """Files that no snapshot names: what a killed import leaves. Young ones may belong to an import that still runs."""
        with explained(self.home), reading(self.engine) as connection:
            return integrity.orphans(connection, self.home, older_than_seconds)

    def _head(self, connection: Connection) -> Snapshot | None:
        found = connection.execute(select(SNAPSHOT.c.id).order_by(SNAPSHOT.c.number.desc()).limit(1)).scalar()
        return self._snapshot(connection, found) if found else None

    def _snapshot(self, connection: Connection, id: str | None) -> Snapshot:
        query = select(SNAPSHOT).order_by(SNAPSHOT.c.number.desc())
        if id:
            query = query.where(SNAPSHOT.c.id.startswith(id.lower(), autoescape=True))
        found = connection.execute(query.limit(2 if id else 1)).all()
        if not found:
            raise StoreError(
                Issue("no_snapshot", T("没有以 {id} 开头的快照", id=id), subject=id)
                if id
                else Issue("store_empty", T("还没有任何记录"), place=str(self.home), hint=T("先导入记录，或运行 kcz demo 生成虚构记录"))
            )
        if len(found) > 1:
            raise StoreError(
                Issue(
                    "snapshot_ambiguous",
                    T("不止一个快照以 {id} 开头", id=id),
                    subject=str(id),
                    found=T("{ids}", ids=", ".join(row.id[:12] for row in found)),
                )
            )
        fields = _fields(found[0])
        number = found[0].number
        files: dict[str, list[SnapshotFile]] = {}
        in_it = (FILE.c.added <= number) & or_(FILE.c.dropped.is_(None), FILE.c.dropped > number)
        for row in connection.execute(select(FILE).where(in_it).order_by(FILE.c.table_name, FILE.c.added, FILE.c.sha256)):
            path = path_of(self.home, row.table_name, row.sha256)
            files.setdefault(row.table_name, []).append(SnapshotFile(path, row.sha256, row.rows, row.size, row.added, row.superseding))
        whole = {name: tuple(of) for name, of in files.items()}
        return Snapshot(**fields, files=whole, tables=self.tables, zeroed=flags.zeroed(connection, number))


def _fields(row: Row[Any]) -> dict[str, Any]:
    said = {name: value for name, value in row._mapping.items() if name != "audit_entry"}
    return said | {"created_at": datetime.fromisoformat(row.created_at)}
