"""The industrial portrait of a city, counted by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from kcz_metrics.analysis import portrait

START, UNTIL = date(2022, 1, 1), date(2023, 1, 1)
VALID = {"status": "verified", "duplicate_of": None}


def rows(given: list[dict[str, Any]], **types: Any) -> pl.DataFrame:
    return pl.DataFrame(given, schema_overrides={"duplicate_of": pl.String, **types})


def need(need_id: str, **more: Any) -> dict[str, Any]:
    usual = {
        "need_id": need_id, "city_id": "PC001", "industry_code": "IND-A", "tech_field": "SEI", "posted_at": datetime(2022, 3, 1),
        "closed_at": None, "outcome": "open", "confirmed_by_enterprise": None,
    }  # fmt: skip
    return usual | VALID | more


def docking(need_id: str, team_id: str | None = "ST1", stage: int = 1, **more: Any) -> dict[str, Any]:
    usual = {"need_id": need_id, "team_id": team_id, "stage": stage, "assigned_at": datetime(2022, 3, 5)}
    return usual | {f"stage{k}_at": None for k in range(2, 7)} | VALID | more


STAGES = {f"stage{k}_at": pl.Datetime("us") for k in range(2, 7)}
CLOSING = {"closed_at": pl.Datetime("us"), "confirmed_by_enterprise": pl.Boolean}


@pytest.mark.parametrize(
    "more, state",
    [
        ({}, "open"),
        ({"outcome": "solved", "closed_at": datetime(2022, 9, 1), "confirmed_by_enterprise": True}, "solved"),
        ({"outcome": "solved", "closed_at": datetime(2022, 9, 1), "confirmed_by_enterprise": False}, "ended"),
        ({"outcome": "solved", "closed_at": datetime(2023, 1, 1), "confirmed_by_enterprise": True}, "open"),
        ({"outcome": "expired", "closed_at": datetime(2022, 9, 1)}, "ended"),
        ({"outcome": "rejected"}, "ended"),
    ],
    ids=["open", "solved", "not_confirmed", "solved_later", "expired", "ended_without_date"],
)
def test_the_state_of_a_need_at_the_end(more: dict[str, Any], state: str) -> None:
    found = portrait.needs(rows([need("ND1", **more)], **CLOSING), rows([docking("ND9")], **STAGES), "PC001", START, UNTIL)
    assert found["state"].to_list() == [state]


def test_only_valid_needs_of_the_city_and_period_count() -> None:
    given = [
        need("ND1"), need("ND2", city_id="PC002"), need("ND3", posted_at=datetime(2021, 12, 31)), need("ND4", status="rejected"),
        need("ND5", duplicate_of="ND1"), need("ND6", industry_code="IND-B", tech_field="DIGI"), need("ND7", posted_at=datetime(2023, 1, 1)),
    ]  # fmt: skip
    dockings = rows(
        [docking("ND1", stage=2, stage2_at=datetime(2022, 4, 1)), docking("ND6", stage=2, stage2_at=datetime(2023, 2, 1))], **STAGES
    )
    found = portrait.needs(rows(given, **CLOSING), dockings, "PC001", START, UNTIL)
    assert found.select("need_id", "met").sort("need_id").rows() == [("ND1", True), ("ND6", False)]
    assert portrait.counted(found, "industry_code").rows() == [("IND-A", 1, 1, 0, 1, 0), ("IND-B", 1, 0, 0, 1, 0)]
    assert portrait.counted(found, "tech_field")["tech_field"].to_list() == ["DIGI", "SEI"]


def item(item_id: str, due: date, done: date | None, published: date | None = date(2022, 1, 10), **more: Any) -> dict[str, Any]:
    usual = {"item_id": item_id, "city_id": "PC001", "original_due_date": due, "done_at": done, "published_at": published}
    return usual | VALID | more


def test_roadmap_items_and_the_plan() -> None:
    items = rows(
        [
            item("RM1", date(2022, 3, 31), date(2022, 3, 31)),
            item("RM2", date(2022, 3, 31), date(2022, 4, 10)),
            item("RM3", date(2022, 11, 30), None),
            item("RM4", date(2022, 12, 1), date(2023, 1, 1)),
            item("RM5", date(2023, 6, 1), None),
            item("RM6", date(2021, 5, 1), date(2021, 4, 1), date(2021, 1, 1)),
            item("RM7", date(2022, 3, 31), None, city_id="PC002"),
            item("RM8", date(2022, 3, 31), None, status="draft"),
        ]
    )
    found = portrait.roadmap(items, "PC001", START, UNTIL)
    assert found.select("item_id", "state", "days_over").rows() == [
        ("RM1", "on_time", 0), ("RM2", "late", 10), ("RM3", "overdue", 31), ("RM4", "overdue", 30), ("RM5", "running", 0),
    ]  # fmt: skip
    assert portrait.plan(found).rows() == [("2022Q1", 2, 1, 1, 0), ("2022Q4", 2, 0, 0, 2)]


def test_teams_at_work() -> None:
    day = {"team_id": "ST1", "person_id": "P1", "date": date(2022, 5, 1), "city_id": "PC001", "onsite": True, **VALID}
    days = rows([day, day | {"person_id": "P2", "onsite": False}, day | {"date": date(2021, 5, 1)}, day | {"city_id": "PC002"}])
    needs = rows([need("ND1"), need("ND2", city_id="PC002")], **CLOSING)
    dockings = rows([docking("ND1", "ST2", 4, stage4_at=datetime(2022, 8, 1)), docking("ND2", "ST2"), docking("ND1", None)], **STAGES)
    cities = pl.DataFrame(
        {
            "team_id": ["ST1", "ST3"],
            "city_id": ["PC001"] * 2,
            "year": [2022, 2021],
            "agreement_signed_at": [date(2022, 2, 1), date(2021, 2, 1)],
        }
    )
    found = portrait.teams_at_work(days, dockings, needs, cities, "PC001", START, UNTIL)
    assert found.select("team_id", "days", "onsite", "people", "dockings", "agreed", "signed_at").rows() == [
        ("ST1", 2, 1, 2, 0, 0, date(2022, 2, 1)), ("ST2", 0, 0, 0, 1, 1, None),
    ]  # fmt: skip


def test_key_industries_are_those_of_the_year_or_the_last_before() -> None:
    given = pl.DataFrame({"city_id": ["PC001"] * 3, "industry_code": ["A", "B", "C"], "year": [2020, 2021, 2021], "rank": [1, 2, 1]})
    assert portrait.key_industries(given, "PC001", 2022)["industry_code"].to_list() == ["C", "B"]
    assert portrait.key_industries(given, "PC001", 2020)["industry_code"].to_list() == ["A"]
    assert portrait.key_industries(given, "PC002", 2022).is_empty()
