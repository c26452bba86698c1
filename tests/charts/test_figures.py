"""Figures carry the numbers they were given, and no more: traces, ends, colours by meaning, hostile names escaped."""

import json
import math

import plotly.graph_objects as go
import polars as pl
import pytest

from kcz_metrics import charts
from kcz_metrics.theme import TOKENS

HOSTILE = "<img src=x onerror=alert(1)>$y$ %{x}"
LIGHT = TOKENS["light"]


def ranking() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "unit": ["a", "b", "c", "d"],
            "label": [HOSTILE, "乙", "丙", "丁"],
            "rank": [1, 2, 2, None],
            "score": [90.0, 80.0, 80.0, None],
            "low": [88.0, 78.0, None, None],
            "high": [92.0, 82.0, None, None],
            "tier": [0, 1, 2, 3],
        }
    )


def steps() -> pl.DataFrame:
    return pl.DataFrame({"label": [HOSTILE, "二"], "difference": [3.0, -1.0]})


def every_figure(template: charts.Template, lang) -> dict[str, go.Figure]:
    """One of each kind, with a hostile name wherever a name goes."""
    frame = ranking()
    values = frame.select("unit", "label", pl.col("score").alias("value"))
    lines = pl.DataFrame({"unit": ["a", "a", "b", "b"], "label": [HOSTILE] * 4, "period": ["2021", HOSTILE] * 2, "rank": [1, 2, 2, 1]})
    options = {"template": template, "lang": lang}
    return {
        "rank_dots": charts.rank_dots(
            frame, seats=[charts.Seats(HOSTILE, 1), charts.Seats("二", 9)], together=(2, 3, HOSTILE), focus=["a"], **options
        ),
        "rank_spans": charts.rank_spans(
            frame.with_columns(low=pl.col("rank"), high=pl.col("rank") + 1),
            seats=[charts.Seats(HOSTILE, 1)],
            together=(2, 3, HOSTILE),
            focus=["a"],
            **options,
        ),
        "rank_bars": charts.rank_bars(
            pl.DataFrame({"rank": [1.0, 2.0], "share": [0.7, 0.3]}), rank=1, seats=[charts.Seats(HOSTILE, 1)], **options
        ),
        "bump": charts.bump(lines, focus="a", **options),
        "trend": charts.trend(lines.rename({"rank": "value"}), focus="a", title=HOSTILE, **options),
        "waterfall": charts.waterfall(steps(), start=(HOSTILE, 60.0), end=(HOSTILE, 62.0), title=HOSTILE, **options),
        "counting": charts.counting(pl.DataFrame({"label": [HOSTILE], "value": [3.0], "kind": ["total"]}), unit_label=HOSTILE, **options),
        "strip": charts.strip(values, focus="a", write=lambda v: HOSTILE, **options),
        "histogram": charts.histogram(values, focus="a", write=lambda v: HOSTILE, **options),
        "size": charts.size_against_score(
            frame.with_columns(size=pl.Series([1e3, 1e4, 0, 5])), size_title=HOSTILE, score_title=HOSTILE, focus=["a"], **options
        ),
        "tile_map": charts.tile_map(
            pl.DataFrame(
                {"code": ["1", "2"], "label": [HOSTILE, HOSTILE], "column": [0, 1], "row": [0, 0], "value": [1.0, None], "count": [1, 1]}
            ),
            value_title=HOSTILE,
            **options,
        ),
        "slope": charts.slope(
            frame.select("unit", "label", pl.col("rank").alias("before"), (5 - pl.col("rank")).alias("after")), **options
        ),
        "weights": charts.weight_bars(
            pl.DataFrame({"row": [HOSTILE], "node": ["n"], "label": [HOSTILE], "share": [1.0]}), template=template
        ),
        "funnel": charts.funnel_bars(pl.DataFrame({"label": [HOSTILE, "b"], "count": [10, 4]}), **options),
        "correlation": charts.correlation(
            pl.DataFrame({"row": ["p", "q"], "column": ["q", "p"], "value": [0.5, 0.5]}), order=["p", "q"], labels={"p": HOSTILE}, **options
        ),
        "coverage": charts.coverage(
            pl.DataFrame({"unit": ["a", "b"], "label": [HOSTILE, "b"], "indicator": ["i"] * 2, "status": ["ok", "missing"]}),
            labels={},
            **options,
        ),
        "rank_strip": charts.rank_strip(
            pl.DataFrame({"unit": ["a"], "label": [HOSTILE], "board": ["x"], "board_label": [HOSTILE], "rank": [1], "of": [3]}),
            focus="a",
            **options,
        ),
    }


