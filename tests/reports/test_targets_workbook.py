"""The workbook of the year's targets holds what the command prints, whole and in both languages."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from kcz_metrics.decisions.targets import ANSWER, Standing, standing
from kcz_metrics.engines.targets import Course, course
from kcz_metrics.reports.delimited import as_csv
from kcz_metrics.reports.targets import targets
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.store import Store

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def counted(sample_store: Store, shipped_scheme: Scheme) -> Course:
    return course(sample_store.snapshot(), shipped_scheme, 2022)


def sheets(found: Standing, counted: Course, scheme: Scheme, store: Store, lang: Any, asked: str) -> dict[str, list[tuple[Any, ...]]]:
    content = targets(found, counted, scheme=scheme, snapshot=store.snapshot(), lang=lang, asked=asked)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(io.BytesIO(content))}


def body(rows: list[tuple[Any, ...]], first: str) -> list[dict[str, Any]]:
    top = next(i for i, row in enumerate(rows) if row[0] == first)
    return [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1 :]]


def test_numbers_are_those_of_the_table(counted: Course, shipped_scheme: Scheme, sample_store: Store) -> None:
    found = standing(shipped_scheme, counted, "2022-07")
    book = sheets(found, counted, shipped_scheme, sample_store, "zh", "2022-07")
    rows = body(book["年度目标"], "要点")
    assert [row["编号"] for row in rows] == found.rows["target"].to_list()
    for column, name in (("数值", "value"), ("目标值", "goal"), ("进度", "progress"), ("预测下端", "forecast_low")):
        assert [None if row[column] == "—" else row[column] for row in rows] == found.rows[name].to_list(), column
    months = body(book["逐月"], "编号")
    assert [row["2022年7月"] for row in months if row["编号"] == "T17"] == [found.row("T17")["value"]]
    assert {row["2022年8月"] for row in months} == {"—"}
    units = body(book["对象"], "编号")
    assert sum(row["达到"] == "是" for row in units if row["编号"] == "T04") == found.row("T04")["units_met"]
    said = dict(row[:2] for row in book["数据来历"])
    assert said["该命令输出的 SHA-256"] == hashlib.sha256(as_csv(found.rows.select(ANSWER)).encode()).hexdigest()
    assert all(any("全部记录均为虚构" in str(cell) for row in rows[:4] for cell in row) for rows in book.values())


@pytest.mark.long
def test_the_years_end_has_no_forecast(counted: Course, shipped_scheme: Scheme, sample_store: Store) -> None:
    (head,) = [
        row
        for row in sheets(standing(shipped_scheme, counted, "2022"), counted, shipped_scheme, sample_store, "zh", "2022")["年度目标"]
        if row[0] == "要点"
    ]
    assert "年末预测" not in head


def test_english_is_complete(counted: Course, shipped_scheme: Scheme, sample_store: Store) -> None:
    book = sheets(standing(shipped_scheme, counted, "2022-07"), counted, shipped_scheme, sample_store, "en", "2022-07")
    texts = [*book] + [cell for rows in book.values() for row in rows for cell in row if isinstance(cell, str)]
    assert not [text for text in texts if CHINESE.search(text)]


def test_the_command_writes_it(sample_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kcz_metrics.cli import main

    monkeypatch.setenv("KCZ_HOME", str(sample_home))
    monkeypatch.chdir(Path(__file__).parents[2])
    with pytest.raises(SystemExit) as end:
        main(["report", "targets", "--period", "2022-07", "--lang", "en", "-o", str(tmp_path / "targets.xlsx")])
    assert end.value.code in (0, None)
    assert "Year's targets" in load_workbook(tmp_path / "targets.xlsx").sheetnames
    with pytest.raises(SystemExit) as end:
        main(["report", "targets", "--period", "2022", "--unit", "PC001", "-o", str(tmp_path / "no.xlsx")])
    assert end.value.code == 2
