"""How far apart two scores can be brought by weights within bounds: each weight between 1 − share and 1 + share times its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kcz_metrics.analysis.arithmetic_tree import ArithmeticTree
from kcz_metrics.methods import Array, Positions


def widest(tree: ArithmeticTree, first: Positions, second: Positions, share: float, ends: tuple[Array, Array] | None = None) -> Array:
    """The greatest difference of the index's scores that weights within the bounds can make, (pair,): exact where both units of a pair have
    the same children everywhere; else no smaller than what can be made.

    A weighted mean of differences is greatest with all weights above some difference at their upper bound and all others at their lower
    one; parents take the greatest of their children, whose weights are free of one another. Where the units have different children their
    scores are taken apart, each as if its weights were its own. ``ends``: the ``extremes`` under this share, where they are known.
    """
    pairs, nodes = len(first), tree.scores.shape[1]
    high, low = ends or extremes(tree, share)
    apart = np.zeros((pairs, nodes))
    apart[:] = np.nan_to_num(high[first]) - np.nan_to_num(low[second])
    leaf = np.ones(nodes, bool)
    leaf[[branch.node for branch in tree.branches]] = False
    apart[:, leaf] = np.nan_to_num(tree.scores[np.ix_(first, leaf)]) - np.nan_to_num(tree.scores[np.ix_(second, leaf)])
    for branch in tree.branches:
        mine, theirs = tree.present[np.ix_(first, branch.children)], tree.present[np.ix_(second, branch.children)]
        same = (mine == theirs).all(axis=1)
        if same.any():
            apart[same, branch.node] = greatest(apart[np.ix_(same, branch.children)], branch.given * mine[same], share)
    return np.asarray(apart[:, 0] + tree.added[first] - tree.added[second])


def extremes(tree: ArithmeticTree, share: float) -> tuple[Array, Array]:
    """The highest and the lowest score of every node that weights within the bounds can make, (unit, node)."""
    high, low = tree.scores.copy(), tree.scores.copy()
    for branch in tree.branches:
        w = branch.given * tree.present[:, branch.children]
        high[:, branch.node] = greatest(np.nan_to_num(high[:, branch.children]), w, share)
        low[:, branch.node] = -greatest(-np.nan_to_num(low[:, branch.children]), w, share)
    return high, low


def greatest(x: Array, w: Array, share: float) -> Array:
    """The greatest mean of the rows of ``x`` with weights between 1 − share and 1 + share times ``w``; NaN where all are 0."""
    order = np.argsort(-x, axis=-1)
    x, w = np.take_along_axis(x, order, -1), np.take_along_axis(w, order, -1)
    up, down = w * (1.0 + share), w * (1.0 - share)
    none = np.zeros((*x.shape[:-1], 1))

    def ends(part_up: Array, part_down: Array) -> Array:
        """By how many of the first are up: their sum, and that of the rest."""
        before = np.concatenate([none, np.cumsum(part_up, axis=-1)], axis=-1)
        after = np.concatenate([np.cumsum(part_down[..., ::-1], axis=-1)[..., ::-1], none], axis=-1)
        return before + after

    whole, top = ends(up, down), ends(up * x, down * x)
    means = np.divide(top, whole, out=np.full(whole.shape, -np.inf), where=whole > 1e-300)
    found = means.max(axis=-1)
    return np.where(np.isfinite(found), found, np.nan)


def pushed(tree: ArithmeticTree, first: int, second: int, share: float) -> list[Array]:
    """Weights within the bounds that bring the first unit's score far above the second's: where both have the same children the farthest
    there is, else as far as moving one weight at a time gets."""
    rows = np.array([first, second], np.intp)
    weights = _policy(tree, first, second, share)
    if tree.alike(rows):
        return weights
    start = [branch.given.copy() for branch in tree.branches]
    found = max((_climbed(tree, rows, each, share) for each in (weights, start)), key=lambda each: _gap(tree, rows, each))
    return found


def _policy(tree: ArithmeticTree, first: int, second: int, share: float) -> list[Array]:
    nodes = tree.scores.shape[1]
    apart = np.nan_to_num(tree.scores[first]) - np.nan_to_num(tree.scores[second])
    assert nodes == len(apart)
    weights = []
    for branch in tree.branches:
        x = apart[branch.children]
        both = branch.given * np.maximum(tree.present[first, branch.children], tree.present[second, branch.children])
        mean = float(greatest(x[None], both[None], share)[0])
        w = np.where(x > mean, 1.0 + share, 1.0 - share) * branch.given
        weights.append(w if w.sum() > 0 else branch.given.copy())
        apart[branch.node] = 0.0 if np.isnan(mean) else mean
    return weights


def _climbed(tree: ArithmeticTree, rows: Positions, weights: Sequence[Array], share: float, rounds: int = 6) -> list[Array]:
    weights = [w.copy() for w in weights]
    best = _gap(tree, rows, weights)
    for _ in range(rounds):
        before = best
        for branch, w in zip(tree.branches, weights, strict=True):
            for child in range(len(w)):
                kept = w[child]
                for end in (1.0 - share, 1.0 + share):
                    w[child] = branch.given[child] * end
                    gap = _gap(tree, rows, weights)
                    if gap > best:
                        best, kept = gap, w[child]
                w[child] = kept
        if best <= before:
            break
    return weights


def _gap(tree: ArithmeticTree, rows: Positions, weights: Sequence[Array]) -> float:
    mine, theirs = tree.index_scores(rows, weights)
    return float(np.nan_to_num(mine - theirs, nan=-np.inf))
