"""Stations and managers, joining, cases: with the sample and empty, both languages, links that hold, sums that add up."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from test_pages import CHINESE, address, opened, said, tables
from test_provinces_and_platform import texts

PARTS = {
    "institutions": ("stations", "managers", "agreements", "recommended", "sites", "running"),
    "joining": ("funnel", "support", "teams"),
    "cases": ("cases", "network", "uses", "export"),
}
#: Every part of every page, and a choice within one.
WAYS: tuple[tuple[str, dict[str, str]], ...] = (
    *((page, {"part": part}) for page, parts in PARTS.items() for part in parts),
    ("institutions", {"part": "stations", "kind": "dual_base"}),
    ("joining", {"part": "funnel", "org_class": "NS"}),
    ("cases", {"part": "cases", "owner": "city"}),
    ("cases", {"part": "uses", "use": "support"}),
)


@pytest.mark.parametrize("page, codes", WAYS, ids=[f"{page}-{'-'.join(codes.values())}" for page, codes in WAYS])
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
            cells = [w for t in tables(at) for row in t["rows"] for w in texts(row)]
            heads = [c["label"] + c["title"] + c["unit"] for t in tables(at) for c in t["columns"]]
            assert not [w for w in (re.sub("<[^>]+>", "", text), *cells, *heads) if CHINESE.search(w)]


@pytest.mark.parametrize("page", PARTS)
def test_an_empty_store_says_why_and_what_next(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(page, tmp_path / "store", monkeypatch, lang="zh")
    assert not at.exception
    assert "kcz-panel" in said(at)
    assert len(at.main.button) == 1


def rows_of(at: Any, key: str) -> list[dict[str, Any]]:
    """The rows of the first table that has a column ``key``."""
    return next(t["rows"] for t in tables(at) if key in {c["key"] for c in t["columns"]})
