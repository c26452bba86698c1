"""Backing up and restoring a store of a million rows, into an empty folder and over a damaged store, and whether the rankings are the same.

``python tests/operations/million.py`` fills a store with the invented sample until it has a million rows (minutes), then prints seconds
by the clock and of computing, the size of the backup, and the greatest memory. ``--home`` keeps the store for another run.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from kcz_metrics.operations.backup import back_up
from kcz_metrics.operations.rankings import rankings
from kcz_metrics.operations.restore import restore
from kcz_metrics.records import sample
from kcz_metrics.scheme import load_scheme
from kcz_metrics.store import Store

SCHEME = Path(__file__).parents[2] / "indicators.yaml"
Answer = TypeVar("Answer")


def timed(what: str, work: Callable[[], Answer]) -> Answer:
    began, computed = time.perf_counter(), time.process_time()
    answer = work()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    clock, computing = time.perf_counter() - began, time.process_time() - computed
    print(f"{what}: {clock:.1f} s, {computing:.1f} s of computing, at most {memory:,.0f} MB so far", flush=True)
    return answer


def rows(store: Store) -> int:
    return sum(file.rows for files in store.snapshot().files.values() for file in files)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scale", type=float, default=2.9, help="1 is the shipped sample, some 400,000 rows")
    asked.add_argument("--home", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="kcz-million-") as folder:
        place = Path(folder)
        store = Store.open(given.home or place / "store")
        if store.is_empty:
            for invented in sample.invent_parts(2022, given.scale):
                sample.fill(store, invented.tables)
        print(f"{rows(store):,} rows in {len(store.named_files())} files")
        made = timed("backup", lambda: back_up(store, place / "one.kczbackup", actor="adm", scheme=SCHEME))
        print(f"backup of {made.path.stat().st_size / 1e6:,.1f} MB")
        done = timed("restore into an empty folder", lambda: restore(made.path, place / "elsewhere", actor="adm"))
        assert done.snapshot is not None
        assert done.scheme is not None
        damaged = place / "damaged"
        shutil.copytree(store.home, damaged)
        path = next(path for path in (damaged / "files").rglob("*.parquet"))
        path.write_bytes(path.read_bytes()[:-9] + b"x" + path.read_bytes()[-8:])
        mended = timed("restore over a damaged store", lambda: restore(made.path, damaged, actor="adm", replace=True))
        assert mended.store.verify_files() == mended.store.verify_audit() == []
        before = timed("all rankings", lambda: rankings(store.snapshot(), load_scheme(SCHEME)))
        after = rankings(done.snapshot, load_scheme(done.scheme))
        print(f"{before.height} rankings, the same after restoring: {before.equals(after)}")


if __name__ == "__main__":
    main()
