"""What it takes to reach a rank or a score: re-scored it is there, without any step it is not; and what a correction moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from small_index import column, index, leaf, method, pillar, scheme, scored, values

from kcz_metrics.analysis.alternatives import Alternatives
from kcz_metrics.analysis.corrected import begun, corrected, with_values
from kcz_metrics.analysis.losing import losses
from kcz_metrics.analysis.records_needed import needed
from kcz_metrics.analysis.whatif import WhatIf, whatif
from kcz_metrics.errors import ScoringError
from kcz_metrics.scheme.models import Indicator, Measure, Scheme, Screen
from kcz_metrics.scoring import Scorecard, score

NAMES = [f"i{n}" for n in range(6)]


def cells(units: int = 12) -> dict[str, dict[str, Any]]:
    rng = np.random.default_rng(2)
    made: dict[str, dict[str, Any]] = {f"U{u:02d}": dict(zip(NAMES, rng.uniform(1, 10, 6).tolist(), strict=True)) for u in range(units)}
    made["U05"]["i2"] = None
    return made


def card(**settings: Any) -> Scorecard:
    of = index(pillar("p", leaf("i0", 2), leaf("i1"), leaf("i2")), pillar("q", *(leaf(n) for n in NAMES[3:])), **settings)
    return scored(cells(), of, {"i4": {"direction": "down"}})


def rescored(of: Scorecard, found: WhatIf, without: str | None = None) -> tuple[float, float]:
    """Score and rank with the steps, through ``score`` itself."""
    given = {unit: dict(row) for unit, row in cells().items()}
    for step in found.steps.iter_rows(named=True):
        if step["indicator"] != without:
            given[found.unit][step["indicator"]] = step["value_after"]
    after = score(values({"2022": given}), of.index, "2022", of.scheme)
    return column(after, "score")[found.unit], column(after, "rank")[found.unit]


@pytest.mark.parametrize("aggregate", ["arithmetic", "geometric", "minimum"])
def test_every_unit_reaches_its_target_and_misses_it_without_any_step(aggregate: str) -> None:
    of = card(aggregate=method(aggregate), normalise=method("minmax" if aggregate == "arithmetic" else "percentile_rank"))
    reached = 0
    for unit, rank in column(of, "rank").items():
        goal = max(1, rank - 3)
        found = whatif(of, unit, rank=goal)
        if not found.reached:
            assert found.rank is not None
            assert found.rank > goal
            continue
        reached += 1
        after = rescored(of, found)
        assert after[1] <= goal
        assert after == (pytest.approx(found.score, abs=1e-9), found.rank)
        assert all(rescored(of, found, step)[1] > goal for step in found.steps["indicator"])
        up = found.steps.filter(pl.col("indicator") != "i4")
        assert (up["value_after"] <= up["bound"]).all()
    assert reached > 8


def test_one_fall_alone_brings_the_score_down_and_a_shorter_one_does_not() -> None:
    of, told = card(normalise=method("minmax", over="period")), 0
    for number, (unit, own) in enumerate(column(of, "score").items()):
        found, goal = losses(of, unit, own - 5), own - 5
        told += found.height
        assert found["share"].is_sorted()
        for row in found.iter_rows(named=True):
            way = row["value_after"] - row["value"]
            for value, down in ((row["value_after"], True), (row["value"] + 0.99 * way, False)):
                x = begun(of).x.copy()
                x[number, NAMES.index(row["indicator"])] = value
                scores = with_values(of, begun(of), x).scores
                assert scores is not None
                assert bool(scores[number, 0] <= goal + 1e-9) is down
    assert told > 12
    assert losses(of, "U03", -1.0).is_empty()


def test_less_of_a_count_is_told_whole() -> None:
    of = index(leaf("rate"), normalise=method("goalposts", lower=0, upper=1))
    given = {"A": {"rate": 0.9}, "B": {"rate": 0.5}, "C": {"rate": 0.1}}
    whole = scheme(of, {"rate": {"formula": "done / due"}})
    whole = whole.model_copy(update={"measures": {m: Measure(fact="needs", agg="count") for m in ("done", "due")}})
    counts = {"done": {"A": 9.0, "B": 5.0, "C": 1.0}, "due": {"A": 10.0, "B": 10.0, "C": 10.0}}
    of_counts = score(values({"2022": given}, measures=counts), of, "2022", whole)
    (row,) = losses(of_counts, "A", 58.0).iter_rows(named=True)
    # 58 points are at 0.58: five of ten are the most that fall to it
    assert (row["measure"], row["more"], row["value_after"]) == ("done", -4.0, pytest.approx(0.5))


def test_no_smaller_set_reaches_it() -> None:
    of = card()
    found = whatif(of, "U03", score=column(of, "score")["U03"] + 22)
    assert found.score == pytest.approx(column(of, "score")["U03"] + 22, abs=1e-6)
    first = begun(of)
    best = np.where(of.run.structure.up, np.nanmax(first.x, axis=0), np.nanmin(first.x, axis=0))
    assert found.steps.height == 2
    for name in range(6):
        x = first.x.copy()
        x[3, name] = best[name]
        run = with_values(of, first, x)
        assert run.scores is not None
        assert run.scores[3, 0] < found.score


def test_what_nobody_has_reached_is_out_of_reach() -> None:
    found = whatif(card(), "U03", score=200.0)
    assert not found.reached
    assert found.score < 200
    assert whatif(card(), "U03", rank=12).steps.is_empty()
    for wrong in ({}, {"rank": 1, "score": 1.0}):
        with pytest.raises(ScoringError):
            whatif(card(), "U03", **wrong)


@pytest.mark.parametrize(
    "settings",
    [
        {}, {"normalise": method("zscore"), "impute": method("mean"), "screen": Screen(minimum_coverage=0.9, minimum_group=3)},
        {"weights": method("entropy"), "treat": method("winsorise", max_points=1)}, {"impute": method("group_mean", by="kind")},
        {"screen": Screen(exclude=[{"unit": "U05", "reason": "x"}])}, {"aggregate": method("copeland")},
    ],
    ids=["plain", "screened", "entropy", "by_another_column", "let_in_by_name", "copeland"],
)  # fmt: skip
def test_many_sets_of_values_score_as_one_by_one(settings: dict[str, Any]) -> None:
    of = scored(cells(), index(pillar("p", *(leaf(n) for n in NAMES[:3])), pillar("q", *(leaf(n) for n in NAMES[3:])), **settings),
                columns={"kind": ["a", "b"] * 6})  # fmt: skip
    rng = np.random.default_rng(4)
    for row in (3, 5):
        alternatives = Alternatives.of(of, row)
        x = np.repeat(alternatives.first.x[[row]], 8, axis=0)
        x[1:] = np.where(rng.uniform(size=x[1:].shape) < 0.3, rng.uniform(0, 12, x[1:].shape), x[1:])
        x[2, :3] = np.nan
        found = np.array(alternatives.scored(x))
        np.testing.assert_allclose(found.T, [alternatives._one(values) for values in x], atol=1e-12)


def test_that_no_smaller_set_reaches_it_is_said_only_where_all_were_tried() -> None:
    of = card()
    found = whatif(of, "U03", score=column(of, "score")["U03"] + 22)
    assert found.tried == (begun(of).x[3] != np.where(of.run.structure.up, begun(of).x.max(0), begun(of).x.min(0))).sum()
    assert whatif(of, "U03", score=200.0).tried == 0


def test_a_correction_shows_every_rank_it_touches() -> None:
    of = card()
    found = corrected(of, {("U03", "i0"): 10.0, ("U04", "i1"): None})
    given = cells()
    given["U03"]["i0"], given["U04"]["i1"] = 10.0, None
    after = score(values({"2022": given}), of.index, "2022", of.scheme)
    for name in ("score", "rank"):
        expected = {u: v for u, v in column(after, name).items() if u in found["unit"].to_list()}
        assert dict(found.select("unit", name).iter_rows()) == pytest.approx(expected)
    untouched = set(column(of, "rank")) - set(found["unit"])
    assert all(column(after, "score")[u] == column(of, "score")[u] for u in untouched)
    assert "U03" in found["unit"].to_list()
    with pytest.raises(ScoringError, match="i9"):
        corrected(of, {("U03", "i9"): 1.0})


@pytest.mark.parametrize(
    "formula, settings, value, expected",
    [
        ("a / b", {}, 0.75, ("a", 2.0, 0.8)),
        ("a / b * 100", {"cap": 78}, 78.0, ("a", 2.0, 78.0)),
        ("b / a", {"direction": "down"}, 1.2, ("a", 1.0, 10 / 7)),
        ("s / 4", {}, 30.0, ("s", 20.0, 30.0)),
        ("q", {}, 30.0, None),
        ("growth(a)", {}, 0.5, None),
        ("a", {"shrink": {"n": "b", "strength": 3}}, 9.0, None),
    ],
)  # fmt: skip
def test_how_many_records_more(formula: str, settings: dict[str, Any], value: float, expected: tuple[str, float, float] | None) -> None:
    given = {"a": 6.0, "b": 10.0, "s": 100.0, "q": 5.0}
    made = {n: Measure(fact="f", agg={"s": "sum", "q": "median"}.get(n, "count"), of=None if n in "ab" else "x") for n in given}
    of = Scheme(edition="x", measures=made, indicators={"i": Indicator(formula=formula, **settings)})
    rows = pl.DataFrame({"unit": ["U"] * 4, "period": ["2022"] * 4, "measure": list(given), "value": list(given.values())})
    found = needed(rows, of, "i", "U", "2022", 10 / 7 if "down" in settings.values() else value)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert (found.measure, found.more, found.value) == (expected[0], pytest.approx(expected[1], abs=1e-6), pytest.approx(expected[2]))


def test_units_of_the_scheme_stay_as_they_are() -> None:
    of = card()
    before = begun(of).x.copy()
    whatif(of, "U07", rank=1)
    np.testing.assert_array_equal(begun(of).x, before)
    assert scheme(of.index).indicators.keys() == of.scheme.indicators.keys()


@pytest.mark.parametrize("aggregate", ["geometric", "copeland"])
def test_what_gains_nothing_alone_counts_beside_others(aggregate: str) -> None:
    given = {"A": {"x": 1, "y": 2, "z": 3}, "B": {"x": 5, "y": 6, "z": 5}, "C": {"x": 5, "y": 6, "z": 5}, "D": {"x": 3, "y": 1, "z": 1}}
    of = scored(given, index(leaf("x"), leaf("y"), leaf("z", 2), aggregate=method(aggregate)))
    found = whatif(of, "D" if aggregate == "geometric" else "A", rank=1)
    assert (found.reached, found.rank) == (True, 1.0)
    for without in found.steps["indicator"]:
        after = {unit: dict(row) for unit, row in given.items()}
        for step in found.steps.filter(pl.col("indicator") != without).iter_rows(named=True):
            after[found.unit][step["indicator"]] = step["value_after"]
        assert column(scored(after, of.index), "rank")[found.unit] > 1
