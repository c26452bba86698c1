"""How surprising a count is among peers, and which of many such counts may be called surprising."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


def upper_tail(k: Floats, n: Floats, p: Floats) -> Floats:
    """P(X ≥ k) of a binomial X(n, p): the regularised incomplete beta function I_p(k, n − k + 1)."""
    from scipy.special import betainc

    return np.asarray(np.where(k <= 0, 1.0, betainc(np.maximum(k, 1), np.maximum(n - k + 1, 1), np.clip(np.nan_to_num(p), 0.0, 1.0))))


def discoveries(p: Floats, rate: float) -> NDArray[np.bool_]:
    """Those that are called at a false discovery rate: Benjamini and Hochberg (1995), step-up over all ``p``."""
    if not len(p):
        return np.zeros(0, bool)
    order = np.argsort(p, kind="stable")
    under = p[order] <= rate * np.arange(1, len(p) + 1) / len(p)
    called = np.zeros(len(p), bool)
    if under.any():
        called[order[: int(np.flatnonzero(under)[-1]) + 1]] = True
    return called


def spans(rows: pl.DataFrame, when: str) -> pl.DataFrame:
    """Every row twice: in its year and in ``all`` years; the column is ``span``."""
    year = rows.with_columns(span=pl.col(when).dt.year().cast(pl.String))
    return pl.concat([year, rows.with_columns(span=pl.lit("all"))])


def years_first(found: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Without the rows over all years whose subject was found in a year already."""
    in_a_year = found.filter(pl.col("span") != "all").select(by).unique()
    return pl.concat([found.filter(pl.col("span") != "all"), found.filter(pl.col("span") == "all").join(in_a_year, on=by, how="anti")])
