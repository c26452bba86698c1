"""Exact statements on weights, against scoring again on either side of every end and against all that weights can do in small cases."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import polars as pl
import pytest
from small_index import index, leaf, method, pillar, scored

from kcz_metrics.analysis.arithmetic_tree import arithmetic_tree
from kcz_metrics.analysis.reach import reach, reaches
from kcz_metrics.analysis.reach_conflicts import conflicts
from kcz_metrics.analysis.reach_contest import Contest
from kcz_metrics.analysis.reach_programme import Programme, Solved
from kcz_metrics.analysis.swaps import swap
from kcz_metrics.analysis.weight_bounds import extremes
from kcz_metrics.analysis.weight_intervals import weight_intervals
from kcz_metrics.errors import ScoringError
from kcz_metrics.scheme.models import Bounds
from kcz_metrics.scoring import Scorecard, rescore

NAMES = [f"i{n}" for n in range(5)]


def card(seed: int, units: int = 8, holes: bool = False, **settings: Any) -> Scorecard:
    rng = np.random.default_rng(seed)
    cells: dict[str, dict[str, Any]] = {
        f"U{u}": dict(zip(NAMES, rng.uniform(0, 10, len(NAMES)).tolist(), strict=True)) for u in range(units)
    }
    if holes:
        cells["U1"]["i2"] = cells["U4"]["i3"] = cells["U6"]["i0"] = None
    of = index(
        pillar("p", leaf("i0", 3), leaf("i1", 2), leaf("i2", 1), weight=2), pillar("q", leaf("i3", 1), leaf("i4", 2), weight=3), **settings
    )
    return scored(cells, of, columns={"kind": ["a" if n % 2 else "b" for n in range(units)]})


def order(given: Scorecard) -> list[tuple[str, ...]]:
    """Units of each group in the order of their unrounded scores."""
    run = given.run
    assert run.scores is not None
    names = given.units["unit"].to_list()
    return [tuple(names[r] for r in rows[np.argsort(-run.scores[rows, 0], kind="stable")]) for rows in run.groups]


def kept(given: Scorecard, keeps: str) -> Any:
    lists = order(given)
    cut = {"order": None, "top": 1, "tier": 3}[keeps]
    return lists if cut is None else [frozenset(names[:cut]) for names in lists]


@pytest.mark.parametrize("keeps", ["order", "top", "tier"])
@pytest.mark.parametrize("setting", [{}, {"holes": True}, {"group": "kind"}, {"holes": True, "group": "kind"}], ids=str)
def test_places_change_just_outside_of_a_range_and_nowhere_inside(setting: dict[str, Any], keeps: Any) -> None:
    ends = 0
    for seed in (1, 3):
        given = card(seed, **setting)
        for row in weight_intervals(given, keeps, (3,)).iter_rows(named=True):
            low, high = row["weight_low"], row["weight_high"]
            inside = np.linspace(low, row["weight"] * 40 if high is None else high, 5)[1:-1]
            assert all(kept(rescore(given, {row["node"]: float(w)}), keeps) == kept(given, keeps) for w in inside)
            for end, by, rises, falls in (
                (low, -1e-6, row["rises_low"], row["falls_low"]),
                (high, 1e-6, row["rises_high"], row["falls_high"]),
            ):
                if rises is not None and end is not None:
                    after = rescore(given, {row["node"]: end + by})
                    assert kept(after, keeps) != kept(given, keeps)
                    places = next(names for names in order(after) if rises in names)
                    assert places.index(rises) < places.index(falls)
                    ends += 1
    assert ends > 2


def test_equal_scores_leave_no_range_and_an_only_child_all_of_it() -> None:
    of = index(leaf("a"), leaf("b"), normalise=method("none"))
    rows = weight_intervals(scored({"X": {"a": 1.0, "b": 3.0}, "Y": {"a": 3.0, "b": 1.0}}, of))
    assert rows.select("share_low", "share_high").rows() == [(0.5, 0.5)] * 2
    alone = weight_intervals(scored({"X": {"a": 1.0}, "Y": {"a": 3.0}}, index(leaf("a"))))
    assert alone.select("share_low", "share_high").rows() == [(0.0, 1.0)]


def moved(given: Scorecard, share: float, seed: int = 0, draws: int = 40) -> list[dict[str, float]]:
    """Weights at all corners of the bounds, and some within."""
    nodes = {node.id: node.weight for node in given.index.tree.walk() if node.id != given.index.id}
    corners = [dict(zip(nodes, ends, strict=True)) for ends in product((1 - share, 1 + share), repeat=len(nodes))]
    rng = np.random.default_rng(seed)
    within = [dict(zip(nodes, rng.uniform(1 - share, 1 + share, len(nodes)), strict=True)) for _ in range(draws)]
    return [{name: float(by[name]) * weight for name, weight in nodes.items()} for by in (*corners, *within)]


def rank(given: Scorecard, unit: str) -> int:
    names = next(names for names in order(given) if unit in names)
    return names.index(unit) + 1


@pytest.mark.parametrize("setting", [{}, {"group": "kind"}, {"holes": True}], ids=str)
def test_no_weights_within_the_bounds_reach_beyond_and_some_reach_it(setting: dict[str, Any]) -> None:
    given = card(5, bounds=Bounds(share=0.4), **setting)
    names = given.units["unit"].to_list()
    seen = {unit: set() for unit in names}  # type: ignore[var-annotated]
    for weights in moved(given, 0.4)[:: 3 if setting else 1]:
        after = rescore(given, weights)
        for unit in names:
            seen[unit].add(rank(after, unit))
    rows = reaches(given)
    assert rows.height == 8
    wider = 0
    for row in rows.iter_rows(named=True):
        ranks = seen[row["unit"]]
        assert row["best_proved"] <= min(ranks)
        assert row["worst_proved"] >= max(ranks)
        assert row["best"] <= row["rank"] <= row["worst"]
        assert row["exact"]
        wider += row["worst"] > row["best"]
        for worst in (False, True):
            found = reach(given, row["unit"], worst=worst)
            assert rank(rescore(given, found.weights), row["unit"]) == found.rank
            assert within_bounds(given, found.weights, 0.4)
    assert wider > 3


def within_bounds(given: Scorecard, weights: dict[str, float], share: float) -> bool:
    """Whether the weights of every node's children are in proportions that the bounds allow."""
    for node in given.index.tree.walk():
        by = [weights[child.id] / child.weight for child in node.children]
        if by and max(by) > min(by) * (1 + share) / (1 - share) * (1 + 1e-6):
            return False
    return True