@pytest.mark.parametrize("template", ["kcz_light", "kcz_dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_figure_lets_a_name_speak_plotly(template, lang):
    for name, figure in every_figure(template, lang).items():
        drawn = json.dumps(figure.to_plotly_json(), default=lambda o: o.tolist() if hasattr(o, "tolist") else str(o), ensure_ascii=False)
        assert "<img" not in drawn, name
        assert "$y$" not in drawn, name
        assert "%{x}" not in drawn, name


def test_every_figure_has_its_height_no_legend_and_fixed_axes():
    for name, figure in every_figure("kcz_light", "zh").items():
        assert figure.layout.height > 0, name
        assert figure.layout.showlegend is False, name
        assert figure.layout.xaxis.fixedrange is True, name
        assert figure.layout.yaxis.fixedrange is True, name


def test_rank_dots_put_ranked_units_in_order_and_carry_their_ids():
    figure = charts.rank_dots(ranking(), seats=[charts.Seats("枢纽 1 席", 1), charts.Seats("示范", 4)])
    dots = figure.data[0]
    assert list(dots.customdata) == ["a", "b", "c"]
    assert list(dots.y) == [90.0, 80.0, 80.0]
    assert list(dots.marker.color) == LIGHT["tier"][:3]
    bars = [s for s in figure.layout.shapes if s.type == "line" and s.line.color == LIGHT["interval"]]
    assert [(s.x0, s.y0, s.y1) for s in bars] == [(1, 88.0, 92.0), (2, 78.0, 82.0)]
    borders = [s.x0 for s in figure.layout.shapes if s.line.dash]
    assert borders == [1.5], "a border after the last rank shown would separate nothing"


def test_rank_spans_reach_from_end_to_end_of_the_interval_best_at_the_top():
    frame = pl.DataFrame(
        {"unit": ["b", "a", "c", "d"], "label": list("乙甲丙丁"), "rank": [2.0, 1.0, 3.0, None], "low": [1.0, 1.0, None, None],
         "high": [3.0, 1.0, None, None]},
    )  # fmt: skip
    figure = charts.rank_spans(frame, seats=[charts.Seats("枢纽 1 席", 1), charts.Seats("示范", 3)])
    dots = figure.data[0]
    assert list(dots.customdata) == ["a", "b", "c"]
    assert list(dots.y) == [1.0, 2.0, 3.0]
    bars = [s for s in figure.layout.shapes if s.line.color == LIGHT["interval"]]
    assert [(s.x0, s.y0, s.y1) for s in bars] == [(2, 1.0, 3.0)]
    assert [s.y0 for s in figure.layout.shapes if s.line.dash] == [1.5]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]


def test_rank_bars_mark_the_rank_it_has_and_write_the_larger_shares():
    frame = pl.DataFrame({"rank": [3.0, 4.0, 6.0], "share": [0.55, 0.42, 0.03]})
    figure = charts.rank_bars(frame, rank=4, seats=[charts.Seats("枢纽 4 席", 4), charts.Seats("示范", 19)])
    bars = figure.data[0]
    assert list(bars.text) == ["55%", "42%", ""]
    assert list(bars.marker.color) == [LIGHT["interval"], LIGHT["accent"], LIGHT["interval"]]
    assert [s.x0 for s in figure.layout.shapes if s.line.dash] == [4.5]


def test_bump_has_rank_one_at_the_top_and_the_unit_in_question_in_the_accent():
    frame = pl.DataFrame(
        {"unit": ["a", "b", "a", "b"], "label": ["甲", "乙"] * 2, "period": ["2021", "2021", "2022", "2022"], "rank": [2, 1, 1, 2]}
    )
    figure = charts.bump(frame, focus="a")
    low, high = figure.layout.yaxis.range
    assert low > high
    mine = next(t for t in figure.data if t.customdata[0] == "a")
    assert list(mine.y) == [2, 1]
    assert mine.line.color == LIGHT["accent"]
    assert figure.data[-1] is mine, "drawn last, over the others"


def test_largest_steps_keep_the_sum_and_the_order():
    parts = pl.DataFrame(
        {"label": [f"p{i}" for i in range(12)], "difference": [5.0, 4.0, 3.0, 2.0, 1.5, 1.0, 0.5, 0.25, None, -0.1, -2.0, -3.0]}
    )
    chosen = charts.largest_steps(parts)
    assert chosen["label"].to_list() == ["p0", "p1", "p2", "p3", "p4", "p5", "其余 4 项", "p10", "p11"]
    assert chosen["difference"].to_list()[6] == pytest.approx(0.65)
    assert math.fsum(chosen["difference"].to_list()) == pytest.approx(parts["difference"].sum(), abs=1e-12)


def test_waterfall_ends_where_its_parts_end():
    figure = charts.waterfall(steps(), start=("中位", 60.0), end=("甲", 62.0))
    fall = figure.data[0]
    assert fall.base + fall.y[0] == pytest.approx(60.0)
    assert fall.base + fall.y[-1] == pytest.approx(62.0)
    assert list(fall.y[1:-1]) == [3.0, -1.0]
    assert list(fall.text) == ["60.00", "+3.00", "−1.00", "62.00"]
    assert fall.base > 0
    assert "纵轴自" in figure.layout.yaxis.title.text, "a cut axis is said"


def test_a_waterfall_near_zero_is_not_cut():
    figure = charts.waterfall(steps(), start=("中位", 1.0), end=("甲", 3.0))
    assert figure.data[0].base == 0
    assert "自" not in figure.layout.yaxis.title.text


@pytest.mark.parametrize(
    "start, parts, end, gap", [(60.0, [3.0, -1.0], 62.0, 0.0), (0.1, [0.2], 0.3, 0.0), (60.0, [3.0], 62.0, 1.0), (0.0, [], 1e-3, -1e-3)]
)
def test_adds_up(start, parts, end, gap):
    assert charts.adds_up(start, parts, end) == pytest.approx(gap, abs=1e-15)


def test_counting_steps_hang_from_the_level_before():
    frame = pl.DataFrame({"label": ["上报", "重复", "计入"], "value": [341.0, -12.0, 329.0], "kind": ["total", "step", "answer"]})
    figure = charts.counting(frame)
    assert [(bar.base[0], bar.y[0]) for bar in figure.data] == [(0.0, 341.0), (329.0, 12.0), (0.0, 329.0)]
    assert figure.data[-1].marker.color == LIGHT["accent"]


def test_strip_marks_the_unit_and_the_median():
    values = pl.DataFrame({"unit": list("abcd"), "label": list("甲乙丙丁"), "value": [1.0, 2.0, 4.0, None]})
    figure = charts.strip(values, focus="c")
    others, mine = figure.data
    assert sorted(others.x) == [1.0, 2.0]
    assert list(mine.x) == [4.0]
    assert figure.layout.shapes[0].x0 == 2.0


def test_histogram_counts_every_unit_once():
    values = pl.DataFrame({"unit": [str(i) for i in range(50)], "label": ["x"] * 50, "value": [float(i % 7) for i in range(50)]})
    figure = charts.histogram(values, focus="6")
    bars = figure.data[0]
    assert sum(bars.y) == 50
    assert list(bars.marker.color).count(LIGHT["accent"]) == 1
    assert bars.marker.color[-1] == LIGHT["accent"], "6 is the largest value"


def test_size_leaves_out_what_has_no_logarithm():
    frame = pl.DataFrame({"unit": ["a", "b", "c"], "label": ["甲", "乙", "丙"], "size": [100, 0, 10_000], "score": [50.0, 60.0, 70.0]})
    figure = charts.size_against_score(frame, size_title="个人会员", focus=["c"])
    assert [list(t.customdata) for t in figure.data] == [["a"], ["c"]]
    assert figure.layout.xaxis.type == "log"


@pytest.mark.parametrize("values, edges", [([50.0, 79.9], (55, 60, 65, 70, 75)), ([3.0, 3.0], ()), ([None], ())])
def test_tile_steps(values, edges):
    assert charts.tile_steps(values) == edges


def test_tiles_take_the_step_their_value_falls_in():
    frame = pl.DataFrame(
        {
            "code": ["1", "2", "3"],
            "label": ["甲", "乙", "丙"],
            "column": [0, 1, 2],
            "row": [0, 0, 0],
            "value": [58.0, 74.0, None],
            "count": [1, 2, 0],
        }
    )
    figure = charts.tile_map(frame, edges=(58, 62, 66, 70, 74))
    assert [s.fillcolor for s in figure.layout.shapes] == [LIGHT["sequence"][1], LIGHT["sequence"][5], LIGHT["background"]]
    assert charts.tile_legend((58, 62, 66, 70, 74)) == ["<58", "58–62", "62–66", "66–70", "70–74", "≥74"]


def test_slope_colours_only_moves_of_three_and_more():
    frame = pl.DataFrame({"unit": list("abcde"), "label": list("甲乙丙丁戊"), "before": [1, 2, 3, 4, 5], "after": [4, 1, 2, 3, 5]})
    figure = charts.slope(frame, borders=[2])
    colours = {t.customdata[0]: t.line.color for t in figure.data}
    assert colours == {"a": LIGHT["down"], "b": LIGHT["interval"], "c": LIGHT["interval"], "d": LIGHT["interval"], "e": LIGHT["interval"]}
    assert any("▼3" in a.text for a in figure.layout.annotations)


def test_slope_shows_only_the_first_places():
    frame = pl.DataFrame({"unit": [f"u{i}" for i in range(40)], "label": ["x"] * 40, "before": range(1, 41), "after": [40, *range(1, 40)]})
    figure = charts.slope(frame, first=24)
    assert len(figure.data) == 25, "24 on the left, one of them falling out, one coming in"


def test_weight_bars_write_shares_from_six_percent():
    frame = pl.DataFrame({"row": ["现行"] * 3, "node": ["a", "b", "c"], "label": ["甲", "乙", "丙"], "share": [0.5, 0.45, 0.05]})
    figure = charts.weight_bars(frame)
    assert [t.text[0] for t in figure.data] == ["50%", "45%", ""]
    assert [t.marker.color for t in figure.data] == LIGHT["pillar"][:3]


def test_funnel_marks_the_largest_loss():
    figure = charts.funnel_bars(pl.DataFrame({"label": ["接触", "会面", "协议"], "count": [100, 70, 14]}))
    bars = figure.data[0]
    assert list(bars.x) == [100, 70, 14]
    assert list(bars.text) == ["100", "70   70%", "14   20%"]
    assert list(bars.marker.color) == [LIGHT["tier"][1], LIGHT["tier"][1], LIGHT["down"]]


def test_correlation_cells_stand_where_they_belong():
    frame = pl.DataFrame({"row": ["p", "p"], "column": ["p", "q"], "value": [1.0, -0.25]})
    figure = charts.correlation(frame, order=["p", "q"], labels={})
    assert [list(r) for r in figure.data[0].z] == [[1.0, -0.25], [None, None]]
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-1, 1)


