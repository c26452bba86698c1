"""Curves and pairs of bars carry the numbers they were given and no live markup."""

from __future__ import annotations

import polars as pl
import pytest

from kcz_metrics.charts.aftermath import curves, pairs
from kcz_metrics.theme import TOKENS

HOSTILE = "<img src=x onerror=alert(1)>$y$ %{x}"
COURSE = pl.DataFrame(
    {"group": ["all", "all", "a", "a", "b", "b"], "day": [0, 1] * 3, "per_event": [0.5, 1.5, 1.0, 4.0, 0.0, 0.2], "n": [9, 9, 5, 5, 4, 4]}
)


@pytest.mark.parametrize("template, mode", [("kcz_light", "light"), ("kcz_dark", "dark")])
def test_the_whole_is_drawn_last_and_in_colour(template, mode) -> None:
    figure = curves(COURSE, labels={"all": "全部", "a": HOSTILE}, first="all", marks=(1, 30), template=template)
    assert [list(line.y) for line in figure.data] == [[1.0, 4.0], [0.5, 1.5]]  # b was not asked for
    assert [line.line.color for line in figure.data] == [TOKENS[mode]["interval"], TOKENS[mode]["tier"][1]]
    assert "<img" not in figure.to_json()


def test_ends_are_named_and_days_marked_as_far_as_the_curve_goes() -> None:
    figure = curves(COURSE, labels={"all": "All", "a": "Week"}, first="all", marks=(1, 30), lang="en")
    assert [note.text for note in figure.layout.annotations] == ["All 1.5", "Week 4.0"]
    assert list(figure.layout.xaxis.ticktext) == ["0", "1 days"]


def test_a_pair_has_both_numbers() -> None:
    frame = pl.DataFrame({"label": ["传统", HOSTILE], "first": [1200, 3], "second": [7, 0]})
    figure = pairs(frame, names=("求职", "招聘"))
    assert [list(bar.text) for bar in figure.data] == [["1,200", "3"], ["7", "0"]]
    assert "<img" not in figure.to_json()


def test_nothing_is_drawn_of_nothing() -> None:
    assert not curves(COURSE.clear(), labels={"all": "全部"}, first="all").data
    assert [list(bar.x) for bar in pairs(pl.DataFrame({"label": [], "first": [], "second": []}), names=("a", "b")).data] == [[], []]
