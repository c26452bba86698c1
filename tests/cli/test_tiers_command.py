"""``kcz tiers`` and ``kcz backtest``: the worked example from a file of values, and the columns that others' scripts read."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import polars as pl
import pytest

SCHEME = """
edition: "2022"
title: {zh: 例, en: Example}
indicators:
  S: {column: s, direction: up, normalise: none}
  P: {column: p, direction: up, normalise: none}
indices:
  worked:
    unit: place
    tree: {S: 1, P: 0.0001}
    bounds: {share: 0.2}
    tiers:
      levels: [{id: hub, seats: 1}, {id: lead, seats: 1}, {id: build, seats: 6}, {id: foster, seats: 1}]
      start: {period: "2018", file: decided.csv}
      entry: {lead: 72.0}
      promote: {margin: 2.0, rounds: 2}
      demote: {margin: 3.0, rounds: 2, buffer: 0.10, buffer_minimum: 2}
  bare:
    unit: place
    tree: {S: 1}
"""
CROWD = [f"B{i}" for i in range(5)]
SCORES = {"H": [95] * 4, "X": [73.1, 74.3, 74.5, 74.5], "Y": [68.5, 69.5, 68.9, 68.7], "F": [10] * 4, **{u: [71.9] * 4 for u in CROWD}}
DECIDED = {"H": "hub", "Y": "lead", "X": "build", "F": "foster", **dict.fromkeys(CROWD, "build")}


@pytest.fixture
def given(tmp_path: Path) -> list[str]:
    """Options that name the scheme and the values; decided tiers lie beside the scheme."""
    rows = [f"{u},{2019 + t},{'east' if u in 'XY' else 'west'},{s},{s}" for u, of in SCORES.items() for t, s in enumerate(of)]
    (tmp_path / "values.csv").write_text("\n".join(["unit,period,area_flag,s,p", *rows]), encoding="utf-8")
    (tmp_path / "decided.csv").write_text("\n".join(["unit,tier", *(f"{u},{t}" for u, t in DECIDED.items())]), encoding="utf-8")
    (tmp_path / "scheme.yaml").write_text(SCHEME, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(SCHEME.replace("rounds: 2", "rounds: 1"), encoding="utf-8")
    return ["--config", str(tmp_path / "scheme.yaml"), "--values", str(tmp_path / "values.csv")]


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_worked_example_on_the_command_line(kcz: Any, given: list[str]) -> None:
    done = kcz("tiers", "worked", *given, "--draws", "20")
    assert done.status == 0
    assert done.out.splitlines()[0] == "unit,period,score,smoothed,tier_before,tier_after,reason,p_hub,p_lead,p_build,p_foster"
    rows = table(done.out)
    assert len(rows) == 5 * len(SCORES)
    told = {u: [(r["tier_after"], r["reason"]) for r in rows if r["unit"] == u] for u in "XY"}
    assert told["X"] == [("build", "START"), ("build", "STAY"), ("build", "STAY"), ("lead", "TWO_ROUNDS"), ("lead", "STAY")]
    assert told["Y"] == [("lead", "START"), ("lead", "WATCH"), ("lead", "STAY"), ("lead", "WATCH"), ("build", "TWO_ROUNDS")]
    sums = {r["period"]: [float(r[f"p_{x}"] or "nan") for x in ("hub", "lead", "build", "foster")] for r in rows if r["unit"] == "X"}
    assert sum(sums["2022"]) == pytest.approx(1.0)
    assert [r["p_lead"] for r in rows if r["period"] == "2021"] == [""] * len(SCORES)
    assert "2022, 20 draws; empty in the other periods" in done.err


def test_through_a_period_and_without_draws(kcz: Any, given: list[str]) -> None:
    done = kcz("tiers", "worked", *given, "--through", "2020", "--draws", "0")
    assert {row["period"] for row in table(done.out)} == {"2018", "2019", "2020"}
    assert "not computed" in done.err


def test_a_backtest_says_who_differs_how_many_move_and_whose_seats(kcz: Any, given: list[str], tmp_path: Path) -> None:
    done = kcz("backtest", "worked", *given, "--against", tmp_path / "other.yaml", "--format", "json")
    rows = pl.read_json(io.StringIO(done.out), infer_schema_length=None)
    assert rows.columns[:3] == ["rule", "unit", "period"]
    assert rows["rule"].unique(maintain_order=True).to_list() == ["current", "against"]
    # with one round asked for X rises a year earlier and Y falls in the first
    assert rows.filter(pl.col("differs")).select("unit", "period").unique().sort("unit", "period").rows() == [
        ("X", "2020"), ("Y", "2019"), ("Y", "2020"), ("Y", "2021"),
    ]  # fmt: skip
    assert [line.split() for line in done.err.splitlines() if line.startswith(("current", "against"))] == [
        ["current", "2", "1", "1", "0", "0"], ["against", "2", "1", "1", "0", "0"],
        ["against", "east", "0", "1", "1", "0"], ["against", "west", "1", "0", "5", "1"],
        ["current", "east", "0", "1", "1", "0"], ["current", "west", "1", "0", "5", "1"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "index, options, said",
    [
        ("bare", (), "the index bare has no tiers"),
        ("worked", ("--through", "2025"), "there are no values of 2025"),
        ("worked", ("--through", "soon"), "soon"),
    ],
    ids=["no_tiers", "no_period", "not_a_period"],
)
def test_what_cannot_be_done_is_told(kcz: Any, given: list[str], index: str, options: tuple[str, ...], said: str) -> None:
    done = kcz("tiers", index, *given, *options)
    assert done.status in (1, 2)
    assert said in done.err
    assert done.out == ""


def test_a_file_without_periods_is_of_the_period_asked_for(kcz: Any, given: list[str], tmp_path: Path) -> None:
    scheme = SCHEME.replace('start: {period: "2018", file: decided.csv}', "start: {by: score}")
    (tmp_path / "scheme.yaml").write_text(scheme, encoding="utf-8")
    (tmp_path / "values.csv").write_text("unit,s,p\nA,90,1\nB,80,1\n", encoding="utf-8")
    assert "does not say which period it is of  hint: add a column period" in kcz("tiers", "worked", *given).err
    rows = table(kcz("tiers", "worked", *given, "--through", "2022", "--draws", "0").out)
    assert [(r["unit"], r["period"], r["tier_after"]) for r in rows] == [("A", "2022", "hub"), ("B", "2022", "lead")]


def test_decided_tiers_that_are_not_there(kcz: Any, given: list[str], tmp_path: Path) -> None:
    (tmp_path / "decided.csv").unlink()
    assert "the decided tiers cannot be read" in kcz("tiers", "worked", *given).err
    (tmp_path / "decided.csv").write_text("unit,level\nX,hub\n", encoding="utf-8")
    assert "column tier is missing" in kcz("tiers", "worked", *given).err
    (tmp_path / "decided.csv").write_text("unit,tier\nX,hub\nX,lead\n", encoding="utf-8")
    assert "X stands twice among the decided tiers" in kcz("tiers", "worked", *given).err


@pytest.mark.long
def test_the_sample_has_its_seats_taken_every_year(sample: Any) -> None:
    done = sample("tiers", "city_assessment", "--draws", "50")
    rows = table(done.out)
    seats = {"hub": 4, "lead": 15, "build": 26}
    for period in ("2020", "2021", "2022"):
        taken = [r["tier_after"] for r in rows if r["period"] == period]
        assert {level: taken.count(level) for level in seats} == seats
    assert {r["reason"] for r in rows if r["period"] == "2020"} == {"START", "NOT_RANKED"}
