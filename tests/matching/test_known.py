"""The gate: what was known at the end of a day, and nothing later."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from small_world import VALID, at, docking, need, world

from kcz_metrics.matching import known

DAY = date(2021, 3, 31)


@pytest.mark.parametrize(
    "more, listed, still_open",
    [
        ({}, True, True),
        ({"posted_at": at("2021-04-01T00:00:00")}, False, None),
        ({"posted_at": at("2021-03-31T23:59:00")}, True, True),
        ({"closed_at": at("2021-03-31T10:00:00"), "outcome": "expired"}, True, False),
        ({"closed_at": at("2021-04-01T00:00:00"), "outcome": "solved"}, True, True),
        ({"outcome": "rejected"}, True, False),
        ({"status": "withdrawn"}, False, None),
        ({"status": "submitted", "verified_at": None}, True, True),
        ({"duplicate_of": "ND0"}, False, None),
    ],
    ids=["posted", "later", "last_minute", "closed", "closed_later", "ended_without_date", "withdrawn", "unverified", "duplicate"],
)
def test_needs(more: dict[str, Any], listed: bool, still_open: bool | None) -> None:
    seen = known(world(need=[need("ND1", "2021-01-10", **more)]), DAY)
    assert seen.needs.height == listed
    assert (seen.needs["open"].to_list() or [None]) == [still_open]


def test_what_came_later_is_taken_back() -> None:
    rows = [docking("DK1", "ND1", "ST1", "2021-02-01", stage2_at=at("2021-03-01"), stage4_at=at("2021-04-01"), stage6_at=at("2021-06-01"))]
    seen = known(world(docking=rows), DAY)
    assert seen.dockings.select("begun_at", "met_at", "agreed_at", "ended_at").row(0) == (at("2021-02-01"), at("2021-03-01"), None, None)
    assert known(world(docking=rows), date(2021, 12, 31)).dockings["ended_at"][0] == at("2021-06-01")


@pytest.mark.parametrize(
    "more",
    [{"assigned_at": at("2021-04-02")}, {"verified_at": at("2021-04-01")}, {"status": "rejected"}, {"duplicate_of": "DK0"}],
    ids=["later", "verified_later", "rejected", "duplicate"],
)
def test_dockings_that_were_not_known(more: dict[str, Any]) -> None:
    assert known(world(docking=[docking("DK1", "ND1", "ST1", "2021-02-01", **more)]), DAY).dockings.is_empty()


def test_teams_there_and_not_revoked() -> None:
    revoked = [{"team_id": "ST2", "reviewed_at": at("2021-03-01"), "reg_status": "revoked"}]
    assert known(world(), DAY).teams["team_id"].to_list() == ["ST1", "ST2"]
    assert known(world(team_registration=revoked), DAY).teams["team_id"].to_list() == ["ST1"]
    assert known(world(team_registration=revoked), date(2021, 2, 28)).teams["team_id"].to_list() == ["ST1", "ST2"]
    assert known(world(), date(2022, 6, 1)).teams["team_id"].to_list() == ["ST1", "ST2", "ST3"]


def test_the_running_years_cities_count_only_where_signed() -> None:
    assert known(world(), DAY).team_cities.rows() == []
    assert known(world(), date(2021, 5, 1)).team_cities.rows() == [("ST1", "PC001", date(2021, 5, 1))]
    assert known(world(), date(2022, 3, 1)).team_cities.rows() == [("ST1", "PC001", date(2021, 5, 1)), ("ST2", "PC001", None)]


def test_resources_and_uses() -> None:
    assert known(world(), date(2021, 6, 1)).resources.is_empty()
    assert known(world(), date(2021, 6, 2)).resources["resource_id"].to_list() == ["RS1", "RS2"]
    use = {
        "resource_id": "RS1",
        "user_org_id": "OR9",
        "used_at": at("2021-07-01"),
        "is_bot": False,
        "verified_at": at("2021-07-05"),
        **VALID,
    }
    both = world(resource_use=[use, use | {"is_bot": True}])
    assert [known(both, date(2021, 7, d)).uses.height for d in (4, 5)] == [0, 1]
