"""Service teams, their members, the cities they serve, what they planned, and the experts of all bodies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from kcz_metrics.records.sample.abilities import Abilities
from kcz_metrics.records.sample.chance import Floats, Ints, choose, choose_within, codes, happens, ids, lognormal, repeat
from kcz_metrics.records.sample.clock import DAYS, YEARS, year_bounds
from kcz_metrics.records.sample.industries import INDUSTRIES
from kcz_metrics.records.sample.names import BRANDS_EN, BRANDS_ZH, brands
from kcz_metrics.records.sample.organisations import KINDS, Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.tables.vocabularies import DISCIPLINES

COUNT = 240
LEADERS = {"NS": 70, "PS": 50, "UN": 48, "RI": 30, "SO": 20, "LA": 16, "EN": 6}


@dataclass(frozen=True)
class Teams:
    """Teams by position. ``serves`` holds one row per team, city and year: positions of all three and the weight of the city."""

    n: int
    ids: pl.Series
    lead: Ints
    partner: Ints
    leader: Ints
    industry: Ints
    second_industry: Ints
    start: Ints
    abilities: Abilities
    serves: tuple[Ints, Ints, Ints, Floats]
    member_team: Ints
    member_person: Ints
    member_from: Ints
    member_to: Ints
    names: tuple[pl.Series, pl.Series]
    people: Experts

    def members(self) -> Ints:
        return np.bincount(self.member_team, minlength=self.n)


@dataclass(frozen=True)
class Experts:
    ids: pl.Series
    org: Ints
    discipline: Ints


def teams(rng: np.random.Generator, cities: Cities, found: Bodies, abilities: Abilities) -> Teams:
    n = COUNT
    kinds = np.array([k.code for k in KINDS])
    lead = np.concatenate(
        [_leaders(rng, found, np.flatnonzero(kinds[found.kind[: found.evaluated]] == code), k) for code, k in LEADERS.items()]
    )
    lead = lead[rng.permutation(n)]
    start = np.select(
        [rng.random(n) < 0.68, rng.random(n) < 0.6],
        [np.zeros(n, dtype=np.int64), 80 + rng.integers(0, 480, n)],
        560 + rng.integers(0, 330, n),
    )
    start[-1] = 975  # one team that begins in September 2022
    size = 5 + rng.poisson(lognormal(rng, 6.0, 0.45, n))
    member_team = repeat(size)
    joined = np.where(
        rng.random(len(member_team)) < 0.8,
        start[member_team],
        np.minimum(start[member_team] + rng.integers(60, 700, len(member_team)), DAYS - 60),
    )
    stays = lognormal(rng, 2600 * np.exp(0.55 * abilities.mean("mechanism")[member_team]), 0.8)
    left = np.minimum(joined + np.maximum(stays, 90), 4000).astype(np.int64)
    left[np.searchsorted(member_team, np.arange(n), side="left")] = 4000  # the leader stays
    home = np.where(rng.random(len(member_team)) < 0.6, lead[member_team], choose(rng, found.rate("docking"), len(member_team)))
    people = _experts(rng, found, home)
    person = np.arange(len(member_team))
    first = np.searchsorted(member_team, np.arange(n), side="left")
    joined[first] = start
    shared = happens(rng, 0.05, len(person)) & ~np.isin(person, first)
    someone = rng.permutation(np.flatnonzero(~shared))[: int(shared.sum())]
    elsewhere = member_team[someone] != member_team[shared]
    person[np.flatnonzero(shared)[elsewhere]] = someone[elsewhere]  # a person is in two teams at most
    industry = np.where(rng.random(n) < 0.7, found.industry[lead], choose(rng, 1.0 / np.arange(2, len(INDUSTRIES) + 2) ** 0.4, n))
    mark = brands(rng, np.zeros(n, dtype=np.int64))
    stems_zh, stems_en = codes([i.stem for i in INDUSTRIES], industry), codes([i.name_en for i in INDUSTRIES], industry)
    return Teams(
        n=n,
        ids=ids("ST", n, 4),
        lead=lead,
        partner=choose(rng, found.rate("docking") * found.weight[: found.evaluated], n),
        leader=first,
        industry=industry,
        second_industry=choose(rng, np.ones(len(INDUSTRIES)), n),
        start=start,
        abilities=abilities,
        serves=_serves(rng, cities, found, lead, start, abilities),
        member_team=member_team,
        member_person=person,
        member_from=joined,
        member_to=left,
        names=(BRANDS_ZH.gather(mark) + stems_zh + "科技服务团", BRANDS_EN.gather(mark) + " " + stems_en + " Service Team"),
        people=people,
    )


def _leaders(rng: np.random.Generator, found: Bodies, able: Ints, n: int) -> Ints:
    """Bodies of one class, each leading about as many teams as it is active."""
    return able[choose(rng, found.weight[able] ** 0.6, n)]


def _experts(rng: np.random.Generator, found: Bodies, home: Ints) -> Experts:
    """Members first, then further experts of every evaluated body, who answer needs."""
    extra = repeat(3 + rng.poisson(6.0 * found.rate("docking")))
    org = np.concatenate([home, extra])
    n = len(org)
    number = rng.choice(16**6, n, replace=False)
    lead = np.where(rng.random(n) < 0.7, found.discipline[org], rng.integers(0, len(DISCIPLINES), n))
    return Experts(pl.Series([f"P{x:06x}" for x in number]), org, lead)


def _serves(
    rng: np.random.Generator, cities: Cities, found: Bodies, lead: Ints, start: Ints, abilities: Abilities
) -> tuple[Ints, Ints, Ints, Floats]:
    """A main city that is kept, and up to five others; the choice falls on engaged and near cities."""
    n = len(lead)
    appeal = np.exp(0.35 * cities.abilities.mean("engagement")) * cities.gdp[:, 1] ** 0.3
    count = 1 + rng.binomial(5, 0.5, n)
    team, city, year, weight = [], [], [], []
    for t in range(n):
        near = appeal * np.where(cities.province == found.province[lead[t]], 6.0, 1.0)
        chosen = rng.choice(cities.n, count[t], replace=False, p=near / near.sum())
        for y in range(len(YEARS)):
            if start[t] >= year_bounds(np.array([y]))[1][0] - 30:
                continue
            keeps = rng.random(count[t]) < 0.92
            keeps[0] = rng.random() < 0.95 + 0.04 * np.tanh(abilities.of("mechanism")[t, y])
            here = [c for c, k in zip(chosen, keeps, strict=True) if k and cities.start[c] < year_bounds(np.array([y]))[1][0] - 45]
            team += [t] * len(here)
            city += here
            year += [y] * len(here)
            weight += [4.0 if c == chosen[0] else 1.0 for c in here]
    return np.array(team), np.array(city), np.array(year), np.array(weight)


def served_city(rng: np.random.Generator, group: Teams, team: Ints, year: Ints) -> Ints:
    """A city that each team serves in that year, its main one most often; -1 where it serves none."""
    of, city, in_year, weight = group.serves
    at = choose_within(rng, of * len(YEARS) + in_year, weight, team * len(YEARS) + year)
    return np.asarray(np.where(at >= 0, city[at], -1), dtype=np.int64)
