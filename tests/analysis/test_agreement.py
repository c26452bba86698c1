import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kcz_metrics.analysis.agreement import kendall, spearman

RANKS = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=2, max_size=12)


@pytest.mark.parametrize(
    "a, b, tau, rho",
    [
        # 6 pairs, one of them turned: (5 − 1)/6; Σd² = 2, 1 − 6·2/(4·15)
        ([1, 2, 3, 4], [1, 2, 4, 3], 4 / 6, 0.8),
        ([1, 2, 3], [3, 2, 1], -1.0, -1.0),
        ([1, 2, 3], [1, 2, 3], 1.0, 1.0),
        # one tie on the right: 3 pairs, two agree, one is tied there: 2/√(3·2)
        ([1, 2, 3], [1, 2, 2], 2 / math.sqrt(6), math.sqrt(3) / 2),
        ([1, None, 3, 2], [1, 2, 3, None], 1.0, 1.0),
        ([1], [1], None, None),
        ([1, 1], [1, 2], None, None),
    ],
)
def test_hand_counted(a, b, tau, rho):
    left, right = (np.array(x, dtype=float) for x in (a, b))
    assert kendall(left, right) == (None if tau is None else pytest.approx(tau))
    assert spearman(left, right) == (None if rho is None else pytest.approx(rho))


@given(RANKS)
def test_agrees_with_scipy(pairs):
    a, b = (np.array(x, float) for x in zip(*pairs, strict=True))
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        assert kendall(a, b) is None
        assert spearman(a, b) is None
    else:
        assert kendall(a, b) == pytest.approx(stats.kendalltau(a, b).statistic, abs=1e-12)
        assert spearman(a, b) == pytest.approx(stats.spearmanr(a, b).statistic, abs=1e-9)
