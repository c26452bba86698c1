"""Outlier treatment. A kernel takes the matrix and the pool it is judged against (the same matrix, or that of other periods) and returns
the treated matrix with a mark on every point it moved."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from kcz_metrics.methods import statistics
from kcz_metrics.methods.entry import Array, MethodEntry, Parameters, family
from kcz_metrics.methods.statistics import ratio, skewness_kurtosis
from kcz_metrics.tables.labels import Label

Marks = NDArray[np.uint8]
UNTOUCHED, LOWERED, RAISED, TRANSFORMED, UNDEFINED = range(5)
#: What a mark means, by number.
MARKS: Final = ("", "lowered", "raised", "transformed", "undefined")


class Winsorise(Parameters):
    max_points: Annotated[int, Field(ge=0)] = 5
    skewness: Annotated[float, Field(gt=0)] = 2.0
    kurtosis: float = 3.5
    otherwise: Literal["none", "log_ct", "log_ct_plus", "log_ct_orig", "log_gii", "boxcox"] = "none"
    lambda_: Annotated[float, Field(alias="lambda")] = 0.0
    combine: bool = False


class Clip(Parameters):
    lower_quantile: Annotated[float, Field(ge=0, le=1)] = 0.0
    upper_quantile: Annotated[float, Field(ge=0, le=1)] = 1.0
    over: Literal["period", "all_periods", "base_period"] = "period"
    base: str | None = None


def none(x: Array, pool: Array) -> tuple[Array, Marks]:
    return x, np.zeros(x.shape, np.uint8)


# ---- fallback transforms: rows are columns of the matrix, units on the last axis --------------------------------------------------------


def _ends(y: Array) -> tuple[Array, Array]:
    return np.fmin.reduce(y, axis=-1, initial=np.nan)[..., None], np.fmax.reduce(y, axis=-1, initial=np.nan)[..., None]


def _ln(y: Array) -> Array:
    return np.log(y, out=np.full(y.shape, np.nan), where=y > 0)


def log_ct(y: Array) -> Array:
    """ln(x - min + a), a a hundredth of the range."""
    low, high = _ends(y)
    return _ln(y - low + 0.01 * (high - low))


def log_ct_orig(y: Array) -> Array:
    low, _ = _ends(y)
    return _ln(y - low + 1.0)


def log_ct_plus(y: Array) -> Array:
    """As ``log_ct`` where the tail is on the right; mirrored where it is on the left."""
    low, high = _ends(y)
    right = skewness_kurtosis(y)[0][..., None] >= 0
    return np.where(right, log_ct(y), -_ln(high - y + 0.01 * (high - low)))


def log_gii(y: Array) -> Array:
    """ln((max - 1)(x - min)/(max - min) + 1); missing where max is 1 or less, as it would turn the order round."""
    low, high = _ends(y)
    return _ln(ratio(np.where(high > 1.0, high - 1.0, np.nan) * (y - low), high - low) + 1.0)


def boxcox(y: Array, lambda_: float) -> Array:
    """Box-Cox of x - min + 1."""
    shifted = y - _ends(y)[0] + 1.0
    return _ln(shifted) if lambda_ == 0 else (shifted**lambda_ - 1.0) / lambda_


_OTHERWISE: Final = {"log_ct": log_ct, "log_ct_plus": log_ct_plus, "log_ct_orig": log_ct_orig, "log_gii": log_gii}


# ---- winsorising ------------------------------------------------------------------------------------------------------------------------


def _winsorise_rows(y: Array, max_points: int, skewness: float, kurtosis: float) -> tuple[Array, Marks, Array]:
    """Bring in the extremes of each row, all tied ones at once, on the side of its skew, until it passes or ``max_points`` are moved.

    Also the state of each row: 1 passes, 0 does not, NaN where skewness or kurtosis is undefined."""

    def passes(rows: Array) -> tuple[Array, Array]:
        s, k = skewness_kurtosis(rows)
        return s, np.where(np.isnan(s) | np.isnan(k), np.nan, (np.abs(s) < skewness) | (k < kurtosis))

    y = y.copy()
    marks = np.zeros(y.shape, np.uint8)
    skew, state = passes(y)
    active = np.flatnonzero(state == 0) if max_points > 0 else np.empty(0, np.intp)
    skew = skew[active]
    while active.size:
        upper = (skew >= 0)[:, None]
        side = np.where(upper, 1.0, -1.0)  # upward, whichever side is treated
        rows = y[active] * side
        extreme = rows == np.fmax.reduce(rows, axis=-1, keepdims=True, initial=np.nan)
        # the next value inside; NaN where there is none
        inner = np.fmax.reduce(np.where(extreme, np.nan, rows), axis=-1, keepdims=True, initial=np.nan)
        y[active] = np.where(extreme, inner, rows) * side
        mark = np.where(upper, LOWERED, RAISED).astype(np.uint8)
        marks[active] = np.where(extreme, mark, marks[active])
        skew, state[active] = passes(y[active])
        go_on = (state[active] == 0) & ((marks[active] != 0).sum(axis=-1) < max_points)
        active, skew = active[go_on], skew[go_on]
    return y, marks, state


def winsorise(
    x: Array,
    pool: Array,
    max_points: int = 5,
    skewness: float = 2.0,
    kurtosis: float = 3.5,
    otherwise: str = "none",
    lambda_: float = 0.0,
    combine: bool = False,
) -> tuple[Array, Marks]:
    """Two stages: winsorise a column that is both skewed and heavy-tailed; where that does not suffice, transform it as ``otherwise`` says.

    The transform starts from the original column unless ``combine``. A column for which skewness or kurtosis is undefined before or after
    either stage is returned as it was, marked.
    """
    columns = np.ascontiguousarray(np.swapaxes(x, -1, -2)).reshape(-1, x.shape[-2])
    y, marks, state = _winsorise_rows(columns, max_points, skewness, kurtosis)
    failed = np.flatnonzero(state == 0)
    if otherwise != "none" and failed.size:
        start = y[failed] if combine else columns[failed]
        y[failed] = boxcox(start, lambda_) if otherwise == "boxcox" else _OTHERWISE[otherwise](start)
        marks[failed] = np.where(np.isnan(start), UNTOUCHED, TRANSFORMED)
        s, k = skewness_kurtosis(y[failed])
        lost = (np.isnan(y[failed]) & ~np.isnan(start)).any(axis=-1)
        state[failed] = np.where(np.isnan(s) | np.isnan(k) | lost, np.nan, 1.0)
    undefined = np.isnan(state)
    y = np.where(undefined[:, None], columns, y)
    marks = np.where(undefined[:, None], np.where(np.isnan(columns), UNTOUCHED, UNDEFINED).astype(np.uint8), marks)
    shape = (*x.shape[:-2], x.shape[-1], x.shape[-2])
    return np.swapaxes(y.reshape(shape), -1, -2), np.swapaxes(marks.reshape(shape), -1, -2)


def clip(x: Array, pool: Array, lower_quantile: float, upper_quantile: float) -> tuple[Array, Marks]:
    """Pull values beyond the quantiles of ``pool`` in to them."""
    low = statistics.quantile(pool, lower_quantile)[..., None, :]
    high = statistics.quantile(pool, upper_quantile)[..., None, :]
    marks = np.where(x > high, LOWERED, np.where(x < low, RAISED, UNTOUCHED)).astype(np.uint8)
    return np.where(marks == LOWERED, high, np.where(marks == RAISED, low, x)), marks


TREAT = family(
    MethodEntry("none", Label("不处理", "None"), Parameters, none, "x", "OECD/JRC Handbook 2008, step 3"),
    MethodEntry(
        "winsorise",
        Label("缩尾处理", "Winsorise"),
        Winsorise,
        winsorise,
        "while |skewness| ≥ `skewness` and kurtosis ≥ `kurtosis`: the extreme values become the next one inside, up to `max_points`; "
        "then `otherwise`",
        "COINr 1.1.14, Treat",
    ),
    MethodEntry(
        "clip",
        Label("分位截断", "Clip at quantiles"),
        Clip,
        clip,
        "min(max(x, q_lower), q_upper), quantiles of type 7 over `over`",
        "OECD/JRC Handbook 2008, step 3",
    ),
)
