"""An open store: its folder, the contracts of its tables, its ledger; which snapshots there are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection, Engine, func, select

from kcz_metrics.store import audit, finding, heads, keys
from kcz_metrics.store.files import FOLDER
from kcz_metrics.store.ledger import FILE_NAME, explained, open_ledger, reading, writable, writing
from kcz_metrics.store.models import AUDIT_ENTRY, SNAPSHOT
from kcz_metrics.store.snapshot import Snapshot, SnapshotInfo, unknown_table

if TYPE_CHECKING:
    from kcz_metrics.tables import Table

DEFAULT_HOME = Path("data/store")


@dataclass(frozen=True, slots=True)
class Opened:
    """Holds no connection between calls; any number of threads and processes may use the same home at once."""

    home: Path
    tables: Mapping[str, Table] = field(repr=False, compare=False)
    engine: Engine = field(repr=False, compare=False)

    @classmethod
    def open(cls, home: Path | str | None = None, *, tables: Mapping[str, Table] | None = None) -> Self:
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

    @property
    def writable(self) -> bool:
        """Whether this process may write here at all."""
        return writable(self.home / FILE_NAME)

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

    def _head(self, connection: Connection) -> Snapshot | None:
        found = connection.execute(select(SNAPSHOT.c.id).order_by(SNAPSHOT.c.number.desc()).limit(1)).scalar()
        return self._snapshot(connection, found) if found else None

    def _snapshot(self, connection: Connection, id: str | None) -> Snapshot:
        return finding.snapshot(connection, self.home, self.tables, id)


def home_of(home: Path | str | None = None) -> Path:
    """The store's folder: as given, else ``KCZ_HOME``, else ``data/store``."""
    return Path(home or os.environ.get("KCZ_HOME") or DEFAULT_HOME).absolute()


def _make_home(place: Path) -> None:
    """Make the store's folder, for its owner alone; one that somebody has made for it, and that is empty, is closed to others too."""
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.mkdir(mode=0o700, exist_ok=True)
    elif not any(place.iterdir()):
        with suppress(OSError):
            place.chmod(0o700)
    (place / FOLDER).mkdir(exist_ok=True)
