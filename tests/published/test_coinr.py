"""COINr 1.1.14 on its ASEM index and on two invented data sets: every stage and every alternative the engine has, to 1e-9 relative."""

from __future__ import annotations

import pytest
from coinr_cases import Case, cases


@pytest.mark.parametrize("case", cases(), ids=str)
def test_agrees_with_coinr(case: Case) -> None:
    compared, equal = case.compare()
    assert compared > 0
    assert compared - equal == case.differing
