"""How far a few needs, handings-over and resources got, countable by eye; whose duty is whose."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from small_records import Rows, at, on, snapshot

from kcz_metrics.engines.rows import fact_rows
from kcz_metrics.scheme.models import Scheme


def docking(number: str, need: str, provider: str = "P", stage: int = 2, **more: Any) -> dict[str, Any]:
    return {"docking_id": number, "need_id": need, "provider_org_id": provider, "stage": stage, "stage2_at": at("2022-01-11")} | more


def contract(number: str, docking_id: str | None, **more: Any) -> dict[str, Any]:
    given = {"contract_id": number, "docking_id": docking_id, "registration_no": number, "seller_org_id": "P", "buyer_org_id": "E"}
    return given | {"signed_at": on("2022-02-10"), "amount_cny": 100, "tech_amount_cny": 100} | more


NEEDS = [{"need_id": f"N{i}", "posted_at": at("2022-01-01"), "city_id": "PC001"} for i in range(8)]
RECORDS: Mapping[str, Rows] = {
    "pilot_city": [{"city_id": "PC001", "province_code": "330000"}],
    "need": [*NEEDS[:7], {**NEEDS[7], "duplicate_of": "N6"}],
    "docking": [
        docking("D1", "N1", stage=1, stage2_at=None),  # asked, never met
        docking("D2", "N2"),
        docking("D3", "N3", stage=5),
        docking("D4", "N4", stage=5),
        docking("D5", "N5", stage=6),
        docking("D6", "N6", stage=5),
        docking("D7", "N7", stage=6),
        docking("D8", "N2", provider="Q", stage=6, status="rejected"),
    ],
    "contract": [
        contract("C3", "D3"),
        contract("C4", "D4"),
        contract("C5", "D5"),
        contract("C6", "D6", registration_no=None),  # not registered: no step
        contract("C7", "D7"),
        contract("C8", "D8"),  # of a docking that was rejected
    ],
    "contract_payment": [
        {"payment_id": "Y4", "contract_id": "C4", "paid_cny": 50, "paid_at": on("2022-03-12")},
        {"payment_id": "Y5", "contract_id": "C5", "paid_cny": 50, "paid_at": on("2022-03-02")},
        {"payment_id": "Y3", "contract_id": "C3", "paid_cny": 0, "paid_at": on("2022-03-01")},
    ],
    "impact": [
        {"impact_id": "I5", "contract_id": "C5", "value": 1.0, "evidence_class": "B", "occurred_on": on("2022-06-10")},
        {
            "impact_id": "I4",
            "contract_id": "C4",
            "value": 1.0,
            "evidence_class": "C",
            "occurred_on": on("2022-06-10"),
        },  # shown, not counted
        {"impact_id": "I3", "contract_id": "C3", "value": 1.0, "evidence_class": "A", "occurred_on": on("2022-06-10")},  # never paid
    ],
}


def test_a_need_goes_step_by_step_and_stops_where_the_next_is_missing(tmp_path: Path, shipped_scheme: Scheme) -> None:
    found = fact_rows(snapshot(tmp_path, RECORDS), shipped_scheme, ["need_paths"])["need_paths"]
    assert dict(found.select("need_id", "reached").iter_rows()) == {
        "N0": 1, "N1": 1, "N2": 2, "N3": 3, "N4": 4, "N5": 5, "N6": 2, "N7": 3,
    }  # fmt: skip
    assert dict(found.select("need_id", "flaw").iter_rows())["N7"] == "duplicate"
    assert set(found["province_code"]) == {"330000"}
    furthest = found.filter(need_id="N5").row(0, named=True)
    assert [furthest[f"{record}_id"] for record in ("docking", "contract", "payment", "impact")] == ["D5", "C5", "Y5", "I5"]
    assert [furthest[f"days_to_{step}"] for step in ("docking", "contract", "payment", "effect")] == [10, 30, 20, 100]


def test_a_need_given_to_two_bodies_is_two_handlings(tmp_path: Path, shipped_scheme: Scheme) -> None:
    records = {
        **RECORDS,
        "org": [{"org_id": "P", "org_class": "NS"}, {"org_id": "Q", "org_class": "UN"}],
        "service_team": [{"team_id": "T", "lead_org_id": "Q"}],
        "need_offer": [
            {"offer_id": "O1", "need_id": "N5", "org_id": "P", "offered_at": at("2022-01-06")},
            {"offer_id": "O2", "need_id": "N5", "team_id": "T", "offered_at": at("2022-01-02")},  # to the team's lead body
            {"offer_id": "O3", "need_id": "N7", "org_id": "Q", "offered_at": at("2022-01-02")},  # of a duplicate need
            {"offer_id": "O4", "need_id": "N0", "org_id": "Q", "offered_at": at("2022-01-02"), "status": "submitted"},
        ],
    }
    found = fact_rows(snapshot(tmp_path, records), shipped_scheme, ["handling_paths"])["handling_paths"]
    of_n5 = found.filter(need_id="N5").select("org_id", "org_class", "team_id", "reached", "days_to_docking").rows()
    assert of_n5 == [("P", "NS", None, 5, 5), ("Q", "UN", "T", 1, None)]
    assert "N7" not in found["need_id"]
    assert "N0" not in found["need_id"]
    assert found.height == 7  # N1 to N6 with P, and N5 with Q


def test_a_resource_is_used_by_others_and_a_docking_is_a_use(tmp_path: Path, shipped_scheme: Scheme) -> None:
    resources = [{"resource_id": f"R{i}", "entered_by_org_id": "H", "holder_org_id": "H", "entered_at": at("2022-01-01")} for i in range(5)]
    uses = [
        {"use_id": "U1", "resource_id": "R1", "user_org_id": "E", "used_at": at("2022-01-05")},
        {"use_id": "U2", "resource_id": "R2", "user_org_id": "H", "used_at": at("2022-01-05")},  # its own holder
        {"use_id": "U3", "resource_id": "R3", "user_org_id": "E", "used_at": at("2022-01-05"), "is_bot": True},
    ]
    dockings = [docking("D5", "N5", stage=6, resource_id="R4")]
    records = {**RECORDS, "resource": resources, "resource_use": uses, "docking": dockings}
    found = fact_rows(snapshot(tmp_path, records), shipped_scheme, ["resource_paths"])["resource_paths"]
    assert dict(found.select("resource_id", "reached").iter_rows()) == {"R0": 1, "R1": 2, "R2": 1, "R3": 1, "R4": 6}
    assert found.filter(resource_id="R4")["days_to_use"].to_list() == [10]


@pytest.mark.parametrize(
    "duty, expected",
    [
        ("T1", ("national", "N", None)),
        ("T2", ("province", "A", "330000")),
        ("T3", ("city", "PC001", "330000")),
        ("S1", ("city", "PC001", "330000")),
        ("S2", ("province", "A", "330000")),
        ("S3", ("body", "TM", "330000")),
        ("M1", ("city", "PC001", "330000")),
    ],
)
def test_each_duty_has_its_level_owner_and_province(
    duty: str, expected: tuple[str, str, str | None], tmp_path: Path, shipped_scheme: Scheme
) -> None:
    records: Mapping[str, Rows] = {
        "pilot_city": [{"city_id": "PC001", "province_code": "330000"}],
        "org": [
            {"org_id": "A", "org_class": "PA", "province_code": "330000"},
            {"org_id": "N", "org_class": "NS", "province_code": "110000"},
        ],
        "service_team": [{"team_id": "TM", "lead_org_id": "A"}],
        "work_task": [
            {"task_id": "T1", "task_level": "national", "owner_org_id": "N"},
            {"task_id": "T2", "task_level": "province", "owner_org_id": "A", "province_code": "330000"},
            {"task_id": "T3", "task_level": "city", "owner_org_id": "A", "city_id": "PC001"},
        ],
        "submission_log": [{"submission_id": f"S{i}", "subject_id": subject} for i, subject in ((1, "PC001"), (2, "A"), (3, "TM"))],
        "roadmap_item": [{"item_id": "M1", "city_id": "PC001"}],
    }
    found = fact_rows(snapshot(tmp_path, records), shipped_scheme, ["duties"])["duties"]
    assert found.filter(duty_id=duty).select("level", "owner_id", "province_code").row(0) == expected


def test_a_duty_is_done_on_time_by_its_first_date_and_a_failed_report_is_not_done(tmp_path: Path, shipped_scheme: Scheme) -> None:
    moved = {"original_due_date": on("2022-06-30"), "due_date": on("2022-09-30")}
    records: Mapping[str, Rows] = {
        "roadmap_item": [
            {"item_id": "M1", "done_at": on("2022-06-30"), **moved},
            {"item_id": "M2", "done_at": on("2022-07-01"), **moved},
            {"item_id": "M3", **moved},
        ],
        "submission_log": [
            {"submission_id": "S1", "due_at": at("2022-07-10T18:00"), "submitted_at": at("2022-07-10T19:00"), "passed_validation": True},
            {"submission_id": "S2", "due_at": at("2022-07-10T18:00"), "submitted_at": at("2022-07-01"), "passed_validation": False},
        ],
    }
    found = fact_rows(snapshot(tmp_path, records), shipped_scheme, ["duties"])["duties"]
    told = {duty: (done, on_time) for duty, done, on_time in found.select("duty_id", "done", "done_on_time").iter_rows()}
    assert told == {"M1": (True, True), "M2": (True, False), "M3": (False, False), "S1": (True, True), "S2": (False, False)}
