"""(9) Everybody equally content: satisfaction with hardly any spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.quality.chance import spans, years_first
from kcz_metrics.quality.found import Records, named
from kcz_metrics.quality.rule import Namer, Rule, Thresholds
from kcz_metrics.tables.labels import Label


class FlatSatisfaction(Thresholds):
    minimum_records: int
    deviation: float


def find(records: Records, given: FlatSatisfaction) -> pl.DataFrame:
    """Subjects by year and over all years, with enough answers."""
    rows = spans(records.valid("feedback", ["subject_id", "score", "occurred_on"]), "occurred_on")
    score = pl.col("score")
    found = rows.group_by("subject_id", "span", maintain_order=True).agg(
        n=pl.len(),
        mean=score.mean(),
        deviation=score.std(),
        records=pl.col("name"),
        first=pl.col("occurred_on").min(),
        last=pl.col("occurred_on").max(),
    )
    spread = rows.filter(pl.col("span") == "all").group_by("subject_id").agg(n=pl.len(), deviation=score.std())
    usual = spread.filter(pl.col("n") >= given.minimum_records)["deviation"].median()
    called = found.filter((pl.col("n") >= given.minimum_records) & (pl.col("deviation") <= given.deviation)).with_columns(
        anchor=pl.concat_str("subject_id", "span", separator=" "),
        subjects=pl.concat_list("subject_id"),
        usual=pl.lit(usual, pl.Float64),
    )
    return named(years_first(called, ["subject_id"]), "subject_id", "span", "n", "mean", "deviation", "usual")


def say(n: Mapping[str, Any], name: Namer) -> Text:
    return T(
        "{who}的{n}份满意度评价几乎相同：平均{mean}分，标准差{deviation}（各单位的中位数{usual}）。",
        who=name(n["subject_id"]),
        n=n["n"],
        mean=f"{n['mean']:.1f}",
        deviation=f"{n['deviation']:.2f}",
        usual=f"{n['usual']:.1f}",
    )


RULE = Rule(
    "flat_satisfaction",
    Label("满意度无差异", "Flat satisfaction"),
    T("评价份数足够多而满意度的标准差接近零。"),
    "doubtful",
    ("feedback",),
    FlatSatisfaction,
    find,
    say,
)
