"""Denominator bias: indicators that say how large a unit is where they should say how good it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.engines.values import Values
from kcz_metrics.errors import Issue
from kcz_metrics.locales import T
from kcz_metrics.methods import Array
from kcz_metrics.methods.statistics import ratio
from kcz_metrics.scheme.models import Index, Scheme

FRAME: Final = {
    "indicator": pl.String, "denominator": pl.String, "divided": pl.Boolean, "n": pl.Int64, "correlation": pl.Float64, "after": pl.Float64,
}  # fmt: skip
#: A correlation with a unit's size beyond this is one to look at (COINr's default).
LIMIT: Final = 0.6
#: Fewer units say nothing.
FEWEST: Final = 5


def correlations(x: Array, y: Array) -> Array:
    """Pearson correlation of each column of ``x`` (unit, indicator) with each of ``y`` (unit, size), over the units that have both;
    (indicator, size), NaN below two units and for what is constant."""
    found = np.full((x.shape[1], y.shape[1]), np.nan)
    for j, size in enumerate(y.T):
        both = ~np.isnan(x) & ~np.isnan(size)[:, None]
        n = both.sum(axis=0).astype(float)
        a = np.where(both, x, 0.0)
        b = np.where(both, size[:, None], 0.0)
        a = np.where(both, a - ratio(a.sum(axis=0), n), 0.0)
        b = np.where(both, b - ratio(b.sum(axis=0), n), 0.0)
        scale_a, scale_b = np.abs(a).max(axis=0, initial=0.0), np.abs(b).max(axis=0, initial=0.0)
        a, b = np.nan_to_num(ratio(a, scale_a)), np.nan_to_num(ratio(b, scale_b))
        found[:, j] = ratio((a * b).sum(axis=0), np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0)))
    return np.clip(found, -1.0, 1.0)


def denominator_bias(values: Values, index: Index, scheme: Scheme, period: str, denominators: Sequence[str] | None = None) -> pl.DataFrame:
    """``indicator, denominator, divided, n, correlation, after``: a row for each indicator of the index and each denominator.

    ``correlation`` is that of the value as it was measured with the unit's size, over the ``n`` units that have both; ``after`` that of the
    divided value, null for an indicator that is not ``divided`` by this denominator. ``denominators``, by default all that indicators of
    the index are divided by, name denominators of ``values`` or measures (COINr 1.1.14, get_denom_corr).
    """
    leaves, units = list(index.leaves), values.units["unit"]
    divisors = [scheme.indicators[leaf].denominate for leaf in leaves]
    names = list(dict.fromkeys(d.by for d in divisors if d is not None)) if denominators is None else list(denominators)
    x = _wide(values.frame.filter(pl.col("period") == period), units, "indicator", leaves)
    sizes = pl.concat([
        values.denominators.select("unit", "period", pl.col("denominator").alias("name"), "value"),
        values.measures.select("unit", "period", pl.col("measure").alias("name"), "value"),
    ]).unique(["unit", "period", "name"], keep="first")  # fmt: skip
    y = _wide(sizes.filter(pl.col("period") == period), units, "name", names)
    raw, after = correlations(x, y), np.full((len(leaves), len(names)), np.nan)
    for i, divisor in enumerate(divisors):
        for j, name in enumerate(names):
            if divisor is not None and divisor.by == name:
                after[i, j] = correlations(ratio(x[:, [i]], y[:, [j]]), y[:, [j]])[0, 0]
    n = (~np.isnan(x)).astype(int).T @ (~np.isnan(y)).astype(int)
    rows = [
        (leaf, name, (d := divisors[i]) is not None and d.by == name, int(n[i, j]), raw[i, j], after[i, j])
        for i, leaf in enumerate(leaves)
        for j, name in enumerate(names)
    ]
    return pl.DataFrame(rows, schema=FRAME, orient="row").with_columns(pl.col("correlation", "after").fill_nan(None))


def biased(values: Values, index: Index, scheme: Scheme, period: str) -> Iterator[Issue]:
    """A warning for each indicator that is divided by nothing and goes with a size that others are divided by; and for each that still
    does after it was divided."""
    frame = denominator_bias(values, index, scheme, period).filter(pl.col("n") >= FEWEST)
    undivided = [leaf for leaf in index.leaves if scheme.indicators[leaf].denominate is None]
    for row in frame.iter_rows(named=True):
        r = row["after"] if row["divided"] else row["correlation"]
        if r is None or abs(r) <= LIMIT or not (row["divided"] or row["indicator"] in undivided):
            continue
        name = row["denominator"]
        still, never = T("除以 {denominator} 之后仍随它变化", denominator=name), T("随 {denominator} 变化，却没有除以它", denominator=name)
        yield Issue(
            "denominator_bias",
            still if row["divided"] else never,
            subject=f"indicators.{row['indicator']}.denominate",
            expected=T("相关系数的绝对值至多 {limit}", limit=LIMIT),
            found=T("{r:.2f}（{period}，{n} 个评价对象）", r=r, period=period, n=row["n"]),
            hint=None if row["divided"] else T("{example}", example=f"denominate: {{by: {name}}}"),
            level="warning",
        )


def _wide(long: pl.DataFrame, units: pl.Series, key: str, names: Sequence[str]) -> Array:
    """(unit, name), NaN where there is nothing."""
    wide = np.full((len(units), len(names)), np.nan)
    row = {unit: i for i, unit in enumerate(units.to_list())}
    column = {name: j for j, name in enumerate(names)}
    for unit, name, value in long.select("unit", key, "value").iter_rows():
        if unit in row and name in column and value is not None:
            wide[row[unit], column[name]] = value
    return wide
