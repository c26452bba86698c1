"""An open station is one row on any day, so that counting rows at a period's end counts stations."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from kcz_metrics.engines.connection import frame, opened
from kcz_metrics.facts import FACTS
from kcz_metrics.store import Store


@pytest.mark.parametrize("day", [dt.date(2021, 1, 1), dt.date(2021, 12, 31), dt.date(2022, 6, 15), dt.date(2030, 1, 1)])
def test_an_open_station_is_one_row(day: dt.date, sample_store: Store) -> None:
    snapshot = sample_store.snapshot()
    fact = FACTS["stations"]
    with opened(snapshot, fact.tables) as connection:
        rows = frame(connection, fact.query({}))
    open_rows = rows.filter((pl.col("valid_from") <= day) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > day)))
    stations = snapshot.read("station")
    expected = stations.filter((pl.col("opened_at") <= day) & (pl.col("closed_at").is_null() | (pl.col("closed_at") > day)))
    assert sorted(open_rows["station_id"]) == sorted(expected["station_id"])
