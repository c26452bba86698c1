"""What is known of a team in a year, on rows countable by eye."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from small_records import Rows, at, on, snapshot

from kcz_metrics.engines.attributes import attributes
from kcz_metrics.scheme.models import Scheme


def known(folder: Path, scheme: Scheme, records: Mapping[str, Rows], year: str = "2022") -> dict[str, dict[str, Any]]:
    teams = {"service_team": [{"team_id": "T1"}, {"team_id": "T2"}]}
    found = attributes(snapshot(folder, {**teams, **records}), scheme, "team", year)
    return {row["unit"]: row for row in found.to_dicts()}


def days(team: str, city: str, number: int, evidence: str = "B", onsite: bool = False, **more: Any) -> list[dict[str, Any]]:
    return [
        {"team_id": team, "person_id": f"P{city}{n}", "date": on(f"2022-03-{n + 1:02d}"), "city_id": city, "evidence_class": evidence,
         "onsite": onsite} | more
        for n in range(number)
    ]  # fmt: skip


def test_main_city_and_evidence_are_those_of_valid_days(tmp_path: Path, shipped_scheme: Scheme) -> None:
    found = known(
        tmp_path,
        shipped_scheme,
        {
            "pilot_city": [{"city_id": "PC001", "area_flag": "east"}, {"city_id": "PC002", "area_flag": "west"}],
            "service_day": [
                *days("T1", "PC001", 2, "A"), *days("T1", "PC002", 2, "C", onsite=True),  # as many, but on site
                *days("T1", "PC001", 9, status="submitted"),
                *days("T2", "PC001", 3, "A"), *days("T2", "PC002", 1, "B"),
            ],
        },
    )  # fmt: skip
    names = ("main_city_id", "area_flag", "service_days", "evidence_a_share", "evidence_b_share", "evidence_c_share")
    assert {team: tuple(row[name] for name in names) for team, row in found.items()} == {
        "T1": ("PC002", "west", 4, 0.5, 0.0, 0.5),
        "T2": ("PC001", "east", 4, 0.75, 0.25, 0.0),
    }


@pytest.mark.parametrize(
    "reviews, months",
    [
        ([("2022-01-01", "registered")], 12),
        ([("2022-01-02", "registered")], 11),
        ([("2020-12-31", "registered"), ("2022-02-01", "registered")], 24),
        ([("2020-12-31", "registered")], None),
        ([("2022-02-01", "registered"), ("2022-06-01", "revoked")], None),
        ([("2022-02-01", "revoked"), ("2022-06-01", "registered")], 7),
        ([("2022-02-01", "returned")], None),
    ],
    ids=["a year", "a day short", "since the first", "not this year", "revoked", "registered again", "returned"],
)
def test_months_registered_count_from_the_first_registration(
    reviews: list[tuple[str, str]], months: int | None, tmp_path: Path, shipped_scheme: Scheme
) -> None:
    rows = [{"reg_id": f"R{n}", "team_id": "T1", "reviewed_at": at(day), "reg_status": state} for n, (day, state) in enumerate(reviews)]
    found = known(tmp_path, shipped_scheme, {"team_registration": rows, "team_city": [{"team_id": "T1", "city_id": "PC001", "year": 2022}]})
    assert found["T1"]["registered_months"] == months


def test_agreements_support_and_plans_of_the_year(tmp_path: Path, shipped_scheme: Scheme) -> None:
    def city(team: str, name: str, signed: str | None, year: int = 2022) -> dict[str, Any]:
        return {"team_id": team, "city_id": name, "year": year, "agreement_signed_at": None if signed is None else on(signed)}

    found = known(
        tmp_path,
        shipped_scheme,
        {
            "team_city": [city("T1", "PC001", "2022-04-01"), city("T1", "PC002", None),
                city("T1", "PC003", "2021-04-01", 2021), city("T2", "PC001", None)],
            "team_support": [
                {"team_id": "T1", "start_year": 2021, "support_status": "active"},
                {"team_id": "T2", "start_year": 2020, "support_status": "stopped"},
                {"team_id": "T2", "start_year": 2023, "support_status": "active"},
            ],
            "team_target": [
                {"team_id": "T1", "year": 2022, "metric": "TF01", "planned": 10.0, "actual": 5.0},
                {"team_id": "T1", "year": 2022, "metric": "TP01", "planned": 10.0, "actual": 3.0},
            ],
        },
    )  # fmt: skip
    names = ("signed_cities", "supported_before", "attainment", "main_city_id", "service_days")
    assert {team: tuple(row[name] for name in names) for team, row in found.items()} == {
        "T1": (1, True, 0.4, None, 0),
        "T2": (0, False, None, None, 0),
    }


def test_other_kinds_of_unit_have_no_more_than_their_columns(tmp_path: Path, shipped_scheme: Scheme) -> None:
    assert attributes(snapshot(tmp_path, {}), shipped_scheme, "city", "2022").columns == ["unit"]
