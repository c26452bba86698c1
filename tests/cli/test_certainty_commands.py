"""The commands on certainty, weights, change, what-if and the audit, over a file of values: columns that scripts read, and words."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SCHEME = """
edition: "2022"
title: {zh: 例, en: Example}
indicators:
  a: {column: a, direction: up}
  b: {column: b, direction: up}
  c: {column: c, direction: down}
indices:
  made:
    unit: place
    tree: {p: {weight: WEIGHT, children: {a: 2, b: 1}}, c: 1}
    bounds: {share: 0.3}
    uncertainty: {weights: {share: 0.3}, normalise: [minmax, percentile_rank], leave_out: indicator}
    tiers: {levels: [{id: top, seats: 3}, {id: rest, seats: 7}]}
"""


@pytest.fixture
def given(tmp_path: Path) -> list[str]:
    x = np.random.default_rng(5).uniform(1, 10, (2, 10, 3))
    rows = [f"U{u},{2021 + t},{','.join(f'{v:.6f}' for v in x[t, u])}" for t in range(2) for u in range(10)]
    (tmp_path / "values.csv").write_text("\n".join(["unit,period,a,b,c", *rows]), encoding="utf-8")
    (tmp_path / "scheme.yaml").write_text(SCHEME.replace("WEIGHT", "2"), encoding="utf-8")
    (tmp_path / "other.yaml").write_text(SCHEME.replace("WEIGHT", "0.5"), encoding="utf-8")
    return ["--period", "2022", "--config", str(tmp_path / "scheme.yaml"), "--values", str(tmp_path / "values.csv")]


def table(done: Any) -> list[dict[str, str]]:
    assert done.status == 0, done.err
    return list(csv.DictReader(io.StringIO(done.out)))


def test_robustness_has_the_columns_of_the_design_and_levels(kcz: Any, given: list[str]) -> None:
    done = kcz("robustness", "made", *given, "--draws", "30", "--seed", "3")
    assert done.out.splitlines()[0] == "unit,score,rank,rank_p5,rank_p50,rank_p95,p_top,p_rest"
    rows = table(done)
    assert len(rows) == 10
    assert all(float(row["p_top"]) + float(row["p_rest"]) == pytest.approx(1.0) for row in rows)
    assert "varied: weights, normalise, leave_out; 30 draws" in done.err
    assert kcz("robustness", "made", *given, "--draws", "30", "--seed", "3", "--threads", "1").out == done.out
    assert kcz("robustness", "made", *given, "--draws", "30", "--seed", "4").out != done.out
    each = table(kcz("robustness", "made", *given, "--draws", "10", "--each"))
    assert [row["source"] for row in each] == ["all", "weights", "normalise", "leave_out"]
    assert table(kcz("robustness", "made", *given, "--draws", "10", "--ranks"))[0].keys() == {"unit", "rank", "share"}
    assert len(table(kcz("robustness", "made", *given, "--draws", "10", "--pairs", "--only", "weights"))) == 90
    wrong = kcz("robustness", "made", *given, "--only", "evidence")
    assert wrong.status == 1
    assert "declares no uncertainty of evidence" in wrong.err


@pytest.mark.parametrize("words", [("diagnose", "made"), ("sensitivity", "made", "--runs", "4")], ids=lambda words: words[0])
def test_without_a_period_the_latest_is_taken_and_told(kcz: Any, given: list[str], words: tuple[str, ...]) -> None:
    late = kcz(*words, *given[2:])
    assert late.status == 0, late.err
    assert "no --period given: 2022, the latest" in late.err
    assert late.out == kcz(*words, *given).out


def test_sensitivity_of_the_ranking_of_a_unit_and_between_two(kcz: Any, given: list[str]) -> None:
    whole = kcz("sensitivity", "made", *given, "--runs", "20")
    assert whole.out.splitlines()[0] == "unit,source,first,first_p5,first_p95,total,total_p5,total_p95"
    assert [row["unit"] for row in table(whole)] == [""] * 3
    assert {row["unit"] for row in table(kcz("sensitivity", "made", "U3", *given, "--runs", "20"))} == {"U3"}
    assert kcz("sensitivity", "made", "U33", *given).status == 1
    told = table(kcz("sensitivity", "made", "U3", *given, "--runs", "60", "--words"))
    assert [row["unit"] for row in told] == ["U3"]
    assert told[0]["text"].startswith("the rank ")
    assert "normalise=" in told[0]["numbers"]
    assert len(table(kcz("sensitivity", "made", "ALL", *given, "--runs", "20", "--words"))) == 11
    single = table(kcz("sensitivity", "made", *given, "--single"))
    assert {row["source"] for row in single} == {"weights", "normalise", "leave_out"}
    past = kcz("sensitivity", "made", "U3", *given, "--past", "U4")
    assert past.out.splitlines()[0] == "source,change,gap,gap_after"


def test_weights_exactly(kcz: Any, given: list[str]) -> None:
    rows = table(kcz("weights", "made", *given, "--keeps", "tier"))
    assert [row["node"] for row in rows] == ["p", "a", "b", "c"]
    assert all(float(row["weight_low"]) <= float(row["weight"]) for row in rows)
    reach = kcz("weights", "made", *given, "--reach")
    assert reach.out.splitlines()[0] == "unit,rank,best,best_proved,worst,worst_proved,exact"
    assert {row["exact"] for row in table(reach)} == {"true"}
    swap = kcz("weights", "made", *given, "--swap", "U1,U2")
    assert "change places" in swap.err
    assert kcz("weights", "made", *given, "--swap", "U1").status == 1


def test_change_adds_up_and_warns_where_weights_alone_moved_ranks(kcz: Any, given: list[str], tmp_path: Path) -> None:
    parts, totals = (table(kcz("change", "made", *given, *more)) for more in ([], ["--totals"]))
    assert {row["cause"] for row in parts} == {"own", "others"}
    for row in totals:
        own = [float(part["score"]) for part in parts if part["unit"] == row["unit"]]
        assert sum(own) == pytest.approx(float(row["score_change"]), abs=1e-9)
    other = kcz("change", "made", *given, "--before-config", tmp_path / "other.yaml")
    assert {row["cause"] for row in table(other)} == {"weights"}
    assert "alone move the ranks" in other.err
    assert {row["state"] for row in table(kcz("change", "made", *given, "--before", "2021", "--bridge"))} == {"kept"}
    assert kcz("change", "made", *given, "--before", "2022").status == 1


def test_what_if_and_a_corrected_value(kcz: Any, given: list[str]) -> None:
    ranks = {row["unit"]: int(row["rank"]) for row in table(kcz("score", "made", *given)) if row["node"] == "made"}
    unit = next(u for u, rank in ranks.items() if rank == 6)
    done = kcz("whatif", "made", unit, *given, "--rank", "4")
    assert done.out.splitlines()[0] == "indicator,value,value_after,bound,measure,more,gain"
    assert "scored again to check" in done.err
    moved = table(kcz("whatif", "made", unit, *given, "--set", "a=20", "--set", "b="))
    assert unit in {row["unit"] for row in moved}
    assert kcz("whatif", "made", unit, *given, "--set", "a").status == 1
    assert kcz("whatif", "made", unit, *given).status == 1


def test_audit_self_tests_and_sentences(kcz: Any, given: list[str], tmp_path: Path) -> None:
    done = kcz("diagnose", "made", *given, "--report", tmp_path / "audit.md")
    assert done.out.splitlines()[0] == "section,subject,other,figure,value,flag"
    assert "stability" in {row["section"] for row in table(done)}
    assert (tmp_path / "audit.md").read_text(encoding="utf-8").startswith("# Statistical audit: made, 2022")
    kcz("diagnose", "made", *given, "--report", tmp_path / "audit.html")
    printed = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert printed.startswith("<!doctype html>")
    assert {"<h2>Coverage</h2>", "<h2>Self-tests</h2>"} <= set(printed.replace("<section>", "\n").replace("</h2>", "</h2>\n").split("\n"))
    assert {row["flag"] for row in table(kcz("diagnose", "made", *given, "--flagged"))} == {"true"}
    tests = table(kcz("selftest", "made", *given, "--strict"))
    assert [row["state"] for row in tests] == ["green", "green", *[row["state"] for row in tests[2:3]], "green", "grey"]
    said = table(kcz("explain", "made", "U1", *given, "--words", "--against", "2021"))
    assert said[0]["statement"] == "rank"
    assert said[0]["text"].startswith("Scores ")
    peers = table(kcz("explain", "made", "U1", *given, "--peers", "3"))
    total = float(peers[0]["contribution"])
    assert sum(float(row["contribution"]) for row in peers if row["is_leaf"] == "true") == pytest.approx(total, abs=1e-9)


def test_where_nobody_has_a_rank_it_is_said(kcz: Any, given: list[str], tmp_path: Path) -> None:
    (tmp_path / "alone.csv").write_text("unit,period,a,b,c\nU0,2021,1,2,3\nU0,2022,1,2,3\n", encoding="utf-8")
    lone = [*given[:-1], str(tmp_path / "alone.csv")]
    for command in (["robustness", "made"], ["sensitivity", "made"]):
        wrong = kcz(*command, *lone)
        assert wrong.status == 1
        assert "no unit has a rank in 2022" in wrong.err
    split = kcz("change", "made", *lone)
    assert split.status == 0
    assert split.out.splitlines() == ["unit,cause,score,rank"]
    assert "no unit has a rank on both sides" in split.err
    assert "there is no change to split" in kcz("change", "made", *lone, "--unit", "U0").err
    unknown = kcz("change", "made", *given, "--unit", "U77")
    assert (unknown.status, "there is no unit U77" in unknown.err) == (1, True)


def test_what_is_there_already_needs_nothing(kcz: Any, given: list[str]) -> None:
    first = min(table(kcz("robustness", "made", *given, "--draws", "2")), key=lambda row: float(row["rank"]))["unit"]
    done = kcz("whatif", "made", first, *given, "--rank", "3")
    assert table(done) == []
    assert "there already, nothing to improve" in done.err
    assert "-0.0" not in kcz("change", "made", *given).out
