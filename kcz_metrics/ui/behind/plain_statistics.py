"""Statistics by their textbook formulas, over the rows that a dialog lists: a second way to the numbers of the audit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def column(rows: pl.DataFrame, name: str) -> Numbers:
    """The values that are there."""
    return rows[name].cast(pl.Float64).drop_nulls().to_numpy()


def both(rows: pl.DataFrame, one: str, other: str) -> tuple[Numbers, Numbers]:
    """Two columns over the rows that have both."""
    kept = rows.select(pl.col(one).cast(pl.Float64).alias("a"), pl.col(other).cast(pl.Float64).alias("b")).drop_nulls()
    return kept["a"].to_numpy(), kept["b"].to_numpy()


def skewness(x: Numbers) -> float | None:
    """n·Σz³ / ((n − 1)(n − 2)), z by the sample's standard deviation."""
    n = len(x)
    if n < 3 or np.ptp(x) == 0:
        return None
    z = (x - x.mean()) / x.std(ddof=1)
    return float(n * (z**3).sum() / ((n - 1) * (n - 2)))


def kurtosis(x: Numbers) -> float | None:
    """n(n + 1)·Σz⁴ / ((n − 1)(n − 2)(n − 3)) − 3(n − 1)² / ((n − 2)(n − 3))."""
    n = len(x)
    if n < 4 or np.ptp(x) == 0:
        return None
    z = (x - x.mean()) / x.std(ddof=1)
    below = (n - 2) * (n - 3)
    return float(n * (n + 1) * (z**4).sum() / ((n - 1) * below) - 3 * (n - 1) ** 2 / below)


def pearson(a: Numbers, b: Numbers) -> float | None:
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return float(((a - a.mean()) * (b - b.mean())).mean() / (a.std() * b.std()))


def spearman(a: Numbers, b: Numbers) -> float | None:
    """Pearson's of the mean ranks."""
    ranks = [pl.Series(x).rank("average").to_numpy() for x in (a, b)]
    return pearson(*ranks)


def kendall(a: Numbers, b: Numbers) -> float | None:
    """(concordant − discordant) / √(pairs that differ in a · pairs that differ in b)."""
    agree, by_a, by_b = 0, 0, 0
    for i in range(len(a)):
        one, two = np.sign(a[i + 1 :] - a[i]), np.sign(b[i + 1 :] - b[i])
        agree, by_a, by_b = agree + int((one * two).sum()), by_a + int((one != 0).sum()), by_b + int((two != 0).sum())
    return float(agree / np.sqrt(float(by_a) * by_b)) if by_a and by_b else None


def covariances(rows: pl.DataFrame, names: Sequence[str]) -> Numbers:
    """Each pair over the rows that have both."""
    made = np.empty((len(names), len(names)))
    for i, one in enumerate(names):
        for j, other in enumerate(names):
            a, b = both(rows, one, other)
            made[i, j] = ((a - a.mean()) * (b - b.mean())).sum() / (len(a) - 1) if len(a) > 1 else np.nan
    return made


def alpha(rows: pl.DataFrame, names: Sequence[str]) -> float | None:
    """k / (k − 1) · (1 − Σ variances / Σ of all covariances)."""
    c, k = covariances(rows, names), len(names)
    return None if np.isnan(c).any() or c.sum() == 0 else float(k / (k - 1) * (1 - np.diag(c).sum() / c.sum()))


def eigenvalues(rows: pl.DataFrame, names: Sequence[str]) -> Numbers:
    """Of the correlation matrix, by the singular values of the standardised columns where nothing is missing."""
    whole = rows.select(pl.col(n).cast(pl.Float64) for n in names)
    if whole.null_count().sum_horizontal()[0] == 0 and whole.height > 1:
        x = whole.to_numpy()
        z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
        found = np.zeros(len(names))
        singular = np.linalg.svd(z, compute_uv=False) ** 2 / (len(z) - 1)
        found[: len(singular)] = singular
        return found
    r = np.array([[pearson(*both(rows, one, other)) if one != other else 1.0 for other in names] for one in names], float)
    return np.sort(np.maximum(np.linalg.eigvals(r).real, 0.0))[::-1]


def influence(rows: pl.DataFrame, names: Sequence[str], weights: Sequence[float], of: str) -> float | None:
    """w · cov(x, Σ w x) / var(Σ w x)."""
    c, w = covariances(rows, names), np.array(weights, float) / sum(weights)
    whole = float(w @ c @ w)
    at = list(names).index(of)
    return float(w[at] * (c[at] @ w)) / whole if whole else None


def needed_weight(rows: pl.DataFrame, names: Sequence[str], weights: Sequence[float], of: str) -> float | None:
    """The weight with which each child's share of the variance is what its weight intends: Newton's method on C·w = b / w."""
    if not weights[list(names).index(of)]:
        return 0.0
    kept = [(n, w) for n, w in zip(names, weights, strict=True) if w > 0]
    b = np.array([w for _, w in kept]) / sum(w for _, w in kept)
    c = covariances(rows, [n for n, _ in kept])
    w = np.sqrt(b / np.diag(c))
    for _ in range(200):
        gradient, step = c @ w - b / w, 1.0
        move = np.linalg.solve(c + np.diag(b / w**2), gradient)
        while (w - step * move <= 0).any():
            step /= 2
        w = w - step * move
        if np.abs(move).max() < 1e-15 * w.max():
            break
    return float(w[[n for n, _ in kept].index(of)] / w.sum())
