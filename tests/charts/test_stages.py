"""Funnel bars and growth carry the numbers they were given, the colour of the loss, and no live markup."""

from __future__ import annotations

import json

import polars as pl
import pytest

from kcz_metrics import charts
from kcz_metrics.theme import TOKENS

HOSTILE = "<img src=x onerror=alert(1)>$y$ %{x}"


def stages() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "stage": ["posted", "docked", "paid"],
            "label": [HOSTILE, "见面", "到账"],
            "count": [1000, 400, 300],
            "share": [None, 0.4, 0.75],
            "days": [None, 26.0, 47.4],
        }
    )


@pytest.mark.parametrize("template, mode", [("kcz_light", "light"), ("kcz_dark", "dark")])
def test_the_step_with_the_smallest_share_has_the_colour_of_loss(template, mode) -> None:
    bar = charts.stage_bars(stages(), template=template).data[0]
    token = TOKENS[mode]
    assert list(bar.marker.color) == [token["tier"][1], token["down"], token["tier"][1]]
    assert list(bar.x) == [1000, 400, 300]
    assert list(bar.customdata) == ["posted", "docked", "paid"]


def test_texts_tell_count_share_and_days() -> None:
    assert list(charts.stage_bars(stages(), lang="zh").data[0].text) == ["1,000", "400   40.0%   中位 26 天", "300   75.0%   中位 47 天"]
    assert charts.stage_bars(stages(), lang="en").data[0].text[1] == "400   40.0%   median 26 d"


def test_nothing_lost_has_no_colour_of_loss() -> None:
    kept = stages().with_columns(count=pl.lit(5), share=pl.Series([None, 1.0, 1.0]))
    assert TOKENS["light"]["down"] not in charts.stage_bars(kept).data[0].marker.color


def test_growth_names_both_lines_and_the_goal() -> None:
    frame = pl.DataFrame({"month": ["2022-01", "2022-02", "2022-03"], "valid": [10, 12, 21], "raw": [11, 14, 24]})
    figure = charts.growth(frame, names=("有效", "原始"), baseline=10.0, goal=20.0, words=("基期", "翻一番"))
    assert [list(trace.y) for trace in figure.data] == [[11, 14, 24], [10, 12, 21]]
    assert {note.text for note in figure.layout.annotations} == {"原始 24", "有效 21", "基期", "翻一番"}
    assert [shape.y0 for shape in figure.layout.shapes] == [10.0, 20.0]


def test_shares_break_where_nothing_is_known() -> None:
    frame = pl.DataFrame({"month": ["2022-01", "2022-02"], "all": [0.1, 0.2], "app": [0.3, None]})
    figure = charts.shares_by_month(frame, labels=[("all", "合计"), ("app", "移动端")])
    assert list(figure.data[1].y) == [0.3, None]
    assert [note.text for note in figure.layout.annotations] == ["合计 20.0&#37;"]


def test_a_province_in_question_is_framed_and_pilots_are_marked() -> None:
    frame = pl.DataFrame(
        {"code": ["1", "2"], "label": ["浙江", "陕西"], "column": [0, 1], "row": [0, 0], "value": [1.0, 2.0], "count": [1, 2]}
    )
    figure = charts.tile_map(frame, focus="2", marked=["1"])
    framed = [shape for shape in figure.layout.shapes if shape.line.color == TOKENS["light"]["accent"]]
    assert [(shape.x0, shape.x1) for shape in framed] == [(0.53, 1.47)]
    assert [(note.x, note.y) for note in figure.layout.annotations if note.text == "◆"] == [(0.34, -0.3)]


def test_hostile_names_are_dead() -> None:
    frame = pl.DataFrame({"month": [HOSTILE], "valid": [1], "raw": [2]})
    figures = (
        charts.stage_bars(stages()),
        charts.growth(
            frame.with_columns(month=pl.lit("2022-01")), names=(HOSTILE, HOSTILE), baseline=1.0, goal=2.0, words=(HOSTILE, HOSTILE)
        ),
        charts.shares_by_month(pl.DataFrame({"month": ["2022-01"], "a": [0.1]}), labels=[("a", HOSTILE)]),
    )
    for figure in figures:
        text = json.dumps(figure.to_plotly_json(), default=str)
        assert "<img" not in text
        assert "$y$" not in text
        assert "%{x}" not in text
