"""The best and the worst rank that a unit can have under weights within bounds: by pairs where these prove it, else by search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.arithmetic_tree import ArithmeticTree, arithmetic_tree
from kcz_metrics.analysis.explain import row_of
from kcz_metrics.analysis.reach_contest import Contest
from kcz_metrics.analysis.reach_guesses import guesses
from kcz_metrics.analysis.reach_search import search
from kcz_metrics.analysis.weight_bounds import extremes
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Flags, Positions
from kcz_metrics.scoring import Scorecard

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

    Exact, ``rank`` = ``proved``, whatever is missing; but where the search would take too long, or ``share`` is 1 and units lack
    different values, ``proved`` is what is proved all the same. The weights found are always re-scored as they are. Raises ScoringError for
    an unknown or unranked unit, a share outside 0 to 1, and as ``arithmetic_tree``.
    """
    tree, row = arithmetic_tree(card), row_of(card, unit)
    width = share_of(card, share)
    if row not in tree.listed:
        raise ScoringError(Issue("not_ranked_unit", T("评价对象 {unit} 没有名次", unit=unit), subject=card.index.id))
    return _end(Contest(tree, row, width, extremes(tree, width)), worst, *_guessed(tree, np.array([row]), np.array([worst]), width)[0])


def reaches(card: Scorecard, share: float | None = None) -> pl.DataFrame:
    """``unit, rank, best, best_proved, worst, worst_proved, exact`` of every unit with a rank, best first. ``best_proved`` above 1: no
    admissible weights make the unit first."""
    tree, width = arithmetic_tree(card), share_of(card, share)
    ends, names = extremes(tree, width), card.units["unit"].to_list()
    listed = tree.listed[np.argsort(-tree.total[tree.listed], kind="stable")]
    guessed = iter(_guessed(tree, np.repeat(listed, 2), np.tile([False, True], len(listed)), width))
    rows = []
    for row in listed.tolist():
        contest = Contest(tree, row, width, ends)
        best, worst = (_end(contest, end, *next(guessed)) for end in (False, True))
        exact = best.rank == best.proved and worst.rank == worst.proved
        now = _rank(tree, row, contest.rivals, [branch.given for branch in tree.branches])
        rows.append((names[row], now, best.rank, best.proved, worst.rank, worst.proved, exact))
    types = {"unit": pl.String, **dict.fromkeys(COLUMNS[1:6], pl.Int64), "exact": pl.Boolean}
    return pl.DataFrame(rows, schema=types, orient="row")


def _guessed(tree: ArithmeticTree, rows: Positions, worst: Flags, share: float) -> list[tuple[list[Array], Flags]]:
    """For each of ``rows`` the weights of the best guess, and which units stand before it in each of its guesses, (guess, unit)."""
    weights, before = guesses(tree, rows, worst, share)
    count = before.sum(axis=2)
    at = np.where(worst, count.argmax(axis=0), count.argmin(axis=0))
    return [([of_branch[step, n] for of_branch in weights], before[:, n]) for n, step in enumerate(at)]


def _end(of: Contest, worst: bool, guess: list[Array], before: Flags) -> Reached:
    tree, row, others = of.tree, of.row, of.others
    candidates = [[branch.given for branch in tree.branches], guess]
    proved = 1 + int((~of.never if worst else of.always).sum())
    if len(others):
        known = [_rank(tree, row, others, weights) - 1 for weights in candidates]
        there = (before if worst else ~before)[:, others].astype(float)
        opposed = of.opposed(there.T @ there > 0, worst=worst)
        tried, ahead = search(
            of, lambda weights: _rank(tree, row, others, weights) - 1, max(known) if worst else min(known), opposed, worst=worst
        )
        candidates += tried
        bound = 1 + int(of.always.sum()) + ahead
        if of.share < 1 or tree.alike(np.append(of.rivals, row)):  # else weights may vanish, and with them all that a unit has
            proved = min(proved, bound) if worst else max(proved, bound)
    ranks = [_rank(tree, row, of.rivals, weights) for weights in candidates]
    best = int(np.argmax(ranks) if worst else np.argmin(ranks))
    return Reached(ranks[best], proved, tree.as_given(candidates[best]))


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
