"""What events leave behind, countable by eye."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest
from small_records import at, on
from small_records import frame as stored

from kcz_metrics.analysis import aftermath

#: The last day known is 31 December 2022.
KNOWN = dt.date(2023, 1, 1)


def frame(table: str, rows: list[Mapping[str, Any]]) -> pl.DataFrame:
    return stored(table, rows).drop("_version", "_file", "_row", "_removed")


def event(code: str, day: str, **more: Any) -> dict[str, Any]:
    start, end = at(f"{day}T09:00"), at(f"{day}T17:00")
    given = {"activity_id": code, "start_at": start, "end_at": end, "participants": 100, "participants_external": 20, "venue": code}
    return given | {"activity_type": "roadshow"} | more


ACTIVITIES = frame(
    "activity",
    [
        event("A", "2022-07-04", series="dual_week"),  # 180 days until the last day known
        event("B", "2022-07-05", series="dual_week"),  # 179 days
        event("C", "2022-12-31"),
        event("D", "2022-07-04", participants=10, venue="A"),  # the same event as A, entered again as a smaller one
        event("E", "2022-01-01", status="rejected"),
    ],
)
TABLES = {kind: frame(kind, []) for kind in aftermath.SOURCES} | {
    "need": frame(
        "need",
        [
            {"need_id": "N1", "source_activity_id": "A", "posted_at": at("2022-08-03T12:00")},  # day 30
            {"need_id": "N2", "source_activity_id": "A", "posted_at": at("2022-08-04T12:00")},  # day 31
            {"need_id": "N3", "source_activity_id": "D", "posted_at": at("2022-07-04T10:00")},  # before the end of A
            {"need_id": "N4", "source_activity_id": "E", "posted_at": at("2022-02-01")},
            {"need_id": "N5", "source_activity_id": "A", "posted_at": at("2022-08-01"), "duplicate_of": "N1"},
            {"need_id": "N6", "posted_at": at("2022-08-01")},
        ],
    ),
    "docking": frame(
        "docking",
        [
            {"docking_id": "K1", "activity_id": "B", "stage": 2, "stage2_at": at("2022-12-31T08:00")},  # day 179
            {"docking_id": "K2", "activity_id": "B", "stage": 1, "stage2_at": None},  # they never met
        ],
    ),
    "contract": frame("contract", [{"contract_id": "V1", "source_activity_id": "A", "signed_at": on("2023-02-01")}]),  # after what is known
}
FOUND = aftermath.outcomes(TABLES, ACTIVITIES)
HELD = aftermath.events(ACTIVITIES)
ROWS = aftermath.counted(HELD, FOUND, KNOWN)


def test_the_same_organiser_venue_and_day_is_one_event() -> None:
    assert aftermath.merged(ACTIVITIES).rows() == [("A", "A"), ("B", "B"), ("C", "C"), ("D", "A")]
    assert HELD["event_id"].to_list() == ["A", "B", "C"]


def test_outcomes_are_dated_from_the_end_of_their_event() -> None:
    found = FOUND.select("record", "event_id", "after").sort("record").rows()
    assert found == [("K1", "B", 179), ("N1", "A", 30), ("N2", "A", 31), ("N3", "A", 0), ("N4", None, None), ("V1", "A", 212)]


def test_an_event_counts_at_a_horizon_once_it_has_had_the_days() -> None:
    assert ROWS.select("event_id", "had", "o30", "o90", "o180", "so_far").rows() == [
        ("A", 180, 2, 3, 3, 3),
        ("B", 179, 0, 0, None, 1),
        ("C", 0, None, None, None, 0),
    ]


def test_groups_add_up_to_the_whole() -> None:
    found = aftermath.by_group(ROWS, "series")
    assert found.select("group", "events", "participants", "external", "so_far", "without").rows() == [
        ("dual_week", 2, 200, 40, 4, 0),
        ("none", 1, 100, 20, 0, 0),
    ]
    assert found.select("n30", "o30", "n90", "o90", "n180", "o180").rows() == [(2, 2, 2, 3, 1, 3), (0, 0, 0, 0, 0, 0)]
    (whole,) = aftermath.by_group(ROWS, "activity_type").drop("group").rows()
    assert found.drop("group").sum().rows() == [whole]


@pytest.mark.parametrize("least, days", [(1, 180), (2, 90), (3, None)])
def test_the_curve_goes_as_far_as_enough_events_have_come(least: int, days: int | None) -> None:
    assert aftermath.horizon(ROWS, least) == days


def test_the_curve_counts_only_events_that_have_had_all_the_days() -> None:
    found = aftermath.course(ROWS, FOUND, "series", 90, 2)
    assert found["group"].unique(maintain_order=True).to_list() == ["all", "dual_week"]  # of no series there is but one, and it is young
    own = found.filter(pl.col("group") == "dual_week")
    assert own["n"].unique().to_list() == [2]
    assert [own["per_event"][day] for day in (0, 29, 30, 31, 90)] == [0.5, 0.5, 1.0, 1.5, 1.5]


def test_kinds_add_up_over_the_spans() -> None:
    found = aftermath.by_kind(HELD, FOUND, KNOWN)
    assert found.rows() == [("need", 2, 1, 0, 0, 3), ("docking", 0, 0, 1, 0, 1)]
    assert found["total"].sum() == ROWS["so_far"].sum()


def test_no_events_give_no_rows() -> None:
    none = aftermath.counted(HELD.clear(), FOUND, KNOWN)
    assert aftermath.by_group(none, "series").is_empty()
    assert aftermath.horizon(none, 1) is None
    assert aftermath.by_kind(HELD.clear(), FOUND, KNOWN).is_empty()
