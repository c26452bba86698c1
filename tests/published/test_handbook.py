"""Worked examples of OECD/JRC, Handbook on Constructing Composite Indicators (2008)."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from peer_sets import ORACLES, read, records

from kcz_metrics.methods import AGGREGATE, NORMALISE, WEIGHT
from kcz_metrics.methods.outrank import outranking
from kcz_metrics.methods.rank import competition
from kcz_metrics.methods.weight import consistency_ratio

CASES = {case["id"]: case for case in json.loads((ORACLES / "social_choice.json").read_text(encoding="utf-8"))["cases"]}
UP = np.array([True])


def profile(case: dict[str, Any], without: str = "") -> tuple[list[str], np.ndarray, np.ndarray]:
    """Units, their Borda points on every distinct order (unit, order), and how many indicators have that order."""
    orders = [[u for u in order if u not in without] for _, order in case["profile"]]
    units = sorted(orders[0])
    places = np.array([[len(order) - order.index(unit) for order in orders] for unit in units], float)
    points = NORMALISE["borda"].kernel(places, places, np.ones(places.shape[1], bool))
    return units, points, np.array([count for count, _ in case["profile"]], float)


@pytest.mark.parametrize("name", ["table25", "table28", "table31"])
def test_borda_points(name: str) -> None:
    units, points, counts = profile(CASES[name])
    assert dict(zip(units, (points @ counts).tolist(), strict=True)) == CASES[name]["borda"]


def test_dropping_the_last_unit_reverses_the_borda_order() -> None:
    units, points, counts = profile(CASES["table31"], without="d")
    assert dict(zip(units, (points @ counts).tolist(), strict=True)) == CASES["table31"]["borda_without_d"]


@pytest.mark.parametrize("name", ["table25", "table28"])
def test_outranking(name: str) -> None:
    case = CASES[name]
    units, points, counts = profile(case)
    shares = outranking(points, counts[None, :])
    found = {a + b: shares[i, j] * counts.sum() for i, a in enumerate(units) for j, b in enumerate(units) if i != j}
    assert found == pytest.approx(case["outranking"])


def test_copeland_finds_the_condorcet_order() -> None:
    units, points, counts = profile(CASES["table25"])
    places = competition(AGGREGATE["copeland"].kernel(points, counts[None, :]))
    assert "".join(u for _, u in sorted(zip(places, units, strict=True))) == CASES["table25"]["condorcet_order"]


def test_a_condorcet_cycle_ties_in_copeland() -> None:
    _, points, counts = profile(CASES["table28"])
    assert AGGREGATE["copeland"].kernel(points, counts[None, :]).tolist() == [0, 0, 0]


def test_kemeny_support_by_enumeration_of_our_outranking() -> None:
    case = CASES["table28"]
    units, points, counts = profile(case)
    shares = outranking(points, counts[None, :]) * counts.sum()
    support = {
        "".join(order): sum(shares[units.index(a), units.index(b)] for i, a in enumerate(order) for b in order[i + 1 :])
        for order in permutations(units)
    }
    assert support == pytest.approx(case["kemeny_support"])


def test_outranking_of_five_countries() -> None:
    case = CASES["table35_37"]
    x = np.array([case["data"][unit] for unit in case["units"]])
    shares = np.nan_to_num(outranking(x, np.ones((1, 8))))
    np.testing.assert_allclose(shares, [case["outranking_rows"][unit] for unit in case["units"]], atol=1e-12)


@pytest.mark.parametrize("row", CASES["geometric_vs_arithmetic"]["rows"], ids=lambda row: str(row["x"]))
def test_arithmetic_against_geometric(row: dict[str, Any]) -> None:
    x, w = np.array([row["x"]], float), np.ones((1, 4))
    # the Handbook cuts the second decimal off: 42^(1/4) is 2.5457, it prints 2.54
    assert 0 <= float(AGGREGATE["geometric"].kernel(x, w)[0]) - row["geom"] < 0.01
    if "arith" in row:
        assert float(AGGREGATE["arithmetic"].kernel(x, w)[0]) == row["arith"]


def test_ahp_matrix_of_table_20() -> None:
    case = CASES["ahp_table20"]
    w = WEIGHT["ahp"].kernel(np.zeros((1, 8)), matrix=case["matrix"])
    np.testing.assert_allclose(w, case["computed_here"]["weights"], atol=5e-5)
    assert consistency_ratio(case["matrix"]) == pytest.approx(case["computed_here"]["cr_with_ri_1_41"], abs=5e-5)


TABLE_15 = records(ORACLES / "tai_table15_schooling_normalisation.csv")
SCHOOLING = np.array([[float(row["schooling"])] for row in TABLE_15])


@pytest.mark.parametrize(
    "column, name, parameters, half",
    [
        ("rank_asc_min", "rank", {}, 0.0),
        ("zscore_sample_sd", "zscore", {"mean": 0.0, "sd": 1.0}, 0.005),
        ("minmax", "minmax", {}, 0.005),
        ("ratio_to_best", "fraction_of_max", {}, 0.005),
    ],
)
def test_table_15_to_its_decimals(column: str, name: str, parameters: dict[str, Any], half: float) -> None:
    found = NORMALISE[name].kernel(SCHOOLING, SCHOOLING, UP, **parameters)[:, 0]
    printed = np.array([float(row[column]) for row in TABLE_15])
    np.testing.assert_allclose(found, printed, atol=half + 1e-9)


def test_table_15_percentiles_are_rank_over_n() -> None:
    """Ours is (r - 1)/(n - 1), the Handbook's r/n: the same ranks behind both."""
    ours = NORMALISE["percentile_rank"].kernel(SCHOOLING, SCHOOLING, UP)[:, 0] * 22 + 1
    np.testing.assert_allclose(ours / 23 * 100, [float(row["percentile"]) for row in TABLE_15], atol=0.05 + 1e-9)


def test_the_tables_are_there() -> None:
    assert len(TABLE_15) == 23
    assert read(ORACLES / "coinr/s1/input_iData.csv").cells.shape[0] == 24
