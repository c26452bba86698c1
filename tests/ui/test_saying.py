"""Numbers inside sentences: a mark in the text becomes a link, and the link opens the number to what it is made of."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from drawn import opened, said

from kcz_metrics.ui import saying
from kcz_metrics.ui.sources import Source


def test_the_numbers_of_a_sentence_link_to_themselves_and_open(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("cases", sample_home, monkeypatch, lang="zh", period="2022", part="uses")
    links = dict(re.findall(r'<a class="kcz-opens" href="([^"]*)" data-open="([^"]*)">', said(at)))
    assert set(links.values()) == {f"answer~all~{name}" for name in ("cases", "taken", "uses", "used", "subjects")}
    href = next(href for href, code in links.items() if code == "answer~all~uses")
    codes = {code: values[0] for code, values in parse_qs(unescape(href).removeprefix("?")).items()}
    assert codes["part"] == "uses"
    shown = re.search(r'data-open="answer~all~uses">([\d,]+)</a>', said(at))
    assert shown
    at = opened("cases", sample_home, monkeypatch, **codes)
    assert f"页面上的数是 {shown.group(1)} <b>✓" in said(at)


def test_marks_become_links_and_leave_no_trace_in_plain_text() -> None:
    marked = saying.says("n", "1,234", Source("", lambda: None).count(), 1234)  # type: ignore[arg-type, return-value]
    assert saying.plain(f"共 {marked} 项") == "共 1,234 项"
    assert re.fullmatch(
        r'共 <a class="kcz-opens" href="\?open=[^"]+" data-open="answer~all~n">1,234</a> 项', saying.linked(f"共 {marked} 项")
    )


def test_what_is_missing_is_said_without_a_link() -> None:
    assert saying.says("n", "—", Source("", lambda: None).count(), None) == "—"  # type: ignore[arg-type, return-value]
