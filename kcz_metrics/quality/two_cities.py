"""(8b) One person on site in two cities on one day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.quality.found import Records, named
from kcz_metrics.quality.rule import Namer, Rule, Thresholds
from kcz_metrics.tables.labels import Label


class TwoCities(Thresholds):
    cities_a_day: int


def find(records: Records, given: TwoCities) -> pl.DataFrame:
    """Persons by year, with every such day of it: days of service on site, and visits done."""
    served = records.valid("service_day", ["city_id", "onsite"]).filter("onsite")
    visits = records.valid("visit_plan", ["team_id", "person_id", "city_id", "done_on"]).filter(pl.col("done_on").is_not_null())
    columns = ["person_id", "team_id", "city_id", "day", "name"]
    there = pl.concat([served.rename({"date": "day"}).select(columns), visits.rename({"done_on": "day"}).select(columns)])
    day = ["person_id", "day"]
    there = there.filter(pl.col("city_id").n_unique().over(day) > given.cities_a_day).sort("person_id", "day", "name")
    found = (
        there.group_by("person_id", year=pl.col("day").dt.year(), maintain_order=True)
        .agg(
            records=pl.col("name").unique(maintain_order=True),
            teams=pl.col("team_id").unique().sort(),
            cities=pl.col("city_id").unique().sort(),
            days=pl.col("day").n_unique(),
            first=pl.col("day").min(),
            last=pl.col("day").max(),
        )
        .with_columns(
            anchor=pl.concat_str("person_id", pl.col("year").cast(pl.String), separator=" "),
            subjects=pl.concat_list("teams", pl.concat_list("person_id")),
        )
    )
    return named(found, "person_id", "teams", "cities", "year", "days", "first")


def say(n: Mapping[str, Any], name: Namer) -> Text:
    return T(
        "{person}（{team}）{year}年有{days}天同时在两地现场服务，首次为{first}（{one}、{two}）。",
        person=name(n["person_id"]),
        team=name(n["teams"][0]),
        year=n["year"],
        days=n["days"],
        first=n["first"],
        one=name(n["cities"][0]),
        two=name(n["cities"][1]),
    )


RULE = Rule(
    "two_cities",
    Label("同日两地", "Two cities on one day"),
    T("同一人在同一天于两个城市现场服务或走访。"),
    "serious",
    ("service_day", "visit_plan"),
    TwoCities,
    find,
    say,
)
