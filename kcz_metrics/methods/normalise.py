"""Bringing indicators onto a common scale, direction applied. A kernel takes the matrix, the pool it is compared with (the same matrix, or
that of other periods) and which indicators are better when higher. Bounded methods give 0 for the worst and 1 for the best end; the
pipeline maps that onto the index's scale. A denominator of zero gives missing."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from kcz_metrics.methods import statistics
from kcz_metrics.methods.entry import Array, MethodEntry, Parameters, family
from kcz_metrics.methods.ordering import descending
from kcz_metrics.methods.rank import significant
from kcz_metrics.methods.statistics import ratio
from kcz_metrics.tables.labels import Label

Up = NDArray[np.bool_]


class Over(Parameters):
    """``over``: which units' values the scale is taken from. ``truncate``: values beyond the scale are held at its ends."""

    over: Literal["period", "all_periods", "base_period"] = "period"
    base: str | None = None
    truncate: bool = False

    @model_validator(mode="after")
    def _base_named(self) -> Over:
        if (self.over == "base_period") != (self.base is not None):
            raise ValueError("`base` goes with `over: base_period`")
        return self


class Goalposts(Parameters):
    lower: float
    upper: float
    truncate: bool = True

    @model_validator(mode="after")
    def _ordered(self) -> Goalposts:
        if not self.lower < self.upper:
            raise ValueError("lower < upper")
        return self


class Reference(Over):
    reference: str
    cap: bool = False


class Target(Over):
    target: float
    cap: bool = False


class Bands(Parameters):
    """``steps``: [at most, score] pairs with rising limits; ``otherwise`` the score above the last. Scores are on the index's scale."""

    steps: Annotated[tuple[tuple[float, float], ...], Field(min_length=1)]
    otherwise: float

    @model_validator(mode="after")
    def _rising(self) -> Bands:
        limits = [limit for limit, _ in self.steps]
        if any(b <= a for a, b in pairwise(limits)):
            raise ValueError("limits of the steps must rise")
        return self


class Efficacy(Parameters):
    poor: float
    good: float
    truncate: bool = False

    @model_validator(mode="after")
    def _apart(self) -> Efficacy:
        if self.poor == self.good:
            raise ValueError("poor and good must differ")
        return self


class Zscore(Over):
    mean: float = 0.0
    sd: Annotated[float, Field(gt=0)] = 1.0


class Ties(Over):
    ties: Literal["minimum", "average"] = "minimum"


def _signed(x: Array, up: Up) -> Array:
    return np.where(up, x, -x)


def _both(x: Array, pool: Array, up: Up) -> tuple[Array, Array]:
    signed = _signed(x, up)
    return signed, signed if pool is x else _signed(pool, up)


def _unit(y: Array, truncate: bool) -> Array:
    return np.where(np.isnan(y), np.nan, np.clip(y, 0.0, 1.0)) if truncate else y


# ---- bounded: 0 worst, 1 best -----------------------------------------------------------------------------------------------------------


def minmax(x: Array, pool: Array, up: Up, truncate: bool = False) -> Array:
    low, high = (end[..., None, :] for end in statistics.extremes(pool))
    worst, best = np.where(up, low, high), np.where(up, high, low)
    y = np.empty(np.broadcast_shapes(x.shape, worst.shape))

    def fill(rows: slice) -> None:
        part = y[..., rows, :]
        with np.errstate(all="ignore"):
            np.subtract(x[..., rows, :], worst, out=part)
            np.divide(part, best - worst, out=part)
        part += 0.0  # no negative zero
        if not statistics.complete(part):
            part[~np.isfinite(part)] = np.nan
        if truncate:
            np.clip(part, 0.0, 1.0, out=part)

    statistics.over_strips(x, fill)
    return y


def goalposts(x: Array, pool: Array, up: Up, lower: Array, upper: Array, truncate: bool = True) -> Array:
    return _unit(ratio(np.where(up, x - lower, upper - x), upper - lower), truncate)


def _among(x: Array) -> tuple[Array, Array]:
    """``_below`` where the pool is the matrix itself: places in one order of each column."""
    columns = np.ascontiguousarray(np.swapaxes(x, -1, -2))
    order, begins = descending(-columns)
    place = np.arange(columns.shape[-1])
    first, size = place, np.ones(columns.shape[-1], np.intp)
    if begins is not None:
        first = np.maximum.accumulate(np.where(begins, place, 0), axis=-1)
        ends = np.ones(columns.shape, bool)
        ends[..., :-1] = begins[..., 1:]
        size = np.minimum.accumulate(np.where(ends, place, len(place))[..., ::-1], axis=-1)[..., ::-1] - first + 1
    below, equal = np.empty(columns.shape), np.empty(columns.shape)
    below.reshape(-1)[order], equal.reshape(-1)[order] = first, size
    missing = np.isnan(x)
    return tuple(np.where(missing, np.nan, np.swapaxes(counts, -1, -2)) for counts in (below, equal))  # type: ignore[return-value]


