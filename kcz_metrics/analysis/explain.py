"""What made a score: contributions of every node that add up, through the tree, to the index's score or to a difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from kcz_metrics.analysis import splitting
from kcz_metrics.analysis.splitting import Split
from kcz_metrics.errors import Issue, ScoringError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Positions
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.run import Run
from kcz_metrics.scoring.structure import Branch
from kcz_metrics.scoring.tree import combine

FRAME = {
    "node": pl.String,
    "parent": pl.String,
    "is_leaf": pl.Boolean,
    "value": pl.Float64,
    "score": pl.Float64,
    "weight": pl.Float64,
    "contribution": pl.Float64,
}


@dataclass(frozen=True)
class _Side:
    """One side of a comparison: scores of all nodes, and for each branch the weights that made them (0 for what was missing)."""

    scores: Array
    weights: tuple[Array, ...]


def row_of(scorecard: Scorecard, unit: str) -> int:
    """The unit's row. Raises ScoringError where the scorecard has no such unit."""
    rows = np.flatnonzero((scorecard.run.units["unit"] == unit).to_numpy())
    if not rows.size:
        raise ScoringError(
            Issue(
                "unknown_unit",
                T("{period} 的指数 {index} 中没有评价对象 {unit}", period=scorecard.period, index=scorecard.index.id, unit=unit),
                hint=did_you_mean(unit, scorecard.run.units["unit"].to_list()),
            )
        )
    return int(rows[0])


def explain(scorecard: Scorecard, unit: str, against: str | Scorecard | tuple[str, ...] | None = None) -> pl.DataFrame:
    """``node, parent, is_leaf, value, score, weight, contribution``, parents first.

    ``against`` None: leaves (and adjustments, which are leaves here) add up to the index's score, a pillar to its own part of it. In an
    arithmetic tree a contribution is weight × score. Below a geometric, harmonic or power mean it is the weight's share of what the mean
    unit of the group would have, plus the unit's difference from that unit, split by logarithmic means; below other aggregations the
    difference is split by Shapley values.

    ``against`` another unit, or a scorecard of another period of the same index: they add up to the difference of the two scores, by the
    same splits. Against several units: against their mean unit, which has their mean leaf scores, this unit's weights and their mean
    adjustments; where this unit has no score it has none. ``weight`` is the node's share of the whole for this unit, what is missing left
    out. Scores and contributions are null for a unit without a score. Raises ScoringError for an unknown unit.
    """
    row, run = row_of(scorecard, unit), scorecard.run
    if run.scores is None or np.isnan(run.scores[row, 0]):
        return _frame(run, row, np.full(len(run.structure.nodes), np.nan), np.full(len(run.structure.nodes), np.nan))
    mine = _side(run, row)
    other, several = None, None
    if isinstance(against, tuple):
        several = np.array([row_of(scorecard, name) for name in against], np.intp)
    elif isinstance(against, Scorecard):
        if against.run.structure.nodes != run.structure.nodes:
            raise ScoringError(Issue("other_tree", T("两期指数的结构不同，不能逐项比较"), subject=scorecard.index.id))
        other = (against.run, row_of(against, unit))
    elif against is not None:
        other = (run, row_of(scorecard, against))
    # as in scoring, numbers too large for their powers end as missing, and need no word in the log
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        theirs = _side(*other) if other else _mean_side(run, row, mine, several)
        contributions = _contributions(run, row, mine, theirs, other is None and several is None)
    frame = _frame(run, row, _effective(run, mine), contributions)
    return _with_adjustments(frame, run, row, _adjusted(other, several, run))


def _side(run: Run, row: int) -> _Side:
    if run.scores is None or np.isnan(run.scores[row, 0]):
        unit = run.units["unit"][row]
        raise ScoringError(Issue("no_score", T("评价对象 {unit} 在 {period} 没有得分，不能比较", unit=unit, period=run.period)))
    scores = _unadjusted(run, row)
    weights = []
    for branch, used in zip(run.structure.branches, run.weights, strict=True):
        w = used[row] if used.ndim > 1 else used
        if run.lean is not None:
            w = w * run.lean[row, branch.children]
        w = np.where(np.isnan(scores[branch.children]), 0.0, np.nan_to_num(w))
        weights.append(w if branch.weights.entry.absolute or w.sum() == 0 else w / w.sum())
    return _Side(scores, tuple(weights))


