"""The store: immutable snapshots of all records, the ledger, the audit trail, and who may do what."""

from kcz_metrics.store.access import ACTS, ROLES, Actor, local_actor, may, require
from kcz_metrics.store.audit import AuditEntry
from kcz_metrics.store.history import RowVersion
from kcz_metrics.store.snapshot import Snapshot, SnapshotFile, SnapshotInfo
from kcz_metrics.store.store import Store

__all__ = [
    "ACTS",
    "ROLES",
    "Actor",
    "AuditEntry",
    "RowVersion",
    "Snapshot",
    "SnapshotFile",
    "SnapshotInfo",
    "Store",
    "local_actor",
    "may",
    "require",
]
