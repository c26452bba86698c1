"""Aggregations that compare units with one another: scores (..., unit, child) and weights in, (..., unit) out. Adding or dropping a unit
may change the order of the others."""

from __future__ import annotations

import numpy as np

from kcz_metrics.methods.entry import Array, Flags
from kcz_metrics.methods.rank import significant
from kcz_metrics.methods.statistics import extremes, maximum, minimum, over_strips, plain_sum, ratio


def outranking(x: Array, w: Array) -> Array:
    """Share of weight in which unit i beats unit k, a tie counting half, over the children both have; (..., i, k), NaN on the diagonal."""
    x = significant(x)
    units = x.shape[-2]
    shape = (*np.broadcast_shapes(x.shape, w.shape)[:-2], units, units)
    won, weight = np.zeros(shape), np.zeros(shape)
    for child in range(x.shape[-1]):
        column, part = x[..., child], np.broadcast_to(w[..., child], np.broadcast_shapes(x.shape, w.shape)[:-1])[..., :, None]
        mine, theirs = column[..., :, None], column[..., None, :]
        won += part * ((mine > theirs) + 0.5 * (mine == theirs))
        weight += part * ~(np.isnan(mine) | np.isnan(theirs))
    shares = ratio(won, weight)
    shares[..., np.arange(units), np.arange(units)] = np.nan
    return shares


def copeland(x: Array, w: Array) -> Array:
    """Units beaten minus units lost to. Missing for a unit without any child."""
    shares = significant(outranking(x, w))
    score = np.where(np.isnan(shares), 0.0, np.sign(shares - 0.5)).sum(axis=-1)
    return np.where(np.isnan(x).all(axis=-1), np.nan, score)


def _weighing(x: Array, w: Array) -> tuple[Array, Array]:
    """Weights adding up to 1, and scores that are missing for a whole unit as soon as one child with weight is."""
    w = np.broadcast_to(ratio(w, w.sum(axis=-1, keepdims=True)), np.broadcast_shapes(x.shape, w.shape))
    lost = (np.isnan(x) & (w > 0)).any(axis=-1, keepdims=True)
    return np.where(lost | (w <= 0), np.nan, x), w


def _sum(y: Array, lost: Flags) -> Array:
    """Over the children that count; missing for the units that ``lost`` marks."""
    return np.where(lost, np.nan, (np.where(np.isnan(y), 0.0, y) if np.isnan(y).any() else y).sum(axis=-1))


def topsis(x: Array, w: Array) -> Array:
    """Closeness to the best and distance from the worst, Euclidean, of the weighted scores as they are. Missing where a child with weight
    is, and where best and worst are the same."""
    shape = np.broadcast_shapes(x.shape, w.shape)
    complete = not (np.isnan(plain_sum(x)).any() or w.shape[-2] > 1 or (w <= 0).any())
    if not complete:
        x, w = _weighing(x, w)
        v = x * w
        best, worst = maximum(v)[..., None, :], minimum(v)[..., None, :]
    else:  # all there: the same without a matrix of its own
        w = ratio(w, w.sum(axis=-1, keepdims=True))
        worst, best = (end[..., None, :] * w for end in extremes(x))

    def closeness(rows: slice) -> Array:
        part = x[..., rows, :]
        v = part * (w[..., rows, :] if w.shape[-2] > 1 else w)
        if complete:
            d = v - best
            up = np.sqrt(np.einsum("...c,...c->...", d, d))
            np.subtract(v, worst, out=d)
            down = np.sqrt(np.einsum("...c,...c->...", d, d))
        else:
            lost = np.asarray(np.isnan(part).all(axis=-1))
            up, down = (np.sqrt(_sum((v - end) ** 2, lost)) for end in (best, worst))
        return ratio(down, up + down)

    return np.concatenate(over_strips(np.broadcast_to(x, shape), closeness), axis=-1)


def vikor(x: Array, w: Array, v: float = 0.5) -> Array:
    """1 - Q. A child that is the same for all adds nothing; missing where a child with weight is."""
    x, w = _weighing(x, w)
    lost = np.asarray(np.isnan(x).all(axis=-1))
    best, worst = maximum(x)[..., None, :], minimum(x)[..., None, :]
    gap = ratio(best - x, best - worst)
    regret = w * np.where(np.isnan(gap), 0.0, gap)
    s = _sum(regret, lost)
    r = np.where(lost, np.nan, regret.max(axis=-1))

    def relative(y: Array) -> Array:
        low, high = np.fmin.reduce(y, axis=-1, initial=np.nan)[..., None], np.fmax.reduce(y, axis=-1, initial=np.nan)[..., None]
        return np.where((high == low) & ~np.isnan(y), 0.0, ratio(y - low, high - low))

    return 1.0 - (v * relative(s) + (1.0 - v) * relative(r))
