"""Every reason has its sentence in both languages."""

from __future__ import annotations

import polars as pl
import pytest
from plain_selection import random_case

from kcz_metrics.decisions.selection import select
from kcz_metrics.decisions.wording import BARS, reason
from kcz_metrics.scheme.selections import Eligible, Selection

FRAME = pl.DataFrame({"unit": ["A", "B", "C", "D"], "score": [90.0, 85.0, 60.0, None], "area": ["east", "east", "west", "west"]})
POLICY = Selection.model_validate(
    {"index": "i", "seats": {"target": 2}, "at_most": [{"by": "area", "seats": 1}], "at_least": [{"where": {"area": "west"}, "seats": 1}]}
)


def said(unit: str, lang: str) -> str:
    found = select(FRAME, POLICY)
    row = found.units.row(by_predicate=pl.col("unit") == unit, named=True)
    return reason(found, row, lambda u: f"<{u}>", {"area": "Area"}.__getitem__, str.upper, lang).render(lang)


@pytest.mark.parametrize(
    "unit, english, chinese",
    [
        ("A", "in by score", "按得分入选"),
        (
            "B",
            "<C> is in with 25.00 points less, because of: Area EAST: at most 1; area is “west”: at least 1",
            "<C>低 25.00 分而入选，受限于：Area EAST：至多 1 席；area为“west”：至少 1 席",
        ),
        ("C", "in by a least number: area is “west”: at least 1", "因保底名额入选：area为“west”：至少 1 席"),
        ("D", "not eligible: no score, not ranked", "未达资格：没有得分，不参与排名"),
    ],
)
def test_sentences(unit: str, english: str, chinese: str) -> None:
    assert (said(unit, "en"), said(unit, "zh")) == (english, chinese)


@pytest.mark.parametrize("seed", range(12))
def test_every_row_has_one(seed: int) -> None:
    found = select(*random_case(seed))
    for row in found.units.iter_rows(named=True):
        assert reason(found, row, str, str, str, "zh").render("zh")


def test_every_bar_has_its_words() -> None:
    assert set(BARS) == {"not_ranked", *Eligible.model_fields}
