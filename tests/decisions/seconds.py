"""Seconds of choosing among all teams of the sample that have a score, with all quotas of the shipped selection, its prices and rivals.

python tests/decisions/seconds.py
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from kcz_metrics.cli.selecting import declared, field
from kcz_metrics.decisions.selection import select
from kcz_metrics.records.sample import fill, read_sample
from kcz_metrics.scheme import load_scheme
from kcz_metrics.scheme.selections import Eligible
from kcz_metrics.store import Store

ROOT = Path(__file__).parents[2]


def main() -> None:
    scheme = load_scheme(ROOT / "indicators.yaml")
    policy = declared(scheme, "stable_support").model_copy(update={"eligible": Eligible()})
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "store")
        fill(store, read_sample(ROOT / "data" / "sample"))
        candidates, _ = field(scheme, policy, "2022", store.snapshot())
    for turn in ("first", "again"):
        began = time.perf_counter()
        found = select(candidates, policy)
        chosen = time.perf_counter()
        priced = f"{found.prices.height} prices and {found.rivals.height} rivals"
        done = time.perf_counter()
        print(f"{turn}: {len(found.ids)} eligible; choice {chosen - began:.2f} s, {priced} {done - chosen:.2f} s")


if __name__ == "__main__":
    main()
