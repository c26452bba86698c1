"""Statistics along the unit axis that pass over missing values and never warn. Shapes: (..., unit, indicator) in, (..., indicator) out.

Nothing to compute from (no values, a denominator of zero) gives NaN.
"""

from __future__ import annotations

import numpy as np

from kcz_metrics.methods.entry import Array


def ratio(numerator: Array | float, denominator: Array | float) -> Array:
    """``numerator / denominator``; NaN where the denominator is zero, a side is missing, or the quotient is beyond the range of a float."""
    with np.errstate(all="ignore"):
        quotient: Array = np.divide(numerator, denominator)
    return finite(quotient)


def finite(x: Array) -> Array:
    """``x`` with infinities turned to missing."""
    return np.where(np.isfinite(x), x, np.nan)


def count(x: Array) -> Array:
    return (~np.isnan(x)).sum(axis=-2).astype(float)


def total(x: Array) -> Array:
    """Sum of the values present; 0 where there are none."""
    return np.where(np.isnan(x), 0.0, x).sum(axis=-2)


def mean(x: Array) -> Array:
    return ratio(total(x), count(x))


def minimum(x: Array) -> Array:
    return np.fmin.reduce(x, axis=-2, initial=np.nan)


def maximum(x: Array) -> Array:
    return np.fmax.reduce(x, axis=-2, initial=np.nan)


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
    n = count(x)
    square = total((x - mean(x)[..., None, :]) ** 2)
    spread = np.sqrt(ratio(square, np.where(n > 1, n - 1, 0.0)))
    return np.where(minimum(x) == maximum(x), np.where(n > 1, 0.0, np.nan), spread)


def skewness_kurtosis(x: Array) -> tuple[Array, Array]:
    """Bias-corrected sample skewness and excess kurtosis along the **last** axis (type 2 of Joanes and Gill, 1998).

    NaN below three and four values, and for constant values.
    """
    present = ~np.isnan(x)
    n = present.sum(axis=-1).astype(float)
    d = np.where(present, x - ratio(np.where(present, x, 0.0).sum(axis=-1), n)[..., None], 0.0)
    constant = np.fmin.reduce(x, axis=-1, initial=np.nan) == np.fmax.reduce(x, axis=-1, initial=np.nan)
    size = np.abs(d).max(axis=-1, initial=0.0)
    d = ratio(d, np.where(constant, 0.0, size)[..., None])
    d2 = d * d
    m2 = d2.sum(axis=-1)
    g1 = np.sqrt(n) * ratio((d2 * d).sum(axis=-1), m2 * np.sqrt(m2))
    g2 = n * ratio((d2 * d2).sum(axis=-1), m2 * m2) - 3.0
    skewness = g1 * np.sqrt(n * np.maximum(n - 1, 0)) * ratio(1.0, np.where(n > 2, n - 2, 0.0))
    kurtosis = ((n + 1) * g2 + 6) * (n - 1) * ratio(1.0, np.where(n > 3, (n - 2) * (n - 3), 0.0))
    return skewness, kurtosis
