"""Ranks of the shipped sample: most of a rank lasts into the next year, some of it moves, and it tells the able from the others."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from kcz_metrics.scheme.models import Scheme
from kcz_metrics.scoring import evaluate
from kcz_metrics.store import Store

TRUTH = Path(__file__).with_name("sample_truth.json.gz")
#: index, kind of unit, the ability it is about (None: the mean of all), how far years and abilities must agree at least
INDICES = [
    ("city_assessment", "city", None, 0.75, 0.7),
    ("team_score", "team", None, 0.75, 0.7),
    ("board_resource", "organisation", "resource", 0.6, 0.6),
    ("board_docking", "organisation", "docking", 0.6, 0.35),
    ("board_transfer", "organisation", "transfer", 0.6, 0.3),
    ("board_drive", "organisation", "drive", 0.6, 0.55),
]


@pytest.fixture(scope="module")
def abilities() -> dict[str, dict[str, dict[str, list[float]]]]:
    found: dict[str, Any] = json.loads(gzip.decompress(TRUTH.read_bytes()))["abilities"]
    return found


def agreement(frame: pl.DataFrame, a: str, b: str) -> float:
    """Spearman's correlation of places within the group."""
    place = [(pl.col(name).rank().over("group") / pl.len().over("group")).alias(name) for name in (a, b)]
    placed = frame.with_columns(place)
    return float(spearmanr(placed[a], placed[b]).statistic)


@pytest.mark.parametrize(
    "index, kind, ability, lasting, able",
    [pytest.param(*case, marks=[] if case[0] == "board_resource" else pytest.mark.long, id=case[0]) for case in INDICES],
)
def test_ranks_last_and_follow_abilities(
    index: str,
    kind: str,
    ability: str | None,
    lasting: float,
    able: float,
    sample_store: Store,
    shipped_scheme: Scheme,
    abilities: dict[str, dict[str, dict[str, list[float]]]],
) -> None:
    snapshot = sample_store.snapshot()
    before, now = (
        evaluate(shipped_scheme, index, period, snapshot)
        .scores.filter(pl.col("node") == index)
        .select("unit", "group", pl.col("score").alias(period))
        .drop_nulls(period)
        for period in ("2021", "2022")
    )
    assert lasting < agreement(before.join(now.drop("group"), on="unit"), "2021", "2022") < 0.95
    true = {unit: np.mean([years[2] for name, years in of.items() if ability in (None, name)]) for unit, of in abilities[kind].items()}
    known = now.with_columns(pl.col("unit").replace_strict(true, return_dtype=pl.Float64).alias("ability"))
    assert agreement(known, "2022", "ability") > able
