"""Tiers without a memory, in the forms others use: by seats, by share of the units, by score, by share of the mean, by natural breaks."""

from __future__ import annotations

import numpy as np

from kcz_metrics.methods import Array
from kcz_metrics.methods.rank import significant
from kcz_metrics.scheme.policies import Level, Tiers


def form(policy: Tiers) -> str:
    """What the levels go by: ``seats``, ``share``, ``at_least``, ``of_mean`` or ``breaks``."""
    if policy.breaks is not None:
        return "breaks"
    return next((f for f in ("seats", "share", "at_least", "of_mean") if any(getattr(x, f) is not None for x in policy.levels)), "seats")


def unofficial(policy: Tiers) -> bool:
    """Natural breaks fall where this period's scores happen to leave gaps: for looking, not for deciding."""
    return policy.breaks is not None


def resolved(policy: Tiers, score: Array, reference: float | None = None) -> tuple[Level, ...]:
    """The levels with seats or thresholds only, for these scores (NaN: not ranked).

    ``share``: of n ranked units, up to that level's cumulated share of n, rounded down; ``of_mean``: times the mean, or ``reference``;
    ``breaks``: the lowest score of each of the groups. At a threshold is in.
    """
    levels, known = policy.levels, score[~np.isnan(score)]
    if not len(known):
        return levels
    match form(policy):
        case "share":
            through = np.floor(significant(np.cumsum([x.share or 0.0 for x in levels]) * len(known)))
            seats = np.diff(np.concatenate([[0.0], through]))
            return tuple(x.model_copy(update={"share": None, "seats": int(n)}) for x, n in zip(levels, seats, strict=True))
        case "of_mean":
            mean = float(known.mean()) if reference is None else reference
            bars = [None if x.of_mean is None else float(significant(np.array(x.of_mean * mean))) for x in levels]
            return tuple(x.model_copy(update={"of_mean": None, "at_least": bar}) for x, bar in zip(levels, bars, strict=True))
        case "breaks":
            breaks: list[float | None] = [*natural_breaks(known, len(levels))]
            bars = [*breaks, *[None] * (len(levels) - len(breaks))]
            return tuple(x.model_copy(update={"at_least": bar}) for x, bar in zip(levels, bars, strict=True))
        case _:
            return levels


def natural_breaks(values: Array, groups: int) -> list[float]:
    """The lowest value of each group but the last, best first: the division with the least sum of squares within groups.

    Exact, by dynamic programming over the distinct values in order. (Fisher 1958, On grouping for maximum homogeneity; Jenks 1967.)
    Fewer distinct values than groups: the last groups stay empty.
    """
    distinct, times = np.unique(significant(values), return_counts=True)
    x, w = distinct[::-1], times[::-1].astype(float)
    n, groups = len(x), min(groups, len(x))
    centred = x - x.mean()
    count, total, square = (np.concatenate([[0.0], np.cumsum(a)]) for a in (w, w * centred, w * centred**2))
    begin, end = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    size = np.where(end > begin, count[end] - count[begin], 1.0)
    within = np.where(end > begin, square[end] - square[begin] - (total[end] - total[begin]) ** 2 / size, np.inf)
    cost, cut = within[0], []
    for _ in range(groups - 1):
        through = cost[:, None] + within
        cut.append(through.argmin(axis=0))
        cost = through.min(axis=0)
    at, starts = n, []
    for chosen in reversed(cut):
        at = int(chosen[at])
        starts.append(at)
    return [float(x[i - 1]) for i in reversed(starts)]
