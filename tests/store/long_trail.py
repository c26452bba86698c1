"""A trail of 100,000 entries: how long an act, verifying, opening a snapshot and opening the page of imports take on it.

``python tests/store/long_trail.py --entries 100000 --snapshots 300`` makes such a store, of so many imports and of other acts,
and prints seconds (the median of five where it is asked again). Without ``--home`` the store is made anew and deleted afterwards.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from kcz_metrics.store import Store, audit
from kcz_metrics.store.access import as_actor
from kcz_metrics.store.ledger import writing

ROOT = Path(__file__).parents[2]
#: Entries written in one transaction while the trail is made; what one act takes is measured apart.
TOGETHER = 5_000


def median(work: Callable[[], object], times: int = 5) -> str:
    """Seconds by the clock, and of computing, which say more on a busy machine."""
    clock, computing = [], []
    for _ in range(times):
        began, computed = time.perf_counter(), time.process_time()
        work()
        clock.append(time.perf_counter() - began)
        computing.append(time.process_time() - computed)
    return f"{statistics.median(clock):.3f} s, {statistics.median(computing):.3f} s of computing"


def fill(store: Store, snapshots: int) -> None:
    """So many imports of one row each, compacted now and then as the doctor would have it."""
    for n in range(snapshots):
        if n % 50 == 49:
            store.compact(actor="adm")
        frame = pl.DataFrame({"team_id": [f"TM{n:05}"], "tag": ["光学"]})
        store.commit({"team_skill": frame}, actor="li", source=f"{n}.csv", reason="一次导入", invented=True)


def lengthen(store: Store, entries: int) -> None:
    """Acts that change nothing, until the trail has so many entries."""
    who = as_actor("adm")
    while (left := entries - store.audit_head()[0]) > 0:
        with writing(store.engine) as connection:
            for n in range(min(left, TOGETHER)):
                audit.append(connection, who, "export", f"report_{n}.xlsx", {"index": "city_assessment", "period": "2022", "rows": 65})


def act(store: Store) -> None:
    store.record_act("export", "report.xlsx", {"index": "city_assessment"}, actor=as_actor("adm"))


def open_page(home: Path, part: str) -> Callable[[], object]:
    from streamlit.testing.v1 import AppTest

    os.environ["KCZ_HOME"] = str(home)
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=600)
    at.query_params["part"] = part
    at.switch_page("pages/data.py")

    def run() -> None:
        at.run()
        assert not at.exception, at.exception

    return run


def measure(store: Store) -> None:
    number, _ = store.audit_head()
    print(f"{number:,} entries, {len(store.snapshots()):,} snapshots, ledger {(store.home / 'ledger.sqlite').stat().st_size / 1e6:,.0f} MB")
    key = {"team_id": "TM00000", "tag": "光学"}
    for what, work, times in (
        ("an act with its entry", lambda: act(store), 5),
        ("verifying the trail", store.verify_audit, 1),
        ("newest snapshot, first time in a process", store.snapshot, 1),
        ("newest snapshot, again", store.snapshot, 5),
        ("list of snapshots", store.snapshots, 5),
        ("history of a row", lambda: store.row_history("team_skill", key), 3),
        ("page of imports, first time", (page := open_page(store.home, "imports")), 1),
        ("page of imports, again", page, 5),
    ):
        print(f"{what}: {median(work, times)}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--entries", type=int, default=100_000)
    asked.add_argument("--snapshots", type=int, default=300)
    asked.add_argument("--home", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="kcz-trail-") as folder:
        store = Store.open(given.home or Path(folder) / "store")
        if store.is_empty:
            fill(store, given.snapshots)
        print(f"an act with its entry, {store.audit_head()[0]:,} entries: {median(lambda: act(store))}")
        lengthen(store, given.entries)
        measure(store)


if __name__ == "__main__":
    main()
