"""Tails and discoveries against counting by hand."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from kcz_metrics.quality.chance import discoveries, upper_tail


@pytest.mark.parametrize("k, n, p", [(0, 10, 0.3), (1, 10, 0.3), (7, 10, 0.3), (10, 10, 0.3), (3, 40, 0.02), (4, 4, 0.0), (2, 5, 1.0)])
def test_the_tail_is_the_sum_of_its_terms(k: int, n: int, p: float) -> None:
    wanted = sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))
    assert upper_tail(np.array([k]), np.array([n]), np.array([p]))[0] == pytest.approx(wanted, abs=1e-12)


def test_benjamini_hochberg_steps_up() -> None:
    """Of 5 at rate 0.05 the bounds are 0.01 to 0.05: the third smallest is within its own, so the first three are called."""
    assert discoveries(np.array([0.9, 0.029, 0.025, 0.005, 0.2]), 0.05).tolist() == [False, True, True, True, False]
    assert discoveries(np.array([]), 0.05).tolist() == []
