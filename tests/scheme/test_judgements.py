"""Comparison matrices in a scheme: what is none is an error with its cells, what contradicts itself a warning with the pair to look at."""

from __future__ import annotations

import pytest

from kcz_metrics.errors import Issue
from kcz_metrics.scheme import read_scheme

TEXT = """edition: "1"
indicators: {a: {}, b: {}, c: {}}
indices:
  whole: {unit: u, tree: {p: {weight: 1, weights: {method: ahp, matrix: MATRIX}, children: {a: 1, b: 1, c: 1}}}}
"""


def issues(matrix: str, text: str = TEXT) -> list[Issue]:
    return read_scheme(text.replace("MATRIX", matrix), "f.yaml")[1]


@pytest.mark.parametrize(
    "matrix, told",
    [
        ("[[1, 2, 3], [0.5, 1, 2], [3, 0.5, 1]]", "must be positive and reciprocal  expected: a31 = 1/a13  found: a13 = 3 and a31 = 3"),
        ("[[1, -2, 3], [-0.5, 1, 2], [0.333, 0.5, 1]]", "found: a12 = -2 and a21 = -0.5"),
        ("[[2, 2, 3], [0.5, 1, 2], [0.333, 0.5, 1]]", "found: a11 = 2 and a11 = 2"),
        ("[[1, 2, 3], [0.5, 1], [0.333, 0.5, 1]]", "must be square  expected: 3 numbers  found: row 2 has 2 numbers"),
        ("[[1, 2], [0.5, 1]]", "node p has 3 children, and the comparison matrix must be of that size  found: size 2"),
        ("[[1, two, 3], [0.5, 1, 2], [0.333, 0.5, 1]]", "matrix[0][1]: a number belongs here  found: two"),
    ],
)
def test_what_is_no_comparison_matrix_is_an_error(matrix: str, told: str) -> None:
    found = issues(matrix)
    assert [i.level for i in found] == ["error"]
    assert told in found[0].render("en")
    assert found[0].render("en").startswith("f.yaml:4 indices.whole.tree.p.weights.matrix")


def test_an_inconsistent_matrix_is_a_warning_with_its_node_and_the_pair_to_look_at() -> None:
    # a is 9 times c, yet 3 times b, which equals c. The product of each row: 27, 1/3, 1/9, whose cube roots 3, 0.693, 0.481 are the
    # eigenvector of three (0.719, 0.166, 0.115); λ = 3.1356, and 0.1356/2 over 0.58 is 0.117
    found = issues("[[1, 3, 9], [0.3333333333, 1, 1], [0.1111111111, 1, 1]]")
    assert [(i.level, i.code) for i in found] == [("warning", "ahp_consistency")]
    assert found[0].render("en") == (
        "f.yaml:4 indices.whole.tree.p.weights.matrix: the comparison matrix of node p is not consistent enough"
        "  expected: a consistency ratio of at most 0.1  found: 0.117"
        "  hint: look at a against c first: judged 9, the others together say 6.24"
    )


@pytest.mark.parametrize("matrix", ["[[1, 2, 6], [0.5, 1, 3], [0.1667, 0.333, 1]]", "[[1, 3, 7], [0.333, 1, 4], [0.143, 0.25, 1]]"])
def test_a_consistent_one_is_let_pass(matrix: str) -> None:
    assert issues(matrix) == []


def test_one_matrix_for_the_whole_index_is_held_against_every_node() -> None:
    text = """edition: "1"
indicators: {a: {}, b: {}, c: {}, d: {}}
indices:
  whole:
    unit: u
    weights: {method: ahp, matrix: MATRIX}
    tree: {p: {weight: 1, children: {a: 1, b: 1, c: 1}}, d: 1}
"""
    found = issues("[[1, 3], [0.3333333, 1]]", text)
    assert [i.render("en") for i in found] == [
        "f.yaml:6 indices.whole.weights.matrix: node p has 3 children, and the comparison matrix must be of that size"
        "  found: size 2  hint: give each node weights of its own"
    ]


@pytest.mark.parametrize("wrong", ["{multiplier: 1.2}", "{weight: 20, multiplier: 1.2}", "{weight: {multiplier: 1.2}}"])
def test_a_multiplier_without_a_share_says_nothing(wrong: str) -> None:
    text = f"edition: '1'\nindicators: {{a: {{}}, b: {{}}}}\nindices:\n  whole: {{unit: u, tree: {{a: {wrong}, b: 20}}}}\n"
    assert "multiplier goes with share" in "\n".join(i.render("en") for i in issues("", text))


@pytest.mark.parametrize(
    "given, told",
    [
        ("{normalise: {method: efficacy, poor: 20, good: 10}}", "expected: poor < good  found: 20 and 10"),
        ("{direction: down, normalise: {method: efficacy, poor: 10, good: 20}}", "expected: poor > good  found: 10 and 20"),
        ("{direction: down, normalise: {method: efficacy, poor: 20, good: 10}}", ""),
    ],
)
def test_poor_and_good_against_the_direction_are_a_warning(given: str, told: str) -> None:
    text = f"edition: '1'\nindicators: {{a: {given}}}\nindices:\n  whole: {{unit: u, tree: {{a: 1}}}}\n"
    found = issues("", text)
    assert [i.level for i in found] == (["warning"] if told else [])
    assert told in "".join(i.render("en") for i in found)


@pytest.mark.parametrize(
    "bound, told",
    [
        (
            "minimum_share: 0.4",
            "minimum_share: node p has 3 children, and shares within this bound cannot add up to 1  expected: ≤ 0.333333",
        ),
        (
            "maximum_share: 0.3",
            "maximum_share: node p has 3 children, and shares within this bound cannot add up to 1  expected: ≥ 0.333333",
        ),
        ("minimum_share: 0.3, maximum_share: 0.4", ""),
        ("minimum_share: 0.3333333333333333", ""),
        ("minimum_share: 0.4, maximum_share: 0.2", "minimum_share must be below maximum_share  found: 0.4 and 0.2\n"),
    ],
)
def test_bounds_on_shares_leave_room_for_one(bound: str, told: str) -> None:
    found = issues("", TEXT.replace("method: ahp, matrix: MATRIX", f"method: benefit_of_the_doubt, {bound}"))
    assert told in "".join(i.render("en") + "\n" for i in found)
    assert bool(found) == bool(told)


def test_a_refusal_of_a_methods_parameters_is_in_plain_words() -> None:
    text = "edition: '1'\nindicators: {a: {normalise: {method: efficacy, poor: 3, good: 3}}}\nindices:\n  whole: {unit: u, tree: {a: 1}}\n"
    told = [i.render("en") for i in issues("", text)]
    assert told == ["f.yaml:2 indicators.a.normalise: the value is not right: poor and good must differ  found: {poor, good}"]
