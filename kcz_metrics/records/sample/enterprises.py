"""What is known of enterprises: size, kinds, titles won after service, associations in parks, chains, residency, incubation."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Floats, Ints, choose, choose_within, codes, happens, ids, logistic, lognormal, take
from kcz_metrics.records.sample.clock import DAY, DAYS, HORIZON, ORIGIN, busy_day, dates, moments, year_bounds
from kcz_metrics.records.sample.dockings import Dockings
from kcz_metrics.records.sample.needs import Needs
from kcz_metrics.records.sample.organisations import SIZES, Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.tail import with_tail

LEADERS_A_CITY = 3


def chain_leaders(rng: np.random.Generator, cities: Cities, found: Bodies) -> Ints:
    """The heaviest firms of each city, one to three."""
    firms = found.enterprises
    chosen = []
    for c in range(cities.n):
        here = firms[found.city[firms] == c]
        chosen.append(here[np.argsort(-found.weight[here])][: int(rng.integers(1, LEADERS_A_CITY + 1))])
    return np.concatenate(chosen)


def enterprise_tables(
    rng: np.random.Generator, cities: Cities, found: Bodies, asked: Needs, met: Dockings, parks: pl.DataFrame, scale: float
) -> dict[str, pl.DataFrame]:
    leaders = chain_leaders(rng, cities, found)
    young, incubated = _incubated(rng, cities, found, leaders, scale)
    return {
        "enterprise": _enterprises(rng, found, asked, met, leaders, young, incubated),
        "enterprise_association": _associations(rng, cities, found, parks),
        "supply_link": _links(rng, cities, found, leaders),
        "incubated_firm": incubated,
        "org_residency": _residency(rng, cities, found),
    }


def _enterprises(
    rng: np.random.Generator, found: Bodies, asked: Needs, met: Dockings, leaders: Ints, young: Ints, incubated: pl.DataFrame
) -> pl.DataFrame:
    firms = found.enterprises
    n, size = len(firms), found.size[firms]
    place = np.full(len(found.ids), -1)
    place[firms] = np.arange(n)
    served = np.full(n, np.inf)
    helper = np.zeros(n, dtype=np.int64)
    reached = np.flatnonzero(np.isfinite(met.at[:, 1]))
    firm = place[asked.firm[met.need[reached]]]
    np.minimum.at(served, firm, met.at[reached, 1])
    first = met.at[reached, 1] == served[firm]
    helper[firm[first]] = met.org[reached[first]]
    drive = np.where(np.isfinite(served), found.abilities.mean("drive")[helper], 0.0)
    won = np.isfinite(served) & happens(rng, logistic(-1.9 + 0.6 * drive))
    day = np.where(np.isfinite(served), served, 0.0) + DAY * (185 + rng.integers(0, 500, n))
    had = happens(rng, 0.30, n)
    hitech = np.where(won, day, np.where(had, DAY * rng.integers(-2400, 0, n), np.nan))
    giant_new = np.isfinite(served) & (size >= 1) & happens(rng, logistic(-3.4 + 0.6 * drive))
    giant = np.where(giant_new, day + 60 * DAY, np.where(happens(rng, 0.05, n) & (size <= 2), DAY * rng.integers(-900, 0, n), np.nan))
    hitech, giant = np.where(hitech < HORIZON, hitech, np.nan), np.where(giant < HORIZON, giant, np.nan)
    founded = np.array([dt.timedelta(days=int(x)) + ORIGIN for x in -np.round(lognormal(rng, 3000.0, 0.6, n)).clip(400, 14_000)])
    birth = dict(zip(young.tolist(), incubated["registered_at"].to_list(), strict=True))
    founded = np.array([birth.get(int(f), day) for f, day in zip(firms, founded, strict=True)])
    leads = np.isin(firms, leaders)
    kinds = {
        "tech_leader": leads & happens(rng, 0.4, n),
        "local_soe": (size <= 1) & happens(rng, 0.12, n),
        "private_leader": (size == 0) & happens(rng, 0.25, n),
        "platform": happens(rng, 0.02, n),
        "little_giant": np.isfinite(giant),
        "chain_lead": leads,
        "hi_tech": np.isfinite(hitech),
        "startup": np.isin(firms, young),
    }
    flags = pl.DataFrame({k: pl.select(pl.when(pl.Series(v)).then(pl.lit(k))).to_series() for k, v in kinds.items()})
    joined = flags.select(pl.concat_str(flags.columns, separator="|", ignore_nulls=True).alias("flags"))["flags"].replace("", None)
    return pl.DataFrame(
        {
            "org_id": found.ids.gather(firms),
            "size": codes(SIZES, size),
            "flags": joined,
            "founded_at": founded.tolist(),
            "title_hitech_at": dates(hitech),
            "title_giant_at": dates(giant),
        }
    )


def _incubated(rng: np.random.Generator, cities: Cities, found: Bodies, leaders: Ints, scale: float) -> tuple[Ints, pl.DataFrame]:
    """Young firms with the body that incubated them, mostly of the same city."""
    m = found.evaluated
    small = found.enterprises[(found.size[found.enterprises] >= 2) & (found.enterprises >= m)]
    small = small[~np.isin(small, leaders)]
    drive = found.abilities.mean("drive")
    pull = np.exp(0.6 * drive) * found.rate("docking")
    n = min(int(2200 * scale), len(small) // 3)
    incubator = choose(rng, pull, n)
    city = found.city[incubator]
    at = choose_within(rng, found.city[small], np.ones(len(small)), np.maximum(city, 0))
    firm = np.where((city >= 0) & (at >= 0), small[np.maximum(at, 0)], small[rng.integers(0, len(small), n)])
    firm, kept = np.unique(firm, return_index=True)
    incubator = incubator[kept]
    n = len(firm)
    year = choose(rng, np.array([0.25, 0.33, 0.42]), n)
    first, end = year_bounds(year)
    start = np.maximum(first, cities.start[found.city[firm]])
    day = busy_day(rng, start, np.maximum(end, start + 1), working_only=True)
    alive = happens(rng, logistic(1.1 + 0.6 * drive[incubator]))
    known = day + 366 < DAYS
    frame = pl.DataFrame(
        {
            "org_id": found.ids.gather(firm),
            "incubator_org_id": found.ids.gather(incubator),
            "registered_at": dates(day * DAY),
            "alive_12m": pl.select(pl.when(pl.Series(known)).then(pl.Series(alive))).to_series(),
        }
    )
    return firm, with_tail(rng, "incubated_firm", frame, day * DAY, "registry", (0.7, 0.2, 0.1))


def _associations(rng: np.random.Generator, cities: Cities, found: Bodies, parks: pl.DataFrame) -> pl.DataFrame:
    """Enterprise associations: engaged cities cover their parks sooner."""
    city = parks["city_id"].str.slice(2).cast(pl.Int64).to_numpy() - 1
    engaged = cities.abilities.mean("engagement")[city]
    covered = happens(rng, logistic(1.3 + 0.9 * engaged))
    park = np.repeat(np.flatnonzero(covered), 1 + rng.poisson(0.8, int(covered.sum())))
    large = found.enterprises[found.size[found.enterprises] <= 2]
    at = choose_within(rng, found.city[large], found.weight[large], city[park])
    firm = np.where(at >= 0, large[np.maximum(at, 0)], -1)
    firm, kept = np.unique(firm, return_index=True)
    park, firm = park[kept][firm >= 0], firm[firm >= 0]
    n = len(firm)
    day = np.minimum(lognormal(rng, 420 * np.exp(-0.35 * engaged[park]), 0.7), DAYS - 20).astype(np.int64)
    active = happens(rng, logistic(1.6 + 0.6 * engaged[park]))
    last = np.where(
        active, np.maximum(day, DAYS - rng.integers(5, 200, n)), np.where(rng.random(n) < 0.5, np.minimum(day + 100, DAYS - 1), np.nan)
    )
    return pl.DataFrame(
        {
            "ea_id": ids("EA", n, 4),
            "org_id": found.ids.gather(firm),
            "park_id": parks["park_id"].gather(park),
            "founded_at": dates(day * DAY),
            "last_activity_at": dates(last * DAY),
        }
    )


def _links(rng: np.random.Generator, cities: Cities, found: Bodies, leaders: Ints) -> pl.DataFrame:
    """Who stands in whose chain; leaders of radiating cities reach further."""
    lead = np.repeat(leaders, 6 + rng.poisson(9, len(leaders)))
    radiation = cities.abilities.mean("radiation")[found.city[lead]]
    away = happens(rng, logistic(-0.6 + 0.6 * radiation))
    firms = found.enterprises
    near = choose_within(rng, found.city[firms], found.weight[firms], found.city[lead])
    trade = choose_within(rng, found.industry[firms], found.weight[firms], found.industry[lead])
    member = firms[np.where(away & (trade >= 0), trade, near)]
    frame = pl.DataFrame(
        {
            "lead_org_id": found.ids.gather(lead),
            "member_org_id": found.ids.gather(member),
            "side": codes(["upstream", "downstream"], choose(rng, np.array([0.55, 0.45]), len(lead))),
            "city_id": cities.ids.gather(found.city[lead]),
        }
    )
    return frame.filter(pl.col("lead_org_id") != pl.col("member_org_id")).unique(["lead_org_id", "member_org_id"], maintain_order=True)


def _residency(rng: np.random.Generator, cities: Cities, found: Bodies) -> pl.DataFrame:
    """When each enterprise joined the platform, and who brought it."""
    firms = found.enterprises
    joins = firms[happens(rng, 0.5, len(firms))]
    n = len(joins)
    year = choose(rng, np.array([0.2, 0.28, 0.52]), n)
    first, end = year_bounds(year)
    start = np.maximum(first, cities.start[found.city[joins]])
    ok = start < end - 5
    joins, year, start, end = joins[ok], year[ok], start[ok], end[ok]
    n = len(joins)
    day = busy_day(rng, start, end, working_only=True)
    eager: Floats = found.rate("resources") * np.exp(0.55 * found.abilities.mean("resource"))
    referrer = np.where(happens(rng, 0.72, n), choose(rng, eager, n), -1)
    resource = found.abilities.mean("resource")[np.maximum(referrer, 0)]
    wait = lognormal(rng, 30 * np.exp(-0.4 * resource), 1.1)
    acted = np.where(happens(rng, 0.85, n), (day + 1) * DAY + np.round(wait * 48) * 30, np.nan)
    frame = pl.DataFrame(
        {
            "org_id": found.ids.gather(joins),
            "joined_at": dates(day * DAY),
            "referrer_org_id": take(found.ids, referrer),
            "first_action_at": moments(acted),
            "day": day,
        }
    ).sort("joined_at", "org_id")
    return with_tail(rng, "org_residency", frame, frame["day"].to_numpy() * DAY, "platform_log", (0.2, 0.6, 0.2))
