"""(10) Two who take up each other's cases, or give each other top marks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.quality.found import NONE, Records, named
from kcz_metrics.quality.rule import Namer, Rule, Thresholds
from kcz_metrics.tables.labels import Label, labels

KINDS = labels(adoption=("案例采纳", "adoptions of cases"), feedback=("高分评价", "top marks"))


class MutualPraise(Thresholds):
    adoptions_each_way: int
    within_days: int
    feedback_score: float
    feedback_each_way: int


def find(records: Records, given: MutualPraise) -> pl.DataFrame:
    """Pairs by year; the acts of both ways must lie within the days of each other, since over a year some come about by chance."""
    owners = records.valid("case_study", ["owner_id"]).select("case_id", "owner_id")
    taken = records.valid("case_adoption", ["case_id", "adopter_id", "adopted_at"]).join(owners, on="case_id")
    marks = records.valid("feedback", ["subject_id", "respondent_org_id", "score", "occurred_on"])
    parts = [
        _pairs(taken.select("name", giver="adopter_id", taker="owner_id", day="adopted_at"), "adoption", given.adoptions_each_way, given),
        _pairs(
            marks.filter(pl.col("score") >= given.feedback_score).select(
                "name", giver="respondent_org_id", taker="subject_id", day="occurred_on"
            ),
            "feedback",
            given.feedback_each_way,
            given,
        ),
    ]
    return pl.concat([part for part in parts if part.height] or [NONE], how="vertical_relaxed")


def _pairs(acts: pl.DataFrame, kind: str, least: int, given: MutualPraise) -> pl.DataFrame:
    """From the first act of a pair in a year on, those within the days; both ways must be often enough among them."""
    acts = acts.filter(pl.col("giver") != pl.col("taker")).with_columns(
        one=pl.min_horizontal("giver", "taker"), two=pl.max_horizontal("giver", "taker"), year=pl.col("day").dt.year()
    )
    pair = ["one", "two", "year"]
    acts = acts.with_columns(there=pl.col("giver") == pl.col("one"))
    acts = acts.filter((pl.col("there").sum().over(pair) >= least) & ((~pl.col("there")).sum().over(pair) >= least))
    # Every act may begin a window; of a pair's windows the fullest counts.
    windows = acts.join(acts.select(*pair, begin="day").unique(), on=pair).filter(
        (pl.col("day") >= pl.col("begin")) & ((pl.col("day") - pl.col("begin")).dt.total_days() <= given.within_days)
    )
    found = (
        windows.sort("day", "name")
        .group_by(*pair, "begin", maintain_order=True)
        .agg(
            records="name",
            to_one=(~pl.col("there")).sum(),
            to_two=pl.col("there").sum(),
            first=pl.col("day").min(),
            last=pl.col("day").max(),
        )
        .filter((pl.col("to_one") >= least) & (pl.col("to_two") >= least))
        .sort(pl.col("to_one") + pl.col("to_two"), "begin", descending=[True, False])
        .unique(pair, keep="first", maintain_order=True)
        .with_columns(
            kind=pl.lit(kind),
            anchor=pl.concat_str(pl.lit(kind), "one", "two", pl.col("year").cast(pl.String), separator=" "),
            subjects=pl.concat_list("one", "two"),
            days=(pl.col("last") - pl.col("first")).dt.total_days(),
        )
    )
    return named(found, "kind", "one", "two", "year", "to_one", "to_two", "days")


def say(n: Mapping[str, Any], name: Namer) -> Text:
    return T(
        "{one}与{two}{year}年在{days}天内互有{kind}：{to_one}次与{to_two}次。",
        one=name(n["one"]),
        two=name(n["two"]),
        year=n["year"],
        days=n["days"],
        kind=KINDS[n["kind"]],
        to_one=n["to_one"],
        to_two=n["to_two"],
    )


RULE = Rule(
    "mutual_praise",
    Label("互相捧场", "Mutual praise"),
    T("两个单位在规定天数内互相采纳案例，或互打高分，双向都达到规定次数。"),
    "doubtful",
    ("case_adoption", "feedback"),
    MutualPraise,
    find,
    say,
)
