"""Statistics along the unit axis that pass over missing values and never warn. Shapes: (..., unit, indicator) in, (..., indicator) out.

Nothing to compute from (no values, a denominator of zero) gives NaN.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

import numpy as np

from kcz_metrics.methods.entry import Array, Flags


def ratio(numerator: Array | float, denominator: Array | float) -> Array:
    """``numerator / denominator``; NaN where the denominator is zero, a side is missing, or the quotient is beyond the range of a float."""
    with np.errstate(all="ignore"):
        quotient: Array = np.divide(numerator, denominator)
    return finite(quotient)


#: So many numbers, and a sum to see that all are finite is cheaper than looking at each.
_SOME = 2048


def finite(x: Array) -> Array:
    """``x`` with infinities turned to missing; itself where there is none of either."""
    if np.size(x) > _SOME and complete(x):
        return x
    return np.where(np.isfinite(x), x, np.nan)


def complete(x: Array) -> bool:
    """True where all numbers are finite; of many, one pass that may also say False of numbers too large to be added up."""
    if np.size(x) <= _SOME:
        return bool(np.isfinite(x).all())
    with np.errstate(all="ignore"):
        return bool(np.isfinite(x.sum()))


#: Numbers in a strip of rows: half a megabyte of them stays in the cache.
_STRIP = 65536


def strips(x: Array, times: int = 1) -> Iterator[slice]:
    """The unit axis of ``x`` in pieces that stay in the cache, so that a step's temporaries do too; or ``times`` as long."""
    rows = max(64, times * _STRIP * x.shape[-2] // max(1, x.size))
    for begin in range(0, x.shape[-2], rows):
        yield slice(begin, begin + rows)


Given = TypeVar("Given")

#: So many strips, and threads are worth their while.
_MANY = 8


def over_strips(x: Array, call: Callable[[slice], Given]) -> list[Given]:
    """What ``call`` gives for each strip, in order; on all cores where there are many. The digits do not depend on the cores."""
    pieces = list(strips(x))
    if len(pieces) < _MANY:
        return [call(rows) for rows in pieces]
    contexts = [copy_context() for _ in pieces]  # what is said of floating-point errors goes along
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda context, rows: context.run(call, rows), contexts, pieces))


def plain_sum(x: Array) -> Array:
    """NaN where anything is missing."""
    with np.errstate(all="ignore"):
        return np.asarray(x.sum(axis=-2))


def _sum(x: Array) -> tuple[Array, bool]:
    """Plain sums, and whether anything was missing, which they then are."""
    s = plain_sum(x)
    return s, bool(np.isnan(s).any())


def count(x: Array) -> Array:
    s, some = _sum(x)
    return (~np.isnan(x)).sum(axis=-2).astype(float) if some else np.full(s.shape, float(x.shape[-2]))


def total(x: Array) -> Array:
    """Sum of the values present; 0 where there are none."""
    s, some = _sum(x)
    return np.where(np.isnan(x), 0.0, x).sum(axis=-2) if some else s


def totals(x: Array) -> tuple[Array, Array]:
    """``total`` and ``count``, strip by strip on all cores where there are many."""
    s = sum(over_strips(x, lambda rows: plain_sum(x[..., rows, :])), np.zeros(x.shape[:-2] + x.shape[-1:]))
    return (total(x), count(x)) if np.isnan(s).any() else (s, np.full(s.shape, float(x.shape[-2])))


def mean(x: Array) -> Array:
    s, some = _sum(x)
    return ratio(total(x), count(x)) if some else ratio(s, float(x.shape[-2]))


def minimum(x: Array) -> Array:
    low = x.min(axis=-2, initial=np.inf) if x.shape[-2] else np.full(x.shape[:-2] + x.shape[-1:], np.nan)
    return np.fmin.reduce(x, axis=-2, initial=np.nan) if np.isnan(low).any() else low


def maximum(x: Array) -> Array:
    high = x.max(axis=-2, initial=-np.inf) if x.shape[-2] else np.full(x.shape[:-2] + x.shape[-1:], np.nan)
    return np.fmax.reduce(x, axis=-2, initial=np.nan) if np.isnan(high).any() else high


