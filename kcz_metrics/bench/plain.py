"""The same numbers by plain numpy: what the engine is compared with. Nothing else uses this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from kcz_metrics.methods import Array
from kcz_metrics.scoring.block import Block

Call = Callable[[Array], Any]


MEANS: Mapping[str, Callable[[Array, Array], Array]] = {
    "arithmetic": lambda x, w: np.asarray(x @ w),
    "geometric": lambda x, w: np.asarray(np.exp(np.log(x) @ w)),
    "harmonic": lambda x, w: np.asarray(1.0 / ((1.0 / x) @ w)),
}


def loop(block: Block) -> tuple[Array, Array]:
    """Scores and ranks run by run, with sorted ranks and scores for the intervals: the matrices of the alternatives and the draws as they
    were worked out once, then for each run a product a node and an argsort. For an index without groups, screen and missing values."""
    scores, ranks = np.empty(block.scores.shape), np.empty(block.ranks.shape)
    for combination in block.combinations:
        structure, x = combination.structure, combination.base.ready
        leaf = {int(node): column for column, node in enumerate(structure.leaves)}
        weights = block.moved(combination)
        with np.errstate(divide="ignore"):
            for place, run in enumerate(combination.runs):
                held = {node: x[:, column] for node, column in leaf.items()}
                for branch, w in zip(structure.branches, weights, strict=True):
                    part = np.stack([held[int(child)] for child in branch.children], axis=1)
                    held[branch.node] = MEANS[branch.aggregate.entry.name](part, w[place])
                scores[run] = held[0]
                ranks[run] = places(held[0])
    np.sort(scores, axis=0)
    np.sort(ranks, axis=0)
    return scores, ranks


def places(scores: Array) -> Array:
    order = np.argsort(-scores)
    found = np.empty(len(scores))
    found[order] = np.arange(1.0, len(scores) + 1)
    return found


def minmax(x: Array) -> Array:
    low, high = x.min(axis=0), x.max(axis=0)
    return np.asarray((x - low) / (high - low))


def entropy(x: Array) -> Array:
    p = x / x.sum(axis=0)
    divergence = 1 + (p * np.log(p)).sum(axis=0) / np.log(len(x))
    return np.asarray(divergence / divergence.sum())


def critic(x: Array) -> Array:
    y = minmax(x)
    amount = y.std(axis=0, ddof=1) * (1 - np.corrcoef(y, rowvar=False)).sum(axis=0)
    return np.asarray(amount / amount.sum())


def topsis(x: Array) -> Array:
    v = minmax(x) / x.shape[1]
    best = np.sqrt(((v - v.max(axis=0)) ** 2).sum(axis=1))
    worst = np.sqrt(((v - v.min(axis=0)) ** 2).sum(axis=1))
    return places(worst / (best + worst))
