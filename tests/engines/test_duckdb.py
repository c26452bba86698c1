"""Values worked out from a few records, countable by eye."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from small_records import Rows, frame, on, scheme, snapshot

from kcz_metrics.engines.connection import opened
from kcz_metrics.engines.duckdb import values
from kcz_metrics.engines.values import FRAME, MEASURES, Values

CITIES = [{"city_id": f"PC{i}", "kind": "city" if i < 3 else "park"} for i in (1, 2, 3)]


def answer(city: str, score: float, day: str = "2022-06-01", **more: Any) -> dict[str, Any]:
    return {"subject_id": city, "subject_type": "city", "score": score, "occurred_on": on(day), "drawn_by_system": True} | more


def answers(*given: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"feedback_id": f"F{i}"} | row for i, row in enumerate(given)]


ANSWERS = answers(*(answer("PC1", s) for s in (10.0, 20.0, 60.0, 70.0)), answer("PC2", 0.0))
RECORDS: Mapping[str, Rows] = {"pilot_city": CITIES, "feedback": ANSWERS}


def measured(agg: str, **more: Any) -> dict[str, Any]:
    return {"m": {"fact": "feedback", "agg": agg} | ({} if agg == "count" else {"of": "score"}) | more}


def found(folder: Path, measures: Mapping[str, Any], formula: Any = "m", records: Mapping[str, Rows] = RECORDS, **index: Any) -> Values:
    return values(snapshot(folder, records), scheme(measures, {"A": formula}, **index), "i", ["2022"])


def column(result: Values, name: str = "value") -> list[Any]:
    return result.frame[name].to_list()


@pytest.mark.parametrize(
    "measures, expected",
    [
        (measured("count"), [4, 1, 0]),
        (measured("sum"), [160, 0, 0]),
        (measured("mean"), [40, 0, None]),
        (measured("median"), [40, 0, None]),
        (measured("quantile", q=0.25), [17.5, 0, None]),  # 10 + 0.75 · (20 − 10)
        (measured("min"), [10, 0, None]),
        (measured("max"), [70, 0, None]),
        (measured("distinct"), [4, 1, 0]),
        (measured("diversity"), [4, 1, None]),
        (measured("count", empty="missing"), [4, 1, None]),
        (measured("sum", empty="missing"), [160, 0, None]),
    ],
    ids=lambda v: "-".join(str(x) for x in v["m"].values()) if isinstance(v, dict) else "",
)
def test_aggregates(measures: dict[str, Any], expected: list[float | None], tmp_path: Path) -> None:
    result = found(tmp_path, measures)
    assert column(result) == [e if e is None else pytest.approx(e, abs=1e-12) for e in expected]
    assert column(result, "n") == [4, 1, 0]


def test_statuses_tell_zero_from_missing(tmp_path: Path) -> None:
    assert column(found(tmp_path / "a", measured("sum")), "status") == ["ok", "zero", "zero"]
    assert column(found(tmp_path / "b", measured("mean")), "status") == ["ok", "zero", "missing"]


def test_a_sum_of_nothing_but_nulls_is_missing(tmp_path: Path) -> None:
    records = {"pilot_city": CITIES, "need": [{"need_id": "N", "city_id": "PC1", "posted_at": on("2022-05-01")}]}
    result = found(tmp_path, {"m": {"fact": "needs", "agg": "sum", "of": "budget_cny"}}, records=records)
    assert column(result) == [None, 0, 0]


def test_latest_is_the_row_valid_at_the_end(tmp_path: Path) -> None:
    contexts = [{"city_id": "PC1", "year": year, "gdp_100m": float(year)} for year in (2021, 2022, 2023)] + [
        {"city_id": "PC2", "year": 2021}
    ]
    result = found(
        tmp_path,
        {"m": {"fact": "city_context", "agg": "latest", "of": "gdp_100m"}},
        records={"pilot_city": CITIES, "city_context": contexts},
    )
    assert column(result) == [2022, None, None]


def test_latest_of_events_takes_the_last_and_then_the_greatest_key(tmp_path: Path) -> None:
    rows = answers(answer("PC1", 1.0, "2022-06-02"), answer("PC1", 2.0, "2022-06-02"), answer("PC1", 3.0, "2022-01-01"))
    assert column(found(tmp_path, measured("latest"), records={"pilot_city": CITIES, "feedback": rows}))[0] == 2


@pytest.mark.parametrize(
    "formula, expected",
    [
        ("m / (m - m)", [None, None, None]),
        ("ln(m)", [math.log(160), None, None]),
        ("m * 1e300 * 1e300", [None, 0, 0]),
        ("sqrt(0 - m)", [None, 0, 0]),
        ("coalesce(previous(m), 7)", [7, 7, 7]),
        ("growth(m)", [None, None, None]),
    ],
)
def test_what_cannot_be_worked_out_is_missing(formula: str, expected: list[float | None], tmp_path: Path) -> None:
    records = {"pilot_city": [city | {"active_from": on("2022-03-01")} for city in CITIES], "feedback": ANSWERS}
    result = found(tmp_path, measured("sum"), formula, records)
    assert column(result) == [e if e is None else pytest.approx(e) for e in expected]


def test_infinite_records_do_not_leave_the_engine(tmp_path: Path) -> None:
    rows = answers(answer("PC1", math.inf), answer("PC2", math.nan), answer("PC3", 1e300))
    result = found(tmp_path, measured("sum"), records={"pilot_city": CITIES, "feedback": rows})
    assert column(result) == [None, None, None]
    assert result.measures["value"].to_list() == [None, None, None]


@pytest.mark.parametrize(
    "since, until, there",
    [("2022-12-31", None, True), ("2023-01-01", None, False), ("2020-01-01", "2022-01-02", True), ("2020-01-01", "2022-01-01", False)],
)
def test_a_unit_is_there_while_it_is_active(since: str, until: str | None, there: bool, tmp_path: Path) -> None:
    city = {"city_id": "PC1", "active_from": on(since), "active_to": on(until) if until else None}
    result = found(tmp_path, measured("count"), records={"pilot_city": [city], "feedback": ANSWERS})
    assert result.frame.height == result.units.height == result.measures.height == int(there)


@pytest.mark.parametrize(
    "rule, expected",
    [
        ("missing", [(40.0, "ok"), (None, "insufficient"), (None, "missing")]),
        ("mark", [(40.0, "ok"), (0.0, "insufficient"), (None, "missing")]),
        ("shrink", [(40.0, "ok"), (0.0, "insufficient"), (None, "missing")]),
    ],
)
def test_minimum_n(rule: str, expected: list[tuple[float | None, str]], tmp_path: Path) -> None:
    measures = measured("mean") | {"n": {"fact": "feedback", "agg": "count"}}
    indicator = {"formula": "m", "minimum_n": {"of": "n", "at_least": 2, "else": rule}}
    assert found(tmp_path, measures, indicator).frame.select("value", "status").rows() == expected


SHRUNK = {"formula": "m", "shrink": {"n": "n", "strength": 6, "toward": "group"}}


def test_shrinking_moves_every_value_toward_the_mean_of_all(tmp_path: Path) -> None:
    rows = answers(*(answer("PC1", 50.0) for _ in range(4)), *(answer("PC2", 80.0) for _ in range(2)))
    measures = measured("mean") | {"n": {"fact": "feedback", "agg": "count"}}
    result = found(tmp_path, measures, SHRUNK, {"pilot_city": CITIES, "feedback": rows})
    # x̄ = (4·50 + 2·80) / 6 = 60; (4·50 + 6·60) / 10 = 56; (2·80 + 6·60) / 8 = 65; the third has none
    assert column(result) == [pytest.approx(56), pytest.approx(65), None]
    assert result.raw["raw"].to_list() == [50, 80, None]
    assert column(result, "n") == [4, 2, 0]


def test_shrinking_stays_within_the_group_and_before_floor_and_cap(tmp_path: Path) -> None:
    rows = answers(*(answer("PC1", 50.0) for _ in range(4)), *(answer("PC2", 80.0) for _ in range(2)), answer("PC3", 10.0))
    measures = measured("mean") | {"n": {"fact": "feedback", "agg": "count"}}
    records = {"pilot_city": CITIES, "feedback": rows}
    within = found(tmp_path / "a", measures, SHRUNK | {"floor": 20, "cap": 60}, records, group="kind")
    assert column(within) == [pytest.approx(56), 60, 20]
    everywhere = found(tmp_path / "b", measures, SHRUNK | {"shrink": SHRUNK["shrink"] | {"toward": "all"}}, records, group="kind")
    mean = (4 * 50 + 2 * 80 + 10) / 7
    assert column(everywhere)[2] == pytest.approx((10 + 6 * mean) / 7)


def test_what_does_not_apply_is_no_zero_and_shrinks_nobody(tmp_path: Path) -> None:
    indicator = {"formula": "m", "applies_to": {"kind": "city"}, "duty": True}
    assert found(tmp_path, measured("mean"), indicator).frame.select("value", "n", "status").rows() == [
        (40, 4, "ok"), (0, 1, "zero"), (None, None, "not_applicable"),
    ]  # fmt: skip


def test_a_duty_not_reported_is_zero_and_marked(tmp_path: Path) -> None:
    indicator = {"formula": "m", "duty": True}
    assert found(tmp_path, measured("mean"), indicator).frame.select("value", "status").rows()[2] == (0, "not_reported")


def test_newest_versions_count_and_removed_rows_do_not(tmp_path: Path) -> None:
    files = [
        frame("feedback", ANSWERS, version=1),
        frame("feedback", [ANSWERS[0] | {"score": 110.0}], version=2),
        frame("feedback", [ANSWERS[1]], version=3, removed=True),
    ]
    result = values(snapshot(tmp_path, {"pilot_city": CITIES, "feedback": files}), scheme(measured("sum"), {"A": "m"}), "i", ["2022"])
    assert column(result) == [110 + 60 + 70, 0, 0]


def test_a_column_that_older_files_lack_is_null(tmp_path: Path) -> None:
    old = frame("feedback", ANSWERS).drop("duplicate_of")
    result = values(snapshot(tmp_path, {"pilot_city": CITIES, "feedback": [old]}), scheme(measured("count"), {"A": "m"}), "i", ["2022"])
    assert column(result) == [4, 1, 0]


def test_denominators_are_given_by_name(tmp_path: Path) -> None:
    indicator = {"formula": "m", "denominate": {"by": "n"}}
    result = found(tmp_path, measured("sum") | {"n": {"fact": "feedback", "agg": "count"}}, indicator)
    assert result.denominators.rows() == [("PC1", "2022", "n", 4), ("PC2", "2022", "n", 1), ("PC3", "2022", "n", 0)]
    assert column(result) == [160, 0, 0]


def test_measures_of_adjustments_come_along(tmp_path: Path) -> None:
    adjust = [{"id": "d", "kind": "deduction", "formula": "2 * n"}, {"id": "v", "kind": "veto", "when": {"measure": "v", "at_least": 1}}]
    extra = {"n": {"fact": "feedback", "agg": "count"}, "v": {"fact": "feedback", "agg": "max", "of": "score"}}
    result = found(tmp_path, measured("sum") | extra, adjust=adjust)
    assert set(result.measures["measure"]) == {"m", "n", "v"}


def test_frames_have_their_columns_and_types(tmp_path: Path) -> None:
    result = found(tmp_path, measured("sum"))
    assert dict(result.frame.schema) == dict(FRAME)
    assert dict(result.measures.schema) == dict(MEASURES)
    assert result.units.columns[:5] == ["unit", "name_zh", "name_en", "active_from", "active_to"]
    assert result.source == "5ma11"


def test_periods_of_several_grains_and_with_gaps(tmp_path: Path) -> None:
    given = scheme(measured("count"), {"A": "m"})
    result = values(snapshot(tmp_path, RECORDS), given, "i", ["2022", "2020", "2022Q2"])
    assert result.frame.filter(unit="PC1").select("period", "value").rows() == [("2020", 0), ("2022", 4), ("2022Q2", 4)]


def test_an_empty_store_gives_no_rows(tmp_path: Path) -> None:
    result = found(tmp_path, measured("count"), records={})
    assert result.frame.is_empty()
    assert dict(result.frame.schema) == dict(FRAME)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '{folder}/other.parquet'",
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "ATTACH '{folder}/other.db'",
        "SET enable_external_access = true",
        "SET allowed_paths = ['/']",
        "INSTALL httpfs",
        "SELECT * FROM bystander",
    ],
)
def test_the_connection_reaches_nothing_but_the_snapshot(query: str, tmp_path: Path) -> None:
    bystander = pl.DataFrame({"a": [1]})
    bystander.write_parquet(tmp_path / "other.parquet")
    with opened(snapshot(tmp_path / "store", RECORDS), ["feedback"]) as connection:
        assert connection.execute("SELECT count(*) FROM feedback").fetchall() == [(5,)]
        with pytest.raises(duckdb.Error):
            connection.execute(query.format(folder=tmp_path)).fetchall()
    assert not (tmp_path / "out.csv").exists()
