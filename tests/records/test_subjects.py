"""A subject that is named by kind and id must be there: feedback, scores, complaints, cases and reports would otherwise count nowhere."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from corpus_running import fill

from kcz_metrics.records.casting import typed
from kcz_metrics.records.subjects import unknown
from kcz_metrics.tables import TABLES
from kcz_metrics.tables.subjects import SUBJECTS


@pytest.mark.parametrize(
    "table, rows, lost",
    [
        ("feedback", [("city", "PC001"), ("city", "PC009"), ("team", "TM1"), ("team", "PC001"), ("org", "OR1"), ("org", "OR9")], [1, 3, 5]),
        ("complaint", [("org", "OR9"), ("org", None), (None, "OR9")], [0]),
        ("result_use", [("team", "TM9"), ("team", "TM4")], [0]),
        ("expert_score", [("case", "CS1"), ("team", "TM1")], [0]),
        ("case_study", [("city", "OR1"), ("org", "OR1")], [0]),
        ("case_adoption", [(None, "PC001"), (None, "OR1"), (None, "TM1"), (None, "XX1"), (None, None)], [3]),
        ("submission_log", [(None, "PC001"), (None, "PC9")], [1]),
        ("contract", [], []),
    ],
)
def test_a_subject_that_is_not_there_is_a_problem_of_its_row(
    table: str, rows: list[tuple[str | None, str | None]], lost: list[int], tmp_path: Path
) -> None:
    subject = SUBJECTS.get(table)
    columns = {"_row": list(range(len(rows)))}
    text = {} if subject is None else {subject.kind or "-": [kind for kind, _ in rows], subject.column: [id for _, id in rows]}
    found = unknown(pl.DataFrame({**columns, **text}), TABLES[table], fill(tmp_path).snapshot())
    assert sorted(row for part in found for row in part["row"]) == lost
    assert {name for part in found for name in part["column"]} == ({subject.column} if subject and lost else set())


def test_without_records_no_subject_is_there() -> None:
    rows = pl.DataFrame({"_row": [2, 3], "subject_type": ["city", "org"], "subject_id": ["PC001", "OR1"]})
    parts = unknown(rows, TABLES["feedback"], None)
    assert pl.concat(parts)["row"].to_list() == [2, 3]
    assert parts[0]["zh"].item() == "对象 在“试点城市（园区）”中找不到"
    assert parts[0]["en"].item() == 'Subject is not found in "Pilot city or park"'


def test_every_subject_stands_in_contracts_and_refers_to_a_single_key() -> None:
    for name, subject in SUBJECTS.items():
        columns = TABLES[name].columns
        assert subject.column in columns
        assert subject.column not in {reference.column for reference in TABLES[name].references}
        assert subject.kind is None or set(columns[subject.kind].values) == set(subject.tables)
        assert all(len(TABLES[table].key) == 1 for table in subject.tables.values())


def test_a_month_that_a_spreadsheet_made_a_day_is_that_month() -> None:
    month = TABLES["stock_month"].columns["month"]
    made = typed(pl.Series(["2022-07-01", "2022-07-01 00:00:00", "2022-07", "2022-07-02", "202207"]), month)
    assert made.to_list() == ["2022-07", "2022-07", "2022-07", "2022-07-02", "202207"]
    # The same day may stand for a year in a column of periods, and a number of a paper is no month.
    for name in ("period_id", "contract_id"):
        assert typed(pl.Series(["2022-07-01"]), TABLES["contract"].columns[name]).to_list() == ["2022-07-01"]
