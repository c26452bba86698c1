"""A file may move a unit to another group from one period to the next: each period is compared as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcz_metrics.scheme import load_scheme
from kcz_metrics.scoring import evaluate

SCHEME = """
edition: "1"
indicators: {a: {direction: up}}
indices:
  ix: {unit: thing, group: grp, tree: {a: 1}}
"""
VALUES = "unit,period,grp,a\nX,2021,A,1\nY,2021,A,2\nZ,2021,B,1\nW,2021,B,9\nX,2022,A,1\nY,2022,B,2\nZ,2022,B,1\nW,2022,A,9\n"


@pytest.mark.parametrize(
    "period, groups, scores",
    [
        ("2021", {"X": "A", "Y": "A", "Z": "B", "W": "B"}, {"X": 0.0, "Y": 100.0, "Z": 0.0, "W": 100.0}),
        ("2022", {"X": "A", "Y": "B", "Z": "B", "W": "A"}, {"X": 0.0, "Y": 100.0, "Z": 0.0, "W": 100.0}),
    ],
)
def test_each_period_has_its_own_groups(period: str, groups: dict[str, str], scores: dict[str, float], tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SCHEME, encoding="utf-8")
    (tmp_path / "v.csv").write_text(VALUES, encoding="utf-8")
    card = evaluate(load_scheme(tmp_path / "s.yaml"), "ix", period, tmp_path / "v.csv")
    rows = card.scores.filter(node="ix")
    assert dict(rows.select("unit", "group").iter_rows()) == groups
    assert dict(rows.select("unit", "score").iter_rows()) == scores


def test_weights_within_the_parent_and_down_the_tree(tmp_path: Path) -> None:
    text = SCHEME.replace("{a: {direction: up}}", "{a: {}, b: {}, c: {}}").replace(
        "tree: {a: 1}", "tree: {p: {weight: 1, children: {a: 1, b: 3}}, c: 1}"
    )
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "v.csv").write_text("unit,grp,a,b,c\nX,A,1,2,3\nY,A,2,3,4\n", encoding="utf-8")
    card = evaluate(load_scheme(tmp_path / "s.yaml"), "ix", "2021", tmp_path / "v.csv")
    assert {node: (w, e) for node, w, e in card.weights.select("node", "weight", "effective_weight").iter_rows()} == {
        "ix": (1.0, 1.0), "p": (0.5, 0.5), "a": (0.25, 0.125), "b": (0.75, 0.375), "c": (0.5, 0.5),
    }  # fmt: skip
