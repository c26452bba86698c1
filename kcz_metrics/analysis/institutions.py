"""Stations, technology managers, agreements, recommendations, bases and packages by their records. Frames in, frames out.

Only valid rows are read: verified and no duplicate. A day given as ``until`` is the first that no longer counts; what happened
on it or later has not happened yet.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kcz_metrics.analysis.platform import valid

#: What a station lacks to be real; null where it lacks nothing.
LACKS = ("activities", "outcomes", "both")
GRADES = ("excellent", "qualified", "suspend")


def stations(rows: pl.DataFrame, until: date, least: int) -> pl.DataFrame:
    """``station_id, year, kind, host_org_id, city_id, activities, outcomes, is_real, lacks``: open on the day before ``until``.

    ``rows``: the fact stations, a row a station and year. ``least``: activities a year that a real station has; it has an outcome
    besides. The barest come last within what they lack, in order of :data:`LACKS`, real ones at the end.
    """
    few, none = pl.col("activities") < least, pl.col("outcomes") < 1
    lacks = pl.when(few & none).then(pl.lit("both")).when(few).then(pl.lit("activities")).when(none).then(pl.lit("outcomes"))
    order = {"both": 0, "activities": 1, "outcomes": 2}
    return (
        rows.filter(pl.col("valid_from") < until, pl.col("valid_to").is_null() | (pl.col("valid_to") >= until))
        .select("station_id", "year", "kind", "host_org_id", "city_id", "activities", "outcomes", "is_real", lacks.alias("lacks"))
        .sort(pl.col("lacks").replace_strict(order, default=3), "activities", "outcomes", "station_id")
    )


def stations_by(found: pl.DataFrame, column: str) -> pl.DataFrame:
    """``column, open, real, lacks_activities, lacks_outcomes, lacks_both``, most open first; real and lacking add up to open."""
    counts = [(pl.col("lacks") == what).sum().cast(pl.Int64).alias(f"lacks_{what}") for what in LACKS]
    return (
        found.group_by(column)
        .agg(
            pl.len().cast(pl.Int64).alias("open"),
            pl.col("lacks").is_null().sum().cast(pl.Int64).alias("real"),
            *counts,
        )
        .sort("open", column, descending=[True, False])
    )


def trainings(records: pl.DataFrame, start: date, until: date, kind: str = "tech_manager") -> pl.DataFrame:
    """``training_level, events, days, trainees, passed`` of the trainings of one kind in the days given, most trainees first."""
    return (
        valid(records)
        .filter(pl.col("training_kind") == kind, pl.col("held_on") >= start, pl.col("held_on") < until)
        .group_by("training_level")
        .agg(
            pl.len().cast(pl.Int64).alias("events"),
            pl.col("days").sum(),
            pl.col("trainees").sum().cast(pl.Int64),
            pl.col("passed").sum().cast(pl.Int64),
        )
        .sort("trainees", "training_level", descending=[True, False])
    )


def managers(roster: pl.DataFrame, contracts: pl.DataFrame, reviews: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """A row a manager certified before ``until``, most contracts first.

    ``tm_id, org_id, station_id, certified_at, contracts, amount, score, review_grade, reviewed_on``.

    Contracts are valid ones signed since ``start`` that name the manager; ``amount`` in yuan. The review is the latest valid one in
    these days; null where there was none.
    """
    signed = (
        valid(contracts)
        .filter(pl.col("tm_id").is_not_null(), pl.col("signed_at") >= start, pl.col("signed_at") < until)
        .group_by("tm_id")
        .agg(contracts=pl.len().cast(pl.Int64), amount=pl.col("amount_cny").sum().cast(pl.Int64))
    )
    reviewed = (
        valid(reviews)
        .filter(pl.col("reviewed_on") >= start, pl.col("reviewed_on") < until)
        .sort("reviewed_on")
        .group_by("tm_id")
        .agg(pl.col("score", "review_grade", "reviewed_on").last())
    )
    return (
        roster.filter(pl.col("certified_at") < until)
        .select("tm_id", "org_id", "station_id", "certified_at")
        .join(signed, on="tm_id", how="left")
        .join(reviewed, on="tm_id", how="left")
        .with_columns(pl.col("contracts", "amount").fill_null(0))
        .sort("contracts", "amount", "tm_id", descending=[True, True, False])
    )


def managers_by_grade(found: pl.DataFrame) -> pl.DataFrame:
    """``review_grade, managers, score, busy, contracts, amount``: a row a grade in order, null last for those not reviewed.

    ``busy`` have a contract; ``score`` is the median. The rows add up to all managers.
    """
    order = {grade: place for place, grade in enumerate(GRADES)}
    return (
        found.group_by("review_grade")
        .agg(
            managers=pl.len().cast(pl.Int64),
            score=pl.col("score").median(),
            busy=(pl.col("contracts") > 0).sum().cast(pl.Int64),
            contracts=pl.col("contracts").sum().cast(pl.Int64),
            amount=pl.col("amount").sum().cast(pl.Int64),
        )
        .sort(pl.col("review_grade").replace_strict(order, default=len(order)))
    )


def tasks(records: pl.DataFrame, signed: pl.DataFrame, until: date) -> pl.DataFrame:
    """``task_id, agreement_id, title, owner_org_id, due_date, done, overdue, late``: tasks of valid agreements signed before ``until``.

    ``overdue`` were due by the day before and are not done; ``late`` is how many days, as of that day. The longest overdue first.
    """
    mine = valid(signed).filter(pl.col("signed_at") < until).select("agreement_id")
    done = (pl.col("done_at") < until).fill_null(False)
    overdue = ~done & (pl.col("due_date") < pl.lit(until).dt.offset_by("-1d"))
    late = (pl.lit(until).dt.offset_by("-1d") - pl.col("due_date")).dt.total_days()
    return (
        valid(records)
        .join(mine, on="agreement_id", how="semi")
        .select(
            "task_id",
            "agreement_id",
            "title",
            "owner_org_id",
            "due_date",
            done=done,
            overdue=overdue,
            late=pl.when(overdue).then(late),
        )
        .sort("late", "task_id", descending=[True, False], nulls_last=True)
    )


def agreements(records: pl.DataFrame, found: pl.DataFrame, until: date) -> pl.DataFrame:
    """``agreement_id, title, party_org_id, party_kind, signed_at, ends_at, tasks, done, overdue, late``: signed before ``until``.

    ``found`` as :func:`tasks` gives it. ``late`` is the longest overdue in days. Those with most overdue first.
    """
    own = found.group_by("agreement_id").agg(
        tasks=pl.len().cast(pl.Int64), done=pl.col("done").sum().cast(pl.Int64),
        overdue=pl.col("overdue").sum().cast(pl.Int64), late=pl.col("late").max(),
    )  # fmt: skip
    return (
        valid(records)
        .filter(pl.col("signed_at") < until)
        .select("agreement_id", "title", "party_org_id", "party_kind", "signed_at", "ends_at")
        .join(own, on="agreement_id", how="left")
        .with_columns(pl.col("tasks", "done", "overdue").fill_null(0))
        .sort("overdue", "tasks", "agreement_id", descending=[True, True, False])
    )


def recommended(records: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """Valid recommendations made in the days given, with ``met, decided, agreed`` (invested or settled) as booleans and days between.

    ``days_met`` from recommending to meeting, ``days_decided`` from recommending to the decision; null where it did not come to it.
    What came later than ``until`` counts all the same: a recommendation is followed to its latest state.
    """
    rows = valid(records).filter(pl.col("recommended_on") >= start, pl.col("recommended_on") < until)
    begun = pl.col("recommended_on")
    return rows.with_columns(
        met=pl.col("met_on").is_not_null(),
        decided=pl.col("decided_on").is_not_null(),
        agreed=pl.col("decision").is_in(["invested", "settled"]).fill_null(False),
        days_met=(pl.col("met_on") - begun).dt.total_days(),
        days_decided=(pl.col("decided_on") - begun).dt.total_days(),
    )


def recommended_by(found: pl.DataFrame, column: str) -> pl.DataFrame:
    """``column, sent, met, decided, invested, settled, declined, open, amount, days_met, days_decided``, most sent first.

    ``invested``, ``settled``, ``declined`` and ``open`` (no decision yet) add up to ``sent``; days are medians; ``amount`` in yuan.
    """
    outcomes = [(pl.col("decision") == what).sum().cast(pl.Int64).alias(what) for what in ("invested", "settled", "declined")]
    return (
        found.group_by(column)
        .agg(
            pl.len().cast(pl.Int64).alias("sent"),
            pl.col("met", "decided").sum().cast(pl.Int64),
            *outcomes,
            pl.col("decision").is_null().sum().cast(pl.Int64).alias("open"),
            pl.col("amount_cny").sum().cast(pl.Int64).alias("amount"),
            pl.col("days_met", "days_decided").median(),
        )
        .sort("sent", column, descending=[True, False])
    )
