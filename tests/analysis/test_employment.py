"""Seekers against openings, hires, the zone, firms and new jobs, countable by eye."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest
from small_records import at, on
from small_records import frame as stored

from kcz_metrics.analysis import employment

START, UNTIL = dt.date(2022, 1, 1), dt.date(2023, 1, 1)


def frame(table: str, rows: list[Mapping[str, Any]]) -> pl.DataFrame:
    return stored(table, rows).drop("_version", "_file", "_row", "_removed", strict=False)


def seek(quarter: str, city: str, field: str, seekers: int, **more: Any) -> dict[str, Any]:
    return {"quarter": quarter, "city_id": city, "tech_field": field, "seekers": seekers, "graduates": 1} | more


def post(code: str, city: str, field: str, openings: int, **more: Any) -> dict[str, Any]:
    given = {"post_id": code, "city_id": city, "tech_field": field, "openings": openings, "posted_on": on("2022-05-01")}
    return given | {"position": "research"} | more


SUPPLY = [
    seek("2022Q1", "PC001", "TRAD", 20),
    seek("2022Q4", "PC001", "DIGI", 4),
    seek("2022Q4", "PC002", "TRAD", 10),
    seek("2021Q4", "PC001", "TRAD", 99),
    seek("2022Q2", "PC001", "GREEN", 99, status="rejected"),
]
POSTS = [
    post("J1", "PC001", "TRAD", 8, salary_cny=8000),
    post("J2", "PC001", "DIGI", 8, position="sales"),
    post("J3", "PC003", "DIGI", 1, salary_cny=10_000),
    post("J4", "PC001", "TRAD", 50, posted_on=on("2021-12-31")),
]
HIRES = [
    {"hire_id": "H1", "post_id": "J1", "hired_on": on("2022-06-01"), "stayed_6m": True, "is_graduate": True},
    {"hire_id": "H2", "post_id": "J1", "hired_on": on("2023-06-01"), "stayed_6m": None},  # on a posting of the period, though later
    {"hire_id": "H3", "post_id": "J2", "hired_on": on("2022-06-01"), "stayed_6m": False},
    {"hire_id": "H4", "post_id": "J4", "hired_on": on("2022-06-01"), "stayed_6m": True},  # on a posting of the year before
]
RESOURCES = [
    {"resource_id": "R1", "library_type": "talent", "tech_field": "TRAD", "city_id": "PC001", "entered_at": at("2021-01-01")},
    {"resource_id": "R2", "library_type": "talent", "tech_field": "TRAD", "city_id": None, "entered_at": at("2021-01-01")},
    {"resource_id": "R3", "library_type": "project", "tech_field": "TRAD", "city_id": "PC001", "entered_at": at("2021-01-01")},
]


def parts() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    postings = employment.posts(frame("recruit_post", POSTS), START, UNTIL)
    return (
        employment.supply(frame("job_supply", SUPPLY), START, UNTIL),
        postings,
        employment.hires(frame("hire", HIRES), postings),
        employment.talent(frame("resource", RESOURCES), UNTIL),
    )


@pytest.mark.parametrize("start, until, rows", [(START, UNTIL, 3), (dt.date(2022, 10, 1), UNTIL, 2), (dt.date(2022, 11, 1), UNTIL, 0)])
def test_a_quarter_counts_where_it_lies_wholly_in_the_days(start: dt.date, until: dt.date, rows: int) -> None:
    assert employment.supply(frame("job_supply", SUPPLY), start, until).height == rows


def test_supply_and_demand_by_field() -> None:
    found = employment.balance(*parts(), "tech_field", floor=5)
    assert found.columns == ["tech_field", *employment.COUNTS, "ratio"]
    assert found.rows() == [
        ("DIGI", 4, 1, 9, 1, 1, 0, 0, pytest.approx(4 / 9)),
        ("TRAD", 30, 2, 8, 2, 1, 1, 2, 3.75),
    ]


def test_every_count_adds_up_alike_over_fields_and_pilots() -> None:
    by_city = employment.balance(*parts(), "city_id", floor=5)
    assert by_city.select("city_id", "seekers", "openings", "talent", "ratio").rows() == [
        ("PC001", 24, 16, 1, 1.5),
        ("PC003", 0, 1, 0, None),
        ("PC002", 10, 0, 0, None),
        (None, 0, 0, 1, None),
    ]
    by_field = employment.balance(*parts(), "tech_field")
    assert by_city.select(employment.COUNTS).sum().rows() == by_field.select(employment.COUNTS).sum().rows()


def test_a_field_of_a_pilot_is_compared_from_enough_openings() -> None:
    supply, postings, *_ = parts()
    assert employment.cells(supply, postings, floor=8).rows() == [("PC001", "DIGI", 4, 8, 0.5), ("PC001", "TRAD", 20, 8, 2.5)]
    assert employment.cells(supply, postings, floor=9).is_empty()


def test_positions_with_the_median_of_stated_pay() -> None:
    _, postings, hired, _ = parts()
    assert employment.positions(postings, hired).rows() == [("research", 9, 9000.0, 2, 1, 1, 1), ("sales", 8, None, 1, 0, 1, 0)]


def test_the_zone_by_service_and_by_month() -> None:
    def row(month: str, service: str, visits: int) -> dict[str, Any]:
        return {"month": month, "zone_service": service, "visits": visits, "requests": visits // 2, "matched": visits // 4}

    records = frame(
        "zone_month", [row("2022-01", "job", 8), row("2022-02", "job", 8), row("2022-01", "talent", 40), row("2021-12", "job", 100)]
    )
    assert employment.zone(records, "2022-01", "2023-01").rows() == [("talent", 40, 20, 10), ("job", 16, 8, 4)]
    months = employment.zone(records, "", "2022-02", ["month"])
    assert months.rows() == [("2021-12", 100, 50, 25), ("2022-01", 48, 24, 12)]


def test_firms_are_told_alive_in_the_period_in_which_their_first_year_ends() -> None:
    def row(code: str, day: str, alive: bool | None, **more: Any) -> dict[str, Any]:
        return {"org_id": code, "incubator_org_id": "O1", "registered_at": on(day), "alive_12m": alive} | more

    firms = frame(
        "incubated_firm",
        [
            row("F1", "2021-01-01", True, centre_id="Z1"),
            row("F2", "2021-12-31", False),
            row("F3", "2021-06-01", None, centre_id="Z1"),
            row("F4", "2022-06-01", None),
            row("F5", "2020-12-31", True),  # a year old before the period
        ],
    )
    classes = pl.DataFrame({"org_id": ["O1"], "org_class": ["UN"]})
    assert employment.incubation(firms, classes, START, UNTIL).rows() == [("UN", 1, 3, 2, 1)]
    places = frame("centre", [{"centre_id": "Z2", "opened_at": on("2022-01-01")}, {"centre_id": "Z1", "opened_at": on("2021-01-01")},
                              {"centre_id": "Z3", "opened_at": on("2023-01-01")}])  # fmt: skip
    found = employment.centres(places, firms, UNTIL)
    assert found.select("centre_id", "firms", "known", "alive").rows() == [("Z1", 2, 1, 1), ("Z2", 0, 0, 0)]


def test_new_jobs_by_evidence() -> None:
    def row(number: int, jobs: float, grade: str, effect: str = "new_jobs", day: str = "2022-05-01") -> dict[str, Any]:
        return {"impact_id": f"M{number}", "effect": effect, "value": jobs, "evidence_class": grade, "occurred_on": on(day)}

    records = frame(
        "impact", [row(1, 5, "A"), row(2, 7, "C"), row(3, 2, "A"), row(4, 9e6, "A", "new_sales"), row(5, 3, "B", day="2021-12-31")]
    )
    assert employment.new_jobs(records, START, UNTIL).rows() == [("A", 2, 7.0), ("C", 1, 7.0)]
