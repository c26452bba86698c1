"""Flip one byte of a store, ask for a ranking, put the byte back; again and again.

``python tests/store/flipping.py --flips 1000``: each flip must be told (an error in plain words) or make no difference; a ranking that is
another one without a word, or an error nobody has written, is a failure. Half of the bytes are of the ledger, half of the files.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))

import polars as pl
import small_records

from kcz_metrics.errors import KczError
from kcz_metrics.operations.rankings import digest
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.scoring import evaluate
from kcz_metrics.store import Store, files, integrity
from kcz_metrics.store.flags import Verdict

SCHEME = small_records.scheme(
    {"posted": {"fact": "needs", "agg": "count"}, "budget": {"fact": "needs", "agg": "sum", "of": "budget_cny"}},
    {"n": "posted", "b": "budget / posted"},
    unit="city",
)


def filled(home: Path, sample: Path) -> Store:
    """Cities and their needs: rows, new versions of some, a removal, a decision on a flag, and a compaction."""
    store = Store.open(home)

    def rows(name: str) -> pl.DataFrame:
        return pl.read_parquet(sample / f"{name}.parquet")

    cities = rows("pilot_city").head(12)
    needs = rows("need").filter(pl.col("city_id").is_in(cities["city_id"].implode())).sort("need_id").tail(300)
    store.commit({"pilot_city": cities, "need": needs.head(200)}, actor="li", source="a.csv", reason="first", invented=True)
    mended = needs.head(60).with_columns(budget_cny=pl.col("budget_cny") * 2)
    store.commit({"need": mended}, actor="wu", source="b.csv", reason="mended", invented=True)
    store.commit({"need": needs.tail(100)}, actor="li", source="c.csv", reason="more", invented=True)
    store.compact(actor="adm", most=2)
    gone = {"need": needs.select("need_id").slice(100, 20)}
    store.commit({}, removed=gone, actor="xu", source="", reason="gone", invented=True)
    left_out = {f"need/{need}": None for need in needs["need_id"].slice(150, 5)}
    store.decide_flag(Verdict("F1", "rule", "confirmed", "proved", {}, left_out), actor="xu")
    store.commit({"need": needs.slice(220, 10).with_columns(budget_cny=1)}, actor="wu", source="d.csv", reason="m", invented=True)
    return store


def ranking(home: Path, scheme: Scheme) -> str:
    """Hash of the ranking, as a process gives it that has never looked at the store."""
    files._SOUND.clear()
    integrity._BOUND.clear()
    return digest(evaluate(scheme, "i", "2022", Store.open(home).snapshot()))


def flips(home: Path, scheme: Scheme, count: int, seed: int) -> Counter[str]:
    """``detected``, ``harmless``, ``silent`` and ``crashed``, with the place of what must not be."""
    chance = random.Random(seed)
    right = ranking(home, scheme)
    paths = sorted(path for path in home.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm")))
    ledger = [path for path in paths if path.name == "ledger.sqlite"]
    others = [path for path in paths if path not in ledger]
    found: Counter[str] = Counter()
    for number in range(count):
        (path,) = ledger if number % 2 else chance.choices(others, [path.stat().st_size for path in others])
        content = path.read_bytes()
        position, bit = chance.randrange(len(content)), 1 << chance.randrange(8)
        flipped = bytearray(content)
        flipped[position] ^= bit
        path.write_bytes(flipped)
        try:
            outcome = "harmless" if ranking(home, scheme) == right else f"silent {path.name}@{position}^{bit}"
        except KczError:
            outcome = "detected"
        except Exception as error:
            outcome = f"crashed {path.name}@{position}^{bit} {error!r}"
        found[outcome] += 1
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        path.write_bytes(content)
    assert ranking(home, scheme) == right
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kcz-flipping-") as folder:
        home = Path(folder) / "store"
        store = filled(home, Path(__file__).parents[2] / "data" / "sample")
        store.engine.dispose()
        found = flips(home, SCHEME, given.flips, given.seed)
    for outcome, count in found.most_common():
        print(f"{count:6} {outcome}")
    print(f"{time.monotonic() - began:.0f} s")
    sys.exit(bool(set(found) - {"detected", "harmless"}))


if __name__ == "__main__":
    main()
