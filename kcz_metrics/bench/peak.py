"""The most memory that a piece of work takes: it is done in a process of its own, which is this module."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

EVERYTHING, OURS, BY_HAND = "everything", "ours", "by hand"


def megabytes(scheme: Path, home: Path, work: str, names: Sequence[str] = ()) -> float | None:
    """Peak resident memory of a child that does ``work`` and nothing else; None where the system does not tell."""
    command = [sys.executable, "-m", __name__, str(scheme), str(home), work, *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout) if done.stdout.strip() else None


def main(scheme: str, home: str, work: str, *names: str) -> None:
    from kcz_metrics.bench import facts
    from kcz_metrics.engines.duckdb import values_of_several
    from kcz_metrics.scheme import load_scheme
    from kcz_metrics.store import Store

    known, snapshot = load_scheme(Path(scheme)), Store.open(home).snapshot()
    if work == EVERYTHING:
        values_of_several(snapshot, known, dict.fromkeys(known.indices, facts.PERIODS))
    for name in names:
        if work == OURS:
            facts.ours(snapshot, facts.alone(known, name))
        else:
            facts.by_hand(snapshot, known, name)
    sys.stdout.write(_peak())


def _peak() -> str:
    """In megabytes, nothing where the system does not tell. Linux counts the parent's memory in ``ru_maxrss`` of a child, so it is asked
    for the most that this program itself had."""
    status = Path("/proc/self/status")
    if status.exists():
        told = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return str(int(told.split()[1]) / 1024)
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return ""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return str(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))


if __name__ == "__main__":
    main(*sys.argv[1:])
