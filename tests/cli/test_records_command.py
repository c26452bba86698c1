"""``kcz records``: rows of a table, chosen, as of a snapshot, as CSV or workbook."""

from __future__ import annotations

import io

import openpyxl
import polars as pl
import pytest

from kcz_metrics.store import Store


@pytest.fixture
def filled(kcz, tmp_path):
    store = Store.open(tmp_path / "store")
    first = pl.DataFrame({"team_id": ["TM001", "TM002"], "tag": ["光学", "=1+1"]})
    store.commit({"team_skill": first}, actor="li", source="a.csv", reason="first")
    store.commit({"team_skill": pl.DataFrame({"team_id": ["TM003"], "tag": ["光学"]})}, actor="li", source="b.csv", reason="second")
    return kcz


def rows(text: str) -> list[tuple[str, ...]]:
    return pl.read_csv(io.StringIO(text), infer_schema=False).rows()


def test_all_rows_and_those_of_an_earlier_snapshot(filled, tmp_path):
    assert len(rows(filled("records", "team_skill").out)) == 3
    first = Store.open(tmp_path / "store").snapshots()[-1].id
    assert rows(filled("records", "team_skill", "--snapshot", first[:8]).out) == [("TM001", "光学"), ("TM002", "'=1+1")]


@pytest.mark.parametrize(
    "options, teams",
    [
        (["--where", "tag=光学"], ["TM001", "TM003"]),
        (["--where", "tag=光学", "--where", "team_id=TM003"], ["TM003"]),
        (["--search", "tm00", "--where", "tag="], []),
        (["--search", "1+"], ["TM002"]),
    ],
    ids=["column", "columns", "empty", "text"],
)
def test_rows_are_chosen(filled, options, teams):
    assert [row[0] for row in rows(filled("records", "team_skill", *options).out)] == teams


def test_each_row_with_where_it_came_from(filled):
    assert [row[2] for row in rows(filled("records", "team_skill", "--lineage").out)] == ["1", "1", "2"]


def test_a_workbook_says_by_what_the_rows_were_chosen(filled, tmp_path):
    assert filled("records", "team_skill", "--search", "1+", "-o", tmp_path / "t.xlsx").status == 0
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert [cell.value for cell in book.worksheets[0][3]] == ["TM002", "=1+1"]
    assert book.worksheets[0]["B3"].data_type == "s"
    assert ("--search", "1+") in [row[:2] for row in book.worksheets[1].iter_rows(values_only=True)]


@pytest.mark.parametrize(
    "arguments, said",
    [(("nothing",), "no table"), (("team_skill", "--where", "tags=1"), "no column tags"), (("team_skill", "--where", "tag"), "NAME=")],
    ids=["table", "column", "pair"],
)
def test_what_is_not_there_is_said(filled, arguments, said):
    done = filled("records", *arguments)
    assert done.status in (1, 2)
    assert said.lower() in done.err.lower()
