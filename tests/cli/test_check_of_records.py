"""Records in: template, import, dry run, rejected rows; demo into an empty store."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from kcz_metrics.store import Store
from kcz_metrics.tables import TABLES

PROVINCES = Path(__file__).parents[2] / "data" / "sample" / "province.parquet"


@pytest.fixture
def provinces(tmp_path):
    """A CSV of the shipped provinces, and how many there are."""
    frame = pl.read_parquet(PROVINCES)
    path = tmp_path / "province.csv"
    frame.write_csv(path)
    return path, frame.height


def test_a_template_has_the_columns_of_its_table(kcz):
    done = kcz("template", "province")
    assert done.status == 0
    assert done.out.lstrip("\ufeff").strip().split(",") == list(TABLES["province"].columns)


def test_a_template_of_no_table_names_the_near_one(kcz):
    done = kcz("template", "provnce")
    assert (done.status, "province" in done.err) == (1, True)


def test_good_rows_go_in_and_the_same_file_twice_changes_nothing(kcz, provinces, tmp_path):
    path, n = provinces
    first = kcz("import", "province", path)
    assert first.status == 0, first.err
    assert f"{n} new" in first.out
    snapshot = Store.open(tmp_path / "store").snapshot()
    assert snapshot.read("province").height == n
    again = kcz("import", "province", path)
    assert again.status == 0
    assert "imported before" in again.out
    assert Store.open(tmp_path / "store").snapshot().id == snapshot.id


def test_a_dry_run_stores_nothing(kcz, provinces, tmp_path):
    done = kcz("import", "province", provinces[0], "--dry-run")
    assert done.status == 0
    assert "dry run" in done.out
    assert Store.open(tmp_path / "store").is_empty


def test_rejected_rows_come_back_in_a_file_with_status_three(kcz, provinces, tmp_path):
    path, n = provinces
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[-1] = ",".join(["not-a-code", *lines[-1].split(",")[1:]])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = kcz("import", "province", path)
    assert done.status == 3
    assert f"row {n + 1}" in done.err
    rejected = tmp_path / "province.csv.rejected.csv"
    assert str(rejected) in done.err
    with rejected.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert len(rows) == 2
    assert "not-a-code" in rows[1]
    assert Store.open(tmp_path / "store").snapshot().read("province").height == n - 1


def test_a_file_that_is_not_there_is_named(kcz, tmp_path):
    done = kcz("import", "province", tmp_path / "none.csv")
    assert (done.status, "none.csv" in done.err) == (1, True)


def test_demo_fills_an_empty_store_and_writes_the_truth_apart(kcz, tmp_path):
    done = kcz("demo", "--scale", "0.02", "--seed", "5", "--truth", tmp_path / "truth.json")
    assert done.status == 0, done.err
    snapshot = Store.open(tmp_path / "store").snapshot()
    assert snapshot.invented
    assert snapshot.read("need").height > 0
    assert json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert kcz("demo").status == 1


def test_a_form_of_another_ending_is_wrong_usage(kcz, tmp_path):
    done = kcz("template", "province", "-o", tmp_path / "form.pdf")
    assert done.status == 2
    assert ".xlsx" in done.err
    assert not (tmp_path / "form.pdf").exists()