def test_what_neither_of_two_has_keeps_a_weight_for_those_who_have_it() -> None:
    cells: dict[str, dict[str, Any]] = {"X": {"a": 5.0, "b": 1.0}, "Y": {"a": 1.0, "b": 5.0}, "Z": {"a": 9.0, "b": 8.0, "c": 7.0}}
    given = scored(cells, index(leaf("a"), leaf("b"), leaf("c", 2), normalise=method("none")))
    for unit in ("X", "Y"):
        for worst, wanted in ((False, 2), (True, 3)):
            found = reach(given, unit, 0.4, worst=worst)
            assert (found.rank, found.proved) == (wanted, wanted)
            assert within_bounds(given, found.weights, 0.4)
            tree = arithmetic_tree(given)
            contest = Contest(tree, given.units["unit"].to_list().index(unit), 0.4, extremes(tree, 0.4))
            solved = Programme(contest, worst, []).solve(contest.box, 0 if worst else 1, len(contest.others) if worst else 0)
            assert isinstance(solved, Solved)
            assert within_bounds(given, tree.as_given(solved.weights), 0.4)


#: Thirteen units by six indicators, in threes. Presolved, the programme said that no more than one of eight can be before the seventh.
THREES = (
    (3, 1, 0, 2, 0, 2), (1, 2, 3, 3, 3, 2), (3, 0, 3, 1, 1, 2), (3, 1, 3, 2, 3, 3), (3, 1, 2, 1, 3, 1), (2, 0, 1, 1, 1, 1),
    (1, 0, 1, 2, 1, 3), (0, 2, 1, 0, 3, 1),
    (3, 3, 3, 2, 1, 3), (1, 3, 3, 1, 2, 3), (3, 2, 1, 1, 1, 0), (2, 0, 2, 3, 1, 1), (1, 1, 1, 1, 1, 2),
)  # fmt: skip


