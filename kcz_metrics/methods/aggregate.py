"""Scores of a node from those of its children. A kernel takes scores (..., unit, child) and weights that broadcast to them, and gives
(..., unit). Means re-scale the weights over the children present; no child present gives missing."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from kcz_metrics.methods.entry import Array, Flags, MethodEntry, Parameters, family
from kcz_metrics.methods.outrank import copeland, topsis, vikor
from kcz_metrics.methods.statistics import complete, finite, ratio
from kcz_metrics.tables.labels import Label


class Power(Parameters):
    p: float


class Mazziotta(Parameters):
    """``form``: `minus` takes the penalty off (more is better), `plus` adds it."""

    form: Literal["minus", "plus"] = "minus"


class Comparing(Parameters):
    """``on_scale``: map the method's own 0 to 1 onto the index's scale."""

    on_scale: bool = False


class Vikor(Comparing):
    v: Annotated[float, Field(ge=0, le=1)] = 0.5


def _dot(x: Array, w: Array) -> Array:
    """Σ over children of x·w. One matrix under many weights, (unit, child) or (..., 1, unit, child) and (..., run, 1, child), is one
    product of matrices, added up in the order of the children so that a run gives the same digits among any others."""
    if w.ndim > 2 and w.shape[-2] == 1:
        if x.ndim == 2:
            return np.einsum("...c,cu->...u", w[..., 0, :], np.ascontiguousarray(x.T))
        if x.ndim == w.ndim and x.ndim > 3 and x.shape[-3] == 1:
            return np.einsum("...rc,...cu->...ru", w[..., 0, :], np.ascontiguousarray(np.swapaxes(x[..., 0, :, :], -1, -2)))
    return np.einsum("...c,...c->...", x, w)


def _weighed(x: Array, y: Array, w: Array) -> Array:
    """Weighted mean of ``y`` over the children whose ``x`` is present; ``y`` must be finite."""
    if complete(x):
        whole = w.sum(axis=-1)
        return _dot(y, w) / whole if (whole > 0).all() else ratio(_dot(y, w), whole)
    missing = np.isnan(x)
    return ratio(_dot(np.where(missing, 0.0, y), w), _dot((~missing).astype(float), w))


def _any(mask: Flags, w: Array) -> Flags:
    """Where any child that ``mask`` marks has weight; False without work where it marks none."""
    if not mask.any():
        return np.array(False)
    return _dot(mask.astype(float), (w > 0).astype(float)) > 0


def arithmetic(x: Array, w: Array) -> Array:
    return _weighed(x, x, w)


#: Stands for ln 0 where every weight is 0 or more than the other: the weighted mean is then far below what exp can tell from 0.
_NOTHING, _SLIGHT = -1e200, 1e-150


def geometric(x: Array, w: Array) -> Array:
    """Π x^w; 0 where any child with weight is 0, missing where one is negative."""
    lowest = np.min(x, initial=np.inf)
    if lowest > 0 and complete(x):
        return np.exp(_weighed(x, np.log(x), w))
    if lowest == 0 and not ((w > 0) & (w < _SLIGHT)).any():
        with np.errstate(divide="ignore"):
            ln = np.log(x)
        return np.exp(_weighed(x, np.maximum(ln, _NOTHING, out=ln), w))
    ln = np.log(x, out=np.zeros(x.shape), where=x > 0)
    score = np.exp(_weighed(x, ln, w))
    score = np.where(_any(x == 0, w), 0.0, score)
    return np.where(_any(x < 0, w), np.nan, score)


def harmonic(x: Array, w: Array) -> Array:
    """1/Σ(w/x); 0 where any child with weight is 0, missing where one is negative."""
    if np.min(x, initial=np.inf) > 0 and complete(x):
        return ratio(1.0, _weighed(x, ratio(1.0, x), w))
    inverse = np.divide(1.0, x, out=np.zeros(x.shape), where=x > 0)
    score = ratio(1.0, _weighed(x, inverse, w))
    score = np.where(_any(x == 0, w), 0.0, score)
    return np.where(_any(x < 0, w), np.nan, score)


def power(x: Array, w: Array, p: float) -> Array:
    """(Σ w x^p)^(1/p), its limit Π x^w at p = 0; missing where any child with weight is, or is negative."""
    if p == 0:
        score = geometric(x, w)
    elif p == 1:
        score = arithmetic(x, w)
    else:
        raised = np.power(x, p, out=np.zeros(x.shape), where=x > 0)
        mean = _weighed(x, raised, w)
        with np.errstate(over="ignore", divide="ignore"):
            score = finite(mean ** (1.0 / p))
        if p < 0:
            score = np.where(_any(x == 0, w), 0.0, score)
        score = np.where(_any(x < 0, w), np.nan, score)
    return np.where(_any(np.isnan(x), w), np.nan, score)


def minimum(x: Array, w: Array) -> Array:
    """The worst child that has a weight."""
    return np.fmin.reduce(np.where(w > 0, x, np.nan), axis=-1, initial=np.nan)


def mazziotta_pareto(x: Array, w: Array, form: str = "minus") -> Array:
    """M ∓ S·S/M, M the weighted mean and S the sample standard deviation over the unit's children (Mazziotta and Pareto 2016)."""
    mean = _weighed(x, np.nan_to_num(x), w)
    n = _dot((~np.isnan(x)).astype(float), (w > 0).astype(float))
    apart = np.nan_to_num((x - mean[..., None]) ** 2)
    square = _weighed(x if mean.ndim < x.ndim else np.broadcast_to(x, apart.shape), apart, w) * ratio(n, np.where(n > 1, n - 1, 0.0))
    square = np.where(n > 1, square, np.where(n > 0, 0.0, np.nan))
    penalty = np.where(square == 0, 0.0, ratio(square, mean))
    return mean - penalty if form == "minus" else mean + penalty


