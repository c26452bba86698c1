"""Work offered and work sought, field by field; who was hired; students from Hong Kong, Macao and Taiwan."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import choose, codes, happens, ids, logistic, lognormal, positions, repeat, take
from kcz_metrics.records.sample.clock import DAY, DAYS, YEARS, busy_day, dates, day_number, day_of, year_bounds
from kcz_metrics.records.sample.founding import after_founding
from kcz_metrics.records.sample.industries import FIELD, FIELDS
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.tail import with_tail

Tables = dict[str, pl.DataFrame]
POSTS = (650, 1350, 2300)
#: job seekers against openings: digital and green work is short of people, traditional work has more than enough
SOUGHT = {"TRAD": 2.4, "SEI": 1.1, "DIGI": 0.55, "GREEN": 0.75, "FUT": 0.6, "OTH": 1.6}
PAY = {"TRAD": 7_500.0, "SEI": 10_500.0, "DIGI": 14_500.0, "GREEN": 10_000.0, "FUT": 17_000.0, "OTH": 8_000.0}
INTERNS = (24, 70, 128)
ORIGINS = ("HK", "MO", "TW")


def employment_tables(rng: np.random.Generator, cities: Cities, found: Bodies, tables: Tables, scale: float) -> Tables:
    post = after_founding(_posts(rng, cities, found, tables["activity"], scale), "enterprise_id", "posted_on", tables["enterprise"])
    return {
        "recruit_post": post,
        "hire": _hires(rng, cities, post),
        "job_supply": _supply(rng, cities, post),
        "internship": _interns(rng, cities, found),
    }


def _posts(rng: np.random.Generator, cities: Cities, found: Bodies, activity: pl.DataFrame, scale: float) -> pl.DataFrame:
    year = np.repeat(np.arange(3), np.round(np.array(POSTS) * scale).astype(np.int64))
    firms = found.enterprises
    firm = firms[choose(rng, found.weight[firms] * np.array([3.0, 1.6, 1.0, 0.5])[found.size[firms]], len(year))]
    city = found.city[firm]
    first, end = year_bounds(year)
    day = busy_day(rng, np.maximum(first, cities.start[city]), end)
    ok = (day < end) & (day >= cities.start[city])
    firm, city, day = firm[ok], city[ok], day[ok]
    order = np.argsort(day, kind="stable")
    firm, city, day = firm[order], city[order], day[order]
    n = len(firm)
    field = FIELD[found.industry[firm]]
    position = choose(rng, np.array([0.3, 0.32, 0.18, 0.08, 0.12]), n)
    pay = np.round(lognormal(rng, np.array([PAY[f] for f in FIELDS])[field] * np.array([1.35, 1.1, 0.8, 1.4, 0.95])[position], 0.28), -2)
    closed = day + 20 + np.round(lognormal(rng, 60.0, 0.6, n))
    frame = pl.DataFrame(
        {
            "post_id": ids("JP", n, 5),
            "enterprise_id": found.ids.gather(firm),
            "city_id": cities.ids.gather(city),
            "tech_field": codes(FIELDS, field),
            "position": codes(["research", "engineering", "skilled", "management", "sales"], position),
            "openings": 1 + rng.poisson(np.array([3.6, 2.0, 1.0, 0.6])[found.size[firm]]),
            "salary_cny": pl.Series(np.where(happens(rng, 0.82, n), pay, np.nan)).fill_nan(None).cast(pl.Int64),
            "posted_on": dates(day * DAY),
            "closed_on": dates(closed * DAY),
            "source_activity_id": _week(rng, activity, cities, city, day),
        }
    )
    return with_tail(rng, "recruit_post", frame, day * DAY, "platform_log", (0.05, 0.85, 0.1), status=(0.96, 0.01, 0.02, 0.0, 0.01))


def _week(rng: np.random.Generator, activity: pl.DataFrame, cities: Cities, city: np.ndarray, day: np.ndarray) -> pl.Series:
    """Posts shown at a national week of the city within a month."""
    held = activity.filter((pl.col("series") == "dual_week") & (pl.col("status") == "verified") & pl.col("duplicate_of").is_null())
    where, start = positions(held["city_id"], cities.ids), np.floor(day_of(held["start_at"]))
    order = np.lexsort((start, where))
    at = np.searchsorted(where[order] * 10_000.0 + start[order], city * 10_000.0 + day, side="right") - 1
    last = order[np.maximum(at, 0)]
    fits = (at >= 0) & (where[last] == city) & (day - start[last] <= 30) & happens(rng, 0.5, len(day))
    return take(held["activity_id"], np.where(fits, last, -1))


def _hires(rng: np.random.Generator, cities: Cities, post: pl.DataFrame) -> pl.DataFrame:
    """Where few look for work few are found; well-paid and engaged places do better."""
    field = positions(post["tech_field"], pl.Series(FIELDS))
    city = positions(post["city_id"], cities.ids)
    ratio = np.log(np.array([SOUGHT[f] for f in FIELDS]))[field]
    chance = logistic(-0.25 + 0.9 * ratio + 0.3 * cities.abilities.mean("effectiveness")[city])
    count = rng.binomial(post["openings"].to_numpy(), chance) * (post["status"] == "verified").to_numpy()
    row = repeat(count)
    n = len(row)
    day = np.floor(day_of(post["posted_on"]))[row] + 8 + np.round(lognormal(rng, 38.0, 0.6, n))
    ok = day < DAYS
    row, day = row[ok], day[ok]
    order = np.argsort(day, kind="stable")
    row, day = row[order], day[order]
    n = len(row)
    stays = happens(rng, logistic(1.2 + 0.35 * cities.abilities.mean("effectiveness")[city[row]]))
    known = day + 183 < DAYS
    frame = pl.DataFrame(
        {
            "hire_id": ids("HR", n, 5),
            "post_id": post["post_id"].gather(row),
            "hired_on": dates(day * DAY),
            "is_graduate": happens(rng, 0.42, n),
            "stayed_6m": pl.select(pl.when(pl.Series(known)).then(pl.Series(stays))).to_series(),
        }
    )
    return with_tail(rng, "hire", frame, day * DAY, "platform_log", (0.5, 0.4, 0.1))


def _supply(rng: np.random.Generator, cities: Cities, post: pl.DataFrame) -> pl.DataFrame:
    """Seekers by quarter, about as many as the field has against the openings of its year; graduates come in summer."""
    opened = (
        post.with_columns(year=pl.col("posted_on").dt.year())
        .group_by("year", "city_id", "tech_field")
        .agg(pl.col("openings").sum())
        .sort("year", "city_id", "tech_field")
    )
    row, quarter = (a.ravel() for a in np.meshgrid(np.arange(opened.height), np.arange(4), indexing="ij"))
    field = positions(opened["tech_field"], pl.Series(FIELDS))
    season = np.array([0.8, 1.25, 1.2, 0.75])[quarter]
    expected = opened["openings"].to_numpy()[row] / 4 * np.array([SOUGHT[f] for f in FIELDS])[field[row]] * season
    seekers = rng.poisson(lognormal(rng, np.maximum(expected, 0.2), 0.3))
    year = opened["year"].to_numpy()[row]
    end = np.array([day_number(dt.date(int(y) + q // 3, (q * 3 + 3) % 12 + 1, 1)) for y, q in zip(year, quarter, strict=True)]) - 1
    city = positions(opened["city_id"], cities.ids)[row]
    kept = (seekers > 0) & (end >= cities.start[city] + 45)
    frame = pl.DataFrame(
        {
            "quarter": pl.select(pl.Series(year).cast(pl.String) + "Q" + pl.Series(quarter + 1).cast(pl.String)).to_series(),
            "city_id": opened["city_id"].gather(row),
            "tech_field": opened["tech_field"].gather(row),
            "seekers": seekers,
            "graduates": rng.binomial(seekers, np.array([0.3, 0.55, 0.5, 0.3])[quarter]),
        }
    ).filter(pl.Series(kept))
    event = end[kept] * DAY
    return with_tail(rng, "job_supply", frame, event, "platform_log", (0.0, 1.0, 0.0), status=(1.0, 0.0, 0.0, 0.0, 0.0))


def _interns(rng: np.random.Generator, cities: Cities, found: Bodies) -> pl.DataFrame:
    year = np.repeat(np.arange(len(YEARS)), INTERNS)
    n = len(year)
    firms = found.enterprises[(found.size[found.enterprises] == 0)]
    bodies = np.concatenate([np.flatnonzero(found.where("UN", "RI", "EN")), firms[:80]])
    host = rng.choice(bodies, n)
    begin = np.array([day_number(dt.date(y, 6, 25)) for y in YEARS])[year] + rng.integers(0, 25, n)
    city = found.city[host]
    begins = cities.start[np.maximum(city, 0)]
    city = np.where((city >= 0) & (begin >= begins), city, -1)
    until = begin + np.round(lognormal(rng, 38.0, 0.25, n))
    stayed = happens(rng, 0.11, n)
    frame = pl.DataFrame(
        {
            "internship_id": ids("IT", n, 4),
            "origin": codes(ORIGINS, choose(rng, np.array([0.5, 0.2, 0.3]), n)),
            "host_org_id": found.ids.gather(host),
            "city_id": take(cities.ids, city),
            "start_date": dates(begin * DAY),
            "end_date": dates(until * DAY),
            "was_hired": stayed,
        }
    )
    return with_tail(rng, "internship", frame, begin * DAY, "self_report", (0.3, 0.6, 0.1))
