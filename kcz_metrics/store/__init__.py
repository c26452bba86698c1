"""The store: immutable snapshots of all records, the ledger, the audit trail, and who may do what."""

from kcz_metrics.store.access import ACTS, ROLES, Actor, local_actor, may, require
from kcz_metrics.store.audit import AuditEntry
from kcz_metrics.store.conflicts import Conflict, ConflictError
from kcz_metrics.store.deciding import Decision, Docket, Ruling, in_force, votes_lost
from kcz_metrics.store.drafting import KeptDraft
from kcz_metrics.store.flags import FlagDecision, Verdict
from kcz_metrics.store.history import RowVersion
from kcz_metrics.store.snapshot import Snapshot, SnapshotFile, SnapshotInfo, Zeroed
from kcz_metrics.store.store import Store
from kcz_metrics.store.undoing import Undoing

__all__ = [
    "ACTS",
    "ROLES",
    "Actor",
    "AuditEntry",
    "Conflict",
    "ConflictError",
    "Decision",
    "Docket",
    "FlagDecision",
    "KeptDraft",
    "RowVersion",
    "Ruling",
    "Snapshot",
    "SnapshotFile",
    "SnapshotInfo",
    "Store",
    "Undoing",
    "Verdict",
    "Zeroed",
    "in_force",
    "local_actor",
    "may",
    "require",
    "votes_lost",
]
