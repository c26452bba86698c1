"""The shipped sample against what is true about it: abilities show in outcomes, planted cases are there and look as they should."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from kcz_metrics.engines.rows import fact_rows
from kcz_metrics.records.sample import read_sample
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.store import Store

ROOT = Path(__file__).parents[2]
FOUND = (pl.col("status") == "verified") & pl.col("duplicate_of").is_null()


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return json.loads(gzip.decompress((ROOT / "tests" / "truth" / "sample_truth.json.gz").read_bytes()))


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return read_sample(ROOT / "data" / "sample")


def rate(tables: dict[str, pl.DataFrame], table: str, unit: str, value: pl.Expr, keep: pl.Expr | None = None) -> pl.DataFrame:
    """unit, value: one aggregate over the valid rows of a table."""
    rows = tables[table].filter(FOUND & (keep if keep is not None else True))
    return rows.group_by(pl.col(unit).alias("unit")).agg(value=value.cast(pl.Float64)).drop_nulls()


def share(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(False).mean()


IN_TIME = pl.col("done_at") <= pl.col("original_due_date")
RECOVERED = [
    ("city", "engagement", "roadmap_item", "city_id", share(IN_TIME), None, 0.6),
    ("city", "engagement", "need", "city_id", -(pl.col("first_response_at") - pl.col("posted_at")).dt.total_hours().median(), None, 0.7),
    ("city", "effectiveness", "need", "city_id", share(pl.col("outcome") == "solved"), None, 0.45),
    ("city", "effectiveness", "feedback", "subject_id", pl.col("score").mean(), pl.col("subject_type") == "city", 0.7),
    ("city", "radiation", "activity", "city_id", pl.col("participants_external").sum() / pl.col("participants").sum(), None, 0.7),
    (
        "city",
        "radiation",
        "contract",
        "seller_city_id",
        share(pl.col("buyer_city_id") != pl.col("seller_city_id")),
        pl.col("seller_city_id").is_not_null(),
        0.5,
    ),
    ("team", "match", "need_offer", "team_id", share(pl.col("accepted_at").is_not_null()), pl.col("team_id").is_not_null(), 0.5),
    ("team", "practicality", "service_day", "team_id", share(pl.col("level") != "city"), None, 0.7),
    ("team", "performance", "docking", "team_id", share(pl.col("stage") >= 4), pl.col("team_id").is_not_null(), 0.45),
    ("team", "performance", "expert_score", "subject_id", pl.col("score").mean(), None, 0.6),
    ("team", "mechanism", "team_fund", "team_id", pl.col("amount_cny").sum(), None, 0.3),
    ("organisation", "resource", "resource", "entered_by_org_id", share(pl.col("grade") == "A"), pl.col("grade").is_not_null(), 0.6),
    (
        "organisation",
        "docking",
        "docking",
        "provider_org_id",
        -(pl.col("first_reply_at") - pl.col("assigned_at")).dt.total_hours().median(),
        None,
        0.6,
    ),
    ("organisation", "docking", "feedback", "subject_id", pl.col("score").mean(), pl.col("subject_type") == "org", 0.6),
    ("organisation", "transfer", "contract", "seller_org_id", share(pl.col("tm_id").is_not_null()), None, 0.35),
    (
        "organisation",
        "drive",
        "city_input",
        "org_id",
        pl.col("private_cny").sum() / pl.col("amount_cny").sum(),
        pl.col("org_id").is_not_null(),
        0.35,
    ),
    ("organisation", "drive", "incubated_firm", "incubator_org_id", pl.len(), None, 0.3),
]


@pytest.mark.parametrize("kind, ability, table, unit, value, keep, least", RECOVERED, ids=[f"{c[1]}-{c[2]}" for c in RECOVERED])
def test_abilities_show_in_simple_rates(
    tables: dict[str, pl.DataFrame],
    truth: dict[str, Any],
    kind: str,
    ability: str,
    table: str,
    unit: str,
    value: pl.Expr,
    keep: pl.Expr | None,
    least: float,
) -> None:
    measured = rate(tables, table, unit, value, keep)
    able = pl.DataFrame([{"unit": u, "ability": float(np.mean(a[ability]))} for u, a in truth["abilities"][kind].items()])
    both = measured.join(able, on="unit")
    assert both.height >= 0.8 * min(able.height, 300)
    assert spearmanr(both["value"], both["ability"]).statistic > least


def test_the_truth_is_that_of_the_shipped_seed(truth: dict[str, Any], tables: dict[str, pl.DataFrame]) -> None:
    assert (truth["seed"], truth["scale"]) == (2022, 1.0)
    assert list(truth["abilities"]["city"]) == tables["pilot_city"]["city_id"].to_list()
    assert list(truth["abilities"]["team"]) == tables["service_team"]["team_id"].to_list()
    assert len(truth["abilities"]["organisation"]) == 337


@pytest.mark.parametrize(
    "table, same", [("need", "text"), ("activity", "venue"), ("impact", "value"), ("talent", "start_date"), ("contract", "amount_cny")]
)
def test_planted_duplicates_repeat_their_original(tables: dict[str, pl.DataFrame], truth: dict[str, Any], table: str, same: str) -> None:
    frame, cases = tables[table], truth["planted"]["duplicates"][table]
    key = frame.columns[0]
    for state, marked in (("found", True), ("hidden", False)):
        pairs = pl.DataFrame(cases[state], schema={"copy": pl.String, "original": pl.String}, orient="row")
        both = pairs.join(frame, left_on="copy", right_on=key).join(frame, left_on="original", right_on=key, suffix="_original")
        assert both.height == len(cases[state])
        assert (both[same] == both[f"{same}_original"]).all()
        assert both["duplicate_of"].null_count() == (0 if marked else both.height)
    assert frame["duplicate_of"].is_not_null().sum() == len(cases["found"])


def test_related_contracts_are_noticed_but_for_those_through_a_third_firm(tables: dict[str, pl.DataFrame], truth: dict[str, Any]) -> None:
    contract, related = tables["contract"], truth["planted"]["related_contracts"]
    first_reports = contract.filter(pl.col("duplicate_of").is_null())
    assert set(related["noticed"]) == set(first_reports.filter(pl.col("is_related"))["contract_id"])
    assert len(related["noticed"]) >= 75
    assert len(related["unnoticed"]) >= 10
    assert not contract.filter(pl.col("contract_id").is_in(related["unnoticed"]))["is_related"].any()


def test_split_contracts_lie_just_below_the_threshold_within_a_month(tables: dict[str, pl.DataFrame], truth: dict[str, Any]) -> None:
    for group in truth["planted"]["split"]:
        rows = tables["contract"].filter(pl.col("contract_id").is_in(group))
        assert rows.height == 3
        assert rows.select(pl.struct("seller_org_id", "buyer_org_id").n_unique()).item() == 1
        assert rows["amount_cny"].is_between(285_000, 300_000).all()
        assert (rows["signed_at"].max() - rows["signed_at"].min()).days <= 30  # type: ignore[operator]


def test_circular_contracts_come_back(tables: dict[str, pl.DataFrame], truth: dict[str, Any]) -> None:
    contract = tables["contract"]
    for there, back in truth["planted"]["circular"]:
        one, two = (contract.row(by_predicate=pl.col("contract_id") == c, named=True) for c in (there, back))
        assert (one["seller_org_id"], one["buyer_org_id"]) == (two["buyer_org_id"], two["seller_org_id"])
        assert 0 < (two["signed_at"] - one["signed_at"]).days <= 180


def test_the_rush_is_in_the_last_week(tables: dict[str, pl.DataFrame], truth: dict[str, Any]) -> None:
    city = truth["planted"]["year_end_rush_city"]
    year = tables["contract"].filter((pl.col("seller_city_id") == city) & (pl.col("signed_at").dt.year() == 2022))
    late = year.filter(pl.col("signed_at") >= pl.date(2022, 12, 25))
    assert late["tech_amount_cny"].sum() > 0.35 * year["tech_amount_cny"].sum()


def test_the_other_planted_cases_are_there(tables: dict[str, pl.DataFrame], truth: dict[str, Any]) -> None:
    planted = truth["planted"]
    days = tables["service_day"].filter((pl.col("person_id") == planted["padded_days"]["person"]) & (pl.col("date").dt.year() == 2022))
    assert days.height > 200
    flat = tables["feedback"].filter(pl.col("subject_id") == planted["flat_feedback"])
    assert flat.height >= 10
    assert flat["score"].n_unique() == 1
    sums = tables["contract"].filter(pl.col("seller_org_id") == planted["round_sums"], pl.col("period_id").is_in(["2020", "2021"]))
    assert (sums["amount_cny"] % 10_000 == 0).mean() > 0.95
    bought = tables["contract"].filter(pl.col("seller_org_id") == planted["one_buyer"]["seller"])
    assert (bought["buyer_org_id"] == planted["one_buyer"]["buyer"]).mean() > 0.5
    taken = tables["case_adoption"].join(tables["case_study"].select("case_id", "owner_id"), on="case_id").select("owner_id", "adopter_id")
    for a, b in planted["mutual_praise"]:
        assert {(a, b), (b, a)} <= set(taken.iter_rows())


def test_wrong_links_are_just_the_planted_ones(tables: dict[str, pl.DataFrame], truth: dict[str, Any]) -> None:
    planted = truth["planted"]
    linked = (
        tables["contract"].drop_nulls("docking_id").join(tables["docking"].select("docking_id", "need_id", "stage2_at"), on="docking_id")
    )
    late = linked.filter(pl.col("signed_at") < pl.col("stage2_at").cast(pl.Date) + pl.duration(days=7))
    assert set(late["contract_id"]) == set(planted["late_links"])
    placed = linked.join(tables["need"].select("need_id", need_city="city_id"), on="need_id")
    elsewhere = placed.filter(
        (pl.col("need_city") != pl.col("buyer_city_id")) & (pl.col("need_city") != pl.col("seller_city_id")).fill_null(True)
    )
    assert set(elsewhere["contract_id"]) <= {*planted["late_links"], *planted["wrong_places"]}
    assert set(elsewhere["contract_id"]) & set(planted["wrong_places"])


DATED = [
    ("need", "posted_at"), ("activity", "start_at"), ("service_day", "date"), ("impact", "occurred_on"), ("city_input", "occurred_on"),
    ("overseas_landing", "landed_on"), ("visit_plan", "planned_on"), ("roadmap_item", "original_due_date"), ("resource", "entered_at"),
]  # fmt: skip


@pytest.mark.parametrize("table, when", DATED, ids=[name for name, _ in DATED])
def test_nothing_but_the_planted_needs_is_dated_before_its_city_was_a_pilot(
    tables: dict[str, pl.DataFrame], truth: dict[str, Any], table: str, when: str
) -> None:
    early = (
        tables[table]
        .join(tables["pilot_city"].select("city_id", "active_from"), on="city_id")
        .filter(pl.col(when).cast(pl.Date) < pl.col("active_from"))
    )
    assert set(early[early.columns[0]]) == (set(truth["planted"]["before_start"]) if table == "need" else set())


def test_shares_of_one_gain_add_to_the_whole_at_most(tables: dict[str, pl.DataFrame], truth: dict[str, Any]) -> None:
    hidden = [copy for copy, _ in truth["planted"]["duplicates"]["impact"]["hidden"]]
    honest = tables["impact"].filter(pl.col("duplicate_of").is_null() & ~pl.col("impact_id").is_in(hidden))
    assert honest.group_by("enterprise_id", "effect", "period_id").agg(pl.col("share_pct").sum())["share_pct"].max() <= 100  # type: ignore[operator]


def test_silent_cities_hand_in_little(tables: dict[str, pl.DataFrame], truth: dict[str, Any]) -> None:
    log = tables["submission_log"].filter(pl.col("subject_id").str.starts_with("PC"))
    punctual = log.group_by("subject_id").agg(
        share((pl.col("submitted_at") <= pl.col("due_at")) & pl.col("passed_validation")).alias("share")
    )
    silent = punctual.filter(pl.col("subject_id").is_in(truth["planted"]["silent_cities"]))["share"]
    assert silent.max() < 0.4  # type: ignore[operator]
    assert punctual["share"].median() > 0.6  # type: ignore[operator]


def test_copied_answers_are_the_planted_ones(
    truth: dict[str, Any], tables: dict[str, pl.DataFrame], sample_store: Store, shipped_scheme: Scheme
) -> None:
    planted = {id for copies in truth["planted"]["copied_answers"].values() for id in copies}
    valid = set(tables["need_answer"].filter(FOUND)["answer_id"]) & planted
    answers = fact_rows(sample_store.snapshot(), shipped_scheme, ["answers"])["answers"]
    found = set(answers.filter(pl.col("copied"))["answer_id"])
    assert len(valid) > 300
    assert len(found & valid) >= 0.98 * len(valid)
    assert len(found & planted) >= 0.98 * len(found)