def extremes(x: Array) -> tuple[Array, Array]:
    """Minimum and maximum, in one pass over a large matrix."""
    if x.size < _MANY * _STRIP:
        return minimum(x), maximum(x)
    ends = over_strips(x, lambda rows: (x[..., rows, :].min(axis=-2), x[..., rows, :].max(axis=-2)))
    low, high = np.min([low for low, _ in ends], axis=0), np.max([high for _, high in ends], axis=0)
    return (minimum(x), maximum(x)) if np.isnan(low).any() else (low, high)


def constant(x: Array, square: Array, centre: Array) -> Flags:
    """Which columns hold one value only, given their sums of squares around ``centre``; looks again only where those are tiny."""
    tiny = ~(square > 1e-20 * x.shape[-2] * centre**2)
    return tiny & (minimum(x) == maximum(x)) if tiny.any() else np.zeros(square.shape, bool)


def median(x: Array) -> Array:
    return quantile(x, 0.5)


def quantile(x: Array, q: float) -> Array:
    """The ``q``-quantile by linear interpolation between order statistics (Hyndman and Fan type 7)."""
    n = (~np.isnan(x)).sum(axis=-2, keepdims=True)
    if x.shape[-2] == 0:
        return np.full(x.shape[:-2] + x.shape[-1:], np.nan)
    ordered = np.sort(x, axis=-2)
    place = q * np.maximum(n - 1, 0)
    low = np.floor(place).astype(np.intp)
    below = np.take_along_axis(ordered, low, axis=-2)
    above = np.take_along_axis(ordered, np.minimum(low + 1, np.maximum(n - 1, 0)), axis=-2)
    return (below + (place - low) * (above - below))[..., 0, :]


def deviation(x: Array) -> Array:
    """Sample standard deviation (n - 1); exactly 0 for a constant column, NaN below two values."""
    n, centre = count(x), mean(x)
    square = sum(over_strips(x, lambda rows: total((x[..., rows, :] - centre[..., None, :]) ** 2)), np.zeros(centre.shape))
    spread = np.sqrt(ratio(square, np.where(n > 1, n - 1, 0.0)))
    return np.where(constant(x, square, centre), np.where(n > 1, 0.0, np.nan), spread)


def skewness_kurtosis(x: Array) -> tuple[Array, Array]:
    """Bias-corrected sample skewness and excess kurtosis along the **last** axis (type 2 of Joanes and Gill, 1998).

    NaN below three and four values, and for constant values.
    """
    n: Array | float
    if complete(x):
        n = float(x.shape[-1])
        centre = ratio(x.sum(axis=-1), n)
        d = x - centre[..., None]
    else:
        present = ~np.isnan(x)
        n = present.sum(axis=-1).astype(float)
        centre = ratio(np.where(present, x, 0.0).sum(axis=-1), n)
        d = np.where(present, x - centre[..., None], 0.0)
    size = np.abs(d).max(axis=-1, initial=0.0)
    tiny = ~(size > 1e-8 * np.abs(centre))
    if tiny.any():  # only there can all values be the same
        same = np.fmin.reduce(x[tiny], axis=-1, initial=np.nan) == np.fmax.reduce(x[tiny], axis=-1, initial=np.nan)
        size[tiny] = np.where(same, np.nan, size[tiny])
    with np.errstate(all="ignore"):
        d = d / size[..., None]
        d2 = d * d
        m2, m3, m4 = d2.sum(axis=-1), (d2 * d).sum(axis=-1), (d2 * d2).sum(axis=-1)
        g1 = np.sqrt(n) * m3 / (m2 * np.sqrt(m2))
        g2 = n * m4 / (m2 * m2) - 3.0
        skewness = g1 * np.sqrt(n * (n - 1)) / np.where(n > 2, n - 2, np.nan)
        kurtosis = ((n + 1) * g2 + 6) * (n - 1) / np.where(n > 3, (n - 2) * (n - 3), np.nan)
    return finite(skewness), finite(kurtosis)
