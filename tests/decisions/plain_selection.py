"""A selection worked out the long way: every subset of the candidates is tried. The oracle of the integer programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl

from kcz_metrics.scheme.selections import Selection as Policy

COLUMNS = ("a", "b")


@dataclass(frozen=True)
class Plain:
    """``best`` are all choices between which nothing decides."""

    seats: int
    total: int
    best: tuple[frozenset[int], ...]


def random_case(seed: int) -> tuple[pl.DataFrame, Policy]:
    """Up to eleven candidates with few different scores, in a few groups, under random quotas."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 12))
    frame = pl.DataFrame(
        {
            "unit": [f"U{i:02d}" for i in rng.permutation(n)],
            "score": rng.integers(60, 60 + rng.integers(2, 20), n).astype(float),
            "a": rng.choice(list("xyz"), n),
            "b": [None if v == "n" else v for v in rng.choice(list("pqn"), n)],
            "supported_before": rng.random(n) < 0.3,
            "performance": rng.integers(1, 4, n).astype(float),
            "previous_rank": [None if v == 0 else float(v) for v in rng.integers(0, 4, n)],
        }
    )
    target = int(rng.integers(1, 6))
    quotas = [
        {"at_most": [{"by": "a", "seats": int(rng.integers(1, 4))}], "at_least": [{"by": "b", "seats": int(rng.integers(0, 2))}]},
        {"at_most": [{"by": "b", "seats": int(rng.integers(1, 4))}], "at_least": [{"where": {"a": "x"}, "seats": int(rng.integers(0, 4))}]},
        {
            "at_least": [{"by": "a", "values": ["x", "y"], "seats": int(rng.integers(0, 3))}],
            "conflicts": [["U00", "U01"], ["U02", "U03", "U04"]],
        },
    ]
    policy = Policy.model_validate(
        {
            "index": "i",
            "seats": {"target": target, "minimum": int(rng.integers(0, target + 1)), "maximum": target + int(rng.integers(0, 3))},
            "prefer": {"supported_before": 2},
            "ties": ["performance", "previous_rank"][: int(rng.integers(0, 3))],
            "reserves": 3,
            **quotas[seed % 3],
        }
    )
    return frame, policy


def counts(frame: pl.DataFrame, policy: Policy) -> list[tuple[str, str, int, set[int]]]:
    """Every quota as key, kind, seats and members, read off row by row."""
    rows = list(frame.iter_rows(named=True))
    found = []
    for kind in ("at_most", "at_least"):
        for number, quota in enumerate(getattr(policy, kind)):
            if quota.by is None:
                members = {i for i, row in enumerate(rows) if all(row[c] == v for c, v in quota.where.items())}
                found.append((f"{kind}.{number}", kind, quota.seats, members))
                continue
            for value in quota.values or sorted({row[quota.by] for row in rows if row[quota.by] is not None}):
                members = {i for i, row in enumerate(rows) if row[quota.by] == value}
                found.append((f"{kind}.{number}:{value}", kind, quota.seats, members))
    for number, together in enumerate(policy.conflicts):
        found.append((f"conflicts.{number}:{'+'.join(together)}", "at_most", 1, {i for i, r in enumerate(rows) if r["unit"] in together}))
    return found


def meets(subset: frozenset[int], quotas: Sequence[tuple[str, str, int, set[int]]]) -> bool:
    return not broken(subset, quotas)


def broken(subset: frozenset[int], quotas: Sequence[tuple[str, str, int, set[int]]]) -> list[str]:
    over = [key for key, kind, seats, members in quotas if kind == "at_most" and len(members & subset) > seats]
    under = [key for key, kind, seats, members in quotas if kind == "at_least" and len(members & subset) < seats]
    return [key for key, *_ in quotas if key in over or key in under]


def points_of(frame: pl.DataFrame) -> list[int]:
    return [round(100 * (score + 2 * before)) for score, before in frame.select("score", "supported_before").iter_rows()]


