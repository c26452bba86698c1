"""Each part of a suggestion, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kcz_metrics.matching import parts


def test_success_is_drawn_towards_the_share_of_all() -> None:
    # 3 of 4 and 0 of 6: together 3 of 10; with strength 10: (3 + 3) / 14 and (0 + 3) / 16; who tried nothing gets 3 / 10
    found = parts.shrunk(np.array([3.0, 0.0, 0.0]), np.array([4.0, 6.0, 0.0]), 10)
    assert found == pytest.approx([6 / 14, 3 / 16, 0.3])


def test_success_is_nothing_where_nobody_tried() -> None:
    assert parts.shrunk(np.zeros(2), np.zeros(2), 10).tolist() == [0.0, 0.0]


def test_share_is_drawn_down_where_little_was_done_and_full_from_a_share_on() -> None:
    # 3 and 1 of 4 dockings with five more in the denominator: 3/9 and 1/9; a share of 0.3 counts whole
    found = parts.share(np.array([[3.0, 1.0, 0.0], [0.0, 0.0, 0.0]]), few=5, full=0.3)
    assert found == pytest.approx(np.array([[1.0, (1 / 9) / 0.3, 0.0], [0.0, 0.0, 0.0]]))


def test_capacity_is_whole_when_idle_and_falls_with_what_is_in_hand() -> None:
    # (u + 1) / (u + 1 + a)
    found = parts.free(np.array([0.0, 4.0, 8.0]), np.array([4.0, 4.0, 4.0]))
    assert found == pytest.approx([1.0, 5 / 9, 5 / 13])


def test_the_usual_load_of_a_newcomer_leans_on_the_others() -> None:
    # means of all: 3; (4·6 + 2·3) / 6 = 5 and (0 + 2·3) / 6 = 1
    found = parts.usual_load(np.array([[6.0] * 4, [0.0] * 4]), 2)
    assert found == pytest.approx([5.0, 1.0])


def test_a_degree_of_latitude_is_a_known_way() -> None:
    # 2π·6371/360 km a degree along a meridian
    found = parts.kilometres(np.array([110.0]), np.array([30.0]), np.array([110.0, np.nan]), np.array([40.0, np.nan]))
    assert found[0, 0] == pytest.approx(10 * 2 * math.pi * 6371 / 360)
    assert np.isnan(found[0, 1])


def test_an_unknown_distance_counts_as_the_mean() -> None:
    found = parts.nearness(np.array([[0.0, 500.0, np.nan], [np.nan, np.nan, np.nan]]), 500)
    assert found[0] == pytest.approx([1.0, math.exp(-1), (1 + math.exp(-1)) / 2])
    assert found[1].tolist() == [0.5, 0.5, 0.5]


def test_skills_point_to_the_industries_whose_needs_name_them() -> None:
    # tag 0: three needs of industry 0 and one of 1; tag 1: never named, so the owner's own industries stand in
    tag_industry = np.array([[3.0, 1.0], [0.0, 0.0]])
    fallback = np.array([[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]])
    found = parts.industry_shares(tag_industry, np.array([0, 0, 1]), np.array([0, 1, 1]), fallback)
    assert found == pytest.approx(np.array([[(0.75 + 0) / 2, (0.25 + 1) / 2], [1.0, 0.0], [0.5, 0.5]]))


def test_points_add_up_to_the_score_and_equal_scores_go_by_position() -> None:
    one, two = np.array([[1.0, 0.5, 1.0]]), np.array([[0.0, 1.0, 0.0]])
    weights = np.array([3.0, 1.0])
    scores = parts.total([one, two], weights)
    assert scores.tolist() == [[75.0, 62.5, 75.0]]
    top = parts.best(scores, 2)
    assert top.tolist() == [[0, 2]]
    given = parts.points_at([one, two], weights, top)
    assert given.tolist() == [[[75.0, 0.0], [75.0, 0.0]]]


def test_at_most_so_many_of_one_holder_unless_there_is_nothing_else() -> None:
    scores = np.array([[9.0, 8.0, 7.0, 6.0, 5.0]])
    holders = np.array([0, 0, 0, 1, 1])
    assert parts.best_within(scores, holders, 2, 4).tolist() == [[0, 1, 3, 4]]
    assert parts.best_within(scores, np.zeros(5, dtype=np.int64), 2, 4).tolist() == [[0, 1, 2, 3]]
    assert parts.best_within(scores, holders, 1, 2).tolist() == [[0, 3]]
