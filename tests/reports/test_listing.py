"""A list of records as a workbook: every cell of its kind, no text that runs, notes that say what it is, and it comes in again."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from kcz_metrics.errors import ReportError
from kcz_metrics.records.importing import import_content
from kcz_metrics.reports import listing
from kcz_metrics.store import Snapshot, Store
from kcz_metrics.tables import TABLES

HOSTILE = ("=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "http://example.com", "00123", "1e5", "2022-01-05", "a\x00b", "x" * 40_000)


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    frame = pl.DataFrame({"team_id": [f"TM{n:03}" for n in range(len(HOSTILE))], "tag": list(HOSTILE)})
    return Store.open(tmp_path / "store").commit({"team_skill": frame}, actor="li", source="a.csv", reason="first", invented=True)


def sheets(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_text_stays_text(snapshot: Snapshot) -> None:
    rows = snapshot.read("team_skill")
    book = sheets(listing.workbook(listing.of_table(rows, TABLES["team_skill"], "zh"), snapshot, "zh"))
    cells = [row[1] for row in book.worksheets[0].iter_rows(min_row=3)]
    assert [cell.data_type for cell in cells] == ["s"] * len(HOSTILE)
    assert {cell.number_format for cell in cells} == {"@"}
    assert [cell.value for cell in cells][:8] == list(HOSTILE[:8])
    assert cells[8].value == "a\N{REPLACEMENT CHARACTER}b"
    assert len(cells[9].value) == 32_767
    assert all(cell.hyperlink is None for cell in cells)


def test_numbers_are_numbers_and_dates_are_dates(snapshot: Snapshot) -> None:
    frame = pl.DataFrame(
        {
            "day": [date(2022, 3, 1), date(1899, 1, 1), date(2022, 3, 2)],
            "at": [datetime(2022, 3, 1, 8, 30), None, None],
            "whole": [2**53, 2**53 + 1, None],
            "part": [0.1, float("inf"), None],
            "yes": [True, False, None],
        }
    )
    book = sheets(listing.workbook(listing.Listing("t", frame, {name: name for name in frame.columns}), snapshot, "en"))
    first, second, third = (list(row) for row in book.worksheets[0].iter_rows(min_row=3))
    assert [cell.value for cell in first] == [datetime(2022, 3, 1), datetime(2022, 3, 1, 8, 30), 2**53, 0.1, "Yes"]
    assert [cell.number_format for cell in first[:2]] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"]
    # What a cell would change stands as the text it is.
    assert [cell.value for cell in second] == ["1899-01-01", None, str(2**53 + 1), "inf", "No"]
    assert [cell.value for cell in third[1:]] == [None] * 4


def test_the_notes_say_what_it_is(snapshot: Snapshot) -> None:
    rows = snapshot.read("team_skill")
    made = listing.workbook(listing.of_table(rows, TABLES["team_skill"], "en", [("status", "verified")]), snapshot, "en")
    book = sheets(made)
    assert "all records are invented" in book.worksheets[0]["A1"].value
    said = {row[0]: row[1] for row in book.worksheets[1].iter_rows(values_only=True) if row[0]}
    assert said["Snapshot"] == snapshot.id
    assert said["status"] == "verified"
    assert said["Rows"] == "10"
    assert "invented" in " ".join(str(v) for v in said.values())
    real = listing.workbook(listing.of_table(rows, TABLES["team_skill"], "en"), replace(snapshot, invented=False), "en")
    assert "invented" not in " ".join(str(v) for sheet in sheets(real) for row in sheet.iter_rows(values_only=True) for v in row)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", ["pilot_city", "feedback", "contract"])
def test_it_comes_in_again_and_nothing_is_changed(name: str, lang: str, sample_store: Store, tmp_path: Path) -> None:
    """All kinds of columns; rows of the sample over a store that has those that they refer to."""
    snapshot = sample_store.snapshot()
    rows = snapshot.read(name).head(40)
    made = listing.workbook(listing.of_table(rows, TABLES[name], lang), snapshot, lang)  # type: ignore[arg-type]
    shutil.copytree(sample_store.home, tmp_path / "store")
    done = import_content(Store.open(tmp_path / "store"), name, made, name="again.xlsx", actor="li")
    assert (done.new, done.changed, done.same, done.rejected.height) == (0, 0, 40, 0)


def test_more_rows_than_a_sheet_holds_are_refused(snapshot: Snapshot) -> None:
    frame = pl.DataFrame({"a": pl.repeat("x", listing.MOST + 1, eager=True)})
    with pytest.raises(ReportError, match="worksheet"):
        listing.workbook(listing.Listing("t", frame, {"a": "a"}), snapshot, "zh")
