from __future__ import annotations

import pytest

from kcz_metrics.errors import ScoringError
from kcz_metrics.scheme import Scheme
from kcz_metrics.scoring import evaluate
from kcz_metrics.store import Store


def test_a_period_of_another_grain_is_refused(sample_store: Store, shipped_scheme: Scheme) -> None:
    with pytest.raises(ScoringError, match=r"2022Q3") as caught:
        evaluate(shipped_scheme, "city_assessment", "2022Q3", sample_store.snapshot())
    assert "a year, such as 2022" in caught.value.render("en")
