"""Published indices through the command line: every value and rank that others printed."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

PUBLISHED = Path(__file__).parents[2] / "data" / "published"


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def printed(name: str) -> dict[str, dict[str, str]]:
    return {row["unit"]: row for row in table((PUBLISHED / name / "published.csv").read_text(encoding="utf-8"))}


def given(name: str) -> tuple[str, ...]:
    return "--config", str(PUBLISHED / name / "indicators.yaml"), "--values", str(PUBLISHED / name / "values.csv")


def test_the_human_development_index_comes_out_191_times(kcz):
    done = kcz("score", "hdi", *given("hdi_2021"), "--period", "2021")
    assert done.status == 0, done.err
    found = {row["unit"]: row for row in table(done.out) if row["node"] == "hdi" and row["rank"]}
    expected = printed("hdi_2021")
    assert len(found) == len(expected) == 191
    for unit, row in expected.items():
        assert float(found[unit]["published"]) == float(row["hdi_2021"]), unit
        assert found[unit]["rank"] == row["hdi_rank_2021"], unit


def test_the_technology_achievement_index_ranks_all_23_leaders(kcz):
    done = kcz("score", "tai", *given("tai_2001"), "--period", "2001")
    assert done.status == 0, done.err
    found = {row["unit"]: row["rank"] for row in table(done.out) if row["node"] == "tai"}
    expected = printed("tai_2001")
    assert len(expected) == 23
    assert {unit: found[unit] for unit in expected} == {unit: row["rank_equal"] for unit, row in expected.items()}


@pytest.mark.parametrize("command", [("score", "hdi", "--stage", "normalised"), ("values", "hdi"), ("explain", "hdi", "CHE")])
def test_the_other_commands_take_values_from_a_file(kcz, command):
    done = kcz(*command, *given("hdi_2021"), "--period", "2021")
    assert done.status == 0, done.err
    assert len(table(done.out)) > 5


def test_check_is_content_with_both(kcz):
    for name in ("hdi_2021", "tai_2001"):
        done = kcz("check", *given(name))
        assert (done.status, done.out[:2]) == (0, "ok"), done.err


def test_there_is_no_sql_for_values_from_a_file(kcz):
    done = kcz("sql", "hdi", "--config", PUBLISHED / "hdi_2021" / "indicators.yaml")
    assert done.status == 1
    assert done.out == ""


def test_a_report_over_a_file_makes_no_movement_up(kcz, tmp_path):
    import openpyxl

    done = kcz("report", "ranking", *given("hdi_2021"), "--period", "2021", "--lang", "en", "-o", tmp_path / "hdi.xlsx")
    assert done.status == 0, done.err
    book = openpyxl.load_workbook(tmp_path / "hdi.xlsx")
    heads = [str(c.value) for row in book["Ranking"].iter_rows(max_row=6) for c in row]
    assert not any(h.startswith("Since") for h in heads)
    assert not any("invented" in str(c.value) for c in book["Ranking"]["A"])


@pytest.mark.parametrize(
    "stage, columns",
    [
        ("values", "unit,period,indicator,value,status"),
        ("denominated", "unit,period,indicator,value,status"),
        ("screened", "unit,period,indicator,value,status"),
        ("imputed", "unit,period,indicator,value,status"),
        ("treated", "unit,period,indicator,value,status"),
        ("normalised", "unit,period,indicator,value,status"),
        ("weights", "unit,node,parent,weight,effective_weight"),
    ],
)
def test_every_stage_has_its_columns(kcz, stage, columns):
    done = kcz("score", "hdi", *given("hdi_2021"), "--period", "2021", "--stage", stage)
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[0] == columns
    assert len(done.out.splitlines()) > 5


def test_the_weights_of_all_have_an_empty_unit(kcz):
    rows = table(kcz("score", "hdi", *given("hdi_2021"), "--period", "2021", "--stage", "weights").out)
    shared = {row["node"]: float(row["effective_weight"]) for row in rows if row["unit"] == ""}
    assert shared["life"] == pytest.approx(1 / 3)
    assert shared["mean"] == pytest.approx(1 / 6)