def _unadjusted(run: Run, row: int) -> Array:
    assert run.scores is not None
    scores = run.scores[row].copy()
    for amount in (run.adjustments or {}).values():
        scores[0] -= amount[row]
    return scores


def _mean_side(run: Run, row: int, mine: _Side, several: Positions | None) -> _Side:
    """The mean unit of some, by default of the group: mean leaf scores of its units, put together with this unit's weights, where this
    unit has a score."""
    group = next(rows for rows in run.groups if row in rows) if several is None else several
    group = group[run.passed[group]]
    normalised = run.stage("normalised")
    leaves = np.array([column[~np.isnan(column)].mean() if not np.isnan(column).all() else np.nan for column in normalised[group].T])
    scores = np.full(mine.scores.shape, np.nan)
    scores[run.structure.leaves] = np.where(np.isnan(mine.scores[run.structure.leaves]), np.nan, leaves)
    for number, branch in enumerate(run.structure.branches):
        if not np.isnan(mine.scores[branch.node]):
            scores[branch.node] = _worth(run, row, branch, mine.weights[number], scores[branch.children][None, :])[0]
    return _Side(scores, mine.weights)


def _worth(run: Run, row: int, branch: Branch, w: Array, rows: Array) -> Array:
    """The node's score for each row of children's scores that this unit might have, the other units as they are."""
    if not branch.aggregate.entry.comparing:
        score = combine(run.structure, branch, np.where(w > 0, rows, np.nan), w[None, :], (np.arange(len(rows)),))
        return score * w.sum() if branch.weights.entry.absolute else score
    assert run.scores is not None
    group = next(rows for rows in run.groups if row in rows)
    place = int(np.flatnonzero(group == row)[0])
    children = run.scores[np.ix_(group, branch.children)]
    given = np.empty(len(rows))
    for start in range(0, len(rows), 128):
        block = np.repeat(children[None], len(rows[start : start + 128]), axis=0)
        block[:, place] = rows[start : start + 128]
        given[start : start + 128] = combine(run.structure, branch, block, w[None, :], (np.arange(len(group)),))[:, place]
    return given


def _split(run: Run, row: int, number: int, mine: _Side, theirs: _Side) -> tuple[Split, Array, Array]:
    """The split of a branch, and the children's scores on both sides, one standing in for the other where that is missing."""
    branch = run.structure.branches[number]
    s, r = mine.scores[branch.children], theirs.scores[branch.children]
    s, r = np.where(np.isnan(s), r, s), np.where(np.isnan(r), s, r)
    s, r = np.nan_to_num(s), np.nan_to_num(r)
    ws, wr = mine.weights[number], theirs.weights[number]
    name, parameters = branch.aggregate.entry.name, branch.aggregate.parameters
    p = {"geometric": 0.0, "harmonic": -1.0, "power": parameters.get("p")}.get(name)
    counts = (ws > 0) | (wr > 0)
    if name == "arithmetic" or p == 1:
        split = splitting.arithmetic(s, r, ws, wr)
    elif p is not None and (s[counts] > 0).all() and (r[counts] > 0).all() and splitting.powers_hold(s[counts], r[counts], p):
        multiplier, extra = np.zeros(len(s)), np.zeros(len(s))
        multiplier[counts], extra[counts] = splitting.power(s[counts], r[counts], ws[counts], wr[counts], p)
        split = Split(multiplier, extra)
    else:
        split = splitting.shapley(s, r, lambda rows: _worth(run, row, branch, ws, rows))
    # what is left: rounding, weights that differ where the split knows only this unit's, a unit compared while it is itself among the rest
    total = mine.scores[branch.node] - theirs.scores[branch.node]
    left = total - (split.multiplier * (s - r) + split.extra).sum()
    share = ws / ws.sum() if ws.sum() > 0 else np.full(len(ws), 1.0 / len(ws))
    if np.isnan(left):  # a score on the way is undefined, as where all units become the same: by weight and by how far apart
        part = ws * np.abs(s - r)
        return Split(np.zeros(len(s)), total * (part / part.sum() if part.sum() > 0 else share)), s, r
    return Split(split.multiplier, split.extra + left * share), s, r


