"""Which choice moves the ranking most: Sobol indices of the mean shift in rank, over the choices that a block of runs varies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.methods import Array, Positions
from kcz_metrics.methods.statistics import ratio
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.block import block, width
from kcz_metrics.scoring.draws import words
from kcz_metrics.scoring.variants import CHOICES, Variants

RUNS: Final = 100
SEED: Final = 2022
RESAMPLED: Final = 500
INTERVAL: Final = (0.05, 0.95)
#: The stream of words that resamples; those of draws and of values come before it.
_STREAM: Final = 2


def design(a: Array, b: Array, sources: Mapping[str, Positions]) -> Array:
    """The runs of Saltelli's scheme: those of ``a``, of ``b``, then for each source those of ``a`` with the source's columns from ``b``;
    (n·(sources + 2), number) of two independent samples (n, number)."""
    mixed = []
    for columns in sources.values():
        one = a.copy()
        one[:, columns] = b[:, columns]
        mixed.append(one)
    return np.concatenate([a, b, *mixed])


def indices(y: Array, sources: int) -> tuple[Array, Array]:
    """First-order and total Sobol indices, each (..., source), of answers (..., n·(sources + 2)) in the order of ``design``.

    S = mean(y_B (y_ABi − y_A))/V (Saltelli et al. 2010, table 2 b), ST = Σ(y_A − y_ABi)²/(2 n V) (Jansen 1999), V the sample variance of
    y_A and y_B together; as COINr's ``SA_estimate``. NaN where no answer differs.
    """
    parts = y.reshape(*y.shape[:-1], sources + 2, y.shape[-1] // (sources + 2))
    own, other, mixed = parts[..., :1, :], parts[..., 1:2, :], parts[..., 2:, :]
    spread = parts[..., :2, :].var(axis=(-2, -1), ddof=1)[..., None]
    first = ratio((other * (mixed - own)).mean(axis=-1), spread)
    total = ratio(((own - mixed) ** 2).mean(axis=-1), 2.0 * spread)
    return first, total


def shift(ranks: Array, nominal: Array) -> Array:
    """Mean absolute change in rank of each run, (run,), over the units that have a rank in both; NaN where none has."""
    apart = np.abs(ranks - nominal)
    there = ~np.isnan(apart)
    return ratio(np.where(there, apart, 0.0).sum(axis=-1), there.sum(axis=-1).astype(float))


def sources(card: Scorecard, variants: Variants) -> dict[str, Positions]:
    """What a block varies → the columns of its numbers: each choice with more than one alternative, and all weights together."""
    found = {name: np.array([column]) for column, name in enumerate(CHOICES) if len(getattr(variants, name)) > 1}
    if variants.weights is not None:
        found["weights"] = np.arange(len(CHOICES), width(card.run.structure))
    return found


def sensitivity(
    card: Scorecard, variants: Variants, *, runs: int = RUNS, seed: int = SEED, resampled: int = RESAMPLED, threads: int | None = None
) -> pl.DataFrame:
    """``source, first, first_p5, first_p95, total, total_p5, total_p95``: how much of the variance of the mean absolute shift in rank each
    source brings about alone, and with all it has to do with; from ``runs``·(sources + 2) runs of the block engine, intervals by drawing
    among the ``runs`` again.

    Sources are independent and as the variants have them; ``variants.runs`` and ``seed`` do not count. ``resampled`` 0 leaves the
    intervals out. An interval that reaches below 0 says that the runs are too few. Raises what ``block`` raises.
    """
    varied = sources(card, variants)
    numbers = width(card.run.structure)
    drawn = words(seed, 0, runs, 2 * numbers)
    plan = design(drawn[:, :numbers], drawn[:, numbers:], varied)
    found = block(card, replace(variants, runs=len(plan), drawn=True, first=0), numbers=plan, threads=threads)
    nominal = np.full(len(card.units), np.nan) if card.run.ranks is None else card.run.ranks[:, 0]
    y = shift(found.ranks, nominal)
    first, total = indices(y, len(varied))
    frame: dict[str, object] = {"source": list(varied)}
    again = (words(seed, 0, resampled, runs, _STREAM) * runs).astype(np.intp)
    many = indices(y.reshape(-1, runs)[:, again].swapaxes(0, 1).reshape(resampled, len(y)), len(varied))
    for name, value, others in zip(("first", "total"), (first, total), many, strict=True):
        ordered = np.sort(others, axis=0)
        low, high = (ordered[int(q * (resampled - 1))] if resampled else np.full(len(varied), np.nan) for q in INTERVAL)
        low = np.where(np.isnan(high), np.nan, low)  # too many resamples in which nothing differs: they stand last
        frame |= {name: value, f"{name}_p5": low, f"{name}_p95": high}
    return pl.DataFrame(frame).with_columns(pl.selectors.numeric().fill_nan(None))