def ladder_of(frame: pl.DataFrame, policy: Policy, row: int) -> tuple[float, ...]:
    """Greater is better; a rank that is not known is one place behind the last known one."""
    worst = max((r for r in frame["previous_rank"] if r is not None), default=0.0) + 1e-4
    values = {
        "performance": frame["performance"][row],
        "previous_rank": -(worst if frame["previous_rank"][row] is None else frame["previous_rank"][row]),
    }
    return tuple(round(1e4 * values[name]) for name in policy.ties)


def every(frame: pl.DataFrame, quotas: Sequence[tuple[str, str, int, set[int]]], seats: int) -> list[frozenset[int]]:
    return [s for s in map(frozenset, combinations(range(frame.height), seats)) if meets(s, quotas)]


def solve(frame: pl.DataFrame, policy: Policy) -> Plain | None:
    quotas, points, seats = counts(frame, policy), points_of(frame), policy.seats
    best: tuple[int, int, list[frozenset[int]]] | None = None
    for number in sorted(range(seats.fewest, seats.most + 1), key=lambda k: (abs(k - seats.target), -k)):
        if best is not None and abs(number - seats.target) > abs(best[1] - seats.target):
            break
        choices = every(frame, quotas, number)
        if choices:
            total = max(sum(points[i] for i in s) for s in choices)
            if best is None or total > best[0]:
                best = (total, number, [s for s in choices if sum(points[i] for i in s) == total])
    if best is None:
        return None
    total, number, choices = best
    for step in range(len(policy.ties)):
        top = max(sum(ladder_of(frame, policy, i)[step] for i in s) for s in choices)
        choices = [s for s in choices if sum(ladder_of(frame, policy, i)[step] for i in s) == top]
    return Plain(number, total, tuple(choices))


def best_total(frame: pl.DataFrame, quotas: Sequence[tuple[str, str, int, set[int]]], seats: int) -> int:
    points = points_of(frame)
    return max(sum(points[i] for i in s) for s in every(frame, quotas, seats))


def least_missed(frame: pl.DataFrame, policy: Policy) -> int:
    """The fewest seats by which quotas and the number of seats must give way, over all subsets."""
    quotas = counts(frame, policy)
    least = 10**9
    for number in range(frame.height + 1):
        for subset in map(frozenset, combinations(range(frame.height), number)):
            off = max(0, policy.seats.fewest - number) + max(0, number - policy.seats.most)
            for _, kind, seats, members in quotas:
                taken = len(members & subset)
                off += max(0, taken - seats) if kind == "at_most" else max(0, seats - taken)
            least = min(least, off)
    return least


def reason_of(frame: pl.DataFrame, policy: Policy, plain: Plain, row: int) -> tuple[str, str | None, float | None]:
    """Reason, who has the seat and by how many points, where one choice is best."""
    (chosen,) = plain.best
    quotas, points = counts(frame, policy), points_of(frame)
    scores = [round(100 * s) for s in frame["score"]]

    def behind(values: Sequence[int], own: int) -> bool:
        """Whether it could be left out of the plain first: as many others are better or its equals."""
        mine = (values[own], *ladder_of(frame, policy, own))
        return sum((values[i], *ladder_of(frame, policy, i)) >= mine for i in range(frame.height)) > plain.seats

    if row in chosen:
        return ("score" if not behind(scores, row) else "prefer" if not behind(points, row) else "quota"), None, None
    lower = [j for j in chosen if scores[j] < scores[row]]
    if lower:
        number = {j: len(broken(chosen - {j} | {row}, quotas)) for j in lower}
        fewest = min(number.values())
        nearest = min(scores[j] for j in lower if number[j] == fewest)
        candidates = sorted(
            (j for j in lower if number[j] == fewest and scores[j] == nearest),
            key=lambda j: (points[j], *ladder_of(frame, policy, j)),
        )
        lowest = candidates[0]
        alike = [j for j in candidates if (points[j], *ladder_of(frame, policy, j)) == (points[lowest], *ladder_of(frame, policy, lowest))]
        name = frame["unit"][lowest] if len(alike) == 1 else None
        return ("quota" if fewest else "prefer"), name, (scores[row] - nearest) / 100
    tied = [j for j in chosen if points[j] == points[row] and meets(chosen - {j} | {row}, quotas)]
    return ("tie" if tied else "score"), None, None
