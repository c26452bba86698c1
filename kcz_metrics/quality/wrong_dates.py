"""(8c) Dates that cannot be: before the founding, reported before it happened, outside the period it was reported for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.quality.found import NONE, Records, named
from kcz_metrics.quality.rule import Namer, Rule, Thresholds
from kcz_metrics.tables import TABLES
from kcz_metrics.tables.labels import Label, labels

PROBLEMS = labels(
    before_start=("早于起始日", "before the start"),
    ahead=("填报早于发生日", "reported before it happened"),
    outside=("不在填报的评价期内", "outside the period it was reported for"),
)


class Dated(Thresholds):
    when: str
    starts: tuple[str, ...]


class WrongDates(Thresholds):
    reported_ahead_days: int
    tables: Mapping[str, Dated]


def find(records: Records, given: WrongDates) -> pl.DataFrame:
    """One flag for each subject, table, kind of problem and year of the date."""
    starts = _starts(records)
    parts = [part for table, how in given.tables.items() for part in _of_table(records, table, how, given, starts)]
    wrong = pl.concat([part for part in parts if part.height] or [parts[0]])
    if wrong.is_empty():
        return NONE
    found = (
        wrong.unique(["name", "problem"], keep="first", maintain_order=True)
        .sort("day", "name")
        .group_by("table", "problem", "subject", year=pl.col("day").dt.year(), maintain_order=True)
        .agg(records="name", count=pl.len(), first=pl.col("day").min(), last=pl.col("day").max())
        .with_columns(
            anchor=pl.concat_str("table", "problem", "subject", pl.col("year").cast(pl.String), separator=" "),
            subjects=pl.concat_list("subject"),
        )
    )
    return named(found, "table", "problem", "subject", "year", "count", "first")


def _starts(records: Records) -> pl.DataFrame:
    """``id, start``: when a city became a pilot, a team and an enterprise were founded."""
    named_by = {"pilot_city": ("city_id", "active_from"), "service_team": ("team_id", "founded_at"), "enterprise": ("org_id", "founded_at")}
    return pl.concat([records.valid(table, [key, start]).select(id=key, start=start) for table, (key, start) in named_by.items()])


def _of_table(records: Records, table: str, how: Dated, given: WrongDates, starts: pl.DataFrame) -> list[pl.DataFrame]:
    subject = _subject(table)
    rows = records.valid(table, [how.when, *how.starts, *([subject] if subject else []), "submitted_at", "period_id"])
    rows = rows.with_columns(day=pl.col(how.when).cast(pl.Date), table=pl.lit(table), owner=pl.col(subject) if subject else "name")
    columns = ["table", "problem", "subject", "day", "name"]
    ahead = (pl.col("day") - pl.col("submitted_at").cast(pl.Date)).dt.total_days() > given.reported_ahead_days
    period = pl.col("period_id")
    month, quarter = pl.col("day").dt.strftime("%Y-%m"), pl.col("day").dt.strftime("%YQ") + pl.col("day").dt.quarter().cast(pl.String)
    finer = pl.when(period.str.contains("-")).then(period == month).when(period.str.contains("Q")).then(period == quarter)
    inside = finer.otherwise(period.str.slice(0, 4) == pl.col("day").dt.strftime("%Y"))
    parts = [
        rows.filter(ahead).select(pl.lit("ahead").alias("problem"), "table", "day", "name", subject="owner").select(columns),
        rows.filter(~inside).select(pl.lit("outside").alias("problem"), "table", "day", "name", subject="owner").select(columns),
    ]
    for column in how.starts:
        early = rows.join(starts, left_on=column, right_on="id").filter(pl.col("day") < pl.col("start"))
        parts.append(early.select(pl.lit("before_start").alias("problem"), "table", "day", "name", subject=column).select(columns))
    return parts


def _subject(table: str) -> str | None:
    """The column that says whose record it is: the first of team, city, seller, subject and body."""
    order = ("team_id", "city_id", "seller_org_id", "subject_id", "entered_by_org_id", "organiser_org_id", "org_id")
    contract = TABLES[table]
    return next((c for c in order if c in contract.columns and not contract.columns[c].nullable), None)


def say(n: Mapping[str, Any], name: Namer) -> Text:
    return T(
        "{who}{year}年有{count}条{table}的日期{problem}，首条为{first}。",
        who=name(n["subject"]),
        year=n["year"],
        count=n["count"],
        table=TABLES[n["table"]].label,
        problem=PROBLEMS[n["problem"]],
        first=n["first"],
    )


RULE = Rule(
    "wrong_dates",
    Label("日期不可能", "Impossible dates"),
    T("发生日早于试点、团队或企业的起始日，或晚于填报时间，或不在填报的评价期内。"),
    "serious",
    ("need", "contract", "activity", "service_day", "impact", "resource", "feedback", "city_input", "overseas_landing"),
    WrongDates,
    find,
    say,
)
