"""Joins of a ranking, and what its intervals let one say."""

from __future__ import annotations

import polars as pl
import pytest

from kcz_metrics.ui import seats, standing

FRAME = pl.DataFrame(
    {
        "unit": ["A", "B", "C", "D", "E"],
        "name_zh": ["甲", "乙", None, "丁", None],
        "name_en": ["Alpha", None, "Gamma", "Delta", None],
        "province_code": ["11", "11", "12", "12", "13"],
        "rank": [1, 2, 3, 4, None],
        "score": [90.0, 80.0, 70.0, 60.0, None],
        "published": [90.0, 80.0, 70.0, 60.0, None],
        "move": [0, 3, -5, 2, None],
        "tier": ["hub", "lead", "lead", "foster", None],
    }
)


def test_names_fall_back_to_the_other_language_then_to_the_id() -> None:
    assert standing.names(FRAME, "zh") == {"A": "甲", "B": "乙", "C": "Gamma", "D": "丁", "E": "E"}
    assert standing.names(FRAME, "en") == {"A": "Alpha", "B": "乙", "C": "Gamma", "D": "Delta", "E": "E"}


def test_movers_come_with_the_largest_first_and_leave_out_who_stayed() -> None:
    assert standing.movers(FRAME, 2)["unit"].to_list() == ["C", "B"]
    assert standing.movers(FRAME, 9)["unit"].to_list() == ["C", "B", "D"]


def test_a_province_averages_its_ranked_units_and_counts_all() -> None:
    found = {code: (value, count) for code, value, count in standing.by_province(FRAME).iter_rows()}
    assert found == {"11": (85.0, 2), "12": (65.0, 2), "13": (None, 1)}


def test_levels_keep_their_order_and_count_nobody_as_zero() -> None:
    found = standing.by_tier(FRAME, ("hub", "lead", "build", "foster"))
    assert found.rows() == [("hub", 1, 90.0, 90.0), ("lead", 2, 70.0, 80.0), ("build", 0, None, None), ("foster", 1, 60.0, 60.0)]


def test_who_came_and_who_left_adds_up_with_new_units_and_those_gone() -> None:
    before = pl.DataFrame({"unit": ["A", "B", "E", "F"], "tier": ["lead", "lead", "hub", "foster"]})
    came, left = standing.came_and_left(FRAME, before)
    assert came == {"hub": 1, "lead": 1, "foster": 1}  # A rose; C and D are new
    assert left == {"lead": 1, "hub": 1, "foster": 1}  # A; E has no tier any more, F is not there
    assert standing.came_and_left(FRAME, None) == ({}, {})


def intervals(*pairs: tuple[int, int]) -> pl.DataFrame:
    lows, highs = zip(*pairs, strict=True)
    return pl.DataFrame({"rank": list(range(1, len(pairs) + 1)), "rank_low": list(lows), "rank_high": list(highs)})


@pytest.mark.parametrize(
    "pairs, first",
    [
        ([(1, 2), (1, 2), (3, 5), (3, 5), (4, 5)], 2),
        ([(1, 1), (2, 3), (2, 4), (3, 4)], 1),
        ([(1, 3), (1, 3), (2, 3)], None),
        ([(1, 1)], None),
    ],
)
def test_who_is_surely_ahead(pairs: list[tuple[int, int]], first: int | None) -> None:
    assert standing.top(intervals(*pairs)) == first


@pytest.mark.parametrize(
    "pairs, run",
    [
        ([(1, 1), (2, 4), (2, 5), (3, 5), (5, 6), (6, 6)], (2, 4)),
        ([(1, 3), (1, 3), (2, 3), (4, 6), (4, 6), (5, 6)], (1, 3)),
        ([(1, 1), (2, 2), (3, 3)], None),
    ],
)
def test_the_longest_stretch_that_cannot_be_told_apart(pairs: list[tuple[int, int]], run: tuple[int, int] | None) -> None:
    assert standing.stretch(intervals(*pairs)) == run


def test_borders_of_levels_lie_after_their_seats_or_their_threshold() -> None:
    seated = [seats.Border(4, None, "", ""), seats.Border(19, None, "", "")]
    assert seats.last_ranks(seated, [50.0] * 30) == [4, 19]
    by_score = [seats.Border(None, 80.0, "", ""), seats.Border(None, 60.0, "", ""), seats.Border(None, None, "", "")]
    assert seats.last_ranks(by_score, [90.0, 80.0, 70.0, 10.0]) == [2, 3, 4]
