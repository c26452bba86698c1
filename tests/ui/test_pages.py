"""Overview, cities, teams and profile, started through the app: with the sample, empty, broken; in both languages; numbers as scored."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from drawn import CHINESE, address, figures, opened, said, tables

from kcz_metrics.ui import number
from kcz_metrics.ui.behind.scores import row_of

PAGES = ("overview", "cities", "teams", "profile")


@pytest.fixture(scope="module")
def city_card(sample_store: Any, shipped_scheme: Any) -> Any:
    from kcz_metrics.scoring import evaluate

    return evaluate(shipped_scheme, "city_assessment", "2022", sample_store.snapshot())


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_answers_with_the_sample(page: str, lang: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(page, sample_home, monkeypatch, lang=lang)
    text = said(at)
    assert not at.exception
    assert "kcz-error" not in text
    assert re.search(r'<h1 class="kcz-question">.+?</h1>', text)
    assert "kcz-answer" in text
    assert ("全部记录均为虚构" if lang == "zh" else "all records are invented") in text
    assert tables(at)


@pytest.mark.parametrize("page", PAGES)
def test_english_is_complete(page: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(page, sample_home, monkeypatch, lang="en")
    labels = [w.label for kind in ("selectbox", "button", "text_input", "toggle") for w in at.get(kind)]
    heads = [c["label"] + c["title"] for t in tables(at) for c in t["columns"]]
    cells = json.dumps([t["rows"] for t in tables(at)], ensure_ascii=False)
    found = [x for x in [re.sub("<[^>]+>", "", said(at)), *labels, *heads, cells] if CHINESE.search(x)]
    assert not found


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_an_empty_store_says_why_and_what_next(page: str, lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(page, tmp_path / "store", monkeypatch, lang=lang)
    assert not at.exception
    assert "kcz-panel" in said(at)
    assert "kcz-error" not in said(at)
    assert [button.key for button in at.main.button] == ["states.ask", "states.import"]


@pytest.mark.long
def test_the_demonstration_is_filled_in_only_after_asking_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kcz_metrics.store import Store

    at = opened("cities", tmp_path / "store", monkeypatch, lang="zh")
    at.main.button[0].click().run()
    assert Store.open(tmp_path / "store").is_empty
    assert [b.label for b in at.main.button] == ["确认填入", "取消"]
    at.main.button[0].click().run()
    assert not Store.open(tmp_path / "store").is_empty
    assert "谁排在前面" in said(at)


def test_a_wrong_scheme_is_told_with_its_issues_and_without_a_trace(
    sample_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "indicators.yaml"
    wrong.write_text("edition: '2022'\nindicators: {A: {formula: nowhere_at_all}}\nindices: {}\n", encoding="utf-8")
    monkeypatch.setenv("KCZ_SCHEME", str(wrong))
    text = said(opened("cities", sample_home, monkeypatch, lang="zh"))
    assert "kcz-error" in text
    assert "nowhere_at_all" in text
    assert re.search(r"E-[0-9A-F]{4}", text)
    assert "Traceback" not in text


def test_a_store_that_cannot_be_opened_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    text = said(opened("cities", tmp_path / "file", monkeypatch, lang="zh"))
    assert "kcz-error" in text
    assert "Traceback" not in text
    (tmp_path / "store" / "files" / "province").mkdir(parents=True)
    (tmp_path / "store" / "files" / "province" / "0.parquet").touch()
    text = said(opened("cities", tmp_path / "store", monkeypatch, lang="zh"))
    assert "kcz-error" in text
    assert "台账不见了" in text
    assert "kcz restore FILE" in text


def test_the_ranking_shows_what_was_scored(city_card: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shown,) = tables(opened("cities", sample_home, monkeypatch, lang="zh", period="2022"))
    scored = city_card.scores.filter(pl.col("node") == "city_assessment")
    assert {row["id"]: row["rank"] for row in shown["rows"]} == dict(scored.select("unit", "rank").iter_rows())
    assert {row["id"]: row["score"]["v"] for row in shown["rows"]} == dict(scored.select("unit", "published").iter_rows())
    pillars = city_card.scores.filter(pl.col("node") == "radiation").select("unit", "score")
    assert {row["id"]: row["node:radiation"]["v"] for row in shown["rows"]} == pytest.approx(dict(pillars.iter_rows()))


def test_the_parts_of_every_bar_add_up_to_the_score(city_card: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shown,) = tables(opened("cities", sample_home, monkeypatch, lang="zh", period="2022"))
    exact = dict(city_card.scores.filter(pl.col("node") == "city_assessment").select("unit", "score").iter_rows())
    sums = {row["id"]: math.fsum(p["v"] for p in row["parts"]["parts"]) for row in shown["rows"] if row["rank"]}
    assert sums == pytest.approx({u: s for u, s in exact.items() if u in sums})


def test_an_interval_holds_the_rank_and_seats_have_their_borders(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shown,) = tables(opened("cities", sample_home, monkeypatch, lang="zh", period="2022"))
    ranked = [row for row in shown["rows"] if row["rank"]]
    assert all(1 <= row["interval"]["low"] <= row["interval"]["high"] <= len(ranked) for row in ranked)
    inside_interval = [row["interval"]["low"] <= row["rank"] <= row["interval"]["high"] for row in ranked]
    assert sum(inside_interval) >= 0.9 * len(ranked)
    assert [row["rank"] for row in ranked if row.get("_after")] == [4, 19, 45]


def test_a_filter_in_the_address_keeps_the_ranks(city_card: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    park = city_card.units.filter(pl.col("kind") == "park")["unit"].to_list()
    (shown,) = tables(opened("cities", sample_home, monkeypatch, lang="zh", period="2022", kind="park"))
    ranks = dict(city_card.scores.filter(pl.col("node") == "city_assessment").select("unit", "rank").iter_rows())
    assert {row["id"]: row["rank"] for row in shown["rows"]} == {u: ranks[u] for u in park}


@pytest.mark.parametrize(
    "kind, expected",
    [
        ("city", ("cities", {"unit": "U1", "index": "ix", "q": "U1"})),
        ("team", ("teams", {"unit": "U1", "index": "ix", "q": "U1"})),
        ("organisation", ("boards", {"unit": "U1", "index": "ix", "q": None})),
    ],
    ids=["city", "team", "organisation"],
)
def test_a_rank_leads_to_its_row(kind: str, expected: object) -> None:
    assert row_of(kind, "U1", "ix") == expected


def test_the_row_of_a_rank_is_found_by_its_id(city_card: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, codes = row_of("city", "PC017", "city_assessment")
    (shown,) = tables(opened(page, sample_home, monkeypatch, period="2022", **codes))
    (row,) = shown["rows"]
    assert (row["id"], row["rank"]) == ("PC017", city_card.scores.filter(unit="PC017", node="city_assessment")["rank"].item())


@pytest.mark.parametrize("code, value", [("province", "000000"), ("tier", "<script>"), ("kind", "nothing"), ("q", "nobody is called this")])
def test_an_odd_filter_is_no_error(code: str, value: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("cities", sample_home, monkeypatch, lang="zh", **{code: value})
    assert not at.exception
    assert "kcz-error" not in said(at)
    assert "<script>" not in said(at)


@pytest.mark.parametrize(
    "codes",
    [
        {"lang": "xx"},
        {"period": "1999"},
        {"index": "no_such_index"},
        {"index": "team_score"},
        {"unit": "'; DROP TABLE"},
        {"view": "meeting"},
    ],
    ids=lambda c: "-".join(c),
)
@pytest.mark.parametrize("page", ["cities", "profile"])
def test_an_odd_address_falls_back_to_what_there_is(
    page: str, codes: dict[str, str], sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened(page, sample_home, monkeypatch, **codes)
    assert not at.exception
    assert "kcz-error" not in said(at)
    assert address(at)["lang"] == "zh"
    assert address(at)["period"] == "2022"


def test_a_profile_adds_up_and_says_so(city_card: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = city_card.scores.filter((pl.col("node") == "city_assessment") & pl.col("rank").is_not_null())
    unit, score, rank = root.select("unit", "published", "rank").row(6)
    at = opened("profile", sample_home, monkeypatch, lang="zh", period="2022", unit=unit)
    text = said(at)
    assert f"{score:.2f}" in text
    assert f"第 {rank:.0f} 名" in re.sub("<[^>]+>", "", text)
    assert text.count("✓") == 2
    assert "不符" not in text
    detail = next(t for t in tables(at) if t["columns"][0]["key"] == "name" and "normalised" in {c["key"] for c in t["columns"]})
    assert math.fsum(row["contribution"]["v"] for row in detail["rows"]) == pytest.approx(root["score"][6])
    values = dict(city_card.values.filter(pl.col("unit") == unit).select("indicator", "value").iter_rows())
    assert {row["id"]: row["value"]["v"] for row in detail["rows"]} == pytest.approx(values)


@pytest.mark.long
def test_every_ranked_city_has_a_profile_that_adds_up(city_card: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ranked = city_card.scores.filter((pl.col("node") == "city_assessment") & pl.col("rank").is_not_null())
    at = opened("profile", sample_home, monkeypatch, lang="en", period="2022")
    for unit in ranked.sort("rank")["unit"].to_list()[::8]:
        at.selectbox(key="profile.unit").set_value(unit).run()
        text = said(at)
        assert "kcz-error" not in text, unit
        assert "miss the" not in text, unit


def test_what_a_unit_does_not_have_is_not_said_to_cost_it_most(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = said(opened("profile", sample_home, monkeypatch, lang="zh", period="2022", unit="PC020"))  # a zone, without parks of its own
    assert "低于同类，失分最多" in text
    assert not re.search("园区企业科协[^。]*失分最多", text)


@pytest.mark.parametrize("kind, table, key", [("team", "service_team", "team_id"), ("organisation", "org", "org_id")])
def test_a_unit_of_another_kind_brings_its_own_index(
    kind: str, table: str, key: str, sample_home: Path, sample_store: Any, shipped_scheme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kcz_metrics.scoring import evaluate

    index = next(i for i, x in shipped_scheme.indices.items() if x.unit == kind)
    unit = evaluate(shipped_scheme, index, "2022", sample_store.snapshot()).units["unit"][0]
    assert unit in sample_store.snapshot().read(table)[key]
    at = opened("profile", sample_home, monkeypatch, lang="zh", unit=unit)
    assert "kcz-error" not in said(at)
    assert shipped_scheme.indices[address(at)["index"]].unit == kind
    assert address(at)["unit"] == unit


def test_language_keeps_the_rest_of_the_address(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("cities", sample_home, monkeypatch, lang="zh", period="2021", kind="park")
    at.button_group(key="frame.lang").set_value("en").run()
    assert address(at) == {"lang": "en", "period": "2021", "index": "city_assessment", "kind": "park"}
    assert "Who comes first" in said(at)


def test_the_overview_counts_what_the_store_holds(
    city_card: Any, sample_store: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened("overview", sample_home, monkeypatch, lang="en", period="2022")
    shown = figures(at)
    root = city_card.scores.filter(pl.col("node") == "city_assessment")
    assert shown[0] == str(root["rank"].is_not_null().sum())
    assert shown[1] == number.decimal(root["published"].median(), 1)
    snapshot = sample_store.snapshot()
    rows = sum(f.rows for t, files in snapshot.files.items() if snapshot.tables[t].has_tail for f in files)
    assert shown[-1] == f"{rows / 1000:,.1f}k"
    levels = next(t for t in tables(at) if t["columns"][0]["key"] == "tier")
    assert [row["units"]["v"] for row in levels["rows"]] == [4, 15, 26, 20]


def test_codes_that_name_nothing_are_said(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("profile", sample_home, monkeypatch, lang="zh", period="1999", index="x", unit="NOPE")
    assert not at.exception
    text = said(at)
    for words in ("没有评价期 1999", "方案里没有指数 x", "没有评价对象 NOPE"):
        assert words in text
    assert "kcz-notice" not in said(opened("profile", sample_home, monkeypatch, lang="zh", period="2021", unit="PC007"))


@pytest.mark.long
def test_the_first_period_has_no_columns_of_change(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = {c["key"] for t in tables(opened("overview", sample_home, monkeypatch, lang="zh", period="2020")) for c in t["columns"]}
    assert "units" in columns
    assert not {"came", "left", "move"} & columns
