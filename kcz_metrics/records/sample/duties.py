"""What pilots owe: roadmap items in time, money of their own, reports complete and punctual."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Floats, Ints, choose, codes, happens, ids, logistic, lognormal, repeat, take
from kcz_metrics.records.sample.clock import DAY, DAYS, HORIZON, YEARS, busy_day, dates, day_number, moments, year_bounds
from kcz_metrics.records.sample.needs import Needs
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.tail import with_tail
from kcz_metrics.records.sample.teams import Teams

MODES = ("张榜", "定向对接", "专场对接", "线上对接")
COOPERATION = ("联合研发", "技术咨询", "成果转让", "委托服务", "共建平台")


def duty_tables(rng: np.random.Generator, cities: Cities, found: Bodies, group: Teams, asked: Needs) -> dict[str, pl.DataFrame]:
    return {
        "roadmap_item": _roadmap(rng, cities, asked),
        "city_input": _inputs(rng, cities, found),
        "submission_log": _reports(rng, cities, found, group),
    }


def _roadmap(rng: np.random.Generator, cities: Cities, asked: Needs) -> pl.DataFrame:
    engagement = cities.abilities.of("engagement")
    city, year = (a.ravel() for a in np.meshgrid(np.arange(cities.n), np.arange(len(YEARS)), indexing="ij"))
    count = np.round((6 + rng.poisson(np.exp(2.0 + 0.25 * engagement[city, year]))) * _part(cities, city, year)).astype(np.int64)
    row = repeat(count)
    city, year = city[row], year[row]
    first, end = year_bounds(year)
    start = np.maximum(first, cities.start[city])
    due = busy_day(rng, np.minimum(start + 60, end - 10), end, working_only=True)
    published = np.maximum(start + rng.integers(3, 45, len(row)), 0)
    ability = engagement[city, year]
    moved = happens(rng, logistic(-1.7 - 0.4 * ability))
    later = np.where(moved, due + rng.integers(20, 120, len(row)), due)
    on_time = happens(rng, logistic(0.75 + 0.85 * ability)) & ~moved
    done = np.where(on_time, due - rng.integers(0, 35, len(row)), due + 5 + np.round(lognormal(rng, 45.0, 0.8, len(row))))
    done = np.where(on_time | happens(rng, 0.72, len(row)), np.maximum(done, start), np.nan)
    need = _posted_before(asked, city, due * DAY, rng.random(len(row)))
    tied = (need >= 0) & (rng.random(len(row)) < 0.92)
    frame = pl.DataFrame(
        {
            "item_id": ids("RM", len(row), 5),
            "city_id": cities.ids.gather(city),
            "need_id": take(asked.ids, np.where(tied, need, -1)),
            "docking_mode": codes(MODES, choose(rng, np.array([4, 3, 2, 2.0]), len(row))),
            "cooperation_mode": codes(COOPERATION, choose(rng, np.array([4, 2, 1, 3, 1.0]), len(row))),
            "original_due_date": dates(due * DAY, horizon=np.inf),
            "due_date": dates(later * DAY, horizon=np.inf),
            "done_at": dates(done * DAY),
            "published_at": dates(np.where(happens(rng, logistic(2.0 + 0.7 * ability)), published * DAY, np.nan)),
        }
    )
    return with_tail(rng, "roadmap_item", frame, np.minimum(due * DAY, HORIZON - 60), "self_report", (0.2, 0.6, 0.2))


def _posted_before(asked: Needs, city: Ints, moment: Floats, luck: Floats) -> Ints:
    """For each item one of the needs its city had posted by then; -1 where there was none."""
    far = 10.0 * HORIZON
    key = asked.city * far + asked.posted
    order = np.argsort(key, kind="stable")
    first = np.searchsorted(key[order], city * far)
    known = np.searchsorted(key[order], city * far + moment) - first
    return np.where(known > 0, order[np.minimum(first + (luck * known).astype(np.int64), len(order) - 1)], -1)


def _part(cities: Cities, city: Ints, year: Ints) -> Floats:
    """Share of the year in which each city was a pilot."""
    return np.asarray(np.stack([cities.active(y) for y in range(len(YEARS))])[year, city])


def _inputs(rng: np.random.Generator, cities: Cities, found: Bodies) -> pl.DataFrame:
    """Funds of the city itself, and of bodies that bring private capital along."""
    engagement, drive = cities.abilities.of("engagement"), found.abilities.of("drive")
    city, year = (a.ravel() for a in np.meshgrid(np.arange(cities.n), np.arange(len(YEARS)), indexing="ij"))
    own = repeat(np.round(rng.poisson(np.exp(2.25 + 0.25 * engagement[city, year])) * _part(cities, city, year)).astype(np.int64))
    org, when = (a.ravel() for a in np.meshgrid(np.arange(found.evaluated), np.arange(len(YEARS)), indexing="ij"))
    led = repeat(rng.poisson(2.8, len(org)))
    org, led_year = org[led], when[led]
    led_city = np.where(found.city[org] >= 0, found.city[org], choose(rng, cities.gdp[:, 1] ** 0.4, len(org)))
    city = np.concatenate([city[own], led_city])
    year = np.concatenate([year[own], led_year])
    org = np.concatenate([np.full(len(own), -1), org])
    first, end = year_bounds(year)
    start = np.maximum(first, cities.start[city])
    ok = start < end - 10
    city, year, org, start, end = city[ok], year[ok], org[ok], start[ok], end[ok]
    n = len(city)
    day = busy_day(rng, start, end, working_only=True)
    base = np.where(org < 0, 560_000 * (cities.gdp[city, year] / 1200) ** 0.85 * np.exp(0.5 * engagement[city, year]), 240_000.0)
    public = np.maximum(np.round(lognormal(rng, base, 0.8), -3), 10_000).astype(np.int64)
    pull = np.where(org >= 0, 0.55 * drive[np.maximum(org, 0), year], 0.3 * engagement[city, year])
    private = np.where(happens(rng, 0.85, n), np.round(public * lognormal(rng, 1.5 * np.exp(pull), 0.8), -3), 0).astype(np.int64)
    frame = pl.DataFrame(
        {
            "input_id": ids("CI", n, 5),
            "city_id": cities.ids.gather(city),
            "voucher_no": ids("CV-", n, 6),
            "amount_cny": public,
            "private_cny": private,
            "occurred_on": dates(day * DAY),
            "org_id": take(found.ids, org),
        }
    )
    return with_tail(rng, "city_input", frame, day * DAY, "self_report", (0.66, 0.20, 0.14))


def _reports(rng: np.random.Generator, cities: Cities, found: Bodies, group: Teams) -> pl.DataFrame:
    """Monthly for cities, quarterly for teams, yearly for bodies; due on the 10th at 18:00. Two cities hardly report."""
    months = [(y, m) for y in YEARS for m in range(1, 13)]
    due = np.array([day_number(_tenth(y, m)) for y, m in months])
    year_of = np.array([min(YEARS.index(y), 2) for y, _ in months])
    silent = silent_cities(cities)
    subject, when, ability = [], [], []
    engagement = cities.abilities.of("engagement") - 3.2 * np.isin(np.arange(cities.n), silent)[:, None]
    mechanism, resource = group.abilities.of("mechanism"), found.abilities.of("resource")
    for k, day in enumerate(due):
        if day >= DAYS:
            continue
        y = year_of[k]
        who = np.flatnonzero(cities.start < day - 30)
        subject.append(cities.ids.gather(who))
        ability.append(engagement[who, y])
        when.append(np.full(len(who), day))
        if months[k][1] % 3 == 0:
            teams_there = np.flatnonzero(group.start < day - 60)
            subject.append(group.ids.gather(teams_there))
            ability.append(mechanism[teams_there, y])
            when.append(np.full(len(teams_there), day))
        if months[k][1] == 11:
            subject.append(found.ids.slice(0, found.evaluated))
            ability.append(resource[:, y])
            when.append(np.full(found.evaluated, day))
    able, day = np.concatenate(ability), np.concatenate(when)
    n = len(able)
    punctual = happens(rng, logistic(1.7 + 0.9 * able))
    missing = ~punctual & happens(rng, 0.35, n)
    delay = np.where(punctual, -60.0 * rng.integers(1, 150, n), 60.0 * np.round(lognormal(rng, 60.0, 1.0, n)))
    due_at = day * DAY + 18 * 60
    sent = np.where(missing, np.nan, due_at + delay)
    sent = np.where(sent < HORIZON, sent, np.nan)
    frame = pl.DataFrame(
        {
            "submission_id": ids("SB", n, 5),
            "subject_id": pl.concat(subject),
            "due_at": moments(due_at),
            "submitted_at": moments(sent),
            "passed_validation": happens(rng, logistic(2.0 + 0.7 * able)) & np.isfinite(sent),
        }
    )
    return with_tail(rng, "submission_log", frame, due_at, "platform_log", (0.0, 1.0, 0.0), status=(1.0, 0.0, 0.0, 0.0, 0.0))


def _tenth(year: int, month: int) -> dt.date:
    return dt.date(year + month // 12, month % 12 + 1, 10)


def silent_cities(cities: Cities) -> Ints:
    """The two cities that hardly report: the least engaged of those that were pilots from the start."""
    mean = np.where(cities.start == 0, cities.abilities.mean("engagement"), np.inf)
    return np.asarray(np.argsort(mean)[:2])
