"""Adding a method is one function, one row, one entry of the guide and one oracle: each row names the test that holds it against numbers
from elsewhere, and that test speaks of it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
from every_method import NEEDED, choices

from kcz_metrics.methods import FAMILIES

TESTS = Path(__file__).parents[1]
COINR, LIVE, STORED = "published/coinr_cases.py", "published/live_cases.py", "published/stored_cases.py"
HANDBOOK = "published/test_handbook.py"
NORMALISED, WEIGHED, TREATED, RANKED = (
    "methods/test_normalise.py", "methods/test_weights_and_aggregation.py", "methods/test_treat.py", "methods/test_rank.py",
)  # fmt: skip
FILLED = "scoring/test_periods_and_filling.py"

#: Family → method → file and function that hold it against another program, a printed table, or arithmetic by hand.
ORACLES: dict[str, dict[str, str]] = {
    "impute": {
        "none": f"{FILLED}::test_filling",
        "zero": f"{FILLED}::test_filling",
        "mean": f"{COINR}::imputations",
        "median": f"{COINR}::imputations",
        "group_mean": f"{COINR}::imputations",
        "group_median": f"{COINR}::imputations",
        "row_mean": f"{COINR}::imputations",
        "row_median": f"{COINR}::imputations",
        "previous": f"{FILLED}::test_filling_over_periods",
        "linear": f"{FILLED}::test_filling_over_periods",
    },
    "treat": {
        "none": "scoring/test_provenance.py::test_from_what_to_what_and_by_which_step",
        "winsorise": f"{COINR}::treatments",
        "clip": f"{TREATED}::test_clip_pulls_in_to_the_quantiles_of_the_pool",
    },
    "normalise": {
        "minmax": f"{COINR}::normalisations",
        "goalposts": f"{COINR}::normalisations",
        "percentile_rank": f"{LIVE}::normalisations",
        "distance_to_max": f"{COINR}::normalisations",
        "distance_to_reference": f"{COINR}::normalisations",
        "distance_to_target": f"{COINR}::normalisations",
        "fraction_of_max": f"{COINR}::normalisations",
        "bands": f"{NORMALISED}::test_by_hand",
        "efficacy": f"{NORMALISED}::test_by_hand",
        "zscore": f"{COINR}::normalisations",
        "rank": f"{COINR}::normalisations",
        "borda": f"{COINR}::normalisations",
        "vector": f"{LIVE}::normalisations",
        "sum": f"{LIVE}::normalisations",
        "none": f"{NORMALISED}::test_by_hand",
    },
    "weights": {
        "given": f"{COINR}::effective",
        "equal": f"{LIVE}::weights",
        "entropy": f"{LIVE}::weights",
        "critic": f"{LIVE}::weights",
        "standard_deviation": f"{LIVE}::weights",
        "gini": f"{LIVE}::weights",
        "merec": f"{LIVE}::weights",
        "pca": f"{LIVE}::weights",
        "ahp": f"{HANDBOOK}::test_ahp_matrix_of_table_20",
        "benefit_of_the_doubt": f"{STORED}::envelopes",
    },
    "aggregate": {
        "arithmetic": f"{LIVE}::aggregations",
        "geometric": f"{COINR}::aggregations",
        "harmonic": f"{COINR}::aggregations",
        "power": f"{COINR}::aggregations",
        "minimum": f"{WEIGHED}::test_by_hand",
        "mazziotta_pareto": f"{WEIGHED}::test_by_hand",
        "copeland": f"{COINR}::aggregations",
        "topsis": f"{LIVE}::aggregations",
        "vikor": f"{LIVE}::aggregations",
    },
    "rank": {
        "competition": f"{LIVE}::rankings",
        "dense": f"{LIVE}::rankings",
        "average": f"{LIVE}::rankings",
        "ordinal": "scoring/test_pipeline.py::test_ties",
    },
}
ROWS = [(family, name) for family, entries in FAMILIES.items() for name in entries]
#: Where the oracle speaks of a method in other words.
SPOKEN_OF = {("weights", "given"): "eff_weights", ("treat", "none"): "none"}


@cache
def texts(file: str) -> dict[str, str]:
    """Function to its source with what decorates it."""
    source = (TESTS / file).read_text(encoding="utf-8")
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            found[node.name] = "\n".join(source.splitlines()[first - 1 : node.end_lineno])
    return found


@pytest.mark.parametrize("family, name", ROWS)
def test_each_row_names_an_oracle_that_speaks_of_it(family: str, name: str) -> None:
    file, function = ORACLES[family][name].split("::")
    assert SPOKEN_OF.get((family, name), name) in texts(file)[function]


def test_no_oracle_is_named_for_a_method_that_is_not_there() -> None:
    assert {(family, name) for family, of in ORACLES.items() for name in of} == set(ROWS)


def test_every_method_can_be_chosen_with_parameters_that_fit() -> None:
    for family, entries in FAMILIES.items():
        chosen = choices(family)
        assert {m.method for m in chosen} == set(entries)
        for m in chosen:
            entries[m.method].parameters.model_validate(dict(m.parameters))
    assert set(NEEDED) <= set(ROWS)
