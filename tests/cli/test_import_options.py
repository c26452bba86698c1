"""``kcz import`` and ``kcz template`` with workbooks, units, columns and sheets."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from kcz_metrics.store import Store

PROVINCES = Path(__file__).parents[2] / "data" / "sample" / "province.parquet"
CONTEXT = "省份,年份,地区生产总值（万元）,研发人员\n330000,2021,735160000,690000\n"


@pytest.fixture
def provinces(kcz, tmp_path):
    path = tmp_path / "province.csv"
    pl.read_parquet(PROVINCES).write_csv(path)
    assert kcz("import", "province", path).status == 0
    return kcz


def context(tmp_path: Path, text: str = CONTEXT) -> Path:
    path = tmp_path / "context.csv"
    path.write_text(text, encoding="utf-8")
    return path


def headings() -> list[str]:
    from kcz_metrics.tables import TABLES

    return [column.label.zh for column in TABLES["region_context"].columns.values()]


def test_another_unit_is_asked_for_and_converted_in_sight(provinces, tmp_path):
    zh = headings()
    path = context(tmp_path, f"{zh[0]},{zh[1]},{zh[2]}（万元）,{zh[3]}\n330000,2021,735160000,690000\n")
    asked = provinces("import", "region_context", path)
    assert asked.status == 1
    assert "--unit gdp_100m=万元" in asked.err
    done = provinces("import", "region_context", path, "--unit", "gdp_100m=万元")
    assert done.status == 0, done.err
    assert "gdp_100m is converted from 万元" in done.err
    assert Store.open(tmp_path / "store").snapshot().read("region_context")["gdp_100m"].to_list() == [73516.0]


def test_a_column_is_named_once_and_remembered(provinces, tmp_path):
    zh = headings()
    path = context(tmp_path, f"{zh[0]},{zh[1]},总量,{zh[3]}\n330000,2021,73516,690000\n")
    assert provinces("import", "region_context", path).status == 1
    assert provinces("import", "region_context", path, "--column", "总量=gdp_100m").status == 0
    next_year = context(tmp_path, path.read_text(encoding="utf-8").replace("2021", "2022"))
    again = provinces("import", "region_context", next_year)
    assert again.status == 0, again.err
    assert "总量" in again.err


def test_words_that_are_no_pair_are_wrong_usage(provinces, tmp_path):
    done = provinces("import", "region_context", context(tmp_path), "--unit", "万元")
    assert done.status == 2
    assert "NAME=VALUE" in done.err


def test_a_form_filled_in_goes_in(kcz, tmp_path):
    form = tmp_path / "form.xlsx"
    assert kcz("template", "province", "--lang", "zh", "-o", form).status == 0
    book = openpyxl.load_workbook(form)
    for position, value in enumerate(["330000", "浙江省", "浙江", "Zhejiang", 6, 5, "是"], 1):
        book.worksheets[0].cell(3, position).value = value
    book.save(form)
    done = kcz("import", "province", form, "--sheet", book.worksheets[0].title)
    assert done.status == 0, done.err
    assert "1 new" in done.out
    assert "1 example rows were not imported" in done.err
    assert kcz("import", "province", form, "--sheet", "none").status == 1


def test_rejected_rows_are_in_a_workbook_too(kcz, tmp_path):
    path = tmp_path / "province.csv"
    pl.read_parquet(PROVINCES).with_columns(tile_col=pl.lit("x")).head(2).write_csv(path)
    done = kcz("import", "province", path)
    assert done.status == 3
    assert "province.csv.rejected.xlsx" in done.err
    assert openpyxl.load_workbook(tmp_path / "province.csv.rejected.xlsx").worksheets[0].max_row == 3
