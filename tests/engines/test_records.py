"""The records behind a measure rebuild it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from small_records import at, scheme, snapshot

from kcz_metrics.compiling.plan import plan
from kcz_metrics.engines.duckdb import measure_records, values
from kcz_metrics.errors import CompileError
from kcz_metrics.language.filters import polars as filtered
from kcz_metrics.scheme.models import Measure, Scheme
from kcz_metrics.store import Store

#: Each index with where in the row of its units, from the idlest to the busiest, the one to look at stands.
INDICES = {
    "city_assessment": 0.5,
    "team_score": 0.8,
    "board_resource": 1.0,
    "board_docking": 0.5,
    "board_transfer": 0.9,
    "board_drive": 1.0,
}


def rebuilt(measure: Measure, counted: pl.DataFrame) -> float | None:
    """The measure from its counted rows, by polars."""
    of = measure.of
    match measure.agg:
        case "count":
            return float(counted.height)
        case "sum" | "mean" | "distinct" | "latest":
            nothing = None if measure.agg in ("mean", "latest") else 0.0
            return float(counted["_contribution"].sum()) if counted.height else nothing
        case "median":
            found = counted[of].median()
        case "min":
            found = counted[of].min()
        case "max":
            found = counted[of].max()
        case "quantile":
            found = counted[of].quantile(measure.q or 0, "linear")
        case _:
            shares = counted[of].value_counts()["count"] / max(counted.height, 1)
            found = float((-(shares * shares.log()).sum()).__abs__()) if counted.height else None
            return None if found is None else 2.718281828459045**found
    return None if found is None else float(found)  # type: ignore[arg-type]


@pytest.mark.parametrize("index", [pytest.param(index, marks=[] if index == "board_resource" else pytest.mark.long) for index in INDICES])
def test_records_rebuild_every_measure_of_the_sample(index: str, sample_store: Store, shipped_scheme: Scheme) -> None:
    stored = sample_store.snapshot()
    result = values(stored, shipped_scheme, index, ["2022"])
    busiest = result.measures.group_by("unit").agg(pl.col("n").gt(0).sum()).sort("n", "unit")["unit"]
    unit = busiest[int(INDICES[index] * (len(busiest) - 1))]
    given = dict(result.measures.filter(unit=unit).select("measure", "value").iter_rows())
    records = dict(result.measures.filter(unit=unit).select("measure", "n").iter_rows())
    for ready in plan(shipped_scheme, index, ["2022"]).measures:
        rows = measure_records(stored, shipped_scheme, ready.id, unit, "2022", kind=shipped_scheme.indices[index].unit)
        counted = rows.filter("_counted")
        assert rebuilt(ready.measure, counted) == (None if given[ready.id] is None else pytest.approx(given[ready.id], rel=1e-9)), ready.id
        assert counted.height == records[ready.id], ready.id
        assert counted.filter(filtered(ready.measure.where)).height == counted.height
        assert rows.filter(~pl.col("_counted"))["_reason"].null_count() == 0


def test_reasons_tell_why_a_row_does_not_count(tmp_path: Path) -> None:
    needs: list[dict[str, Any]] = [
        {"need_id": "N1", "difficulty": 3},
        {"need_id": "N2", "difficulty": 1},
        {"need_id": "N3", "difficulty": 3, "status": "submitted"},
        {"need_id": "N4", "difficulty": 3, "duplicate_of": "N1", "status": "submitted"},
        {"need_id": "N5", "difficulty": 3, "posted_at": at("2023-01-01")},
        {"need_id": "N6", "difficulty": 3, "city_id": "PC2"},
        {"need_id": "N7", "difficulty": 3, "first_response_at": at("2022-05-04"), "outcome": "rejected"},
    ]
    records = {"need": [{"city_id": "PC1", "posted_at": at("2022-05-01")} | need for need in needs], "pilot_city": [{"city_id": "PC1"}]}
    measure = {"fact": "needs", "agg": "mean", "of": "first_reply_days", "where": {"difficulty": {"at_least": 2}}}
    rows = measure_records(snapshot(tmp_path, records), scheme({"m": measure}, {"A": "m"}), "m", "PC1", "2022").sort("need_id")
    assert rows.select("need_id", "_counted", "_reason", "_contribution").rows() == [
        ("N1", False, "null", None),
        ("N2", False, "filter", None),
        ("N3", False, "unverified", None),
        ("N4", False, "duplicate", None),
        ("N7", True, None, 3.0),
    ]
    assert rows.columns[0] == "need_id"


def test_a_value_with_too_few_records_does_not_count(tmp_path: Path) -> None:
    records = {
        "org": [{"org_id": "S"}],
        "need": [{"need_id": f"N{i}", "city_id": city} for i, city in enumerate(("PC1", "PC1", "PC2"))],
        "docking": [
            {"docking_id": f"D{i}", "need_id": f"N{i}", "provider_org_id": "S", "stage": 2, "stage2_at": at("2022-05-01")} for i in range(3)
        ],
    }
    measure = {"fact": "dockings", "agg": "distinct", "of": "city_id", "at_least": 2}
    given = scheme({"m": measure}, {"A": "m"}, unit="organisation")
    rows = measure_records(snapshot(tmp_path, records), given, "m", "S", "2022").sort("docking_id")
    assert rows.select("_reason", "_contribution").rows() == [(None, 0.5), (None, 0.5), ("few", None)]


def test_only_the_latest_counts(tmp_path: Path) -> None:
    needs = [
        {"need_id": f"N{i}", "city_id": "PC1", "difficulty": i, "posted_at": at(f"2022-05-0{day}")}
        for i, day in ((1, 1), (2, 3), (3, 3), (4, 2))
    ]
    given = scheme({"m": {"fact": "needs", "agg": "latest", "of": "difficulty"}}, {"A": "m"})
    stored = snapshot(tmp_path, {"need": needs, "pilot_city": [{"city_id": "PC1"}]})
    rows = measure_records(stored, given, "m", "PC1", "2022").filter("_counted")
    assert rows["need_id"].to_list() == ["N3"]
    assert values(stored, given, "i", ["2022"]).frame["value"].to_list() == [3]


def test_an_unknown_measure_or_unit_is_refused(tmp_path: Path) -> None:
    given = scheme({"m": {"fact": "needs", "agg": "count"}}, {"A": "m"})
    stored = snapshot(tmp_path, {"pilot_city": [{"city_id": "PC1"}]})
    with pytest.raises(CompileError, match="did you mean m"):
        measure_records(stored, given, "mm", "PC1", "2022")
    with pytest.raises(CompileError, match="PC9"):
        measure_records(stored, given, "m", "PC9", "2022")
