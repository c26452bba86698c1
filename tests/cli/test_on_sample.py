"""Every command over the shipped sample: the columns, the formats, and how the commands agree with one another."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from collections import defaultdict

import openpyxl
import polars as pl
import pytest

from kcz_metrics.cli.explaining import COLUMNS
from kcz_metrics.cli.scores import SCORES, STAGE, VALUES, WEIGHTS

INDEX, PERIOD = "city_assessment", "2022"


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    "command, columns",
    [
        ("values", "unit,period,indicator,value,n,status"),
        ("score", "unit,period,group,node,score,published,rank,coverage,status,reason"),
    ],
)
def test_columns(sample, command, columns):
    done = sample(command, INDEX, "--period", PERIOD)
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[0] == columns
    assert len(done.out.splitlines()) > 65


def test_the_columns_of_the_code_are_those_of_the_contract():
    assert ",".join(VALUES) == "unit,period,indicator,value,n,status"
    assert ",".join(SCORES) == "unit,period,group,node,score,published,rank,coverage,status,reason"
    assert ",".join(STAGE) == "unit,period,indicator,value,status"
    assert ",".join(WEIGHTS) == "unit,node,parent,weight,effective_weight"
    assert ",".join(COLUMNS) == "node,parent,is_leaf,value,score,weight,contribution"


@pytest.mark.long
def test_the_four_formats_hold_the_same(sample, tmp_path):
    base = ("score", INDEX, "--period", PERIOD)
    as_csv = table(sample(*base).out)
    as_json = json.loads(sample(*base, "--format", "json").out)
    sample(*base, "--format", "parquet", "-o", tmp_path / "s.parquet")
    as_parquet = pl.read_parquet(tmp_path / "s.parquet").rows(named=True)
    assert len(sample(*base, "--format", "table").out.splitlines()) == len(as_csv) + 1
    assert [{k: v or None for k, v in r.items()} for r in as_json] == [{k: v or None for k, v in r.items()} for r in as_parquet]
    for text, row in zip(as_csv, as_json, strict=True):
        for name in ("score", "published", "coverage", "rank"):
            assert (float(text[name]) if text[name] else None) == row[name]
        for name in ("unit", "period", "group", "node", "status", "reason"):
            assert (text[name] or None) == (row[name] or None)


def test_the_scores_hold_every_unit_and_node_once(sample, shipped_scheme):
    rows = table(sample("score", INDEX, "--period", PERIOD).out)
    nodes = [n.id for n in shipped_scheme.indices[INDEX].tree.walk()]
    units = {r["unit"] for r in rows}
    assert len(units) == 65
    assert sorted((r["unit"], r["node"]) for r in rows) == sorted((u, n) for u in units for n in nodes)
    ranks = sorted(int(r["rank"]) for r in rows if r["node"] == INDEX and r["rank"])
    assert ranks
    assert ranks[0] == 1
    out = {r["unit"] for r in rows if r["node"] == INDEX and r["status"] != "ranked"}
    assert all((r["rank"] == "") == (r["score"] == "" or r["unit"] in out) for r in rows)


def test_values_and_the_first_stage_are_the_same_numbers(sample):
    values = {(r["unit"], r["indicator"]): r["value"] for r in table(sample("values", INDEX, "--period", PERIOD).out)}
    stage = {(r["unit"], r["indicator"]): r["value"] for r in table(sample("score", INDEX, "--period", PERIOD, "--stage", "values").out)}
    assert stage == values


def test_an_explanation_adds_up_to_the_score(sample):
    rows = table(sample("score", INDEX, "--period", PERIOD).out)
    best = next(r for r in rows if r["node"] == INDEX and r["rank"] == "1")
    parts = table(sample("explain", INDEX, best["unit"], "--period", PERIOD).out)
    assert list(parts[0]) == list(COLUMNS)
    assert {p["is_leaf"] for p in parts} == {"true", "false"}
    whole = sum(float(p["contribution"]) for p in parts if p["is_leaf"] == "true" and p["contribution"])
    assert math.isclose(whole, float(best["score"]), rel_tol=1e-9)
    below: dict[str, float] = defaultdict(float)
    for p in parts:
        below[p["parent"]] += float(p["contribution"] or 0)
    for p in parts:
        if p["is_leaf"] == "false":
            assert math.isclose(below[p["node"]], float(p["contribution"]), rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.long
@pytest.mark.parametrize("against", ["unit", "period"])
def test_an_explanation_of_a_difference_adds_up_to_it(sample, against):
    def scores(period):
        return {r["unit"]: r for r in table(sample("score", INDEX, "--period", period).out) if r["node"] == INDEX and r["rank"]}

    now, before = scores("2022"), scores("2021")
    unit = next(u for u in now if u in before)
    other = next(u for u in now if u != unit)
    done = sample("explain", INDEX, unit, "--period", "2022", "--against", other if against == "unit" else "2021")
    assert done.status == 0, done.err
    expected = float(now[unit]["score"]) - float((now[other] if against == "unit" else before[unit])["score"])
    found = sum(float(p["contribution"]) for p in table(done.out) if p["is_leaf"] == "true" and p["contribution"])
    assert math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)


def test_an_unknown_unit_is_named(sample):
    done = sample("explain", INDEX, "PC99", "--period", PERIOD)
    assert done.status == 1
    assert "PC99" in done.err


def test_sql_is_explained_and_parses(sample):
    import sqlglot

    done = sample("sql", INDEX)
    assert done.status == 0, done.err
    assert done.out.startswith("--")
    assert len(sqlglot.parse(done.out, dialect="duckdb")) >= 2


@pytest.mark.parametrize("index", ["city_assessment", "team_score", "board_resource", "board_docking", "board_transfer", "board_drive"])
def test_every_index_scores(sample, index, shipped_scheme):
    if index not in shipped_scheme.indices:
        pytest.fail(f"the shipped scheme has no {index}")
    rows = table(sample("score", index, "--period", PERIOD).out)
    assert sum(1 for r in rows if r["node"] == index and r["rank"]) >= 8


def test_a_snapshot_is_named_by_how_it_begins(sample, sample_store):
    whole = sample_store.snapshot().id
    assert sample("values", INDEX, "--period", PERIOD, "--snapshot", whole[:8]).out == sample("values", INDEX, "--period", PERIOD).out
    done = sample("values", INDEX, "--period", PERIOD, "--snapshot", "zz")
    assert (done.status, "zz" in done.err) == (1, True)


def test_check_says_ok(sample):
    done = sample("check")
    assert done.status == 0, done.err
    assert done.out.startswith("ok")


def test_a_period_of_another_shape_is_wrong_usage(sample):
    done = sample("score", INDEX, "--period", "twenty")
    assert done.status == 2
    assert "twenty" in done.err


@pytest.mark.long
def test_a_ranking_report_equals_the_command_line(sample, tmp_path):
    target = tmp_path / "r.xlsx"
    done = sample("report", "ranking", "--index", INDEX, "--period", PERIOD, "--lang", "en", "-o", target)
    assert (done.status, done.out, done.err) == (0, "", "")
    book = openpyxl.load_workbook(target)
    lines = list(book["Ranking"].iter_rows(values_only=True))
    top = next(n for n, line in enumerate(lines) if line[0] == "Rank")
    heads = [str(h).split("\n")[0] for h in lines[top]]
    found = {line[heads.index("Id")]: line for line in lines[top + 1 :] if line[heads.index("Id")]}
    scores = table(sample("score", INDEX, "--period", PERIOD).out)
    for row in scores:
        if row["node"] == INDEX and row["rank"]:
            line = found[row["unit"]]
            assert line[heads.index("Score")] == float(row["published"])
            assert line[0] == int(row["rank"])
    facts = {r[0]: r[1] for r in book["Provenance"].iter_rows(values_only=True)}
    again = sample(*str(facts["Command to recompute"]).split()[1:])
    assert hashlib.sha256(again.out.encode()).hexdigest() == facts["SHA-256 of what it prints"]
    assert "invented" in str(book["Ranking"]["A3"].value)


@pytest.mark.long
def test_a_profile_report_in_chinese(sample, tmp_path):
    unit = next(r["unit"] for r in table(sample("score", INDEX, "--period", PERIOD).out) if r["rank"])
    target = tmp_path / "p.xlsx"
    done = sample("report", "profile", "--index", INDEX, "--unit", unit, "--period", PERIOD, "--lang", "zh", "-o", target)
    assert done.status == 0, done.err
    assert openpyxl.load_workbook(target).sheetnames[:2] == ["概况", "得分构成"]


@pytest.mark.long
def test_an_index_id_is_a_kind_of_report(sample, tmp_path):
    assert sample("report", INDEX, "--period", PERIOD, "-o", tmp_path / "r.xlsx").status == 0
    assert (tmp_path / "r.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    "arguments", [("ranking",), ("profile", "--index", INDEX), ("ranking", "--index", INDEX, "--unit", "PC001"), ("nothing",)]
)
def test_a_report_asked_for_wrongly_is_wrong_usage(sample, tmp_path, arguments):
    assert sample("report", *arguments, "--period", PERIOD, "-o", tmp_path / "r.xlsx").status == 2


def test_demo_refuses_a_store_that_holds_records(sample):
    done = sample("demo")
    assert done.status == 1
    assert "nothing was added" in done.err
