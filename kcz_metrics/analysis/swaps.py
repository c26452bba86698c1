"""The least change of weights after which two units change places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.arithmetic_tree import ArithmeticTree, arithmetic_tree
from kcz_metrics.analysis.explain import row_of
from kcz_metrics.analysis.weight_bounds import pushed, widest
from kcz_metrics.analysis.weight_intervals import _as_weight, _range, _rest, _weight
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T
from kcz_metrics.scoring import Scorecard

STEPS: Final = 50


@dataclass(frozen=True)
class Swap:
    """``single``: ``node, parent, weight, weight_needed, change``: each weight that alone can do it, the least relative change first.
    ``share``: the least share such that all weights within ± it can, None where none below 1 can; ``weights`` that do, node → weight within
    its parent; ``at_least``: no smaller share can (equal to ``share`` where both units have the same children)."""

    single: pl.DataFrame
    share: float | None
    at_least: float
    weights: dict[str, float]


def swap(card: Scorecard, unit: str, other: str) -> Swap:
    """What it takes for the lower of two units to reach the score of the higher. Raises ScoringError for an unknown or unranked unit, and
    as ``arithmetic_tree``."""
    tree = arithmetic_tree(card)
    rows = [row_of(card, unit), row_of(card, other)]
    for row, name in zip(rows, (unit, other), strict=True):
        if row not in tree.listed:
            raise ScoringError(Issue("not_ranked_unit", T("评价对象 {unit} 没有名次", unit=name), subject=card.index.id))
    above, below = sorted(rows, key=lambda row: -tree.total[row])
    share, weights = _together(tree, above, below)
    return Swap(_single(tree, above, below), share, _least(tree, above, below), weights)


def _single(tree: ArithmeticTree, above: int, below: int) -> pl.DataFrame:
    card, rows = tree.card, []
    structure = card.run.structure
    pair = np.array([above], np.intp), np.array([below], np.intp)
    for branch in tree.branches:
        parent = structure.nodes[branch.node]
        for place, child in enumerate(branch.children):
            name = structure.nodes[child]
            weight, rest = _weight(card, name), _rest(card, parent, name)
            low, high, at = _range(tree, branch.node, branch.children, branch.given, place, *pair)
            for share, ends in ((low, at[0] >= 0), (high, at[1] >= 0)):
                needed = _as_weight(share, rest)
                if ends and needed is not None:
                    change = needed / weight - 1.0 if weight else None
                    rows.append((name, parent, weight, needed, change))
    columns = {"node": pl.String, "parent": pl.String, "weight": pl.Float64, "weight_needed": pl.Float64, "change": pl.Float64}
    return pl.DataFrame(rows, schema=columns, orient="row").sort(pl.col("change").abs(), nulls_last=True, maintain_order=True)


def _together(tree: ArithmeticTree, above: int, below: int) -> tuple[float | None, dict[str, float]]:
    rows = np.array([below, above], np.intp)

    def gap(share: float) -> float:
        mine, theirs = tree.index_scores(rows, pushed(tree, below, above, share))
        return float(mine - theirs)

    if gap(0.0) >= 0:
        return 0.0, tree.as_given([branch.given for branch in tree.branches])
    low, high = 0.0, 1.0 - 1e-9
    if gap(high) < 0:
        return None, {}
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if gap(middle) >= 0 else (middle, high)
    return high, tree.as_given(pushed(tree, below, above, high))


def _least(tree: ArithmeticTree, above: int, below: int) -> float:
    first, second = np.array([below], np.intp), np.array([above], np.intp)
    low, high = 0.0, 1.0
    if widest(tree, first, second, 0.0)[0] >= 0:
        return 0.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if widest(tree, first, second, middle)[0] >= 0 else (middle, high)
    return low
