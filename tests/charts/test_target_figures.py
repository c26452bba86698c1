"""What the figures of targets draw."""

from __future__ import annotations

import polars as pl
import pytest

from kcz_metrics.charts.targets import Range, target_bars, target_course
from kcz_metrics.theme import TOKENS

BARS = pl.DataFrame(
    {
        "target": ["T1", "T2", "T3"],
        "label": ["A <b>", "B", "C"],
        "progress": [0.4, 0.95, 3.0],
        "state": ["behind", "nearly_done", "on_course"],
        "text": ["4 / 10", "95 / 100", "3"],
    }
)


@pytest.mark.parametrize("template, mode", [("kcz_light", "light"), ("kcz_dark", "dark")])
def test_bars_reach_as_far_as_the_progress_and_take_their_colour_from_the_state(template, mode) -> None:
    figure = target_bars(BARS, gone=0.5, template=template)
    drawn = figure.data[1]
    assert list(drawn.x) == [0.4, 0.95, 1.1]  # far above the goal is drawn as just above it
    assert list(drawn.customdata) == ["T1", "T2", "T3"]
    teal = TOKENS[mode]["tier"][1]
    assert list(drawn.marker.color) == [TOKENS[mode]["down"], teal, teal]
    assert sorted({shape.x0 for shape in figure.layout.shapes}) == [0.5, 1]
    assert "<b>" not in "".join(figure.layout.yaxis.ticktext)


def test_a_year_that_is_over_has_no_line_of_time() -> None:
    assert {shape.x0 for shape in target_bars(BARS).layout.shapes} == {1}


def test_nothing_to_draw_is_an_empty_figure() -> None:
    assert len(target_bars(BARS.clear()).data[1].x) == 0


def test_the_course_ends_where_the_records_end_and_the_forecast_stands_at_december() -> None:
    frame = pl.DataFrame(
        {"month": list(range(1, 13)), "value": [1.0, 2.0, 4.0, *[None] * 9], "before": [float(m) for m in range(1, 13)]},
        schema={"month": pl.Int64, "value": pl.Float64, "before": pl.Float64},
    )
    figure = target_course(frame, goal=10, upper=12, ahead=Range(16, 12, 20), before="2021", goal_text="10-12")
    lines = [trace for trace in figure.data if trace.mode == "lines+markers"]
    assert [v for v in lines[1].y if v is not None] == [1.0, 2.0, 4.0]
    assert [(s.y0, s.y1) for s in figure.layout.shapes] == [(10, 10), (12, 12), (12, 20)]
    assert figure.data[-1].x[0] == 12
    assert figure.data[-1].y[0] == 16
    plain = target_course(frame.with_columns(before=pl.lit(None, pl.Float64)), goal=None)
    assert len(plain.data) == 1
