"""A line of the passport that is made of several records lists them, each with its file, row, snapshot and who verified it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from drawn import ROOT, opened, said

from kcz_metrics.store import Store


@pytest.mark.parametrize(
    "index, unit, indicator, measure, table",
    [
        pytest.param("team_score", "ST0001", "TK04", "years_running", "service_day", marks=pytest.mark.long),
        ("city_assessment", "PC017", "CR02", "cities_reached", "contract"),
    ],
)
def test_the_records_behind_a_line_are_listed(
    index: str, unit: str, indicator: str, measure: str, table: str, sample_home: Path, sample_store: Store, monkeypatch: Any
) -> None:
    from kcz_metrics.engines import duckdb
    from kcz_metrics.facts import FACTS
    from kcz_metrics.scheme import load_scheme

    scheme = load_scheme(ROOT / "indicators.yaml")
    fact = FACTS[scheme.measures[measure].fact]
    lines = duckdb.measure_records(sample_store.snapshot(), scheme, measure, unit, "2022", kind=scheme.indices[index].unit)
    line = lines.filter(pl.col("_counted") & (pl.col("kind") == table if "kind" in lines.columns else pl.lit(True))).row(0, named=True)
    record = "|".join(str(line[name]) for name in fact.key)
    at = opened(
        "passport", sample_home, monkeypatch, lang="zh", index=index, unit=unit, indicator=indicator, measure=measure, record=record
    )
    assert not at.exception
    shown, listed = (pl.DataFrame(one.value) for one in at.main.dataframe)
    assert shown["_made_of"].null_count() == 0
    assert shown["_source"].null_count() == 0
    assert listed.height == line.get("service_days", 1)
    assert set(listed["_source"]) == {f"sample/{table}.parquet"}
    assert listed.select("_at_row", "_version", "_verified_by", "_status").null_count().row(0) == (0, 0, 0, 0)
    rows = sample_store.snapshot().read(table, lineage=True)
    key = list(sample_store.contract(table).key)
    stored = listed.join(rows.select(*key, "_row"), on=key) if table == "contract" else listed
    assert stored.height == listed.height
    if table == "contract":
        assert stored["_row"].to_list() == stored["_at_row"].to_list()
    assert "合成这一行的" in said(at)
    # The basis names how many are verified and from which files, as for facts of one record a line.
    assert f"sample/{table}.parquet" in said(at)
