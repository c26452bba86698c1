"""Start-up projects from the call to landing, and start-ups recommended to investors and parks."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import choose, choose_within, codes, happens, ids, logistic, lognormal, positions, take
from kcz_metrics.records.sample.clock import DAY, DAYS, busy_day, dates, day_of, year_bounds
from kcz_metrics.records.sample.industries import FIELDS
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.tail import with_tail

Tables = dict[str, pl.DataFrame]
STEPS = ("collected", "online", "matched", "followed", "signed", "landed")
#: from each step to the next: chance in logits, median days
ONWARD = ((3.5, 14.0), (0.35, 40.0), (0.75, 30.0), (-0.35, 75.0), (0.2, 120.0))
FIELD_LUCK = {"TRAD": -0.15, "SEI": 0.15, "DIGI": 0.45, "GREEN": 0.1, "FUT": -0.5, "OTH": -0.2}
A_YEAR = (380, 760, 1240)


def chain_tables(rng: np.random.Generator, cities: Cities, found: Bodies, tables: Tables, scale: float) -> Tables:
    return {"project_stage": _steps(rng, found, tables["resource"]), "recommendation": _recommended(rng, cities, found, tables, scale)}


def _steps(rng: np.random.Generator, found: Bodies, resource: pl.DataFrame) -> pl.DataFrame:
    """One row for each step that a start-up project of the libraries reached; most stop on the way."""
    project = resource.filter(
        (pl.col("programme") == "dual")
        & (pl.col("library_type") == "project")
        & (pl.col("status") != "draft")
        & pl.col("duplicate_of").is_null()
    )
    n = project.height
    holder = positions(project["holder_org_id"], found.ids)
    luck = np.array([FIELD_LUCK[f] for f in FIELDS])[positions(project["tech_field"], pl.Series(FIELDS))]
    able = 0.5 * found.abilities.mean("docking")[np.minimum(holder, found.evaluated - 1)] + luck + 0.5 * rng.standard_normal(n)
    now = np.floor(day_of(project["entered_at"])) - 3 - np.round(lognormal(rng, 12.0, 0.6, n))
    reached = np.full((n, len(STEPS)), np.nan)
    reached[:, 0] = np.maximum(now, 0)
    going = np.ones(n, dtype=bool)
    for k, (chance, wait) in enumerate(ONWARD, start=1):
        going &= happens(rng, logistic(chance + able))
        now = np.floor(day_of(project["entered_at"])) if k == 1 else now + 1 + np.round(lognormal(rng, wait * np.exp(-0.2 * able), 0.7))
        going &= now < DAYS
        reached[going, k] = now[going]
    row, step = np.nonzero(np.isfinite(reached))
    day = reached[row, step]
    helper = choose(rng, np.exp(0.4 * found.abilities.mean("docking")), n)
    owner = np.where(step < 2, holder[row], helper[row])
    frame = pl.DataFrame(
        {
            "resource_id": project["resource_id"].gather(row),
            "project_step": codes(STEPS, step),
            "reached_on": dates(day * DAY),
            "owner_org_id": found.ids.gather(owner),
        }
    )
    return with_tail(rng, "project_stage", frame, day * DAY, "platform_log", (0.1, 0.75, 0.15), status=(0.97, 0.03, 0.0, 0.0, 0.0))


def _recommended(rng: np.random.Generator, cities: Cities, found: Bodies, tables: Tables, scale: float) -> pl.DataFrame:
    """A few of those recommended are met, fewer win money or a place; investors differ in how often they say yes."""
    young = tables["enterprise"].filter(pl.col("flags").str.contains("startup"))
    firm_city = young.select("org_id").join(tables["org"].select("org_id", "city_id"), on="org_id", how="left", maintain_order="left")
    year = np.repeat(np.arange(3), np.round(np.array(A_YEAR) * scale).astype(np.int64))
    n = len(year)
    born = np.maximum(day_of(young["founded_at"]), 0)
    at = choose(rng, np.exp(0.6 * rng.standard_normal(young.height)), n)
    first, end = year_bounds(year)
    day = busy_day(rng, np.maximum(first, born[at].astype(np.int64) + 20), end, working_only=True)
    city = positions(firm_city["city_id"], cities.ids)[at]
    ok = (day < end) & (day < DAYS) & (day >= born[at]) & (day >= cities.start[np.maximum(city, 0)]) & (city >= 0)
    at, day, city = at[ok], day[ok], city[ok]
    n = len(at)
    to_park = happens(rng, 0.3, n)
    investor = np.flatnonzero(found.where("FI"))
    park = tables["park"]
    target = choose(rng, cities.gdp[:, 1] ** 0.4, n)
    where = choose_within(rng, positions(park["city_id"], cities.ids), np.ones(park.height), np.where(happens(rng, 0.5, n), city, target))
    park_city = positions(park["city_id"], cities.ids)[np.maximum(where, 0)]
    picked = choose(rng, np.exp(0.5 * rng.standard_normal(len(investor))), n)
    mood = 0.7 * rng.standard_normal(len(investor))
    to = np.where(to_park, np.flatnonzero(found.where("LA"))[park_city], investor[picked])
    will = np.where(to_park, 0.4 * cities.abilities.mean("engagement")[park_city], mood[picked])
    meets = happens(rng, logistic(0.15 + 0.5 * will))
    met = day + 4 + np.round(lognormal(rng, 22.0, 0.7, n))
    met = np.where(meets & (met < DAYS), met, np.nan)
    closed = np.where(np.isfinite(met), met + 10 + np.round(lognormal(rng, 60.0, 0.6, n)), day + 60 + rng.integers(0, 120, n))
    known = (closed < DAYS) & happens(rng, 0.88, n)
    yes = np.isfinite(met) & known & happens(rng, logistic(np.where(to_park, -0.9, -1.15) + 0.6 * will))
    decision = np.where(~known, -1, np.where(yes, np.where(to_park, 1, 0), 2))
    amount = np.round(lognormal(rng, 6_500_000.0, 0.9, n), -4)
    frame = pl.DataFrame(
        {
            "enterprise_id": young["org_id"].gather(at),
            "resource_id": pl.Series([None] * n, dtype=pl.String),
            "to_org_id": found.ids.gather(to),
            "to_kind": codes(["investor", "park"], to_park.astype(np.int64)),
            "park_id": take(park["park_id"], np.where(to_park, where, -1)),
            "recommended_on": dates(day * DAY),
            "met_on": dates(met * DAY),
            "decided_on": dates(np.where(known, closed, np.nan) * DAY),
            "decision": codes(["invested", "settled", "declined"], decision),
            "amount_cny": pl.Series(np.where(decision == 0, amount, np.nan)).fill_nan(None).cast(pl.Int64),
            "source_activity_id": _shown_at(rng, tables["activity"], cities, city, day),
            "day": day,
        }
    ).sort("day", maintain_order=True)
    frame = frame.with_columns(recommendation_id=ids("RC", n, 5))
    return with_tail(rng, "recommendation", frame, frame["day"].to_numpy() * DAY, "platform_log", (0.15, 0.7, 0.15))


def _shown_at(rng: np.random.Generator, activity: pl.DataFrame, cities: Cities, city: np.ndarray, day: np.ndarray) -> pl.Series:
    """Many recommendations follow a roadshow or a week of the firm's city within three months."""
    held = activity.filter(
        pl.col("activity_type").is_in(["roadshow", "week"]) & (pl.col("status") == "verified") & pl.col("duplicate_of").is_null()
    )
    where, start = positions(held["city_id"], cities.ids), np.floor(day_of(held["start_at"]))
    order = np.lexsort((start, where))
    key = where[order] * 10_000.0 + start[order]
    at = np.searchsorted(key, city * 10_000.0 + day, side="right") - 1
    last = order[np.maximum(at, 0)]
    fits = (at >= 0) & (where[last] == city) & (day - start[last] <= 90) & happens(rng, 0.55, len(day))
    return take(held["activity_id"], np.where(fits, last, -1))
