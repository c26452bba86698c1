"""Evidence behind values, against the records that each measure shows one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from kcz_metrics.engines import duckdb
from kcz_metrics.engines.classes import evidence_shares
from kcz_metrics.engines.line_classes import AMOUNT, UNIT, made_of, shares
from kcz_metrics.engines.records import measure_records
from kcz_metrics.facts import FACTS
from kcz_metrics.language.formula import parse
from kcz_metrics.tables import TABLES


def measures(scheme: Any, indicator: str) -> list[str]:
    return list(dict.fromkeys(name for name, back in parse(scheme.indicators[indicator].formula).uses if not back))


def _plain(snapshot: Any, scheme: Any, measure: str) -> bool:
    """Whether rows of its fact are records, or stand on none that has a class."""
    fact = FACTS[scheme.measures[measure].fact]
    return tuple(snapshot.tables[fact.record].key) == fact.key or not made_of(snapshot, fact)


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
        if all(
            shipped_scheme.measures[m].agg in ("count", "sum") and _plain(snapshot, shipped_scheme, m)
            for m in measures(shipped_scheme, name)
        )
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


def test_rows_made_of_several_records_have_the_classes_of_those() -> None:
    """A firm that a body served three times, once on A and twice on C, is a third A and two thirds C; another, served once, all B."""
    fact = FACTS["served_firms"]
    days = [date(2020, 1, 1), date(2020, 2, 1), date(2020, 3, 1), date(2020, 4, 1)]
    dockings = pl.DataFrame({
        "docking_id": ["D1", "D2", "D3", "D4", "D5"], "need_id": ["N1", "N1", "N1", "N2", "N2"], "provider_org_id": ["O1"] * 4 + ["O2"],
        "evidence_class": ["A", "C", "C", "B", "A"], "stage": [2, 3, 6, 4, 1], "stage2_at": [*days, None],
    }).with_columns(status=pl.lit("verified"), duplicate_of=pl.lit(None, pl.String))  # fmt: skip
    needs = pl.DataFrame({"need_id": ["N1", "N2"], "enterprise_id": ["E1", "E2"]})
    lines = pl.DataFrame({
        UNIT: ["O1", "O1"], AMOUNT: [1.0, 1.0], "org_id": ["O1", "O1"], "enterprise_id": ["E1", "E2"],
        "first_served_at": [days[0], days[3]], "matured_24m_at": [None, None], "titled": [False, True],
    })  # fmt: skip
    held = SimpleNamespace(tables=TABLES, read={"docking": dockings, "need": needs}.__getitem__)
    found = shares(held, fact, lines)  # type: ignore[arg-type]
    assert dict(found.select("evidence_class", "share").iter_rows()) == pytest.approx({"A": 1 / 6, "B": 1 / 2, "C": 1 / 3})
    weighed = shares(held, fact, lines.with_columns(pl.Series(AMOUNT, [3.0, 1.0])))  # type: ignore[arg-type]
    assert dict(weighed.select("evidence_class", "share").iter_rows()) == pytest.approx({"A": 1 / 4, "B": 1 / 4, "C": 1 / 2})
    assert shares(held, fact, lines.head(0)).is_empty()  # type: ignore[arg-type]


@pytest.mark.long
def test_what_has_no_share_rests_on_registers_that_have_no_class(sample_store: Any, shipped_scheme: Any) -> None:
    snapshot = sample_store.snapshot()
    for index_id, index in shipped_scheme.indices.items():
        found = evidence_shares(snapshot, shipped_scheme, index_id, "2022")
        totals = found.group_by("unit", "indicator").agg(pl.col("share").sum())["share"]
        assert totals.to_list() == pytest.approx([1.0] * len(totals))
        for leaf in set(index.leaves) - set(found["indicator"]):
            facts = [FACTS[shipped_scheme.measures[m].fact] for m in measures(shipped_scheme, leaf)]
            assert not any("evidence_class" in snapshot.tables[fact.record].columns for fact in facts), leaf


@pytest.mark.long
def test_years_running_stand_on_the_days_of_service(sample_store: Any, shipped_scheme: Any) -> None:
    """Counted a second way: of a team's years that count, the classes of its valid days in these cities and years, a year as a whole."""
    snapshot = sample_store.snapshot()
    found = evidence_shares(snapshot, shipped_scheme, "team_score", "2022").filter(pl.col("indicator") == "TK04")
    lines = pl.concat(
        measure_records(snapshot, shipped_scheme, m, unit, "2022", kind="team").filter("_counted").with_columns(unit=pl.lit(unit))
        for m in measures(shipped_scheme, "TK04")
        for unit in found["unit"].unique(maintain_order=True).head(3)
    )
    days = snapshot.read("service_day").filter(pl.col("status") == "verified", pl.col("duplicate_of").is_null())
    for unit, own in lines.group_by("unit"):
        parts: dict[str, float] = {}
        for line in own.iter_rows(named=True):
            here = days.filter(
                pl.col("team_id") == line["team_id"], pl.col("city_id") == line["city_id"], pl.col("date").dt.year() == line["year"]
            )
            weight = line["years_running"] if shipped_scheme.measures[measures(shipped_scheme, "TK04")[0]].agg == "sum" else 1
            for name, n in here.group_by("evidence_class").len().iter_rows():
                parts[name] = parts.get(name, 0.0) + weight * n / here.height
        expected = {name: part / sum(parts.values()) for name, part in parts.items()}
        given = dict(found.filter(pl.col("unit") == unit[0]).select("evidence_class", "share").iter_rows())
        assert given == pytest.approx(expected)
