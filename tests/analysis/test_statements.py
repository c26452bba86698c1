"""Comparison with a group of units, and the sentences on a unit: each holds its numbers, none is said that is not sure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from small_index import index, leaf, method, pillar, scheme, values

from kcz_metrics.analysis.explain import explain
from kcz_metrics.analysis.robustness import Doubts, robustness
from kcz_metrics.analysis.statements import statements
from kcz_metrics.scheme.policies import Adjustment
from kcz_metrics.scoring import Scorecard, score
from kcz_metrics.scoring.draws import Moves
from kcz_metrics.scoring.variants import Variants

NAMES = [f"i{n}" for n in range(4)]


def cells(seed: int = 1) -> dict[str, dict[str, Any]]:
    rng = np.random.default_rng(seed)
    made: dict[str, dict[str, Any]] = {f"U{u:02d}": dict(zip(NAMES, rng.uniform(1, 10, 4).tolist(), strict=True)) for u in range(12)}
    made["U00"] = {"i0": 20.0, "i1": 15.0, "i2": 1.0, "i3": 8.0}
    return made


def card(given: dict[str, dict[str, Any]] | None = None, period: str = "2022", **settings: Any) -> Scorecard:
    of = index(pillar("p", leaf("i0", 2), leaf("i1")), pillar("q", leaf("i2"), leaf("i3")), **settings)
    given = given or cells()
    measures = {"upheld": {unit: float(n % 3) for n, unit in enumerate(given)}}
    return score(values({period: given}, measures=measures), of, period, scheme(of))


def sure(of: Scorecard, share: float = 0.02) -> Any:
    return robustness(of, Doubts(Variants(60, 4, Moves(share))))


@pytest.mark.parametrize("aggregate", ["arithmetic", "geometric", "harmonic", "minimum", "topsis"])
def test_against_several_units_parts_add_up_to_the_gap_from_their_mean(aggregate: str) -> None:
    rules = (Adjustment(id="d", kind="deduction", formula="2 * upheld"),)
    of = card(aggregate=method(aggregate), adjust=rules, normalise=method("goalposts", lower=-1, upper=25))
    found = explain(of, "U03", ("U01", "U02", "U05"))
    assert of.run.scores is not None
    leaves = found.filter(pl.col("is_leaf"))["contribution"].sum()
    assert leaves == pytest.approx(found["contribution"][0], abs=1e-9)
    assert found.filter(pl.col("node") == "d")["contribution"][0] == pytest.approx(-0.0 - (-2 * (1 + 2 + 2) / 3))
    if aggregate == "arithmetic":
        gap = of.run.scores[3, 0] - of.run.scores[[1, 2, 5], 0].mean()
        assert found["contribution"][0] == pytest.approx(gap, abs=1e-9)


def test_numbers_stand_in_the_sentences_and_both_languages() -> None:
    said = statements(card(), "U00", sure(card()))
    kinds = [one.id for one in said]
    assert kinds[0] == "rank"
    assert "strength" in kinds
    assert said[0].numbers["rank"] == 1
    assert "12" in said[0].text.render("zh")
    assert said[0].text.render("en").startswith("Scores ")
    strong = next(one for one in said if one.id == "strength")
    assert f"{strong.numbers['gap']:.1f}" in strong.text.render("en")


def test_what_is_not_sure_is_not_said() -> None:
    of, blurred = card(), robustness(card(), Doubts(Variants(60, 4, Moves(0.02)), np.full((12, 4), 2.0)))
    assert "strength" in {one.id for one in statements(of, "U00", sure(of))}
    assert "strength" not in {one.id for one in statements(of, "U00", blurred)}
    below = next(one for one in statements(of, "U00", sure(of)) if one.id == "below")
    assert below.numbers["probability"] >= 0.9
    assert "Surely" in below.text.render("en")


def test_a_move_is_said_where_the_rank_of_then_is_outside_of_the_interval() -> None:
    was = cells() | {"U00": {"i0": 1.0, "i1": 1.0, "i2": 1.0, "i3": 8.0}}
    before = card(was, "2021")
    kinds = [one.id for one in statements(card(), "U00", sure(card()), before)]
    assert kinds[-3:] == ["moved", "cause", "peers"] or kinds[-2:] == ["moved", "cause"]
    still = statements(card(), "U00", sure(card()), replace(card(), period="2021"))
    assert "moved" not in [one.id for one in still]


def test_nothing_is_said_of_a_unit_without_a_rank() -> None:
    given = cells() | {"U03": dict.fromkeys(NAMES)}
    of = card(given)
    assert statements(of, "U03", sure(of)) == ()
