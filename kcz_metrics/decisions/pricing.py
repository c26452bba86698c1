"""What each quota costs: the best total without it less the total with it, for the same number of seats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

import polars as pl

from kcz_metrics.decisions.programme import Chosen, Whole, of_size, rows_of
from kcz_metrics.decisions.quotas import Rule

FRAME = {
    "line": pl.String, "kind": pl.String, "by": pl.String, "value": pl.String, "asked": pl.Int64,
    "eligible": pl.Int64, "taken": pl.Int64, "binding": pl.Boolean, "price": pl.Float64,
}  # fmt: skip


def prices(
    points: Whole, rules: Sequence[Rule], chosen: Chosen, scale: float, done: Callable[[int, int], None] | None = None
) -> pl.DataFrame:
    """A row for each line of the policy as a whole (``value`` null, where it has several values) and for each of its rules.

    ``binding``: the rule has no seat to spare, and could have one more or less. ``price`` is in points of the score; the price of a line
    is at least that of each of its rules, and prices of several lines do not add up. Non-negative by construction. ``done`` is told after
    each line how many of how many are.
    """
    rows: list[tuple[object, ...]] = []
    lines = [(line, list(group)) for line, group in groupby(rules, key=lambda rule: rule.line)]
    for number, (line, mine) in enumerate(lines, 1):
        whole = _without(points, rules, mine, chosen)
        if len(mine) > 1:
            binding = any(_binding(rule, chosen) for rule in mine)
            rows.append((line, mine[0].kind, mine[0].by, None, mine[0].seats, None, None, binding, whole / scale))
        for rule, price in zip(mine, _each(points, rules, mine, whole, chosen), strict=True):
            eligible, taken = int(rule.members.sum()), int((rule.members & chosen.picked).sum())
            facts = (rule.seats, eligible, taken, _binding(rule, chosen))
            rows.append((line, rule.kind, rule.by, rule.value, *facts, price / scale))
        if done is not None:
            done(number, len(lines))
    return pl.DataFrame(rows, schema=FRAME, orient="row")


def _each(points: Whole, rules: Sequence[Rule], some: Sequence[Rule], together: int, chosen: Chosen) -> list[int]:
    """The price of each of ``some``, which cost ``together``. Rules that cost nothing together cost nothing apart, so halves are asked."""
    if len(some) == 1 or together == 0:
        return [together] * len(some)
    middle = len(some) // 2
    halves = (some[:middle], some[middle:])
    return [p for half in halves for p in _each(points, rules, half, _without(points, rules, half, chosen), chosen)]


def _binding(rule: Rule, chosen: Chosen) -> bool:
    taken, members = int((rule.members & chosen.picked).sum()), int(rule.members.sum())
    return taken == rule.seats and (members > taken if rule.kind == "at_most" else taken > 0)


def _without(points: Whole, rules: Sequence[Rule], gone: Sequence[Rule], chosen: Chosen) -> int:
    if all(rule.kind == "at_most" and int(rule.members.sum()) <= rule.seats for rule in gone):
        return 0
    left = [rule for rule in rules if not any(rule is one for one in gone)]
    best = of_size(points, rows_of(left, len(points)), chosen.seats)
    assert best is not None
    return int(points[best].sum()) - chosen.total
