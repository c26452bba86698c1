"""The same records give the same digits every time, on any number of threads."""

from __future__ import annotations

import pytest
from polars.testing import assert_frame_equal

from kcz_metrics.engines import duckdb
from kcz_metrics.scheme import Scheme
from kcz_metrics.store import Store


@pytest.mark.parametrize(
    "index",
    ["board_transfer", pytest.param("city_assessment", marks=pytest.mark.long), pytest.param("team_score", marks=pytest.mark.long)],
)
def test_values_are_the_same_to_the_last_digit(index: str, sample_store: Store, shipped_scheme: Scheme) -> None:
    snapshot = sample_store.snapshot()
    first, *others = (duckdb.values(snapshot, shipped_scheme, index, ["2022"]) for _ in range(4))
    for other in others:
        assert_frame_equal(other.frame, first.frame, check_exact=True)
        assert_frame_equal(other.measures, first.measures, check_exact=True)
