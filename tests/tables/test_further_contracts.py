"""The lighter tables: what a row of theirs must keep, said by the name of the rule that a bad one breaks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kcz_metrics.tables import TABLES
from kcz_metrics.tables.describing import document

D = dt.date
#: of one good row of each table, what its rules look at
GOOD: dict[str, dict[str, Any]] = {
    "work_task": {"task_level": "city", "city_id": "PC001", "item": 3, "assigned_on": D(2022, 2, 1), "due_date": D(2022, 6, 1)},
    "city_plan_item": {"done_at": D(2022, 5, 1), "progress_pct": 100.0},
    "team_application": {
        "team_id": "ST0001",
        "completeness": 0.9,
        "applied_on": D(2022, 1, 5),
        "returned_on": D(2022, 1, 20),
        "return_reason": "charter",
        "resubmitted_on": D(2022, 2, 8),
        "registered_on": D(2022, 2, 14),
    },
    "agreement": {"signed_at": D(2021, 5, 1), "ends_at": D(2024, 5, 1)},
    "complaint": {"received_on": D(2022, 3, 1), "decided_on": D(2022, 3, 9), "is_upheld": False},
    "push_event": {
        "sent_at": dt.datetime(2022, 3, 1, 9),
        "opened_at": dt.datetime(2022, 3, 1, 10),
        "accepted_at": dt.datetime(2022, 3, 1, 11),
    },
    "zone_month": {"month": "2022-03", "visits": 100, "requests": 20, "matched": 4},
    "recommendation": {
        "recommended_on": D(2022, 3, 1),
        "met_on": D(2022, 3, 20),
        "decided_on": D(2022, 5, 2),
        "decision": "invested",
    },
    "talent_recommendation": {
        "person_hash": "P00ab12",
        "recommended_on": D(2022, 3, 1),
        "met_on": D(2022, 4, 1),
        "placed_on": D(2022, 6, 1),
    },
    "job_supply": {"quarter": "2022Q3", "seekers": 12, "graduates": 7},
    "award_entry": {"is_shortlisted": True, "is_listed": True},
    "team_link": {"team_a": "ST0001", "team_b": "ST0002"},
    "consortium": {"consortium_id": "CX02", "parent_id": "CX01"},
    "society_branch": {"members": 40, "enterprise_members": 40},
    "activity": {"participants": 60, "participants_external": 10, "participants_enterprise": 60},
    "org": {"status": "merged", "merged_into": "OR2", "merged_at": D(2022, 1, 4)},
}
BROKEN = [
    ("work_task", {"city_id": None}, "place_of_level"),
    ("work_task", {"task_level": "province"}, "place_of_level"),
    ("work_task", {"item": 15}, "item|check__maximum"),
    ("work_task", {"due_date": D(2022, 1, 31)}, "due_date_not_before_assigned_on"),
    ("city_plan_item", {"progress_pct": 90.0}, "done_is_whole"),
    ("team_application", {"return_reason": None}, "returned_says_why"),
    ("team_application", {"team_id": None}, "registered_is_a_team"),
    ("team_application", {"registered_on": D(2022, 2, 1)}, "registered_on_not_before_resubmitted_on"),
    ("agreement", {"ends_at": D(2021, 5, 1)}, "ends_at_after_signed_at"),
    ("complaint", {"is_upheld": None}, "decided_says_whether_upheld"),
    ("complaint", {"decided_on": D(2022, 2, 27)}, "decided_on_not_before_received_on"),
    ("push_event", {"opened_at": None}, "accepted_was_opened"),
    ("push_event", {"opened_at": dt.datetime(2022, 3, 1, 8, 59)}, "opened_at_not_before_sent_at"),
    ("zone_month", {"matched": 21}, "narrowing"),
    ("zone_month", {"month": "2022-13"}, "month|check__pattern"),
    ("recommendation", {"decision": None}, "decided_says_what"),
    ("talent_recommendation", {"declined_on": D(2022, 6, 2)}, "one_outcome"),
    ("talent_recommendation", {"person_hash": "330102199001011234"}, "person_hash|check__pattern"),
    ("job_supply", {"graduates": 13}, "graduates_within_seekers"),
    ("award_entry", {"is_shortlisted": False}, "listed_was_shortlisted"),
    ("team_link", {"team_b": "ST0001"}, "two_teams"),
    ("consortium", {"parent_id": "CX02"}, "not_part_of_itself"),
    ("society_branch", {"enterprise_members": 41}, "enterprise_members_within_members"),
    ("activity", {"participants_enterprise": 61}, "enterprise_within_participants"),
    ("org", {"status": "active"}, "merged_on_a_day"),
]


def broken(table: str, row: dict[str, Any]) -> set[str]:
    """The rules that ``row`` breaks, but for what it does not say."""
    columns = {name: column.dtype for name, column in TABLES[table].columns.items()}
    rules = TABLES[table].broken(pl.DataFrame([dict.fromkeys(columns) | row], schema=columns))["rule"]
    return {rule for rule in rules if not rule.endswith("|nullability")}


@pytest.mark.parametrize("table", GOOD)
def test_a_good_row_breaks_no_rule(table: str) -> None:
    assert broken(table, GOOD[table]) == set()


@pytest.mark.parametrize("table, change, rule", BROKEN, ids=[f"{table}-{rule}" for table, _, rule in BROKEN])
def test_a_broken_rule_is_named(table: str, change: dict[str, Any], rule: str) -> None:
    assert broken(table, GOOD[table] | change) == {rule}


LIGHTER = [table for table in TABLES.values() if table.about is not None]


def test_the_lighter_tables_say_what_they_are_for() -> None:
    assert len(LIGHTER) == 41
    for table in LIGHTER:
        assert table.about is not None
        assert len(table.about.zh) >= 8
        assert len(table.about.en) >= 12


@pytest.mark.parametrize("table", LIGHTER, ids=lambda table: table.name)
def test_a_code_has_one_label_wherever_a_column_of_that_name_holds_it(table: Any) -> None:
    """Pages decode by the name of the column, so that two tables must not mean different things by one code."""
    for name, column in table.columns.items():
        for code, label in column.values.items():
            others = {
                other.columns[name].values[code]
                for other in TABLES.values()
                if name in other.columns and code in other.columns[name].values
            }
            assert others == {label}, (name, code)


def test_the_written_reference_is_what_the_contracts_say() -> None:
    written = (Path(__file__).parents[2] / "docs" / "tables.md").read_text(encoding="utf-8")
    assert written == document(TABLES), "run: python -m kcz_metrics.tables > docs/tables.md"
    for name, table in TABLES.items():
        assert f"(`{name}`)" in written
        assert all(f"`{column}`" in written for column in table.columns)
