"""From an accepted offer through the six stages; what became of each need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from kcz_metrics.records.sample.activities import Activities
from kcz_metrics.records.sample.chance import Floats, Ints, choose, choose_within, codes, happens, ids, logistic, lognormal, take
from kcz_metrics.records.sample.clock import DAY, HORIZON, half_hour, moments, year_index
from kcz_metrics.records.sample.needs import Needs, Offers
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.tail import with_tail
from kcz_metrics.records.sample.teams import Teams

STEPS = ((1.15, 0.50), (0.75, 0.45), (0.05, 0.60), (0.55, 0.40), (0.90, 0.35))  # from stage k to k + 1: intercept and slope on ability
WAITS = (11.0, 20.0, 34.0, 42.0, 110.0)  # median days of each step
COOPERATION = ("joint_development", "consulting", "transfer", "service", "other")


@dataclass(frozen=True)
class Dockings:
    """Dockings by position; ``at`` is docking × (reply, stage 2 … stage 6) in minutes, NaN where it was not reached."""

    ids: pl.Series
    need: Ints
    team: Ints
    org: Ints
    manager: Ints
    assigned: Floats
    at: Floats
    station: Ints

    @property
    def stage(self) -> Ints:
        return np.asarray(1 + np.isfinite(self.at[:, 1:]).sum(axis=1), dtype=np.int64)


def dockings(
    rng: np.random.Generator, cities: Cities, found: Bodies, group: Teams, asked: Needs, given: Offers, managers: Ints, stations: Ints
) -> Dockings:
    """``managers``: the body of each technology manager; ``stations``: the city of each station."""
    pairs = pl.DataFrame({"need": given.need, "org": given.org, "row": np.arange(len(given.need)), "accepted": given.accepted})
    kept = pairs.filter(pl.col("accepted").is_finite()).unique(["need", "org"], maintain_order=True)["row"].to_numpy()
    kept = kept[happens(rng, 0.93, len(kept))]
    need, team, org, assigned, accepted = given.need[kept], given.team[kept], given.org[kept], given.offered[kept], given.accepted[kept]
    n, year = len(kept), year_index(given.offered[kept])
    skill = found.abilities.of("docking")[org, year]
    performance = np.where(team >= 0, 1.1 * group.abilities.of("performance")[team, year] + 0.35 * skill, skill)
    effect = cities.abilities.of("effectiveness")[asked.city[need], year]
    ability = 0.75 * performance + 0.85 * effect - 0.22 * (asked.difficulty[need] - 2) + 0.35 * rng.standard_normal(n)
    at = np.full((n, 6), np.nan)
    at[:, 0] = half_hour(assigned + DAY * lognormal(rng, 4.5 * np.exp(-0.5 * skill), 0.8))
    now = np.maximum(at[:, 0], accepted)
    going = happens(rng, 0.97, n)
    at[~going, 0] = np.nan
    for k, ((intercept, slope), wait) in enumerate(zip(STEPS, WAITS, strict=True), start=1):
        going &= happens(rng, logistic(intercept + slope * ability))
        pace = np.maximum(lognormal(rng, wait * np.exp(-0.18 * ability), 0.6), 8.0 if k == 4 else 0.5)
        now = half_hour(now + pace * DAY)
        going &= now < HORIZON
        at[going, k] = now[going]
    at[at >= HORIZON] = np.nan
    eager = happens(rng, logistic(-1.0 + 0.7 * found.abilities.of("transfer")[org, year]))
    own = choose_within(rng, managers, np.ones(len(managers)), org)
    manager = np.where(eager, np.where(own >= 0, own, choose(rng, np.ones(len(managers)), n)), -1)
    pull = np.exp(0.6 * cities.abilities.mean("radiation"))[stations]
    station = np.where(happens(rng, 0.16, n), choose(rng, pull, n), -1)
    return Dockings(ids("DK", n, 5), need, team, org, manager, assigned, at, station)


def docking_table(
    rng: np.random.Generator,
    found: Bodies,
    group: Teams,
    asked: Needs,
    met: Dockings,
    managers: pl.Series,
    stations: pl.Series,
    held: Activities,
    resources: pl.Series,
    resource_of: Ints,
) -> pl.DataFrame:
    n = len(met.need)
    skill = found.abilities.of("docking")[met.org, year_index(met.assigned)]
    resource = choose_within(rng, resource_of, np.ones(len(resource_of)), met.org)
    mode = choose(rng, np.array([0.35, 0.28, 0.06, 0.26, 0.05]), n)
    frame = pl.DataFrame(
        {
            "docking_id": met.ids,
            "need_id": asked.ids.gather(met.need),
            "provider_org_id": found.ids.gather(met.org),
            "team_id": take(group.ids, met.team),
            "tm_id": take(managers, met.manager),
            "stage": met.stage,
            "assigned_at": moments(met.assigned),
            "first_reply_at": moments(met.at[:, 0]),
            **{f"stage{k + 1}_at": moments(met.at[:, k]) for k in range(1, 6)},
            "no_show": happens(rng, logistic(-3.4 - 0.55 * skill)),
            "complaint_upheld": happens(rng, logistic(-4.1 - 0.55 * skill)),
            "activity_id": _activity(rng, found, met, held),
            "resource_id": take(resources, np.where(happens(rng, 0.12, n), resource, -1)),
            "station_id": take(stations, met.station),
            "mode": codes(("online", "onsite"), choose(rng, np.array([0.42, 0.58]), n)),
            "cooperation_mode": codes(COOPERATION, np.where(met.stage >= 4, mode, -1)),
        }
    )
    return with_tail(rng, "docking", frame, met.assigned, "platform_log", (0.15, 0.68, 0.17))


def _activity(rng: np.random.Generator, found: Bodies, met: Dockings, held: Activities) -> pl.Series:
    """Good organisers see a docking of their own within 90 days of a fusion meeting or an open call."""
    first = np.where(np.isfinite(met.at[:, 1]), met.at[:, 1], HORIZON * 2)
    order = np.lexsort((first, met.org))
    key = met.org[order] * 4.0 * HORIZON + first[order]
    bearing = np.flatnonzero(
        held.bears_dockings & happens(rng, logistic(0.9 + 0.8 * found.abilities.of("docking")[held.org, year_index(held.start)]))
    )
    at = np.searchsorted(key, held.org[bearing] * 4.0 * HORIZON + held.start[bearing])
    at = np.minimum(at, len(key) - 1)
    near = (met.org[order[at]] == held.org[bearing]) & (first[order[at]] - held.start[bearing] <= 88 * DAY)
    linked = np.full(len(met.org), -1)
    linked[order[at[near]]] = bearing[near]
    return take(held.ids, linked)


def outcomes(rng: np.random.Generator, asked: Needs, met: Dockings) -> pl.DataFrame:
    """``outcome``, ``closed_at`` and ``confirmed_by_enterprise`` per need."""
    n = len(asked.city)
    stage = met.stage
    solves = happens(rng, np.array([0, 0, 0, 0.42, 0.75, 0.85, 0.95])[stage])
    when = np.where(
        solves,
        np.nanmax(np.where(np.isfinite(met.at[:, 1:5]), met.at[:, 1:5], 0.0), axis=1) + DAY * (3 + rng.integers(0, 25, len(stage))),
        np.inf,
    )
    when = half_hour(np.where(when < HORIZON, when, np.inf))
    first = np.full(n, np.inf)
    np.minimum.at(first, met.need, when)
    solved = np.isfinite(first)
    best = np.zeros(n)
    np.maximum.at(best, met.need, stage)
    old = asked.posted < HORIZON - 300 * DAY
    partly = ~solved & (best >= 3) & old & happens(rng, 0.6, n)
    rejected = ~solved & ~partly & (best == 0) & np.isfinite(asked.answered) & happens(rng, 0.22, n)
    expired = ~solved & ~partly & ~rejected & old & happens(rng, 0.8, n)
    end = np.select(
        [solved, partly, rejected, expired], [first, asked.posted + 280 * DAY, asked.answered + 3 * DAY, asked.posted + 299 * DAY], np.nan
    )
    state = np.select([solved, partly, rejected, expired], [1, 2, 3, 4], 0)
    state = np.where((state > 1) & ~(end < HORIZON), 0, state)
    confirmed = pl.select(pl.when(pl.Series(solved)).then(pl.Series(happens(rng, 0.93, n)))).to_series()
    return pl.DataFrame(
        {
            "outcome": codes(("open", "solved", "partly", "rejected", "expired"), state),
            "closed_at": moments(np.where(state > 0, end, np.nan)),
            "confirmed_by_enterprise": confirmed,
        }
    )
