"""Frames as table, CSV, JSON and Parquet."""

from __future__ import annotations

import json
import os
import stat

import polars as pl
import pytest

from kcz_metrics.cli.options import Format
from kcz_metrics.cli.output import as_table, give
from kcz_metrics.errors import KczError

FRAME = pl.DataFrame({"unit": ["PC001", "城"], "score": [0.1 + 0.2, None], "ok": [True, None], "rank": [1, 12]})


def test_csv_has_full_precision_and_empty_for_null(tmp_path):
    give(FRAME, Format.csv, tmp_path / "f")
    assert (tmp_path / "f").read_text(encoding="utf-8") == "unit,score,ok,rank\nPC001,0.30000000000000004,true,1\n城,,,12\n"


def test_json_has_null_and_booleans(tmp_path):
    give(FRAME, Format.json, tmp_path / "f")
    assert json.loads((tmp_path / "f").read_text(encoding="utf-8")) == [
        {"unit": "PC001", "score": 0.30000000000000004, "ok": True, "rank": 1},
        {"unit": "城", "score": None, "ok": None, "rank": 12},
    ]


def test_parquet_is_the_frame(tmp_path):
    give(FRAME, Format.parquet, tmp_path / "f")
    assert pl.read_parquet(tmp_path / "f").equals(FRAME)


def test_a_table_is_aligned_with_chinese_taking_two_places():
    lines = as_table(FRAME.select("unit", "rank", "ok")).splitlines()
    assert lines == ["unit   rank  ok", "PC001     1  true", "城       12"]


def test_a_table_shows_no_control_characters():
    assert "\x1b" not in as_table(pl.DataFrame({"name": ["\x1b[31mred"]}))


@pytest.mark.parametrize("name, start", [("f.json", b"["), ("f.parquet", b"PAR1"), ("f.csv", b"unit,"), ("f.txt", b"unit,")])
def test_the_ending_of_the_file_decides_where_no_format_is_given(tmp_path, name, start):
    give(FRAME, None, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)


def test_a_file_replaced_is_readable_by_others_and_nothing_else_is_left(tmp_path):
    target = tmp_path / "f.csv"
    target.write_text("before", encoding="utf-8")
    give(FRAME, Format.csv, target)
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~umask
    assert [p.name for p in tmp_path.iterdir()] == ["f.csv"]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(KczError, match="nowhere"):
        give(FRAME, Format.csv, tmp_path / "nowhere" / "f.csv")
