"""How a difference is written in the dialog of a number: both sides and what is left in the same decimals, adding up as they stand."""

from __future__ import annotations

import pytest

from kcz_metrics.ui.opened import _difference, plain


@pytest.mark.parametrize(
    "now, before, made, said",
    [
        (81.0, 80.72, 0.28, "81.00 − 80.72 = 0.28"),
        (2412.3, 2400.0, 12.300000000000182, "2,412.30 − 2,400.00 = 12.30"),
        (81.72, 80.72, 1.0, "81.72 − 80.72 = 1.00"),
        (1234.0, 34.0, 1200.0, "1,234 − 34 = 1,200"),
        (66.7481, 65.5429, 1.2052, "66.75 − 65.54 = 1.21"),
        (66.7449, 65.5351, 1.2098, "66.745 − 65.535 = 1.210"),
        (0.00004, 0.00001, 0.00003, "0.00 − 0.00 = 0.00"),
        (None, 1.5, None, "— − 1.50 = —"),
    ],
)
def test_a_difference_adds_up_as_it_is_written(now: float | None, before: float, made: float | None, said: str) -> None:
    assert _difference(now, before, made, 2) == said


@pytest.mark.parametrize(
    "made, said", [(81.0, "81"), (80.72, "80.72"), (80.7213, "80.7213"), (80.5, "80.50"), (12345.0, "12,345"), (None, "—")]
)
def test_a_number_of_a_sum_has_no_more_decimals_than_say_it(made: float | None, said: str) -> None:
    assert plain(made) == said
