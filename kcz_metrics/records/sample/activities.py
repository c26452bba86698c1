"""Meetings of all kinds: who holds them, where, how many come and from where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Bools, Floats, Ints, choose, codes, happens, ids, logistic, lognormal, repeat, take
from kcz_metrics.records.sample.clock import DAY, YEARS, busy_day, moments, year_bounds, year_index
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.tail import with_tail

TYPES = ("conference", "theme_forum", "fusion", "open_call", "summit", "closed_meeting", "training", "roadshow", "week", "other")
USUAL = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.10, 0.30, 0.26, 0.04, 0.30])
NATIONAL = ((0, (3, 4, 5)), (1, (2, 2, 3)), (4, (1, 1, 1)))  # how many conferences, theme forums and summits a year


@dataclass(frozen=True)
class Activities:
    """Activities by position; ``org`` the organiser, ``city`` -1 outside the pilots, ``station`` -1 without one."""

    ids: pl.Series
    org: Ints
    city: Ints
    station: Ints
    type: Ints
    start: Floats

    @property
    def bears_dockings(self) -> Bools:
        return np.isin(self.type, [2, 3])


def activities(rng: np.random.Generator, cities: Cities, found: Bodies, station_city: Ints, station_open: Ints, scale: float) -> Activities:
    parts = [
        *_of_cities(rng, cities, found, scale),
        *_of_bodies(rng, cities, found, scale),
        *_of_stations(rng, cities, found, station_city, station_open),
    ]
    parts += _national(rng, cities, found)
    org, city, station, kind, start = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((org, start))
    return Activities(ids("AC", len(org), 5), org[order], city[order], station[order], kind[order], start[order])


Part = tuple[Ints, Ints, Ints, Ints, Floats]


def _of_cities(rng: np.random.Generator, cities: Cities, found: Bodies, scale: float) -> list[Part]:
    """Local associations are the usual organisers in their own city."""
    host = np.flatnonzero(found.where("LA"))
    parts: list[Part] = []
    for y in range(len(YEARS)):
        lam = (
            11.0
            * scale
            * (cities.rd_staff[:, y] / 11_000) ** 0.45
            * np.exp(0.45 * cities.abilities.of("engagement")[:, y])
            * cities.active(y)
            * (0.85, 1.0, 1.2)[y]
        )
        city = repeat(rng.poisson(lam))
        first, end = year_bounds(np.full(len(city), y))
        day = busy_day(rng, np.maximum(first, cities.start[city]), end)
        other = choose(rng, found.weight[: found.evaluated], len(city))
        org = np.where(rng.random(len(city)) < 0.7, host[city], other)
        parts.append((org, city, np.full(len(city), -1), choose(rng, USUAL, len(city)), day * DAY + 9 * 60))
    return parts


def _of_bodies(rng: np.random.Generator, cities: Cities, found: Bodies, scale: float) -> list[Part]:
    """Fusion meetings and open calls, in a pilot city where the body has none."""
    m = found.evaluated
    parts: list[Part] = []
    for y in range(len(YEARS)):
        org = repeat(
            rng.poisson(
                1.5 * scale * np.exp(0.3 * found.abilities.of("docking")[:, y]) * (0.8, 1.0, 1.15)[y] * found.rate("docking") ** 0.5, m
            )
        )
        city = np.where(found.city[org] >= 0, found.city[org], choose(rng, cities.gdp[:, 1] ** 0.5, len(org)))
        first, end = year_bounds(np.full(len(org), y))
        day = busy_day(rng, np.maximum(first, np.minimum(cities.start[city], end - 20)), end - 10, working_only=True)
        ok = day >= cities.start[city]
        kind = np.where(rng.random(len(org)) < 0.75, 2, 3)
        parts.append((org[ok], city[ok], np.full(int(ok.sum()), -1), kind[ok], day[ok] * DAY + 9 * 60))
    return parts


def _of_stations(rng: np.random.Generator, cities: Cities, found: Bodies, station_city: Ints, station_open: Ints) -> list[Part]:
    """A station that works holds four or more a year; some only have a name."""
    host = np.flatnonzero(found.where("LA"))
    parts: list[Part] = []
    for y in range(len(YEARS)):
        lam = 5.2 * np.exp(0.3 * cities.abilities.of("radiation")[station_city, y])
        first, end = year_bounds(np.full(len(station_city), y))
        begin = np.maximum(first, np.maximum(station_open, cities.start[station_city]))
        station = repeat(rng.poisson(lam * np.clip((end - begin) / 365, 0, 1)))
        city = station_city[station]
        day = busy_day(rng, begin[station], end[station], working_only=True)
        parts.append((host[city], city, station, choose(rng, USUAL, len(city)), day * DAY + 14 * 60))
    return parts


def _national(rng: np.random.Generator, cities: Cities, found: Bodies) -> list[Part]:
    society = np.flatnonzero(found.where("NS"))
    parts: list[Part] = []
    for kind, counts in NATIONAL:
        for y, count in enumerate(counts):
            first, end = year_bounds(np.full(count, y))
            open_cities = np.flatnonzero(cities.start <= first[0])
            city = rng.choice(open_cities, count)
            day = busy_day(rng, first + 60, end - 20, working_only=True)
            parts.append((rng.choice(society, count), city, np.full(count, -1), np.full(count, kind), day * DAY + 9 * 60))
    return parts


def activity_table(rng: np.random.Generator, cities: Cities, found: Bodies, held: Activities, stations: pl.Series) -> pl.DataFrame:
    n = len(held.org)
    size = np.array([900, 500, 130, 110, 1500, 35, 60, 80, 400, 55])[held.type]
    people = np.maximum(lognormal(rng, size.astype(float), 0.55), 6).astype(np.int64)
    radiation = cities.abilities.of("radiation")[held.city, year_index(held.start)]
    outside = rng.binomial(people, logistic(-1.15 + 0.55 * radiation + 0.35 * rng.standard_normal(n)))
    online = np.where(rng.random(n) < 0.45, (people * lognormal(rng, 2.2, 0.8, n)).astype(np.int64), 0)
    national = np.isin(held.type, [0, 1, 4])
    venue = codes(
        ["会展中心", "科技馆", "国际会议中心", "创新大厦", "产业园报告厅", "学术交流中心"], choose(rng, np.array([3, 2, 2, 3, 4, 2.0]), n)
    )
    frame = pl.DataFrame(
        {
            "activity_id": held.ids,
            "activity_type": codes(TYPES, held.type),
            "programme": codes(["dual_service", "none"], np.where(happens(rng, np.where(national, 0.0, 0.14)), 0, 1)),
            "organiser_org_id": found.ids.gather(held.org),
            "city_id": cities.ids.gather(held.city),
            "start_at": moments(held.start),
            "end_at": moments(held.start + np.where(national, 2 * DAY + 480, np.where(people > 90, 480, 180))),
            "participants": people,
            "participants_external": outside,
            "participants_online": online,
            "station_id": take(stations, held.station),
            "venue": cities.table["name_zh"].gather(held.city) + venue,
        }
    )
    frame = frame.with_columns(end_at=pl.coalesce("end_at", pl.col("start_at") + pl.duration(hours=8)))
    return with_tail(rng, "activity", frame, held.start, "self_report", (0.15, 0.65, 0.20))
