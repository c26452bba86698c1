"""How far two rankings of the same units agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def _pairs(before: ArrayLike, after: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    a, b = np.asarray(before, np.float64), np.asarray(after, np.float64)
    known = np.isfinite(a) & np.isfinite(b)
    return a[known], b[known]


def kendall(before: ArrayLike, after: ArrayLike) -> float | None:
    """Kendall's tau-b, −1 to 1, ties taken into account (Kendall 1945). Units missing on either side are left out.

    None with fewer than two units, or where one side does not tell any two apart.

    >>> kendall([1, 2, 3, 4], [1, 2, 4, 3])
    0.6666666666666666
    """
    a, b = _pairs(before, after)
    if a.size < 2:
        return None
    upper = np.triu_indices(a.size, 1)
    x = np.sign(a[:, None] - a[None, :])[upper]
    y = np.sign(b[:, None] - b[None, :])[upper]
    scale = float(np.sqrt(np.count_nonzero(x) * np.count_nonzero(y)))
    return float((x * y).sum() / scale) if scale else None


def spearman(before: ArrayLike, after: ArrayLike) -> float | None:
    """Spearman's rho: the correlation of mean ranks, −1 to 1. None as for :func:`kendall`.

    >>> spearman([1, 2, 3], [3, 2, 1])
    -1.0
    """
    a, b = _pairs(before, after)
    if a.size < 2:
        return None
    x, y = _mean_ranks(a), _mean_ranks(b)
    x, y = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float(round((x * y).sum() / scale, 12)) if scale else None


def _mean_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean = last - (counts - 1) / 2
    return np.asarray(mean[inverse], np.float64)
