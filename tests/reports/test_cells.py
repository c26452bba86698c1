"""Text that goes into cells: hostile and long texts, worksheet names."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kcz_metrics.records.spreadsheets import escape, escaped
from kcz_metrics.reports.cells import CELL_LIMIT, sheet_name, sheet_text
from kcz_metrics.reports.delimited import as_csv


@pytest.mark.parametrize(
    "text, written",
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("-5", "-5"),
        ("+1.5e-3", "+1.5e-3"),
        ("滨河市", "滨河市"),
        ("", ""),
    ],
)
def test_a_text_that_a_spreadsheet_would_run_is_led_by_an_apostrophe(text, written):
    assert escape(text) == written
    assert pl.DataFrame({"text": [text, None]}).select(escaped(pl.col("text")))["text"].to_list() == [written, None]


@pytest.mark.parametrize(
    "text, written",
    [
        ("a\x00b", "a\ufffdb"),
        ("\x1b[31m", "\ufffd[31m"),
        ("tab\tand\nline stay", "tab\tand\nline stay"),
        ("x" * CELL_LIMIT, "x" * CELL_LIMIT),
        ("x" * (CELL_LIMIT + 1), "x" * (CELL_LIMIT - 1) + "…"),
    ],
)
def test_a_worksheet_text_is_legal_and_never_too_long(text, written):
    assert sheet_text(text) == written


def test_the_cell_limit_counts_an_emoji_twice():
    cut = sheet_text("😀" * CELL_LIMIT)
    assert len(cut.encode("utf-16-le")) // 2 <= CELL_LIMIT
    assert cut.endswith("😀…")


@given(st.lists(st.text(max_size=60), min_size=1, max_size=12))
def test_worksheet_names_are_legal_and_unique(texts):
    taken: set[str] = set()
    names = [sheet_name(text, taken) for text in texts]
    assert len({n.lower() for n in names}) == len(names)
    for name in names:
        assert 1 <= len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name[0] != "'"
        assert name[-1] != "'"


@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)), st.one_of(st.none(), st.booleans())), max_size=20
    )
)
def test_csv_numbers_read_back_as_they_were(rows):
    frame = pl.DataFrame(rows, schema={"number": pl.Float64, "flag": pl.Boolean}, orient="row")
    back = list(csv.DictReader(io.StringIO(as_csv(frame))))
    assert [float(r["number"]) if r["number"] else None for r in back] == [n for n, _ in rows]
    assert [r["flag"] for r in back] == ["" if f is None else str(f).lower() for _, f in rows]
