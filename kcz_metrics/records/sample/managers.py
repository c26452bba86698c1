"""Training, technology managers at their stations and how they were reviewed, talent that members recommended."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import choose, choose_within, codes, happens, ids, logistic, lognormal, positions, take
from kcz_metrics.records.sample.clock import DAY, DAYS, YEARS, busy_day, dates, day_of, year_bounds
from kcz_metrics.records.sample.industries import FIELDS
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.tail import with_tail
from kcz_metrics.records.sample.teams import Teams

Tables = dict[str, pl.DataFrame]
TRAININGS = {"tech_manager": (5, 7, 9), "team": (2, 4, 6), "enterprise": (3, 4, 6), "operator": (1, 2, 3)}
RECOMMENDED = (28, 52, 84)


def manager_tables(rng: np.random.Generator, cities: Cities, found: Bodies, group: Teams, tables: Tables) -> Tables:
    training = _trainings(rng, cities, found)
    manager = _placed(rng, cities, found, tables, training)
    return {
        "training_event": training,
        "tech_manager": manager,
        "manager_review": _reviews(rng, manager, tables["contract"]),
        "talent_recommendation": _recommended(rng, found, group),
    }


def _trainings(rng: np.random.Generator, cities: Cities, found: Bodies) -> pl.DataFrame:
    rows = [(kind, y) for kind, counts in TRAININGS.items() for y, k in enumerate(counts) for _ in range(k)]
    n = len(rows)
    year = np.array([y for _, y in rows])
    first, end = year_bounds(year)
    day = busy_day(rng, first + 20, end - 10, working_only=True)
    city = choose(rng, cities.gdp[:, 1] ** 0.5, n)
    city = np.where(cities.start[city] <= day, city, -1)
    trainees = np.round(lognormal(rng, 62.0, 0.4, n)).astype(np.int64) + 8
    order = np.argsort(day, kind="stable")
    frame = pl.DataFrame(
        {
            "training_kind": [kind for kind, _ in rows],
            "training_level": codes(["basic", "advanced", "senior"], choose(rng, np.array([0.55, 0.33, 0.12]), n)),
            "organiser_org_id": found.ids.gather(rng.choice(np.flatnonzero(found.where("NS", "PA", "SO", "UN")), n)),
            "city_id": take(cities.ids, city),
            "held_on": dates(day * DAY),
            "days": choose(rng, np.array([0.2, 0.35, 0.3, 0.15]), n) + 1.0,
            "trainees": trainees,
            "passed": rng.binomial(trainees, rng.beta(14, 2, n)),
        }
    )[order].with_columns(training_id=ids("TR", n, 3))
    return with_tail(rng, "training_event", frame, day[order] * DAY, "self_report", (0.2, 0.7, 0.1), status=(1.0, 0.0, 0.0, 0.0, 0.0))


def _placed(rng: np.random.Generator, cities: Cities, found: Bodies, tables: Tables, training: pl.DataFrame) -> pl.DataFrame:
    """The training before the certificate, where it was one of ours; the station of the manager's own city for some."""
    manager = tables["tech_manager"]
    held = training.filter(pl.col("training_kind") == "tech_manager")
    start = np.floor(day_of(held["held_on"]))
    certified = np.nan_to_num(day_of(manager["certified_at"]), nan=-9999.0)
    last = np.searchsorted(start, certified - 7, side="right") - 1
    at = last - np.minimum(rng.integers(0, 2, manager.height), np.maximum(last, 0))
    trained = (last >= 0) & (certified - start[np.maximum(at, 0)] <= 420)
    home = found.city[positions(manager["org_id"], found.ids)]
    station = tables["station"].filter(pl.col("closed_at").is_null())
    place = choose_within(rng, positions(station["city_id"], cities.ids), np.ones(station.height), home)
    sits = (place >= 0) & (home >= 0) & happens(rng, 0.5, manager.height)
    return manager.with_columns(
        training_id=take(held["training_id"], np.where(trained, at, -1)), station_id=take(station["station_id"], np.where(sits, place, -1))
    )


