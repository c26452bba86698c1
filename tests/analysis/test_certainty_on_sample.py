"""On the shipped records: gaps from peers add up, exact weights hold, intervals hold the rank."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from kcz_metrics.analysis.doubts import doubts
from kcz_metrics.analysis.explain import explain
from kcz_metrics.analysis.robustness import robustness
from kcz_metrics.analysis.selftests import self_tests
from kcz_metrics.analysis.standing import peers
from kcz_metrics.analysis.weight_intervals import weight_intervals
from kcz_metrics.scheme.policies import Uncertainty, WeightDraws
from kcz_metrics.scoring import Scorecard, evaluate, rescore

pytestmark = pytest.mark.long
INDICES = ["city_assessment", "team_score", "board_docking"]


def card(store: Any, scheme: Any, index: str) -> Scorecard:
    return evaluate(scheme, index, "2022", store.snapshot())


@pytest.mark.parametrize("index", INDICES)
def test_the_gap_from_peers_adds_up(sample_store: Any, shipped_scheme: Any, index: str) -> None:
    of = card(sample_store, shipped_scheme, index)
    ranked = of.scores.filter((pl.col("node") == index) & pl.col("rank").is_not_null())["unit"].to_list()
    for unit in ranked[:: max(1, len(ranked) // 40)]:
        parts = explain(of, unit, tuple(peers(of, unit)["unit"].to_list()))
        assert parts.filter("is_leaf")["contribution"].sum() == pytest.approx(parts["contribution"][0], abs=1e-9)


def test_ranges_of_weights_hold_where_values_are_missing(sample_store: Any, shipped_scheme: Any) -> None:
    of = card(sample_store, shipped_scheme, "city_assessment")

    def order(given: Scorecard) -> list[int]:
        assert given.run.scores is not None
        return np.argsort(-np.nan_to_num(given.run.scores[:, 0], nan=-1.0), kind="stable").tolist()

    for row in weight_intervals(of).filter(pl.col("rises_high").is_not_null()).gather_every(3).iter_rows(named=True):
        inside, outside = (row["weight"] + (row["weight_high"] - row["weight"]) * times for times in (0.999, 1.001))
        assert order(rescore(of, {row["node"]: inside})) == order(of)
        assert order(rescore(of, {row["node"]: outside})) != order(of)


def test_everything_uncertain_at_once_on_the_records(sample_store: Any, shipped_scheme: Any) -> None:
    index = shipped_scheme.indices["city_assessment"]
    said = Uncertainty(weights=WeightDraws(share=0.25), leave_out="indicator", evidence={"A": 0.02, "B": 0.1, "C": 0.3}, unverified=True)
    scheme = shipped_scheme.model_copy(
        update={"indices": {**shipped_scheme.indices, index.id: index.model_copy(update={"uncertainty": said})}}
    )
    of = card(sample_store, scheme, index.id)
    found = doubts(of, sample_store.snapshot(), 200, 5)
    assert found.sources == ("weights", "leave_out", "evidence", "unverified")
    assert found.errors is not None
    assert 0.5 < (found.errors > 0).mean() < 1.0
    one, two = (robustness(of, found, threads=threads) for threads in (1, 2))
    np.testing.assert_array_equal(one.ranks, two.ranks)
    rows = one.frame()
    assert rows.filter((pl.col("rank_p5") <= pl.col("rank")) & (pl.col("rank") <= pl.col("rank_p95"))).height > 0.9 * rows.height
    wider = (one.frame()["rank_p95"] - one.frame()["rank_p5"]).mean()
    alone = robustness(of, replace(found, errors=None, with_unverified=None)).frame()
    assert wider > (alone["rank_p95"] - alone["rank_p5"]).mean()  # type: ignore[operator]


@pytest.mark.parametrize("index", INDICES)
def test_shipped_indices_pass_the_tests_that_no_choice_can_excuse(sample_store: Any, shipped_scheme: Any, index: str) -> None:
    states = dict(self_tests(card(sample_store, shipped_scheme, index)).select("test", "state").iter_rows())
    assert states["order"] == "green"
    assert states["dominated"] in ("green", "grey")
    assert states["monotone"] == "green"
