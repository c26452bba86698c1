"""Weights within bounds under which the fewest (or the most) units stand before one: a mixed-integer programme, and a branch and bound over
it where units lack different values.

With Y a node's weight in the whole, free scales T of each parent, and (1 − share) w T ≤ Y ≤ (1 + share) w T, what a node brings to the
score of the index, Z = Y · score, is linear in the Y of leaves for a unit that has every child. For one that lacks some,
Z = t · Y/(Σ m Y of children), with t the sum of what the children bring and m what the unit has. The share g = Σ m Y/Y lies between known
ends; between them Z lies between two straight lines in t, which is a relaxation, and the narrower the ends the closer. Splitting the ends
where the relaxation is off therefore ends in the exact answer; ranks being whole numbers, it ends soon.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from kcz_metrics.analysis.arithmetic_tree import ArithmeticTree
from kcz_metrics.analysis.weight_bounds import extremes, greatest, widest
from kcz_metrics.methods import Array, Positions

#: Scores nearer to each other than this are not told apart by the programme; re-scoring tells.
EPSILON: Final = 1e-6
#: Of the whole search, and of one programme of it; nodes of the search.
SECONDS: Final = 60.0
SECONDS_OF_ONE: Final = 20.0
NODES: Final = 400
#: A relaxation this close is not split any more.
_FLAT: Final = 1e-9

#: Branch and what units have of its children → the ends of the share that they have.
Key = tuple[int, tuple[float, ...]]
Box = Mapping[Key, tuple[float, float]]


@dataclass(frozen=True)
class Search:
    """``row`` among ``others`` that weights can bring before or behind it. ``worst``: as many before as can be, else as few."""

    tree: ArithmeticTree
    row: int
    others: Positions
    share: float
    worst: bool

    @cached_property
    def rows(self) -> Positions:
        return np.append(self.others, self.row)

    @cached_property
    def base(self) -> Array:
        """What the weight of a node is multiplied by where nothing is missing that any of the units has, (node,)."""
        return np.asarray(self.tree.present[self.rows].max(axis=0))

    @cached_property
    def having(self) -> Array:
        """Of that, what each unit has, (unit, node); 1 for all that has nothing to lose."""
        base = np.where(self.base > 0, self.base, 1.0)
        return np.asarray(np.where(self.base > 0, self.tree.present[self.rows] / base, 1.0))

    @cached_property
    def scores(self) -> Array:
        return np.nan_to_num(self.tree.scores[self.rows])

    @cached_property
    def ends(self) -> tuple[Array, Array]:
        """The highest and the lowest score of each node, (unit, node)."""
        high, low = extremes(self.tree, self.share)
        return np.nan_to_num(high[self.rows]), np.nan_to_num(low[self.rows])

    @cached_property
    def farthest(self) -> Array:
        """How far the difference to each of the others can be, (other,): the closer, the more the relaxation tells."""
        mine = np.full(len(self.others), self.row)
        first, second = (mine, self.others) if self.worst else (self.others, mine)
        apart = widest(self.tree, first, second, self.share)
        return np.maximum(apart, 0.0) + 2 * EPSILON

    @cached_property
    def led(self) -> list[tuple[int, int]]:
        """Pairs of the others of which the first stands before the second whatever the weights: those next to one another suffice."""
        n = len(self.others)
        first, second = (self.others[places] for places in np.indices((n, n)).reshape(2, -1))
        before = (widest(self.tree, second, first, self.share) < 0).reshape(n, n)
        between = (before.astype(float) @ before.astype(float)) > 0
        return [(int(a), int(b)) for a, b in np.argwhere(before & ~between)]

    @cached_property
    def lacking(self) -> list[tuple[int, int, Key]]:
        """Unit (of ``rows``), branch, and key of each branch whose weights a unit has in part, children first."""
        found = []
        for number, branch in enumerate(self.tree.branches):
            for unit in range(len(self.rows)):
                has = self.having[unit, branch.children]
                if (has != 1.0).any() and (has > 0).any():
                    found.append((unit, number, (number, tuple(has.tolist()))))
        return found

    @cached_property
    def box(self) -> dict[Key, tuple[float, float]]:
        """Between which ends the share that units have can lie at all."""
        found = {}
        for _, number, key in self.lacking:
            if key not in found:
                branch = self.tree.branches[number]
                w, has = (branch.given * self.base[branch.children])[None], np.array(key[1])[None]
                least, most = -float(greatest(-has, w, self.share)[0]), float(greatest(has, w, self.share)[0])
                found[key] = max(least, EPSILON), max(most, EPSILON)
        return found


@dataclass(frozen=True)
class _Solved:
    """``ahead``: no weights in the box do better; ``weights`` of one solution, a branch each; the share that units have at it, and how far
    the relaxation is off there, by key."""

    ahead: int
    weights: list[Array]
    at: dict[Key, float]
    off: dict[Key, float]


def search(of: Search, ahead_of: Callable[[list[Array]], int], ahead: int) -> tuple[list[list[Array]], int]:
    """Weights tried, and the number of ``others`` before the unit that no weights better: what the best of those tried has, unless the
    search was given up before. ``ahead_of`` gives that number for weights; ``ahead`` is the best known at the beginning."""
    sign = -1 if of.worst else 1
    best, ended = sign * ahead, time.monotonic() + SECONDS
    tried: list[list[Array]] = []
    queue: list[tuple[int, int, Box, _Solved]] = []
    boxes: list[Box] = [of.box]
    count = 0
    while True:
        for box in boxes:
            solved = _programme(of, box)
            count += 1
            if solved is None:
                continue
            tried.append(solved.weights)
            best = min(best, sign * ahead_of(solved.weights))
            heapq.heappush(queue, (sign * solved.ahead, count, box, solved))
        if not queue or queue[0][0] >= best:
            return tried, sign * best
        bound, _, box, solved = heapq.heappop(queue)
        wide = {key: off for key, off in solved.off.items() if off > _FLAT and box[key][1] - box[key][0] > _FLAT}
        if count >= NODES or time.monotonic() > ended or not wide:
            return tried, sign * bound
        key = max(wide, key=wide.__getitem__)
        low, high = box[key]
        middle = min(max(solved.at[key], low + 0.2 * (high - low)), high - 0.2 * (high - low))
        boxes = [{**box, key: (low, middle)}, {**box, key: (middle, high)}]


def _programme(of: Search, box: Box) -> _Solved | None:
    """The relaxation within a box; None where nothing is feasible in it."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    tree, share = of.tree, of.share
    nodes, branches, n = tree.scores.shape[1], len(tree.branches), len(of.others)
    first = nodes + branches
    extra = {(unit, number): first + k for k, (unit, number, _) in enumerate(of.lacking)}
    standing = slice(first + len(extra), first + len(extra) + n)
    margin = standing.stop
    columns = margin + 1
    rows: list[Array] = []
    low: list[float] = []
    high: list[float] = []

    def constrain(line: Array, least: float, most: float) -> None:
        rows.append(line)
        low.append(least)
        high.append(most)

    def unit_line(unit: int, node: int) -> Array:
        """What a node brings to the unit's score, in terms of the columns."""
        number = inner.get(node)
        line = np.zeros(columns)
        if number is None:
            line[node] = of.scores[unit, node]
        elif (unit, number) in extra:
            line[extra[unit, number]] = 1.0
        else:
            for child in tree.branches[number].children:
                if of.having[unit, child] > 0:
                    line += unit_line(unit, int(child))
        return line

    inner = {branch.node: number for number, branch in enumerate(tree.branches)}
    for number, branch in enumerate(tree.branches):
        line = np.zeros(columns)
        line[branch.children], line[branch.node] = 1.0, -1.0
        constrain(line, 0.0, 0.0)
        for child, w in zip(branch.children, branch.given * of.base[branch.children], strict=True):
            for end, least, most in ((1.0 - share, 0.0, np.inf), (1.0 + share, -np.inf, 0.0)):
                line = np.zeros(columns)
                line[child], line[nodes + number] = 1.0, -end * w
                constrain(line, least, most)
    for (number, has), (a, b) in box.items():
        branch = tree.branches[number]
        for end, least, most in ((a, 0.0, np.inf), (b, -np.inf, 0.0)):
            line = np.zeros(columns)
            line[branch.children], line[branch.node] = has, -end
            constrain(line, least, most)
    for unit, number, key in of.lacking:
        branch = tree.branches[number]
        about = float(of.scores[unit, branch.node])
        (a, b), t = box[key], np.zeros(columns)
        for child, m in zip(branch.children, key[1], strict=True):
            if m > 0:
                t += m * unit_line(unit, int(child))
                t[child] -= m * about
        spread = [(float(ends[unit, branch.node]) - about) * g for ends in of.ends for g in (a, b)]
        least, most = min(*spread, 0.0), max(*spread, 0.0)
        for sense, (left, right) in ((1.0, (1 / a, 1 / b)), (-1.0, (1 / b, 1 / a))):
            # between these ends a product of t and 1/g lies above the chord from (least, left) to (most, right), or below the other one
            slope = (right * most - left * least) / (most - least) if most > least else 1.0
            line = -slope * t
            line[extra[unit, number]] += 1.0
            line[branch.node] -= about + least * (left - slope)
            constrain(sense * line, 0.0, np.inf)
    own = unit_line(n, 0)
    fixed = tree.added[of.others] - tree.added[of.row]
    reach_of = of.farthest
    pairs = len(rows)
    for k in range(n):
        line = unit_line(k, 0) - own
        if of.worst:  # ahead only if it is ahead: v − u ≥ ε − M (1 − z)
            line[standing.start + k], line[margin] = -reach_of[k], -1.0
            constrain(line, EPSILON - reach_of[k] - fixed[k], np.inf)
        else:  # ahead unless it is not: v − u ≤ M z
            line[standing.start + k], line[margin] = -reach_of[k], 1.0
            constrain(line, -np.inf, -fixed[k])
    for before, after in of.led:
        line = np.zeros(columns)
        line[standing.start + before], line[standing.start + after] = 1.0, -1.0
        constrain(line, 0.0, np.inf)
    objective, integral = np.zeros(columns), np.zeros(columns)
    objective[standing], integral[standing] = (-1.0 if of.worst else 1.0), 1
    lower, upper = np.zeros(columns), np.full(columns, np.inf)
    lower[list(extra.values())] = -np.inf
    lower[0] = upper[0] = upper[standing] = 1.0
    upper[margin] = 0.0
    constraints = LinearConstraint(np.array(rows), np.array(low), np.array(high))
    limits: Any = {"time_limit": SECONDS_OF_ONE}
    solved: Any = milp(objective, integrality=integral, bounds=Bounds(lower, upper), constraints=constraints, options=limits)
    if solved.x is None:
        return None
    limit = solved.mip_dual_bound if solved.mip_dual_bound is not None else solved.fun
    ahead = int(np.floor(-limit + 1e-6)) if of.worst else int(np.ceil(limit - 1e-6))
    # of all weights that do it, those that keep farthest from equal scores, which rounding would part; who is before may be at any distance
    lower[standing] = upper[standing] = np.rint(solved.x[standing])
    free = pairs + np.flatnonzero(lower[standing] == (0.0 if of.worst else 1.0))
    least_, most_ = np.array(low), np.array(high)
    least_[free], most_[free] = -np.inf, np.inf
    constraints = LinearConstraint(constraints.A, least_, most_)
    lower[margin], upper[margin], objective = 0.0, np.inf, np.zeros(columns)
    objective[margin] = -1.0
    clear: Any = milp(objective, bounds=Bounds(lower, upper), constraints=constraints)
    x = solved.x if clear.x is None else clear.x
    weights = []
    for branch in tree.branches:
        by = of.base[branch.children]
        part = np.divide(np.maximum(x[branch.children], 0.0), by, out=np.zeros(len(by)), where=by > 0)
        weights.append(part / part.sum() if part.sum() > 1e-12 else branch.given.copy())
    return _Solved(ahead, weights, *_off(of, x, extra))


def _off(of: Search, x: Array, extra: Mapping[tuple[int, int], int]) -> tuple[dict[Key, float], dict[Key, float]]:
    """The share that units have at a solution, and how far what the relaxation gives a unit lies from what is so, by key."""
    at, off = dict[Key, float](), dict[Key, float]()
    brought = x[: of.tree.scores.shape[1]] * of.scores
    for number, branch in enumerate(of.tree.branches):
        has = of.having[:, branch.children]
        whole, t = has @ x[branch.children], (has * brought[:, branch.children]).sum(axis=1)
        brought[:, branch.node] = np.divide(t * x[branch.node], whole, out=np.zeros(len(t)), where=whole > 0)
        for unit, of_branch, key in of.lacking:
            if of_branch == number and x[branch.node] > 0:
                at[key] = float(whole[unit] / x[branch.node])
                off[key] = max(off.get(key, 0.0), abs(float(x[extra[unit, number]] - brought[unit, branch.node])))
    return at, off
