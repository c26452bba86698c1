"""The industrial portrait of one city at the end of a period: its needs, its roadmap, the teams at work. Frames in, frames out.

Only verified rows that are no duplicates count. ``start`` and ``until`` bound the period, half-open; what happened at ``until`` or later is
not there yet, so a need closed afterwards is still open.
"""

from __future__ import annotations

from datetime import date

import polars as pl

NEED_STATES = ("solved", "open", "ended")
ITEM_STATES = ("on_time", "late", "overdue", "running")


def valid(records: pl.DataFrame) -> pl.DataFrame:
    return records.filter((pl.col("status") == "verified") & pl.col("duplicate_of").is_null())


def key_industries(city_industry: pl.DataFrame, city: str, year: int) -> pl.DataFrame:
    """The key industries of the year, or of the last year before it that names any, in their order."""
    own = city_industry.filter((pl.col("city_id") == city) & (pl.col("year") <= year))
    return own.filter(pl.col("year") == pl.col("year").max()).sort("rank")


def needs(need: pl.DataFrame, docking: pl.DataFrame, city: str, start: date, until: date) -> pl.DataFrame:
    """The needs posted in the period: the record's columns, ``met`` (a docking whose sides met by then) and ``state``: solved (confirmed by
    the enterprise), open, or ended another way."""
    own = valid(need).filter((pl.col("city_id") == city) & (pl.col("posted_at") >= start) & (pl.col("posted_at") < until))
    stages = pl.min_horizontal("stage2_at", "stage3_at", "stage4_at", "stage5_at", "stage6_at")
    met = valid(docking).filter((pl.col("stage") >= 2) & (stages < until)).select("need_id").unique().with_columns(met=pl.lit(True))
    closed = (pl.col("closed_at") < until).fill_null(pl.col("outcome") != "open")
    solved = closed & (pl.col("outcome") == "solved") & pl.col("confirmed_by_enterprise").fill_null(False)
    state = pl.when(solved).then(pl.lit("solved")).when(closed).then(pl.lit("ended")).otherwise(pl.lit("open"))
    return (
        own.join(met, on="need_id", how="left", maintain_order="left")
        .with_columns(pl.col("met").fill_null(False), state.alias("state"))
        .sort("posted_at", "need_id", descending=[True, False])
    )


def counted(found: pl.DataFrame, by: str) -> pl.DataFrame:
    """``by``, ``posted, met, solved, open, ended``: the needs of :func:`needs` by industry or field, most first."""
    states = [(pl.col("state") == state).sum().cast(pl.Int64).alias(state) for state in NEED_STATES]
    counts = found.group_by(by).agg(pl.len().cast(pl.Int64).alias("posted"), pl.col("met").sum().cast(pl.Int64), *states)
    return counts.sort("posted", by, descending=[True, False])


def roadmap(items: pl.DataFrame, city: str, start: date, until: date) -> pl.DataFrame:
    """Roadmap items due in the period, or published by its end and not done by its start: the record's columns, ``state`` and
    ``days_over``.

    on_time, late: done by then, within or after the original due date. overdue, running: not done, that date past or not. ``days_over``:
    days past the original date, of what is late or overdue.
    """
    own = valid(items).filter(pl.col("city_id") == city)
    done = pl.col("done_at").is_not_null() & (pl.col("done_at") < until)
    due_here = (pl.col("original_due_date") >= start) & (pl.col("original_due_date") < until)
    posted = (pl.col("published_at") < until).fill_null(False) & (pl.col("done_at").is_null() | (pl.col("done_at") >= start))
    on_time = pl.col("done_at") <= pl.col("original_due_date")
    past = pl.col("original_due_date") < until
    state = (
        pl.when(done & on_time)
        .then(pl.lit("on_time"))
        .when(done)
        .then(pl.lit("late"))
        .when(past)
        .then(pl.lit("overdue"))
        .otherwise(pl.lit("running"))
    )
    over = pl.when(done).then(pl.col("done_at")).otherwise(pl.lit(until).dt.offset_by("-1d")) - pl.col("original_due_date")
    return (
        own.filter(due_here | posted)
        .with_columns(state.alias("state"), due_here.alias("due_here"), over.dt.total_days().clip(lower_bound=0).alias("days_over"))
        .sort("original_due_date", "item_id")
    )


def plan(items: pl.DataFrame) -> pl.DataFrame:
    """``quarter`` (2022Q1) with ``due, on_time, late, overdue``: the items of :func:`roadmap` that fell due in the period."""
    fallen = items.filter("due_here").with_columns(
        quarter=pl.format("{}Q{}", pl.col("original_due_date").dt.year(), pl.col("original_due_date").dt.quarter())
    )
    states = [(pl.col("state") == state).sum().cast(pl.Int64).alias(state) for state in ITEM_STATES[:3]]
    return fallen.group_by("quarter").agg(pl.len().cast(pl.Int64).alias("due"), *states).sort("quarter")


def teams_at_work(
    service_day: pl.DataFrame, docking: pl.DataFrame, need: pl.DataFrame, team_city: pl.DataFrame, city: str, start: date, until: date
) -> pl.DataFrame:
    """``team_id, days, onsite, people, dockings, agreed, signed_at``: teams with service days in the city, dockings of its needs assigned
    in the period, or an agreement of its year; most days first."""
    days = valid(service_day).filter((pl.col("city_id") == city) & (pl.col("date") >= start) & (pl.col("date") < until))
    worked = days.group_by("team_id").agg(
        days=pl.len().cast(pl.Int64), onsite=pl.col("onsite").sum().cast(pl.Int64), people=pl.col("person_id").n_unique().cast(pl.Int64)
    )
    begun = (
        dockings(docking, need, city, start, until)
        .group_by("team_id")
        .agg(dockings=pl.len().cast(pl.Int64), agreed=(pl.col("stage4_at") < until).fill_null(False).sum().cast(pl.Int64))
    )
    signed = (
        team_city.filter((pl.col("city_id") == city) & (pl.col("year") == start.year) & (pl.col("agreement_signed_at") < until))
        .group_by("team_id")
        .agg(signed_at=pl.col("agreement_signed_at").max())
    )
    whole = worked.join(begun, on="team_id", how="full", coalesce=True).join(signed, on="team_id", how="full", coalesce=True)
    return whole.with_columns(pl.col("days", "onsite", "people", "dockings", "agreed").fill_null(0)).sort(
        "days", "dockings", "team_id", descending=[True, True, False]
    )


def dockings(docking: pl.DataFrame, need: pl.DataFrame, city: str, start: date, until: date) -> pl.DataFrame:
    """Dockings by teams of the city's needs, assigned in the period."""
    own = need.filter(pl.col("city_id") == city).select("need_id")
    assigned = (pl.col("assigned_at") >= start) & (pl.col("assigned_at") < until)
    return valid(docking).filter(pl.col("team_id").is_not_null() & assigned).join(own, on="need_id", how="semi")