def _contributions(run: Run, row: int, mine: _Side, theirs: _Side, base: bool) -> Array:
    """Top down: a node passes on the multiplier on its difference, and the amount it holds whatever its difference."""
    structure = run.structure
    multiplier, amount, difference = (np.zeros(len(structure.nodes)) for _ in range(3))
    multiplier[0], amount[0] = 1.0, theirs.scores[0] if base else 0.0
    difference[0] = mine.scores[0] - theirs.scores[0]
    for number in range(len(structure.branches) - 1, -1, -1):
        branch = structure.branches[number]
        node, children = branch.node, branch.children
        if np.isnan(mine.scores[node]) or np.isnan(theirs.scores[node]):
            # one side has no score here: the other stands in, so that only the amount is passed on, by weight
            w = mine.weights[number] if mine.weights[number].sum() > 0 else theirs.weights[number]
            amount[children] = amount[node] * (w / w.sum() if w.sum() > 0 else np.full(len(children), 1.0 / len(children)))
            continue
        split, s, r = _split(run, row, number, mine, theirs)
        w = mine.weights[number]
        share = w / w.sum() if w.sum() > 0 else np.full(len(w), 1.0 / len(w))
        if base and branch.aggregate.entry.name == "arithmetic" and (w * r).sum() != 0:
            share = w * r / (w * r).sum()
        multiplier[children] = multiplier[node] * split.multiplier
        amount[children] = amount[node] * share + multiplier[node] * split.extra
        difference[children] = s - r
    return amount + multiplier * difference


def _effective(run: Run, side: _Side) -> Array:
    """Product of the weights down the tree; null below what has no score."""
    effective = np.zeros(len(run.structure.nodes))
    effective[0] = 1.0
    for number in range(len(run.structure.branches) - 1, -1, -1):
        branch = run.structure.branches[number]
        effective[branch.children] = effective[branch.node] * side.weights[number]
    return effective


def _frame(run: Run, row: int, weight: Array, contribution: Array) -> pl.DataFrame:
    structure = run.structure
    value = np.full(len(structure.nodes), np.nan)
    value[structure.leaves] = run.stage("values")[row]
    score = np.full(len(structure.nodes), np.nan) if run.scores is None else run.scores[row]
    leaf = np.zeros(len(structure.nodes), bool)
    leaf[structure.leaves] = True
    columns = {
        "node": list(structure.nodes),
        "parent": [None if p < 0 else structure.nodes[p] for p in structure.parent],
        "is_leaf": leaf,
        "value": pl.Series(value, nan_to_null=True),
        "score": pl.Series(score, nan_to_null=True),
        "weight": pl.Series(weight, nan_to_null=True),
        "contribution": pl.Series(contribution, nan_to_null=True),
    }
    return pl.DataFrame(columns, schema=FRAME)


def _adjusted(other: tuple[Run, int] | None, several: Positions | None, run: Run) -> dict[str, float]:
    """Points of the adjustments of what is compared with."""
    if several is not None:
        return {name: float(amount[several].mean()) for name, amount in (run.adjustments or {}).items()}
    return {name: float(amount[other[1]]) for name, amount in (other[0].adjustments or {}).items()} if other else {}


def _with_adjustments(frame: pl.DataFrame, run: Run, row: int, theirs: dict[str, float]) -> pl.DataFrame:
    """Rows for adjustments under the index, and the index's own contribution with them."""
    mine = {name: float(amount[row]) for name, amount in (run.adjustments or {}).items()}
    if not mine and not theirs:
        return frame
    names = list(dict.fromkeys([*mine, *theirs]))
    amounts = [mine.get(name, 0.0) - theirs.get(name, 0.0) for name in names]
    index = frame["node"][0]
    rows = pl.DataFrame(
        {
            "node": names,
            "parent": [index] * len(names),
            "is_leaf": [True] * len(names),
            "value": [None] * len(names),
            "score": [mine.get(name) for name in names],
            "weight": [None] * len(names),
            "contribution": amounts,
        },
        schema=FRAME,
    )
    whole = pl.when(pl.col("node") == index).then(pl.col("contribution") + sum(amounts)).otherwise(pl.col("contribution"))
    return pl.concat([frame.with_columns(whole.alias("contribution")), rows])
