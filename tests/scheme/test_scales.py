"""Scores that do not go together are warned of: another scale than that of the siblings, negative ones, marks beyond the index's ends."""

from __future__ import annotations

import pytest

from kcz_metrics.errors import Issue
from kcz_metrics.scheme import read_scheme

TEXT = """edition: "1"
indicators: {a: {}, b: {}, c: {}, d: INDICATOR}
indices:
  whole: {unit: u, MORE tree: TREE}
"""
TREE = "{p: {weight: 1, children: {a: 1, b: 1}}, q: {weight: 1, OWN children: {c: 1, d: 1}}}"


def warnings(own: str = "", more: str = "", indicator: str = "{}", tree: str = TREE) -> list[Issue]:
    text = TEXT.replace("TREE", tree).replace("OWN", own).replace("MORE", more).replace("INDICATOR", indicator)
    scheme, issues = read_scheme(text, "f.yaml")
    assert scheme is not None
    assert all(issue.level == "warning" for issue in issues)
    return issues


@pytest.mark.parametrize("method", ["topsis", "vikor"])
def test_a_node_on_a_scale_of_its_own_is_named_with_the_way_out(method: str) -> None:
    found = warnings(own=f"aggregate: {method},")
    assert [i.code for i in found] == ["off_the_scale"]
    assert found[0].render("en") == (
        "f.yaml:4 indices.whole.tree.q.aggregate: the scores of node q are not on the index's scale, beside those of p"
        f"  expected: 0 to 100  found: {method}: 0 to 1  hint: write {{method: {method}, on_scale: true}}"
    )


def test_copeland_below_the_index_has_no_scale_to_be_brought_onto() -> None:
    found = warnings(own="aggregate: copeland,")
    assert [i.code for i in found] == ["off_the_scale"]
    assert "use it for the index itself" in found[0].render("en")


@pytest.mark.parametrize(
    "own, more",
    [
        ("aggregate: {method: topsis, on_scale: true},", ""),
        ("aggregate: topsis,", "scale: {lower: 0, upper: 1},"),
        ("", "aggregate: {method: topsis, on_scale: true},"),
        ("aggregate: topsis,", "normalise: zscore,"),  # nothing else is on the scale either
        ("aggregate: topsis, ", "aggregate: copeland,"),  # who beats whom does not depend on scales
    ],
)
def test_on_one_scale_nothing_is_said(own: str, more: str) -> None:
    assert "off_the_scale" not in [i.code for i in warnings(own, more)]


def test_the_index_itself_may_have_any_scale() -> None:
    assert warnings(more="aggregate: copeland,", tree="{a: 1, b: 1, c: 1, d: 1}") == []


@pytest.mark.parametrize(
    "own, more, told",
    [
        ("aggregate: geometric,", "normalise: zscore,", "tree.q.aggregate: geometric of node q takes no negative scores"),
        ("weights: entropy,", "normalise: zscore,", "tree.q.weights: entropy of node q takes no negative scores"),
        ("aggregate: harmonic,", "normalise: {method: zscore, mean: 2},", "found: c: zscore with mean 2"),
        ("aggregate: {method: power, p: 2},", "normalise: zscore,", "power of node q"),
        ("", "normalise: zscore, aggregate: geometric,", "indices.whole.aggregate: geometric of node p takes"),
        ("aggregate: geometric,", "scale: {lower: -1, upper: 1},", "found: lower end of the scale -1"),
    ],
)
def test_negative_scores_where_none_are_taken(own: str, more: str, told: str) -> None:
    found = [i for i in warnings(own, more) if i.code == "negative_scores"]
    assert len(found) == 1
    assert told in found[0].render("en")


def test_scores_stay_negative_on_their_way_up() -> None:
    tree = "{p: {weight: 1, aggregate: arithmetic, children: {a: 1, b: 1}}, q: {weight: 1, aggregate: copeland, children: {c: 1, d: 1}}}"
    found = [i for i in warnings(more="aggregate: geometric,", tree=tree) if i.code == "negative_scores"]
    assert ["less than 0 for units that lose" in i.render("en") for i in found] == [True]
    found = [i for i in warnings(more="aggregate: geometric, normalise: zscore,", tree=tree) if i.code == "negative_scores"]
    assert "a: zscore with mean 0" in found[0].render("en")


@pytest.mark.parametrize(
    "own, more",
    [
        ("aggregate: geometric,", ""),
        ("aggregate: geometric,", "normalise: {method: zscore, mean: 50, sd: 10},"),
        ("aggregate: {method: power, p: 1},", "normalise: zscore,"),
        ("weights: entropy,", "normalise: rank,"),
    ],
)
def test_where_none_are_negative_nothing_is_said(own: str, more: str) -> None:
    assert [i for i in warnings(own, more) if i.code == "negative_scores"] == []


def test_marks_beyond_the_scale_are_named() -> None:
    found = warnings(indicator="{normalise: {method: bands, steps: [[1, -10], [5, 60]], otherwise: 120}}")
    assert [i.render("en") for i in found] == [
        "f.yaml:2 indicators.d.normalise: marks of bands lie beyond the scale of index whole"
        "  expected: 0 to 100  found: -10, 120  hint: change the marks, or the scale of the index"
    ]
    assert warnings(indicator="{normalise: {method: bands, steps: [[1, 0], [5, 60]], otherwise: 100}}") == []
