"""How far one weight can be moved before the order, the top or a tier is another: in closed form, for trees of weighted means.

With share t of a node within its parent, siblings keeping their proportions, a unit's score is (A t + B (1 − t)) / (C t + D (1 − t)) times
what the parent bears, and a constant: C or D is 0 or less than 1 only where something is missing. Two units change places at a root of a
quadratic in t.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import polars as pl

from kcz_metrics.analysis.arithmetic_tree import CLOSE, ArithmeticTree, arithmetic_tree
from kcz_metrics.methods import Array, Positions
from kcz_metrics.scoring import Scorecard

Keeps = Literal["order", "top", "tier"]
COLUMNS: Final = (
    "node", "parent", "keeps", "weight", "weight_low", "weight_high", "share", "share_low", "share_high", "rises_low", "falls_low",
    "rises_high", "falls_high",
)  # fmt: skip


def weight_intervals(card: Scorecard, keeps: Keeps = "order", seats: Sequence[int] = ()) -> pl.DataFrame:
    """``node, parent, keeps, weight, weight_low, weight_high, share, share_low, share_high, rises_low, falls_low, rises_high, falls_high``:
    for each node the range of its weight, all others staying, within which nobody changes places, by unrounded scores.

    ``keeps``: ``order`` of all units of a group; ``top``: who is first; ``tier``: who is within the first so many, for the cumulated
    ``seats`` of each level. ``rises`` overtakes ``falls`` at the end of the range; null where the range ends at 0 or has no upper end
    (``weight_high`` null). Equal scores at the weights as they are leave no range. Who passed the screen stays. Raises ScoringError as
    ``arithmetic_tree``.
    """
    tree = arithmetic_tree(card)
    above, below = pairs(tree, keeps, seats)
    names, structure = card.units["unit"].to_list(), card.run.structure
    rows = []
    for branch in tree.branches:
        for place, child in enumerate(branch.children):
            share = float(branch.given[place])
            low, high, at = _range(tree, branch.node, branch.children, branch.given, place, above, below)
            rises = [None if i < 0 else names[below[i]] for i in at]
            falls = [None if i < 0 else names[above[i]] for i in at]
            weight = _weight(card, structure.nodes[child])
            rest = _rest(card, structure.nodes[branch.node], structure.nodes[child])
            rows.append(
                (structure.nodes[child], structure.nodes[branch.node], keeps, weight, _as_weight(low, rest), _as_weight(high, rest), share,
                 low, high, rises[0], falls[0], rises[1], falls[1])
            )  # fmt: skip
    order = {node: i for i, node in enumerate(structure.nodes)}
    types = dict.fromkeys(COLUMNS, pl.String) | {c: pl.Float64 for c in COLUMNS if c.startswith(("weight", "share"))}
    return pl.DataFrame(sorted(rows, key=lambda row: order[row[0]]), schema=types, orient="row")


def pairs(tree: ArithmeticTree, keeps: Keeps, seats: Sequence[int]) -> tuple[Positions, Positions]:
    """Rows of pairs whose order has to stay, the higher first. Of an order neighbours are enough: it breaks first between neighbours."""
    above, below = [], []
    for number in np.unique(tree.group[tree.listed]):
        rows = tree.listed[tree.group[tree.listed] == number]
        rows = rows[np.argsort(-tree.total[rows], kind="stable")]
        if keeps == "order":
            above.append(rows[:-1])
            below.append(rows[1:])
            continue
        for cut in (1,) if keeps == "top" else np.unique(np.asarray(seats, int)):
            first, rest = rows[:cut], rows[cut:]
            above.append(np.repeat(first, len(rest)))
            below.append(np.tile(rest, len(first)))
    none = [np.empty(0, np.intp)]
    return np.concatenate([*none, *above]), np.concatenate([*none, *below])


def _range(
    tree: ArithmeticTree, node: int, children: Positions, given: Array, place: int, above: Positions, below: Positions
) -> tuple[float, float, tuple[int, int]]:
    """The share's range, and the pair that ends it on either side, -1 for none."""
    share = float(given[place])
    if share >= 1.0 or not len(above):
        return 0.0, 1.0, (-1, -1)
    constant, linear, square = crossing(tree, node, children, given, place, above, below)
    down, up = _roots(constant, -linear, square), _roots(constant, linear, square)
    low, high = share - down, share + up  # at 0 and 1 a denominator may vanish, which is no crossing
    at_low, at_high = int(low.argmax()), int(high.argmin())
    return (
        max(0.0, float(low[at_low])),
        min(1.0, float(high[at_high])),
        (at_low if low[at_low] > CLOSE else -1, at_high if high[at_high] < 1.0 - CLOSE else -1),
    )


