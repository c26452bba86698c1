"""The rules that hold between tables, asked of the whole shipped sample; what breaks one is a planted case and nothing else.

Links of contracts with dockings, and shares of one gain, are in ``test_truth``; three teams a person at most is a rule of the contract.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kcz_metrics.records.sample import read_sample
from kcz_metrics.tables import TABLES

ROOT = Path(__file__).parents[2]
YEARS = [2020, 2021, 2022]
PLACED = [(name, r.column) for name, t in TABLES.items() for r in t.references if t.has_tail and r.table == "pilot_city"]
PEOPLE = {(name, r.column) for name, t in TABLES.items() for r in t.references if r.table == "expert"}
PEOPLE |= {("expert", "person_id"), ("talent_recommendation", "person_hash")}
IDENTITY = r"(?:^|\D)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dX](?:\D|$)"


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return json.loads(gzip.decompress((ROOT / "tests" / "truth" / "sample_truth.json.gz").read_bytes()))


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return read_sample(ROOT / "data" / "sample")


@pytest.mark.parametrize("table, column", PLACED, ids=[f"{table}-{column}" for table, column in PLACED])
def test_a_record_belongs_to_a_pilot_that_was_one_in_its_period(
    tables: dict[str, pl.DataFrame], truth: dict[str, Any], table: str, column: str
) -> None:
    pilot = tables["pilot_city"].select(pl.col("city_id").alias(column), first="active_from", last="active_to")
    year = pl.col("period_id").str.slice(0, 4).cast(pl.Int32)
    rows = tables[table].drop_nulls(column).join(pilot, on=column)
    assert rows.height == tables[table][column].drop_nulls().len()
    outside = rows.filter((pl.col("first").dt.year() > year) | (pl.col("last").dt.year() < year))
    planted = truth["planted"]["before_start"] if table == "need" else []
    assert set(outside[TABLES[table].key[0]]) <= set(planted)


def test_a_docking_is_credited_with_one_contract(tables: dict[str, pl.DataFrame], truth: dict[str, Any]) -> None:
    planted = truth["planted"]
    hidden = [copy for copy, _ in planted["duplicates"]["contract"]["hidden"]]
    honest = tables["contract"].filter(
        pl.col("duplicate_of").is_null() & ~pl.col("contract_id").is_in([*hidden, *planted["late_links"], *planted["wrong_places"]])
    )
    assert honest["docking_id"].drop_nulls().is_unique().all()
    assert honest["registration_no"].drop_nulls().is_unique().all()


def test_a_merged_body_leads_to_a_living_one_from_a_day_on(tables: dict[str, pl.DataFrame], truth: dict[str, Any]) -> None:
    org = tables["org"]
    gone = org.filter(pl.col("status") == "merged")
    told = sorted((a, b, str(day)) for a, b, day in gone.select("org_id", "merged_into", "merged_at").iter_rows())
    assert told == sorted(tuple(case) for case in truth["further"]["mergers"])
    into = org.filter(pl.col("org_id").is_in(gone["merged_into"].implode()))
    assert set(into["status"]) == {"active"}
    assert org.filter(pl.col("merged_into").is_not_null() & (pl.col("status") != "merged")).height == 0


@pytest.mark.parametrize("table, column", sorted(PEOPLE), ids=lambda value: value)
def test_persons_are_hashes(tables: dict[str, pl.DataFrame], table: str, column: str) -> None:
    assert tables[table][column].drop_nulls().str.contains(r"^P[0-9a-f]{6,}$").all()


def test_no_identity_number_stands_anywhere(tables: dict[str, pl.DataFrame]) -> None:
    assert pl.Series([" 330102199001011234", "330102199001011234。"]).str.contains(IDENTITY).all()
    for name, frame in tables.items():
        for column, kind in frame.schema.items():
            if kind == pl.String and column != "uscc":
                assert not frame[column].drop_nulls().unique().str.contains(IDENTITY).any(), (name, column)


def test_denominators_are_there_for_every_year_and_above_zero(tables: dict[str, pl.DataFrame]) -> None:
    city, region, body = tables["city_context"], tables["region_context"], tables["org_context"]
    assert city.height == tables["pilot_city"].height * len(YEARS)
    assert region.height == tables["province"]["has_association"].sum() * len(YEARS)
    assert body.group_by("org_id").len()["len"].to_list() == [len(YEARS)] * body["org_id"].n_unique()
    for frame, sizes in ((city, ("gdp_100m", "rd_staff", "enterprise_tech")), (region, ("gdp_100m", "rd_staff"))):
        assert set(frame["year"]) == set(YEARS)
        assert frame.select(pl.min_horizontal(pl.col(size).min() for size in sizes)).item() > 0
    assert body.select(pl.coalesce("members", "rd_staff", "employees").min()).item() > 0


def test_complaints_agree_with_their_dockings_but_for_the_hidden_ones(tables: dict[str, pl.DataFrame], truth: dict[str, Any]) -> None:
    both = tables["complaint"].join(tables["docking"].select("docking_id", "complaint_upheld"), on="docking_id")
    differing = both.filter(pl.col("is_upheld") & ~pl.col("complaint_upheld"))
    assert set(differing["complaint_id"]) == set(truth["further"]["hidden_complaints"])
    assert both.filter(~pl.col("is_upheld") & pl.col("complaint_upheld")).height == 0
    upheld = tables["docking"].filter(pl.col("complaint_upheld") & pl.col("duplicate_of").is_null())
    assert set(upheld["docking_id"]) <= set(both.filter("is_upheld")["docking_id"])


def test_only_planted_entries_were_nominated_by_themselves(tables: dict[str, pl.DataFrame], truth: dict[str, Any]) -> None:
    own = tables["award_entry"].filter(pl.col("nominated_by") == pl.col("org_id"))
    assert set(own["entry_id"]) == set(truth["further"]["self_nominated"])
