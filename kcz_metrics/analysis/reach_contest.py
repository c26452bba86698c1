"""One unit among those that weights within bounds can bring before it or behind it: what is asked of the weights, as rows of a programme.

With Y a node's weight in the whole, free scales T of each parent, and (1 − share) w T ≤ Y ≤ (1 + share) w T, what a node brings to the
score of the index, Z = Y · score, is linear in the Y of leaves for a unit that has every child. For one that lacks some,
Z = t · Y/(Σ m Y of children), with t the sum of what the children bring and m what the unit has. The share g = Σ m Y/Y lies between known
ends; between them Z lies between two straight lines in t, which is a relaxation, and the narrower the ends the closer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from kcz_metrics.analysis.arithmetic_tree import CLOSE, ArithmeticTree
from kcz_metrics.analysis.reach_conflicts import cliques, conflicts
from kcz_metrics.analysis.weight_bounds import greatest, widest
from kcz_metrics.methods import Array, Flags, Positions

#: Scores nearer to each other than this are not told apart by the programme; re-scoring tells.
EPSILON: Final = 1e-6

#: Branch and what units have of its children → the ends of the share that they have.
Key = tuple[int, tuple[float, ...]]
Box = Mapping[Key, tuple[float, float]]


@dataclass(frozen=True)
class Rows:
    """``least`` ≤ ``lines`` · columns ≤ ``most``."""

    lines: Array
    least: Array
    most: Array


@dataclass(frozen=True)
class Contest:
    """``row`` against all others of its group, with weights within ± ``share``; ``extremes``: of ``weight_bounds`` under this share.

    Columns: the weight of each node in the whole, the scale of each branch, what a branch brings to each unit that lacks some of it, a
    1 for each of ``others`` that stands before the unit, and the margin by which scores are apart.
    """

    tree: ArithmeticTree
    row: int
    share: float
    extremes: tuple[Array, Array]

    @cached_property
    def rivals(self) -> Positions:
        listed = self.tree.listed
        return listed[(self.tree.group[listed] == self.tree.group[self.row]) & (listed != self.row)]

    @cached_property
    def apart(self) -> tuple[Array, Array]:
        """How far each rival can come before the unit, and how far behind it, (rival,)."""
        mine = np.full(len(self.rivals), self.row)
        return (
            widest(self.tree, self.rivals, mine, self.share, self.extremes),
            widest(self.tree, mine, self.rivals, self.share, self.extremes),
        )

    @cached_property
    def always(self) -> Flags:
        """Rivals before the unit whatever the weights."""
        return np.asarray(self.apart[1] < -CLOSE)

    @cached_property
    def never(self) -> Flags:
        return np.asarray(self.apart[0] <= CLOSE)

    @cached_property
    def others(self) -> Positions:
        """Rivals that weights can bring before or behind the unit."""
        return self.rivals[~self.always & ~self.never]

    def side(self, worst: bool) -> Array:
        """How far each of the others can be before the unit (``worst``), or behind it, (other,)."""
        return np.asarray(self.apart[0 if worst else 1][~self.always & ~self.never])

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
    def led(self) -> list[tuple[int, int]]:
        """Pairs of the others of which the first stands before the second whatever the weights: those next to one another suffice."""
        n = len(self.others)
        first, second = (self.others[places] for places in np.indices((n, n)).reshape(2, -1))
        before = (widest(self.tree, second, first, self.share, self.extremes) < 0).reshape(n, n)
        between = (before.astype(float) @ before.astype(float)) > 0
        return [(int(a), int(b)) for a, b in np.argwhere(before & ~between)]

    def opposed(self, seen: Flags, *, worst: bool) -> list[Positions]:
        """Sets of the others of which all but one are before the unit whatever the weights (``worst``: of which no more than one is);
        ``seen``: as of ``conflicts``."""
        return cliques(conflicts(self.tree, self.row, self.others, self.share, self.side(worst), seen, worst=worst))

    @cached_property
    def lacking(self) -> list[tuple[int, int, Key]]:
        """Unit (of ``rows``), branch, and key of each branch whose weights a unit has in part, children first."""
        found: list[tuple[int, int, Key]] = []
        for number, branch in enumerate(self.tree.branches):
            has = self.having[:, branch.children]
            some = np.flatnonzero((has != 1.0).any(axis=1) & (has > 0).any(axis=1)).tolist()
            found += [(unit, number, (number, tuple(has[unit].tolist()))) for unit in some]
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

    @cached_property
    def scales(self) -> int:
        return self.tree.scores.shape[1]

    @cached_property
    def extra(self) -> dict[tuple[int, int], int]:
        """Unit and branch that it has in part → column of what that branch brings to it."""
        first = self.scales + len(self.tree.branches)
        return {(unit, number): first + k for k, (unit, number, _) in enumerate(self.lacking)}

    @cached_property
    def standing(self) -> slice:
        first = self.scales + len(self.tree.branches) + len(self.extra)
        return slice(first, first + len(self.others))

    @cached_property
    def margin(self) -> int:
        return self.standing.stop

    @cached_property
    def brought(self) -> dict[int, Array]:
        """What a node brings to each unit's score, in terms of the columns, (unit, column)."""
        found: dict[int, Array] = {}
        for number, branch in enumerate(self.tree.branches):
            whole = np.zeros((len(self.rows), self.margin + 1))
            for child in branch.children.tolist():
                if child not in found:
                    found[child] = np.zeros_like(whole)
                    found[child][:, child] = self.scores[:, child]
                whole += np.where(self.having[:, [child]] > 0, found[child], 0.0)
            for unit, of_branch in self.extra:
                if of_branch == number:
                    whole[unit] = 0.0
                    whole[unit, self.extra[unit, number]] = 1.0
            found[branch.node] = whole
        return found

    @cached_property
    def behind(self) -> Array:
        """By how much each of the others stands before the unit, but for adjustments, in terms of the columns, (other, column)."""
        lines = self.brought[0]
        return np.asarray(lines[:-1] - lines[-1])

    @cached_property
    def added(self) -> Array:
        return np.asarray(self.tree.added[self.others] - self.tree.added[self.row])

    @cached_property
    def bounds(self) -> Rows:
        """Weights add up to their parent's and keep their bounds."""
        lines, least, most = [], [], []
        for number, branch in enumerate(self.tree.branches):
            children, n = branch.children, len(branch.children)
            part = np.zeros((1 + 2 * n, self.margin + 1))
            part[0, children], part[0, branch.node] = 1.0, -1.0
            for first, end in ((1, 1.0 - self.share), (1 + n, 1.0 + self.share)):
                part[first + np.arange(n), children] = 1.0
                part[first : first + n, self.scales + number] = -end * branch.given * self.base[children]
            lines.append(part)
            least.append(np.repeat([0.0, 0.0, -np.inf], [1, n, n]))
            most.append(np.repeat([0.0, np.inf, 0.0], [1, n, n]))
        return Rows(np.concatenate(lines), np.concatenate(least), np.concatenate(most))

    @cached_property
    def together(self) -> Array:
        """Of each unit and branch that it has in part: t but for what its score as it stands brings, in terms of the columns."""
        found = np.zeros((len(self.lacking), self.margin + 1))
        for line, (unit, number, key) in zip(found, self.lacking, strict=True):
            branch = self.tree.branches[number]
            about = self.scores[unit, branch.node]
            for child, m in zip(branch.children.tolist(), key[1], strict=True):
                if m > 0:
                    line += m * self.brought[child][unit]
                    line[child] -= m * about
        return found