def crossing(
    tree: ArithmeticTree, node: int, children: Positions, given: Array, place: int, above: Positions, below: Positions
) -> tuple[Array, Array, Array]:
    """The quadratic c + l τ + q τ² in the change τ of the share, (pair,): its sign is that of the difference of the scores."""
    share = float(given[place])
    by = given * tree.present[:, children]
    x = np.nan_to_num(tree.scores[:, children])
    others = np.ones(len(children), bool)
    others[place] = False
    c, a = tree.present[:, children[place]], tree.present[:, children[place]] * x[:, place]
    d = by[:, others].sum(axis=1) / (1.0 - share)
    b = (by * x)[:, others].sum(axis=1) / (1.0 - share)
    # numerator and denominator of the parent's score as n0 + n1 τ and d0 + d1 τ
    n0, n1, d0, d1 = a * share + b * (1 - share), a - b, c * share + d * (1 - share), c - d
    gone = d0 <= 0  # nothing there: the score is a constant
    n0, n1, d0, d1 = np.where(gone, 0.0, n0), np.where(gone, 0.0, n1), np.where(gone, 1.0, d0), np.where(gone, 0.0, d1)
    bears = np.where(gone, 0.0, tree.bearing[:, node])
    fixed = tree.total - bears * n0 / d0
    u, v = above, below
    apart = fixed[u] - fixed[v]
    # apart·du·dv + bears_u·nu·dv − bears_v·nv·du
    constant = apart * d0[u] * d0[v] + bears[u] * n0[u] * d0[v] - bears[v] * n0[v] * d0[u]
    linear = (
        apart * (d0[u] * d1[v] + d1[u] * d0[v]) + bears[u] * (n0[u] * d1[v] + n1[u] * d0[v]) - bears[v] * (n0[v] * d1[u] + n1[v] * d0[u])
    )
    square = apart * d1[u] * d1[v] + bears[u] * n1[u] * d1[v] - bears[v] * n1[v] * d1[u]
    return constant, linear, square


def _roots(constant: Array, linear: Array, square: Array) -> Array:
    """The smallest root not below 0 of c + l τ + q τ² with c ≥ 0, at which it goes below 0; infinite where there is none."""
    size = 1.0 + np.abs(linear) + np.abs(square)
    tied = np.abs(constant) <= CLOSE * size
    c = np.where(tied, 0.0, constant)
    square, linear = (np.where(np.abs(part) <= 1e-12 * (1.0 + np.abs(c)), 0.0, part) for part in (square, linear))
    with np.errstate(all="ignore"):
        under = linear**2 - 4.0 * square * c
        root = np.sqrt(np.maximum(under, 0.0))
        q = -0.5 * (linear + np.where(linear < 0, -1.0, 1.0) * root)
        both = np.stack(
            [np.where(square != 0, q / np.where(square != 0, square, 1.0), np.inf), np.where(q != 0, c / np.where(q != 0, q, 1.0), np.inf)]
        )
    both = np.where((both > 0) & (under > 0), both, np.inf)
    first: Array = both.min(axis=0)
    falls = (linear < 0) | ((linear == 0) & (square < 0))
    rises = tied & ~falls & ((linear > 0) | (square > 0))
    # equal scores part at once, one way or the other; equal for any weight, they never do
    return np.where(tied, np.where(falls | rises, 0.0, np.inf), first)


def _weight(card: Scorecard, node: str) -> float:
    return next(float(n.weight) for n in card.index.tree.walk() if n.id == node)


def _rest(card: Scorecard, parent: str, node: str) -> float:
    """The siblings' weights together."""
    return sum(float(child.weight) for n in card.index.tree.walk() if n.id == parent for child in n.children if child.id != node)


def _as_weight(share: float, rest: float) -> float | None:
    return None if share >= 1.0 else share * rest / (1.0 - share)
