"""The platform's small frames, countable by eye."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest
from small_records import at, on
from small_records import frame as stored

from kcz_metrics.analysis import platform

START, UNTIL = dt.date(2022, 1, 1), dt.date(2023, 1, 1)
FIELDS = ("SEI", "FUT")


def frame(table: str, rows: list[Mapping[str, Any]]) -> pl.DataFrame:
    return stored(table, rows).drop("_version", "_file", "_row", "_removed")


def resource(number: int, **more: Any) -> dict[str, Any]:
    return {"resource_id": f"R{number}", "library_type": "project", "tech_field": "SEI", "entered_at": at("2020-05-01")} | more


def test_libraries_hold_what_is_live_at_the_end() -> None:
    found = platform.libraries(
        frame(
            "resource",
            [
                resource(1, grade="A", last_confirmed_at=at("2022-03-01")),
                resource(2, grade="C"),
                resource(3, retired_at=at("2022-12-31T23:00")),  # gone on the last evening
                resource(4, retired_at=at("2023-01-01"), tech_field="FUT"),  # still there on the last day
                resource(5, entered_at=at("2023-01-01")),
                resource(6, duplicate_of="R1"),
                resource(7, library_type="talent", entered_at=at("2022-02-01")),
            ],
        ),
        UNTIL,
        FIELDS,
    )
    assert found.columns == ["library_type", "live", "fresh", "A", "B", "C", "SEI", "FUT", "ungraded"]
    assert found.rows() == [("project", 3, 1, 1, 0, 1, 2, 1, 1), ("talent", 1, 1, 0, 0, 0, 1, 0, 1)]


def stock_row(month: str, library: str, valid: int, raw: int, status: str = "verified") -> dict[str, Any]:
    return {"month": month, "library_type": library, "valid_count": valid, "raw_count": raw, "status": status}


def test_stock_keeps_a_library_at_its_last_verified_count() -> None:
    records = frame(
        "stock_month",
        [
            stock_row("2022-01", "project", 10, 12),
            stock_row("2022-02", "project", 99, 99, "rejected"),
            stock_row("2022-02", "talent", 5, 6),
            stock_row("2022-02", "org_EN", 7, 8),
            stock_row("2023-01", "project", 50, 50),  # after the period
        ],
    )
    libraries = platform.stock(records, "2023-01", institutions=False)
    assert libraries.rows() == [("2022-01", 10, 12, 0), ("2022-02", 15, 18, 1)]
    assert platform.stock(records, "2023-01", institutions=True).rows() == [("2022-02", 7, 8, 0)]


def test_institutions_are_active_within_90_days() -> None:
    records = frame(
        "org_residency",
        [
            {"org_id": "A", "joined_at": on("2021-06-01"), "first_action_at": at("2021-08-30")},  # day 90
            {"org_id": "B", "joined_at": on("2022-06-01"), "first_action_at": at("2022-08-31")},  # day 91
            {"org_id": "C", "joined_at": on("2022-11-01"), "first_action_at": at("2022-11-02")},  # too young to tell
            {"org_id": "D", "joined_at": on("2023-01-01")},
            {"org_id": "E", "joined_at": on("2022-01-01"), "status": "rejected"},
        ],
    )
    classes = pl.DataFrame({"org_id": ["A", "B", "C", "D"], "org_class": ["EN", "EN", "EN", "UN"]})
    assert platform.institutions(records, classes, START, UNTIL).rows() == [("EN", 3, 2, 2, 1)]


def usage_row(month: str, client: str, org_class: str, mau: int, dau: float, status: str = "verified") -> dict[str, Any]:
    return {"month": month, "client": client, "org_class": org_class, "mau": mau, "dau_avg": dau, "status": status}


USAGE = [
    usage_row("2022-01", "pc", "EN", 100, 20.0),
    usage_row("2022-01", "app", "EN", 300, 30.0),
    usage_row("2022-01", "pc", "UN", 100, 30.0),
    usage_row("2022-02", "pc", "EN", 100, 10.0),
    usage_row("2022-02", "app", "EN", 900, 900.0, "submitted"),
]


def test_stickiness_is_daily_over_monthly_users() -> None:
    found = platform.usage_by_month(frame("platform_usage_month", USAGE), "2023-01")
    assert found.rows() == [("2022-01", 500, 80.0, 0.16, 0.25, 0.1), ("2022-02", 100, 10.0, 0.1, 0.1, None)]
    by_class = platform.usage_by_class(frame("platform_usage_month", USAGE), "2022-01", "2023-01")
    assert by_class.rows() == [("EN", 250.0, 0.15, 0.1, pytest.approx(60 / 500)), ("UN", 50.0, 0.3, None, 0.3)]


def test_connections_are_sound_by_uptime_and_records() -> None:
    def row(number: int, uptime: float, records: int, live: str | None = "2022-01-01") -> dict[str, Any]:
        day = None if live is None else on(live)
        return {"conn_id": f"D{number}", "kind": "ip", "uptime_pct": uptime, "records_synced": records, "live_at": day}

    records = frame(
        "data_connection", [row(1, 95.0, 1000), row(2, 94.9, 5000), row(3, 99.0, 999), row(4, 99.0, 1, "2023-01-01"), row(5, 99.0, 1, None)]
    )
    assert platform.connections(records, UNTIL, uptime=95.0, least=1000).rows() == [("ip", 3, 1, 6999, 95.0)]


def test_an_accepted_push_was_opened() -> None:
    def row(number: int, opened: str | None, accepted: str | None, sent: str = "2022-05-01") -> dict[str, Any]:
        times = {"sent_at": at(sent), "opened_at": opened and at(opened), "accepted_at": accepted and at(accepted)}
        return {"push_id": f"P{number}", "push_reason": "field", **times}

    records = frame(
        "push_event",
        [row(1, None, None), row(2, "2022-05-02", None), row(3, None, "2022-05-02"), row(4, None, None, "2021-12-31T23:59")],
    )
    assert platform.pushes(records, START, UNTIL).rows() == [("field", 3, 2, 1)]


def test_episodes_of_this_period_and_the_one_before() -> None:
    days = {"A": ["2022-01-01", "2022-12-31", "2021-12-31"], "B": ["2021-01-01", "2020-12-31"]}
    rows = [
        {"item_id": f"{name}{i}", "column_name": name, "aired_at": on(day), "content_hash": f"{name}{i}"}
        for name, given in days.items()
        for i, day in enumerate(given)
    ]
    found = platform.episodes(frame("programme_item", rows), START, UNTIL, dt.date(2021, 1, 1))
    assert found.rows() == [("A", 2, 1), ("B", 0, 1)]
