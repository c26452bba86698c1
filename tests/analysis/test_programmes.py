"""Releases, lists, consortia, advice, contests, special projects and internships, countable by eye."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl
from small_records import at, on
from small_records import frame as stored

from kcz_metrics.analysis import aftermath, programmes

START, UNTIL = dt.date(2022, 1, 1), dt.date(2023, 1, 1)


def frame(table: str, rows: list[Mapping[str, Any]]) -> pl.DataFrame:
    return stored(table, rows).drop("_version", "_file", "_row", "_removed", strict=False)


def test_releases_by_conference_and_kind() -> None:
    def row(number: int, kind: str, day: str = "2022-05-01", event: str = "A") -> dict[str, Any]:
        return {"item_id": f"R{number}", "activity_id": event, "release_kind": kind, "released_on": on(day), "media_items": 3}

    rows = [row(1, "finding"), row(2, "finding"), row(3, "direction"), row(4, "consensus", event="B"), row(5, "finding", "2021-12-31")]
    records = frame("release_item", rows)
    assert programmes.releases(records, START, UNTIL).rows() == [("A", 1, 0, 2, 3, 9), ("B", 0, 1, 0, 1, 3)]


def test_a_listed_entry_was_shortlisted_and_publicity_is_of_listed_ones() -> None:
    def row(number: int, short: bool, listed: bool, name: str = "L1") -> dict[str, Any]:
        return {"entry_id": f"E{number}", "list_id": name, "entered_on": on("2022-07-01"), "is_shortlisted": short, "is_listed": listed,
                "media_items": 2, "media_views": 50}  # fmt: skip

    kinds = frame(
        "award_list",
        [
            {"list_id": "L0", "list_type": "old", "first_year": 2020},
            {"list_id": "L1", "list_type": "old", "first_year": 2021},
            {"list_id": "L2", "list_type": "new", "first_year": 2022},
        ],
    )
    entries = frame("award_entry", [row(1, False, False), row(2, True, False), row(3, False, True), row(4, True, True, "L2")])
    assert programmes.lists(entries, kinds, START, UNTIL).rows() == [("old", 2020, 3, 2, 1, 2, 50), ("new", 2022, 1, 1, 1, 2, 50)]


CONSORTIA = [
    {"consortium_id": "C2", "parent_id": "C1", "founded_at": on("2022-03-01")},
    {"consortium_id": "C3", "parent_id": "C1", "founded_at": on("2021-03-01")},
    {"consortium_id": "C1", "founded_at": on("2020-01-01")},
    {"consortium_id": "C4", "parent_id": "C1", "founded_at": on("2023-01-01")},  # after the period
]
MEMBERS = [
    {"consortium_id": "C1", "org_id": "O1", "from_date": on("2021-01-01")},
    {"consortium_id": "C3", "org_id": "O1", "from_date": on("2022-01-01"), "to_date": on("2023-01-01")},
    {"consortium_id": "C3", "org_id": "O2", "from_date": on("2022-06-01")},
    {"consortium_id": "C2", "org_id": "O3", "from_date": on("2022-03-01"), "to_date": on("2022-12-31")},  # left before the end
]


def test_consortia_stand_under_their_parent_with_their_members_at_the_end() -> None:
    found = programmes.consortia(frame("consortium", CONSORTIA), frame("consortium_member", MEMBERS), START, UNTIL)
    assert found.select("consortium_id", "depth", "members", "joined").rows() == [("C1", 0, 1, 0), ("C3", 1, 2, 2), ("C2", 1, 0, 0)]
    classes = pl.DataFrame({"org_id": ["O1", "O2", "O3"], "org_class": ["NS", "UN", "UN"]})
    assert programmes.member_classes(frame("consortium_member", MEMBERS), classes, UNTIL).rows() == [("NS", 1, 2), ("UN", 1, 1)]


def test_advice_by_the_event_it_came_out_of() -> None:
    def meeting(code: str, **more: Any) -> dict[str, Any]:
        return {"activity_id": code, "activity_type": "closed_meeting", "venue": code, "start_at": at("2022-03-01T09:00"),
                "end_at": at("2022-03-01T12:00")} | more  # fmt: skip

    activities = frame("activity", [meeting("A"), meeting("B", venue="A", participants=0), meeting("C", status="rejected")])
    items = frame(
        "advice_item",
        [
            {"advice_id": "V1", "source_activity_id": "A", "occurred_on": on("2022-04-01"), "adopted_doc_no": "D1"},
            {"advice_id": "V2", "source_activity_id": "B", "occurred_on": on("2022-04-01")},  # of an event merged into A
            {"advice_id": "V3", "source_activity_id": "C", "occurred_on": on("2022-04-01")},
            {"advice_id": "V4", "occurred_on": on("2022-04-01"), "adopted_doc_no": "D2"},
            {"advice_id": "V5", "occurred_on": on("2023-01-01")},
        ],
    )
    found = programmes.advice(items, activities, aftermath.events(activities), START, UNTIL)
    assert found.rows() == [("closed_meeting", 1, 2, 1), (None, None, 2, 1)]


def test_placed_declined_and_open_are_all_recommended() -> None:
    def row(number: int, **days: str) -> dict[str, Any]:
        return {"recommendation_id": f"R{number}", "recommending_body": "advisory", "recommended_on": on("2022-02-01")} | {
            name: on(day) for name, day in days.items()
        }

    records = frame(
        "talent_recommendation",
        [row(1), row(2, met_on="2022-03-01"), row(3, placed_on="2022-04-01"), row(4, met_on="2022-03-01", declined_on="2022-04-01")],
    )
    assert programmes.recommended(records, START, UNTIL).rows() == [("advisory", 4, 3, 1, 1, 2)]


def test_a_later_stage_counts_in_those_before() -> None:
    def row(number: int, stage: str, sent: bool = False) -> dict[str, Any]:
        return {
            "entry_id": f"E{number}",
            "contest": "startup",
            "contest_stage": stage,
            "sent_to_week": sent,
            "entered_on": on("2022-05-01"),
        }

    entries = frame(
        "contest_entry", [row(1, "entered"), row(2, "preliminary"), row(3, "decisive", True), row(4, "awarded", True), row(5, "awarded")]
    )
    shown = frame(
        "showcase_project",
        [
            {"project_id": "P1", "entry_id": "E3", "mode": "cloud", "occurred_on": on("2022-09-15")},
            {"project_id": "P2", "entry_id": "E5", "mode": "cloud", "occurred_on": on("2022-09-15")},  # shown, though not sent
            {"project_id": "P3", "mode": "onsite", "occurred_on": on("2022-09-15")},
            {"project_id": "P4", "entry_id": "E4", "mode": "cloud", "occurred_on": on("2022-09-15"), "status": "rejected"},
        ],
    )
    assert programmes.contests(entries, shown, START, UNTIL).rows() == [("startup", 5, 4, 3, 2, 2, 1)]
    assert programmes.showcase(shown, START, UNTIL).rows() == [("cloud", 2, 2), ("onsite", 1, 0)]


def test_special_projects_that_ran_in_the_period() -> None:
    def row(code: str, first: str, last: str | None) -> dict[str, Any]:
        return {"project_id": code, "project_kind": "ai_tour", "started_at": on(first), "ended_at": last and on(last)}

    records = frame(
        "special_project",
        [
            row("X1", "2021-05-01", "2022-01-01"),
            row("X2", "2021-06-01", "2021-12-31"),
            row("X3", "2022-12-31", None),
            row("X4", "2023-01-01", None),
            row("X5", "2022-07-01", "2023-01-01"),
        ],
    )
    found = programmes.special(records, START, UNTIL)
    assert found.select("project_id", "is_over").rows() == [("X1", True), ("X5", False), ("X3", False)]


def test_interns_by_origin() -> None:
    def row(number: int, origin: str, hired: bool | None, host: str = "O1") -> dict[str, Any]:
        return {"internship_id": f"I{number}", "origin": origin, "host_org_id": host, "start_date": on("2022-07-01"), "was_hired": hired}

    records = frame("internship", [row(1, "HK", True), row(2, "HK", None), row(3, "HK", False, "O2"), row(4, "MO", False)])
    assert programmes.interns(records, START, UNTIL).rows() == [("HK", 3, 2, 2, 1), ("MO", 1, 1, 1, 0)]
