"""The safeguards of the catalogue that a fact applies, on a few records each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_records import Rows, at, on
from test_rows import column, contract, rows

from kcz_metrics.scheme.models import Scheme

LONG = "我们有成熟的高温合金涂层方案，曾为三家同类企业解决叶片寿命问题，可在两周内到厂交流"
OTHER = "建议先做失效分析，再由本所的表面工程团队给出材料替换与工艺参数，费用另议，样品请寄至实验室"


def answer(id: str, text: str | None, day: str, org: str = "S", **more: Any) -> dict[str, Any]:
    given = {"answer_id": id, "need_id": id, "org_id": org, "answered_at": at(day), "useful": True, "text": text}
    return given | more


@pytest.mark.parametrize(
    "second, copied",
    [
        (LONG, True),
        (LONG.replace("三家", "两家"), True),
        ("您好！" + LONG + "。", True),
        (LONG + " 2022", True),
        (OTHER, False),
        (LONG[:20] + OTHER[20:], False),
        (None, False),
    ],
    ids=["the same", "one word changed", "a greeting before", "a number behind", "another", "the same beginning", "no text"],
)
def test_a_body_that_pastes_its_own_answer_counts_once(second: str | None, copied: bool, tmp_path: Path, shipped_scheme: Scheme) -> None:
    given = [answer("A", LONG, "2022-01-01"), answer("B", second, "2022-01-02"), answer("C", second, "2022-01-03", org="T")]
    found = rows("answers", tmp_path, shipped_scheme, {"need_answer": given})
    assert column(found, "copied") == [False, copied, False]
    assert column(found, "counts") == [True, not copied, True]


def test_the_later_of_two_like_answers_is_the_copy_wherever_the_alphabet_puts_it(tmp_path: Path, shipped_scheme: Scheme) -> None:
    given = [
        answer("A", "乙" + LONG, "2022-01-03"),
        answer("B", "甲" + LONG, "2022-01-02"),
        answer("C", LONG, "2022-01-01", useful=False),
        answer("D", LONG, "2021-12-31", status="rejected"),
    ]
    found = rows("answers", tmp_path, shipped_scheme, {"need_answer": given})
    assert column(found, "copied") == [True, True, False, False]
    assert column(found, "counts")[:3] == [False, False, False]


def test_of_a_row_of_like_answers_all_but_the_earliest_are_copies(tmp_path: Path, shipped_scheme: Scheme) -> None:
    given = [answer(id, LONG + end, f"2022-01-0{day}") for id, end, day in (("A", "", 3), ("B", "一", 1), ("C", "二", 4), ("D", "丁", 2))]
    found = rows("answers", tmp_path, shipped_scheme, {"need_answer": given})
    assert column(found, "copied") == [True, False, True, True]


@pytest.mark.parametrize(
    "role, partner, more, jointly",
    [
        ("co_host", "E", {}, True),
        ("organiser", "L", {}, True),
        ("supporter", "E", {}, False),
        ("co_host", "U", {}, False),
        ("co_host", "E", {"status": "rejected"}, False),
    ],
    ids=["an enterprise as co-host", "carried out by a place", "supported only", "a university", "not verified"],
)
def test_an_event_is_held_jointly_with_an_enterprise_or_a_place(
    role: str, partner: str, more: dict[str, Any], jointly: bool, tmp_path: Path, shipped_scheme: Scheme
) -> None:
    bodies = [{"org_id": id, "org_class": group} for id, group in (("S", "NS"), ("E", "EN"), ("L", "LA"), ("U", "UN"))]
    event = {"activity_id": "A", "organiser_org_id": "S"}
    partners = [{"activity_id": "A", "org_id": partner, "partner_role": role} | more]
    found = rows("activities", tmp_path, shipped_scheme, {"org": bodies, "activity": [event], "activity_partner": partners})
    assert column(found, "organiser_class") == ["NS"]
    assert column(found, "held_jointly") == [jointly]


@pytest.mark.parametrize(
    "need, contract, tied", [("N", None, True), (None, "K", True), (None, None, False)], ids=["need", "contract", "nothing"]
)
def test_a_roadmap_item_is_tied_to_a_need_or_a_contract(
    need: str | None, contract: str | None, tied: bool, tmp_path: Path, shipped_scheme: Scheme
) -> None:
    item = {"item_id": "R", "need_id": need, "contract_id": contract}
    assert column(rows("roadmap_items", tmp_path, shipped_scheme, {"roadmap_item": [item]}), "tied") == [tied]


def test_resource_counts_after_thirty_days_in_the_library(tmp_path: Path, shipped_scheme: Scheme) -> None:
    ends = [None, at("2022-01-31"), at("2022-01-30")]
    given = [{"resource_id": f"R{i}", "entered_at": at("2022-01-01"), "retired_at": end} for i, end in enumerate(ends)]
    found = rows("resources", tmp_path, shipped_scheme, {"resource": given})
    assert column(found, "matured_30d_at") == [at("2022-01-31")] * 3
    assert column(found, "past_quarantine") == [True, True, False]


@pytest.mark.parametrize("online, heads, external", [(0, 70, 35.0), (10, 80, 40.0), (900, 100, 50.0)])
def test_those_online_make_up_three_tenths_of_the_heads_at_most(
    online: int, heads: float, external: float, tmp_path: Path, shipped_scheme: Scheme
) -> None:
    event = {"activity_id": "A", "participants": 70, "participants_external": 35, "participants_online": online}
    found = rows("activities", tmp_path, shipped_scheme, {"activity": [event]})
    assert column(found, "heads") == pytest.approx([heads])
    assert column(found, "heads_external") == pytest.approx([external])


def test_shares_of_one_effect_shrink_to_the_whole(tmp_path: Path, shipped_scheme: Scheme) -> None:
    def impact(id: str, share: float | None, day: str = "2022-05-01", **more: Any) -> dict[str, Any]:
        return {"impact_id": id, "enterprise_id": "E", "effect": "new_sales", "share_pct": share, "occurred_on": on(day)} | more

    given = [
        impact("A", 80.0),
        impact("B", 120.0),
        impact("C", None, "2021-05-01"),
        impact("D", 50.0, duplicate_of="A"),
        impact("E", 60.0, enterprise_id="F"),
    ]
    found = rows("impacts", tmp_path, shipped_scheme, {"impact": given})
    assert column(found, "credited_share_pct")[:3] == pytest.approx([40, 60, 100])
    assert column(found, "credited_share_pct")[4] == 60


@pytest.mark.parametrize("voucher, evidence, paid", [("V1", "A", 7), ("V1", "B", 7), ("V1", "C", 0), (None, "A", 0)])
def test_payment_counts_with_a_voucher_and_evidence(
    voucher: str | None, evidence: str, paid: int, tmp_path: Path, shipped_scheme: Scheme
) -> None:
    payment = {"payment_id": "P", "contract_id": "K", "due_cny": 9, "paid_cny": 7, "voucher_no": voucher, "evidence_class": evidence}
    found = rows("payments", tmp_path, shipped_scheme, {"contract": [contract("K", "S", "B", 9)], "contract_payment": [payment]})
    assert column(found, "paid_cny") == [paid]


def test_a_day_in_two_teams_is_one_day(tmp_path: Path, shipped_scheme: Scheme) -> None:
    day = {"person_id": "P", "date": on("2022-05-01"), "onsite": True, "level": "park"}
    given = [day | {"team_id": "T1", "status": "rejected"}, day | {"team_id": "T2"}, day | {"team_id": "T3"}]
    found = rows("service_days", tmp_path, shipped_scheme, {"service_day": given})
    assert [first for first, flaw in zip(column(found, "first_of_day"), column(found, "flaw"), strict=True) if flaw is None] == [
        True,
        False,
    ]


def test_a_deputy_is_not_the_lead_expert(tmp_path: Path, shipped_scheme: Scheme) -> None:
    visits = [{"visit_id": f"V{p}", "team_id": "T", "person_id": p, "done_on": on("2022-05-01")} for p in ("P", "Q")]
    records: dict[str, Rows] = {"service_team": [{"team_id": "T", "lead_person_id": "P"}], "visit_plan": visits}
    assert column(rows("visits", tmp_path, shipped_scheme, records), "done") == [True, False]


def test_the_second_airing_of_a_content_does_not_count(tmp_path: Path, shipped_scheme: Scheme) -> None:
    given = [{"item_id": f"I{i}", "content_hash": "H", "aired_at": on(f"2022-05-0{3 - i}")} for i in range(2)]
    assert column(rows("programme_items", tmp_path, shipped_scheme, {"programme_item": given}), "first_airing") == [False, True]


RELATED = [{"org_a": "L", "org_b": "U", "relation": "branch", "valid_to": on("2022-06-01")}]


@pytest.mark.parametrize(
    "home, day, judged", [("X", "2022-05-01", 1), ("L", "2022-05-01", 0), ("U", "2022-05-01", 0), ("U", "2022-07-01", 1)]
)
def test_an_expert_does_not_judge_the_own_house(home: str, day: str, judged: int, tmp_path: Path, shipped_scheme: Scheme) -> None:
    records: dict[str, Rows] = {
        "service_team": [{"team_id": "T", "lead_org_id": "L"}],
        "expert": [{"person_id": "P", "org_id": home}],
        "org_relation": RELATED,
        "expert_score": [{"score_id": "S", "subject_id": "T", "expert_id": "P", "score": 80.0, "occurred_on": on(day)}],
    }
    assert rows("expert_scores", tmp_path, shipped_scheme, records).height == judged


def test_a_branch_elsewhere_of_a_firm_at_home_is_not_another_province(tmp_path: Path, shipped_scheme: Scheme) -> None:
    provinces = {"S": "110000", "A": "310000", "B": "310000", "H": "110000"}
    records: dict[str, Rows] = {
        "org": [{"org_id": org, "province_code": code} for org, code in provinces.items()],
        "org_relation": [{"org_a": "H", "org_b": "B", "relation": "branch"}],
        "contract": [contract("K1", "S", "A", 9), contract("K2", "S", "B", 9)],
    }
    found = rows("contracts", tmp_path, shipped_scheme, records)
    assert column(found, "to_other_province") == [True, False]


def test_firms_of_one_controller_are_one_only_while_it_lasts(tmp_path: Path, shipped_scheme: Scheme) -> None:
    records: dict[str, Rows] = {
        "supply_link": [{"lead_org_id": "L", "member_org_id": m, "city_id": "PC1"} for m in ("M", "U")],
        "org_relation": [{"org_a": "L0", "org_b": m, "relation": "control", "share_pct": 60.0, "valid_to": on("2022-06-01")} for m in "MU"],
        "contract": [contract(f"K{m}{month}", "S", m, 9, f"2022-0{month}-01") for month in (5, 7) for m in ("M", "U")],
    }
    found = rows("chain_outcomes", tmp_path, shipped_scheme, records)
    together = {(outcome[-1]): set() for outcome in column(found, "outcome_id")}
    for outcome, controller in zip(column(found, "outcome_id"), column(found, "controller_id"), strict=True):
        together[outcome[-1]].add(controller)
    assert {month: len(found) for month, found in together.items()} == {"5": 1, "7": 2}


@pytest.mark.parametrize("status, counted", [("active", 1), ("suspended", 0), ("closed", 0)])
def test_only_a_live_firm_takes_part(status: str, counted: int, tmp_path: Path, shipped_scheme: Scheme) -> None:
    records: dict[str, Rows] = {"org": [{"org_id": "E", "status": status, "uscc": "1"}], "need": [{"need_id": "N", "enterprise_id": "E"}]}
    assert rows("enterprise_activities", tmp_path, shipped_scheme, records).height == counted


def test_a_letter_of_intent_lands_nothing(tmp_path: Path, shipped_scheme: Scheme) -> None:
    given = [{"landing_id": c, "evidence_class": c} for c in "ABC"]
    assert column(rows("overseas_landings", tmp_path, shipped_scheme, {"overseas_landing": given}), "evidenced") == [True, True, False]
