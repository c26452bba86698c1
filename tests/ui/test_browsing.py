import csv
import io
from datetime import date, datetime

import polars as pl
import pytest

from kcz_metrics.tables import TABLES
from kcz_metrics.ui import browsing


def test_search_takes_letters_as_they_are():
    frame = pl.DataFrame({"id": ["A.1", "B"], "text": ["百分之五", None], "n": [1, 2]})
    assert browsing.search(frame, "a.")["id"].to_list() == ["A.1"]
    assert browsing.search(frame, ".*").is_empty()
    assert browsing.search(frame, "百分")["id"].to_list() == ["A.1"]
    assert browsing.search(frame, "  ").height == 2


def test_export_runs_nothing_in_a_spreadsheet():
    frame = pl.DataFrame({"text": ["=1+1", "+cmd", "@x", "-2", "\tq", "甲", None], "n": [-1, 2, 3, 4, 5, 6, 7]})
    raw = browsing.export(frame, notice="虚构")
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [r["text"] for r in rows] == ["'=1+1", "'+cmd", "'@x", "-2", "'\tq", "甲", ""]
    assert rows[0]["n"] == "-1", "a number stays a number"
    assert {r["notice"] for r in rows} == {"虚构"}


def test_codes_become_labels_and_unknown_ones_stay():
    frame = pl.DataFrame({"org_id": ["O1", "O2"], "org_class": ["NS", "??"]})
    assert browsing.decoded(frame, TABLES["org"], "zh")["org_class"].to_list() == ["全国学会", "??"]


def test_a_row_is_found_by_its_key_as_text():
    frame = pl.DataFrame({"team_id": ["T1"], "person_id": ["P1"], "date": [date(2022, 3, 1)], "days": [1.0]})
    found = browsing.found(frame, TABLES["service_day"], "T1|P1|2022-03-01")
    assert found is not None
    assert found["days"] == 1.0
    assert browsing.found(frame, TABLES["service_day"], "T1|P1") is None
    assert browsing.found(frame, TABLES["service_day"], None) is None


@pytest.mark.parametrize(
    "value, lang, text",
    [
        (None, "zh", "—"), (True, "zh", "是"), (False, "en", "No"), (1234567, "zh", "1,234,567"), (0.5, "zh", "0.50"),
        (date(2022, 3, 1), "zh", "2022-03-01"), (datetime(2022, 3, 1, 9, 5), "en", "2022-03-01 09:05"), ("甲", "zh", "甲"),
    ],
)  # fmt: skip
def test_written(value, lang, text):
    assert browsing.written(value, None, lang) == text
