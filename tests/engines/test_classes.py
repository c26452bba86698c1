"""Evidence behind values, against the records that each measure shows one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from kcz_metrics.engines import duckdb
from kcz_metrics.engines.classes import evidence_shares
from kcz_metrics.engines.records import measure_records
from kcz_metrics.facts import FACTS
from kcz_metrics.language.formula import parse


def measures(scheme: Any, indicator: str) -> list[str]:
    return list(dict.fromkeys(name for name, back in parse(scheme.indicators[indicator].formula).uses if not back))


@pytest.mark.long
@pytest.mark.parametrize("index_id", ["city_assessment", "team_score", "board_docking"])
def test_shares_are_those_of_the_records_that_count(sample_store: Any, shipped_scheme: Any, index_id: str) -> None:
    snapshot = sample_store.snapshot()
    found = evidence_shares(snapshot, shipped_scheme, index_id, "2022")
    totals = found.group_by("unit", "indicator").agg(pl.col("share").sum())["share"]
    assert totals.to_list() == pytest.approx([1.0] * len(totals))
    simple = [
        name
        for name in found["indicator"].unique(maintain_order=True)
        if all(shipped_scheme.measures[m].agg in ("count", "sum") for m in measures(shipped_scheme, name))
    ]
    assert len(simple) > 1
    for indicator in simple[:6]:
        own = found.filter(pl.col("indicator") == indicator)
        unit = own["unit"][len(own) // 2]
        expected: dict[str, float] = {}
        for name in measures(shipped_scheme, indicator):
            fact = FACTS[shipped_scheme.measures[name].fact]
            rows = measure_records(snapshot, shipped_scheme, name, unit, "2022", kind=shipped_scheme.indices[index_id].unit)
            record = snapshot.read(fact.record)
            if "evidence_class" not in record.columns or tuple(snapshot.tables[fact.record].key) != fact.key:
                continue
            known = record.select(*fact.key, pl.col("evidence_class").alias("_class"))
            counted = rows.filter("_counted").join(known, on=list(fact.key))
            by_class = counted.group_by("_class").agg(pl.col("_contribution").abs().sum().alias("w")).filter(pl.col("w") > 0)
            for name_of_class, w in by_class.iter_rows():
                expected[name_of_class] = expected.get(name_of_class, 0.0) + w / by_class["w"].sum()
        shares = {name_of_class: w / sum(expected.values()) for name_of_class, w in expected.items()}
        assert dict(own.filter(pl.col("unit") == unit).select("evidence_class", "share").iter_rows()) == pytest.approx(shares)


@pytest.mark.long
def test_with_unverified_records_counts_are_those_handed_in(sample_store: Any, shipped_scheme: Any) -> None:
    snapshot = sample_store.snapshot()
    plain, more = (duckdb.values(s, shipped_scheme, "city_assessment", ["2022"]) for s in (snapshot, replace(snapshot, unverified=True)))
    joined = plain.measures.join(more.measures, on=["unit", "period", "measure"], suffix="_more")
    joined = joined.filter(pl.col("measure") == "needs_due_60d")
    need = snapshot.read("need")
    pending = need.filter((pl.col("status") == "submitted") & pl.col("duplicate_of").is_null())
    assert (joined["value_more"] >= joined["value"]).all()
    assert 0 < joined["value_more"].sum() - joined["value"].sum() <= pending.height