def test_coverage_puts_units_with_least_data_first():
    frame = pl.DataFrame(
        {
            "unit": ["a", "a", "b", "b"],
            "label": ["甲", "甲", "乙", "乙"],
            "indicator": ["i", "j"] * 2,
            "status": ["ok", "zero", "missing", "not_applicable"],
        }
    )
    figure = charts.coverage(frame, labels={})
    assert {t.name: [tuple(c) for c in t.customdata] for t in figure.data} == {
        "present": [("a", "i"), ("a", "j")],
        "missing": [("b", "i")],
        "not_applicable": [("b", "j")],
    }
    assert list(figure.layout.yaxis.ticktext) == ["乙", "甲"]


def test_rank_strip_shades_by_the_place_within_the_ranking():
    frame = pl.DataFrame(
        {"unit": ["a"] * 3, "label": ["甲"] * 3, "board": list("xyz"), "board_label": list("一二三"), "rank": [1, 46, None], "of": [46] * 3}
    )
    figure = charts.rank_strip(frame)
    assert [s.fillcolor for s in figure.layout.shapes] == [LIGHT["sequence"][5], LIGHT["sequence"][0], LIGHT["background"]]
    assert [a.text for a in figure.layout.annotations] == ["1", "46", "—"]


def test_frames_without_rows_give_an_empty_canvas():
    values = pl.DataFrame(
        schema={"unit": pl.String, "label": pl.String, "value": pl.Float64, "rank": pl.Int64, "score": pl.Float64, "size": pl.Int64}
    )
    assert not charts.rank_dots(values).data
    assert not charts.strip(values).data
    assert not charts.histogram(values).data
    assert not charts.size_against_score(values, size_title="x").data


def test_steps_that_show_as_zero_go_with_the_rest():
    parts = pl.DataFrame({"label": ["a", "b", "c", "d"], "difference": [2.0, 0.001, -1e-15, -3.0]})
    steps = charts.largest_steps(parts)
    assert steps["label"].to_list() == ["a", "其余 2 项", "d"]
    assert steps["difference"].sum() == pytest.approx(-0.999)
