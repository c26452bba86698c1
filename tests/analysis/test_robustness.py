"""Rankings under everything declared uncertain: intervals, acceptability, pairs, single sources, Sobol indices and single changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from small_index import index, leaf, method, pillar, scheme, scored, values

from kcz_metrics.analysis.dependence import dependence, varied
from kcz_metrics.analysis.robustness import Doubts, Robustness, aligned, one_by_one, robustness
from kcz_metrics.analysis.sensitivity import sensitivity
from kcz_metrics.analysis.single_changes import one_at_a_time, overtaking
from kcz_metrics.decisions.classing import tier_classes
from kcz_metrics.errors import ScoringError
from kcz_metrics.scheme.models import Rank
from kcz_metrics.scheme.policies import Level, Tiers
from kcz_metrics.scoring import Scorecard, rescore, score
from kcz_metrics.scoring.block import block
from kcz_metrics.scoring.draws import Moves, words
from kcz_metrics.scoring.variants import Variants

NAMES = [f"i{n}" for n in range(5)]
METHODS = {"normalise": (method("minmax"), method("percentile_rank")), "aggregate": (method("arithmetic"), method("geometric"))}


def cells(seed: int = 4, units: int = 12) -> dict[str, dict[str, float]]:
    rng = np.random.default_rng(seed)
    return {f"U{u:02d}": dict(zip(NAMES, rng.uniform(1, 10, 5).tolist(), strict=True)) for u in range(units)}


def card(seed: int = 4, groups: bool = False, **settings: Any) -> Scorecard:
    of = index(
        pillar("p", *(leaf(n) for n in NAMES[:3]), weight=2), pillar("q", *(leaf(n) for n in NAMES[3:])),
        **({"group": "kind"} if groups else {}), **settings,
    )  # fmt: skip
    return scored(cells(seed), of, columns={"kind": ["city" if n % 3 else "park" for n in range(12)]} if groups else None)


def everything(draws: int = 60, seed: int = 9) -> Doubts:
    variants = Variants(draws, seed, Moves(0.3), leave_out=("", "p", "q"), **METHODS)
    return Doubts(variants, np.full((12, 5), 0.1), card(seed=5))


def test_the_frame_has_what_the_command_gives_and_quantiles_in_order() -> None:
    rows = robustness(card(), everything()).frame()
    first, scores = ["unit", "score", "rank", "rank_p5", "rank_p50", "rank_p95"], ["score_p5", "score_p50", "score_p95"]
    assert rows.columns == [*first, *scores]
    assert rows.height == 12
    assert ((rows["rank_p5"] <= rows["rank_p50"]) & (rows["rank_p50"] <= rows["rank_p95"])).all()
    assert (rows["rank_p95"] - rows["rank_p5"]).max() > 0


def test_any_number_of_threads_gives_the_same_digits() -> None:
    one, two = (robustness(card(), everything(), threads=threads) for threads in (1, 2))
    np.testing.assert_array_equal(one.scores, two.scores)
    np.testing.assert_array_equal(one.ranks, two.ranks)
    assert not np.array_equal(one.scores, robustness(card(), everything(seed=10)).scores)


def test_shares_of_ranks_and_pairs_are_counts_of_the_runs() -> None:
    found = robustness(card(groups=True), Doubts(Variants(80, 3, Moves(0.5))))
    shares = found.acceptability
    np.testing.assert_allclose(shares.group_by("unit").agg(pl.col("share").sum())["share"], 1.0, rtol=1e-12)
    first = shares.filter((pl.col("unit") == "U01") & (pl.col("rank") == 2))
    assert first["share"].sum() == (found.ranks[:, 1] == 2).mean()
    won = found.wins()
    here = found.card.run.groups[0]
    mine, theirs = found.ranks[:, here[0]], found.ranks[:, here[1]]
    assert won[here[0], here[1]] == pytest.approx((mine < theirs).mean() + (mine == theirs).mean() / 2, abs=1e-12)
    np.testing.assert_allclose((won + won.T)[~np.isnan(won)], 1.0, rtol=1e-12)
    assert np.isnan(won[0, 1])  # a park and a city are not compared
    assert found.pairs().height == 4 * 3 + 8 * 7
    assert found.summary()["stay"] == pytest.approx((found.ranks == found.nominal).mean())


def test_a_source_alone_is_drawn_as_together_with_the_rest() -> None:
    alone = robustness(card(), everything().only("weights"))
    np.testing.assert_array_equal(alone.scores, block(card(), Variants(60, 9, Moves(0.3))).scores)
    rows = one_by_one(card(), everything(20))
    assert rows["source"].to_list() == ["all", "weights", "normalise", "aggregate", "leave_out", "evidence", "unverified"]
    assert (rows["shift"] > 0).all()
    with pytest.raises(ScoringError, match="impute"):
        everything().only("impute")


def test_half_of_the_runs_count_unverified_records() -> None:
    other = card(seed=5)
    found = robustness(card(), Doubts(Variants(50, 2), with_unverified=other))
    assert other.run.scores is not None
    same = np.isclose(found.scores, other.run.scores[:, 0]).all(axis=1)
    np.testing.assert_array_equal(same, words(2, 0, 50, 1, 3)[:, 0] < 0.5)
    assert 10 < same.sum() < 40


def test_rows_go_with_their_units() -> None:
    few = scored({u: row for u, row in reversed(cells().items()) if u != "U03"}, index(*(leaf(n) for n in NAMES)))
    rows = aligned(np.arange(12.0)[:, None], card(), few)[:, 0]
    assert rows.tolist() == [11, 10, 9, 8, 7, 6, 5, 4, 2, 1, 0]
    assert np.isnan(aligned(np.zeros((11, 1)), few, card())[3, 0])


def test_tiers_are_those_of_the_drawn_scores() -> None:
    policy = Tiers(levels=(Level(id="top", seats=3), Level(id="rest", seats=9)))
    of = card(tiers=policy)
    found = robustness(of, Doubts(Variants(40, 6, Moves(0.6))))
    rows = found.frame(tier_classes([of], policy, None, 6))
    np.testing.assert_allclose(rows["p_top"] + rows["p_rest"], 1.0)
    np.testing.assert_allclose(rows["p_top"], (found.ranks <= 3).mean(axis=0))


def test_sobol_indices_are_those_of_the_block_and_add_evidence_and_units() -> None:
    plain = Doubts(Variants(weights=Moves(0.4), **METHODS))
    found = dependence(card(), plain, runs=30, resampled=40)
    other = sensitivity(card(), plain.variants, runs=30, resampled=40)
    lined = found.sort("source").select(other.columns)
    assert lined.equals(other.sort("source"))
    assert varied(everything()) == ("weights", "normalise", "aggregate", "leave_out", "evidence", "unverified")
    units = dependence(card(), everything(), runs=20, resampled=10, units=True)
    assert units.height == 6 * 13
    assert units.equals(dependence(card(), everything(), runs=20, resampled=10, units=True, threads=2))


def test_one_unit_alone_has_the_indices_it_has_among_all() -> None:
    of, doubts = card(), everything()
    every = dependence(of, doubts, runs=20, resampled=10, units=True)
    for unit in of.units["unit"].to_list()[:3]:
        alone = dependence(of, doubts, runs=20, resampled=10, units=(unit,))
        assert alone.equals(every.filter(pl.col("unit").is_null() | (pl.col("unit") == unit)))


def test_sources_chosen_are_varied_as_they_are_together() -> None:
    doubts = everything()
    assert doubts.among(doubts.sources) == doubts
    assert doubts.among(("evidence", "weights")).sources == ("weights", "evidence")
    assert doubts.among(("weights",)) == doubts.only("weights")
    still = robustness(card(), doubts.among(()))
    assert still.summary()["largest"] == 0.0


def test_two_rows_alone_win_as_among_all() -> None:
    found = robustness(card(), everything())
    wins = found.wins()
    for one, other in ((0, 1), (3, 2), (5, 9)):
        np.testing.assert_allclose(found.win(one, other), wins[one, other])


def test_a_rank_that_hangs_on_one_source_alone_says_so() -> None:
    """Values that are off cannot matter where only the choice of scorecard changes anything."""
    found = dependence(card(), Doubts(Variants(weights=Moves(0.0)), with_unverified=card(seed=5)), runs=200, resampled=0, units=True)
    moving = found.filter(pl.col("total").is_not_null() & pl.col("unit").is_not_null())
    assert moving.height > 4
    shares = dict(moving.group_by("source").agg(pl.col("total").mean()).iter_rows())
    assert shares["weights"] == 0
    assert shares["unverified"] == pytest.approx(1.0, abs=0.15)


def test_single_changes_are_scorings_with_that_change() -> None:
    rows = one_at_a_time(card(), everything())
    assert set(rows["source"]) == {"weights", "normalise", "aggregate", "leave_out", "unverified"}
    assert rows.height == 2 * 7 + 2 + 2 + 2 + 1
    up = rescore(card(), {"i0": 1.3})
    assert up.run.ranks is not None
    assert card().run.ranks is not None
    expected = np.abs(up.run.ranks[:, 0] - card().run.ranks[:, 0])  # type: ignore[index]
    row = rows.row(by_predicate=pl.col("change") == "i0 +30%", named=True)
    assert row["shift"] == pytest.approx(expected.mean())
    assert row["largest"] == expected.max()


def test_which_change_puts_a_unit_past_another() -> None:
    of = index(leaf("a", 2), leaf("b", 1), normalise=method("none"))
    two = scored({"X": {"a": 10.0, "b": 1.0}, "Y": {"a": 9.0, "b": 2.9}}, of)  # 7.0 and 6.967
    doubts = Doubts(Variants(weights=Moves(0.2), aggregate=(method("geometric"),)))
    found = overtaking(two, doubts, "X", "Y")
    assert found["change"].to_list() == ["geometric", "a -20%", "b +20%"]
    after = score(values({"2022": {"X": {"a": 10.0, "b": 1.0}, "Y": {"a": 9.0, "b": 2.9}}}), of, "2022", scheme(of), weights={"b": 1.2})
    assert after.run.scores is not None
    assert found["gap_after"][2] == pytest.approx(after.run.scores[0, 0] - after.run.scores[1, 0])
    assert overtaking(two, replace(doubts, variants=Variants(weights=Moves(0.001))), "X", "Y").is_empty()


@pytest.mark.parametrize("ties", ["competition", "average"])
def test_pairs_where_some_runs_leave_a_unit_unranked(ties: str) -> None:
    """Counted run by run; equal places count half."""
    ranks = np.array([[1.0, 2.0, np.nan], [1.5, 1.5, 3.0], [np.nan, 1.0, 2.0], [2.0, 1.0, 3.0]])
    of = scored({"A": {"x": 1.0}, "B": {"x": 2.0}, "C": {"x": 3.0}}, index(leaf("x"), rank=Rank(ties=ties)))  # type: ignore[arg-type]
    won = Robustness(of, Doubts(Variants(4)), ranks, ranks).wins()
    np.testing.assert_allclose(won[0], [np.nan, (1 + 0.5 + 0) / 3, 1.0])
    np.testing.assert_allclose(won[2], [0.0, 0.0, np.nan])
