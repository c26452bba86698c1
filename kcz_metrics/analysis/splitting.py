"""How the difference between two scores of a node falls to its children.

A split is a multiplier and an extra for each child: Σ m·(s − r) + e is the node's difference S − R to the last digit, s and r the
children's scores on both sides. The multiplier carries on into the child's own children; the extra is what differing weights make.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial
from typing import NamedTuple

import numpy as np

from kcz_metrics.methods import Array, Positions

#: Children up to which Shapley values are exact; above, they are averaged over seeded orders, and still add up.
EXACT = 12
ORDERS, SEED = 500, 20220101


class Split(NamedTuple):
    multiplier: Array
    extra: Array


def logarithmic_mean(a: Array, b: Array) -> Array:
    """(a − b)/ln(a/b), a where they are equal; for positive numbers."""
    a, b = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    x = a / b - 1.0
    near, far = np.abs(x) < 1e-4, np.abs(x) > 0.5
    # x/ln(1 + x) by its series near 0, where the quotient loses digits; by the difference of logarithms where 1 + x would lose them
    little = np.where(near, x, 0.0)  # the powers of a large x leave the range of a float
    series = 1.0 + little / 2 - little**2 / 12 + little**3 / 24 - 19 * little**4 / 720
    between = np.where(near | far, 0.1, x)
    apart = np.where(far, np.log(a) - np.log(b), 1.0)
    return np.where(far, (a - b) / apart, b * np.where(near, series, between / np.log1p(between)))


def arithmetic(s: Array, r: Array, ws: Array, wr: Array) -> Split:
    return Split((ws + wr) / 2, (ws - wr) * (s + r) / 2)


def power(s: Array, r: Array, ws: Array, wr: Array, p: float) -> Split:
    """By logarithmic means (Vartia 1976; Ang 2004), for scores above 0. At p = 0, the geometric mean, a child's part is w·ln(s/r)·L(S,
    R). Scores so far apart that their powers leave the range of a float have no such split: ``powers_hold``."""
    size = np.maximum(s, r).max() if p > 0 else np.minimum(s, r).min()
    s, r = s / size, r / size  # the mean of scores k times as large is k times as large
    split = _power(s, r, ws, wr, p)
    return Split(split.multiplier, split.extra * size)


def powers_hold(s: Array, r: Array, p: float) -> bool:
    """Whether the powers of these scores, above 0, can be told from 0 beside one another."""
    apart = np.log(np.maximum(s, r).max()) - np.log(np.minimum(s, r).min())
    return bool(abs(p) * apart < 600)


def _power(s: Array, r: Array, ws: Array, wr: Array, p: float) -> Split:
    if p == 0:
        whole = logarithmic_mean(np.exp((ws * np.log(s)).sum()), np.exp((wr * np.log(r)).sum()))
        return Split((ws + wr) / 2 * whole / logarithmic_mean(s, r), (ws - wr) * (np.log(s) + np.log(r)) / 2 * whole)
    a, b = (ws * s**p).sum(), (wr * r**p).sum()
    whole = logarithmic_mean(a ** (1 / p), b ** (1 / p)) / logarithmic_mean(a, b)
    multiplier = whole * (ws + wr) / 2 * logarithmic_mean(s**p, r**p) / logarithmic_mean(s, r)
    return Split(multiplier, whole / p * (ws - wr) * (s**p + r**p) / 2)


def shapley(s: Array, r: Array, worth: Callable[[Array], Array]) -> Split:
    """Mean difference a child makes over all orders in which the children go from r to s (Shapley 1953).

    ``worth`` takes rows of children's scores, (n, child), and gives the node's score for each."""
    moving = np.flatnonzero(s != r)
    parts = np.zeros(len(s))
    if 0 < len(moving) <= EXACT:
        parts[moving] = _exact(s, r, moving, worth)
    elif len(moving):
        parts[moving] = _sampled(s, r, moving, worth)
    difference = np.where(s == r, 1.0, s - r)
    multiplier = np.where(s == r, 0.0, parts / difference)
    return Split(multiplier, parts - multiplier * (s - r))


def _exact(s: Array, r: Array, moving: Positions, worth: Callable[[Array], Array]) -> Array:
    m = len(moving)
    masks = np.arange(2**m)
    member = (masks[:, None] >> np.arange(m)) & 1 == 1
    rows = np.tile(r, (2**m, 1))
    rows[:, moving] = np.where(member, s[moving], r[moving])
    value = worth(rows)
    size = member.sum(axis=1)
    weight = np.array([factorial(k) * factorial(m - k - 1) / factorial(m) for k in range(m)])
    parts = np.empty(m)
    for child in range(m):
        without = masks[~member[:, child]]
        parts[child] = (weight[size[without]] * (value[without | (1 << child)] - value[without])).sum()
    return parts


def _sampled(s: Array, r: Array, moving: Positions, worth: Callable[[Array], Array]) -> Array:
    m = len(moving)
    rng = np.random.default_rng(SEED)
    orders = np.array([rng.permutation(m) for _ in range(ORDERS // 2)])
    orders = np.concatenate([orders, orders[:, ::-1]])
    rows = np.tile(r, (len(orders), m + 1, 1))
    for step in range(m):
        child = moving[orders[:, step]]
        rows[np.arange(len(orders))[:, None], np.arange(step + 1, m + 1)[None, :], child[:, None]] = s[child][:, None]
    value = worth(rows.reshape(-1, len(r))).reshape(len(orders), m + 1)
    parts = np.zeros(m)
    for step in range(m):
        np.add.at(parts, orders[:, step], value[:, step + 1] - value[:, step])
    return parts / len(orders)
