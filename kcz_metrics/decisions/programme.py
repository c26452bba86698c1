"""The exact integer programme behind a selection, solved by HiGHS through scipy.

All numbers in it are whole: points are counted in the last published decimal. An answer is checked against the rules in whole numbers
before it is believed.

The number of seats comes first: the feasible number nearest the target, of two equally near the one with the higher total. Then the sum
of points is made as great as can be; then, among all choices with that sum, each criterion of the tie-break ladder in turn. Where choices
are still equal after the last one, nothing decides between them: who is in all of them is *sure*, who is in some *open*.

Source: Nemhauser, Wolsey, Integer and Combinatorial Optimization (1988), I.1; lexicographic optimisation: Isermann, OR Spektrum 4 (1982).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kcz_metrics.decisions.quotas import Rule, bounds, matrix
from kcz_metrics.errors import DecisionError, Issue
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Flags
from kcz_metrics.scheme.selections import Seats

Whole = NDArray[np.int64]
_OPTIMAL: Final = 0
_INFEASIBLE: Final = 2


@dataclass(frozen=True)
class Chosen:
    """``picked`` is one of the best choices; ``sure`` are in every one of them, ``open`` in some. ``decided`` is how many criteria of the
    ladder it took: 0 where the points alone decide."""

    picked: Flags
    sure: Flags
    open: Flags
    seats: int
    total: int
    decided: int


@dataclass(frozen=True)
class Rows:
    """``low`` ≤ ``a`` x ≤ ``high``, row by row."""

    a: Array
    low: Array
    high: Array

    def and_(self, row: Array, low: float, high: float = np.inf) -> Rows:
        return Rows(np.vstack([self.a, row[None, :]]), np.append(self.low, low), np.append(self.high, high))


def rows_of(rules: Sequence[Rule], width: int) -> Rows:
    """The rules that can bind at all."""
    biting = [rule for rule in rules if rule.kind == "at_least" or int(rule.members.sum()) > rule.seats]
    return Rows(matrix(biting, width), *bounds(biting))


def maximised(objective: Whole | Array, rows: Rows) -> Flags | None:
    """A choice with the greatest sum, None where no choice meets the rows. Raises DecisionError where the solver gives up."""
    x = solved(-np.asarray(objective, float), rows, np.ones(len(objective)))
    if x is None:
        return None
    picked = np.rint(x).astype(np.int64)
    sums = rows.a.astype(np.int64) @ picked
    if (sums < rows.low).any() or (sums > rows.high).any():
        raise DecisionError(Issue("solver", T("求解器的答案不满足名额规则")))
    return picked == 1


def solved(cost: Array, rows: Rows, most: Array) -> Array | None:
    """The variables of least cost, whole numbers between 0 and ``most``."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not len(cost):
        return np.zeros(0) if (rows.low <= 0).all() else None
    limits: Any = [LinearConstraint(rows.a, rows.low, rows.high)] if len(rows.a) else []
    answer = milp(cost, integrality=np.ones(len(cost), np.int64), bounds=Bounds(0, most), constraints=limits, options={"mip_rel_gap": 0.0})
    if answer.status == _INFEASIBLE:
        return None
    if answer.status != _OPTIMAL:
        raise DecisionError(Issue("solver", T("求解器没有给出最优解"), found=T("{value}", value=answer.message)))
    x: Array = answer.x
    return x


def of_size(points: Whole, rows: Rows, seats: int) -> Flags | None:
    """A best choice of exactly ``seats``. With their number fixed, points may be counted from their least."""
    shifted = points - points.min() if len(points) else points
    return maximised(shifted, rows.and_(np.ones(len(points)), seats, seats))


def nearest(points: Whole, rules: Sequence[Rule], seats: Seats) -> tuple[int, Flags] | None:
    """The number of seats and a best choice of that many; None where no number between the least and the most is feasible."""
    rows = rows_of(rules, len(points))
    for away in range(max(seats.target - seats.fewest, seats.most - seats.target) + 1):
        found = []
        for number in sorted({seats.target + away, seats.target - away}, reverse=True):
            if seats.fewest <= number <= min(seats.most, len(points)):
                picked = of_size(points, rows, number)
                if picked is not None:
                    found.append((int(points[picked].sum()), number, picked))
        if found:
            _, number, picked = max(found, key=lambda one: one[:2])
            return number, picked
    return None


def choose(points: Whole, criteria: Sequence[Whole], rules: Sequence[Rule], seats: Seats) -> Chosen | None:
    """The best choice under the rules, with the ladder of ``criteria`` (greater is better) among equals."""
    found = nearest(points, rules, seats)
    if found is None:
        return None
    number, picked = found
    total = int(points[picked].sum())
    rows = rows_of(rules, len(points)).and_(np.ones(len(points)), number, number)
    shifted = points - points.min() if len(points) else points
    rows = rows.and_(shifted.astype(float), int(shifted[picked].sum()))
    decided, rest = 0, _everywhere(picked, rows)
    while rest[1].any() and decided < len(criteria):
        criterion = criteria[decided]
        again = maximised(criterion, rows)
        assert again is not None
        picked = again
        rows = rows.and_(criterion.astype(float), int(criterion[picked].sum()))
        decided, rest = decided + 1, _everywhere(picked, rows)
    return Chosen(picked, *rest, number, total, decided)


def _everywhere(picked: Flags, rows: Rows) -> tuple[Flags, Flags]:
    """Who is in every choice that meets the rows, and who in some only. Each step asks for the choice that differs most from those seen."""
    always, ever = picked.copy(), picked.copy()
    while True:
        other = maximised(np.where(always, -1, 0) + np.where(ever, 0, 1), rows)
        assert other is not None
        if not (always & ~other).any() and not (other & ~ever).any():
            return always, ever & ~always
        always, ever = always & other, ever | other
