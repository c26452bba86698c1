"""(8a) More days of service in a year than a person can give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.quality.found import Records, named
from kcz_metrics.quality.rule import Namer, Rule, Thresholds
from kcz_metrics.tables.labels import Label


class ServiceDays(Thresholds):
    days_a_year: int


def find(records: Records, given: ServiceDays) -> pl.DataFrame:
    """Persons by year, over all teams. To be left out are the days after those that are possible, by date."""
    rows = records.valid("service_day", []).with_columns(year=pl.col("date").dt.year())
    person = ["person_id", "year"]
    rows = rows.with_columns(days=pl.col("date").n_unique().over(person)).filter(pl.col("days") > given.days_a_year)
    over = pl.col("date").rank("dense").over(person) > given.days_a_year
    found = (
        rows.with_columns(over=over)
        .sort("date", "team_id")
        .group_by(person, maintain_order=True)
        .agg(
            records=pl.col("name").filter("over"),
            beside=pl.col("name").filter(~pl.col("over")),
            teams=pl.col("team_id").unique().sort(),
            days=pl.col("days").first(),
            first=pl.col("date").min(),
            last=pl.col("date").max(),
        )
        .with_columns(
            anchor=pl.concat_str("person_id", pl.col("year").cast(pl.String), separator=" "),
            subjects=pl.concat_list("teams", pl.concat_list("person_id")),
            limit=pl.lit(given.days_a_year),
        )
    )
    return named(found, "person_id", "teams", "year", "days", "limit")


def say(n: Mapping[str, Any], name: Namer) -> Text:
    return T(
        "{person}（{team}）{year}年填报服务{days}天，超过一人一年可能的{limit}天。",
        person=name(n["person_id"]),
        team=name(n["teams"][0]),
        year=n["year"],
        days=n["days"],
        limit=n["limit"],
    )


RULE = Rule(
    "service_days",
    Label("服务天数超限", "Too many days of service"),
    T("一人一年在各服务团填报的服务日之和超过上限。确认后略去超出上限的日子。"),
    "serious",
    ("service_day",),
    ServiceDays,
    find,
    say,
)
