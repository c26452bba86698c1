"""Talent placed, standards led, advice given, projects landed from abroad."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Floats, Ints, choose, choose_within, codes, happens, ids, logistic, lognormal, repeat, take
from kcz_metrics.records.sample.clock import DAY, GROWTH, YEARS, busy_day, dates, year_bounds
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.tail import with_tail

COUNTRIES = ("DE", "JP", "US", "GB", "SG", "FR", "KR", "NL", "CH", "IL", "RU", "IT", "SE", "CA", "AU")
STANDARDS = ("national", "industry", "group", "demonstration")
PREFIX = ("GB/T", "HB/T", "T/KCZ", "SF")


def spread_tables(rng: np.random.Generator, cities: Cities, found: Bodies, scale: float) -> dict[str, pl.DataFrame]:
    return {
        "talent": _talent(rng, cities, found, scale),
        "standard_item": _standards(rng, found, scale),
        "advice_item": _advice(rng, found, scale),
        "overseas_landing": _landings(rng, cities, scale),
    }


def _by_body(rng: np.random.Generator, found: Bodies, rate: float, slope: float) -> tuple[Ints, Ints, Floats]:
    """Bodies and year indices drawn by their drive, and that drive."""
    drive = found.abilities.of("drive")
    lam = rate * found.weight[: found.evaluated, None] ** 0.7 * np.exp(slope * drive) * np.array(GROWTH)[None, :]
    row = repeat(rng.poisson(lam).ravel())
    org, year = row // len(YEARS), row % len(YEARS)
    return org, year, np.asarray(drive[org, year])


def _talent(rng: np.random.Generator, cities: Cities, found: Bodies, scale: float) -> pl.DataFrame:
    org, year, drive = _by_body(rng, found, 3.2 * scale, 0.5)
    home = np.where(found.city[org] >= 0, found.city[org], choose(rng, cities.gdp[:, 1] ** 0.4, len(org)))
    firms = found.enterprises
    employer = firms[choose_within(rng, found.city[firms], found.weight[firms], home)]
    first, end = year_bounds(year)
    begin = np.maximum(first, cities.start[home])
    ok = begin < end - 5
    org, drive, employer, begin, end = org[ok], drive[ok], employer[ok], begin[ok], end[ok]
    day = busy_day(rng, begin, end, working_only=True)
    kind = choose(rng, np.array([0.6, 0.24, 0.16]), len(org))
    stays = np.where(kind == 0, lognormal(rng, 900 * np.exp(0.3 * drive), 0.7), lognormal(rng, 120.0, 0.6, len(org)))
    frame = pl.DataFrame(
        {
            "talent_id": ids("TL", len(org), 5),
            "org_id": found.ids.gather(employer),
            "intro_org_id": take(found.ids, np.where(happens(rng, 0.95, len(org)), org, -1)),
            "kind": codes(["introduced", "short_term", "internship"], kind),
            "start_date": dates(day * DAY),
            "end_date": dates((day + np.maximum(stays.round(), 5)) * DAY),
        }
    )
    return with_tail(rng, "talent", frame, day * DAY, "self_report", (0.45, 0.35, 0.20))


def _standards(rng: np.random.Generator, found: Bodies, scale: float) -> pl.DataFrame:
    org, year, drive = _by_body(rng, found, 1.2 * scale, 0.55)
    first, end = year_bounds(year)
    day = busy_day(rng, first, end, working_only=True)
    level = np.select(
        [0.6 * drive + rng.standard_normal(len(org)) > 1.5, rng.random(len(org)) < 0.3],
        [0, 1],
        choose(rng, np.array([0, 0, 0.72, 0.28]), len(org)),
    )
    number = pl.select(
        codes(PREFIX, level) + " " + ids("9", len(org), 4) + "-" + pl.Series(np.array(YEARS)[year]).cast(pl.String)
    ).to_series()
    frame = pl.DataFrame(
        {"standard_id": number, "org_id": found.ids.gather(org), "level": codes(STANDARDS, level), "published_on": dates(day * DAY)}
    )
    return with_tail(rng, "standard_item", frame, day * DAY, "registry", (0.8, 0.15, 0.05))


def _advice(rng: np.random.Generator, found: Bodies, scale: float) -> pl.DataFrame:
    org, year, drive = _by_body(rng, found, 2.6 * scale, 0.45)
    first, end = year_bounds(year)
    day = busy_day(rng, first, end, working_only=True)
    adopted = happens(rng, logistic(-0.5 + 0.6 * drive))
    number = ids("科协示例〔采纳〕", len(org), 4)
    frame = pl.DataFrame(
        {
            "advice_id": ids("AD", len(org), 4),
            "org_id": found.ids.gather(org),
            "adopted_doc_no": take(number, np.where(adopted, np.arange(len(org)), -1)),
            "occurred_on": dates(day * DAY),
        }
    )
    return with_tail(rng, "advice_item", frame, day * DAY, "self_report", (0.5, 0.3, 0.2))


def _landings(rng: np.random.Generator, cities: Cities, scale: float) -> pl.DataFrame:
    radiation = cities.abilities.of("radiation")
    lam = [
        5.5 * scale * (cities.gdp[:, y] / 1200) ** 0.6 * np.exp(0.55 * radiation[:, y]) * GROWTH[y] * cities.active(y)
        for y in range(len(YEARS))
    ]
    row = repeat(rng.poisson(np.column_stack(lam)).ravel())
    city, year = row // len(YEARS), row % len(YEARS)
    first, end = year_bounds(year)
    day = busy_day(rng, np.maximum(first, cities.start[city]), end, working_only=True)
    frame = pl.DataFrame(
        {
            "landing_id": ids("OL", len(city), 4),
            "city_id": cities.ids.gather(city),
            "kind": codes(["project", "talent"], choose(rng, np.array([0.45, 0.55]), len(city))),
            "landed_on": dates(day * DAY),
            "country": codes(COUNTRIES, choose(rng, 1.0 / np.arange(1, len(COUNTRIES) + 1) ** 0.7, len(city))),
        }
    )
    return with_tail(rng, "overseas_landing", frame, day * DAY, "registry", (0.55, 0.30, 0.15))
