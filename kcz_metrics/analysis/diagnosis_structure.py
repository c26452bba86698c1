"""The audit of indicators and tree: coverage, distributions before and after treatment, correlations, components, influence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.association import components, correlation, cronbach, influence, weights_for
from kcz_metrics.analysis.diagnosis_rows import Row
from kcz_metrics.methods import Array
from kcz_metrics.methods.statistics import skewness_kurtosis
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.run import ZERO
from kcz_metrics.scoring.structure import Branch

#: Coverage below this, zeros above that, correlations within a pillar above and below these, are flagged (OECD/JRC Handbook 2008; COINr).
COVERED: Final = 0.65
ZEROS: Final = 0.5
REDUNDANT, CONFLICTING = 0.92, -0.4
SKEWNESS, KURTOSIS = 2.0, 3.5
#: An indicator goes with another pillar so much more than with its own.
MISPLACED: Final = 0.1
ALPHA: Final = 0.7
#: Influence below half or above twice what the weight intends.
OFF: Final = 2.0


def coverage_rows(card: Scorecard) -> Iterator[Row]:
    run = card.run
    x, applies = run.stage("values"), run.applicable
    for column, name in enumerate(run.structure.indicator_ids):
        n = int(applies[:, column].sum())
        known = ~np.isnan(x[:, column]) & applies[:, column]
        share = known.sum() / n if n else None
        yield Row("coverage", name, "applies", n)
        yield Row("coverage", name, "share_known", share, share is not None and share < COVERED)
        zeros = float((run.statuses[known, column] == ZERO).mean()) if known.any() else None
        yield Row("coverage", name, "share_zero", zeros, zeros is not None and zeros > ZEROS)
        distinct = float(len(np.unique(x[known, column])))
        yield Row("coverage", name, "distinct_values", distinct, bool(known.any()) and distinct < 3)
        if run.filled[:, column].any():
            yield Row("coverage", name, "share_filled", float(run.filled[:, column].mean()))


def distribution_rows(card: Scorecard) -> Iterator[Row]:
    run = card.run
    for when, stage in (("before", "denominated"), ("after", "treated")):
        x = np.where(run.passed[:, None], run.stage(stage), np.nan)
        with np.errstate(all="ignore"):
            skew, kurtosis = skewness_kurtosis(x.T)
        for column, name in enumerate(run.structure.indicator_ids):
            out = abs(skew[column]) > SKEWNESS and kurtosis[column] > KURTOSIS
            yield Row("distribution", name, f"skewness_{when}", float(skew[column]), bool(out))
            yield Row("distribution", name, f"kurtosis_{when}", float(kurtosis[column]), bool(out))
    for column, name in enumerate(run.structure.indicator_ids):
        if run.marks[:, column].any():
            yield Row("distribution", name, "treated_points", float((run.marks[:, column] > 0).sum()))


def scores(card: Scorecard) -> Array:
    """Scores of all nodes of the ranked units, (unit, node), each less the mean of its group, the index without adjustments."""
    run = card.run
    assert run.scores is not None
    assert run.ranks is not None
    found = run.scores.copy()
    for amount in (run.adjustments or {}).values():
        found[:, 0] -= amount
    found[np.isnan(run.ranks[:, 0])] = np.nan
    for rows in run.groups:
        present = ~np.isnan(found[rows])
        n = present.sum(axis=0)
        mean = np.divide(np.where(present, found[rows], 0.0).sum(axis=0), n, out=np.zeros(len(n)), where=n > 0)
        found[rows] -= mean
    return found[~np.isnan(run.ranks[:, 0])]


def correlations(card: Scorecard) -> pl.DataFrame:
    """``row, column, value``: Pearson correlations of every two indicators' scores; pairs without one are left out."""
    structure = card.run.structure
    r = correlation(scores(card)[:, structure.leaves])
    names = structure.indicator_ids
    pairs = [(names[i], names[j], float(r[i, j])) for i in range(len(names)) for j in range(len(names)) if not np.isnan(r[i, j])]
    return pl.DataFrame(pairs, schema={"row": pl.String, "column": pl.String, "value": pl.Float64}, orient="row")


