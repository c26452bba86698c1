"""The printed audit: every figure and finding once, both languages, names that are markup stay text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from small_index import index, leaf, scored

from kcz_metrics.analysis.diagnose import diagnose, left_out
from kcz_metrics.analysis.diagnosis_structure import correlations
from kcz_metrics.analysis.findings import KINDS, findings
from kcz_metrics.analysis.selftests import TESTS, self_tests
from kcz_metrics.reports import finding_words
from kcz_metrics.reports.diagnosis import SECTIONS
from kcz_metrics.reports.diagnosis_page import page
from kcz_metrics.scoring import Scorecard

NASTY = '<img src=x>"\\'


@pytest.fixture(scope="module")
def card() -> Scorecard:
    rows: dict[str, Any] = {
        f"U{n}": {"a": float(n * n), "b": None if n == 3 else 40.0 - n, "c": 0.0 if n < 9 else 5.0, "d": float(n * n + n % 2)}
        for n in range(12)
    }
    rows[NASTY] = {"a": 3.0, "b": 5.0, "c": 0.0, "d": 4.0}
    return scored(
        rows, index(leaf("a"), leaf("b"), leaf("c"), leaf("d")), columns={"region": [NASTY if n % 2 else "west" for n in range(13)]}
    )


def made(card: Scorecard, lang: Any) -> str:
    found = diagnose(card, card)
    faults = findings(found, left_out(card))
    names = dict.fromkeys(card.units["unit"].to_list(), NASTY)
    return page(card, found, faults, correlations(card), self_tests(card), lang, invented=True, names=names)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_has_every_section_flag_and_self_test(card: Scorecard, lang: Any) -> None:
    text, found = made(card, lang), diagnose(card, card)
    for section in set(found["section"]):
        assert f"<h2>{SECTIONS[section].in_(lang)}</h2>" in text
    assert all(f"<td >{finding_words.TESTS[test].in_(lang)}</td>" in text for test in TESTS)
    shown = found.filter(found["flag"], ~found["figure"].is_in(["with_sibling"]))
    assert text.count("● ") >= shown.height
    for kind in findings(found, left_out(card))["kind"]:
        assert finding_words.MEANINGS[kind].in_(lang) in text
    assert ("虚构" if lang == "zh" else "invented") in text
    if lang == "en":
        assert not re.search(r"[\u4e00-\u9fff]", text)


def test_names_are_no_markup(card: Scorecard) -> None:
    text = made(card, "zh")
    assert "<img" not in text
    assert "&lt;img src=x&gt;" in text


def test_every_kind_has_its_words() -> None:
    for words in (finding_words.MEANINGS, finding_words.SHORT, finding_words.LIMITS, finding_words.STEPS):
        assert set(words) == set(KINDS)
