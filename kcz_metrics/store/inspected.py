"""What the store says of itself: its audit trail, the history of a row, and whether everything is still what was written."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kcz_metrics.errors import Issue
from kcz_metrics.store import audit, deciding, exports, flags, heads, history, integrity
from kcz_metrics.store.access import Actor, as_actor, require
from kcz_metrics.store.audit import AuditEntry
from kcz_metrics.store.exports import Export
from kcz_metrics.store.ledger import explained, reading
from kcz_metrics.store.opened import Opened


@dataclass(frozen=True, slots=True)
class Inspected(Opened):
    """Reads, but for sweeping and for entries of acts that change nothing here."""

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

    def made(self, most: int) -> dict[str, AuditEntry]:
        """Id of each of the newest ``most`` snapshots to the audit entry of the act that made it."""
        with explained(self.home), reading(self.engine) as connection:
            return audit.of_snapshots(connection, most)

    def verify_audit(self, printed: str | None = None) -> list[Issue]:
        """Breaks of the audit chain, and snapshots that do not agree with their entry; empty when all is well.

        ``printed``: the hash of an entry noted down earlier, which the trail must still contain.
        """
        with explained(self.home), reading(self.engine) as connection:
            broken = audit.verify(connection, printed, heads.noted(self.home, audit.hashes(connection)))
            try:
                return (
                    broken
                    + integrity.snapshots_against_audit(connection)
                    + flags.against_audit(connection)
                    + deciding.against_audit(connection)
                )
            except json.JSONDecodeError:
                if not broken:
                    raise
                return broken  # an entry that cannot be read is named already, and nothing can be compared with it

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

    def record_export(self, taken: Export, content: bytes, *, actor: Actor) -> int | None:
        """Write the audit entry of what is taken out as a file, before it is handed over: where it cannot be written, nothing is. Returns
        its number; None where this process may only read the store, which is to be told (:data:`exports.UNNOTED`).

        Errors: AccessError, StoreError.
        """
        require(actor, "see")
        return self.record_act(exports.ACT, taken.file, taken.detail(content), actor=actor) if self.writable else None


def _deleted(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True
