"""Rank intervals under moving weights."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from small_index import index, leaf, method, pillar, scored

from kcz_metrics.analysis.intervals import label
from kcz_metrics.analysis.robustness import DRAWS, SEED, Doubts, robustness
from kcz_metrics.scheme.models import Bounds, Override, Screen
from kcz_metrics.scheme.policies import Uncertainty, WeightDraws
from kcz_metrics.scoring import Scorecard, rescore
from kcz_metrics.scoring.block import block
from kcz_metrics.scoring.draws import Moves
from kcz_metrics.scoring.variants import Variants, declared


def card(**settings: object) -> Scorecard:
    rng = np.random.default_rng(4)
    names = [f"i{n}" for n in range(6)]
    cells = {f"U{u:02d}": dict(zip(names, rng.uniform(0, 10, 6).tolist(), strict=True)) for u in range(15)}
    cells["U03"]["i2"] = None  # type: ignore[assignment]
    of = index(pillar("p", *(leaf(n) for n in names[:3]), weight=2), pillar("q", *(leaf(n) for n in names[3:])), **settings)
    return scored(cells, of)


def intervals(given: Scorecard, share: float | None = None, draws: int = DRAWS, seed: int = SEED) -> pl.DataFrame:
    """What the index declares of weights and methods, or weights alone."""
    variants = declared(given.index, draws, seed) if share is None else Variants(draws, seed, Moves(share))
    return robustness(given, Doubts(variants)).frame()


def test_the_nominal_rank_lies_among_the_draws_and_quantiles_are_in_order() -> None:
    rows = intervals(card())
    assert rows.columns == ["unit", "score", "rank", "rank_p5", "rank_p50", "rank_p95", "score_p5", "score_p50", "score_p95"]
    assert (rows["rank_p5"] <= rows["rank_p50"]).all()
    assert (rows["rank_p50"] <= rows["rank_p95"]).all()
    assert ((rows["score"] >= rows["score_p5"]) & (rows["score"] <= rows["score_p95"])).all()
    assert (rows["rank_p95"] - rows["rank_p5"]).max() > 0


def test_no_movement_of_weights_is_no_interval() -> None:
    rows = intervals(card(), share=0, draws=20)
    assert (rows["rank_p5"] == rows["rank"]).all()
    assert (rows["rank_p95"] == rows["rank"]).all()
    np.testing.assert_allclose(rows["score_p5"], rows["score"], rtol=1e-12)


def test_a_draw_is_a_scoring_with_those_weights() -> None:
    """One draw, recomputed through ``rescore`` with the weights of that draw."""
    given = card()
    weights = block(given, Variants(1, 9, Moves(0.25))).weights(0)
    expected = rescore(given, weights).scores.filter(pl.col("node") == "index")
    rows = intervals(given, draws=1, seed=9)
    np.testing.assert_allclose(rows["score_p50"], expected["score"], rtol=1e-12)
    assert rows["rank_p50"].to_list() == expected["rank"].to_list()


def test_same_seed_same_interval_other_seed_another() -> None:
    assert intervals(card(), seed=1).equals(intervals(card(), seed=1))
    assert not intervals(card(), seed=1).equals(intervals(card(), seed=2))


def test_wider_weights_wider_intervals() -> None:
    width = [(r["rank_p95"] - r["rank_p5"]).sum() for r in (intervals(card(), share=0.1), intervals(card(), share=0.9))]
    assert width[0] < width[1]


@pytest.mark.parametrize("aggregate", ["geometric", "harmonic", "minimum", "topsis"])
def test_other_aggregations(aggregate: str) -> None:
    rows = intervals(card(aggregate=method(aggregate), normalise=method("percentile_rank")), draws=50)
    assert rows.height >= 14
    assert rows["rank_p50"].null_count() == 0


def test_units_that_are_not_ranked_have_no_interval() -> None:
    given = card(screen=Screen(exclude=(Override(unit="U05"),)))
    assert "U05" not in intervals(given, draws=10)["unit"]


@pytest.mark.parametrize(
    "settings, said",
    [
        ({}, "weights ±25% only"),
        ({"bounds": Bounds(share=0.1)}, "weights ±10% only"),
        ({"uncertainty": Uncertainty(weights=WeightDraws(share=0.2), leave_out="indicator")}, "weights ±20%, an indicator left out"),
        (
            {"uncertainty": Uncertainty(aggregate=(method("arithmetic"), method("geometric")), leave_out="pillar")},
            "methods, a pillar left out",
        ),
        ({"uncertainty": Uncertainty()}, "no uncertainty declared"),
        (
            {"uncertainty": Uncertainty(weights=WeightDraws(share=0.2), evidence={"A": 0.1}, unverified=True)},
            "weights ±20%, errors by evidence, unverified records",
        ),
    ],
    ids=["nothing_declared", "bounds", "weights_and_leaving_out", "methods", "nothing_said", "records_too"],
)
def test_the_label_says_what_is_varied(settings: dict, said: str) -> None:
    assert label(card(**settings)).render("en") == said


def test_what_the_scheme_declares_is_varied_and_a_share_given_stands_instead() -> None:
    said = Uncertainty(aggregate=(method("arithmetic"), method("geometric")))
    declared = card(uncertainty=said)
    alternatives = [rescored(name) for name in ("arithmetic", "geometric")]
    rows = intervals(declared, draws=200)
    for unit, low, high in rows.select("unit", "rank_p5", "rank_p95").iter_rows():
        assert {low, high} == {min(r[unit] for r in alternatives), max(r[unit] for r in alternatives)}
    assert intervals(declared, share=0, draws=20)["rank_p95"].to_list() == rows["rank"].to_list()


def rescored(aggregate: str) -> dict[str, int]:
    of = card(aggregate=method(aggregate)).scores.filter(pl.col("node") == "index")
    return {unit: int(rank) for unit, rank in of.select("unit", "rank").iter_rows()}
