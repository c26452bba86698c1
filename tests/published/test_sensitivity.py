"""COINr's Sobol estimator, and its uncertainty and sensitivity runs replayed draw by draw from what its files say was drawn."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from peer_sets import ORACLES, PERIOD, S1, S2, SCALES, SETS, PeerSet, agrees, number, read, records

from kcz_metrics.analysis.sensitivity import design, indices, sensitivity, shift
from kcz_metrics.scheme.models import Method
from kcz_metrics.scoring import Scorecard, score
from kcz_metrics.scoring.block import block, width
from kcz_metrics.scoring.draws import Moves
from kcz_metrics.scoring.variants import CHOICES, Variants

TREATMENTS = tuple(Method(method="winsorise", parameters={"max_points": n, "otherwise": "log_ct"}) for n in range(1, 6))
NORMALISATIONS = {
    "minmax[1,100]": Method(method="minmax"),
    "zscore[mean 20, sd 2]": Method(method="zscore", parameters={"mean": 20, "sd": 2}),
}
AGGREGATIONS = {"a_amean": Method(method="arithmetic"), "a_gmean": Method(method="geometric"), "a_hmean": Method(method="harmonic")}


def test_the_estimator_on_ishigami() -> None:
    table = read(ORACLES / "coinr/sobol_estimator/sample_and_y.csv")
    cells = np.column_stack([[float(v) for v in table.rows], table.cells])
    expected = read(ORACLES / "coinr/sobol_estimator/estimates.csv").cells
    found = indices(cells[:, 3], 3)
    np.testing.assert_allclose(np.stack(found, axis=1), expected, rtol=1e-9)
    x = cells[:, :3]
    np.testing.assert_array_equal(design(x[:512], x[512:1024], {str(i): np.array([i]) for i in range(3)}), x)


def test_one_source_alone_has_all_of_the_variance() -> None:
    u = np.random.default_rng(1).random((4000, 4))
    plan = design(u[:, :2], u[:, 2:], {"a": np.array([0]), "b": np.array([1])})
    first, total = indices(plan[:, 0] - 0.5, 2)
    np.testing.assert_allclose(first, [1.0, 0.0], atol=0.05)
    np.testing.assert_allclose(total, [1.0, 0.0], atol=0.05)
    assert np.isnan(indices(np.ones(40), 2)[0]).all()


@cache
def card(data: PeerSet, weight_set: str) -> Scorecard:
    rows = records(data.folder / "11_sensitivity/weight_sets.csv")
    weights = {row["iCode"]: number(row["Weight"]) for row in rows if row["set"] == weight_set and row["iCode"] != "Index"}
    index = data.index(scale=SCALES["1_100"])
    return score(data.values(), index, PERIOD, data.scheme(index), weights=weights)


def replay(data: PeerSet, kind: str) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Scores and ranks of every replication, (unit, replication), by blocks of those that share their weights."""
    drawn = records(data.folder / f"11_sensitivity/{kind}_parameters.csv")
    variants = Variants(treat=TREATMENTS, normalise=tuple(NORMALISATIONS.values()), aggregate=tuple(AGGREGATIONS.values()))
    scores = np.full((len(data.units), len(drawn)), np.nan)
    ranks = scores.copy()
    for weight_set in {row["weight_set"] for row in drawn}:
        here = [n for n, row in enumerate(drawn) if row["weight_set"] == weight_set]
        nominal = card(data, weight_set)
        numbers = np.zeros((len(here), width(nominal.run.structure)))
        for line, row in zip(numbers, (drawn[n] for n in here), strict=True):
            line[CHOICES.index("treat")] = (int(row["winmax"]) - 0.5) / len(TREATMENTS)
            line[CHOICES.index("normalise")] = (list(NORMALISATIONS).index(row["normalisation"]) + 0.5) / len(NORMALISATIONS)
            line[CHOICES.index("aggregate")] = (list(AGGREGATIONS).index(row["aggregation"]) + 0.5) / len(AGGREGATIONS)
        found = block(nominal, replace(variants, runs=len(here)), numbers=numbers)
        scores[:, here], ranks[:, here] = found.scores.T, found.ranks.T
    return scores, ranks, [row["rep"] for row in drawn]


@pytest.mark.parametrize("kind", ["UA", "SA"])
@pytest.mark.parametrize("data", SETS, ids=lambda data: data.name)
def test_every_replication_gives_coinrs_scores_and_ranks(data: PeerSet, kind: str) -> None:
    scores, ranks, names = replay(data, kind)
    expected = read(data.folder / f"11_sensitivity/{kind}_scores.csv")
    places = read(data.folder / f"11_sensitivity/{kind}_ranks.csv")
    rows = [data.units.index(unit) for unit in expected.rows]
    assert agrees(scores[rows], expected.at(expected.rows, names)).all()
    rows = [data.units.index(unit) for unit in places.rows]
    assert agrees(ranks[rows], places.at(places.rows, names)).all()


@pytest.mark.parametrize("data", SETS, ids=lambda data: data.name)
def test_the_indices_of_the_replayed_runs_are_coinrs(data: PeerSet) -> None:
    places = read(data.folder / "11_sensitivity/SA_ranks.csv")
    ranks = replay(data, "SA")[1][[data.units.index(unit) for unit in places.rows]]
    found = indices(shift(ranks.T, places.at(places.rows, ["Nominal"])[:, 0]), 4)
    np.testing.assert_allclose(np.stack(found, axis=1), read(data.folder / "11_sensitivity/SA_indices.csv").cells, rtol=1e-9)


def test_the_sources_of_an_index_and_their_intervals() -> None:
    variants = Variants(weights=Moves(0.25), treat=TREATMENTS, aggregate=tuple(AGGREGATIONS.values()))
    found = sensitivity(card(S1, "1"), variants, runs=40, resampled=50)
    assert found["source"].to_list() == ["treat", "aggregate", "weights"]
    assert (found["total_p5"] <= found["total_p95"]).all()
    assert found.equals(sensitivity(card(S1, "1"), variants, runs=40, resampled=50, threads=2))
    bare = sensitivity(card(S1, "1"), variants, runs=40, resampled=0)
    assert bare.select("source", "first", "total").equals(found.select("source", "first", "total"))
    assert bare["total_p5"].null_count() == 3
    none = sensitivity(card(S2, "1"), Variants(weights=Moves(0.0)), runs=10, resampled=5)
    assert none["first"].null_count() == 1