def correlation_rows(card: Scorecard) -> Iterator[Row]:
    structure, x = card.run.structure, scores(card)
    r = correlation(x)
    names = structure.nodes
    parents = [int(p) for p in structure.parent]
    for branch in structure.branches:
        for place, i in enumerate(branch.children):
            yield Row("correlation", names[i], "with_parent", float(r[i, branch.node]), bool(r[i, branch.node] < 0), names[branch.node])
            for j in branch.children[place + 1 :]:
                v = float(r[i, j])
                yield Row("correlation", names[i], "with_sibling", v, v > REDUNDANT or v < CONFLICTING, names[j])
    pillars = [int(branch.node) for branch in structure.branches if branch.node != 0]
    for leaf in structure.leaves:
        yield Row("correlation", names[leaf], "with_index", float(r[leaf, 0]), bool(r[leaf, 0] < 0), names[0])
        others = [p for p in pillars if p != parents[leaf] and not structure.below[p, list(structure.leaves).index(leaf)]]
        best = max(others, key=lambda p: -2.0 if np.isnan(r[leaf, p]) else float(r[leaf, p]), default=None)
        if best is not None and not np.isnan(r[leaf, best]):
            v = float(r[leaf, best])
            yield Row("correlation", names[leaf], "with_other_pillar", v, v > float(r[leaf, parents[leaf]]) + MISPLACED, names[best])


def component_rows(card: Scorecard) -> Iterator[Row]:
    structure, x = card.run.structure, scores(card)
    for branch in reversed(structure.branches):
        if len(branch.children) < 2:
            continue
        name, part = structure.nodes[branch.node], x[:, branch.children]
        values = components(part)
        if len(values):
            yield Row("components", name, "first_component", float(values[0] / values.sum()), float(values[0] / values.sum()) < 0.4)
            yield Row("components", name, "components_above_1", float((values > 1 + 1e-9).sum()), bool((values > 1 + 1e-9).sum() > 1))
        alpha = cronbach(part)
        yield Row("components", name, "cronbach_alpha", alpha, bool(alpha < ALPHA))


def weight_rows(card: Scorecard) -> Iterator[Row]:
    """Of arithmetic branches: each child's weight, the share of the node's variance it brings, and the weight that would bring what is
    intended."""
    structure, x = card.run.structure, scores(card)
    for branch in reversed(structure.branches):
        if branch.aggregate.entry.name != "arithmetic" or len(branch.children) < 2 or branch.weights.entry.absolute:
            continue
        yield from _weights(structure.nodes, branch, x[:, branch.children], _used(card, branch))


def _used(card: Scorecard, branch: Branch) -> Array:
    number = next(k for k, b in enumerate(card.run.structure.branches) if b.node == branch.node)
    w = card.run.weights[number]
    return np.asarray(w if w.ndim == 1 else np.nan_to_num(w).mean(axis=0))


def _weights(names: tuple[str, ...], branch: Branch, x: Array, w: Array) -> Iterator[Row]:
    share, parent = w / w.sum(), names[branch.node]
    brings = influence(x, share)
    wanted = weights_for(x[:, share > 0], share[share > 0])
    needed = np.zeros(len(w))
    if wanted is not None:
        needed[share > 0] = wanted
    for place, child in enumerate(branch.children):
        off = share[place] > 0 and not share[place] / OFF <= brings[place] <= share[place] * OFF
        yield Row("weights", names[child], "weight", float(share[place]), other=parent)
        yield Row("weights", names[child], "influence", float(brings[place]), bool(off), parent)
        if wanted is not None:
            yield Row("weights", names[child], "weight_for_equal_influence", float(needed[place]), other=parent)
