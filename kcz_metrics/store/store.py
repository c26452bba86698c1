"""The store: snapshots of all records, and the ledger that says which there are, who made them, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl
from sqlalchemy import Connection

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T, Text
from kcz_metrics.store import committing, compacting, conflicts, keys, undoing
from kcz_metrics.store.access import Actor, as_actor, require
from kcz_metrics.store.drafting import Drafting
from kcz_metrics.store.ledger import explained, reading
from kcz_metrics.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Store(Drafting):
    """Takes in records, undoes an import, compacts; what it says of itself is in ``inspected``, what people decide in ``ruled``, what
    they try in ``drafting``."""

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

    def _undoing(self, connection: Connection, taken: Snapshot) -> undoing.Undoing:
        head = self._head(connection)
        assert head is not None
        found = undoing.effect(head, taken, keys.act_of(connection, taken.number), self._infos(connection))
        before = keys.undone_before(connection, taken)
        return found if before is None else replace(found, obstacles=(before,))
