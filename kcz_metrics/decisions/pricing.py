"""What each quota costs: the best total without it less the total with it, for the same number of seats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

import polars as pl

from kcz_metrics.decisions.programme import Chosen, Whole, of_size, rows_of
from kcz_metrics.decisions.quotas import Rule

FRAME = {
    "line": pl.String, "kind": pl.String, "by": pl.String, "value": pl.String, "asked": pl.Int64,
    "eligible": pl.Int64, "taken": pl.Int64, "binding": pl.Boolean, "price": pl.Float64,
}  # fmt: skip


def prices(points: Whole, rules: Sequence[Rule], chosen: Chosen, scale: float) -> pl.DataFrame:
    """A row for each line of the policy as a whole (``value`` null, where it has several values) and for each of its rules.

    ``binding``: the rule has no seat to spare, and could have one more or less. ``price`` is in points of the score; the price of a line
    is at least that of each of its rules, and prices of several lines do not add up. Non-negative by construction.
    """
    rows: list[tuple[object, ...]] = []
    several = Counter(rule.line for rule in rules)
    for line, group in groupby(rules, key=lambda rule: rule.line):
        mine = list(group)
        whole = _without(points, rules, mine, chosen)
        facts = [(r.seats, int(r.members.sum()), int((r.members & chosen.picked).sum()), _binding(r, chosen)) for r in mine]
        if several[line] > 1:
            binding = any(b for *_, b in facts)
            rows.append((line, mine[0].kind, mine[0].by, None, mine[0].seats, None, None, binding, whole / scale))
        for rule, fact in zip(mine, facts, strict=True):
            # less is let go than with the whole line
            price = whole if len(mine) == 1 or whole == 0 else _without(points, rules, [rule], chosen)
            rows.append((rule.line, rule.kind, rule.by, rule.value, *fact, price / scale))
    return pl.DataFrame(rows, schema=FRAME, orient="row")


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
