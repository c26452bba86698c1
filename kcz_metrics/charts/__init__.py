"""Tidy polars frames in, plotly figures out.

Every function takes ``template`` (``kcz_light`` or ``kcz_dark``) and, where it has words of its own, ``lang``; the columns it
reads stand in its docstring. Names from data are escaped here. A finding (title), caption and ``alt`` belong to the page. Draw with
``st.plotly_chart(figure, theme=None, config=CONFIG, alt=…)``; where a point opens a unit, its ``customdata`` is the unit's id.
"""

from kcz_metrics.charts.canvas import CONFIG, Template, axis_number, fixed, halves, safe, short, signed
from kcz_metrics.charts.certainty import rank_bars, rank_spans
from kcz_metrics.charts.change import slope
from kcz_metrics.charts.composition import adds_up, counting, funnel_bars, largest_steps, waterfall, weight_bars
from kcz_metrics.charts.distribution import histogram, size_against_score, strip
from kcz_metrics.charts.matrices import correlation, coverage, rank_strip
from kcz_metrics.charts.places import tile_legend, tile_map, tile_steps
from kcz_metrics.charts.ranking import Seats, bump, rank_dots, trend
from kcz_metrics.charts.stages import growth, shares_by_month, stage_bars
from kcz_metrics.charts.tiers import bars_over_time

__all__ = [
    "CONFIG",
    "Seats",
    "Template",
    "adds_up",
    "axis_number",
    "bars_over_time",
    "bump",
    "correlation",
    "counting",
    "coverage",
    "fixed",
    "funnel_bars",
    "growth",
    "halves",
    "histogram",
    "largest_steps",
    "rank_bars",
    "rank_dots",
    "rank_spans",
    "rank_strip",
    "safe",
    "shares_by_month",
    "short",
    "signed",
    "size_against_score",
    "slope",
    "stage_bars",
    "strip",
    "tile_legend",
    "tile_map",
    "tile_steps",
    "trend",
    "waterfall",
    "weight_bars",
]
