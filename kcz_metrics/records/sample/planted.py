"""Planted cases, so that what is meant to find them can be tested: each is named in the truth with its ids."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import ids
from kcz_metrics.records.sample.clock import calendar
from kcz_metrics.records.sample.dealings import plant_dealings
from kcz_metrics.records.sample.duplicates import plant_duplicates
from kcz_metrics.records.sample.duties import silent_cities
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.teams import Teams

Tables = dict[str, pl.DataFrame]
PADDED_DAYS = 228


def plant(rng: np.random.Generator, tables: Tables, cities: Cities, found: Bodies, group: Teams) -> tuple[Tables, dict[str, object]]:
    """The tables with the cases in them, and the cases by kind."""
    changed, silent = _silence(rng, tables, cities)
    changed, dealings = plant_dealings(rng, changed, found)
    changed, duplicates = plant_duplicates(rng, changed)
    changed, padded = _pad(rng, changed)
    changed, flat = _flatten(changed)
    changed, praise = _praise(rng, changed)
    changed, early = _too_early(changed)
    late = group.ids[int(np.argmax(group.start))]
    return changed, {
        **duplicates,
        **dealings,
        "silent_cities": silent,
        "padded_days": padded,
        "flat_feedback": flat,
        "mutual_praise": praise,
        "before_start": early,
        "late_team": late,
    }


def _silence(rng: np.random.Generator, tables: Tables, cities: Cities) -> tuple[Tables, list[str]]:
    """Two cities hand in almost nothing of what they owe."""
    who = cities.ids.gather(silent_cities(cities)).to_list()
    changed = dict(tables)
    for name in ("roadmap_item", "city_input"):
        frame = tables[name]
        changed[name] = frame.filter(~pl.col("city_id").is_in(who) | pl.Series(rng.random(frame.height) < 0.2))
    return changed, who


def _pad(rng: np.random.Generator, tables: Tables) -> tuple[Tables, dict[str, object]]:
    """A member who was on service nearly every working day of 2022."""
    days = tables["service_day"]
    settled = tables["pilot_city"].filter(pl.col("active_from") < dt.date(2022, 1, 1)).select("city_id")
    last = days.filter((pl.col("date").dt.year() == 2022) & (pl.col("status") == "verified")).join(
        settled, on="city_id", how="semi", maintain_order="left"
    )
    member = last.group_by("team_id", "person_id").agg(pl.len(), pl.col("date").min().alias("first"))
    member = member.join(
        tables["team_member"].filter(pl.col("to_date").is_null() & (pl.col("from_date") < dt.date(2022, 1, 1))),
        on=["team_id", "person_id"],
        how="semi",
    )
    chosen = member.sort((pl.col("len").cast(pl.Int64) - 16).abs(), "person_id").row(0, named=True)
    own = last.filter((pl.col("person_id") == chosen["person_id"]) & (pl.col("team_id") == chosen["team_id"]))
    taken = days.filter(pl.col("person_id") == chosen["person_id"])["date"]
    free = calendar().filter(pl.col("is_working") & (pl.col("day").dt.year() == 2022) & ~pl.col("day").is_in(taken.implode()))["day"]
    free = free.gather(np.sort(rng.choice(len(free), min(len(free), max(0, PADDED_DAYS - own.height)), replace=False)))
    copies = own[np.zeros(len(free), dtype=np.int64)].with_columns(date=free, onsite=pl.lit(True), level=pl.lit("enterprise"))
    return tables | {"service_day": pl.concat([days, copies])}, {"team": chosen["team_id"], "person": chosen["person_id"], "year": 2022}


def _flatten(tables: Tables) -> tuple[Tables, str]:
    """A team that everybody is content with to the same point."""
    feedback = tables["feedback"]
    busy = feedback.filter(pl.col("subject_type") == "team").group_by("subject_id").len().sort("len", "subject_id")["subject_id"]
    team = busy[len(busy) // 2]
    return tables | {"feedback": feedback.with_columns(score=pl.when(pl.col("subject_id") == team).then(98.0).otherwise("score"))}, team


def _praise(rng: np.random.Generator, tables: Tables) -> tuple[Tables, list[list[str]]]:
    """Pairs of cities that take up each other's cases, two each way."""
    cases, adoption = tables["case_study"], tables["case_adoption"]
    chosen = cases.filter(
        (pl.col("owner_type") == "city") & (pl.col("status") == "verified") & (pl.col("selected_on") < dt.date(2022, 9, 1))
    )
    owners = chosen.group_by("owner_id").len().filter(pl.col("len") >= 2).sort("owner_id")["owner_id"]
    picked = owners.gather(np.sort(rng.choice(len(owners), min(6, len(owners) // 2 * 2), replace=False))).to_list()
    pairs = [picked[i : i + 2] for i in range(0, len(picked), 2)]
    rows = [
        (case, taker)
        for a, b in pairs
        for giver, taker in ((a, b), (b, a))
        for case in chosen.filter(pl.col("owner_id") == giver)["case_id"].head(2)
    ]
    known = set(adoption.select("case_id", "adopter_id").iter_rows())
    fresh = pl.DataFrame([row for row in rows if row not in known], schema=["case_id", "adopter_id"], orient="row")
    model = adoption.filter((pl.col("status") == "verified") & (pl.col("evidence_class") == "B") & (pl.col("period_id") == "2022"))[
        np.zeros(fresh.height, dtype=np.int64)
    ]
    extra = model.with_columns(fresh["case_id"], fresh["adopter_id"], adopted_at=pl.lit(dt.date(2022, 10, 18))).select(adoption.columns)
    return tables | {"case_adoption": pl.concat([adoption, extra])}, pairs


def _too_early(tables: Tables) -> tuple[Tables, list[str]]:
    """Needs dated before their city was a pilot."""
    need, city = tables["need"], tables["pilot_city"].filter(pl.col("active_from") >= dt.date(2021, 1, 1)).head(4)
    start = int(need["need_id"].str.slice(2).cast(pl.Int64).max()) + 1  # type: ignore[arg-type]
    models = need.filter((pl.col("status") == "verified") & pl.col("duplicate_of").is_null()).join(
        city.select("city_id", "active_from"), on="city_id"
    )
    model = models.unique("city_id", keep="first", maintain_order=True)
    when = pl.col("active_from").cast(pl.Datetime("us")) - pl.duration(days=20) + pl.duration(hours=10)
    fresh = model.with_columns(
        need_id=ids("ND", model.height, 5, start=start),
        posted_at=when,
        period_id=when.dt.year().cast(pl.String),
        first_response_at=None,
        assigned_at=None,
        closed_at=None,
        outcome=pl.lit("open"),
        confirmed_by_enterprise=None,
    )
    return tables | {"need": pl.concat([need, fresh.select(need.columns)], how="vertical_relaxed")}, fresh["need_id"].to_list()
