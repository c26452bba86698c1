"""Abilities show in the lighter tables too: what engaged cities, able bodies and well-kept teams do more of, or in better time."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from kcz_metrics.records.sample import read_sample

ROOT = Path(__file__).parents[2]
Tables = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return json.loads(gzip.decompress((ROOT / "tests" / "truth" / "sample_truth.json.gz").read_bytes()))


@pytest.fixture(scope="module")
def tables() -> Tables:
    return read_sample(ROOT / "data" / "sample")


def share(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(False).mean()


IN_TIME = pl.col("done_at") <= pl.col("due_date")
DUE = pl.col("due_date") <= pl.date(2022, 12, 31)
#: kind, ability, table, unit, what is measured, of which rows, how far it agrees at least
SHOWN = [
    ("city", "engagement", "work_task", "city_id", share(IN_TIME), DUE & (pl.col("task_level") == "city"), 0.45),
    ("city", "engagement", "city_plan_item", "city_id", share(pl.col("done_at").is_not_null()), DUE, 0.25),
    ("city", "engagement", "liaison_visit", "city_id", pl.len(), pl.col("period_id") == "2022", 0.3),
    ("city", "engagement", "package_use", "city_id", pl.len(), pl.col("period_id") == "2022", 0.45),
    ("organisation", "docking", "activity_partner", "org_id", pl.len(), pl.col("partner_role") == "co_host", 0.15),
    ("organisation", "drive", "award_entry", "org_id", share(pl.col("is_listed")), pl.col("org_id") < "OR10000", 0.1),
]


@pytest.mark.parametrize("kind, ability, table, unit, value, keep, least", SHOWN, ids=[f"{c[1]}-{c[2]}" for c in SHOWN])
def test_abilities_show(
    tables: Tables, truth: dict[str, Any], kind: str, ability: str, table: str, unit: str, value: pl.Expr, keep: pl.Expr, least: float
) -> None:
    measured = tables[table].filter(keep).group_by(pl.col(unit).alias("unit")).agg(value=value.cast(pl.Float64))
    able = pl.DataFrame([{"unit": u, "ability": float(np.mean(a[ability]))} for u, a in truth["abilities"][kind].items()])
    both = measured.join(able, on="unit")
    assert both.height >= 50
    assert spearmanr(both["value"], both["ability"]).statistic > least


def test_tails_are_as_long_as_they_were_meant(tables: Tables, truth: dict[str, Any]) -> None:
    held = tables["activity"].select("activity_id", "activity_type", "series", held_on=pl.col("start_at").dt.date())
    signed = tables["contract"].drop_nulls("source_activity_id").join(held, left_on="source_activity_id", right_on="activity_id")
    days = signed.group_by(kind=pl.coalesce("series", "activity_type")).agg(
        pl.len(), days=(pl.col("signed_at") - pl.col("held_on")).dt.total_days().median()
    )
    known = days.filter(pl.col("len") >= 15).with_columns(meant=pl.col("kind").replace_strict(truth["further"]["tail_days"]))
    assert known.height >= 8
    assert spearmanr(known["days"], known["meant"]).statistic > 0.7


def test_seekers_a_post_are_as_they_were_meant(tables: Tables, truth: dict[str, Any]) -> None:
    opened = tables["recruit_post"].group_by("tech_field").agg(pl.col("openings").sum())
    sought = tables["job_supply"].group_by("tech_field").agg(pl.col("seekers").sum())
    both = opened.join(sought, on="tech_field").with_columns(meant=pl.col("tech_field").replace_strict(truth["further"]["sought"]))
    assert both.height == 5
    assert both.select((pl.col("seekers") / pl.col("openings") / pl.col("meant")).is_between(0.7, 1.3).all()).item()


def test_the_best_were_praised_and_the_weakest_reminded(tables: Tables, truth: dict[str, Any]) -> None:
    able = {u: float(np.mean([years[1] for years in a.values()])) for u, a in truth["abilities"]["city"].items()}
    use = tables["result_use"].filter((pl.col("subject_type") == "city") & (pl.col("round_id") == "2021Y"))
    mean = dict(
        use.with_columns(able=pl.col("subject_id").replace_strict(able)).group_by("use_kind").agg(pl.col("able").mean()).iter_rows()
    )
    assert mean["talk"] < mean["remind"] < 0 < mean["commend"]
    decided = tables["result_use"].select(pl.col("decided_on").dt.year() - pl.col("round_id").str.slice(0, 4).cast(pl.Int32))
    assert decided.to_series().to_list() == [1] * decided.height


def test_silent_pilots_are_hardly_visited(tables: Tables, truth: dict[str, Any]) -> None:
    visits = dict(tables["liaison_visit"].group_by("city_id").len().iter_rows())
    usual = float(np.median(list(visits.values())))
    assert all(visits.get(city, 0) < 0.4 * usual for city in truth["planted"]["silent_cities"])