_OECD = "OECD/JRC Handbook 2008, step 6"

AGGREGATE = family(
    MethodEntry("arithmetic", Label("加权算术平均", "Arithmetic mean"), Parameters, arithmetic, "Σ w x", _OECD),
    MethodEntry("geometric", Label("加权几何平均", "Geometric mean"), Parameters, geometric, "Π x^w", _OECD, nonnegative=True),
    MethodEntry("harmonic", Label("加权调和平均", "Harmonic mean"), Parameters, harmonic, "1/Σ(w/x)", "COINr 1.1.14", nonnegative=True),
    MethodEntry("power", Label("幂平均", "Power mean"), Power, power, "(Σ w x^p)^(1/p)", "COINr 1.1.14", nonnegative=True),
    MethodEntry("minimum", Label("取最低值", "Minimum"), Parameters, minimum, "min x", _OECD),
    MethodEntry(
        "mazziotta_pareto",
        Label("马齐奥塔–帕雷托法", "Mazziotta-Pareto"),
        Mazziotta,
        mazziotta_pareto,
        "M − S²/M",
        "Mazziotta and Pareto 2016",
    ),
    MethodEntry(
        "copeland",
        Label("科普兰法", "Copeland"),
        Parameters,
        copeland,
        "Σ_k sign(share of weight in which i beats k − ½), ties half",
        "Copeland 1951; COINr 1.1.14",
        comparing=True,
    ),
    MethodEntry(
        "topsis",
        Label("TOPSIS 法", "TOPSIS"),
        Comparing,
        topsis,
        "D⁻/(D⁺ + D⁻) of the weighted scores",
        "Hwang and Yoon 1981",
        comparing=True,
    ),
    MethodEntry(
        "vikor", Label("VIKOR 法", "VIKOR"), Vikor, vikor, "1 − Q, Q = v·S′ + (1 − v)·R′", "Opricovic and Tzeng 2004", comparing=True
    ),
)
