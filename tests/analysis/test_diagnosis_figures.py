"""Every figure of the audit once more by numpy and scipy from the values alone: full data and data with holes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import optimize, stats
from small_index import index, leaf, method, pillar, scored

from kcz_metrics.analysis.diagnose import diagnose, left_out
from kcz_metrics.analysis.diagnosis_ranking import drawn
from kcz_metrics.analysis.findings import KINDS, WHOLE, findings
from kcz_metrics.scoring import Scorecard

UNITS = [f"U{n:02d}" for n in range(24)]
TREE = {"a": {"a1": 3.0, "a2": 2.0, "a3": 1.0}, "b": {"b1": 2.0, "b2": 1.0}}
LEAVES = [name for of in TREE.values() for name in of]
HOLES = {("U03", "a2"), ("U07", "b1"), ("U11", "a3"), ("U11", "b2"), ("U19", "a1")}
OF = index(
    *(pillar(p, *(leaf(n, w) for n, w in of.items())) for p, of in TREE.items()),
    normalise=method("goalposts", lower=0, upper=100), scale={"lower": 0, "upper": 100},
)  # fmt: skip


def drawn_values(seed: int) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(seed)
    common = rng.uniform(20, 80, (len(UNITS), 1))
    return np.clip(0.6 * common + rng.gamma(2.0, 8.0, (len(UNITS), len(LEAVES))), 1, 99)


def cells(holes: bool, seed: int = 7) -> dict[str, dict[str, float | str | None]]:
    x = drawn_values(seed)
    return {u: {n: None if holes and (u, n) in HOLES else float(x[i, j]) for j, n in enumerate(LEAVES)} for i, u in enumerate(UNITS)}


def made(holes: bool, seed: int = 7, drop: str | None = None) -> Scorecard:
    given = {u: row for u, row in cells(holes, seed).items() if u != drop}
    kept = [i for i, u in enumerate(UNITS) if u != drop]
    size = np.random.default_rng(1).uniform(1, 50, len(UNITS))
    columns = {"people": [float(size[i]) for i in kept], "region": [("east", "west", "north")[i % 3] for i in kept]}
    return scored(given, OF, columns=columns)


def weighted(x: np.ndarray[Any, Any], w: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    there = ~np.isnan(x)
    whole = (there * w).sum(axis=1)
    return np.divide(np.nansum(x * w, axis=1), whole, out=np.full(len(x), np.nan), where=whole > 0)


def by_hand(holes: bool, seed: int = 7) -> dict[str, np.ndarray[Any, Any]]:
    """Scores of every node: goalposts 0 to 100 leave values as they are."""
    given = cells(holes, seed)
    x = np.array([[np.nan if given[u][n] is None else given[u][n] for n in LEAVES] for u in UNITS], float)
    found = {n: x[:, j] for j, n in enumerate(LEAVES)}
    for name, of in TREE.items():
        found[name] = weighted(np.column_stack([found[n] for n in of]), np.array(list(of.values())))
    return found | {"index": weighted(np.column_stack([found["a"], found["b"]]), np.ones(2))}


def table(card: Scorecard, section: str, before: Scorecard | None = None) -> dict[tuple[str, str, str | None], float]:
    found = diagnose(card, before).filter(pl.col("section") == section)
    return {(r["subject"], r["figure"], r["other"]): r["value"] for r in found.iter_rows(named=True)}


def pair(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    both = ~np.isnan(a) & ~np.isnan(b)
    return a[both], b[both]


def covariances(columns: list[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    return np.array([[np.cov(*pair(a, b))[0, 1] if a is not b else np.nanvar(a, ddof=1) for b in columns] for a in columns])


BOTH = pytest.mark.parametrize("holes", [False, True], ids=["full", "holes"])


@BOTH
def test_coverage_and_distributions(holes: bool) -> None:
    card, scores = made(holes), by_hand(holes)
    coverage, spread = table(card, "coverage"), table(card, "distribution")
    for name in LEAVES:
        x = scores[name][~np.isnan(scores[name])]
        assert coverage[name, "share_known", None] == pytest.approx(len(x) / len(UNITS))
        assert coverage[name, "distinct_values", None] == len(set(x.tolist()))
        for when in ("before", "after"):
            assert spread[name, f"skewness_{when}", None] == pytest.approx(stats.skew(x, bias=False), rel=1e-10)
            assert spread[name, f"kurtosis_{when}", None] == pytest.approx(stats.kurtosis(x, bias=False), rel=1e-10)


@BOTH
def test_correlations(holes: bool) -> None:
    scores = by_hand(holes)
    for (subject, figure, other), value in table(made(holes), "correlation").items():
        assert other is not None
        assert value == pytest.approx(stats.pearsonr(*pair(scores[subject], scores[other])).statistic, abs=1e-12), figure
        if figure == "with_other_pillar":
            assert (subject in TREE["a"]) == (other == "b")


@BOTH
def test_components_and_alpha(holes: bool) -> None:
    scores, found = by_hand(holes), table(made(holes), "components")
    for node, children in {**{p: list(of) for p, of in TREE.items()}, "index": ["a", "b"]}.items():
        columns = [scores[c] for c in children]
        r = np.array([[stats.pearsonr(*pair(a, b)).statistic if a is not b else 1.0 for b in columns] for a in columns])
        values = np.linalg.eigvals(r).real
        c, k = covariances(columns), len(columns)
        assert found[node, "first_component", None] == pytest.approx(values.max() / k)
        assert found[node, "components_above_1", None] == (values > 1 + 1e-9).sum()
        assert found[node, "cronbach_alpha", None] == pytest.approx(k / (k - 1) * (1 - np.trace(c) / c.sum()))
        if not holes:  # the textbook's form: the variance of the sum
            total = np.sum(columns, axis=0)
            whole = k / (k - 1) * (1 - sum(x.var(ddof=1) for x in columns) / total.var(ddof=1))
            assert found[node, "cronbach_alpha", None] == pytest.approx(whole)


def test_components_are_those_of_scaled_data() -> None:
    """Squared singular values of the standardised columns."""
    scores, found = by_hand(False), table(made(False), "components")
    z = stats.zscore(np.column_stack([scores[n] for n in TREE["a"]]), ddof=1)
    values = np.linalg.svd(z, compute_uv=False) ** 2 / (len(UNITS) - 1)
    assert found["a", "first_component", None] == pytest.approx(values[0] / values.sum())


@BOTH
def test_influence_and_the_weights_that_bring_what_is_intended(holes: bool) -> None:
    scores, found = by_hand(holes), table(made(holes), "weights")
    for parent, children in {**TREE, "index": {"a": 1.0, "b": 1.0}}.items():
        columns, w = [scores[c] for c in children], np.array(list(children.values()))
        w = w / w.sum()
        c = covariances(columns)
        for place, child in enumerate(children):
            assert found[child, "weight", parent] == pytest.approx(w[place])
            assert found[child, "influence", parent] == pytest.approx(w[place] * (c @ w)[place] / (w @ c @ w))
            if not holes:  # the covariance with the parent's score itself
                own = np.cov(scores[child], scores[parent])
                assert found[child, "influence", parent] == pytest.approx(w[place] * own[0, 1] / own[1, 1])

        def loss(log: np.ndarray[Any, Any], c: Any = c, w: Any = w) -> float:
            x = np.exp(log)
            return float(x @ c @ x / 2 - w @ log)

        best = np.exp(optimize.minimize(loss, np.zeros(len(w)) - 2.0, method="BFGS", options={"gtol": 1e-10}).x)
        for place, child in enumerate(children):
            assert found[child, "weight_for_equal_influence", parent] == pytest.approx(best[place] / best.sum(), abs=1e-5)


def places(scores: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.asarray(stats.rankdata(-np.round(scores, 9), method="min"))


def test_compensation_by_the_geometric_mean() -> None:
    scores, found = by_hand(False), table(made(False), "compensation")
    nodes = {p: stats.gmean(np.column_stack([scores[n] for n in of]), axis=1, weights=list(of.values())) for p, of in TREE.items()}
    other = places(np.sqrt(nodes["a"] * nodes["b"]))
    moved = np.abs(other - places(scores["index"]))
    assert found["index", "shift_if_geometric", None] == pytest.approx(moved.mean())
    ((largest, unit),) = [(v, o) for (_, f, o), v in found.items() if f == "largest_shift_if_geometric"]
    assert largest == moved.max() == moved[UNITS.index(str(unit))]


@BOTH
def test_stability_size_and_fairness(holes: bool) -> None:
    card, before, scores, then = made(holes), made(holes, 8), by_hand(holes), by_hand(holes, 8)
    now, was = places(scores["index"]), places(then["index"])
    found = table(card, "stability", before)
    period = before.period
    assert found["index", "spearman", period] == pytest.approx(stats.spearmanr(now, was).statistic)
    assert found["index", "kendall", period] == pytest.approx(stats.kendalltau(now, was).statistic)
    assert found["index", "mean_shift", period] == pytest.approx(np.abs(now - was).mean())
    size = card.units["people"].to_numpy()
    assert table(card, "size")["index", "spearman", "people"] == pytest.approx(stats.spearmanr(size, scores["index"]).statistic)
    fair, top = table(card, "fairness"), scores["index"]
    groups = {name: top[np.array(card.units["region"].to_list()) == name] for name in ("east", "west", "north")}
    within = sum(((g - g.mean()) ** 2).sum() for g in groups.values())
    assert fair["region", "share_between_groups", None] == pytest.approx(1 - within / ((top - top.mean()) ** 2).sum())
    f = stats.f_oneway(*groups.values()).statistic  # eta² = F·k / (F·k + n − groups)
    k, rest = len(groups) - 1, len(UNITS) - len(groups)
    assert fair["region", "share_between_groups", None] == pytest.approx(f * k / (f * k + rest))
    for name, g in groups.items():
        assert fair["region", "mean_gap", name] == pytest.approx(g.mean() - top.mean())


def test_neighbours_told_apart_are_counted_draw_by_draw() -> None:
    card = made(False)
    found, runs = table(card, "telling_apart"), drawn(made(False)).ranks
    order = np.argsort(-by_hand(False)["index"], kind="stable")
    told = 0
    for one, other in pairwise(order.tolist()):
        ahead = sum((run[one] < run[other]) + (run[one] == run[other]) / 2 for run in runs) / len(runs)
        told += ahead >= 0.9
    assert found["index", "neighbours_told_apart", None] == pytest.approx(told / (len(order) - 1))
    low, high = (np.sort(runs, axis=0)[int(q * (len(runs) - 1))] for q in (0.05, 0.95))
    assert found["index", "mean_width_of_rank_interval", None] == pytest.approx((high - low).mean())


def test_effects_are_rankings_without_the_indicator() -> None:
    card, scores = made(True), by_hand(True)
    for name, effect in left_out(card).items():
        nodes = {}
        for p, of in TREE.items():
            rest = {n: w for n, w in of.items() if n != name}
            nodes[p] = weighted(np.column_stack([scores[n] for n in rest]), np.array(list(rest.values())))
        other = places(weighted(np.column_stack([nodes["a"], nodes["b"]]), np.ones(2)))
        assert effect == pytest.approx(np.abs(other - places(scores["index"])).mean()), name


def test_reversals_are_those_of_scorings_without_each_unit() -> None:
    of = index(*(leaf(n) for n in LEAVES))  # by the range of the units that are there
    given = cells(False)
    whole = scored(given, of)
    found = table(whole, "reversal")
    ranks = {c.units["unit"][i]: r for c in [whole] for i, r in enumerate(c.run.ranks[:, 0])}  # type: ignore[index]
    turned = {}
    for out in UNITS:
        card = scored({u: row for u, row in given.items() if u != out}, of)
        after = dict(zip(card.units["unit"].to_list(), card.run.ranks[:, 0].tolist(), strict=True))  # type: ignore[index]
        names = list(after)
        turned[out] = sum(
            (ranks[a] - ranks[b]) * (after[a] - after[b]) < 0 for i, a in enumerate(names) for b in names[i + 1 :]
        )  # fmt: skip
    assert found["index", "units_that_change_the_order_of_others", None] == pytest.approx(np.mean([n > 0 for n in turned.values()]))
    assert max(turned.values()) == next(v for (_, f, _), v in found.items() if f == "most_pairs_turned")


def test_findings_name_every_flag_and_what_matters_comes_first() -> None:
    card = made(True)
    figures = diagnose(card, made(True, 8))
    found = findings(figures, left_out(card))
    assert set(found["kind"]) <= set(KINDS)
    assert found["matters"].to_list() == sorted(found["matters"].to_list(), reverse=True)
    flagged = set(figures.filter("flag").select("section", "subject").iter_rows())
    assert set(found.select("section", "subject").iter_rows()) == flagged
    for row in found.iter_rows(named=True):
        assert row["matters"] >= (row["kind"] in WHOLE)
