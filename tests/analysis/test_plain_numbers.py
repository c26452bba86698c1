"""Dust goes where the plainer number does as well, and stays where it does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kcz_metrics.analysis.plain_numbers import NEAR, plain


@pytest.mark.parametrize(
    "value, does, up, shown",
    [
        (1.000000000007, lambda x: x >= 1.0, True, 1.0),
        (1.000000000007, lambda x: x > 1.0, True, 1.00000001),  # 1 will not do: the next one beyond
        (0.299999999993, lambda x: x <= 0.3, False, 0.3),
        (-2.000000000001, lambda x: x <= -2, False, -2.0),
        (14.0, lambda x: x >= 14, True, 14.0),
        (0.123456789012, lambda x: x >= 0.123456789, True, 0.12345679),
        (1.0000003, lambda x: x >= 1.0000003, True, 1.0000003),  # that is no dust
        (1.000000000007, lambda x: False, True, 1.000000000007),
        (0.0, lambda x: True, True, 0.0),
        (float("inf"), lambda x: True, True, float("inf")),
    ],
)
def test_the_plainest_number_that_does(value: float, does: Callable[[float], bool], up: bool, shown: float) -> None:
    found = plain(value, does, up=up)
    assert found == shown
    assert found == value or (does(found) and abs(found - value) <= 2 * NEAR * abs(value))
