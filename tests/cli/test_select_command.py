"""``kcz select`` over the sample, over a file of values and over quotas that cannot be met."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest

SMALL = """
edition: "2022"
indicators:
  x: {column: x, normalise: {method: goalposts, lower: 0, upper: 100}}
indices:
  i: {unit: club, rank: {ties: competition, decimals: 2}, tree: {x: 1}}
selections:
  s:
    index: i
    seats: {target: 2}
    eligible: {cities: 1, open_flags: 0}
    at_most: [{by: body, seats: 1}]
    at_least: [{by: area, values: [west], seats: WEST}]
    prefer: {supported_before: 1}
    ties: [x]
    reserves: 1
"""
VALUES = """unit,x,body,area,signed_cities,open_flags,supported_before
A,90,o,east,1,0,false
B,89,o,east,1,0,false
C,70,p,west,2,0,true
D,71,p,east,1,1,false
E,60,q,east,0,0,false
"""


def table(text: str) -> pl.DataFrame:
    return pl.read_csv(io.StringIO(text), null_values=[""])


@pytest.fixture
def own(tmp_path: Path):
    def files(west: int) -> tuple[str | Path, ...]:
        (tmp_path / "i.yaml").write_text(SMALL.replace("WEST", str(west)), encoding="utf-8")
        (tmp_path / "v.csv").write_text(VALUES, encoding="utf-8")
        return ("--period", "2022", "--config", tmp_path / "i.yaml", "--values", tmp_path / "v.csv", "--format", "csv")

    return files


def test_the_columns_over_the_sample(sample) -> None:
    done = sample("select", "stable_support", "--period", "2022", "--format", "csv")
    assert done.status == 0, done.err
    found = table(done.out)
    assert found.columns == ["unit", "score", "selected", "reason"]
    assert found.height == 240
    assert 27 <= found["selected"].sum() <= 33
    assert set(found.filter("selected")["reason"]) <= {"score", "prefer", "quota"}
    assert set(found["reason"]) <= {"score", "prefer", "quota", "tie", "panel", "not_eligible"}


def test_a_file_of_values(kcz, own) -> None:
    found = table(kcz("select", "s", *own(1), "--wide").out)
    columns = ["unit", "selected", "reason", "ineligible", "quota", "displaced_by", "reserve", "rival"]
    assert found.select(columns).rows() == [
        ("A", True, "score", None, None, None, None, "B"),
        ("B", False, "quota", None, "at_most.0:o; at_least.0:west", "C", 1, "A"),
        ("D", False, "not_eligible", "open_flags", None, None, None, None),
        ("C", True, "quota", None, "at_least.0:west", None, None, None),
        ("E", False, "not_eligible", "cities", None, None, None, None),
    ]


def test_prices(kcz, own) -> None:
    found = table(kcz("select", "s", *own(1), "--prices").out)
    assert found.select("line", "value", "asked", "taken", "price").rows() == [
        ("at_most.0", None, 1, None, 0.0),
        ("at_most.0", "o", 1, 1, 0.0),
        ("at_most.0", "p", 1, 1, 0.0),
        ("at_most.0", "q", 1, 0, 0.0),
        ("at_least.0", "west", 1, 1, 0.0),
    ]


def test_quotas_that_cannot_be_met_are_named_and_give_way_when_asked(kcz, own) -> None:
    done = kcz("select", "s", *own(2))
    assert done.status == 1
    assert "selections.s.at_least.0 area=west: the quotas cannot all be met: only 1 could count here" in done.err
    assert "expected: at least 1  found: at least 2" in done.err
    relaxed = kcz("select", "s", *own(2), "--relax")
    assert relaxed.status == 0
    assert table(relaxed.out).filter("selected")["unit"].to_list() == ["A", "C"]
    assert "at_least.0 area=west" in relaxed.err


def test_an_unknown_selection(sample) -> None:
    done = sample("select", "stable_suport", "--period", "2022")
    assert done.status == 1
    assert "did you mean stable_support" in done.err


def test_another_number_is_tried(kcz, own) -> None:
    found = table(kcz("select", "s", *own(0), "--set", "at_most.0=2").out)
    assert found.filter("selected")["unit"].to_list() == ["A", "B"]
    wrong = kcz("select", "s", *own(0), "--set", "at_most.9=2")
    assert wrong.status == 1
    assert "at_most.0" in wrong.err


@pytest.mark.long
def test_the_list_is_confirmed_taken_back_and_checked_a_year_on(sample_home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kcz) -> None:
    import shutil

    monkeypatch.setenv("KCZ_HOME", str(shutil.copytree(sample_home, tmp_path / "store")))
    monkeypatch.chdir(Path(__file__).parents[2])
    words = ("stable_support", "--period", "2021", "--format", "csv")
    assert kcz("select", *words, "--confirm").status == 1  # the quotas cannot all be met
    assert "reason" in kcz("select", *words, "--confirm", "--relax").err
    made = kcz("select", *words, "--confirm", "--relax", "--reason", "few are eligible yet")
    assert table(made.out).select("number", "act").rows() == [(1, "override")]
    assert kcz("select", *words, "--confirm", "--relax", "--reason", "again").status == 1
    checked = table(kcz("support", "stable_support", "--period", "2022", "--format", "csv").out)
    assert checked.columns == ["unit", "start", "years", "period", "score", "attainment", "low", "why", "low_years", "state"]
    assert set(checked["state"]) <= {"kept", "warned", "stopped", "unknown"}
    assert kcz("support", "stable_support", "--period", "2022", "--moves", "--format", "csv").status == 0
    assert kcz("select", *words, "--withdraw", "1", "--reason", "read once more").status == 0
    assert table(kcz("select", *words, "--decisions").out)["act"].to_list() == ["override", "withdraw"]
    assert kcz("audit", "verify").status == 0
