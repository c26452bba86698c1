"""Published indices recomputed from the schemes and data we ship."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kcz_metrics.scheme import Scheme, load_scheme
from kcz_metrics.scoring import Scorecard, evaluate

PUBLISHED = Path(__file__).parents[2] / "data" / "published"
HDI, TAI = PUBLISHED / "hdi_2021", PUBLISHED / "tai_2001"


def beside(card: Scorecard, folder: Path) -> pl.DataFrame:
    rows = card.scores.filter(pl.col("node") == card.index.id)
    return rows.join(pl.read_csv(folder / "published.csv"), on="unit", how="full", coalesce=True)


@pytest.fixture(scope="module")
def tai() -> Scheme:
    return load_scheme(TAI / "indicators.yaml")


def test_hdi_2021_value_and_rank_of_all_191_countries() -> None:
    rows = beside(evaluate(load_scheme(HDI / "indicators.yaml"), "hdi", "2021", HDI / "values.csv"), HDI)
    assert rows.height == 191
    assert (rows["published"] == rows["hdi_2021"]).sum() == 191
    assert (rows["rank"] == rows["hdi_rank_2021"]).sum() == 191


@pytest.mark.parametrize(
    "index, weights, ranks", [("tai", None, "rank_equal"), ("tai", "bap", "rank_bap"), ("tai_geometric", None, "rank_geometric")]
)
def test_tai_ranks_of_all_23_countries(tai: Scheme, index: str, weights: str | None, ranks: str) -> None:
    rows = beside(evaluate(tai, index, "2001", TAI / "values.csv", weights=weights), TAI)
    assert rows.height == 23
    assert (rows["rank"] == rows[ranks]).sum() == 23


def test_tai_values_within_the_two_decimals_of_the_logarithms(tai: Scheme) -> None:
    rows = beside(evaluate(tai, "tai", "2001", TAI / "values.csv"), TAI)
    near = (rows["score"] - rows["tai_2001"]).abs() < 0.0015
    assert rows.filter(~near)["unit"].to_list() == ["SGP"]


def test_singapore_comes_out_when_missing_royalties_count_as_nothing(tai: Scheme, tmp_path: Path) -> None:
    data = pl.read_csv(TAI / "values.csv", schema_overrides={"period": pl.String})
    path = tmp_path / "values.csv"
    data.with_columns(pl.when(pl.col("unit") == "SGP").then(0.0).otherwise(pl.col("royalties")).alias("royalties")).write_csv(path)
    score = evaluate(tai, "tai", "2001", path).scores.filter((pl.col("node") == "tai") & (pl.col("unit") == "SGP"))["score"][0]
    assert score == pytest.approx(0.585569, abs=5e-7)
    assert score == pytest.approx(0.585, abs=1e-3)


def test_tai_benefit_of_the_doubt_scores() -> None:
    """The Handbook's table: shares unbounded but for a floor it does not print; the leaders are the same four."""
    from kcz_metrics.methods import WEIGHT

    scheme = load_scheme(TAI / "indicators.yaml")
    card = evaluate(scheme, "tai", "2001", TAI / "values.csv")
    x = card.run.stage("normalised")
    scores = (WEIGHT["benefit_of_the_doubt"].kernel(x) * x).sum(axis=1)
    leaders = {card.units["unit"][int(i)] for i in np.flatnonzero(scores > 1 - 1e-9)}
    assert {"FIN", "USA", "SWE"} <= leaders
