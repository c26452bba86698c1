"""Pairs of units that no weights within bounds bring to the same side of a third one, in closed form; and the sets in which all are such
pairs. A programme that counts who stands before the third one knows nothing of this until it has split itself many times."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from kcz_metrics.analysis.arithmetic_tree import CLOSE, ArithmeticTree
from kcz_metrics.analysis.weight_bounds import greatest
from kcz_metrics.methods import Array, Flags, Positions

#: In which shares two differences are mixed; any mixture that cannot have the sign proves that the two cannot both have it.
MIXTURES: Final = np.arange(1, 8) / 8


def conflicts(tree: ArithmeticTree, row: int, others: Positions, share: float, deep: Array, seen: Flags, *, worst: bool) -> Flags:
    """Which two of ``others`` never both stand behind ``row`` (``worst``: never both before it), (other, other), symmetric.

    Where a weighted mean of the two differences to ``row`` has one sign whatever the weights, so has one of the two. ``deep``: how far each
    of the others can be on that side at all, which puts the two on one scale, (other,); ``seen``: pairs that need no look, since weights
    are known that bring both there, (other, other). What is found is true; not all that is true is found.
    """
    found = np.zeros(seen.shape, bool)
    first, second = np.nonzero(np.triu(~seen, 1))
    if not len(first):
        return found
    scale = 1.0 / np.maximum(deep, CLOSE)
    left = MIXTURES[:, None] * scale[first]
    right = (1.0 - MIXTURES[:, None]) * scale[second]
    by = left / (left + right)
    sign = -1.0 if worst else 1.0
    units = np.stack([np.broadcast_to(one, by.shape).ravel() for one in (others[first], others[second], np.full(len(first), row))], axis=1)
    coefficients = sign * np.stack([by.ravel(), 1.0 - by.ravel(), -np.ones(by.size)], axis=1)
    least = _Mixed(tree, share, units).least(coefficients).reshape(by.shape).max(axis=0)
    apart = least > CLOSE if not worst else least >= -CLOSE
    found[first, second] = found[second, first] = apart
    return found


def cliques(pairs: Flags) -> list[Positions]:
    """Sets of which each two are among the pairs; every pair is in one of them."""
    often = pairs.sum(axis=0)
    left, found = np.triu(pairs), []
    while left.any():
        a, b = divmod(int(np.argmax(left)), len(pairs))
        members, can = [a, b], pairs[a] & pairs[b]
        while can.any():
            c = int(np.argmax(np.where(can, often, -1)))
            members.append(c)
            can &= pairs[c]
        chosen = np.array(sorted(members), np.intp)
        left[np.ix_(chosen, chosen)] = False
        found.append(chosen)
    return found


def apart(sets: list[Positions]) -> int:
    """How many are on the other side at least: of each set all but one, no unit counted twice."""
    used, found = set[int](), 0
    for members in sorted(sets, key=len, reverse=True):
        free = set(members.tolist()) - used
        used |= free
        found += max(len(free) - 1, 0)
    return found


@dataclass(frozen=True)
class _Mixed:
    """Rows of three units each, whose scores are added up with coefficients."""

    tree: ArithmeticTree
    share: float
    units: Positions

    @cached_property
    def number(self) -> dict[int, int]:
        return {branch.node: number for number, branch in enumerate(self.tree.branches)}

    @cached_property
    def scores(self) -> Array:
        return np.nan_to_num(self.tree.scores)

    def least(self, coefficients: Array) -> Array:
        """No weights make the sum of the index's scores smaller, (row,)."""
        everything = np.arange(len(self.units))
        added = (coefficients * self.tree.added[self.units]).sum(axis=1)
        return np.asarray(self._node(0, everything, coefficients) + added)

    def _node(self, node: int, rows: Positions, coefficients: Array) -> Array:
        units = self.units[rows]
        if node not in self.number:
            return np.asarray((coefficients * self.scores[units, node]).sum(axis=1))
        branch = self.tree.branches[self.number[node]]
        kinds, kind = np.unique(self.tree.present[:, branch.children], axis=0, return_inverse=True)
        of_rows = kind.ravel()[units]
        codes = (of_rows[:, 0] * len(kinds) + of_rows[:, 1]) * len(kinds) + of_rows[:, 2]
        least = np.empty(len(rows))
        for code in np.unique(codes):
            here = codes == code
            among = of_rows[here][0]
            least[here] = self._branch(self.number[node], rows[here], coefficients[here], kinds[among], among)
        return least

    def _branch(self, number: int, rows: Positions, coefficients: Array, has: Array, kinds: Positions) -> Array:
        """Of rows whose units have the same children: ``has`` (unit, child) is what of them, ``kinds`` (unit,) tells it apart."""
        branch = self.tree.branches[number]
        names = np.unique(kinds)
        if len(names) == 1:
            return self._mean(number, rows, coefficients, branch.given * has[0])
        if len(names) == 2:
            more, fewer = sorted((kinds == name for name in names), key=lambda which: -float(has[which][0].sum()))
            a, b = has[more][0], has[fewer][0]
            if ((b == a) | (b == 0)).all() and b.any():
                return self._nested(number, rows, coefficients * more, coefficients * fewer, a, b)
        parts = [self._mean(number, rows, coefficients * (kinds == name), branch.given * has[kinds == name][0]) for name in names]
        return np.asarray(np.sum(parts, axis=0))

    def _nested(self, number: int, rows: Positions, more: Array, fewer: Array, a: Array, b: Array) -> Array:
        """Some units have the children ``b``, the others those of ``a`` and so more. With g the share of ``b`` in ``a``, the sum is
        g · mean over b + (1 − g) · mean over the rest, of the one, and a mean over b, of the other: least for some weights and a given g,
        and as the least of straight lines in g at one of its ends."""
        given = self.tree.branches[number].given
        both, rest = given * b, given * np.where(b == 0, a, 0.0)
        w, inside = (given * a)[None], np.where(b > 0, 1.0, 0.0)[None]
        ends = -float(greatest(-inside, w, self.share)[0]), float(greatest(inside, w, self.share)[0])
        outside = self._mean(number, rows, more, rest)
        return np.asarray(np.minimum(*(self._mean(number, rows, g * more + fewer, both) + (1 - g) * outside for g in ends)))

    def _mean(self, number: int, rows: Positions, coefficients: Array, w: Array) -> Array:
        """The least mean over the children that have a weight."""
        children, there = self.tree.branches[number].children, w > 0
        if not there.any():
            return np.zeros(len(rows))
        x = np.stack([self._node(int(child), rows, coefficients) for child in children[there]], axis=1)
        return -greatest(-x, np.broadcast_to(w[there], x.shape), self.share)