def _reviews(rng: np.random.Generator, manager: pl.DataFrame, contract: pl.DataFrame) -> pl.DataFrame:
    """Scores follow the contracts that a manager brought about, and how he works."""
    manner = pl.Series(7.0 * rng.standard_normal(manager.height))
    parts = []
    for y in (1, 2):
        end = int(year_bounds(np.array([y]))[1][0])
        there = manager.with_columns(manner=manner).filter(pl.Series(day_of(manager["certified_at"]) < end - 60))
        done = (
            contract.filter((pl.col("signed_at").dt.year() == YEARS[y]) & (pl.col("status") == "verified"))
            .group_by("tm_id")
            .agg(deals=pl.len())
            .drop_nulls()
        )
        both = there.join(done, on="tm_id", how="left", maintain_order="left").with_columns(pl.col("deals").fill_null(0))
        score = 62 + 9 * np.log1p(both["deals"].to_numpy()) + both["manner"].to_numpy() + 4 * rng.standard_normal(both.height)
        score = np.clip(score, 20, 100).round(1)
        day = end - 18 + rng.integers(0, 14, both.height)
        parts.append(
            pl.DataFrame(
                {
                    "tm_id": both["tm_id"],
                    "year": np.full(both.height, YEARS[y]),
                    "score": score,
                    "review_grade": codes(["excellent", "qualified", "suspend"], np.select([score >= 85, score >= 60], [0, 1], 2)),
                    "reviewed_on": dates(day * DAY),
                    "day": day,
                }
            )
        )
    frame = pl.concat(parts)
    event = frame["day"].to_numpy() * DAY
    return with_tail(rng, "manager_review", frame, event, "expert", (0.0, 1.0, 0.0), status=(1.0, 0.0, 0.0, 0.0, 0.0))


def _recommended(rng: np.random.Generator, found: Bodies, group: Teams) -> pl.DataFrame:
    year = np.repeat(np.arange(3), RECOMMENDED)
    n = len(year)
    first, end = year_bounds(year)
    day = np.sort(busy_day(rng, first, end, working_only=True))
    people = group.people
    members = rng.choice(np.flatnonzero(np.isin(people.org, np.flatnonzero(found.where("NS", "UN", "RI")))), 60, replace=False)
    to = rng.choice(np.flatnonzero(found.where("UN", "RI", "EN", "SO")), n)
    pull = 0.4 * found.abilities.mean("drive")[to]
    met = day + 5 + np.round(lognormal(rng, 25.0, 0.6, n))
    met = np.where(happens(rng, logistic(0.7 + pull)) & (met < DAYS), met, np.nan)
    placed = met + 20 + np.round(lognormal(rng, 70.0, 0.6, n))
    wins = happens(rng, logistic(-0.1 + pull))
    fell = np.where(np.isfinite(met), met, day) + 30 + np.round(lognormal(rng, 40.0, 0.6, n))
    number = rng.choice(16**6, n, replace=False)
    frame = pl.DataFrame(
        {
            "recommendation_id": ids("TN", n, 4),
            "recommender_id": people.ids.gather(rng.choice(members, n)),
            "recommending_body": codes(["advisory", "youth100", "other"], choose(rng, np.array([0.55, 0.3, 0.15]), n)),
            "person_hash": [f"P{x:06x}" for x in number.tolist()],
            "tech_field": codes(FIELDS, choose(rng, np.array([1.5, 3, 3, 2, 2, 0.4]), n)),
            "to_org_id": found.ids.gather(to),
            "recommended_on": dates(day * DAY),
            "met_on": dates(met * DAY),
            "placed_on": dates(np.where(wins, placed, np.nan) * DAY),
            "declined_on": dates(np.where(~wins & happens(rng, 0.7, n), fell, np.nan) * DAY),
        }
    )
    return with_tail(rng, "talent_recommendation", frame, day * DAY, "self_report", (0.3, 0.6, 0.1))
