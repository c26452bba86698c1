"""An index whose scores are weighted means all the way up, as arrays that weights can be moved in without scoring again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Flags, Positions
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.structure import Branch

#: Differences between scores that are equal when computed in another order.
CLOSE: Final = 1e-9


@dataclass(frozen=True)
class ArithmeticTree:
    """``scores`` (unit, node), the index's without adjustments, which are in ``added``; ``present`` (unit, node): what the weight of a node
    is multiplied by for a unit, 0 where it has no score. ``listed`` are the rows with a rank, ``group`` the number of each row's group."""

    card: Scorecard
    branches: tuple[Branch, ...]
    scores: Array
    present: Array
    added: Array
    listed: Positions
    group: Positions

    @cached_property
    def total(self) -> Array:
        """Scores of the index with adjustments, (unit,)."""
        return self.scores[:, 0] + self.added

    @cached_property
    def bearing(self) -> Array:
        """How much of a node's score is in the index's, (unit, node): the product of its weights, by what each unit has."""
        found = np.zeros(self.scores.shape)
        found[:, 0] = 1.0
        for branch in reversed(self.branches):
            w = branch.given * self.present[:, branch.children]
            whole = w.sum(axis=1, keepdims=True)
            found[:, branch.children] = found[:, [branch.node]] * np.divide(w, whole, out=np.zeros(w.shape), where=whole > 0)
        return found

    def alike(self, rows: Sequence[int] | Positions) -> bool:
        """Whether these units are weighed by the same weights everywhere."""
        return bool((self.present[rows] == self.present[rows[0]]).all())

    def index_scores(self, rows: Positions, weights: Sequence[Array]) -> Array:
        """Scores of some units with other weights, one array a branch in the order of ``branches``; they need not add up to 1."""
        held = self.scores[rows].copy()
        for branch, w in zip(self.branches, weights, strict=True):
            by = w * self.present[np.ix_(rows, branch.children)]
            whole = by.sum(axis=1)
            part = (by * np.nan_to_num(held[:, branch.children])).sum(axis=1)
            held[:, branch.node] = np.divide(part, whole, out=np.full(len(rows), np.nan), where=whole > 0)
        return np.asarray(held[:, 0] + self.added[rows])

    def as_given(self, weights: Sequence[Array]) -> dict[str, float]:
        """Node → weight within its parent."""
        nodes = self.card.run.structure.nodes
        return {nodes[child]: float(v) for b, w in zip(self.branches, weights, strict=True) for child, v in zip(b.children, w, strict=True)}


def arithmetic_tree(card: Scorecard) -> ArithmeticTree:
    """Raises ScoringError for an index without ranking, and for one whose weights do not enter its scores as those of weighted means: other
    aggregations, weights from the scores, a minimum coverage of children that a unit does not meet by all of them."""
    run, structure = card.run, card.run.structure
    if run.scores is None or run.ranks is None:
        raise ScoringError(Issue("not_ranked", T("指数 {index} 没有排名", index=card.index.id)))
    there: Flags = ~np.isnan(run.scores)
    for branch in structure.branches:
        linear = branch.aggregate.entry.name == "arithmetic" or branch.aggregate.parameters.get("p") == 1
        covered = branch.coverage == 0 or there[np.ix_(run.passed, branch.children)].all()
        if not (linear and branch.weights.entry.name == "given" and covered):
            raise ScoringError(
                Issue(
                    "not_arithmetic",
                    T("节点 {node} 不是给定权重的加权算术平均，权重区间没有精确解", node=structure.nodes[branch.node]),
                    subject=f"indices.{card.index.id}",
                    hint=T("用 kcz robustness 抽样估计"),
                )
            )
    added = np.sum(list((run.adjustments or {}).values()), axis=0) if run.adjustments else np.zeros(len(there))
    scores = run.scores.copy()
    scores[:, 0] -= added
    present = there.astype(float) if run.lean is None else there * run.lean
    group = np.zeros(len(there), np.intp)
    for number, rows in enumerate(run.groups):
        group[rows] = number
    return ArithmeticTree(card, structure.branches, scores, present, added, np.flatnonzero(~np.isnan(run.ranks[:, 0])), group)
