"""Rank intervals and consistency against COINr's: its ASEM runs are few, so its ranks are held against the spread of ours."""

from __future__ import annotations

import numpy as np
import pytest
from peer_sets import ASEM, PERIOD, S1, SCALES, number, read, records

from kcz_metrics.analysis.association import correlation, cronbach
from kcz_metrics.analysis.robustness import Doubts, robustness
from kcz_metrics.scheme.models import Method
from kcz_metrics.scoring import score
from kcz_metrics.scoring.draws import Moves
from kcz_metrics.scoring.variants import Variants

DRAWS = 2000
TREATMENTS = tuple(Method(method="winsorise", parameters={"max_points": n, "otherwise": "log_ct"}) for n in range(1, 6))
NORMALISATIONS = (Method(method="minmax"), Method(method="zscore", parameters={"mean": 20, "sd": 2}))


@pytest.mark.long
def test_intervals_on_asem_are_coinrs_within_monte_carlo_error() -> None:
    index = ASEM.index(scale=SCALES["1_100"])
    card = score(ASEM.values(), index, PERIOD, ASEM.scheme(index))
    methods = {row["aggregation"] for row in records(ASEM.folder / "11_sensitivity/UA_parameters.csv")}
    names = {"a_amean": "arithmetic", "a_gmean": "geometric", "a_hmean": "harmonic"}
    aggregations = tuple(Method(method=names[name]) for name in sorted(methods))
    variants = Variants(DRAWS, 7, Moves(0.25), TREATMENTS, NORMALISATIONS, aggregations)
    found = robustness(card, Doubts(variants))
    table = read(ASEM.folder / "11_sensitivity/UA_ranks.csv")
    theirs = table.at(table.rows, [name for name in table.columns if name != "Nominal"])
    ours = found.ranks[:, [ASEM.units.index(unit) for unit in table.rows]]
    n = theirs.shape[1]
    # Kolmogorov and Smirnov: the widest gap between the two distributions, at one in a thousand over all units together
    limit = np.sqrt(-np.log(1e-3 / len(table.rows) / 2) / 2 * (1 / n + 1 / DRAWS))
    for unit, there in enumerate(theirs):
        at = np.arange(1, 52)
        gap = np.abs((there[:, None] <= at).mean(axis=0) - (ours[:, [unit]] <= at).mean(axis=0)).max()
        assert gap < limit, table.rows[unit]
    errors = ours.std(axis=0, ddof=1) * np.sqrt(1 / n + 1 / DRAWS)
    assert (np.abs(theirs.mean(axis=1) - ours.mean(axis=0)) <= 4 * errors + 1e-9).all()


def test_cronbachs_alpha_and_correlations_are_coinrs() -> None:

    card = S1.run()
    run = card.run
    normalised = np.where(run.passed[:, None], run.stage("normalised"), np.nan)
    ids = list(run.structure.indicator_ids)
    assert run.scores is not None
    for row in records(S1.folder / "10_corr/cronbach_alpha.csv"):
        node = run.structure.position(row["group"])
        children = next(branch.children for branch in run.structure.branches if branch.node == node)
        items = run.scores[:, children] if row["items_level"] == "2" else normalised[:, np.flatnonzero(run.structure.below[node])]
        assert cronbach(items) == pytest.approx(number(row["alpha_normalised"]), rel=1e-9), row["group"]
    r = correlation(run.scores)
    for row in records(S1.folder / "10_corr/corr_L2_L1_pearson.csv"):
        i, j = run.structure.position(row["Var1"]), run.structure.leaves[ids.index(row["Var2"])]
        assert r[i, j] == pytest.approx(number(row["Correlation"]), rel=1e-9)
