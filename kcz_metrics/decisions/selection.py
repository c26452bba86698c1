"""A fixed number of units under quotas: the best choice, and for each unit why it is in or out.

Points are published scores plus those of ``prefer``; see ``programme`` for what is best and ``equals`` for the ladder. Reasons, first that
holds:

======================= ================================================================================================================
``not_eligible``        misses a bar; ``ineligible`` names each
``infeasible``          the quotas cannot all be met; ``relaxation`` says which must give way, nobody is chosen
``panel``               the ladder does not decide between it and others: the panel votes, it is not chosen yet
``score`` (chosen)      among the plain first by score
``prefer`` (chosen)     would be in without any quota, for what ``prefer`` adds
``quota`` (chosen)      neither; ``quota`` names the least numbers that keep its seat, where it is they
``score`` (out)         nobody with a lower score is chosen
``prefer`` (out)        somebody with a lower score is chosen for what ``prefer`` adds
``quota`` (out)         somebody with a lower score is chosen; ``quota`` names the rules that forbid the exchange
``tie`` (out)           an equal one is chosen, and the ladder decided
======================= ================================================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.decisions import displacement, eligibility, equals, pricing, quotas, relaxing
from kcz_metrics.decisions.programme import Chosen, Whole, choose
from kcz_metrics.decisions.quotas import Rule
from kcz_metrics.errors import DecisionError, Issue, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.methods import Flags
from kcz_metrics.methods.rank import competition
from kcz_metrics.methods.rank import published as rounded
from kcz_metrics.scheme.selections import Selection as Policy

#: Decimals of points where the index publishes none.
DECIMALS: Final = 4
UNITS: Final = {
    "unit": pl.String, "score": pl.Float64, "published": pl.Float64, "rank": pl.Int64, "points": pl.Float64,
    "eligible": pl.Boolean, "ineligible": pl.String, "selected": pl.Boolean, "reason": pl.String, "quota": pl.String,
    "displaced_by": pl.String, "by_points": pl.Float64, "reserve": pl.Int64, "plain": pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True)
class Selection:
    """``units`` has a row for each candidate, best score first, equals in no order that means anything. ``seats`` are those given,
    ``open_seats`` of them wait for the panel. ``total`` is the sum of points, ``score`` that of published scores, ``plain_score`` that of
    the plain first as many by score, who are marked ``plain``. ``by_points`` is by how many points of score the unit is ahead of the one
    that has a seat. ``relaxation`` is empty where all quotas can be met.
    """

    policy: Policy
    units: pl.DataFrame
    seats: int
    open_seats: int
    total: float
    score: float
    plain_score: float
    decided_by: str | None
    relaxation: pl.DataFrame
    #: Over the eligible: unit ids, points in the last decimal, the rules, the choice, the order of the ladder.
    ids: tuple[str, ...] = ()
    points: Whole = field(default_factory=lambda: np.zeros(0, np.int64), repr=False)
    rules: tuple[Rule, ...] = field(default=(), repr=False)
    chosen: Chosen | None = field(default=None, repr=False)
    order: Whole = field(default_factory=lambda: np.zeros(0, np.int64), repr=False)
    scale: float = 1.0

    @property
    def feasible(self) -> bool:
        return self.chosen is not None

    @cached_property
    def prices(self) -> pl.DataFrame:
        """Every quota with what it costs, see ``pricing.prices``; empty where infeasible."""
        if self.chosen is None:
            return pl.DataFrame(schema=pricing.FRAME)
        return pricing.prices(self.points, self.rules, self.chosen, self.scale)

    @cached_property
    def rivals(self) -> pl.DataFrame:
        """``unit, rival, gap``: whom each eligible unit could change places with, ``gap`` in points; see ``displacement.rivals``."""
        picked = np.zeros(len(self.ids), bool) if self.chosen is None else self.chosen.picked
        found = displacement.rivals(self.points, picked, self.rules, self.order)
        names = pl.Series(self.ids, dtype=pl.String)
        return found.select(
            names.gather(found["row"]).alias("unit"), names.gather(found["rival"]).alias("rival"), (found["gap"] / self.scale).alias("gap")
        )


def select(candidates: pl.DataFrame, policy: Policy, decimals: int | None = 2, relax: bool = False) -> Selection:
    """Choose among ``candidates``: a row each with ``unit``, ``score`` (null for one that is not ranked) and the columns that the policy
    names. ``decimals`` are those the index publishes. With ``relax`` quotas that cannot all be met give way by the fewest seats, as
    ``relaxation`` says, and the choice is made under what is left of them. Raises DecisionError for columns that are missing."""
    _columns(candidates, policy)
    places = DECIMALS if decimals is None else decimals
    scale = 10.0**places
    score = candidates["score"].cast(pl.Float64).to_numpy().astype(float)
    known = ~np.isnan(score)
    shown = np.where(known, rounded(np.where(known, score, 0.0), places), np.nan)
    frame = candidates.with_columns(pl.Series("published", shown).fill_nan(None), pl.Series("rank", competition(shown)).fill_nan(None))
    missed = eligibility.missed(frame, policy.eligible)
    eligible = frame.filter(missed.list.len() == 0)
    rules = tuple(rule.of((missed.list.len() == 0).to_numpy()) for rule in quotas.rules(frame, policy))
    scores = np.rint(eligible["published"].to_numpy() * scale).astype(np.int64)
    points = scores + _preferred(eligible, policy, scale)
    criteria = equals.criteria(eligible, policy.ties)
    first, last = equals.places(points, criteria)
    chosen, relaxation = choose(points, criteria, rules, policy.seats), pl.DataFrame(schema=relaxing.FRAME)
    if chosen is None:
        relaxation = relaxing.smallest(points, rules, policy.seats)
        if relax:
            rules, seats_left = relaxing.relaxed(rules, policy.seats, relaxation)
            chosen = choose(points, criteria, rules, seats_left)
    by_score = equals.places(scores, criteria)[1]
    told = _told(eligible, policy, scores, points, rules, chosen, (first, last), by_score, scale)
    seats = 0 if chosen is None else chosen.seats
    return Selection(
        policy=policy,
        units=_units(frame, missed, told),
        seats=seats,
        open_seats=0 if chosen is None else seats - int(chosen.sure.sum()),
        total=0.0 if chosen is None else chosen.total / scale,
        score=0.0 if chosen is None else int(scores[chosen.picked].sum()) / scale,
        plain_score=int(np.sort(scores)[::-1][:seats].sum()) / scale,
        decided_by=policy.ties[chosen.decided - 1] if chosen is not None and chosen.decided else None,
        relaxation=relaxation,
        ids=tuple(eligible["unit"]),
        points=points,
        rules=rules,
        chosen=chosen,
        order=first,
        scale=scale,
    )


def _columns(candidates: pl.DataFrame, policy: Policy) -> None:
    quoted = [c for quota in (*policy.at_most, *policy.at_least) for c in (*([quota.by] if quota.by else ()), *quota.where)]
    asked = dict.fromkeys(("unit", "score", *eligibility.columns_read(policy.eligible), *quoted, *policy.prefer, *policy.ties))
    issues = [
        Issue("unknown_column", T("候选对象没有“{name}”这一列", name=name), hint=did_you_mean(name, candidates.columns))
        for name in asked
        if name not in candidates.columns
    ]
    if issues:
        raise DecisionError(issues)


def _preferred(eligible: pl.DataFrame, policy: Policy, scale: float) -> Whole:
    bonus = np.zeros(eligible.height)
    for name, points in policy.prefer.items():
        bonus += eligible[name].cast(pl.Float64).fill_null(0.0).to_numpy() * points
    return np.rint(bonus * scale).astype(np.int64)


def _told(
    eligible: pl.DataFrame,
    policy: Policy,
    scores: Whole,
    points: Whole,
    rules: Sequence[Rule],
    chosen: Chosen | None,
    places: tuple[Whole, Whole],
    by_score: Whole,
    scale: float,
) -> pl.DataFrame:
    """What is said of each eligible unit."""
    ids, n = eligible["unit"], eligible.height
    reason = np.full(n, "infeasible", object)
    lines: dict[int, Sequence[str]] = {}
    other: dict[int, tuple[str, float]] = {}
    first, last = places
    sure, waiting, seats = np.zeros(n, bool), np.zeros(n, bool), 0
    if chosen is not None:
        sure, waiting, seats = chosen.sure, chosen.open, chosen.seats
        reason[:] = "score"
        for row, other_row, ahead, broken in displacement.displaced(scores, chosen.picked, rules, first).iter_rows():
            lines[row], other[row] = broken, (ids[other_row], ahead / scale)
            reason[row] = "quota" if broken else "prefer"
        _ties(reason, points, chosen.picked, rules, first)
        reason[sure & (by_score > seats)] = "prefer"
        by_quota = sure & (by_score > seats) & (last > seats)
        reason[by_quota] = "quota"
        kept = displacement.held(chosen.picked, rules)
        lines |= {int(row): kept[int(row)] for row in np.flatnonzero(by_quota)}
        reason[waiting] = "panel"
    left = ~(sure | waiting)
    reserve = _reserves(places, left, policy.reserves if chosen is not None else 0)
    said = [row for row in range(n) if reason[row] in ("quota", "prefer")]
    return pl.DataFrame(
        {
            "unit": ids,
            "points": points / scale,
            "selected": sure,
            "reason": pl.Series(reason.tolist(), dtype=pl.String),
            "quota": pl.Series(["; ".join(lines.get(row, ())) or None if row in said else None for row in range(n)], dtype=pl.String),
            "displaced_by": pl.Series([other[row][0] if row in said and row in other else None for row in range(n)], dtype=pl.String),
            "by_points": pl.Series([other[row][1] if row in said and row in other else None for row in range(n)], dtype=pl.Float64),
            "reserve": pl.Series(reserve, dtype=pl.Int64),
            "plain": by_score <= seats,
        }
    )


def _ties(reason: np.ndarray, points: Whole, picked: Flags, rules: Sequence[Rule], order: Whole) -> None:
    """Those left out beside a chosen one with the same points, whom nothing but the ladder forbids to change places."""
    out, chosen, breaks = displacement.broken(rules, picked)
    equal = (points[out][:, None] == points[chosen][None, :]) & ~breaks.any(axis=0) & (order[out][:, None] > order[chosen][None, :])
    tied = out[equal.any(axis=1)]
    reason[tied[reason[tied] == "score"]] = "tie"


def _reserves(places: tuple[Whole, Whole], left: Flags, most: int) -> list[int | None]:
    """The place of each of those left out on the reserve list; equals share one, and the last place takes all of its equals."""
    rank = np.where(left, places[0], np.iinfo(np.int64).max)
    among = np.array([int((rank[left] < own).sum()) + 1 if out else 0 for own, out in zip(rank, left, strict=True)], np.int64)
    return [int(place) if out and place <= most else None for place, out in zip(among, left, strict=True)]


def _units(frame: pl.DataFrame, missed: pl.Series, told: pl.DataFrame) -> pl.DataFrame:
    ready = frame.select("unit", "score", "published", "rank").with_columns(
        eligible=missed.list.len() == 0, ineligible=pl.when(missed.list.len() > 0).then(missed.list.join(" "))
    )
    joined = ready.join(told, on="unit", how="left", maintain_order="left").with_columns(
        pl.col("selected").fill_null(False), pl.col("plain").fill_null(False), pl.col("reason").fill_null("not_eligible")
    )
    return joined.select(pl.col(name).cast(kind) for name, kind in UNITS.items()).sort(
        "published", "unit", descending=[True, False], nulls_last=True
    )
