"""Within given ends of the shares that units have: how few (or how many) units can stand before one, by a mixed-integer programme."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np

from kcz_metrics.analysis.reach_contest import EPSILON, Box, Contest, Key, Rows
from kcz_metrics.methods import Array, Positions

#: Of one programme.
SECONDS: Final = 20.0
#: The solver's status where nothing satisfies the lines.
_INFEASIBLE: Final = 2


@dataclass(frozen=True)
class Solved:
    """``ahead``: no weights in the box do better; ``weights`` of one solution, a branch each; the share that units have at it, and how far
    the relaxation is off there, by key."""

    ahead: int
    weights: list[Array]
    at: dict[Key, float]
    off: dict[Key, float]


@dataclass(frozen=True)
class Programme:
    """``worst``: as many of the contest's others before the unit as can be, else as few; ``opposed``: of the contest."""

    of: Contest
    worst: bool
    opposed: list[Positions]

    @cached_property
    def pairs(self) -> Rows:
        """``worst``: before only if it is before, v − u ≥ ε − M (1 − z); else before unless it is not, v − u ≤ M z. M is as near as can be,
        how far the two can be apart: the nearer, the more the relaxation tells."""
        of, lines = self.of, self.of.behind.copy()
        n, places = len(lines), np.arange(len(lines))
        farthest = np.maximum(of.side(not self.worst), 0.0) + 2 * EPSILON
        lines[places, of.standing.start + places] = -farthest
        lines[:, of.margin] = -1.0 if self.worst else 1.0
        if self.worst:
            return Rows(lines, EPSILON - farthest - of.added, np.full(n, np.inf))
        return Rows(lines, np.full(n, -np.inf), -of.added)

    @cached_property
    def sets(self) -> Rows:
        """What holds of who stands before the unit whatever the weights: none without those who lead it, and all but one of a set."""
        of, opposed = self.of, self.opposed
        lines = np.zeros((len(of.led) + len(opposed), of.margin + 1))
        least, most = np.zeros(len(lines)), np.full(len(lines), np.inf)
        for line, (before, after) in zip(lines, of.led, strict=False):
            line[of.standing.start + before], line[of.standing.start + after] = 1.0, -1.0
        for number, members in enumerate(opposed, len(of.led)):
            lines[number, of.standing.start + members] = 1.0
            least[number], most[number] = (-np.inf, 1.0) if self.worst else (len(members) - 1.0, np.inf)
        return Rows(lines, least, most)

    def solve(self, box: Box, best: int, bound: int) -> Solved | Literal["none", "unknown"]:
        """``none`` where no weights in the box do better than ``best``, the number before the unit that is known; ``unknown`` where the
        time was up before any were found. ``bound``: the number that no weights of a wider box better."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        of = self.of
        standing, margin = of.standing, of.margin
        weights = _stacked(of.bounds, _shares(of, box), _chords(of, box))
        whole = _stacked(weights, self.pairs, self.sets)
        objective, integral = np.zeros(margin + 1), np.zeros(margin + 1, np.int64)
        objective[standing], integral[standing] = (-1.0 if self.worst else 1.0), 1
        lower, upper = np.zeros(margin + 1), np.full(margin + 1, np.inf)
        lower[list(of.extra.values())] = -np.inf
        lower[0] = upper[0] = upper[standing] = 1.0
        upper[margin] = 0.0
        # presolved, HiGHS calls an optimum what is far from it, now and then (a test has a case)
        limits: Any = {"time_limit": SECONDS, "presolve": False}
        solved: Any = milp(
            objective, integrality=integral, bounds=Bounds(lower, upper),
            constraints=LinearConstraint(whole.lines, whole.least, whole.most), options=limits,
        )  # fmt: skip
        if solved.x is None:
            return "none" if solved.status == _INFEASIBLE else "unknown"
        limit = solved.mip_dual_bound if solved.mip_dual_bound is not None else solved.fun
        ahead = bound
        if np.isfinite(limit):
            ahead = min(bound, int(np.floor(-limit + 1e-6))) if self.worst else max(bound, int(np.ceil(limit - 1e-6)))
        if (ahead <= best) if self.worst else (ahead >= best):
            return "none"
        # of all weights that do it, those farthest from equal scores, which rounding would part; who is before may be at any distance
        before = np.rint(solved.x[standing])
        held = before == (1.0 if self.worst else 0.0)
        kept = _stacked(weights, Rows(self.pairs.lines[held], self.pairs.least[held], self.pairs.most[held]))
        lower[standing] = upper[standing] = before
        lower[margin], upper[margin], objective = 0.0, np.inf, np.zeros(margin + 1)
        objective[margin] = -1.0
        clear: Any = milp(objective, bounds=Bounds(lower, upper), constraints=LinearConstraint(kept.lines, kept.least, kept.most))
        x = solved.x if clear.x is None else clear.x
        return Solved(ahead, _weights(of, x), *_off(of, x))


def _stacked(*parts: Rows) -> Rows:
    return Rows(
        np.concatenate([part.lines for part in parts]),
        np.concatenate([part.least for part in parts]),
        np.concatenate([part.most for part in parts]),
    )


def _shares(of: Contest, box: Box) -> Rows:
    """The shares that units have lie between their ends."""
    lines = np.zeros((2 * len(box), of.margin + 1))
    for n, ((number, has), ends) in enumerate(box.items()):
        branch = of.tree.branches[number]
        lines[2 * n : 2 * n + 2, branch.children] = has
        lines[2 * n : 2 * n + 2, branch.node] = -np.array(ends)
    return Rows(lines, np.tile([0.0, -np.inf], len(box)), np.tile([np.inf, 0.0], len(box)))


def _chords(of: Contest, box: Box) -> Rows:
    """What a branch brings to units that have it in part: between the ends a product of t and 1/g lies above the chord from (least, left)
    to (most, right), or below the other one."""
    lines = np.zeros((2 * len(of.lacking), of.margin + 1))
    high, low = of.extremes
    for n, (t, (unit, number, key)) in enumerate(zip(of.together, of.lacking, strict=True)):
        node, (a, b) = of.tree.branches[number].node, box[key]
        about = float(of.scores[unit, node])
        spread = [(float(np.nan_to_num(ends[of.rows[unit], node])) - about) * g for ends in (high, low) for g in (a, b)]
        least, most = min(*spread, 0.0), max(*spread, 0.0)
        for k, (sense, (left, right)) in enumerate(((1.0, (1 / a, 1 / b)), (-1.0, (1 / b, 1 / a)))):
            slope = (right * most - left * least) / (most - least) if most > least else 1.0
            line = -slope * t
            line[of.extra[unit, number]] += 1.0
            line[node] -= about + least * (left - slope)
            lines[2 * n + k] = sense * line
    return Rows(lines, np.zeros(len(lines)), np.full(len(lines), np.inf))


def _weights(of: Contest, x: Array) -> list[Array]:
    """Weights of a solution, a branch each; what none of the contest's units has keeps its own, for others have it."""
    weights = []
    for number, branch in enumerate(of.tree.branches):
        by, own = of.base[branch.children], x[of.scales + number] * branch.given
        part = np.divide(np.maximum(x[branch.children], 0.0), by, out=own.copy(), where=by > 0)
        part = np.clip(part, (1.0 - of.share) * own, (1.0 + of.share) * own)  # the solver oversteps by a millionth
        weights.append(part / part.sum() if part.sum() > 1e-12 else branch.given.copy())
    return weights


def _off(of: Contest, x: Array) -> tuple[dict[Key, float], dict[Key, float]]:
    """The share that units have at a solution, and how far what the relaxation gives a unit lies from what is so, by key."""
    at, off = dict[Key, float](), dict[Key, float]()
    brought = x[: of.scales] * of.scores
    for number, branch in enumerate(of.tree.branches):
        has = of.having[:, branch.children]
        whole, t = has @ x[branch.children], (has * brought[:, branch.children]).sum(axis=1)
        brought[:, branch.node] = np.divide(t * x[branch.node], whole, out=np.zeros(len(t)), where=whole > 0)
        for unit, of_branch, key in of.lacking:
            if of_branch == number and x[branch.node] > 0:
                at[key] = float(whole[unit] / x[branch.node])
                off[key] = max(off.get(key, 0.0), abs(float(x[of.extra[unit, number]] - brought[unit, branch.node])))
    return at, off
