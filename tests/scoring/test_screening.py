"""Who is ranked, who is not, and what is said about it."""

from __future__ import annotations

import polars as pl
import pytest
from small_index import column, index, leaf, method, pillar, scored

from kcz_metrics.scheme.models import Override, Screen

TREE = (pillar("p", leaf("a", 3), leaf("b", 1), weight=3), pillar("q", leaf("c"), leaf("d"), weight=1))
FULL = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 0.0}
CITIES = {
    "all": FULL,
    "most": {**FULL, "a": 5.0, "b": None},  # by weight 1 - 3/4 · 1/4 = 13/16, by count 3/4
    "half": {**FULL, "a": 2.0, "c": None, "d": None},  # 3/4 and 1/2; nothing in q
    "little": {**FULL, "a": None},  # 7/16 and 3/4
    "na": {"a": 7.0, "b": 1.0, "c": "not_applicable", "d": "not_applicable"},
}


def held_back(**rules: object) -> dict[str, str]:
    card = scored(CITIES, index(*TREE, screen=Screen(**rules)))
    held = card.scores.filter((pl.col("node") == "index") & (pl.col("status") == "not_ranked"))
    assert held["score"].null_count() == held.height
    assert held["rank"].null_count() == held.height
    return dict(held.select("unit", "reason").iter_rows())


@pytest.mark.parametrize(
    "rules, expected",
    [
        ({}, {}),
        ({"minimum_coverage": 0.8}, {"half": "minimum_coverage", "little": "minimum_coverage"}),
        ({"minimum_coverage": 0.8125}, {"half": "minimum_coverage", "little": "minimum_coverage"}),
        ({"minimum_coverage": 0.8, "coverage_by": "count"}, dict.fromkeys(("most", "half", "little"), "minimum_coverage")),
        ({"minimum_coverage": 0.75, "coverage_by": "count"}, {"half": "minimum_coverage"}),
        ({"pillar_coverage": 0.5}, {"half": "pillar_coverage:q", "little": "pillar_coverage:p"}),
        ({"minimum_nonzero": 0.7}, {"most": "minimum_nonzero", "little": "minimum_nonzero"}),
        ({"required": ("a", "c")}, {"half": "required:c", "little": "required:a"}),
        ({"minimum_group": 6}, dict.fromkeys(CITIES, "minimum_group")),
        ({"minimum_group": 5}, {}),
        (
            {"minimum_coverage": 0.6, "required": ("a",)},
            {"little": "minimum_coverage; required:a"},
        ),
        ({"exclude": (Override(unit="all", reason="moved"), Override(unit="nobody"))}, {"all": "excluded:moved"}),
        ({"exclude": (Override(unit="all"),)}, {"all": "excluded"}),
        ({"minimum_coverage": 0.8, "include": (Override(unit="half"),)}, {"little": "minimum_coverage"}),
    ],
)
def test_rules(rules: dict[str, object], expected: dict[str, str]) -> None:
    assert held_back(**rules) == expected


def test_those_held_back_do_not_set_the_scale() -> None:
    card = scored(CITIES, index(*TREE, screen=Screen(exclude=(Override(unit="na"),))))
    assert column(card, "score", "a") == {"all": 0, "most": 100, "half": 25, "little": None, "na": None}
    assert "na" not in card.normalised["unit"]
    assert "na" in card.values["unit"]


def test_reasons_are_said_in_both_languages() -> None:
    card = scored(CITIES, index(*TREE, screen=Screen(minimum_coverage=0.8, exclude=(Override(unit="all", reason="搬迁"),))))
    assert [t.render("en") for t in card.reasons["little"]] == ["coverage 43.75%, below 80%"]
    assert [t.render("zh") for t in card.reasons["all"]] == ["按规定不参评：搬迁"]


def test_a_unit_without_a_group_is_held_back_and_told() -> None:
    kinds = {"kind": ["x", None, "x", "x", None]}
    card = scored(CITIES, index(*TREE, group="kind"), columns=kinds)
    assert column(card, "reason") == {"all": "", "most": "no_group", "half": "", "little": "", "na": "no_group"}
    assert column(card, "rank")["most"] is None
    assert [t.render("en") for t in card.reasons["na"]] == ['"kind" is empty: no group to compare the unit with']
    let_in = scored(CITIES, index(*TREE, group="kind", screen=Screen(include=(Override(unit="most"), Override(unit="na")))), columns=kinds)
    assert {column(let_in, "status")[unit] for unit in ("most", "na")} == {"ranked"}  # with one another


def test_screen_after_impute_sees_what_was_filled() -> None:
    stages = ("denominate", "impute", "screen", "treat", "normalise", "aggregate", "adjust", "rank")
    settings = {"screen": Screen(minimum_coverage=0.8), "impute": method("mean")}
    assert set(column(scored(CITIES, index(*TREE, stages=stages, **settings)), "status").values()) == {"ranked"}
    card = scored(CITIES, index(*TREE, **settings))
    assert column(card, "status")["half"] == "not_ranked"
    assert column(card, "coverage")["half"] == 0.75


def test_a_group_too_small_is_held_back_alone() -> None:
    kinds = {"kind": ["x", "x", "x", "y", "y"]}
    card = scored(CITIES, index(*TREE, screen=Screen(minimum_group=3), group="kind"), columns=kinds)
    assert column(card, "status") == {"all": "ranked", "most": "ranked", "half": "ranked", "little": "not_ranked", "na": "not_ranked"}
