"""The page of the year's targets, started through the app: the whole, a target opened, its units, its records; both languages; empty."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from drawn import CHINESE, ROOT, figures, opened, said, tables
from streamlit.testing.v1 import AppTest

from kcz_metrics.decisions.targets import standing
from kcz_metrics.engines.targets import course


def plain(at: AppTest) -> str:
    """What is said, a number that opens in it like any other word."""
    return re.sub("<[^>]+>", "", said(at))


@pytest.fixture(scope="module")
def standings(sample_store: Any, shipped_scheme: Any) -> Any:
    found = course(sample_store.snapshot(), shipped_scheme, 2022)
    return lambda period: standing(shipped_scheme, found, period)


def test_every_target_is_listed_with_its_state(standings: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("targets", sample_home, monkeypatch, lang="zh", at="2022-06")
    assert not at.exception
    found = standings("2022-06")
    (shown,) = tables(at)
    assert [row["id"] for row in shown["rows"]] == found.rows["target"].to_list()
    assert {row["id"]: row["value"]["v"] for row in shown["rows"]} == dict(found.rows.select("target", "value").iter_rows())
    words = {"done": "完成", "nearly_done": "基本完成", "on_course": "按进度", "behind": "落后", "no_data": "无数据"}
    states = dict(found.rows.select("target", "state").iter_rows())
    assert {row["id"]: row["state"][0]["t"] for row in shown["rows"]} == {t: words[s] for t, s in states.items()}
    counts = [int(figure) for figure in figures(at)]
    assert sum(counts) == 26
    assert counts == [list(states.values()).count(code) for code in words]
    assert "2022-06-30" in said(at)


def test_the_years_end_has_no_forecast_and_says_what_was_missed(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("targets", sample_home, monkeypatch, lang="zh", period="2022")
    (shown,) = tables(at)
    assert "ahead" not in {column["key"] for column in shown["columns"]}
    flags = {flag["t"] for row in shown["rows"] for flag in row["state"]}
    assert "未完成" in flags
    assert not flags & {"落后", "按进度"}
    assert "参考" in flags  # hubs and boards rest on scorecards


@pytest.mark.parametrize("target, number", [("T17", 28), ("T20", 2), ("T14", None)])
def test_the_records_that_count_add_up_to_the_value(
    target: str, number: int | None, standings: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened("targets", sample_home, monkeypatch, lang="zh", target=target)
    value = standings("2022").row(target)["value"]
    assert number is None or value == number
    text = said(at)
    assert f"计入的记录（{value:,.0f} 条）" in text
    assert f"计入各条相加 {value:,.0f}，数值 {value:,.0f} <b>✓</b>" in text
    listed = at.main.dataframe[0].value
    assert len(listed) == min(value, 2000)
    assert set(listed["_counted"]) == {"计入"}


def test_an_earlier_month_lists_its_records_alone(standings: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("targets", sample_home, monkeypatch, lang="zh", target="T17", at="2022-06")
    value = standings("2022-06").row("T17")["value"]
    assert len(at.main.dataframe[0].value) == value
    assert max(str(day)[:10] for day in at.main.dataframe[0].value["aired_at"]) <= "2022-06-30"
    assert "✗" not in said(at)
    assert "八成区间" in said(at)


@pytest.mark.parametrize("target", ["T04", "T22"])
def test_a_target_over_units_opens_to_those_that_miss_it(
    target: str, standings: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = standings("2022")
    units = found.units.filter(pl.col("target") == target)
    missed = units.filter(~pl.col("met"))["unit"].to_list()
    at = opened("targets", sample_home, monkeypatch, lang="zh", target=target, unit=missed[0])
    (shown,) = tables(at)
    assert {row["id"] for row in shown["rows"][: len(missed)]} == set(missed)
    assert len(shown["rows"]) == units.height
    assert f"{len(missed)} 个没有达到" in said(at)
    assert "✗" not in said(at)
    listed = at.main.dataframe[0].value if at.main.dataframe else pl.DataFrame().to_pandas()
    assert len(listed) <= 20


def test_a_record_opens_to_its_versions(sample_home: Path, sample_store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = sample_store.snapshot().read("platform_scenario")
    good = rows.filter((pl.col("status") == "verified") & (pl.col("opened_at").dt.year() == 2022))
    key = good["scenario_id"][0]
    text = said(opened("targets", sample_home, monkeypatch, lang="zh", target="T16", record=key))
    assert f"记录 {key}" in text
    assert "全部字段" in text


@pytest.mark.parametrize("target", ["T03", "T09"])
def test_what_is_counted_in_scorecards_says_so(target: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("targets", sample_home, monkeypatch, lang="zh", target=target)
    assert "只作参考" in said(at)
    (shown,) = tables(at)
    assert len(shown["rows"]) == 4


@pytest.mark.parametrize(
    "codes", [{}, {"at": "2022-06"}, {"target": "T13", "at": "2022-06"}, {"target": "T02"}, {"target": "T03"}], ids=str
)
def test_english_is_complete(codes: dict[str, str], sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("targets", sample_home, monkeypatch, lang="en", **codes)
    assert not at.exception
    labels = [w.label for kind in ("selectbox", "button", "expander") for w in at.main.get(kind)]
    heads = [c["label"] + c["title"] + c["unit"] for t in tables(at) for c in t["columns"]]
    cells = json.dumps([t["rows"] for t in tables(at)], ensure_ascii=False)
    assert not [x for x in [re.sub("<[^>]+>", "", said(at)), *labels, *heads, cells] if CHINESE.search(x)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_store_says_why_and_what_next(lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("targets", tmp_path / "store", monkeypatch, lang=lang)
    assert not at.exception
    assert "kcz-panel" in said(at)
    assert "kcz-error" not in said(at)


@pytest.mark.parametrize(
    "codes, words",
    [
        ({"target": "T99"}, "方案里没有目标 T99"),
        ({"target": "'; --"}, "方案里没有目标"),
        ({"at": "1999-01"}, "26 项目标中"),
        ({"at": "x"}, "26 项目标中"),
    ],
    ids=str,
)
def test_an_odd_address_is_no_error(codes: dict[str, str], words: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("targets", sample_home, monkeypatch, lang="zh", **codes)
    assert not at.exception
    assert words in plain(at)
    assert "kcz-error" not in said(at)


def test_a_scheme_without_targets_says_what_to_do(sample_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "indicators.yaml").read_text(encoding="utf-8")
    (tmp_path / "indicators.yaml").write_text(text[: text.index("\ntargets:\n")], encoding="utf-8")
    monkeypatch.setenv("KCZ_SCHEME", str(tmp_path / "indicators.yaml"))
    at = opened("targets", sample_home, monkeypatch, lang="zh")
    assert not at.exception
    assert "方案里没有目标" in said(at)


def test_back_leads_to_all_targets(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("targets", sample_home, monkeypatch, lang="zh", target="T17")
    at.main.button(key="targets.back").click().run()
    assert "26 项目标中" in plain(at)
    assert len(tables(at)[0]["rows"]) == 26


def test_the_overview_has_one_line_that_leads_here(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("overview", sample_home, monkeypatch, lang="zh", period="2022")
    assert re.search(r"年度目标（截至 2022-12-31）：26 项目标中 \d+ 项完成", plain(at))
    assert at.main.button(key="overview.targets").label == "查看年度目标"
