"""Ranks, and the rounding that decides what is equal. Arrays here have the ranked units on their **last** axis."""

from __future__ import annotations

import numpy as np

from kcz_metrics.methods.entry import Array, Flags, MethodEntry, Parameters, Positions, family
from kcz_metrics.methods.ordering import CLOSE, descending
from kcz_metrics.tables.labels import Label

#: Scores that agree to this many significant digits are equal.
DIGITS = 12


def significant(x: Array) -> Array:
    """``x`` rounded to 12 significant digits, so that equal numbers computed in another order compare equal.

    >>> significant(np.array([0.1 + 0.2, 0.3])).tolist()
    [0.3, 0.3]
    """
    size = np.abs(x)
    exponent = np.floor(np.log10(np.where((size > 0) & np.isfinite(size), size, 1.0)))
    power = DIGITS - 1 - exponent
    # a power of ten is exact up to 22, and dividing by an exact number rounds the same for equal decimals
    up, down = 10.0 ** np.clip(power, 0, 300), 10.0 ** np.clip(-power, 0, 300)
    return np.rint(x * up / down) / up * down


def published(x: Array, decimals: int) -> Array:
    """``x`` rounded half away from zero to ``decimals``, judged at 12 significant digits.

    >>> published(np.array([0.0005, 2.675, -2.5]), 2).tolist(), published(np.array([2.5, -2.5]), 0).tolist()
    ([0.0, 2.68, -2.5], [3.0, -3.0])
    """
    scale = 10.0**decimals
    size = np.atleast_1d(np.abs(x) * scale)
    whole = np.floor(size + 0.5)
    # only next to a half can the last digits of a float decide
    close = np.abs(size + 0.5 - np.rint(size + 0.5)) <= CLOSE * (1.0 + size)
    if close.any():
        whole[close] = np.floor(significant(size[close]) + 0.5)
    return np.copysign(whole.reshape(np.shape(x)), x) / scale + 0.0  # no negative zero


def _positions(x: Array, rounded: bool) -> tuple[Positions, Flags | None]:
    return descending(x, significant if rounded else None)


def _first(begins: Flags) -> Positions:
    """Where the run of equals that each place belongs to begins."""
    return np.maximum.accumulate(np.where(begins, np.arange(begins.shape[-1]), 0), axis=-1)


def _all(x: Array) -> Array:
    """The places where all are different."""
    return np.arange(1, x.shape[-1] + 1).astype(float)


def _place(x: Array, order: Positions, ranks: Array) -> Array:
    placed = np.empty(x.shape)
    placed.reshape(-1)[order] = ranks
    if np.isnan(np.min(x, initial=np.inf)):
        placed[np.isnan(x)] = np.nan
    return placed


def competition(x: Array, rounded: bool = False) -> Array:
    """1224: equal scores share the best place, and the places they take up are left out. NaN stays NaN.

    ``rounded``, here and below: scores that agree to 12 significant digits are equal; else they are compared as they are.
    """
    order, begins = _positions(x, rounded)
    places: Array = _all(x) if begins is None else (_first(begins) + 1).astype(np.float64)
    return _place(x, order, places)


def dense(x: Array, rounded: bool = False) -> Array:
    """1223: equal scores share a place, and none is left out."""
    order, begins = _positions(x, rounded)
    return _place(x, order, _all(x) if begins is None else np.cumsum(begins, axis=-1).astype(np.float64))


def average(x: Array, rounded: bool = False) -> Array:
    """1 2.5 2.5 4: equal scores share the mean of their places."""
    order, begins = _positions(x, rounded)
    n = x.shape[-1]
    if begins is None:
        return _place(x, order, _all(x))
    ends = np.ones(x.shape, bool)
    ends[..., :-1] = begins[..., 1:]
    index = np.broadcast_to(np.arange(n), x.shape)
    last = np.minimum.accumulate(np.where(ends, index, n)[..., ::-1], axis=-1)[..., ::-1]
    return _place(x, order, (_first(begins) + last) / 2 + 1.0)


def ascending(x: Array) -> Array:
    """Rank 1 for the lowest, equal ones sharing the lowest place; units on the last axis."""
    return competition(-x)


RANK = family(
    MethodEntry(
        "competition", Label("竞赛排名（1224）", "Competition (1224)"), Parameters, competition, "1 + #{s_k > s}", "ISO 80000 usage"
    ),
    MethodEntry("dense", Label("密集排名（1223）", "Dense (1223)"), Parameters, dense, "1 + #{distinct s_k > s}", "SQL DENSE_RANK"),
    MethodEntry("average", Label("平均排名（1 2.5 2.5 4）", "Average"), Parameters, average, "mean of the places shared", "Spearman 1904"),
    MethodEntry(
        "ordinal",
        Label("顺序排名（须声明并列规则）", "Ordinal (needs tie-break rules)"),
        Parameters,
        competition,
        "competition on the score, then on each tie-break node in turn",
        "lexicographic order",
    ),
)
