"""``kcz targets`` over the sample, over a scheme of one's own and over an empty store."""

from __future__ import annotations

import io
import json
from pathlib import Path

import polars as pl
import pytest

from kcz_metrics.decisions.targets import STATES

SMALL = """
edition: "2022"
measures:
  conferences: {fact: activities, agg: count, where: {activity_type: conference}}
  stock: {fact: resources, agg: count, window: at_end}
indicators:
  X: {formula: conferences}
indices:
  i: {unit: city, tree: {X: 1}}
targets:
  A: {measure: conferences, comparator: around, value: 5}
  B: {measure: stock, comparator: at_least, times_baseline: 2.0, baseline: {date: 2021-12-31}}
"""


def table(text: str) -> pl.DataFrame:
    return pl.read_csv(io.StringIO(text))


def test_the_columns_and_the_26_targets(sample) -> None:
    done = sample("targets", "--period", "2022", "--format", "csv")
    assert done.status == 0
    found = table(done.out)
    assert found.columns == ["target", "value", "goal", "progress", "state"]
    assert found["target"].to_list() == [f"T{n:02d}" for n in range(1, 27)]
    assert set(found["state"]) <= set(STATES)
    known = found.drop_nulls("progress")
    assert known["progress"].to_list() == pytest.approx((known["value"] / known["goal"]).to_list())


def test_wide_adds_columns_behind_the_others(sample) -> None:
    found = table(sample("targets", "--period", "2022-07", "--wide", "--format", "csv").out)
    assert found.columns[:11] == [
        "target", "value", "goal", "progress", "state", "name", "owner", "time_gone", "forecast", "forecast_low", "forecast_high",
    ]  # fmt: skip
    assert found["time_gone"].unique().to_list() == [pytest.approx(212 / 365)]
    assert set(found["as_of"]) == {"2022-08-01"}
    ahead = found.drop_nulls("forecast")
    assert ahead.height >= 20
    assert ahead.filter((pl.col("forecast_low") > pl.col("forecast")) | (pl.col("forecast") > pl.col("forecast_high"))).is_empty()
    yearly = found.filter(pl.col("target").is_in(["T03", "T09"]))
    assert yearly["state"].to_list() == ["no_data", "no_data"]


def test_a_period_that_no_records_reach_is_said(sample) -> None:
    done = sample("targets", "--period", "2031", "--format", "csv")
    assert done.status == 0
    assert set(table(done.out)["state"]) == {"no_data"}
    assert "2022-12-31" in done.err
    assert not sample("targets", "--period", "2022", "--format", "csv").err


def test_a_scheme_of_ones_own_and_a_file(sample, tmp_path: Path) -> None:
    config = tmp_path / "indicators.yaml"
    config.write_text(SMALL, encoding="utf-8")
    target = tmp_path / "targets.json"
    assert sample("targets", "--period", "2022", "--config", config, "-o", target).status == 0
    rows = json.loads(target.read_text(encoding="utf-8"))
    assert [row["target"] for row in rows] == ["A", "B"]
    assert rows[0]["goal"] == 5.0
    assert rows[1]["progress"] == pytest.approx(rows[1]["value"] / rows[1]["goal"])


def test_a_year_without_records_says_no_data(sample) -> None:
    found = table(sample("targets", "--period", "2030", "--format", "csv").out)
    assert found["state"].unique().to_list() == ["no_data"]
    assert found["value"].null_count() == 26


@pytest.mark.parametrize(
    "arguments, status, said",
    [
        (("targets", "--period", "2022"), 1, "no records yet"),
        (("targets", "--period", "22"), 2, "not a period"),
        (("targets",), 2, "--period"),
    ],
)
def test_wrong_input(arguments: tuple[str, ...], status: int, said: str, kcz, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[2])
    done = kcz(*arguments)
    assert done.status == status
    assert said in done.err


def test_an_unknown_snapshot(sample) -> None:
    done = sample("targets", "--period", "2022", "--snapshot", "ffffffff")
    assert done.status == 1
    assert "ffffffff" in done.err
