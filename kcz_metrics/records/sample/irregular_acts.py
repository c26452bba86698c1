"""Further planted cases outside the contracts: reworded needs, days that cannot be, wrong dates, equal scores, top marks both ways."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import ids

Tables = dict[str, pl.DataFrame]
Cases = dict[str, object]
GOOD = (pl.col("status") == "verified") & pl.col("duplicate_of").is_null()
EXCESS = 258


def plant_acts(rng: np.random.Generator, tables: Tables, planted: Cases) -> tuple[Tables, Cases]:
    cases: Cases = {}
    for name, plant in (
        ("reworded", _reworded),
        ("wrong_periods", _wrong_periods),
        ("reported_ahead", _reported_ahead),
        ("too_young", _too_young),
        ("two_cities", _two_cities),
        ("flat", _flat),
        ("top_marks", _top_marks),
    ):
        tables, cases[name] = plant(rng, tables)
    tables, cases["excess_days"] = _excess(rng, tables, planted)
    return tables, cases


def _some(rng: np.random.Generator, frame: pl.DataFrame, n: int) -> pl.DataFrame:
    return frame[np.sort(rng.choice(frame.height, min(n, frame.height), replace=False))]


def _next(frame: pl.DataFrame, prefix: str, n: int, width: int) -> pl.Series:
    key = frame.columns[0]
    return ids(prefix, n, width, start=int(frame[key].str.extract(r"(\d+)$").cast(pl.Int64).max()) + 1)  # type: ignore[arg-type]


def _reworded(rng: np.random.Generator, tables: Tables) -> tuple[Tables, list[list[str]]]:
    """Needs handed in again in slightly other words."""
    need, never = tables["need"], pl.lit(None)
    source = _some(rng, need.filter(GOOD & (pl.col("posted_at").dt.month() < 12)), 15)
    fresh = _next(need, "ND", source.height, 5)
    copy = source.with_columns(
        need_id=fresh,
        title=pl.col("title") + "（补报）",
        text=pl.col("text").str.replace("希望有相关", "希望相关", literal=True),
        posted_at=pl.col("posted_at") + pl.duration(days=2),
        source=pl.lit("self_report"),
        outcome=pl.lit("open"),
        first_response_at=never, assigned_at=never, closed_at=never, confirmed_by_enterprise=never,
    )  # fmt: skip
    pairs = [list(pair) for pair in zip(fresh.to_list(), source["need_id"].to_list(), strict=True)]
    return tables | {"need": pl.concat([need, copy.select(need.columns)], how="vertical_relaxed")}, pairs


def _wrong_periods(rng: np.random.Generator, tables: Tables) -> tuple[Tables, list[str]]:
    """Feedback of one year handed in for the next."""
    frame = tables["feedback"]
    chosen = _some(rng, frame.filter(GOOD & (pl.col("occurred_on").dt.year() == 2021)), 6)["feedback_id"].to_list()
    here = pl.col("feedback_id").is_in(chosen)
    return tables | {"feedback": frame.with_columns(period_id=pl.when(here).then(pl.lit("2022")).otherwise("period_id"))}, chosen


def _reported_ahead(rng: np.random.Generator, tables: Tables) -> tuple[Tables, list[str]]:
    """Effects reported three weeks before they came about."""
    frame = tables["impact"]
    chosen = _some(rng, frame.filter(GOOD & (pl.col("occurred_on").dt.month() == 6)), 6)["impact_id"].to_list()
    early = (pl.col("occurred_on") - pl.duration(days=21)).cast(pl.Datetime("us")) + pl.duration(hours=17)
    changed = pl.when(pl.col("impact_id").is_in(chosen)).then(early).otherwise("submitted_at")
    return tables | {"impact": frame.with_columns(submitted_at=changed)}, chosen


def _too_young(rng: np.random.Generator, tables: Tables) -> tuple[Tables, list[str]]:
    """Firms that posted needs before they were founded."""
    first = tables["need"].filter(GOOD).group_by("enterprise_id").agg(first=pl.col("posted_at").min().cast(pl.Date)).sort("enterprise_id")
    chosen = _some(rng, first.filter(pl.col("first") < dt.date(2022, 6, 1)), 4).select(org_id="enterprise_id", late="first")
    firms = tables["enterprise"]
    known = firms.join(chosen, on="org_id", how="left", maintain_order="left")
    late = pl.when(pl.col("late").is_not_null()).then(pl.col("late") + pl.duration(days=45)).otherwise("founded_at")
    return tables | {"enterprise": known.with_columns(founded_at=late).select(firms.columns)}, chosen["org_id"].to_list()


def _two_cities(rng: np.random.Generator, tables: Tables) -> tuple[Tables, list[list[str]]]:
    """Lead experts who are on service in one city on the day of a visit to another."""
    days = tables["service_day"]
    served = days.filter(GOOD & (pl.col("date").dt.year() == 2022) & (pl.col("date").dt.month() < 11))
    visits = tables["visit_plan"].filter(GOOD & pl.col("done_on").is_between(dt.date(2022, 3, 1), dt.date(2022, 10, 30)))
    free = visits.join(days, left_on=["person_id", "done_on"], right_on=["person_id", "date"], how="anti", maintain_order="left")
    free = free.unique("person_id", keep="first", maintain_order=True).join(
        served.select("team_id", "person_id").unique(), on=["team_id", "person_id"], how="semi", maintain_order="left"
    )
    chosen = _some(rng, free, 6)
    elsewhere = served.unique(["team_id", "person_id"], keep="first", maintain_order=True).drop("date", "city_id")
    cities = tables["pilot_city"].filter(pl.col("active_from") < dt.date(2022, 1, 1))["city_id"]
    other = pl.Series("city_id", [cities.filter(cities != city)[int(rng.integers(len(cities) - 1))] for city in chosen["city_id"]])
    fresh = (
        chosen.select("team_id", "person_id", date="done_on")
        .with_columns(other)
        .join(elsewhere, on=["team_id", "person_id"], maintain_order="left")
        .with_columns(
            onsite=pl.lit(True),
            submitted_at=pl.col("date").cast(pl.Datetime("us")) + pl.duration(days=3, hours=17),
            verified_at=pl.col("date").cast(pl.Datetime("us")) + pl.duration(days=10, hours=10),
        )
    )
    cases = [[person, day.isoformat()] for person, day in fresh.select("person_id", "date").iter_rows()]
    return tables | {"service_day": pl.concat([days, fresh.select(days.columns)])}, cases


def _excess(rng: np.random.Generator, tables: Tables, planted: Cases) -> tuple[Tables, dict[str, object]]:
    """The member who was there nearly every working day was there on weekends too."""
    padded = planted["padded_days"]
    assert isinstance(padded, dict)
    days = tables["service_day"]
    own = days.filter((pl.col("person_id") == padded["person"]) & (pl.col("date").dt.year() == 2022))
    model = own.filter(GOOD & (pl.col("team_id") == padded["team"])).sort("date")
    valid = own.filter(GOOD).height
    every = pl.date_range(dt.date(2022, 1, 1), dt.date(2022, 12, 24), "1d", eager=True)
    free = every.filter(~every.is_in(own["date"].implode()))
    free = free.gather(np.sort(rng.choice(len(free), min(len(free), max(EXCESS - valid, 0)), replace=False)))
    fresh = model[np.zeros(len(free), dtype=np.int64)].with_columns(
        date=free,
        submitted_at=free.cast(pl.Datetime("us")) + pl.duration(days=2, hours=17),
        verified_at=free.cast(pl.Datetime("us")) + pl.duration(days=6, hours=10),
    )
    return tables | {"service_day": pl.concat([days, fresh])}, {"person": padded["person"], "year": 2022, "added": len(free)}


def _flat(rng: np.random.Generator, tables: Tables) -> tuple[Tables, list[str]]:
    """Three more whom everybody rates alike, give or take a point."""
    feedback = tables["feedback"]
    counts = feedback.filter(GOOD & (pl.col("subject_type") != "city")).group_by("subject_id").len().sort("subject_id")
    chosen = _some(rng, counts.filter(pl.col("len").is_between(14, 60)), 3)["subject_id"].to_list()
    score = pl.Series(96.0 + rng.integers(0, 2, feedback.height))
    here = pl.col("subject_id").is_in(chosen)
    return tables | {"feedback": feedback.with_columns(score=pl.when(here).then(score).otherwise("score"))}, chosen


def _top_marks(rng: np.random.Generator, tables: Tables) -> tuple[Tables, list[list[str]]]:
    """Two pairs of bodies that gave each other 99 points, twice each way."""
    feedback = tables["feedback"]
    models = feedback.filter(GOOD & (pl.col("subject_type") == "org") & (pl.col("occurred_on").dt.strftime("%Y-%m") == "2022-08"))
    bodies = models["subject_id"].unique().sort()
    chosen = bodies.gather(np.sort(rng.choice(len(bodies), min(4, len(bodies) // 2 * 2), replace=False))).to_list()
    pairs = [chosen[i : i + 2] for i in range(0, len(chosen), 2)]
    rows = [way for a, b in pairs for way in ((a, b), (a, b), (b, a), (b, a))]
    if not rows:
        return tables, []
    fresh = models[rng.choice(models.height, len(rows))].with_columns(
        feedback_id=_next(feedback, "FB", len(rows), 5),
        subject_id=pl.Series([subject for subject, _ in rows]),
        respondent_org_id=pl.Series([respondent for _, respondent in rows]),
        score=pl.lit(99.0),
        drawn_by_system=pl.lit(False),
    )
    return tables | {"feedback": pl.concat([feedback, fresh.select(feedback.columns)])}, pairs
