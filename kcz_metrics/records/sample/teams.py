"""Service teams, their members, the cities they serve, what they planned, and the experts of all bodies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from kcz_metrics.records.sample.abilities import Abilities
from kcz_metrics.records.sample.chance import Floats, Ints, choose, choose_within, codes, happens, ids, logistic, lognormal, repeat, take
from kcz_metrics.records.sample.clock import DAY, DAYS, YEARS, busy_day, dates, moments, office_time, year_bounds
from kcz_metrics.records.sample.industries import FIELD, FIELDS, INDUSTRIES, TAGS, TAGS_EACH
from kcz_metrics.records.sample.names import BRANDS_EN, BRANDS_ZH, brands
from kcz_metrics.records.sample.organisations import KINDS, Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.tables.vocabularies import DISCIPLINES

COUNT = 240
TEAM_KINDS = ("regional", "industry", "specialist")
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
    lead = np.concatenate([_leaders(rng, found, np.flatnonzero(kinds[found.kind[: found.evaluated]] == code), k) for code, k in LEADERS.items()])
    lead = lead[rng.permutation(n)]
    start = np.select([rng.random(n) < 0.68, rng.random(n) < 0.6], [np.zeros(n, dtype=np.int64), 80 + rng.integers(0, 480, n)], 560 + rng.integers(0, 330, n))
    start[-1] = 975  # one team that begins in September 2022
    size = 5 + rng.poisson(lognormal(rng, 6.0, 0.45, n))
    member_team = repeat(size)
    joined = np.where(rng.random(len(member_team)) < 0.8, start[member_team], np.minimum(start[member_team] + rng.integers(60, 700, len(member_team)), DAYS - 60))
    stays = lognormal(rng, 2600 * np.exp(0.55 * abilities.mean("mechanism")[member_team]), 0.8)
    left = np.minimum(joined + np.maximum(stays, 90), 4000).astype(np.int64)
    left[np.searchsorted(member_team, np.arange(n), side="left")] = 4000  # the leader stays
    home = np.where(rng.random(len(member_team)) < 0.6, lead[member_team], choose(rng, found.rate("docking"), len(member_team)))
    people = _experts(rng, found, home)
    person = np.arange(len(member_team))
    first = np.searchsorted(member_team, np.arange(n), side="left")
    joined[first] = start
    shared = happens(rng, 0.05, len(person)) & ~np.isin(person, first)
    person[shared] = rng.permutation(np.flatnonzero(~shared))[: int(shared.sum())]  # someone of another team, in two teams at most
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


def _serves(rng: np.random.Generator, cities: Cities, found: Bodies, lead: Ints, start: Ints, abilities: Abilities) -> tuple[Ints, Ints, Ints, Floats]:
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
            keeps = rng.random(count[t]) < 0.85
            keeps[0] = rng.random() < 0.90 + 0.08 * np.tanh(abilities.of("mechanism")[t, y])
            here = [c for c, k in zip(chosen, keeps, strict=True) if k and cities.start[c] < year_bounds(np.array([y]))[1][0] - 45]
            team += [t] * len(here)
            city += here
            year += [y] * len(here)
            weight += [4.0 if c == chosen[0] else 1.0 for c in here]
    return np.array(team), np.array(city), np.array(year), np.array(weight)


def team_tables(rng: np.random.Generator, cities: Cities, found: Bodies, group: Teams) -> dict[str, pl.DataFrame]:
    n = group.n
    mechanism = group.abilities.mean("mechanism")
    team = pl.DataFrame(
        {
            "team_id": group.ids,
            "name_zh": group.names[0],
            "name_en": group.names[1],
            "team_kind": codes(TEAM_KINDS, choose(rng, np.array([0.3, 0.45, 0.25]), n)),
            "lead_org_id": found.ids.gather(group.lead),
            "lead_person_id": group.people.ids.gather(group.leader),
            "tech_field": codes(FIELDS, FIELD[group.industry]),
            "founded_at": dates((group.start - np.where(group.start == 0, rng.integers(20, 900, n), 0)) * DAY),
            "charter_score": np.clip(76 + 9 * mechanism + 5 * rng.standard_normal(n), 20, 100).round().astype(np.int64),
        }
    )
    people = group.people
    expert = pl.DataFrame(
        {
            "person_id": people.ids,
            "org_id": found.ids.gather(people.org),
            "discipline_group": codes(list(DISCIPLINES), people.discipline),
            "consent": happens(rng, 0.93, len(people.ids)),
        }
    )
    role = np.where(np.isin(np.arange(len(group.member_team)), group.leader), 0, choose(rng, np.array([0.0, 0.3, 0.7]), len(group.member_team)))
    member = pl.DataFrame(
        {
            "team_id": group.ids.gather(group.member_team),
            "person_id": people.ids.gather(group.member_person),
            "role": codes(["lead", "core", "member"], role),
            "from_date": dates(group.member_from * DAY),
            "to_date": dates(np.where(group.member_to < DAYS, group.member_to * DAY, np.nan)),
        }
    )
    return {
        "service_team": team,
        "expert": expert,
        "team_member": member,
        "team_registration": _registrations(rng, group),
        "team_city": _team_cities(rng, cities, group),
        "team_target": _targets(rng, group),
        "team_support": _support(rng, group),
        "team_skill": _skills(rng, group),
        "tech_manager": _managers(rng, found, people),
    }


def _registrations(rng: np.random.Generator, group: Teams) -> pl.DataFrame:
    team, year = (a.ravel() for a in np.meshgrid(np.arange(group.n), np.arange(len(YEARS)), indexing="ij"))
    first, end = year_bounds(year)
    there = group.start[team] < end - 40
    team, year, first = team[there], year[there], first[there]
    day = np.minimum(np.maximum(first + 20, group.start[team] + 5) + rng.integers(0, 40, len(team)), DAYS - 12)
    sent = office_time(rng, day)
    state = choose(rng, np.array([0.01, 0.03, 0.95, 0.01]), len(team))
    reviewed = np.where(state == 0, np.nan, sent + DAY * rng.integers(2, 12, len(team)))
    return pl.DataFrame(
        {
            "reg_id": ids("RG", len(team), 4),
            "team_id": group.ids.gather(team),
            "submitted_at": moments(sent),
            "reviewed_at": moments(reviewed),
            "reg_status": codes(["submitted", "returned", "registered", "revoked"], state),
        }
    )


def _team_cities(rng: np.random.Generator, cities: Cities, group: Teams) -> pl.DataFrame:
    team, city, year, _ = group.serves
    signs = happens(rng, logistic(0.5 + 0.8 * group.abilities.of("match")[team, year]))
    first, end = year_bounds(year)
    day = busy_day(rng, np.maximum(np.maximum(first + 10, cities.start[city]), group.start[team]), np.minimum(first + 200, end).clip(max=DAYS), working_only=True)
    return pl.DataFrame(
        {
            "team_id": group.ids.gather(team),
            "city_id": cities.ids.gather(city),
            "year": np.array(YEARS)[year],
            "agreement_signed_at": dates(np.where(signs & (day >= first), day * DAY, np.nan)),
        }
    )


def _targets(rng: np.random.Generator, group: Teams) -> pl.DataFrame:
    items = ("TF01", "TP01", "TP03", "TF02")
    grid = np.array([(t, y, i) for t in range(group.n) for y in range(len(YEARS)) for i in range(4) if group.start[t] < year_bounds(np.array([y]))[0][0] + 120])
    team, year, item = grid.T
    planned = lognormal(rng, np.array([12.0, 9.0, 8.0, 60.0])[item], 0.35)
    reached = planned * np.clip(0.92 + 0.16 * group.abilities.of("performance")[team, year] + 0.18 * rng.standard_normal(len(team)), 0.05, 1.8)
    return pl.DataFrame(
        {
            "team_id": group.ids.gather(team),
            "year": np.array(YEARS)[year],
            "metric": codes(items, item),
            "planned": planned.round(1).clip(0.1),
            "actual": reached.round(1),
            "frozen_at": moments(year_bounds(year)[0] * DAY + 91 * DAY),
        }
    )


def _support(rng: np.random.Generator, group: Teams) -> pl.DataFrame:
    strong = np.argsort(-(group.abilities.mean("performance") + 0.7 * rng.standard_normal(group.n) - 9.0 * (group.start > 0)))[:30]
    start = np.where(np.arange(30) < 18, 2021, 2022)
    state = np.where(np.arange(30) == 4, "stopped", "active")
    return pl.DataFrame({"team_id": group.ids.gather(strong), "start_year": start, "years": np.full(30, 3), "support_status": state}).sort("team_id")


def _skills(rng: np.random.Generator, group: Teams) -> pl.DataFrame:
    own = np.clip(2 + rng.poisson(1.6 + 0.8 * np.tanh(group.abilities.mean("match"))), 1, TAGS_EACH)
    rows = []
    for t in range(group.n):
        first = rng.permutation(TAGS_EACH)[: own[t]] + group.industry[t] * TAGS_EACH
        other = rng.permutation(TAGS_EACH)[: rng.integers(0, 3)] + group.second_industry[t] * TAGS_EACH
        rows += [(t, int(k)) for k in dict.fromkeys([*first.tolist(), *other.tolist()])]
    team, tag = np.array(rows).T
    return pl.DataFrame({"team_id": group.ids.gather(team), "tag": codes(TAGS, tag)})


def _managers(rng: np.random.Generator, found: Bodies, people: Experts) -> pl.DataFrame:
    """Technology managers: people of service bodies, universities, institutes and others who sell much."""
    eager = (found.rate("selling") * np.exp(0.4 * found.abilities.mean("transfer")))[people.org]
    chosen = np.unique(choose(rng, eager, 420))
    day = rng.integers(-500, DAYS + 150, len(chosen))
    certified = day < DAYS
    number = pl.select(pl.lit("KC-") + pl.Series(2020 + day // 365).cast(pl.String) + "-" + ids("", len(chosen), 4)).to_series()
    return pl.DataFrame(
        {
            "tm_id": ids("TM", len(chosen), 4),
            "person_id": people.ids.gather(chosen),
            "org_id": found.ids.gather(people.org[chosen]),
            "cert_no": take(number, np.where(certified, np.arange(len(chosen)), -1)),
            "certified_at": dates(np.where(certified, day * DAY, np.nan)),
        }
    )


def served_city(rng: np.random.Generator, group: Teams, team: Ints, year: Ints) -> Ints:
    """A city that each team serves in that year, its main one most often; -1 where it serves none."""
    of, city, in_year, weight = group.serves
    at = choose_within(rng, of * len(YEARS) + in_year, weight, team * len(YEARS) + year)
    return np.asarray(np.where(at >= 0, city[at], -1), dtype=np.int64)


