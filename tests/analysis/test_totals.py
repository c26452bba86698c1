"""Totals beside a ranking: of what the heaviest indicator counts, with places among the ranked units of each class."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import polars as pl
import pytest

from kcz_metrics.analysis.totals import leading_measure, totals_by_group
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.scoring import evaluate
from kcz_metrics.store import Store

BOARDS = {
    "board_resource": "resource_weight",
    "board_docking": "dockings_met",
    "board_transfer": "contract_value",
    "board_drive": "new_sales",
}


@pytest.fixture(scope="module")
def card(sample_store: Store, shipped_scheme: Scheme) -> Any:
    return evaluate(shipped_scheme, "board_docking", "2022", sample_store.snapshot())


@pytest.mark.parametrize("index", BOARDS)
def test_each_board_totals_what_its_heaviest_indicator_counts(index: str, shipped_scheme: Scheme) -> None:
    assert leading_measure(shipped_scheme, shipped_scheme.indices[index]) == BOARDS[index]


def test_places_by_the_total_are_those_within_the_class(card: Any) -> None:
    found = totals_by_group(card)
    assert found is not None
    measure, frame = found
    assert measure == "dockings_met"
    ranked = card.scores.filter((pl.col("node") == card.index.id) & pl.col("rank").is_not_null()).select("unit", "group")
    both = ranked.join(frame, on="unit")
    assert both.height == ranked.height > 100
    for _, part in both.group_by("group"):
        for total, place in part.select("total", "total_rank").iter_rows():
            assert place == 1 + sum(other > total for other in part["total"])


def test_one_list_of_cities_has_no_totals_beside_it(sample_store: Store, shipped_scheme: Scheme) -> None:
    assert totals_by_group(evaluate(shipped_scheme, "city_assessment", "2022", sample_store.snapshot())) is None


def test_the_workbook_shows_the_total_beside_the_rank(card: Any, sample_store: Store, shipped_scheme: Scheme) -> None:
    from kcz_metrics.reports import workbook

    snapshot = sample_store.snapshot()
    book = openpyxl.load_workbook(io.BytesIO(workbook.ranking(card, scheme=shipped_scheme, snapshot=snapshot, lang="zh")))
    rows = list(book["排名"].iter_rows(values_only=True))
    head = next(row for row in rows if "名次" in row)
    titles = [str(title).split("\n")[0] for title in head]
    unit, total, place = (titles.index(name) for name in ("编号", "有效对接", "总量名次"))
    found = totals_by_group(card)
    assert found is not None
    expected = {u: (t, p) for u, t, p in found[1].iter_rows()}
    shown = {row[unit]: (row[total], row[place]) for row in rows if row[unit] in expected}
    assert shown == expected
