"""The export for the evaluation of societies, written, read back and compared with the scorecards."""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any

import polars as pl
import pytest
from openpyxl import load_workbook

from kcz_metrics.reports import societies
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.scoring import Scorecard, evaluate
from kcz_metrics.store import Store

CHINESE = re.compile(r"[\u4e00-\u9fff]")
BOARDS = ("board_resource", "board_drive")


@pytest.fixture(scope="module")
def cards(sample_store: Store, shipped_scheme: Scheme) -> list[Scorecard]:
    return [evaluate(shipped_scheme, board, "2022", sample_store.snapshot()) for board in BOARDS]


@pytest.fixture(scope="module")
def bodies(sample_store: Store) -> pl.DataFrame:
    return sample_store.snapshot().read("org")


def test_the_csv_holds_ranks_values_and_what_they_stand_on(
    cards: list[Scorecard], bodies: pl.DataFrame, sample_store: Store, shipped_scheme: Scheme
) -> None:
    snapshot = sample_store.snapshot()
    content = societies.csv(societies.standing(cards, bodies), scheme=shipped_scheme, snapshot=snapshot, asked="2022")
    assert content.startswith(b"\xef\xbb\xbf")
    read = pl.read_csv(io.BytesIO(content), schema_overrides={"uscc": pl.String, "period": pl.String})
    mine = bodies.filter(pl.col("org_class") == "NS")
    assert set(read["society_id"]) == set(mine["org_id"])
    assert read.height == len(BOARDS) * mine.height
    assert dict(read.select("society_id", "uscc").iter_rows()) == dict(mine.select("org_id", "uscc").iter_rows())
    for card in cards:
        rows = read.filter(pl.col("board") == card.index.id)
        root = card.scores.filter((pl.col("node") == card.index.id) & pl.col("unit").is_in(mine["org_id"].to_list()))
        given = root.select("unit", "score", "published", "rank").sort("unit")
        assert rows.select("society_id", "score", "published", "rank").sort("society_id").rows() == given.rows()
        assert set(rows["of"]) == {root["rank"].is_not_null().sum()}
        for (indicator,), values in card.values.filter(pl.col("unit").is_in(mine["org_id"].to_list())).group_by("indicator"):
            found = dict(rows.select("society_id", str(indicator)).iter_rows())
            assert found == dict(values.select("unit", "value").iter_rows())
    assert set(read["scheme"]) == {shipped_scheme.digest}
    assert set(read["snapshot"]) == {snapshot.id}
    assert set(read["period"]) == {"2022"}
    assert all("虚构" in said and "invented" in said for said in read["invented"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_workbook_holds_the_same(
    lang: Any, cards: list[Scorecard], bodies: pl.DataFrame, sample_store: Store, shipped_scheme: Scheme
) -> None:
    snapshot, found = sample_store.snapshot(), societies.standing(cards, bodies).filter(pl.col("rank") % 9 == 1)
    content = societies.workbook(found, scheme=shipped_scheme, snapshot=snapshot, lang=lang, asked="2022")
    sheets = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(io.BytesIO(content))}
    standing, values, provenance = sheets.values()
    body = [row for row in standing if row[0] in set(bodies["org_id"])]
    assert [row[:2] for row in body] == found.select("society_id", "uscc").rows()
    assert all(isinstance(row[1], str) for row in body)
    assert [(row[5], row[7], row[8]) for row in body] == found.select("rank", "published", "score").rows()
    long = [row for row in values if row[0] in set(bodies["org_id"])]
    leaves = {board: shipped_scheme.indices[board].leaves for board in BOARDS}
    whole = [row[leaf] for row in found.iter_rows(named=True) for leaf in leaves[row["board"]]]
    assert [None if row[6] == "—" else row[6] for row in long] == whole
    told = [cell for row in provenance for cell in row]
    printed = hashlib.sha256(societies.csv(found, scheme=shipped_scheme, snapshot=snapshot, asked="2022")).hexdigest()
    assert {shipped_scheme.digest, snapshot.id, printed} <= set(told)
    if lang == "en":
        assert not [cell for rows in sheets.values() for row in rows for cell in row if isinstance(cell, str) and CHINESE.search(cell)]
    else:
        assert all(any("全部记录均为虚构" in str(cell) for row in rows[:4] for cell in row) for rows in sheets.values())


def test_no_text_runs_as_a_formula(cards: list[Scorecard], bodies: pl.DataFrame, sample_store: Store, shipped_scheme: Scheme) -> None:
    hostile = bodies.with_columns(name_zh=pl.lit("=1+1"), uscc=pl.lit("00123"))
    found = societies.standing(cards[:1], hostile).head(2)
    given: dict[str, Any] = {"scheme": shipped_scheme, "snapshot": sample_store.snapshot(), "asked": "2022"}
    assert ",00123,'=1+1," in societies.csv(found, **given).decode()
    (sheet, *_) = load_workbook(io.BytesIO(societies.workbook(found, lang="zh", **given)))
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value in ("=1+1", "00123")]
    assert {cell.data_type for cell in cells} == {"s"}
    assert len(cells) == 4


def test_no_board_gives_no_rows(bodies: pl.DataFrame) -> None:
    assert societies.standing([], bodies).is_empty()
