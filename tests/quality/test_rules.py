"""Every rule on a few rows that can be counted: what it finds, and what lies just on the other side."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from small_records import at, frame

from kcz_metrics.errors import KczError, SchemeError
from kcz_metrics.quality.flag import Flag
from kcz_metrics.quality.found import Records
from kcz_metrics.quality.parameters import with_changes
from kcz_metrics.quality.rules import RULES
from kcz_metrics.quality.scan import of_rule, scan
from kcz_metrics.store.rows import LINEAGE
from kcz_metrics.tables import TABLES

Rows = Sequence[Mapping[str, Any]]
D = dt.date


def found(rule: str, tables: Mapping[str, Rows], **changes: Any) -> tuple[Flag, ...]:
    """The flags of a rule over these rows, all other tables empty."""
    frames = {name: frame(name, tables.get(name, [])).drop(*LINEAGE) for name in TABLES}
    return of_rule(Records(TABLES, frames=frames), rule, with_changes({rule: changes}))


def deal(id: int, seller: str, buyer: str, amount: int, day: dt.date, **more: Any) -> dict[str, Any]:
    row = {"contract_id": f"C{id:03}", "seller_org_id": seller, "buyer_org_id": buyer, "amount_cny": amount, "tech_amount_cny": amount}
    return row | {"signed_at": day, "registered_at": day, "submitted_at": at(day.isoformat()), "period_id": str(day.year)} | more


NEED = {
    "enterprise_id": "E1",
    "title": "柔性电极降本替代技术需求",
    "text": "企业在柔性电极方面遇到降本替代的难题，希望有相关专家或团队合作攻关。",
}


@pytest.mark.parametrize(
    "second, flags",
    [
        ({}, 1),
        ({"text": NEED["text"].replace("希望有", "希望")}, 1),
        ({"text": "企业在路径优化方面遇到批量稳定性的难题，希望有相关专家或团队合作攻关。"}, 0),
        ({"enterprise_id": "E2"}, 0),
        ({"posted_at": at("2022-03-20")}, 0),
        ({"status": "rejected"}, 0),
        ({"duplicate_of": "N1"}, 0),
    ],
    ids=["same", "reworded", "another text", "another firm", "weeks later", "not verified", "known already"],
)
def test_a_need_reported_twice(second: Mapping[str, Any], flags: int) -> None:
    rows = [{"need_id": "N1", "posted_at": at("2022-03-01")} | NEED, {"need_id": "N2", "posted_at": at("2022-03-04")} | NEED | second]
    made = found("near_duplicates", {"need": rows})
    assert len(made) == flags
    if made:
        assert (made[0].records, made[0].beside) == (("need/N2",), ("need/N1",))


def test_of_three_reports_each_copy_is_found_once_against_the_first() -> None:
    rows = [{"need_id": f"N{i}", "posted_at": at(f"2022-03-0{i}")} | NEED for i in (3, 1, 2)]
    assert sorted((f.beside, f.records) for f in found("near_duplicates", {"need": rows})) == [
        (("need/N1",), ("need/N2",)),
        (("need/N1",), ("need/N3",)),
    ]


@pytest.mark.parametrize(
    "amounts, days, flags",
    [
        ((299_000, 290_000, 286_000), (1, 15, 31), 1),
        ((299_000, 290_000, 286_000), (1, 15, 32), 0),
        ((299_000, 290_000, 284_000), (1, 15, 20), 0),
        ((300_000, 299_000, 298_000), (1, 2, 3), 0),
        ((499_000, 490_000, 480_000), (1, 2, 3), 1),
    ],
    ids=["within 30 days", "a day too late", "not just under", "at the limit", "another limit"],
)
def test_a_split_contract(amounts: tuple[int, ...], days: tuple[int, ...], flags: int) -> None:
    rows = [deal(i, "S", "B", a, D(2022, 5, 1) + dt.timedelta(days=d - 1)) for i, (a, d) in enumerate(zip(amounts, days, strict=True))]
    rows.append(deal(9, "S", "X", 295_000, D(2022, 5, 2)))
    made = found("split_contracts", {"contract": rows})
    assert len(made) == flags
    if made:
        assert made[0].subjects == ("S", "B")
        assert made[0].numbers["total"] == sum(amounts)


def test_value_that_comes_back_directly_and_by_a_third_party() -> None:
    rows = [
        deal(1, "A", "B", 100, D(2022, 1, 1)), deal(2, "B", "A", 90, D(2022, 6, 1)),
        deal(3, "P", "Q", 100, D(2022, 1, 1)), deal(4, "Q", "R", 100, D(2022, 2, 1)), deal(5, "R", "P", 95, D(2022, 3, 1)),
        deal(6, "U", "V", 100, D(2022, 1, 1)), deal(7, "V", "U", 100, D(2022, 12, 1)),  # too late
        deal(8, "X", "Y", 100, D(2022, 1, 1)), deal(9, "Y", "X", 10, D(2022, 2, 1)),  # hardly anything
    ]  # fmt: skip
    made = found("circular_value", {"contract": rows})
    assert sorted(f.records for f in made) == [("contract/C001", "contract/C002"), ("contract/C003", "contract/C004", "contract/C005")]
    assert len(found("circular_value", {"contract": rows}, longest=2)) == 1


def test_one_buyer_and_what_is_left_out() -> None:
    """Eight contracts of 1 M to one, two of 1 M to others, over half: 6 leave (8 − 6) / (10 − 6) = one half."""
    rows = [deal(i, "S", "B", 1_000_000, D(2022, 1, 1 + i)) for i in range(8)]
    rows += [deal(10 + i, "S", f"O{i}", 1_000_000, D(2022, 9, 1 + i)) for i in range(2)]
    (made,) = found("one_buyer", {"contract": rows})
    assert made.numbers["share"] == pytest.approx(0.8)
    assert made.records == tuple(f"contract/C{i:03}" for i in range(7, 1, -1))
    assert len(made.beside) == 2
    assert not found("one_buyer", {"contract": rows[:9]})
    one_large = [deal(i, "S", f"O{i}", 1_000_000, D(2022, 1, 1 + i)) for i in range(9)] + [deal(20, "S", "B", 99_000_000, D(2022, 5, 1))]
    assert not found("one_buyer", {"contract": one_large})


def test_a_rush_needs_more_contracts_than_the_others_have_then() -> None:
    others = [deal(i, f"P{i % 40}", "B", 1_000_000, D(2022, 1, 1) + dt.timedelta(days=i % 364)) for i in range(400)]
    own = [deal(500 + i, "S", "B", 1_000_000, D(2022, 3, 1 + i)) for i in range(8)]
    late = [deal(600 + i, "S", "B", 1_000_000, D(2022, 12, 25 + i)) for i in range(6)]
    (made,) = found("last_week", {"contract": [*others, *own, *late]})
    assert made.subjects == ("S",)
    assert made.numbers["share"] == pytest.approx(6 / 14)
    one_large = [deal(700, "S", "B", 90_000_000, D(2022, 12, 30))]
    assert not found("last_week", {"contract": [*others, *own, *own[:0], *one_large]})


def test_round_amounts_far_above_the_others() -> None:
    others = [deal(i, f"P{i % 20}", "B", 100_000 if i % 25 == 0 else 123_400, D(2022, 1, 1 + i % 28)) for i in range(500)]
    own = [deal(600 + i, "S", "B", 230_000 if i < 12 else 231_500, D(2022, 2, 1 + i)) for i in range(15)]
    (made,) = found("round_amounts", {"contract": [*others, *own]})
    assert made.subjects == ("S",)
    assert (made.numbers["k"], made.numbers["n"]) == (12, 15)
    assert len(made.records) == 12


def test_first_digits_are_a_hint_and_leave_nothing_out() -> None:
    made_up = [deal(i, "S", "B", (i % 9 + 1) * 10_000 + i, D(2022, 1, 1)) for i in range(360)]
    honest = [deal(400 + i, "T", "B", int(10 ** (4 + 3 * i / 360)), D(2022, 1, 1)) for i in range(360)]
    (made,) = found("first_digits", {"contract": [*made_up, *honest]})
    assert made.subjects == ("S",)
    assert made.records == ()
    assert not found("first_digits", {"contract": made_up[:299]})


@pytest.mark.parametrize("days, flags", [(250, 0), (253, 1)])
def test_more_days_than_a_year_has_for_one(days: int, flags: int) -> None:
    rows = [
        {"person_id": "P", "team_id": f"T{i % 2}", "date": D(2022, 1, 1) + dt.timedelta(days=i), "city_id": "PC001"} for i in range(days)
    ]
    made = found("service_days", {"service_day": rows})
    assert len(made) == flags
    if made:
        assert made[0].records == tuple(f"service_day/T{i % 2}|P|{D(2022, 1, 1) + dt.timedelta(days=i)}" for i in range(250, 253))
        assert made[0].subjects == ("T0", "T1", "P")


@pytest.mark.parametrize("city, onsite, flags", [("PC002", True, 1), ("PC001", True, 0), ("PC002", False, 0)])
def test_two_cities_on_one_day(city: str, onsite: bool, flags: int) -> None:
    served = [{"person_id": "P", "team_id": "T", "date": D(2022, 5, 5), "city_id": "PC001", "onsite": onsite}]
    visits = [{"visit_id": "V1", "person_id": "P", "team_id": "T", "city_id": city, "planned_on": D(2022, 5, 4), "done_on": D(2022, 5, 5)}]
    assert len(found("two_cities", {"service_day": served, "visit_plan": visits})) == flags


def test_dates_that_cannot_be() -> None:
    contracts = [
        deal(1, "S", "B", 100, D(2022, 5, 1), period_id="2021"),
        deal(2, "S", "B", 100, D(2022, 5, 1), submitted_at=at("2022-04-01")),
        deal(3, "S", "B", 100, D(2022, 5, 1), submitted_at=at("2022-04-25")),  # within the days of grace
        deal(4, "S", "B", 100, D(2022, 5, 1), period_id="2022Q2"),
        deal(5, "S", "B", 100, D(2022, 5, 1), period_id="2022-06"),
    ]
    needs = [{"need_id": "N1", "city_id": "PC001", "posted_at": at("2022-01-05"), "submitted_at": at("2022-01-06"), **NEED}]
    cities = [{"city_id": "PC001", "active_from": D(2022, 2, 1)}]
    made = found("wrong_dates", {"contract": contracts, "need": needs, "pilot_city": cities})
    assert sorted((f.numbers["problem"], f.records) for f in made) == [
        ("ahead", ("contract/C002",)),
        ("before_start", ("need/N1",)),
        ("outside", ("contract/C001", "contract/C005")),
    ]


@pytest.mark.parametrize("scores, flags", [([98.0] * 10, 1), ([98.0] * 9, 0), ([97.0, 99.0] * 5, 1), ([90.0, 99.0] * 5, 0)])
def test_flat_satisfaction(scores: list[float], flags: int) -> None:
    rows = [{"feedback_id": f"F{i}", "subject_id": "T", "score": s, "occurred_on": D(2022, 3, 1 + i)} for i, s in enumerate(scores)]
    assert len(found("flat_satisfaction", {"feedback": rows})) == flags


def test_mutual_praise_needs_both_ways_and_nearness() -> None:
    cases = [{"case_id": f"K{i}", "owner_id": owner} for i, owner in enumerate("AABBCCDD")]

    def takes(case: int, who: str, day: dt.date) -> dict[str, Any]:
        return {"case_id": f"K{case}", "adopter_id": who, "adopted_at": day}

    near = [takes(0, "B", D(2022, 5, 1)), takes(1, "B", D(2022, 5, 2)), takes(2, "A", D(2022, 6, 1)), takes(3, "A", D(2022, 6, 2))]
    far = [takes(4, "D", D(2022, 1, 1)), takes(5, "D", D(2022, 1, 2)), takes(6, "C", D(2022, 9, 1)), takes(7, "C", D(2022, 9, 2))]
    (made,) = found("mutual_praise", {"case_study": cases, "case_adoption": [*near, *far]})
    assert made.subjects == ("A", "B")
    assert len(made.records) == 4
    marks = [
        {"feedback_id": f"F{i}", "respondent_org_id": a, "subject_id": b, "score": 99.0, "occurred_on": D(2022, 3, 1 + i)}
        for i, (a, b) in enumerate([("X", "Y"), ("X", "Y"), ("Y", "X"), ("Y", "X"), ("U", "W"), ("W", "U")])
    ]
    (made,) = found("mutual_praise", {"feedback": marks})
    assert made.subjects == ("X", "Y")


def test_a_flag_keeps_its_id_when_its_numbers_move() -> None:
    rows = [deal(i, "S", "B", 1_000_000, D(2022, 1, 1 + i)) for i in range(10)]
    (one,) = found("one_buyer", {"contract": rows})
    (two,) = found("one_buyer", {"contract": [*rows, deal(30, "S", "C", 500_000, D(2022, 8, 1))]})
    assert one.id == two.id
    assert one.numbers != two.numbers


@pytest.mark.parametrize("rule", RULES)
def test_nothing_is_found_in_nothing(rule: str) -> None:
    assert found(rule, {}) == ()


def test_thresholds_are_checked_together() -> None:
    with pytest.raises(SchemeError) as caught:
        with_changes({"split_contract": {}, "last_week": {"share": "much", "dayz": 3}})
    said = str(caught.value)
    assert "split_contracts" in said  # the nearest name
    assert "quality.last_week.share" in said
    assert "quality.last_week.dayz" in said
    with pytest.raises(KczError, match="no rule"):
        scan(Records(TABLES), ["split"])


def test_a_changed_threshold_holds() -> None:
    rows = [deal(i, "S", "B", 290_000, D(2022, 5, 1 + i)) for i in range(2)]
    assert not found("split_contracts", {"contract": rows})
    assert len(found("split_contracts", {"contract": rows}, minimum_contracts=2)) == 1
