"""Precision and recall of every rule against what is planted, seed by seed, and what is flagged where nothing is.

``python tests/quality/report.py 101 102 103`` from the root of the repository.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent))

from planted import agreement, flags

from kcz_metrics.quality.rules import RULES
from kcz_metrics.records.sample import invent


def lines(seeds: Iterable[int]) -> Iterable[str]:
    yield f"{'rule':18} {'seed':>6} {'flags':>6} {'right':>6} {'precision':>9} {'cases':>6} {'found':>6} {'recall':>7} {'clean':>6}"
    totals = {rule: [0, 0, 0, 0, 0] for rule in RULES}
    for seed in seeds:
        planted, clean = agreement(invent(seed)), flags(invent(seed, planted=False))
        for rule, one in planted.items():
            counts = (one.flags, one.right, one.cases, one.found, len(clean[rule]))
            totals[rule] = [a + b for a, b in zip(totals[rule], counts, strict=True)]
            yield _line(rule, str(seed), *counts)
    for rule, counts in totals.items():
        yield _line(rule, "all", *counts)


def _line(rule: str, seed: str, flagged: int, right: int, cases: int, found: int, clean: int) -> str:
    precision = f"{right / flagged:.3f}" if flagged else "—"
    recall = f"{found / cases:.3f}" if cases else "—"
    return f"{rule:18} {seed:>6} {flagged:>6} {right:>6} {precision:>9} {cases:>6} {found:>6} {recall:>7} {clean:>6}"


if __name__ == "__main__":
    for line in lines([int(seed) for seed in sys.argv[1:]] or [1, 2, 3]):
        print(line, flush=True)
