"""Bonus, deduction and veto on measures that no indicator of the index reads, from the records of the sample."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from kcz_metrics.engines import duckdb
from kcz_metrics.scheme.models import Measure
from kcz_metrics.scheme.policies import Adjustment
from kcz_metrics.scoring import Scorecard, evaluate

OWN = {
    "replies_counted": Measure(fact="feedback", agg="count"),
    "dockings_lost": Measure(fact="dockings", agg="count", time="started_at", where={"failed": True}),
}
RULES = (
    Adjustment(id="heard", kind="bonus", formula="0.1 * replies_counted", cap=2),
    Adjustment(id="lost", kind="deduction", formula="dockings_lost / 2", cap=3),
    Adjustment(id="barred", kind="veto", when={"measure": "dockings_lost", "at_least": 12}),
)


@pytest.fixture(scope="module")
def cards(sample_store: Any, shipped_scheme: Any) -> tuple[Scorecard, Scorecard, dict[str, np.ndarray]]:
    index = shipped_scheme.indices["city_assessment"].model_copy(update={"adjust": RULES})
    scheme = shipped_scheme.model_copy(
        update={"measures": {**shipped_scheme.measures, **OWN}, "indices": {**shipped_scheme.indices, "city_assessment": index}}
    )
    snapshot = sample_store.snapshot()
    plain = evaluate(shipped_scheme, "city_assessment", "2022", snapshot)
    adjusted = evaluate(scheme, "city_assessment", "2022", snapshot)
    rows = duckdb.values(snapshot, scheme, "city_assessment", ["2022"]).measures.filter(pl.col("period") == "2022")
    units = plain.units.select("unit")
    found = {
        name: units.join(rows.filter(pl.col("measure") == name), on="unit", how="left", maintain_order="left")["value"]
        .to_numpy()
        .astype(float)
        for name in OWN
    }
    return plain, adjusted, found


def top(card: Scorecard, column: str) -> np.ndarray:
    return card.scores.filter(pl.col("node") == "city_assessment")[column].cast(pl.Float64).to_numpy().astype(float)


def test_points_come_from_the_records(cards: tuple[Scorecard, Scorecard, dict[str, np.ndarray]]) -> None:
    plain, adjusted, found = cards
    assert found["replies_counted"].max() > 0
    assert found["dockings_lost"].max() > 0
    points = np.minimum(0.1 * found["replies_counted"], 2) - np.minimum(found["dockings_lost"] / 2, 3)
    np.testing.assert_allclose(top(adjusted, "score"), top(plain, "score") + points, rtol=1e-12)


def test_a_veto_bars_those_whose_records_say_so(cards: tuple[Scorecard, Scorecard, dict[str, np.ndarray]]) -> None:
    plain, adjusted, found = cards
    barred = (found["dockings_lost"] >= 12) & ~np.isnan(top(plain, "rank"))
    assert 0 < barred.sum() < len(barred)
    np.testing.assert_array_equal(np.isnan(top(adjusted, "rank")), np.isnan(top(plain, "rank")) | barred)
