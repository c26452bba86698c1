"""The restore drill: back up, restore somewhere else, and see whether every ranking comes out the same."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kcz_metrics.operations.backup import Backup, back_up
from kcz_metrics.operations.rankings import rankings
from kcz_metrics.operations.restore import restore
from kcz_metrics.scheme import load_scheme
from kcz_metrics.store import Actor, Store


@dataclass(frozen=True, slots=True)
class Drill:
    """``rankings``: ``index, period, units, before, after, same``; ``snapshot`` whether the id is the same; times in seconds."""

    backup: Backup
    rankings: pl.DataFrame
    snapshot: bool
    backing_up: float
    restoring: float

    @property
    def passed(self) -> bool:
        return self.snapshot and not self.rankings.is_empty() and bool(self.rankings["same"].all())


def drill(store: Store, scheme: Path, *, actor: Actor | str, folder: Path | None = None) -> Drill:
    """Back the store up with ``scheme``, restore the backup into an empty home under ``folder`` (a temporary one), and compare all
    rankings, those of the copy worked out by the scheme that came out of the backup.

    The store itself gets an audit entry of the drill, which is no backup, and is otherwise left alone; backup and copy are deleted
    afterwards.
    """
    snapshot, in_force = store.snapshot(), load_scheme(scheme)
    with tempfile.TemporaryDirectory(dir=folder, prefix="kcz-drill-") as place:
        began = time.monotonic()
        made = back_up(store, Path(place) / "drill.kczbackup", actor=actor, act="drill", scheme=scheme)
        backed_up = time.monotonic()
        done = restore(made.path, Path(place) / "store", actor=actor)
        restored = time.monotonic()
        assert done.snapshot is not None
        assert done.scheme is not None
        now = rankings(done.snapshot, load_scheme(done.scheme)).rename({"sha256": "after"}).drop("units")
        before = rankings(snapshot, in_force).rename({"sha256": "before"})
        same = done.snapshot.id == snapshot.id
    joined = before.join(now, on=["index", "period"], how="full", coalesce=True, maintain_order="left_right")
    compared = joined.with_columns(same=pl.col("before").eq_missing(pl.col("after")))
    return Drill(made, compared, same, backed_up - began, restored - backed_up)
