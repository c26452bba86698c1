"""Drawing at random, vectorised. Every function takes its generator; the same generator state gives the same numbers."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
Bools = NDArray[np.bool_]


def stream(seed: int, stage: str) -> np.random.Generator:
    """A generator of its own for each stage, so that a change in one stage leaves the draws of the others as they are."""
    return np.random.default_rng([seed, zlib.crc32(stage.encode())])


def logistic(x: Floats | float) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.asarray(x, dtype=np.float64))))


def happens(rng: np.random.Generator, probability: Floats | float, n: int | None = None) -> Bools:
    """True with ``probability`` each; ``n`` where the probability is one number."""
    p = np.asarray(probability, dtype=np.float64)
    return np.asarray(rng.random(p.shape if n is None else n) < p)


def lognormal(rng: np.random.Generator, median: Floats | float, sigma: float, n: int | None = None) -> Floats:
    m = np.asarray(median, dtype=np.float64)
    return np.asarray(m * np.exp(sigma * rng.standard_normal(m.shape if n is None else n)))


def zipf_weights(rng: np.random.Generator, n: int, exponent: float) -> Floats:
    """Weights 1/rank**exponent in a random order."""
    return np.asarray((1.0 / np.arange(1, n + 1) ** exponent)[rng.permutation(n)])


def choose(rng: np.random.Generator, weights: Floats, n: int) -> Ints:
    """``n`` positions with replacement, in proportion to ``weights``."""
    edges = np.cumsum(weights)
    return np.asarray(np.searchsorted(edges, rng.random(n) * edges[-1], side="right").clip(0, len(weights) - 1), dtype=np.int64)


def choose_within(rng: np.random.Generator, group_of_item: Ints, weights: Floats, group: Ints) -> Ints:
    """For each entry of ``group``, an item of that group in proportion to its weight; -1 where the group has no item."""
    order = np.argsort(group_of_item, kind="stable")
    edges = np.concatenate([[0.0], np.cumsum(weights[order])])
    first = np.searchsorted(group_of_item[order], group, side="left")
    last = np.searchsorted(group_of_item[order], group, side="right")
    place = edges[first] + rng.random(len(group)) * (edges[last] - edges[first])
    found = np.searchsorted(edges, place, side="right") - 1
    found = np.minimum(np.maximum(found, first), np.maximum(last - 1, first))
    return np.asarray(np.where(last > first, order[found.clip(0, len(order) - 1)], -1), dtype=np.int64)


def repeat(counts: Ints) -> Ints:
    """0,0,1,2,2,2 for counts 2,1,3: the owner of each drawn item."""
    return np.repeat(np.arange(len(counts)), counts)


def correlated(rng: np.random.Generator, n: int, k: int, correlation: float) -> Floats:
    """n × k standard normals with one common correlation."""
    common = rng.standard_normal((n, 1))
    own = rng.standard_normal((n, k))
    return np.asarray(np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own)


def ids(prefix: str, n: int, width: int, start: int = 1) -> pl.Series:
    """prefix + running number, zero-padded."""
    return pl.select((pl.lit(prefix) + pl.int_range(start, start + n).cast(pl.String).str.zfill(width)).alias("id")).to_series()


def take(values: pl.Series, index: Ints) -> pl.Series:
    """``values`` at ``index``; null where the index is negative."""
    if len(values) == 0:
        return pl.Series([None] * len(index), dtype=values.dtype)
    taken = values.gather(np.where(index < 0, 0, index))
    return pl.select(pl.when(pl.Series(index >= 0)).then(taken)).to_series()


def codes(names: tuple[str, ...] | list[str], index: Ints) -> pl.Series:
    """The name at each index, null where it is negative."""
    return take(pl.Series(list(names), dtype=pl.String), index)


def positions(names: pl.Series, known: pl.Series) -> Ints:
    """Where each name stands in ``known``; -1 where it does not, or is null."""
    at = names.replace_strict(known, pl.int_range(len(known), eager=True), default=-1, return_dtype=pl.Int64)
    return np.asarray(at.fill_null(-1).to_numpy(), dtype=np.int64)
