import io

import polars as pl
import pytest

from kcz_metrics.ui.exporting import narrowed


@pytest.fixture(scope="module")
def card(sample_store, shipped_scheme):
    from kcz_metrics.scoring import evaluate

    return evaluate(shipped_scheme, "board_docking", "2022", sample_store.snapshot())


def test_one_class_keeps_its_scores_and_ranks(card):
    one = narrowed(card, "UN")
    assert set(one.units["group"]) == {"UN"}
    assert one.scores.equals(card.scores.filter(pl.col("group") == "UN"))
    units = one.units["unit"].implode()
    for stage in ("values", "screened", "treated", "normalised"):
        assert one.stage(stage).equals(card.stage(stage).filter(pl.col("unit").is_in(units))), stage
    assert dict(one.reasons) == {u: why for u, why in card.reasons.items() if u in set(one.units["unit"])}


def test_every_class_is_the_card_itself(card):
    assert narrowed(card, None) is card


def test_the_workbook_of_a_class_holds_that_class(card, sample_store, shipped_scheme):
    from openpyxl import load_workbook

    from kcz_metrics.reports import workbook

    raw = workbook.ranking(narrowed(card, "UN"), scheme=shipped_scheme, snapshot=sample_store.snapshot(), lang="zh")
    sheet = load_workbook(io.BytesIO(raw))["排名"]
    cells = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None}
    mine = set(card.units.filter(pl.col("group") == "UN")["unit"])
    others = set(card.units["unit"]) - mine
    assert mine <= cells
    assert not others & cells
