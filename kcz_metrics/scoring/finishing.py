"""The stages after the normalised matrix: aggregate, adjust, rank."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from kcz_metrics.methods import RANK, Array, Positions
from kcz_metrics.methods.rank import published, significant
from kcz_metrics.scheme.models import Rank
from kcz_metrics.scoring.adjusting import adjustments
from kcz_metrics.scoring.history import History
from kcz_metrics.scoring.run import Run
from kcz_metrics.scoring.screening import coverage, effective_weights
from kcz_metrics.scoring.tree import node_scores


def aggregate(run: Run, history: History | None = None) -> Run:
    scores, weights = node_scores(run.structure, run.x, run.groups, run.applicable, names=run.units["unit"].to_list(), lean=run.lean)
    scores[~run.passed] = np.nan
    screen = run.structure.index.screen
    relative = [b.given if b.weights.entry.absolute else w for b, w in zip(run.structure.branches, weights, strict=True)]
    effective = effective_weights(run.structure, relative, run.applicable, run.lean)[1]
    present = ~np.isnan(run.stage("denominated"))
    covered = coverage(run.structure, effective, present, run.applicable, screen.coverage_by if screen else "weight")
    return run.but(scores=scores, weights=weights, coverage=covered)


def adjust(run: Run, history: History | None = None) -> Run:
    """Bonus and deduction on the index's score; a veto leaves the score and takes the rank."""
    if not run.structure.index.adjust or run.scores is None:
        return run
    given, barred = adjustments(run)
    scores = run.scores.copy()
    scores[:, 0] += np.sum(list(given.values()), axis=0) if given else 0.0
    return run.but(scores=scores, adjustments=given, barred=barred)


def rank(run: Run, history: History | None = None) -> Run:
    """Places within the group, among the units that passed and are not barred, on every node."""
    if run.scores is None:
        return run
    rules = run.structure.index.rank
    shown, compared, ranks = places(rules, run.scores.T, run.groups, run.barred)
    if rules.ties == "ordinal":
        ladder = [0, *(run.structure.position(node) for node in rules.tie_break)]
        for rows in run.groups:
            ranks[0, rows] = _ladder(significant(compared[:, rows]), ladder)
    return run.but(published=shown.T, ranks=ranks.T)


def places(rules: Rank, scores: Array, groups: Sequence[Positions], barred: Iterable[int] | None = None) -> tuple[Array, Array, Array]:
    """Published scores, those compared, and their places within each group, by the index's rules; all (..., unit)."""
    shown = scores if rules.decimals is None else published(scores, rules.decimals)
    compared = shown
    if barred:
        compared = shown.copy()
        compared[..., list(barred)] = np.nan
    kernel, rounded = RANK[rules.ties].kernel, rules.decimals is None
    if len(groups) == 1:
        return shown, compared, kernel(compared, rounded)
    ranks = np.full(compared.shape, np.nan)
    for rows in groups:
        ranks[..., rows] = kernel(compared[..., rows], rounded)
    return shown, compared, ranks


def _ladder(compared: Array, nodes: list[int]) -> Array:
    """Order by the first node, ties by the next, and so on; units that tie on all of them share a place."""
    keys = [-np.where(np.isnan(compared[node]), -np.inf, compared[node]) for node in reversed(nodes)]
    order = np.lexsort(keys)
    stacked = np.array(keys)[:, order]
    fresh = np.ones(len(order), bool)
    fresh[1:] = (stacked[:, 1:] != stacked[:, :-1]).any(axis=0)
    places = np.maximum.accumulate(np.where(fresh, np.arange(len(order)), 0)) + 1.0
    ranks = np.empty(len(order))
    ranks[order] = places
    return np.where(np.isnan(compared[nodes[0]]), np.nan, ranks)
