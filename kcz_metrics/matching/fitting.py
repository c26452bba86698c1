"""Weights from past dockings, none negative: those that would have put the teams that docked highest.

What is raised is the mean over past dockings of exp(−(r − 1) / 5), r the rank the team would have had, so that the first five places count
most. It is searched one weight after another over a ladder of multiples, round after round until nothing gains: the measure has steps, so
no gradient is followed. Only the proportions of weights matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from kcz_metrics.matching.parts import Bools, Floats

DEPTH = 5.0
LADDER = (0.0, 0.25, 0.5, 0.7, 0.85, 1.2, 1.4, 2.0, 4.0)
#: A gain below this is noise of the search, not of the weights.
LEAST_GAIN = 2e-5


def placed(scores: Floats, docked: Bools) -> Floats:
    """Sum over the docked teams of each row of exp(−(rank − 1) / 5); equal scores share the worst of their ranks."""
    row, column = np.nonzero(docked)
    own = scores[row, column][:, None]
    ahead = (scores[row] > own - 1e-9).sum(axis=1) - 1
    return np.asarray(np.exp(-ahead / DEPTH))


def fit(blocks: Iterable[tuple[Sequence[Floats], Bools]], start: Floats, *, rounds: int = 8) -> Floats:
    """One weight a part, beginning at ``start``. ``blocks``: one need × team matrix a part, and which teams docked; at least one did."""
    kept = [(np.stack(parts), docked) for parts, docked in blocks if docked.any()]

    def gain(w: Floats) -> float:
        values = [placed(np.tensordot(w, parts, axes=1), docked) for parts, docked in kept]
        return float(np.concatenate(values).mean())

    weights = np.maximum(start, 0.0) / max(float(start.sum()), 1e-12)
    at = gain(weights)
    for _ in range(rounds):
        before = at
        for k in range(len(weights)):
            base = weights[k] if weights[k] > 0 else 0.01
            for step in LADDER:
                tried = weights.copy()
                tried[k] = base * step
                if tried.sum() > 0 and (value := gain(tried)) > at + LEAST_GAIN:
                    weights, at = tried, value
        if at - before < LEAST_GAIN:
            break
    return np.asarray(weights / weights.sum())
