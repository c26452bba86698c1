"""How columns of scores go together: covariances over what pairs have, principal components, Cronbach's alpha, and the share of a weighted
sum's variance that each of its parts brings."""

from __future__ import annotations

import numpy as np

from kcz_metrics.methods import Array
from kcz_metrics.methods.statistics import ratio

_SWEEPS, _CLOSE = 2000, 1e-13


def covariance(x: Array) -> Array:
    """(column, column) sample covariances, each over the rows (unit) that have both; NaN below two."""
    there = ~np.isnan(x)
    full = np.where(there, x, 0.0)
    t = there.astype(float)
    n = t.T @ t
    first, second = full.T @ t, t.T @ full  # sums of the one, and of the other, over the rows that have both
    return np.asarray(ratio(full.T @ full - ratio(first * second, n), np.where(n > 1, n - 1, np.nan)))


def correlation(x: Array) -> Array:
    """Pearson correlations, each over the rows that have both; NaN where a side does not vary."""
    found = np.full((x.shape[1], x.shape[1]), np.nan)
    for i in range(x.shape[1]):
        for j in range(i + 1):
            both = ~np.isnan(x[:, i]) & ~np.isnan(x[:, j])
            a, b = x[both, i], x[both, j]
            if len(a) > 1 and np.ptp(a) > 0 and np.ptp(b) > 0:
                a, b = a - a.mean(), b - b.mean()
                found[i, j] = found[j, i] = float(np.clip(a @ b / np.sqrt((a @ a) * (b @ b)), -1.0, 1.0))
    return found


def components(x: Array) -> Array:
    """Eigenvalues of the correlation matrix, the largest first; empty where a correlation is missing."""
    r = correlation(x)
    if r.size == 0 or np.isnan(r).any():
        return np.empty(0)
    return np.maximum(np.linalg.eigvalsh(r)[::-1], 0.0)


def cronbach(x: Array) -> float:
    """Cronbach's alpha, k/(k − 1)·(1 − Σ variances / Σ covariances) over pairs (Cronbach 1951; COINr ``get_cronbach``); NaN for fewer than
    two columns."""
    k, c = x.shape[1], covariance(x)
    return float(k / (k - 1) * (1.0 - np.trace(c) / c.sum())) if k > 1 and not np.isnan(c).any() and c.sum() != 0 else float("nan")


def influence(x: Array, w: Array) -> Array:
    """Share of the variance of Σ w x that each column brings, w_j cov(x_j, Σ w x)/var, adding up to 1; below 0 for one that works against
    the rest. NaN where the sum does not vary."""
    c = covariance(x)
    by = w * (c @ w)
    return np.asarray(ratio(by, by.sum()))


def weights_for(x: Array, intended: Array) -> Array | None:
    """Weights, adding up to 1, with which the columns bring the shares of variance ``intended``: the one minimum of w'Cw/2 − Σ b ln w
    (Spinu 2013), by turns. None where covariances are missing, an intended share is not above 0, or columns cancel out."""
    c, b = covariance(x), intended / intended.sum()
    if np.isnan(c).any() or (b <= 0).any() or (np.diag(c) <= 0).any() or np.linalg.eigvalsh(c)[0] < -1e-9 * np.trace(c):
        return None
    w = 1.0 / np.sqrt(np.diag(c))
    for _ in range(_SWEEPS):
        before = w.copy()
        for j in range(len(w)):
            rest = c[j] @ w - c[j, j] * w[j]
            w[j] = (-rest + np.sqrt(rest**2 + 4.0 * c[j, j] * b[j])) / (2.0 * c[j, j])
        if np.abs(w - before).max() <= _CLOSE * w.max():
            break
    w = w / w.sum()
    return w if np.abs(influence(x, w) - b).max() < 1e-6 else None


def ranked(x: Array) -> Array:
    """Mean ranks of the values that are there, NaN for the others."""
    found, known = np.full(x.shape, np.nan), ~np.isnan(x)
    values, place, times = np.unique(x[known], return_inverse=True, return_counts=True)
    last = np.cumsum(times)
    found[known] = (last - (times - 1) / 2.0)[place] if len(values) else np.empty(0)
    return found
