"""Stations and managers, joining, cases: with the sample and empty, both languages, links that hold, sums that add up."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from drawn import address, chinese, opened, said, tables

PARTS = {
    "institutions": ("stations", "managers", "agreements", "recommended", "sites", "running"),
    "joining": ("funnel", "support", "teams"),
    "cases": ("cases", "network", "uses", "export"),
}
#: What is opened: the first part of every page and the export, and, where there is time, every part and a choice within one.
FAST: tuple[tuple[str, dict[str, str]], ...] = (
    *((page, {"part": parts[0]}) for page, parts in PARTS.items()),
    ("cases", {"part": "export"}),
)
SLOW: tuple[tuple[str, dict[str, str]], ...] = (
    *((page, {"part": part}) for page, parts in PARTS.items() for part in parts if (page, {"part": part}) not in FAST),
    ("institutions", {"part": "stations", "kind": "dual_base"}),
    ("joining", {"part": "funnel", "org_class": "NS"}),
    ("cases", {"part": "cases", "owner": "city"}),
    ("cases", {"part": "uses", "use": "support"}),
)
WAYS = [
    pytest.param(page, codes, marks=[pytest.mark.long] if (page, codes) in SLOW else [], id=f"{page}-{'-'.join(codes.values())}")
    for page, codes in (*FAST, *SLOW)
]


@pytest.mark.parametrize("page, codes", WAYS)
def test_a_page_answers_in_both_languages(page: str, codes: dict[str, str], sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for lang in ("zh", "en"):
        at = opened(page, sample_home, monkeypatch, lang=lang, period="2022", **codes)
        text = said(at)
        assert not at.exception
        assert "kcz-error" not in text
        assert "kcz-answer" in text
        assert "✗" not in text
        assert tables(at)
        assert {code: address(at).get(code) for code in codes} == codes
        if lang == "en":
            assert not chinese(at)


@pytest.mark.parametrize("page", PARTS)
def test_an_empty_store_says_why_and_what_next(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(page, tmp_path / "store", monkeypatch, lang="zh")
    assert not at.exception
    assert "kcz-panel" in said(at)
    assert [button.key for button in at.main.button] == ["states.ask", "states.import"]


def rows_of(at: Any, key: str) -> list[dict[str, Any]]:
    """The rows of the first table that has a column ``key``."""
    return next(t["rows"] for t in tables(at) if key in {c["key"] for c in t["columns"]})


def total(rows: list[dict[str, Any]], *keys: str) -> int:
    return sum(row[key]["v"] for row in rows for key in keys)


@pytest.mark.long
def test_parts_of_the_pages_add_up_to_the_records(sample_store: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = sample_store.snapshot()

    def valid(table: str, day: str) -> pl.DataFrame:
        rows = snapshot.read(table)
        return rows.filter((pl.col("status") == "verified") & pl.col("duplicate_of").is_null() & (pl.col(day).dt.year() == 2022))

    at = opened("institutions", sample_home, monkeypatch, lang="zh", period="2022", part="stations")
    open_stations = snapshot.read("station").filter(pl.col("opened_at") < dt.date(2023, 1, 1), pl.col("closed_at").is_null())
    kinds = rows_of(at, "lacks_both")
    assert total(kinds, "open") == open_stations.height == len(rows_of(at, "host"))
    assert total(kinds, "real", "lacks_activities", "lacks_outcomes", "lacks_both") == open_stations.height
    assert {row["id"]: row["open"]["v"] for row in kinds} == dict(open_stations.group_by("kind").len().iter_rows())
    at = opened("joining", sample_home, monkeypatch, lang="zh", period="2022", part="funnel")
    applied = valid("team_application", "applied_on")
    classes = next(t["rows"] for t in tables(at) if {"applied", "returned"} <= {c["key"] for c in t["columns"]})
    assert total(classes, "applied") == applied.height
    assert rows_of(at, "of")[0]["count"]["v"] == applied.height
    at = opened("cases", sample_home, monkeypatch, lang="zh", period="2022", part="uses")
    uses = valid("result_use", "decided_on")
    assert total(rows_of(at, "org"), "uses") == total(rows_of(at, "org"), "city", "team", "org") == uses.height


def test_what_is_not_there_shows_the_whole(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for page, codes in (
        ("institutions", {"kind": "<img src=x>"}),
        ("joining", {"org_class": "<img src=x>"}),
        ("cases", {"owner": "<img src=x>"}),
    ):
        at = opened(page, sample_home, monkeypatch, lang="zh", period="2022", **codes)
        assert not at.exception
        assert not set(codes.values()) & set(re.findall("<[^>]+>", said(at)))
