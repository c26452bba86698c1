"""Weights and rankings that pymcdm, scikit-criteria, scipy and lpSolve gave for the two invented sets and ASEM, to 1e-9 relative."""

from __future__ import annotations

import numpy as np
import pytest
from peer_sets import ASEM, S1, S2, SETS, PeerSet, Table, agrees, read, records

from kcz_metrics.methods import AGGREGATE, NORMALISE, WEIGHT
from kcz_metrics.methods.rank import average, significant

BOTH = [S1, S2]


def minmax1(data: PeerSet) -> Table:
    """Normalised from 1 to 100, all upward."""
    return read(data.folder / "mcdm/matrix_minmax1.csv")


@pytest.mark.parametrize("data", BOTH, ids=lambda d: d.name)
@pytest.mark.parametrize(
    "name, column", [("entropy",) * 2, ("standard_deviation",) * 2, ("merec",) * 2, ("gini",) * 2, ("equal",) * 2], ids=lambda n: str(n)
)
def test_weights_of_pymcdm(data: PeerSet, name: str, column: str) -> None:
    x, expected = minmax1(data), read(data.folder / "mcdm/pymcdm/minmax1/weights.csv")
    found = WEIGHT[name].kernel(x.cells)
    assert agrees(found, expected.at(x.columns, [f"{column}_weights"])[:, 0]).all()


@pytest.mark.parametrize("data", BOTH, ids=lambda d: d.name)
def test_critic_weights(data: PeerSet) -> None:
    """CRITIC of the scores as they are: min-max from 1 to 100 and from 0 to 1 differ by a constant only."""
    x, expected = minmax1(data), read(data.folder / "mcdm/pymcdm/minmax1/weights.csv")
    assert agrees(WEIGHT["critic"].kernel(x.cells), expected.at(x.columns, ["critic_weights"])[:, 0]).all()
    other = read(data.folder / "mcdm/skcriteria/minmax1/weights.csv")
    assert agrees(WEIGHT["critic"].kernel(x.cells), other.at(x.columns, ["critic_pearson_scaled"])[:, 0]).all()


@pytest.mark.parametrize("data", BOTH, ids=lambda d: d.name)
@pytest.mark.parametrize("weighting", ["equal", "entropy"])
def test_topsis_vikor_and_means_of_pymcdm(data: PeerSet, weighting: str) -> None:
    x = minmax1(data)
    folder = data.folder / "mcdm/pymcdm/minmax1"
    expected, ranks = read(folder / f"preference_{weighting}.csv"), read(folder / f"rank_{weighting}.csv")
    w = WEIGHT[weighting].kernel(x.cells)[None, :]
    up = np.ones(x.cells.shape[1], bool)
    found = {
        "TOPSIS_vector": AGGREGATE["topsis"].kernel(NORMALISE["vector"].kernel(x.cells, x.cells, up), w),
        "TOPSIS_sum": AGGREGATE["topsis"].kernel(NORMALISE["sum"].kernel(x.cells, x.cells, up), w),
        "TOPSIS_max": AGGREGATE["topsis"].kernel(NORMALISE["fraction_of_max"].kernel(x.cells, x.cells, up), w),
        "TOPSIS_minmax": AGGREGATE["topsis"].kernel(NORMALISE["minmax"].kernel(x.cells, x.cells, up), w),
        "WSM_minmax": AGGREGATE["arithmetic"].kernel(NORMALISE["minmax"].kernel(x.cells, x.cells, up), w),
        "WPM_minmax": AGGREGATE["geometric"].kernel(NORMALISE["minmax"].kernel(x.cells, x.cells, up), w),
        "WPM_vector": AGGREGATE["geometric"].kernel(NORMALISE["vector"].kernel(x.cells, x.cells, up), w),
    }
    for name, score in found.items():
        assert agrees(score, expected.at(x.rows, [name])[:, 0]).all(), name
        assert agrees(average(significant(score)), ranks.at(x.rows, [name])[:, 0]).all(), name
    for v, name in ((0.5, "VIKOR"), (0.8, "VIKOR_v0.8")):
        assert agrees(1 - AGGREGATE["vikor"].kernel(x.cells, w, v=v), expected.at(x.rows, [name])[:, 0]).all(), name


@pytest.mark.parametrize("data", BOTH, ids=lambda d: d.name)
def test_topsis_with_costs_is_the_same_in_all_three(data: PeerSet) -> None:
    """Vector normalisation with costs turned as 1 - x/√Σx² gives pymcdm's and scikit-criteria's TOPSIS on the imputed values."""
    x = read(data.folder / "mcdm/matrix_imputed.csv")
    up = np.array([name in data.upward for name in x.columns])
    w = np.full((1, x.cells.shape[1]), 1 / x.cells.shape[1])
    found = AGGREGATE["topsis"].kernel(NORMALISE["vector"].kernel(x.cells, x.cells, up), w)
    pymcdm = read(data.folder / "mcdm/pymcdm/imputed/preference_equal.csv")
    assert agrees(found, pymcdm.at(x.rows, ["TOPSIS_vector"])[:, 0]).all()
    skc = read(data.folder / "mcdm/skcriteria/imputed/results_equal.csv")
    assert agrees(found, skc.at(x.rows, ["TOPSIS_vector_similarity"])[:, 0]).all()


@pytest.mark.parametrize("data", SETS, ids=lambda d: d.name)
@pytest.mark.parametrize("form", ["free", "shares"])
def test_benefit_of_the_doubt_of_lp_solve(data: PeerSet, form: str) -> None:
    """Scores agree; weights need not, where several are best."""
    x = read(data.folder / "05_normalise/n_minmax_1_100.csv")
    expected = read(data.folder / f"09_weights/bod_{form}_minmax1_100_lpSolve.csv")
    m = len(data.leaves)
    bounds = {"minimum_share": 0.5 / m, "maximum_share": 2 / m} if form == "shares" else {}
    y = x.at(x.rows, data.leaves)
    found = (WEIGHT["benefit_of_the_doubt"].kernel(y, **bounds) * y).sum(axis=1)
    np.testing.assert_allclose(found, expected.at(x.rows, ["bod_score"])[:, 0], rtol=1e-9)


@pytest.mark.parametrize("data", SETS, ids=lambda d: d.name)
def test_pca_loadings_of_coinr(data: PeerSet) -> None:
    """COINr's weights are the signed loadings of the first component of each node's children; the sign as a whole is arbitrary."""
    scores = read(data.folder / "06_aggregate/a_amean_minmax0_100.csv")
    structure, compared = data.run().run.structure, 0
    for path in sorted(data.folder.glob("09_weights/pca_level*_by_group_weights.csv")):
        level = path.name[9]
        given = {row["iCode"]: float(row["Weight"]) for row in records(path) if row["Level"] == level}
        for branch in structure.branches:
            names = [structure.nodes[i] for i in branch.children]
            if not set(names) <= set(given) or len(names) < 2:
                continue
            expected = np.array([given[name] for name in names])
            x = scores.at(scores.rows, names)
            found = WEIGHT["pca"].kernel(x, form="loadings")
            if abs(expected.sum()) > 1e-9:  # two opposed children: no shares to compare, the squares still are
                assert agrees(found, expected / expected.sum(), 1e-8).all(), (path.name, names)
            assert agrees(WEIGHT["pca"].kernel(x), expected**2 / (expected**2).sum(), 1e-8).all()
            compared += len(names)
    assert compared >= len(data.leaves)


def test_the_sets_are_whole() -> None:
    assert minmax1(S1).cells.shape == (24, 8)
    assert len(ASEM.leaves) == 49
