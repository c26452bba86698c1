"""The best and the worst rank that a unit can have under weights within bounds, by mixed-integer programming or by proof.

The weights of a tree of weighted means, each within its bounds before siblings are made to add up, are a polytope: with Y a node's weight
in the whole, T free for each parent, (1 − share) w T ≤ Y ≤ (1 + share) w T and children adding up to their parent. Scores are linear in
the Y of leaves where all units have the same values missing, or none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.arithmetic_tree import CLOSE, ArithmeticTree, arithmetic_tree
from kcz_metrics.analysis.explain import row_of
from kcz_metrics.analysis.weight_bounds import widest
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Positions
from kcz_metrics.scoring import Scorecard

#: Scores nearer to each other than this are not told apart by the programme; re-scoring tells.
EPSILON: Final = 1e-6
SECONDS: Final = 20.0
COLUMNS: Final = ("unit", "rank", "best", "best_proved", "worst", "worst_proved", "exact")


@dataclass(frozen=True)
class Reached:
    """``rank`` that ``weights`` give (node → weight within its parent), and ``proved``: no weights give a better one (or a worse one)."""

    rank: int
    proved: int
    weights: dict[str, float]


def reach(card: Scorecard, unit: str, share: float | None = None, *, worst: bool = False) -> Reached:
    """The best (or worst) rank of a unit by unrounded scores within its group, with every weight within ± ``share`` of its own, by default
    the index's ``bounds``; competition ranks.

    Exact, ``rank`` = ``proved``, where all units of the group have the same values missing, or none. Else the weights are found with a
    missing value taken as its parent's score, re-scored as they are, and ``proved`` is what follows from pairs. Raises ScoringError for an
    unknown or unranked unit, a share outside 0 to 1, and as ``arithmetic_tree``.
    """
    tree, row = arithmetic_tree(card), row_of(card, unit)
    width = share_of(card, share)
    if row not in tree.listed:
        raise ScoringError(Issue("not_ranked_unit", T("评价对象 {unit} 没有名次", unit=unit), subject=card.index.id))
    others = tree.listed[(tree.group[tree.listed] == tree.group[row]) & (tree.listed != row)]
    # v − u at most, and u − v at most
    over = widest(tree, others, np.full(len(others), row), width)
    under = widest(tree, np.full(len(others), row), others, width)
    always, never = under < -CLOSE, over <= CLOSE
    proved = 1 + int((~never).sum() if worst else always.sum())
    open_ = others[~always & ~never]
    candidates = [[branch.given for branch in tree.branches]]
    solved = _programme(tree, row, open_, width, worst) if len(open_) else None
    if solved is not None:
        weights, ahead = solved
        candidates.append(weights)
        if tree.alike(np.append(others, row)):
            bound = 1 + int(always.sum()) + ahead
            proved = min(proved, bound) if worst else max(proved, bound)
    ranks = [_rank(tree, row, others, weights) for weights in candidates]
    best = int(np.argmax(ranks) if worst else np.argmin(ranks))
    return Reached(ranks[best], proved, tree.as_given(candidates[best]))


def reaches(card: Scorecard, share: float | None = None) -> pl.DataFrame:
    """``unit, rank, best, best_proved, worst, worst_proved, exact`` of every unit with a rank, best first. ``best_proved`` above 1: no
    admissible weights make the unit first."""
    tree = arithmetic_tree(card)
    names = card.units["unit"].to_list()
    rows = []
    for row in tree.listed[np.argsort(-tree.total[tree.listed], kind="stable")]:
        best, worst = (reach(card, names[row], share, worst=end) for end in (False, True))
        exact = best.rank == best.proved and worst.rank == worst.proved
        others = tree.listed[(tree.group[tree.listed] == tree.group[row]) & (tree.listed != row)]
        now = _rank(tree, int(row), others, [branch.given for branch in tree.branches])
        rows.append((names[row], now, best.rank, best.proved, worst.rank, worst.proved, exact))
    types = {"unit": pl.String, **dict.fromkeys(COLUMNS[1:6], pl.Int64), "exact": pl.Boolean}
    return pl.DataFrame(rows, schema=types, orient="row")


def share_of(card: Scorecard, share: float | None) -> float:
    """The share given, else the index's bounds, else 0.25. Raises ScoringError outside 0 to 1."""
    width = share if share is not None else card.index.bounds.share if card.index.bounds else 0.25
    if not 0 <= width <= 1:
        raise ScoringError(Issue("share", T("权重幅度须在0与1之间"), found=T("{share}", share=width)))
    return float(width)


