"""What a fact says of a few records, countable by eye."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from small_records import Rows, at, on, snapshot
from sqlglot import exp

from kcz_metrics.compiling.scans import fact_query
from kcz_metrics.compiling.statement import Statement, table
from kcz_metrics.engines.connection import frame, opened
from kcz_metrics.facts import FACTS
from kcz_metrics.scheme.models import Scheme


def rows(name: str, folder: Path, shipped: Scheme, records: Mapping[str, Rows]) -> pl.DataFrame:
    def chain(fact: str) -> list[str]:
        return [*dict.fromkeys(base for parent in FACTS[fact].builds_on for base in chain(parent)), fact]

    names = chain(name)
    with opened(snapshot(folder, records), {t for base in names for t in FACTS[base].tables}) as connection:
        for base in names:
            connection.execute(Statement(f"{base}_fact", fact_query(shipped, base)).tree().sql(dialect="duckdb"))
        return frame(connection, exp.select("*").from_(table(f"{name}_fact"))).sort(FACTS[name].key)


def column(found: pl.DataFrame, name: str) -> list[Any]:
    return found[name].to_list()


def test_need_is_docked_where_a_valid_docking_met_in_time(tmp_path: Path, shipped_scheme: Scheme) -> None:
    posted = at("2022-01-01")
    needs = [{"need_id": f"N{i}", "posted_at": posted, "enterprise_id": f"E{i}"} for i in range(5)]
    dockings = [
        {"docking_id": "D0", "need_id": "N0", "stage": 2, "stage2_at": at("2022-03-02")},  # day 60
        {"docking_id": "D1", "need_id": "N1", "stage": 2, "stage2_at": at("2022-03-03")},  # day 61
        {"docking_id": "D2", "need_id": "N2", "stage": 1},
        {"docking_id": "D3", "need_id": "N3", "stage": 2, "stage2_at": at("2022-01-05"), "status": "submitted"},
    ]
    found = rows("needs", tmp_path, shipped_scheme, {"need": needs, "docking": dockings})
    assert column(found, "docked") == [True, True, False, False, False]
    assert column(found, "docked_within_60d") == [True, False, False, False, False]
    assert column(found, "longest_stage") == [2, 2, 1, 0, 0]


def test_need_waits_999_days_where_nobody_or_only_a_machine_answered(tmp_path: Path, shipped_scheme: Scheme) -> None:
    needs = [
        {"need_id": "N0", "posted_at": at("2022-01-01"), "first_response_at": at("2022-01-02T12:00")},
        {"need_id": "N1", "posted_at": at("2022-01-01")},
        {"need_id": "N2", "posted_at": at("2022-01-01"), "first_response_at": at("2022-01-01T00:01")},
        {"need_id": "N3", "posted_at": at("2022-01-01"), "first_response_at": at("2022-01-03"), "outcome": "rejected"},
    ]
    offers = [{"offer_id": "O", "need_id": "N0"}, {"offer_id": "P", "need_id": "N2", "status": "rejected"}]
    found = rows("needs", tmp_path, shipped_scheme, {"need": needs, "need_offer": offers})
    # N2 has an automatic reply: no partner followed and it was not rejected
    assert column(found, "waiting_days") == [1.5, 999, 999, 2]
    assert column(found, "first_reply_days") == [1.5, None, None, 2]


def test_sixth_need_of_an_enterprise_in_a_quarter_is_over_the_cap_and_duplicates_take_no_place(
    tmp_path: Path, shipped_scheme: Scheme
) -> None:
    needs: list[dict[str, Any]] = [{"need_id": f"N{i}", "posted_at": at(f"2022-01-0{i + 1}"), "enterprise_id": "E"} for i in range(7)]
    needs[0]["duplicate_of"] = "N1"
    found = rows("needs", tmp_path, shipped_scheme, {"need": needs})
    assert column(found, "within_enterprise_cap")[1:] == [True, True, True, True, True, False]
    assert column(found, "flaw") == ["duplicate", *[None] * 6]


def contract(id: str, seller: str, buyer: str, cny: int, signed: str = "2022-05-10", **more: Any) -> dict[str, Any]:
    given = {"contract_id": id, "seller_org_id": seller, "buyer_org_id": buyer, "tech_amount_cny": cny, "signed_at": on(signed)}
    return given | {"registration_no": id, "amount_cny": cny} | more


RELATIONS = [
    {"org_a": "A", "org_b": "B", "relation": "control", "share_pct": 60.0},
    {"org_a": "A", "org_b": "C", "relation": "control", "share_pct": 80.0, "valid_to": on("2022-01-01")},
    {"org_a": "C", "org_b": "D", "relation": "branch"},
    {"org_a": "A", "org_b": "E", "relation": "share", "share_pct": 49.0},
]


@pytest.mark.parametrize(
    "seller, buyer, signed, expected",
    [
        ("A", "B", "2022-05-10", False),
        ("B", "A", "2022-05-10", False),
        ("B", "C", "2021-05-10", False),  # both under A
        ("B", "D", "2021-05-10", False),  # A, then C's branch
        ("B", "C", "2022-05-10", True),  # A gave C up
        ("C", "D", "2022-05-10", False),
        ("A", "E", "2022-05-10", True),  # 49 % is no control
        ("X", "Y", "2022-05-10", True),
    ],
)
def test_arms_length_follows_control_through_others_while_it_holds(
    seller: str, buyer: str, signed: str, expected: bool, tmp_path: Path, shipped_scheme: Scheme
) -> None:
    records = {"contract": [contract("K", seller, buyer, 100, signed)], "org_relation": RELATIONS}
    assert column(rows("contracts", tmp_path, shipped_scheme, records), "arms_length") == [expected]


def test_contracts_of_a_pair_in_a_month_are_one(tmp_path: Path, shipped_scheme: Scheme) -> None:
    contracts = [
        contract("K1", "S", "B", 20_000),
        contract("K2", "S", "B", 20_000, "2022-05-31"),
        contract("K3", "S", "B", 20_000, "2022-06-01"),
        contract("K4", "S", "B", 20_000, registration_no=None),
        contract("K5", "S", "B", 20_000, duplicate_of="K1"),
    ]
    found = rows("contracts", tmp_path, shipped_scheme, {"contract": contracts})
    assert column(found, "merged_share")[:3] == [0.5, 0.5, 1.0]
    assert column(found, "above_floor") == [True, True, False, False, False]
    assert column(found, "credited_cny")[3:] == [0, 0]


def test_cap_takes_from_the_largest_contract_of_the_year(tmp_path: Path, shipped_scheme: Scheme) -> None:
    contracts = [contract(f"K{i:03d}", f"S{i}", "B", 100) for i in range(100)] + [contract("K100", "S", "B", 1_000_000)]
    found = rows("contracts", tmp_path, shipped_scheme, {"contract": contracts})
    # the 99th percentile of 101 values is the hundredth of them: 100
    assert column(found, "credited_cny") == [100] * 101


@pytest.mark.parametrize("met, expected", [("2022-05-03", True), ("2022-05-04", False), (None, False)])
def test_docking_brokers_a_contract_seven_days_before_it(met: str | None, expected: bool, tmp_path: Path, shipped_scheme: Scheme) -> None:
    docking = {"docking_id": "D", "need_id": "N", "stage": 5, "stage2_at": at(met) if met else None, "team_id": "T"}
    need = {"need_id": "N", "posted_at": at("2022-04-30")}
    found = rows(
        "contracts",
        tmp_path,
        shipped_scheme,
        {"contract": [contract("K", "S", "B", 1, docking_id="D")], "docking": [docking], "need": [need]},
    )
    assert column(found, "brokered") == [expected]
    assert column(found, "days_from_need") == [10]
    assert column(found, "team_id") == ["T"]


def test_one_achievement_is_one_outcome(tmp_path: Path, shipped_scheme: Scheme) -> None:
    records: dict[str, Rows] = {
        "need": [{"need_id": "N1", "city_id": "PC2", "enterprise_id": "B"}, {"need_id": "N2", "city_id": "PC2", "enterprise_id": "B"}],
        "docking": [
            {"docking_id": "D1", "need_id": "N1", "provider_org_id": "S", "stage": 6, "stage6_at": at("2022-06-01")},
            {"docking_id": "D2", "need_id": "N2", "provider_org_id": "S", "stage": 6, "stage6_at": at("2022-06-01"), "evidence_class": "B"},
        ],
        "contract": [contract("K1", "S", "B", 9, docking_id="D1", seller_city_id="PC1", buyer_city_id="PC2")],
        "impact": [
            {"impact_id": "I1", "contract_id": "K1", "org_id": "S", "city_id": "PC2", "share_pct": 100.0},
            {"impact_id": "I2", "org_id": "S", "enterprise_id": "B", "city_id": "PC2", "share_pct": 50.0, "evidence_class": "B"},
            {"impact_id": "I3", "org_id": "S", "enterprise_id": "B", "city_id": "PC2", "share_pct": 50.0, "evidence_class": "C"},
        ],
        "org": [{"org_id": "S", "city_id": "PC1"}, {"org_id": "B", "city_id": "PC2"}],
        "pilot_city": [{"city_id": "PC1", "area_flag": "east"}, {"city_id": "PC2", "area_flag": "west"}],
    }
    found = rows("outcomes", tmp_path, shipped_scheme, records)
    assert found.select("kind", "outcome_id", "credit").rows() == [
        ("contract", "K1", 1.0),
        ("docking", "D2", 0.6),
        ("impact", "I2", 0.3),
    ]
    assert column(found, "is_outward") == [True, True, True]
    assert column(found, "less_developed") == [True, True, True]


def test_events_of_a_day_and_place_are_merged_into_the_largest(tmp_path: Path, shipped_scheme: Scheme) -> None:
    events = [
        {"activity_id": "A1", "activity_type": "conference", "participants": 30, "start_at": at("2022-05-01T09:00")},
        {"activity_id": "A2", "activity_type": "conference", "participants": 40, "start_at": at("2022-05-01T14:00")},
        {"activity_id": "A3", "activity_type": "roadshow", "participants": 25, "start_at": at("2022-05-02T09:00")},
        {"activity_id": "A4", "activity_type": "fusion", "participants": 19, "start_at": at("2022-05-03T09:00")},
    ]
    events = [event | {"evidence_uri": "doc"} for event in events]
    events.append({"activity_id": "A5", "participants": 50, "start_at": at("2022-05-04T09:00")})
    found = rows("activities", tmp_path, shipped_scheme, {"activity": events})
    assert column(found, "merged_away") == [True, False, False, False, False]
    assert column(found, "credit") == [0.0, 3.0, 1.0, 0.0, 0.0]  # the last without an evidence file


def test_highest_and_lowest_score_of_a_panel_are_left_out(tmp_path: Path, shipped_scheme: Scheme) -> None:
    scores = [{"score_id": f"S{i}", "expert_id": f"P{i}", "subject_id": "T", "score": float(s)} for i, s in enumerate((50, 90, 70, 60, 90))]
    found = rows("expert_scores", tmp_path, shipped_scheme, {"expert_score": [*scores, {"score_id": "S9", "score": None, "recused": True}]})
    assert found.filter("kept")["score"].to_list() == [90.0, 70.0, 60.0]  # without 50 and one of the two 90
    assert column(found, "panel_size") == [5] * 5


def test_years_running_begin_again_after_a_gap(tmp_path: Path, shipped_scheme: Scheme) -> None:
    days = [
        {"team_id": "T", "person_id": f"P{i}", "date": on(f"{year}-06-01"), "city_id": "PC1"}
        for year, count in ((2018, 10), (2019, 10), (2020, 9), (2021, 10), (2022, 12))
        for i in range(count)
    ]
    found = rows("team_city_runs", tmp_path, shipped_scheme, {"service_day": days})
    assert found.select("year", "years_running").rows() == [(2018, 1), (2019, 2), (2021, 1), (2022, 2)]


def test_size_of_a_body_goes_by_its_class(tmp_path: Path, shipped_scheme: Scheme) -> None:
    records: dict[str, Rows] = {
        "org": [{"org_id": c, "org_class": c, "province_code": "P", "city_id": "PC1"} for c in ("NS", "UN", "SO", "PA", "LA")],
        "org_context": [{"org_id": c, "year": 2022, "members": 10, "rd_staff": 20, "employees": 30} for c in ("NS", "UN", "SO")],
        "region_context": [{"province_code": "P", "year": 2022, "rd_staff": 400}],
        "city_context": [{"city_id": "PC1", "year": 2022, "rd_staff": 50}],
    }
    found = rows("org_context", tmp_path, shipped_scheme, records)
    assert dict(found.select("org_id", "size").iter_rows()) == {"NS": 10, "UN": 20, "SO": 30, "PA": 400, "LA": 50}


def test_cap_counts_the_contracts_of_a_pair_in_a_month_once(tmp_path: Path, shipped_scheme: Scheme) -> None:
    split = [contract(f"K{i:03d}", "S", "B", 10_000) for i in range(100)]
    single = [contract(f"L{i:03d}", f"S{i}", "B", 100) for i in range(100)]
    found = rows("contracts", tmp_path, shipped_scheme, {"contract": [*split, *single]})
    # 101 merged contracts, of which the hundredth is 100: a hundred parts of the largest are still one contract
    assert sum(column(found, "credited_cny")[:100]) == 100
    assert column(found, "credited_cny")[100:] == [100] * 100


@pytest.mark.parametrize("useful, expected", [(True, True), (False, False), (None, False)])
def test_answer_counts_where_the_enterprise_found_it_useful(
    useful: bool | None, expected: bool, tmp_path: Path, shipped_scheme: Scheme
) -> None:
    records: dict[str, Rows] = {
        "need": [{"need_id": "N", "industry_code": "I"}],
        "org_field": [{"org_id": "S", "industry_code": "I"}, {"org_id": "S", "industry_code": "J"}],
        "need_answer": [{"answer_id": "A", "need_id": "N", "org_id": "S", "useful": useful}],
    }
    assert column(rows("field_needs", tmp_path, shipped_scheme, records), "answered") == [expected]


def test_second_meeting_makes_a_service_substantial_in_its_own_year(tmp_path: Path, shipped_scheme: Scheme) -> None:
    days = ("2021-12-31", "2022-01-01", "2022-03-01", "2023-01-01")
    dockings = [{"docking_id": f"D{i}", "need_id": f"N{i}", "team_id": "T", "stage": 2, "stage2_at": at(day)} for i, day in enumerate(days)]
    needs = [{"need_id": f"N{i}", "enterprise_id": "E"} for i in range(len(days))]
    found = rows("dockings", tmp_path, shipped_scheme, {"docking": dockings, "need": needs})
    assert column(found, "substantial") == [False, True, True, False]


@pytest.mark.parametrize("events, stage, expected", [(4, 4, True), (3, 4, False), (4, 3, False)])
def test_station_serves_where_it_is_real(events: int, stage: int, expected: bool, tmp_path: Path, shipped_scheme: Scheme) -> None:
    reached = {f"stage{k}_at": at("2022-06-01") for k in range(2, stage + 1)}
    records: dict[str, Rows] = {
        "station": [{"station_id": "SN", "city_id": "PC1", "opened_at": on("2021-01-01")}],
        "activity": [{"activity_id": f"A{i}", "station_id": "SN", "start_at": at(f"2022-05-0{i + 1}")} for i in range(events)],
        "need": [{"need_id": "N"}],
        "docking": [{"docking_id": "D", "need_id": "N", "station_id": "SN", "stage": stage, **reached}],
    }
    assert column(rows("dockings", tmp_path, shipped_scheme, records), "station_is_real") == [expected]
    assert rows("stations", tmp_path, shipped_scheme, records).filter(year=2022)["is_real"].to_list() == [expected]


@pytest.mark.parametrize(
    "buyer, credited",
    [("X", 100), ("L", 0), ("U", 0), ("V", 0), ("W", 100)],
    ids=["a stranger", "the lead organisation", "a member's body", "a body under a member's body", "the body of a member who has left"],
)
def test_team_gains_nothing_from_selling_to_its_own(buyer: str, credited: int, tmp_path: Path, shipped_scheme: Scheme) -> None:
    records: dict[str, Rows] = {
        "service_team": [{"team_id": "T", "lead_org_id": "L"}],
        "team_member": [
            {"team_id": "T", "person_id": "P1", "from_date": on("2021-01-01")},
            {"team_id": "T", "person_id": "P2", "from_date": on("2021-01-01"), "to_date": on("2022-01-01")},
        ],
        "expert": [{"person_id": "P1", "org_id": "U"}, {"person_id": "P2", "org_id": "W"}],
        "org_relation": [{"org_a": "U", "org_b": "V", "relation": "branch"}],
        "need": [{"need_id": "N"}],
        "docking": [{"docking_id": "D", "need_id": "N", "team_id": "T", "stage": 5, "stage2_at": at("2022-04-01")}],
        "contract": [contract("K", "S", buyer, 100, docking_id="D")],
    }
    assert column(rows("brokered_contracts", tmp_path, shipped_scheme, records), "credited_cny") == [credited]


@pytest.mark.parametrize(
    "accepted, met, expected",
    [("2022-01-16", "2022-03-17", True), ("2022-01-17", "2022-01-18", False), ("2022-01-16", "2022-03-18", False), (None, None, False)],
)
def test_offer_is_kept_within_15_and_60_days_and_judged_after_both(
    accepted: str | None, met: str | None, expected: bool, tmp_path: Path, shipped_scheme: Scheme
) -> None:
    records: dict[str, Rows] = {
        "need": [{"need_id": "N"}],
        "need_offer": [
            {
                "offer_id": "O",
                "need_id": "N",
                "team_id": "T",
                "offered_at": at("2022-01-01"),
                "accepted_at": at(accepted) if accepted else None,
            }
        ],
        "docking": [{"docking_id": "D", "need_id": "N", "team_id": "T", "stage": 2, "stage2_at": at(met)}] if met else [],
    }
    found = rows("offers", tmp_path, shipped_scheme, records)
    assert column(found, "accepted_and_met") == [expected]
    assert column(found, "matured_75d_at") == [at("2022-03-17")]
