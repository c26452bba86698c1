"""Two processes change the same row again and again, each on top of what it has read: is any change lost?

``python tests/store/races.py --races 1000``: each process adds one to a count until it has done so half as many times; whoever comes
second is told of the conflict and reads again. The count at the end must be the number of changes acknowledged.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import children
import older_versions

from kcz_metrics.store import Store


@dataclass(frozen=True)
class Outcome:
    """``lost``: changes acknowledged and not there; ``conflicts``: how often somebody was told that the other was first."""

    acknowledged: int
    lost: int
    conflicts: int
    unsound: int
    versions: int
    seconds: float


def race(home: Path, races: int, compact_every: int = 25) -> Outcome:
    store = Store.open(home)
    row = older_versions.provinces(("110000", "甲"))
    store.commit({"province": row.with_columns(tile_col=0)}, actor="parent", source="start", reason="start")
    lines, processes = [], []
    for name in ("one", "two"):
        here, there = children.context().Pipe()
        process = children.context().Process(target=children.counting, args=(home, name, races // 2, compact_every, there))
        process.start()
        there.close()
        lines.append(here)
        processes.append(process)
    for line in lines:
        assert line.recv() == "ready"
    began = time.monotonic()
    for line in lines:
        line.send("go")
    told = [line.recv() for line in lines]
    seconds = time.monotonic() - began
    for process in processes:
        process.join()
    acknowledged = sum(won for won, _ in told)
    count = store.snapshot().read("province")["tile_col"].item()
    history = store.row_history("province", {"province_code": "110000"})
    broken = [*store.verify_audit(), *store.verify_files()]
    counts = [version.values["tile_col"] for version in reversed(history)]
    lost = acknowledged - count + (counts != list(range(acknowledged + 1)))
    return Outcome(acknowledged, lost, sum(conflicts for _, conflicts in told), len(broken), len(history), seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--races", type=int, default=1000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kcz-races-") as folder:
        found = race(Path(folder) / "store", given.races)
    print(
        f"{found.acknowledged} changes acknowledged, lost updates {found.lost}, conflicts told {found.conflicts}, unsound {found.unsound}, "
        f"versions of the row {found.versions}; {found.seconds:.0f} s"
    )
    sys.exit(bool(found.lost or found.unsound or found.acknowledged < given.races // 2 * 2))


if __name__ == "__main__":
    main()