def _rank(tree: ArithmeticTree, row: int, others: Positions, weights: list[Array]) -> int:
    from kcz_metrics.methods.rank import significant

    scores = significant(tree.index_scores(np.append(others, row), weights))
    return 1 + int((scores[:-1] > scores[-1]).sum())


def _filled(tree: ArithmeticTree) -> ArithmeticTree:
    """Every hole as high as its parent, from the top: at the weights as they are no score changes."""
    scores = tree.scores.copy()
    for branch in reversed(tree.branches):
        held = scores[:, branch.children]
        scores[:, branch.children] = np.where(np.isnan(held), scores[:, [branch.node]], held)
    return replace(tree, scores=scores)


def _programme(tree: ArithmeticTree, row: int, others: Positions, share: float, worst: bool) -> tuple[list[Array], int] | None:
    """Weights for which the fewest (or most) of ``others`` stand before the unit, and a number that these cannot go below (or above)."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    full = _filled(tree)
    # what the weights of a node are multiplied by, where that is the same for all
    times = tree.present[row] if tree.alike(np.append(others, row)) else np.ones(tree.scores.shape[1])
    nodes, branches, n = tree.scores.shape[1], len(tree.branches), len(others)
    leaf = np.ones(nodes, bool)
    leaf[[branch.node for branch in tree.branches]] = False
    # what each node's Y brings the other unit over this one: pillars nothing, leaves their scores
    gain = np.where(leaf, np.nan_to_num(full.scores[others]) - np.nan_to_num(full.scores[row]), 0.0)
    fixed = tree.added[others] - tree.added[row]
    margin = nodes + branches + n
    columns = margin + 1
    rows: list[Array] = []
    low: list[float] = []
    high: list[float] = []

    def constrain(line: Array, least: float, most: float) -> None:
        rows.append(line)
        low.append(least)
        high.append(most)

    for number, branch in enumerate(tree.branches):
        line = np.zeros(columns)
        line[branch.children], line[branch.node] = 1.0, -1.0
        constrain(line, 0.0, 0.0)
        for child, w in zip(branch.children, branch.given * times[branch.children], strict=True):
            for end, least, most in ((1.0 - share, 0.0, np.inf), (1.0 + share, -np.inf, 0.0)):
                line = np.zeros(columns)
                line[child], line[nodes + number] = 1.0, -end * w
                constrain(line, least, most)
    reach_of = np.abs(gain).max(axis=1) + np.abs(fixed) + 1.0
    for k in range(n):
        line = np.zeros(columns)
        line[:nodes] = gain[k]
        if worst:  # ahead only if it is ahead: v − u ≥ ε − M (1 − z)
            line[nodes + branches + k], line[margin] = -reach_of[k], -1.0
            constrain(line, EPSILON - reach_of[k] - fixed[k], np.inf)
        else:  # ahead unless it is not: v − u ≤ M z
            line[nodes + branches + k], line[margin] = -reach_of[k], 1.0
            constrain(line, -np.inf, -fixed[k])
    standing = slice(nodes + branches, margin)
    objective, integral = np.zeros(columns), np.zeros(columns)
    objective[standing], integral[standing] = (-1.0 if worst else 1.0), 1
    lower, upper = np.zeros(columns), np.full(columns, np.inf)
    lower[0] = upper[0] = upper[standing] = 1.0
    upper[margin] = 0.0
    constraints = LinearConstraint(np.array(rows), np.array(low), np.array(high))
    solved: Any = milp(
        objective, integrality=integral, bounds=Bounds(lower, upper), constraints=constraints, options={"time_limit": SECONDS}
    )
    if solved.x is None:
        return None
    # of all weights that do it, those that keep farthest from equal scores, which rounding would part
    lower[standing] = upper[standing] = np.rint(solved.x[standing])
    lower[margin], upper[margin], objective = 0.0, np.inf, np.zeros(columns)
    objective[margin] = -1.0
    clear: Any = milp(objective, bounds=Bounds(lower, upper), constraints=constraints)
    given = solved.x if clear.x is None else clear.x
    weights = []
    for branch in tree.branches:
        by = times[branch.children]
        part = np.divide(np.maximum(given[branch.children], 0.0), by, out=np.zeros(len(by)), where=by > 0)
        weights.append(part / part.sum() if part.sum() > 1e-12 else branch.given.copy())
    limit = solved.mip_dual_bound if solved.mip_dual_bound is not None else solved.fun
    ahead = int(np.floor(-limit + 1e-6)) if worst else int(np.ceil(limit - 1e-6))
    return weights, ahead