def _below(x: Array, pool: Array) -> tuple[Array, Array]:
    """How many of the pool lie below each value and how many equal it. Shape of ``x``."""
    if pool is x:
        return _among(x)
    n = pool.shape[-2]
    both = np.swapaxes(np.concatenate([pool, x], axis=-2), -1, -2)
    order = np.argsort(both, axis=-1, kind="stable")
    ordered = np.take_along_axis(both, order, axis=-1)
    counted = np.cumsum((order < n) & ~np.isnan(ordered), axis=-1)
    begins = np.ones(both.shape, bool)
    begins[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    index = np.broadcast_to(np.arange(both.shape[-1]), both.shape)
    first = np.maximum.accumulate(np.where(begins, index, 0), axis=-1)
    ends = np.ones(both.shape, bool)
    ends[..., :-1] = begins[..., 1:]
    last = np.minimum.accumulate(np.where(ends, index, both.shape[-1])[..., ::-1], axis=-1)[..., ::-1]
    before = np.where(first > 0, np.take_along_axis(counted, np.maximum(first - 1, 0), axis=-1), 0)
    upto = np.take_along_axis(counted, last, axis=-1)
    below, equal = np.empty(both.shape), np.empty(both.shape)
    np.put_along_axis(below, order, before.astype(float), axis=-1)
    np.put_along_axis(equal, order, (upto - before).astype(float), axis=-1)
    missing = np.isnan(x)
    return tuple(np.where(missing, np.nan, np.swapaxes(counts[..., n:], -1, -2)) for counts in (below, equal))  # type: ignore[return-value]


def percentile_rank(x: Array, pool: Array, up: Up, truncate: bool = False) -> Array:
    """(r - 1)/(n - 1), r the ascending rank with ties at the minimum; against another pool, r - 1 counts its values below, at most n -
    1."""
    n = statistics.count(pool)[..., None, :]
    return ratio(np.minimum(_below(*_both(x, pool, up))[0], n - 1), n - 1)


def distance_to_reference(x: Array, pool: Array, up: Up, reference: Array, cap: bool = False, truncate: bool = False) -> Array:
    """1 - (reference - x)/(reference - worst), in the sense of the direction."""
    x, pool, aim = _signed(x, up), _signed(pool, up), _signed(reference, up)
    y = 1.0 - ratio(aim - x, aim - statistics.minimum(pool)[..., None, :])
    return _unit(np.minimum(y, 1.0) if cap else y, truncate)


def distance_to_max(x: Array, pool: Array, up: Up, truncate: bool = False) -> Array:
    best = np.where(up, statistics.maximum(pool), statistics.minimum(pool))[..., None, :]
    return distance_to_reference(x, pool, up, best, truncate=truncate)


def distance_to_target(x: Array, pool: Array, up: Up, target: Array, cap: bool = False, truncate: bool = False) -> Array:
    return distance_to_reference(x, pool, up, np.broadcast_to(target, x.shape), cap, truncate)


def fraction_of_max(x: Array, pool: Array, up: Up, truncate: bool = False) -> Array:
    """x/max; for an indicator better when lower, min/x."""
    low, high = statistics.minimum(pool)[..., None, :], statistics.maximum(pool)[..., None, :]
    return _unit(ratio(np.where(up, x, low), np.where(up, high, x)), truncate)


def bands(x: Array, pool: Array, up: Up, steps: Any, otherwise: float) -> Array:
    """The score of the first step whose limit the value does not exceed. Direction is in the steps."""
    limits = np.array([limit for limit, _ in steps], float)
    points = np.array([*(score for _, score in steps), otherwise], float)
    place = np.searchsorted(significant(limits), significant(np.where(np.isnan(x), 0.0, x)), "left")
    return np.where(np.isnan(x), np.nan, points[place])


def efficacy(x: Array, pool: Array, up: Up, poor: Array, good: Array, truncate: bool = False) -> Array:
    """0.6 at ``poor``, 1 at ``good``, straight on beyond; where lower is better, ``poor`` is the larger of the two."""
    return _unit(0.6 + 0.4 * ratio(x - poor, good - poor), truncate)


# ---- unbounded --------------------------------------------------------------------------------------------------------------------------


def zscore(x: Array, pool: Array, up: Up, mean: Array, sd: Array, truncate: bool = False) -> Array:
    centre, spread = statistics.mean(pool)[..., None, :], statistics.deviation(pool)[..., None, :]
    return ratio(_signed(x - centre, up), spread) * sd + mean


def rank(x: Array, pool: Array, up: Up, ties: str = "minimum", truncate: bool = False) -> Array:
    """Ascending rank, 1 the worst."""
    below, equal = _below(*_both(x, pool, up))
    return below + 1.0 + (np.maximum(equal - 1.0, 0.0) / 2 if ties == "average" else 0.0)


def borda(x: Array, pool: Array, up: Up, ties: str = "minimum", truncate: bool = False) -> Array:
    """Points: how many are worse."""
    return rank(x, pool, up, ties) - 1.0


def vector(x: Array, pool: Array, up: Up, truncate: bool = False) -> Array:
    """x/√Σx²; where lower is better, one minus it."""
    y = ratio(x, np.sqrt(statistics.total(pool**2))[..., None, :])
    return np.where(up, y, 1.0 - y)


def share(x: Array, pool: Array, up: Up, truncate: bool = False) -> Array:
    """x/Σx; where lower is better, of the reciprocals."""
    x, pool = np.where(up, x, ratio(1.0, x)), np.where(up, pool, ratio(1.0, pool))
    return ratio(x, statistics.total(pool)[..., None, :])


def none(x: Array, pool: Array, up: Up) -> Array:
    return _signed(x, up)


_OECD = "OECD/JRC Handbook 2008, step 5"
_COINR = "COINr 1.1.14"


def _bounded(name: str, label: Label, parameters: type[Parameters], kernel: Any, formula: str, source: str, *stacked: str) -> MethodEntry:
    return MethodEntry(name, label, parameters, kernel, formula, source, bounded=True, stacked=stacked, own_unit=stacked)


NORMALISE = family(
    _bounded("minmax", Label("极差标准化", "Min-max"), Over, minmax, "(x − min)/(max − min)", _OECD),
    _bounded(
        "goalposts",
        Label("固定上下限", "Goalposts"),
        Goalposts,
        goalposts,
        "(x − lower)/(upper − lower)",
        "UNDP HDI technical notes",
        "lower",
        "upper",
    ),
    _bounded("percentile_rank", Label("百分位次", "Percentile rank"), Over, percentile_rank, "(r − 1)/(n − 1)", _COINR),
    _bounded("distance_to_max", Label("距最优值", "Distance to the maximum"), Over, distance_to_max, "1 − (max − x)/(max − min)", _COINR),
    _bounded(
        "distance_to_reference",
        Label("距参照单位", "Distance to a reference unit"),
        Reference,
        distance_to_reference,
        "1 − (x_ref − x)/(x_ref − min)",
        _COINR,
    ),
    _bounded(
        "distance_to_target",
        Label("距目标值", "Distance to a target"),
        Target,
        distance_to_target,
        "1 − (target − x)/(target − min)",
        _COINR,
        "target",
    ),
    _bounded("fraction_of_max", Label("占最优值比例", "Fraction of the maximum"), Over, fraction_of_max, "x/max; down: min/x", _OECD),
    MethodEntry(
        "bands",
        Label("分档计分", "Bands"),
        Bands,
        bands,
        "score of the first step with x ≤ limit, else `otherwise`",
        "分档计分法",
        bounded=True,
        on_scale=True,
    ),
    _bounded(
        "efficacy",
        Label("功效系数", "Efficacy coefficient"),
        Efficacy,
        efficacy,
        "60 + 40·(x − poor)/(good − poor)",
        "功效系数法",
        "poor",
        "good",
    ),
    MethodEntry("zscore", Label("Z 分数", "Z-score"), Zscore, zscore, "mean + sd·(x − x̄)/s", _OECD, stacked=("mean", "sd")),
    MethodEntry("rank", Label("位次", "Rank"), Ties, rank, "ascending rank, worst 1", _OECD),
    MethodEntry("borda", Label("博达计分", "Borda points"), Ties, borda, "ascending rank − 1", "Borda 1784"),
    MethodEntry("vector", Label("向量归一", "Vector"), Over, vector, "x/√Σx²; down: 1 − x/√Σx²", "Hwang and Yoon 1981"),
    MethodEntry("sum", Label("总和归一", "Share of the sum"), Over, share, "x/Σx; down: x⁻¹/Σx⁻¹", "pymcdm 1.4"),
    MethodEntry("none", Label("不标准化", "None"), Parameters, none, "x; down: −x", "identity"),
)
