"""Self-tests on the user's data: green where methods keep their promise, red with a counterexample that can be scored again."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from small_index import index, leaf, method, pillar, scheme, scored, values

from kcz_metrics.analysis.selftests import TESTS, self_tests
from kcz_metrics.scheme.models import Indicator, Measure, Scheme
from kcz_metrics.scoring import Scorecard, score

NAMES = [f"i{n}" for n in range(4)]


def cells(units: int = 10) -> dict[str, dict[str, float]]:
    rng = np.random.default_rng(1)
    made = {f"U{u:02d}": dict(zip(NAMES, rng.uniform(1, 10, 4).tolist(), strict=True)) for u in range(units)}
    made["U03"] = {name: value + 0.5 for name, value in made["U04"].items()}
    return made


def card(given: Any = None, **settings: Any) -> Scorecard:
    return scored(given or cells(), index(pillar("p", leaf("i0", 2), leaf("i1")), pillar("q", leaf("i2"), leaf("i3")), **settings))


def states(of: Scorecard) -> dict[str, str]:
    found = self_tests(of)
    assert found["test"].to_list() == list(TESTS)
    return dict(found.select("test", "state").iter_rows())


@pytest.mark.parametrize(
    "setting",
    [
        {}, {"aggregate": method("geometric"), "normalise": method("percentile_rank")},
        {"treat": method("clip", lower_quantile=0.1, upper_quantile=0.9)},
    ],
    ids=["plain", "geometric", "clipped"],
)  # fmt: skip
def test_sound_methods_are_green(setting: dict[str, Any]) -> None:
    assert states(card(**setting)) == dict.fromkeys(TESTS[:4], "green") | {"doubled": "grey"}


def test_values_added_as_they_are_hang_on_their_unit() -> None:
    of = card(normalise=method("none"))
    row = self_tests(of).row(by_predicate=pl.col("test") == "unit_of_measure", named=True)
    assert row["state"] == "red"
    given = cells()
    for unit in given:
        given[unit][row["indicator"]] *= 1000
    after = score(values({"2022": given}), of.index, "2022", of.scheme)
    assert after.run.scores is not None
    assert row["after"] == pytest.approx(after.run.scores[list(given).index(row["unit"]), 0])


def test_limits_in_the_values_own_unit_are_not_tested() -> None:
    found = self_tests(card(normalise=method("goalposts", lower=0, upper=11)))
    assert found.filter(pl.col("test") == "unit_of_measure")["state"].to_list() == ["grey"]


def test_a_better_value_that_costs_points_is_a_counterexample() -> None:
    """Bands that fall: five and more earn less than four."""
    steps = method("bands", steps=[[4.0, 60.0], [5.0, 90.0]], otherwise=20.0)
    given = {u: row | {"i0": 4.96 if u == "U02" else 3.0} for u, row in cells().items()}
    found = self_tests(card(given, normalise=steps)).filter(pl.col("test") == "monotone").row(0, named=True)
    assert found["state"] == "red"
    assert found["after"] < found["before"]
    better = given | {found["unit"]: given[found["unit"]] | {found["indicator"]: given[found["unit"]][found["indicator"]] * 1.01}}
    again = card(better, normalise=steps)
    assert again.run.scores is not None
    assert found["after"] == pytest.approx(again.run.scores[list(given).index(found["unit"]), 0])


def test_a_dominated_unit_before_its_better_is_a_counterexample() -> None:
    """On the same bands a unit that is better on everything earns less."""
    steps = method("bands", steps=[[4.0, 60.0], [5.0, 90.0]], otherwise=20.0)
    given = cells() | {"U03": dict.fromkeys(NAMES, 7.0), "U04": dict.fromkeys(NAMES, 4.5)}
    found = self_tests(card(given, normalise=steps)).filter(pl.col("test") == "dominated").row(0, named=True)
    assert found["state"] == "red"
    assert found["unit"] == "U03 U04"
    assert (found["before"], found["after"]) == (20.0, 90.0)


@pytest.mark.parametrize("formulas, expected", [(("a / b", "s / a"), "green"), (("a / b", "a"), "red")], ids=["ratios", "a_count"])
def test_twice_as_large_scores_the_same_by_ratios_alone(formulas: tuple[str, str], expected: str) -> None:
    rng = np.random.default_rng(4)
    measures: Any = {name: {f"U{u}": float(v) for u, v in enumerate(rng.integers(1, 50, 8))} for name in "abs"}
    made = {n: Measure(fact="f", agg="sum" if n == "s" else "count", of="x" if n == "s" else None) for n in "abs"}
    kinds = {"a / b": lambda m: m["a"] / m["b"], "s / a": lambda m: m["s"] / m["a"], "a": lambda m: m["a"]}
    given = {f"U{u}": {f"i{k}": kinds[f]({n: measures[n][f"U{u}"] for n in "abs"}) for k, f in enumerate(formulas)} for u in range(8)}
    of = index(leaf("i0"), leaf("i1"))
    rules = {f"i{k}": Indicator(formula=f) for k, f in enumerate(formulas)}
    made_scheme = Scheme(edition="x", measures=made, indicators=rules, indices={"index": of})
    found = self_tests(score(values({"2022": given}, measures=measures), of, "2022", made_scheme))
    row = found.row(by_predicate=pl.col("test") == "doubled", named=True)
    # measures are kept only where an adjustment reads them: those of the values are looked at
    assert row["state"] == expected
    assert row["indicator"] == (None if expected == "green" else "i1")


def test_the_scheme_is_left_as_it_was() -> None:
    of = card()
    before = of.run.kept["values"].copy()
    self_tests(of)
    np.testing.assert_array_equal(of.run.kept["values"], before)
    assert scheme(of.index) == of.scheme
