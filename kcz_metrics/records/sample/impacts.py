"""What enterprises gained, credited to contract, team and body; shares of one gain never add to more than the whole."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Floats, Ints, choose, codes, happens, ids, logistic, lognormal, repeat, take
from kcz_metrics.records.sample.clock import DAY, GROWTH, HORIZON, YEARS, busy_day, dates, year_bounds, year_index
from kcz_metrics.records.sample.contracts import Contracts
from kcz_metrics.records.sample.dockings import Dockings
from kcz_metrics.records.sample.needs import Needs
from kcz_metrics.records.sample.organisations import Bodies, buyer
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.tail import with_tail
from kcz_metrics.records.sample.teams import Teams

EFFECTS = ("new_sales", "cost_saving", "new_jobs", "new_standard", "capital")
Part = tuple[Ints, Ints, Ints, Ints, Ints, Ints, Floats, Floats]  # firm, city, team, contract, org, effect, value, when


def impact_table(
    rng: np.random.Generator, cities: Cities, found: Bodies, group: Teams, asked: Needs, met: Dockings, sold: Contracts, scale: float
) -> pl.DataFrame:
    parts = [
        *_of_contracts(rng, cities, found, met, sold),
        _of_teams(rng, group, asked, met),
        _of_bodies(rng, cities, found, scale),
    ]
    firm, city, team, contract, org, effect, value, when = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((firm, when))
    firm, city, team, contract, org, effect, value, when = (c[order] for c in (firm, city, team, contract, org, effect, value, when))
    n = len(firm)
    share = _shares(rng, firm, effect, year_index(when))
    frame = pl.DataFrame(
        {
            "impact_id": ids("IM", n, 5),
            "enterprise_id": found.ids.gather(firm),
            "city_id": cities.ids.gather(city),
            "team_id": take(group.ids, team),
            "contract_id": take(sold.ids, contract),
            "org_id": take(found.ids, org),
            "effect": codes(EFFECTS, effect),
            "value": value,
            "share_pct": share,
            "occurred_on": dates(when),
        }
    )
    return with_tail(rng, "impact", frame, when, "self_report", (0.34, 0.42, 0.24))


def _shares(rng: np.random.Generator, firm: Ints, effect: Ints, year: Ints) -> Floats:
    """Percent in whole numbers; those of one enterprise, effect and year sum to 100 at most."""
    key = pl.DataFrame({"firm": firm, "effect": effect, "year": year, "weight": rng.uniform(0.5, 1.0, len(firm))})
    part = key.select(pl.col("weight") / pl.col("weight").sum().over("firm", "effect", "year"))["weight"].to_numpy()
    return np.asarray(np.maximum(np.floor(part * rng.uniform(55, 100, len(firm))), 1.0))


def _of_contracts(rng: np.random.Generator, cities: Cities, found: Bodies, met: Dockings, sold: Contracts) -> list[Part]:
    """Sales and jobs that follow a contract within two years."""
    evaluated = sold.seller < found.evaluated
    drive = np.where(
        evaluated, 0.6 * (found.abilities.of("drive") + found.abilities.of("transfer"))[np.where(evaluated, sold.seller, 0), sold.year], 0.0
    )
    effect = cities.abilities.of("effectiveness")[sold.buyer_city, sold.year]
    parts: list[Part] = []
    for code, intercept, wait in ((0, -0.55, 260.0), (2, -1.6, 200.0), (1, -1.9, 150.0)):
        hit = np.flatnonzero(happens(rng, logistic(intercept + 0.55 * drive + 0.45 * effect)))
        when = np.floor((sold.signed[hit] + DAY * (40 + lognormal(rng, wait, 0.6, len(hit)))) / DAY) * DAY
        hit, when = hit[when < HORIZON], when[when < HORIZON]
        lift = np.exp(0.35 * drive[hit] + 0.45 * effect[hit])
        money = np.round(lognormal(rng, np.maximum(sold.technology[hit], 20_000) * 2.6 * lift, 0.9), -3)
        jobs = np.maximum(np.round(lognormal(rng, 5.0 * lift, 0.8)), 1)
        value = jobs if code == 2 else money * (0.35 if code == 1 else 1.0)
        team = np.where(sold.docking[hit] >= 0, met.team[sold.docking[hit]], -1)
        org = np.where(evaluated[hit], sold.seller[hit], -1)
        parts.append((sold.buyer[hit], sold.buyer_city[hit], team, hit, org, np.full(len(hit), code), value, when))
    return parts


def _of_teams(rng: np.random.Generator, group: Teams, asked: Needs, met: Dockings) -> Part:
    """Gains of enterprises a team helped, contract or not."""
    year = year_index(met.assigned)
    ability = np.where(met.team >= 0, group.abilities.of("performance")[met.team, year], -9.0)
    hit = np.flatnonzero(happens(rng, logistic(-0.4 + 0.6 * ability)) & (met.team >= 0) & (met.stage >= 3))
    when = np.floor((met.at[hit, 2] + DAY * (15 + lognormal(rng, 90.0, 0.6, len(hit)))) / DAY) * DAY
    hit, when = hit[when < HORIZON], when[when < HORIZON]
    effect = choose(rng, np.array([0.42, 0.34, 0.20, 0.04]), len(hit))
    lift = np.exp(0.4 * ability[hit])
    value = np.select(
        [effect == 2, effect == 3],
        [np.maximum(np.round(lognormal(rng, 3.5 * lift, 0.8)), 1), np.ones(len(hit))],
        np.round(lognormal(rng, 420_000 * lift, 1.1), -3),
    )
    need = met.need[hit]
    return asked.firm[need], asked.city[need], met.team[hit], np.full(len(hit), -1), met.org[hit], effect, value, when


def _of_bodies(rng: np.random.Generator, cities: Cities, found: Bodies, scale: float) -> Part:
    """What a body does for enterprises without a contract: incubation, training, finance."""
    m, years = found.evaluated, len(YEARS)
    drive = found.abilities.of("drive")
    lam = np.column_stack([2.6 * scale * found.weight[:m] * np.exp(0.5 * drive[:, y]) * GROWTH[y] for y in range(years)])
    row = repeat(rng.poisson(lam).ravel())
    org, year = row // years, row % years
    at_home = (found.city[org] >= 0) & (rng.random(len(org)) < 0.7 - 0.12 * np.tanh(drive[org, year]))
    city = np.where(at_home, found.city[org], choose(rng, cities.gdp[:, 1] ** 0.4, len(org)))
    first, end = year_bounds(year)
    begin = np.maximum(first, cities.start[city])
    ok = begin < end - 5
    org, year, city = org[ok], year[ok], city[ok]
    when = busy_day(rng, begin[ok], end[ok]) * DAY
    effect = choose(rng, np.array([0.38, 0.10, 0.30, 0.06, 0.16]), len(org))
    lift = np.exp(0.35 * drive[org, year])
    value = np.select(
        [effect == 2, effect == 3],
        [np.maximum(np.round(lognormal(rng, 4.0 * lift, 0.9)), 1), np.ones(len(org))],
        np.round(lognormal(rng, 700_000 * lift, 1.2), -3),
    )
    return buyer(rng, found, city), city, np.full(len(org), -1), np.full(len(org), -1), org, effect, value, when.astype(np.float64)
