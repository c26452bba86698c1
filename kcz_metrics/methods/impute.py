"""Filling missing values. A kernel takes the matrix and where it stands, and gives back a matrix with some holes filled; what it cannot
fill stays missing. Values that are there are never touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from kcz_metrics.methods import statistics
from kcz_metrics.methods.entry import Array, MethodEntry, Parameters, family
from kcz_metrics.methods.statistics import ratio
from kcz_metrics.tables.labels import Label


@dataclass(frozen=True)
class Surroundings:
    """What a filling method may look at besides the column itself.

    ``groups``: unit columns by name, as codes of shape (unit,), -1 where the unit has none. ``pillars``: for each pillar the positions of
    its indicators. ``up``: which indicators are better when higher.
    ``earlier`` and ``later``: matrices of the neighbouring periods, nearest first.
    """

    groups: dict[str, NDArray[np.intp]] = field(default_factory=dict)
    pillars: Sequence[NDArray[np.intp]] = ()
    up: NDArray[np.bool_] | None = None
    earlier: Sequence[Array] = ()
    later: Sequence[Array] = ()


class ByGroup(Parameters):
    by: str


class Within(Parameters):
    within: Literal["pillar", "all"] = "pillar"


class Gap(Parameters):
    max_gap: Annotated[int, Field(ge=1)] = 1


def _fill(x: Array, by: Array) -> Array:
    return np.where(np.isnan(x), by, x)


def none(x: Array, around: Surroundings) -> Array:
    return x


def zero(x: Array, around: Surroundings) -> Array:
    return _fill(x, np.zeros_like(x))


def mean(x: Array, around: Surroundings) -> Array:
    return _fill(x, statistics.mean(x)[..., None, :])


def median(x: Array, around: Surroundings) -> Array:
    return _fill(x, statistics.median(x)[..., None, :])


def _by_group(x: Array, codes: NDArray[np.intp], fill: object) -> Array:
    filled = x.copy()
    for code in np.unique(codes[codes >= 0]):
        rows = codes == code
        filled[..., rows, :] = fill(x[..., rows, :], Surroundings())  # type: ignore[operator]
    return filled


def group_mean(x: Array, around: Surroundings, by: str) -> Array:
    return _by_group(x, around.groups[by], mean)


def group_median(x: Array, around: Surroundings, by: str) -> Array:
    return _by_group(x, around.groups[by], median)


def _by_row(x: Array, around: Surroundings, within: str, centre: object) -> Array:
    """Bring each column to 0..1 (1 is best), take the centre of the unit's own row, and turn it back into the column's unit."""
    up = np.ones(x.shape[-1], bool) if around.up is None else around.up
    low, high = statistics.minimum(x)[..., None, :], statistics.maximum(x)[..., None, :]
    worst, best = np.where(up, low, high), np.where(up, high, low)
    unit = ratio(x - worst, best - worst)
    blocks = around.pillars if within == "pillar" and len(around.pillars) else (np.arange(x.shape[-1]),)
    filled = x.copy()
    for block in blocks:
        middle = centre(np.swapaxes(unit[..., block], -1, -2))[..., :, None]  # type: ignore[operator]
        back = middle * (best - worst)[..., block] + worst[..., block]
        filled[..., block] = _fill(x[..., block], back)
    return filled


def row_mean(x: Array, around: Surroundings, within: str) -> Array:
    return _by_row(x, around, within, statistics.mean)


def row_median(x: Array, around: Surroundings, within: str) -> Array:
    return _by_row(x, around, within, statistics.median)


def previous(x: Array, around: Surroundings, max_gap: int) -> Array:
    for earlier in around.earlier[:max_gap]:
        x = _fill(x, earlier)
    return x


def _nearest(x: Array, neighbours: Sequence[Array], steps: int) -> tuple[Array, Array]:
    """The nearest value present among ``neighbours`` and how many periods away it is."""
    value, distance = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    for away, matrix in enumerate(neighbours[:steps], start=1):
        here = np.isnan(value) & ~np.isnan(matrix)
        value, distance = np.where(here, matrix, value), np.where(here, float(away), distance)
    return value, distance


def linear(x: Array, around: Surroundings, max_gap: int) -> Array:
    """Between the nearest earlier and later values, at most ``max_gap`` missing periods in a row between them."""
    before, back = _nearest(x, around.earlier, max_gap)
    after, ahead = _nearest(x, around.later, max_gap)
    near_enough = back + ahead - 1 <= max_gap
    between = before + (after - before) * ratio(back, back + ahead)
    return _fill(x, np.where(near_enough, between, np.nan))


_OECD = "OECD/JRC Handbook 2008, step 3"
_COINR = "COINr 1.1.14"

IMPUTE = family(
    MethodEntry("none", Label("不填补", "None"), Parameters, none, "x", _OECD),
    MethodEntry("zero", Label("以零填补", "Zero"), Parameters, zero, "0", _COINR),
    MethodEntry("mean", Label("以均值填补", "Mean"), Parameters, mean, "mean of the indicator", _OECD),
    MethodEntry("median", Label("以中位数填补", "Median"), Parameters, median, "median of the indicator", _OECD),
    MethodEntry("group_mean", Label("以同类均值填补", "Group mean"), ByGroup, group_mean, "mean of the units of the same `by`", _COINR),
    MethodEntry(
        "group_median", Label("以同类中位数填补", "Group median"), ByGroup, group_median, "median of the units of the same `by`", _COINR
    ),
    MethodEntry(
        "row_mean",
        Label("以本单位均值填补", "Row mean"),
        Within,
        row_mean,
        "minmax, mean of the unit's row within `within`, turned back",
        _COINR,
    ),
    MethodEntry(
        "row_median",
        Label("以本单位中位数填补", "Row median"),
        Within,
        row_median,
        "minmax, median of the unit's row within `within`, turned back",
        _COINR,
    ),
    MethodEntry("previous", Label("沿用前期值", "Previous"), Gap, previous, "the latest value of the `max_gap` periods before", _COINR),
    MethodEntry(
        "linear",
        Label("线性插值", "Linear"),
        Gap,
        linear,
        "between the nearest earlier and later values, at most `max_gap` missing periods in between",
        _OECD,
    ),
)
