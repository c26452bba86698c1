"""Who has whose seat: each candidate beside those it could change places with, and what forbids the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from kcz_metrics.decisions.programme import Whole
from kcz_metrics.decisions.quotas import Rule, bounds, matrix
from kcz_metrics.methods import Flags, Positions

FRAME: dict[str, Any] = {"row": pl.Int64, "other": pl.Int64, "points": pl.Int64, "lines": pl.List(pl.String)}
RIVALS = {"row": pl.Int64, "rival": pl.Int64, "gap": pl.Int64}


def broken(rules: Sequence[Rule], picked: Flags) -> tuple[Positions, Positions, np.ndarray]:
    """Those left out, those chosen, and (rule, out, chosen) whether the rule would be broken if the two changed places."""
    out, chosen = np.flatnonzero(~picked), np.flatnonzero(picked)
    a = matrix(rules, len(picked))
    low, high = bounds(rules)
    taken = a @ picked.astype(float)
    after = taken[:, None, None] + a[:, out][:, :, None] - a[:, chosen][:, None, :]
    return out, chosen, (after < low[:, None, None]) | (after > high[:, None, None])


def displaced(scores: Whole, picked: Flags, rules: Sequence[Rule], order: Whole) -> pl.DataFrame:
    """Each candidate left out beside the chosen one with fewer points that comes nearest to making room for it.

    ``row`` was left out though ``other`` is chosen with ``points`` less; of all chosen ones with fewer points it is the one whose place
    fewest rules forbid it, then the one with the fewest points, then the lowest on the ladder (``order``, 0 for the best). ``lines`` are
    those rules; none where nothing but preference stands against it.
    """
    out, chosen, breaks = broken(rules, picked)
    number = breaks.sum(axis=0)
    rows = []
    for i, row in enumerate(out):
        lower = np.flatnonzero(scores[chosen] < scores[row])
        if not lower.size:
            continue
        j = lower[np.lexsort((-order[chosen[lower]], scores[chosen[lower]], number[i, lower]))[0]]
        other = chosen[j]
        rows.append((row, other, scores[row] - scores[other], [r.key for r, hit in zip(rules, breaks[:, i, j], strict=True) if hit]))
    return pl.DataFrame(rows, schema=FRAME, orient="row")


def rivals(points: Whole, picked: Flags, rules: Sequence[Rule], order: Whole) -> pl.DataFrame:
    """For each candidate the nearest one on the other side of the cut that it could change places with under all rules.

    Of one left out it is the lowest chosen one, of a chosen one the highest left out; ``gap`` is its own points less the rival's. Those
    whom no single exchange could move have no row.
    """
    out, chosen, breaks = broken(rules, picked)
    free: Flags = np.logical_not(breaks.any(axis=0))
    rows = []
    for i, row in enumerate(out):
        may = chosen[free[i]]
        if may.size:
            rows.append((row, may[np.argmax(order[may])]))
    for j, row in enumerate(chosen):
        may = out[free[:, j]]
        if may.size:
            rows.append((row, may[np.argmin(order[may])]))
    return pl.DataFrame([(a, b, points[a] - points[b]) for a, b in rows], schema=RIVALS, orient="row").sort("row")


def held(picked: Flags, rules: Sequence[Rule]) -> dict[int, tuple[str, ...]]:
    """Chosen candidates to the rules that keep a seat for them: an ``at_least`` that would be missed without them."""
    taken = {rule.key: int((rule.members & picked).sum()) for rule in rules}
    tight = [rule for rule in rules if rule.kind == "at_least" and taken[rule.key] <= rule.seats]
    return {int(row): tuple(rule.key for rule in tight if rule.members[row]) for row in np.flatnonzero(picked)}
