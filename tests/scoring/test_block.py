"""The block engine gives what ``score`` gives, run by run, and the same digits however it is cut up."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_index import index, leaf, method, pillar, scheme, values

from kcz_metrics.errors import ScoringError
from kcz_metrics.scheme.models import Index, Override, Rank, Screen
from kcz_metrics.scheme.policies import Adjustment, Uncertainty, WeightDraws
from kcz_metrics.scoring import Scorecard, score
from kcz_metrics.scoring.block import Block, block
from kcz_metrics.scoring.draws import Moves, words
from kcz_metrics.scoring.evidence import errors, times
from kcz_metrics.scoring.variants import CHOICES, Variants, declared

LEAVES = tuple(f"i{n}" for n in range(8))
TREATMENTS = (method("none"), method("winsorise", max_points=2), method("clip", lower_quantile=0.1, upper_quantile=0.9))
NORMALISATIONS = (method("minmax"), method("percentile_rank"), method("goalposts", lower=-1, upper=12))
AGGREGATIONS = (method("arithmetic"), method("geometric"), method("harmonic"), method("minimum"), method("topsis"), method("copeland"))
RULES = (
    Adjustment(id="d", kind="deduction", formula="2 * upheld"),
    Adjustment(id="v", kind="veto", when={"measure": "upheld", "at_least": 2}),
)


def sheet(seed: int = 3, units: int = 17) -> dict[str, dict[str, float | None]]:
    x = np.random.default_rng(seed).gamma(1.5, 2, (units, len(LEAVES)))
    x[2, 1] = x[5, 6] = np.nan
    return {f"U{u:02d}": {n: None if np.isnan(v) else float(v) for n, v in zip(LEAVES, row, strict=True)} for u, row in enumerate(x)}


def tree(**settings: Any) -> Index:
    return index(
        pillar("p", *(leaf(n, k + 1) for k, n in enumerate(LEAVES[:3])), weight=2),
        pillar("q", *(leaf(n) for n in LEAVES[3:6]), pillar("r", leaf(LEAVES[6]), leaf(LEAVES[7], 3))),
        **settings,
    )


def card(weights: dict[str, float] | None = None, groups: bool = False, cells: Any = None, **settings: Any) -> Scorecard:
    cells = cells or sheet()
    columns = {"kind": ["city" if n % 3 else "park" for n in range(len(cells))]} if groups else None
    of = tree(**({"group": "kind"} if groups else {}), **settings)
    measures = {"upheld": {unit: float(n % 3) for n, unit in enumerate(cells)}}
    return score(values({"2022": cells}, columns=columns, measures=measures), of, "2022", scheme(of), weights=weights)


def top(of: Scorecard, column: str) -> np.ndarray:
    return of.scores.filter(pl.col("node") == "index")[column].cast(pl.Float64).to_numpy().astype(float)


def values_of(found: Block, run: int) -> dict[str, dict[str, float | None]]:
    """The cells of ``sheet`` as far off as they are in a run."""
    return {
        unit: {name: None if value is None else value * by for (name, value), by in zip(row.items(), off, strict=True)}
        for (unit, row), off in zip(sheet().items(), found.multipliers(run), strict=True)
    }


def again(found: Block, run: int, **settings: Any) -> Scorecard:
    """Run ``run`` through ``score``: its values, its weights, its methods."""
    chosen, variants = dict(settings), found.variants
    took = dict(zip(CHOICES, found.taken[run], strict=True))
    for name in ("screen", "impute", "treat", "normalise", "aggregate"):
        if getattr(variants, name):
            chosen[name] = getattr(variants, name)[took[name]]
    if variants.without and (unit := variants.without[took["without"]]):
        screen = chosen.get("screen") or Screen()
        chosen["screen"] = screen.model_copy(update={"exclude": (*screen.exclude, Override(unit=unit))})
    if found.errors is not None:
        chosen["cells"] = values_of(found, run)
    return card(found.weights(run), **chosen)


@pytest.mark.parametrize("groups", [False, True])
@pytest.mark.parametrize("moves", [Moves(0.25), Moves(0.4, "dirichlet"), Moves(None, "dirichlet"), Moves(0.5, bounds=0.1), None])
def test_a_run_is_a_scoring_with_its_weights_and_methods(moves: Moves | None, groups: bool) -> None:
    variants = Variants(30, 11, moves, TREATMENTS, NORMALISATIONS, AGGREGATIONS)
    found = block(card(groups=groups), variants)
    for run in range(30):
        expected = again(found, run, groups=groups)
        np.testing.assert_allclose(found.scores[run], top(expected, "score"), rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(found.ranks[run], top(expected, "rank"))


@pytest.mark.parametrize(
    "setting",
    [
        {"screen": Screen(minimum_coverage=0.9, coverage_by="count")},
        {"rank": Rank(ties="average", decimals=0)},
        {"children_coverage": 0.8},
        {"adjust": RULES},
        {"stages": ("denominate", "normalise", "treat", "screen", "aggregate", "adjust", "rank"), "screen": Screen(minimum_nonzero=0.1)},
        {"treat": method("winsorise"), "impute": method("median")},
    ],
    ids=lambda s: next(iter(s)),
)  # fmt: skip
def test_so_is_it_with_the_other_settings_of_an_index(setting: dict[str, Any]) -> None:
    found = block(card(**setting), Variants(12, 5, Moves(0.3), TREATMENTS, NORMALISATIONS, AGGREGATIONS[:2]))
    for run in range(12):
        expected = again(found, run, **setting)
        np.testing.assert_allclose(found.scores[run], top(expected, "score"), rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(found.ranks[run], top(expected, "rank"))


IMPUTATIONS = (method("none"), method("median"), method("row_mean", within="pillar"), method("group_mean", by="kind"))
SCREENS = (Screen(), Screen(minimum_coverage=0.9, coverage_by="count"), Screen(required=("i1",)))
IMPUTED_FIRST = ("denominate", "impute", "screen", "treat", "normalise", "aggregate", "adjust", "rank")


@pytest.mark.parametrize(
    "setting",
    [{}, {"adjust": RULES}, {"stages": IMPUTED_FIRST}, {"treat": method("winsorise", max_points=1), "screen": SCREENS[1]}],
    ids=["plain", "adjusted", "imputed_first", "own_methods"],
)
def test_filling_screening_and_units_left_out_are_runs_too(setting: dict[str, Any]) -> None:
    variants = Variants(
        24, 4, Moves(0.2), TREATMENTS[:2], NORMALISATIONS[:2], AGGREGATIONS[:2],
        impute=IMPUTATIONS, screen=SCREENS, without=("", "U03", "U02"),
    )  # fmt: skip
    found = block(card(groups=True, **setting), variants)
    assert (found.taken[:, 4:].max(axis=0) == [3, 2, 2]).all()
    for run in range(24):
        expected = again(found, run, groups=True, **setting)
        np.testing.assert_allclose(found.scores[run], top(expected, "score"), rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(found.ranks[run], top(expected, "rank"))


def off(size: float = 0.2) -> np.ndarray:
    given_ = np.full((17, len(LEAVES)), size)
    given_[3:6] = 0.0
    return given_


@pytest.mark.parametrize(
    "setting",
    [
        {},
        {"groups": True, "impute": method("group_median", by="kind"), "screen": SCREENS[1]},
        {"impute": method("row_mean", within="all"), "normalise": method("distance_to_reference", reference="U04")},
        {"stages": IMPUTED_FIRST, "impute": method("mean"), "adjust": RULES},
    ],
    ids=["plain", "groups", "reference", "imputed_first"],
)
@pytest.mark.parametrize("moves", [None, Moves(0.25)], ids=["own_weights", "moved"])
def test_a_run_with_values_that_are_off_is_a_scoring_of_these_values(setting: dict[str, Any], moves: Moves | None) -> None:
    own = () if "normalise" in setting else NORMALISATIONS
    found = block(card(**setting), Variants(14, 6, moves, TREATMENTS, own, AGGREGATIONS), errors=off())
    for run in range(14):
        expected = again(found, run, **setting)
        np.testing.assert_allclose(found.scores[run], top(expected, "score"), rtol=1e-11, atol=1e-11)
        np.testing.assert_array_equal(found.ranks[run], top(expected, "rank"))
    cut = block(card(**setting), Variants(14, 6, moves, TREATMENTS, own, AGGREGATIONS), errors=off(), threads=2, chunk=3)
    np.testing.assert_array_equal(cut.scores, found.scores)


def test_values_that_are_off_bring_their_own_objective_weights() -> None:
    of = tree(impute=method("mean")).model_copy(update={"weights": method("entropy")})
    found = block(score(values({"2022": sheet()}), of, "2022", scheme(of)), Variants(4, 3), errors=off())
    for run in range(4):
        expected = score(values({"2022": values_of(found, run)}), of, "2022", scheme(of))
        np.testing.assert_allclose(found.scores[run], top(expected, "score"), rtol=1e-11)


def test_errors_have_the_mean_and_spread_they_are_said_to_have() -> None:
    drawn = times(np.array([[0.02, 0.3, 0.0]]), 5, np.arange(40000))
    np.testing.assert_allclose(drawn.mean(axis=0), 1.0, rtol=5e-3)
    np.testing.assert_allclose(drawn.std(axis=0), [[0.02, 0.3, 0.0]], rtol=0.02)
    np.testing.assert_array_equal(times(np.full((2, 3), 0.1), 5, np.array([7]))[0], times(np.full((2, 3), 0.1), 5, np.arange(9))[7])


def test_an_error_is_the_mean_of_the_classes_behind_the_value() -> None:
    rows = [("U00", "i0", "A", 3.0), ("U00", "i0", "C", 1.0), ("U01", "i2", "B", 0.5), ("U99", "i0", "A", 1.0), ("U02", "i9", "A", 1.0)]
    shares = pl.DataFrame(rows, schema=["unit", "indicator", "evidence_class", "share"], orient="row")
    found = errors(card(), {"A": 0.02, "B": 0.10, "C": 0.30}, shares)
    assert found[0, 0] == pytest.approx(0.75 * 0.02 + 0.25 * 0.30)
    assert found[1, 2] == 0.10
    assert np.count_nonzero(found) == 2
    with pytest.raises(ScoringError, match="C"):
        errors(card(), {"A": 0.02, "B": 0.10}, shares)
    with_rest = errors(card(), {"A": 0.02, "B": 0.10, "C": 0.30, "none": 0.05}, shares)
    assert np.array_equal(with_rest, np.where(found > 0, found, 0.05))


@pytest.mark.parametrize("weighing", ["entropy", "critic", "benefit_of_the_doubt"])
def test_weights_that_scores_give_are_found_anew_for_each_method(weighing: str) -> None:
    variants = Variants(6, 5, None, TREATMENTS, NORMALISATIONS[:2])
    own = score(
        values({"2022": sheet()}), of := tree(impute=method("mean")).model_copy(update={"weights": method(weighing)}), "2022", scheme(of)
    )
    found = block(own, variants)
    for run in range(6):
        changed = of.model_copy(update={"treat": TREATMENTS[found.taken[run][0]], "normalise": NORMALISATIONS[found.taken[run][1]]})
        expected = score(values({"2022": sheet()}), changed, "2022", scheme(changed))
        np.testing.assert_allclose(found.scores[run], top(expected, "score"), rtol=1e-12)


@given(st.integers(1, 40), st.integers(1, 45), st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_threads_and_chunks_change_no_digit(chunk: int, runs: int, seed: int) -> None:
    given_ = card()
    variants = Variants(runs, seed, Moves(0.25), (), NORMALISATIONS[:2], AGGREGATIONS[:2], ("", "i1", "q"))
    one, two = block(given_, variants, threads=1), block(given_, variants, threads=2, chunk=chunk)
    np.testing.assert_array_equal(one.scores, two.scores)
    np.testing.assert_array_equal(one.ranks, two.ranks)
    np.testing.assert_array_equal(one.rank_quantiles, two.rank_quantiles)


def test_a_run_keeps_its_numbers_in_any_block() -> None:
    whole = block(card(), Variants(20, 8, Moves(0.25), TREATMENTS))
    part = block(card(), Variants(5, 8, Moves(0.25), TREATMENTS, first=10))
    np.testing.assert_array_equal(part.scores, whole.scores[10:15])
    np.testing.assert_array_equal(words(8, 3, 4, 7), words(8, 0, 9, 7)[3:7])
    assert not np.array_equal(whole.scores, block(card(), Variants(20, 9, Moves(0.25), TREATMENTS)).scores)


@pytest.mark.parametrize("aggregate", AGGREGATIONS, ids=lambda m: m.method)
def test_leaving_out_is_scoring_a_tree_without_it(aggregate: Any) -> None:
    found = block(card(aggregate=aggregate), Variants(3, leave_out=("i0", "r", "p"), drawn=False))
    rest = [leaf(n, k + 2) for k, n in enumerate(LEAVES[1:3])]
    q = [leaf(n) for n in LEAVES[3:6]]
    r = pillar("r", leaf(LEAVES[6]), leaf(LEAVES[7], 3))
    trees = [
        index(pillar("p", *rest, weight=2), pillar("q", *q, r), aggregate=aggregate),
        index(pillar("p", leaf(LEAVES[0]), *rest, weight=2), pillar("q", *q), aggregate=aggregate),
        index(pillar("q", *q, r), aggregate=aggregate),
    ]
    for run, of in enumerate(trees):
        expected = score(values({"2022": sheet()}), of, "2022", scheme(of))
        np.testing.assert_allclose(found.scores[run], top(expected, "score"), rtol=1e-12)


def test_the_only_indicator_of_a_pillar_takes_its_pillar_along() -> None:
    of = index(pillar("p", leaf("i0")), pillar("q", leaf("i1"), leaf("i2")), aggregate=method("power", p=2))
    found = block(score(values({"2022": sheet()}), of, "2022", scheme(of)), Variants(1, leave_out=("i0",), drawn=False))
    other = index(pillar("q", leaf("i1"), leaf("i2")), aggregate=method("power", p=2))
    np.testing.assert_allclose(found.scores[0], top(score(values({"2022": sheet()}), other, "2022", scheme(other)), "score"), rtol=1e-12)


def test_units_are_kept_as_the_screen_would_keep_them() -> None:
    kept = tuple(f"U{u:02d}" for u in range(0, 17, 2))
    found = block(card(), Variants(3, 2, Moves(0.2), units=kept))
    alone = {unit: row for unit, row in sheet().items() if unit in kept}
    for run in range(3):
        expected = score(values({"2022": alone}), of := tree(), "2022", scheme(of), weights=found.weights(run))
        np.testing.assert_allclose(found.scores[run][::2], top(expected, "score"), rtol=1e-12)
        assert np.isnan(found.scores[run][1::2]).all()


def test_in_turn_every_combination_comes_once() -> None:
    found = block(card(), Variants(18, treat=TREATMENTS, normalise=NORMALISATIONS, leave_out=("", "i1"), drawn=False))
    assert len({tuple(row) for row in found.taken.tolist()}) == 18


@pytest.mark.parametrize("distribution", ["uniform", "dirichlet"])
def test_moved_weights_have_the_mean_and_spread_they_are_drawn_with(distribution: Any) -> None:
    w = np.full(5, 0.2)
    moved = Moves(0.3, distribution)(w, words(1, 0, 40000, 5))
    np.testing.assert_allclose(moved.sum(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_allclose(moved.mean(axis=0), w, rtol=5e-3)
    np.testing.assert_allclose((moved / w).std(axis=0), 0.3 / np.sqrt(3), rtol=0.12)


def test_what_an_index_declares() -> None:
    of = tree(
        uncertainty=Uncertainty(weights=WeightDraws(share=0.1, distribution="dirichlet"), normalise=NORMALISATIONS, leave_out="pillar")
    )
    assert declared(of, 7, 3) == Variants(7, 3, Moves(0.1, "dirichlet"), normalise=NORMALISATIONS, leave_out=("", "p", "q"))
    assert declared(tree(), 7, 3) == Variants(7, 3, Moves(0.25))


@pytest.mark.parametrize(
    "given, leave_out, left",
    [
        (index(leaf("i0")), "indicator", ()),
        (index(leaf("i0"), leaf("i1", 0)), "indicator", ("", "i1")),
        (index(pillar("p", leaf("i0"), leaf("i1")), pillar("q", leaf("i2"), weight=0)), "pillar", ("", "q")),
        (index(pillar("p", leaf("i0"), leaf("i1", 0)), pillar("q", leaf("i2"), weight=0)), "indicator", ("", "i1", "i2")),
        (index(pillar("p", leaf("i0")), leaf("i1")), "pillar", ("", "p")),
    ],
    ids=["one", "one_with_weight", "one_pillar_with_weight", "one_below", "pillar_beside_indicator"],
)
def test_the_only_node_with_a_weight_is_never_left_out(given: Index, leave_out: Any, left: tuple[str, ...]) -> None:
    uncertain = given.model_copy(update={"uncertainty": Uncertainty(leave_out=leave_out)})
    assert declared(uncertain, 7, 3).leave_out == left


@pytest.mark.parametrize("over_own", [False, True], ids=["own_stays", "over_own"])
@pytest.mark.parametrize(
    "family, held, own, other",
    [
        ("normalise", method("goalposts", lower=-1, upper=12), method("minmax"), method("percentile_rank")),
        ("treat", method("clip", lower_quantile=0.2, upper_quantile=0.8), method("none"), method("winsorise", max_points=2)),
    ],
    ids=["normalise", "treat"],
)
def test_alternatives_over_what_indicators_have(over_own: bool, family: str, held: Any, own: Any, other: Any) -> None:
    """The index's own method among the alternatives leaves everything as it is; another stands in for all, or for those without."""
    leaves = {name: {family: held} for name in LEAVES[:4]}
    of, wanted = tree(), tree(**{family: other})
    given = score(values({"2022": sheet()}), of, "2022", scheme(of, leaves))
    found = block(given, Variants(2, drawn=False, over_own=over_own, **{family: (own, other)}))
    there = score(values({"2022": sheet()}), wanted, "2022", scheme(wanted, {} if over_own else leaves))
    for row, expected in zip(found.scores, (given, there), strict=True):
        np.testing.assert_allclose(row, top(expected, "score"), rtol=1e-12)


@pytest.mark.parametrize(
    "wrong", [{"runs": 0}, {"leave_out": ("index",)}, {"leave_out": ("i99",)}, {"units": ("U99",)}, {"without": ("", "U99")}]
)
def test_wrong_variants_are_said(wrong: dict[str, Any]) -> None:
    with pytest.raises(ScoringError):
        block(card(), Variants(**wrong))


def test_a_stage_that_the_index_leaves_out_has_no_alternatives() -> None:
    with pytest.raises(ScoringError, match="treat"):
        block(card(stages=("denominate", "normalise", "aggregate", "rank")), Variants(2, treat=TREATMENTS))
    with pytest.raises(ScoringError, match="screen"):
        block(card(stages=("denominate", "normalise", "aggregate", "rank")), Variants(2, without=("U03",)))