def test_what_is_proved_is_not_what_a_presolved_programme_says() -> None:
    cells = {f"U{u:02}": {f"i{n}": 3.0 * x for n, x in enumerate(row)} for u, row in enumerate(THREES)}
    of = index(
        pillar("p", pillar("r", leaf("i0", 3), leaf("i1", 5), weight=5), leaf("i2", 2), weight=4),
        pillar("q", leaf("i3", 4), leaf("i4", 3), weight=2), leaf("i5", 4), normalise=method("none"),
    )  # fmt: skip
    given = scored(cells, of)
    found = reach(given, "U06", 0.5, worst=True)
    assert 11 <= found.rank <= found.proved
    assert within_bounds(given, found.weights, 0.5)
    after = rescore(given, found.weights).scores.filter(unit="U06", node="index")
    assert after["rank"].to_list() == [found.rank]
    tree = arithmetic_tree(given)
    contest = Contest(tree, given.units["unit"].to_list().index("U06"), 0.5, extremes(tree, 0.5))
    solved = Programme(contest, True, []).solve(contest.box, 0, len(contest.others))
    assert isinstance(solved, Solved)
    assert solved.ahead >= found.rank - 1 - int(contest.always.sum())


@pytest.mark.parametrize("holes", [False, True])
def test_a_programme_whose_time_was_up_proves_nothing(holes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    given = card(3, units=20, bounds=Bounds(share=0.4), holes=holes)
    known = reaches(given).sort("unit")
    monkeypatch.setattr("kcz_metrics.analysis.reach_programme.SECONDS", 0.0)
    rows = reaches(given).sort("unit")
    assert not rows["exact"].all()
    assert known["exact"].all()
    assert (rows["best_proved"] <= known["best"]).all()
    assert (rows["worst_proved"] >= known["worst"]).all()
    assert rows.filter("exact").select("unit", "best", "worst").equals(known.filter(rows["exact"]).select("unit", "best", "worst"))


@pytest.mark.parametrize("holes", [False, True])
@pytest.mark.parametrize("worst", [False, True])
def test_pairs_that_are_said_to_be_opposed_are_never_seen_together(holes: bool, worst: bool) -> None:
    given = card(7, units=14, holes=holes)
    tree, share = arithmetic_tree(given), 0.4
    rng = np.random.default_rng(4)
    ends = [[b.given * rng.choice([1 - share, 1 + share], len(b.given)) for b in tree.branches] for _ in range(300)]
    scores = np.stack([tree.index_scores(np.arange(14), weights) for weights in ends])
    found = 0
    for row in tree.listed.tolist():
        contest = Contest(tree, row, share, extremes(tree, share))
        n = len(contest.others)
        pairs = conflicts(tree, row, contest.others, share, contest.side(worst), np.zeros((n, n), bool), worst=worst)
        there = ((scores[:, contest.others] > scores[:, [row]]) == worst).astype(float)
        assert not ((there.T @ there > 0) & pairs).any()
        found += int(pairs.sum()) // 2
    assert found > 3


@pytest.mark.parametrize("seed", [11, pytest.param(12, marks=pytest.mark.long), pytest.param(13, marks=pytest.mark.long)])
def test_units_that_lack_different_values_by_a_fine_grid(seed: int) -> None:
    """Two free shares, scores by the formula of re-scaled means: the grid finds every rank that is said to be reached, and none beyond."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 10, (9, 4))
    for unit, lost in enumerate([(), (0,), (1,), (2,), (0,), (), (1, 2), (), (3,)]):
        x[unit, list(lost)] = np.nan
    of = index(
        pillar("p", leaf("a", 3), leaf("b", 2), weight=2), pillar("q", leaf("c", 1), leaf("d", 2), weight=3), normalise=method("none")
    )
    cells = {f"U{u}": {n: None if np.isnan(v) else float(v) for n, v in zip("abcd", row, strict=True)} for u, row in enumerate(x)}
    rows = reaches(scored(cells, of), 0.5)
    ends = [np.array([low * w, high * w]) for w in (3, 2, 1, 2, 2, 3) for low, high in [(0.5, 1.5)]]

    def shares(mine: int, other: int, n: int) -> np.ndarray:
        """Of the first of two siblings, between its ends."""
        low, high = (ends[mine][k] / (ends[mine][k] + ends[other][1 - k]) for k in (0, 1))
        return np.linspace(low, high, n)

    s, t, top = (grid.ravel() for grid in np.meshgrid(shares(0, 1, 61), shares(2, 3, 61), shares(4, 5, 61)))
    weights = np.stack([s, 1 - s, t, 1 - t], axis=1)
    there, filled = ~np.isnan(x), np.nan_to_num(x)
    with np.errstate(invalid="ignore"):
        p, q = (
            (weights[:, None, c] * filled[:, c]).sum(axis=2) / (weights[:, None, c] * there[:, c]).sum(axis=2)
            for c in (slice(0, 2), slice(2, 4))
        )
    scores = top[:, None] * p + (1 - top[:, None]) * q
    ranks = 1 + (scores[:, None, :] > scores[:, :, None]).sum(axis=2)
    at = [int(unit[1:]) for unit in rows["unit"]]
    assert rows["exact"].all()
    assert rows["best"].to_list() == ranks.min(axis=0)[at].tolist()
    assert rows["worst"].to_list() == ranks.max(axis=0)[at].tolist()


def test_a_dominated_unit_is_never_first() -> None:
    of = index(leaf("a"), leaf("b"), leaf("c"), normalise=method("none"))
    given = scored({"X": {"a": 5.0, "b": 5.0, "c": 5.0}, "Y": {"a": 4.0, "b": 5.0, "c": 4.5}, "Z": {"a": 9.0, "b": 0.0, "c": 0.0}}, of)
    found = reach(given, "Y", 1.0)
    assert (found.proved, found.rank) == (1, 1)  # at b alone they are equal, and share the first place
    assert reach(given, "Y", 0.99).proved == 2


@pytest.mark.parametrize("holes", [False, True])
def test_the_least_change_swaps_and_less_does_not(holes: bool) -> None:
    given = card(3, holes=holes)
    names = order(given)[0]
    for unit, other in ((names[0], names[1]), (names[4], names[2])):
        found = swap(given, unit, other)
        ahead = rank(given, unit) < rank(given, other)
        for row in found.single.iter_rows(named=True):
            by = 1e-6 * (1 if row["change"] > 0 else -1)
            after, before = (rescore(given, {row["node"]: row["weight_needed"] + way}) for way in (by, -by))
            assert (rank(after, unit) < rank(after, other)) != ahead
            assert (rank(before, unit) < rank(before, other)) == ahead
        assert found.share is not None
        assert found.at_least <= found.share + 1e-9
        if not holes:
            assert found.at_least == pytest.approx(found.share, abs=1e-9)
        after = rescore(given, found.weights)
        assert after.run.scores is not None
        rows = [given.units["unit"].to_list().index(name) for name in (unit, other)]
        assert after.run.scores[rows[0], 0] == pytest.approx(after.run.scores[rows[1], 0], abs=1e-6)
        assert all(
            (rank(rescore(given, w), unit) < rank(rescore(given, w), other)) == ahead
            for w in moved(given, found.at_least * 0.999, 1, 5)[::5]
        )


def test_other_aggregations_have_no_exact_ranges() -> None:
    with pytest.raises(ScoringError, match="index"):
        weight_intervals(card(1, aggregate=method("geometric")))
    with pytest.raises(ScoringError):
        reach(card(1), "U0", 1.5)


def test_the_frame_is_in_the_order_of_the_tree() -> None:
    rows = weight_intervals(card(1))
    assert rows["node"].to_list() == ["p", "i0", "i1", "i2", "q", "i3", "i4"]
    assert rows.filter(pl.col("node") == "p")["weight"].to_list() == [2.0]
