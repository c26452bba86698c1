"""What teams do and live on: days of service, visits of the lead expert, money."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import choose, codes, happens, ids, logistic, lognormal, repeat
from kcz_metrics.records.sample.clock import DAY, DAYS, YEARS, busy_day, dates, year_bounds
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.tail import with_tail
from kcz_metrics.records.sample.teams import Teams, served_city

LEVELS = ("city", "county", "park", "enterprise")


def service_tables(rng: np.random.Generator, cities: Cities, found: Bodies, group: Teams, scale: float) -> dict[str, pl.DataFrame]:
    return {
        "service_day": _days(rng, cities, group, scale),
        "visit_plan": _visits(rng, cities, group),
        "team_fund": _funds(rng, found, group),
    }


def _days(rng: np.random.Generator, cities: Cities, group: Teams, scale: float) -> pl.DataFrame:
    """Heavy-tailed over members; a person has one row a day over all teams."""
    n, years = len(group.member_team), len(YEARS)
    member, year = (a.ravel() for a in np.meshgrid(np.arange(n), np.arange(years), indexing="ij"))
    team = group.member_team[member]
    first, end = year_bounds(year)
    first, end = np.maximum(first, group.member_from[member]), np.minimum(np.minimum(end, group.member_to[member]), DAYS)
    there = np.maximum(end - first, 0) / 365.0
    zeal = (
        np.exp(0.42 * group.abilities.of("practicality")[team, year] + 0.5 * rng.standard_normal(n)[member])
        * np.array([0.75, 1.0, 1.2])[year]
    )
    count = rng.poisson(np.minimum(4.3 * zeal * there * scale, 60))
    row = repeat(count)
    day = busy_day(rng, first[row], end[row], working_only=True)
    city = served_city(rng, group, team[row], year[row])
    ok = (city >= 0) & (day >= cities.start[city])
    row, day, city = row[ok], day[ok], city[ok]
    low = happens(rng, logistic(0.5 + 0.75 * group.abilities.of("practicality")[team[row], year[row]]))
    level = np.where(low, 1 + choose(rng, np.array([0.25, 0.3, 0.45]), len(row)), 0)
    frame = pl.DataFrame(
        {
            "team_id": group.ids.gather(team[row]),
            "person_id": group.people.ids.gather(group.member_person[member[row]]),
            "date": dates(day * DAY),
            "city_id": cities.ids.gather(city),
            "level": codes(LEVELS, level),
            "onsite": happens(rng, np.where(level > 0, 0.93, 0.7)),
            "day": day,
        }
    )
    frame = frame.unique(["person_id", "date"], maintain_order=True).sort("team_id", "date", "person_id")
    return with_tail(rng, "service_day", frame, frame["day"].to_numpy() * DAY, "self_report", (0.12, 0.68, 0.20))


def _visits(rng: np.random.Generator, cities: Cities, group: Teams) -> pl.DataFrame:
    team, year = (a.ravel() for a in np.meshgrid(np.arange(group.n), np.arange(len(YEARS)), indexing="ij"))
    count = np.where(group.start[team] < year_bounds(year)[1] - 60, rng.poisson(8.0, len(team)) + 2, 0)
    row = repeat(count)
    team, year = team[row], year[row]
    first, end = year_bounds(year)
    planned = busy_day(rng, np.maximum(first, group.start[team]), np.minimum(end, DAYS - 5), working_only=True)
    city = served_city(rng, group, team, year)
    done = happens(rng, logistic(0.9 + 0.8 * group.abilities.of("practicality")[team, year]))
    late = np.maximum(rng.integers(-2, 9, len(team)), -2)
    ok = (city >= 0) & (planned >= cities.start[city])
    frame = pl.DataFrame(
        {
            "visit_id": ids("VP", len(team), 5),
            "team_id": group.ids.gather(team),
            "person_id": group.people.ids.gather(group.leader[team]),
            "city_id": cities.ids.gather(np.maximum(city, 0)),
            "planned_on": dates(planned * DAY),
            "done_on": dates(np.where(done, (planned + late) * DAY, np.nan)),
        }
    )
    frame = frame.filter(pl.Series(ok))
    return with_tail(rng, "visit_plan", frame, planned[ok] * DAY, "self_report", (0.1, 0.6, 0.3))


def _funds(rng: np.random.Generator, found: Bodies, group: Teams) -> pl.DataFrame:
    team, year = (a.ravel() for a in np.meshgrid(np.arange(group.n), np.arange(len(YEARS)), indexing="ij"))
    mechanism = group.abilities.of("mechanism")[team, year]
    count = np.where(group.start[team] < year_bounds(year)[1] - 60, rng.poisson(np.exp(1.35 + 0.35 * mechanism)), 0)
    row = repeat(count)
    team, year = team[row], year[row]
    first, end = year_bounds(year)
    day = busy_day(rng, np.maximum(first, group.start[team]), end)
    own = rng.random(len(team)) < 0.55
    source = np.where(own, group.lead[team], choose(rng, found.weight[: found.evaluated], len(team)))
    amount = lognormal(rng, 65_000 * np.exp(0.4 * group.abilities.of("mechanism")[team, year]) * (group.members()[team] / 11) ** 0.7, 0.6)
    frame = pl.DataFrame(
        {
            "fund_id": ids("TFN", len(team), 5),
            "team_id": group.ids.gather(team),
            "source_org_id": found.ids.gather(source),
            "amount_cny": (np.maximum(amount, 2000) / 1000).astype(np.int64) * 1000,
            "occurred_on": dates(day * DAY),
        }
    )
    return with_tail(rng, "team_fund", frame, day * DAY, "self_report", (0.55, 0.25, 0.20))
