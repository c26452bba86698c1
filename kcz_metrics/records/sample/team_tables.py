"""The tables of teams: the team itself, members and experts, registrations, cities, targets, support, skills, managers."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import choose, codes, happens, ids, logistic, lognormal, take
from kcz_metrics.records.sample.clock import DAY, DAYS, YEARS, busy_day, dates, moments, office_time, year_bounds
from kcz_metrics.records.sample.industries import FIELD, FIELDS, TAGS, TAGS_EACH
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.teams import Experts, Teams
from kcz_metrics.tables.vocabularies import DISCIPLINES

TEAM_KINDS = ("regional", "industry", "specialist")


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
    role = np.where(
        np.isin(np.arange(len(group.member_team)), group.leader), 0, choose(rng, np.array([0.0, 0.3, 0.7]), len(group.member_team))
    )
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
    bond = rng.standard_normal((group.n, cities.n))[team, city]  # who has signed once signs again
    signs = happens(rng, logistic(0.7 + 1.1 * group.abilities.of("match")[team, year] + 1.6 * bond))
    first, end = year_bounds(year)
    day = busy_day(
        rng,
        np.maximum(np.maximum(first + 10, cities.start[city]), group.start[team]),
        np.minimum(first + 200, end).clip(max=DAYS),
        working_only=True,
    )
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
    grid = np.array(
        [
            (t, y, i)
            for t in range(group.n)
            for y in range(len(YEARS))
            for i in range(4)
            if group.start[t] < year_bounds(np.array([y]))[0][0] + 120
        ]
    )
    team, year, item = grid.T
    planned = lognormal(rng, np.array([12.0, 9.0, 8.0, 60.0])[item], 0.35)
    reached = planned * np.clip(
        0.92 + 0.16 * group.abilities.of("performance")[team, year] + 0.18 * rng.standard_normal(len(team)), 0.05, 1.8
    )
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
    return pl.DataFrame({"team_id": group.ids.gather(strong), "start_year": start, "years": np.full(30, 3), "support_status": state}).sort(
        "team_id"
    )


def _skills(rng: np.random.Generator, group: Teams) -> pl.DataFrame:
    own = np.clip(2 + rng.poisson(1.6 + 1.4 * np.tanh(group.abilities.mean("match"))), 1, TAGS_EACH)
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
