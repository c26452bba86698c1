"""Where quotas cannot all be met: the fewest seats by which they must give way, and which quotas those are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from kcz_metrics.decisions.programme import Rows, Whole, solved
from kcz_metrics.decisions.quotas import SEATS_MAXIMUM, SEATS_MINIMUM, Rule, bounds, matrix
from kcz_metrics.errors import Issue
from kcz_metrics.locales import T
from kcz_metrics.scheme.selections import Seats

FRAME = {
    "line": pl.String, "kind": pl.String, "by": pl.String, "value": pl.String,
    "asked": pl.Int64, "possible": pl.Int64, "eligible": pl.Int64,
}  # fmt: skip


def smallest(points: Whole, rules: Sequence[Rule], seats: Seats) -> pl.DataFrame:
    """The quotas that must give way, by line: ``asked`` seats, and what is ``possible`` if the others hold as they stand.

    An elastic programme: every rule, the least and the most number of seats too, may be missed at the price of 1 a seat. First the sum of
    misses is least, then the number of quotas that give way, then the points are most. Empty where all can be met.
    Source: Brown, Dell, Wood, Interfaces 27 (1997), 6; Chinneck, Feasibility and Infeasibility in Optimization (2008), 6.
    """
    n = len(points)
    everybody = np.ones(n, bool)
    all_rules = (*rules, Rule(SEATS_MINIMUM, "at_least", seats.fewest, everybody), Rule(SEATS_MAXIMUM, "at_most", seats.most, everybody))
    m = len(all_rules)
    low, high = bounds(all_rules)
    sign = np.where(np.isfinite(high), -1.0, 1.0)
    most = float(max(n, *(rule.seats for rule in all_rules)))
    # variables: who is chosen, by how much each rule is missed, whether it is missed at all
    a = np.hstack([matrix(all_rules, n), np.diag(sign), np.zeros((m, m))])
    tied = np.hstack([np.zeros((m, n)), np.eye(m), -most * np.eye(m)])
    rows = Rows(np.vstack([a, tied]), np.append(low, np.full(m, -np.inf)), np.append(high, np.zeros(m)))
    ends = np.concatenate([np.ones(n), np.full(m, most), np.ones(m)])
    costs = (
        np.concatenate([np.zeros(n), np.ones(m), np.zeros(m)]),
        np.concatenate([np.zeros(n + m), np.ones(m)]),
        np.concatenate([-points.astype(float), np.zeros(2 * m)]),
    )
    x = np.zeros(n + 2 * m)
    for cost in costs:
        answer = solved(cost, rows, ends)
        assert answer is not None
        x = np.rint(answer)
        rows = rows.and_(-cost, -float(cost @ x))
    missed = x[n : n + m].astype(int)
    return pl.DataFrame(
        [
            (rule.line, rule.kind, rule.by, rule.value, rule.seats, int(rule.seats - s * miss), int(rule.members.sum()))
            for rule, miss, s in zip(all_rules, missed, sign, strict=True)
            if miss
        ],
        schema=FRAME,
        orient="row",
    )


def relaxed(rules: Sequence[Rule], seats: Seats, frame: pl.DataFrame) -> tuple[tuple[Rule, ...], Seats]:
    """The rules and the seats with what :func:`smallest` says is possible."""
    given = {(line, value): possible for line, value, possible in frame.select("line", "value", "possible").iter_rows()}
    fewest, most = given.get((SEATS_MINIMUM, None), seats.fewest), given.get((SEATS_MAXIMUM, None), seats.most)
    return (
        tuple(replace(rule, seats=given.get((rule.line, rule.value), rule.seats)) for rule in rules),
        seats.model_copy(update={"minimum": fewest, "maximum": most}),
    )


def issues(frame: pl.DataFrame, selection_id: str) -> list[Issue]:
    """One for each quota that must give way."""
    hint = T("放宽这一名额，或放宽资格条件")
    return [
        Issue(
            "quota_infeasible",
            T("名额不能同时满足：可用的对象有 {n} 个", n=row["eligible"]),
            subject=f"selections.{selection_id}.{row['line']}" + (f" {row['by']}={row['value']}" if row["by"] else ""),
            expected=T(_ASKED[row["kind"]], seats=row["possible"]),
            found=T(_ASKED[row["kind"]], seats=row["asked"]),
            hint=hint,
        )
        for row in frame.iter_rows(named=True)
    ]


_ASKED = {"at_least": T("至少 {seats} 席").source, "at_most": T("至多 {seats} 席").source}
