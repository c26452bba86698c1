"""Stations, managers, agreements, recommendations, bases and packages on rows countable by eye."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest
from small_records import frame as stored
from small_records import on

from kcz_metrics.analysis import institutions, offers

START, UNTIL = dt.date(2022, 1, 1), dt.date(2023, 1, 1)


def frame(table: str, rows: list[Mapping[str, Any]]) -> pl.DataFrame:
    return stored(table, rows).drop("_version", "_file", "_row", "_removed")


STATION_YEARS = pl.DataFrame(
    [
        ("S1", 2021, "society", "P1", on("2021-03-01"), on("2022-01-01"), 9, 9, True),
        ("S1", 2022, "society", "P1", on("2022-01-01"), None, 4, 1, True),
        ("S2", 2022, "society", "P1", on("2022-01-01"), None, 3, 2, False),
        ("S3", 2022, "local", "P2", on("2022-01-01"), None, 7, 0, False),
        ("S4", 2022, "local", "P2", on("2022-06-01"), on("2023-01-01"), 0, 0, False),  # open to the last day
        ("S5", 2022, "local", "P2", on("2022-01-01"), on("2022-12-31"), 9, 9, True),  # closed by then
    ],
    schema=["station_id", "year", "kind", "city_id", "valid_from", "valid_to", "activities", "outcomes", "is_real"],
    orient="row",
).with_columns(host_org_id=pl.lit("O"))


def test_a_station_is_real_or_it_is_said_what_it_lacks() -> None:
    found = institutions.stations(STATION_YEARS, UNTIL, least=4)
    lacks = [("S4", "both"), ("S2", "activities"), ("S3", "outcomes"), ("S1", None)]
    assert found.select("station_id", "lacks").rows() == lacks
    assert found["lacks"].is_null().to_list() == found["is_real"].to_list()
    by = institutions.stations_by(found, "kind")
    assert by.columns == ["kind", "open", "real", "lacks_activities", "lacks_outcomes", "lacks_both"]
    assert by.rows() == [("local", 2, 0, 0, 1, 1), ("society", 2, 1, 1, 0, 0)]


def test_earlier_a_station_is_judged_by_that_year() -> None:
    assert institutions.stations(STATION_YEARS, dt.date(2022, 1, 1), least=4).select("station_id", "year").rows() == [("S1", 2021)]


def test_trainings_count_trainees_and_those_who_passed() -> None:
    def training(number: int, **more: Any) -> dict[str, Any]:
        held = {"training_id": f"T{number}", "training_kind": "tech_manager", "training_level": "basic", "held_on": on("2022-05-01")}
        return held | {"days": 2.0, "trainees": 10, "passed": 8} | more

    rows = [training(1), training(2), training(3, training_level="senior"), training(4, training_kind="team"), training(5, status="draft")]
    found = institutions.trainings(frame("training_event", [*rows, training(6, held_on=UNTIL)]), START, UNTIL)
    assert found.rows() == [("basic", 2, 4.0, 20, 16), ("senior", 1, 2.0, 10, 8)]


def test_managers_have_their_review_beside_their_contracts() -> None:
    roster = frame("tech_manager", [{"tm_id": f"M{n}", "certified_at": on("2021-01-01" if n < 4 else "2023-01-01")} for n in range(1, 5)])
    contracts = frame(
        "contract",
        [
            {"contract_id": f"C{n}", "tm_id": who, "signed_at": on(day), "amount_cny": 100, "duplicate_of": copy}
            for n, (who, day, copy) in enumerate(
                [("M1", "2022-01-01", None), ("M1", "2022-12-31", None), ("M1", "2022-03-01", "C0"), ("M2", "2021-12-31", None)]
            )
        ]
        + [{"contract_id": "C9", "tm_id": None, "signed_at": on("2022-02-02")}],
    )
    reviews = frame(
        "manager_review",
        [
            {"tm_id": "M1", "year": 2021, "score": 60.0, "review_grade": "qualified", "reviewed_on": on("2022-01-05")},
            {"tm_id": "M1", "year": 2022, "score": 90.0, "review_grade": "excellent", "reviewed_on": on("2022-12-20")},
            {"tm_id": "M2", "year": 2022, "score": 50.0, "review_grade": "suspend", "reviewed_on": on("2022-12-20")},
        ],
    )
    found = institutions.managers(roster, contracts, reviews, START, UNTIL)
    told = [("M1", 2, 200, 90.0, "excellent"), ("M2", 0, 0, 50.0, "suspend"), ("M3", 0, 0, None, None)]
    assert found.select("tm_id", "contracts", "amount", "score", "review_grade").rows() == told
    grades = institutions.managers_by_grade(found)
    assert grades.rows() == [("excellent", 1, 90.0, 1, 2, 200), ("suspend", 1, 50.0, 0, 0, 0), (None, 1, None, 0, 0, 0)]


def test_tasks_are_overdue_from_the_day_after_their_date() -> None:
    signed = frame("agreement", [{"agreement_id": "A", "signed_at": on("2022-01-01")}, {"agreement_id": "B", "status": "draft"}])
    rows = [
        {"task_id": task, "agreement_id": of, "due_date": on(due), "done_at": None if done is None else on(done)}
        for task, of, due, done in [
            ("done", "A", "2022-03-01", "2022-06-01"),
            ("late", "A", "2022-12-21", None),
            ("today", "A", "2022-12-31", None),
            ("later", "A", "2022-12-30", "2023-01-01"),
            ("drafted", "B", "2022-01-01", None),
        ]
    ]
    found = institutions.tasks(frame("agreement_task", rows), signed, UNTIL)
    told = [("late", False, True, 10), ("later", False, True, 1), ("done", True, False, None), ("today", False, False, None)]
    assert found.select("task_id", "done", "overdue", "late").rows() == told
    (row,) = institutions.agreements(signed, found, UNTIL).rows(named=True)
    assert (row["agreement_id"], row["tasks"], row["done"], row["overdue"], row["late"]) == ("A", 4, 1, 2, 10)


def test_recommendations_are_followed_to_their_decision() -> None:
    def sent(number: int, to: str, **more: Any) -> dict[str, Any]:
        return {"recommendation_id": f"R{number}", "to_kind": to, "recommended_on": on("2022-12-01")} | more

    rows = [
        sent(1, "investor", met_on=on("2022-12-11"), decided_on=on("2023-01-10"), decision="invested", amount_cny=7),
        sent(2, "investor", decided_on=on("2022-12-21"), decision="declined"),
        sent(3, "investor", met_on=on("2022-12-21")),
        sent(4, "park", met_on=on("2022-12-05"), decided_on=on("2022-12-06"), decision="settled"),
        sent(5, "park", recommended_on=on("2021-12-31")),
        sent(6, "park", status="rejected"),
    ]
    found = institutions.recommended_by(institutions.recommended(frame("recommendation", rows), START, UNTIL), "to_kind")
    counted = found.select("to_kind", "sent", "met", "decided", "invested", "settled", "declined", "open", "amount")
    assert counted.rows() == [("investor", 3, 2, 2, 1, 0, 1, 1, 7), ("park", 1, 1, 1, 0, 1, 0, 0, 0)]
    assert found.select("days_met", "days_decided").rows() == [(15.0, 30.0), (4.0, 5.0)]


def test_bases_and_centres() -> None:
    rows = [
        {"base_id": f"B{n}", "base_kind": kind, "city_id": city, "opened_at": on(day), "station_id": station}
        for n, (kind, city, day, station) in enumerate(
            [("dual", "P1", "2020-01-01", "S1"), ("dual", "P1", "2022-12-31", None), ("home", "P2", "2023-01-01", None)]
        )
    ]
    assert offers.bases(frame("base", rows), UNTIL).rows() == [("dual", 2, 1, 1)]
    homes = frame("centre", [{"centre_id": c, "centre_kind": "incubation", "city_id": c, "opened_at": START, "capacity": 5} for c in "XY"])
    firms = frame(
        "incubated_firm",
        [
            {"org_id": f"F{n}", "centre_id": centre, "registered_at": on(day)}
            for n, (centre, day) in enumerate([("X", "2021-06-01"), ("X", "2022-06-01"), (None, "2022-06-01"), ("Y", "2023-01-01")])
        ],
    )
    assert offers.centres(homes, firms, START, UNTIL).rows() == [("incubation", 2, 2, 10, 2, 1)]


def test_packages_by_use() -> None:
    offered = frame(
        "service_package",
        [
            {"package_id": "old", "launched_at": on("2020-01-01"), "ended_at": on("2022-12-31")},
            {"package_id": "new", "launched_at": on("2022-01-01"), "ended_at": UNTIL},
            {"package_id": "next", "launched_at": UNTIL},
        ],
    )
    parts = frame("service_package_part", [{"package_id": "new", "part": "testing"}, {"package_id": "new", "part": "finance"}])
    uses = [("new", "O1", "2022-02-01"), ("new", "O1", "2022-03-01"), ("new", "O2", "2022-03-01"), ("old", "O1", "2021-03-01")]
    used = frame(
        "package_use",
        [{"use_id": f"U{n}", "package_id": p, "org_id": o, "city_id": "P", "used_on": on(day)} for n, (p, o, day) in enumerate(uses)],
    )
    found = offers.packages(offered, parts, used, START, UNTIL).select("package_id", "live", "parts", "uses", "bodies", "cities", "repeat")
    assert found.rows() == [("new", True, ["finance", "testing"], 3, 2, 1, 1), ("old", False, None, 0, 0, 0, 0)]


@pytest.mark.parametrize(
    ("planned", "released", "state", "days"),
    [
        ("2022-06-01", "2022-06-01", "on_time", None),
        ("2022-06-01", "2022-06-11", "late", 10),
        ("2022-12-21", None, "overdue", 10),
        ("2022-12-21", "2023-01-01", "overdue", 10),  # came, but only afterwards
        ("2022-12-31", None, "ahead", None),
    ],
)
def test_a_feature_against_its_plan(planned: str, released: str | None, state: str, days: int | None) -> None:
    plan = frame("platform_feature", [{"feature_id": "F", "planned_for": on(planned), "release_id": released and "V"}])
    shipped = frame("platform_release", [{"release_id": "V", "released_at": on(released)}] if released else [])
    assert offers.features(plan, shipped, UNTIL).select("state", "days").rows() == [(state, days)]


def test_releases_and_running_costs() -> None:
    shipped = frame(
        "platform_release",
        [
            {"release_id": f"V{n}", "client": client, "version": version, "released_at": on(day)}
            for n, (client, version, day) in enumerate(
                [("pc", "1.0", "2021-05-01"), ("pc", "2.0", "2022-05-01"), ("pc", "3.0", "2023-01-01"), ("app", "1.0", "2022-01-01")]
            )
        ],
    )
    assert offers.releases(shipped, START, UNTIL).rows() == [
        ("app", 1, 0, on("2022-01-01"), "1.0"),
        ("pc", 1, 1, on("2022-05-01"), "2.0"),
    ]
    month = {"cost_cny": 200, "revenue_cny": 50, "free_services": 3, "paid_services": 1, "staff": 2}
    reports = frame(
        "platform_operation_month",
        [
            {"month": "2021-12"} | month,
            {"month": "2022-01"} | month,
            {"month": "2022-02", "status": "submitted"} | month,
            {"month": "2022-03"} | month | {"cost_cny": 0, "free_services": 0, "paid_services": 0},
        ],
    )
    found = offers.operation(reports, "2022-01", "2023-01").select("month", "covered", "public")
    assert found.rows() == [("2022-01", 0.25, 0.75), ("2022-03", None, None)]
