"""Provinces and platform, started through the app: with the sample and empty, both languages, links that hold, sums that add up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from drawn import address, by_id, chinese, opened, said, tables

PAGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("provinces", {}),
    ("provinces", {"province": "330000"}),
    ("provinces", {"province": "710000"}),  # nothing there
    ("platform", {}),
    ("platform", {"by": "team", "stage": "paid", "shown": "left"}),
    ("platform", {"side": "resource", "by": "org_class", "who": "NS", "ripe": "180"}),
    ("platform", {"part": "libraries"}),
    ("platform", {"part": "users"}),
    ("platform", {"part": "offers"}),
)
#: Data that has no English: the columns' own names.
OWN = {"技术公开课", "创业者说", "产业观察", "院士开讲"}


@pytest.mark.parametrize("page, codes", PAGES, ids=[f"{page}-{'-'.join(codes.values())}" for page, codes in PAGES])
def test_a_page_answers_in_both_languages(page: str, codes: dict[str, str], sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for lang in ("zh", "en"):
        at = opened(page, sample_home, monkeypatch, lang=lang, **codes)
        text = said(at)
        assert not at.exception
        assert "kcz-error" not in text
        assert "kcz-answer" in text
        assert "✗" not in text
        assert tables(at)
        assert {code: address(at).get(code) for code in codes} == codes
        if lang == "en":
            assert not chinese(at, OWN)


def test_a_province_that_is_none_is_said(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "没有省份 999999" in said(opened("provinces", sample_home, monkeypatch, lang="zh", province="999999"))
    assert "没有省份" not in said(opened("provinces", sample_home, monkeypatch, lang="zh", province="330000"))


@pytest.mark.parametrize("page", ["provinces", "platform"])
def test_an_empty_store_says_why_and_what_next(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(page, tmp_path / "store", monkeypatch, lang="zh")
    assert not at.exception
    assert "kcz-panel" in said(at)
    assert [button.key for button in at.main.button] == ["states.ask", "states.import"]


def test_every_province_shows_its_cities_scores_and_ranks(
    sample_store: Any, shipped_scheme: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kcz_metrics.scoring import evaluate

    card = evaluate(shipped_scheme, "city_assessment", "2022", sample_store.snapshot())
    cities = card.scores.filter(pl.col("node") == "city_assessment").join(card.units.select("unit", "province_code"), on="unit")
    rows = by_id(opened("provinces", sample_home, monkeypatch, lang="zh", period="2022"), "median")
    assert sum(row["cities"]["v"] for row in rows.values()) == sample_store.snapshot().read("pilot_city").height
    ranked = cities.filter(pl.col("rank").is_not_null())
    for (code,), group in ranked.group_by("province_code"):
        row = rows[str(code)]
        assert row["ranked"]["v"] == group.height
        assert row["mean"]["v"] == pytest.approx(group["score"].mean())
        assert row["median"]["v"] == pytest.approx(group["score"].median())
        assert row["ranks"]["v"] == group["rank"].min()


def test_the_parts_of_the_funnel_are_those_of_the_records(sample_store: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs = sample_store.snapshot().read("need")
    valid = needs.filter((pl.col("status") == "verified") & pl.col("duplicate_of").is_null() & (pl.col("posted_at").dt.year() == 2022))
    rows = by_id(opened("platform", sample_home, monkeypatch, lang="zh", period="2022"), "leak")
    assert {city: row["first"]["v"] for city, row in rows.items()} == dict(valid.group_by("city_id").len().iter_rows())


def test_a_part_that_does_not_exist_gives_the_nation(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("platform", sample_home, monkeypatch, lang="zh", by="team", who="<img src=x>", stage="nowhere")
    assert not at.exception
    assert "<img src=x>" not in said(at)
    assert "派单承接" in said(at)
