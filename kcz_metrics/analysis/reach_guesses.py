"""Weights within bounds that bring few (or many) units before one, guessed for many units at once; what they reach is scored again, and a
search has less to do where they already do what can be done.

From the weights as they are, each step goes part of the way to the weights that are best for a weighted sum of the differences to the
others (closed form: Frank and Wolfe 1956). Units count most that are close to the border, and closer from step to step.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from kcz_metrics.analysis.arithmetic_tree import ArithmeticTree
from kcz_metrics.analysis.weight_bounds import greatest
from kcz_metrics.methods import Array, Flags, Positions

STEPS: Final = 40
#: How wide the border is at the first step and at the last, in parts of the spread of scores; half so wide for units on the side wanted.
WIDE: Final = (0.05, 0.002)


def guesses(tree: ArithmeticTree, rows: Positions, worst: Flags, share: float) -> tuple[list[Array], Flags]:
    """Weights of each step for each of ``rows`` (``worst``: many before it, else few), a branch each, (step, row, child); and which units
    are before it under them, (step, row, unit). Here a unit has of a child that it lacks what it has of its parent: of units that lack
    different values this is near the truth."""
    filled, sign = _filled(tree), np.where(worst, 1.0, -1.0)[:, None]
    among = np.zeros((len(rows), len(filled)), bool)
    among[:, tree.listed] = tree.group[tree.listed] == tree.group[rows][:, None]
    among[np.arange(len(rows)), rows] = False
    spread = float(np.ptp(tree.total[tree.listed])) or 1.0
    now = [np.broadcast_to(branch.given / branch.given.sum(), (len(rows), len(branch.given))) for branch in tree.branches]
    steps, before = [], []
    for step in range(STEPS):
        scores = _scores(tree, filled, now) + tree.added
        apart = np.where(among, scores - np.take_along_axis(scores, rows[:, None], 1), np.inf)
        steps.append(now)
        before.append((apart > 0) & among)
        far = np.where(sign * apart > 0, 2.0, 1.0) * np.abs(apart)
        pull = np.exp(-far / (spread * WIDE[0] * (WIDE[1] / WIDE[0]) ** (step / STEPS)))
        best = _best(tree, sign * (pull @ filled - pull.sum(axis=1, keepdims=True) * filled[rows]), share)
        go = 2.0 / (step + 3.0)
        now = [(1 - go) * old + go * new for old, new in zip(now, best, strict=True)]
    return [np.stack(of_branch) for of_branch in zip(*steps, strict=True)], np.stack(before)


def _filled(tree: ArithmeticTree) -> Array:
    """Scores of nodes, (unit, node); a node that a unit lacks has the score of its parent."""
    filled = tree.scores.copy()
    for branch in reversed(tree.branches):
        mine = filled[:, branch.children]
        filled[:, branch.children] = np.where(np.isnan(mine), filled[:, [branch.node]], mine)
    return np.nan_to_num(filled)


def _scores(tree: ArithmeticTree, filled: Array, weights: list[Array]) -> Array:
    """Of the index, (row, unit)."""
    within = np.ones((len(weights[0]), filled.shape[1]))
    inner = [branch.node for branch in tree.branches]
    for branch, w in zip(reversed(tree.branches), reversed(weights), strict=True):
        within[:, branch.children] = within[:, [branch.node]] * w
    within[:, inner] = 0.0
    return np.asarray(within @ filled.T)


def _best(tree: ArithmeticTree, x: Array, share: float) -> list[Array]:
    """Weights, as shares, under which the mean of ``x`` (row, node) is greatest."""
    x, found = x.copy(), []
    for branch in tree.branches:
        mine = x[:, branch.children]
        mean = greatest(mine, np.broadcast_to(branch.given, mine.shape), share)
        x[:, branch.node] = np.nan_to_num(mean)
        w = np.where(mine > mean[:, None], 1.0 + share, 1.0 - share) * branch.given
        whole = w.sum(axis=1, keepdims=True)
        found.append(np.where(whole > 0, w / np.where(whole > 0, whole, 1.0), branch.given / branch.given.sum()))
    return found
