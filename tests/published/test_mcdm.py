"""Weights and rankings of other programs: as they were stored for the two invented sets and ASEM, and live on random matrices; to 1e-9
relative unless the case says otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from coinr_cases import Case
from live_cases import live
from peer_sets import ASEM, S1, S2, agrees, read, records
from stored_cases import Decision, stored

from kcz_metrics.errors import ScoringError
from kcz_metrics.methods import WEIGHT
from kcz_metrics.scheme.models import Method

SETS = (ASEM, S1, S2)


@pytest.mark.parametrize("case", stored(), ids=str)
def test_agrees_with_what_was_stored(case: Case) -> None:
    compared, equal = case.compare()
    assert compared > 0
    assert compared - equal == case.differing


@pytest.mark.parametrize("case", live(), ids=str)
def test_agrees_live_on_random_matrices(case: Case) -> None:
    compared, equal = case.compare()
    assert compared == equal > 150


@pytest.mark.parametrize("data", SETS, ids=lambda d: d.name)
def test_pca_loadings_of_coinr(data: object) -> None:
    """As COINr gives them, where two opposed children do not add up to nothing."""
    assert isinstance(data, type(ASEM))
    scores = read(data.folder / "06_aggregate/a_amean_minmax0_100.csv")
    structure, compared = data.run().run.structure, 0
    for path in sorted(data.folder.glob("09_weights/pca_level*_by_group_weights.csv")):
        given = {row["iCode"]: float(row["Weight"]) for row in records(path) if row["Level"] == path.name[9]}
        for branch in structure.branches:
            names = [structure.nodes[i] for i in branch.children]
            expected = np.array([given.get(name, np.nan) for name in names])
            if len(names) > 1 and abs(expected.sum()) > 1e-9:
                found = WEIGHT["pca"].kernel(scores.at(scores.rows, names), form="loadings")
                assert agrees(found, expected / expected.sum(), 1e-8).all(), (path.name, names)
                compared += len(names)
    assert compared >= len(data.leaves)


@pytest.mark.parametrize("name", ["entropy", "merec", "gini"])
def test_what_pymcdm_refuses_of_negative_values_is_refused(name: str) -> None:
    """S2 has a column with values below zero: pymcdm gives no entropy of it, scikit-criteria NaN."""
    assert (Decision(S2, "imputed").x < 0).any()
    with pytest.raises(ScoringError, match="negative"):
        S2.run(normalise=Method(method="zscore"), weights=Method(method=name))


def test_the_sets_are_whole() -> None:
    assert Decision(S1, "minmax1").x.shape == (24, 8)
    assert len(ASEM.leaves) == 49
