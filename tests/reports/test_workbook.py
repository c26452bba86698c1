"""Workbooks reopened: numbers equal to the scorecard to the digit, no formula, hostile names, what stands on every sheet."""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from kcz_metrics.analysis.explain import explain
from kcz_metrics.errors import ReportError
from kcz_metrics.reports.cells import CELL_LIMIT, sheet_text
from kcz_metrics.reports.delimited import fingerprint
from kcz_metrics.reports.workbook import profile, ranking

RANKING_SHEETS = ["Summary", "Ranking", "Pillars", "Scores", "Values", "Normalised", "Definitions", "Provenance"]
PROFILE_SHEETS = ["Profile", "Composition", "Contribution", "Neighbours", "Definitions", "Provenance"]


def opened(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content))


def rows(sheet: Worksheet, head: str) -> list[dict[str, object]]:
    """The table below the row whose first cell begins with ``head``; a header is the part before the unit."""
    table = list(sheet.iter_rows(values_only=True))
    top = next(n for n, row in enumerate(table) if str(row[0]).split("\n")[0] == head)
    heads = [str(h).split("\n") for h in table[top] if h is not None]
    names = [h[1].split(" · ")[0] if sheet.title in ("Values", "Normalised", "Scores") and len(h) > 1 else h[0] for h in heads]
    return [dict(zip(names, row, strict=False)) for row in table[top + 1 :] if row[0] is not None]


@pytest.fixture(scope="module")
def small(case):
    return case()


@pytest.fixture(scope="module")
def book(small):
    return opened(ranking(small.scorecard, lang="en", **small.arguments))


@pytest.fixture(scope="module")
def portrait(small):
    return opened(profile(small.scorecard, "U05", lang="en", **small.arguments))


def test_sheets(book, portrait):
    assert book.sheetnames == RANKING_SHEETS
    assert portrait.sheetnames == PROFILE_SHEETS


def test_the_ranking_equals_the_scorecard_to_the_digit(book, small):
    card = small.scorecard
    expected = {r["unit"]: r for r in card.scores.filter(node="small").iter_rows(named=True)}
    pillars = {(u, n): s for u, n, s in card.scores.select("unit", "node", "score").iter_rows()}
    found = rows(book["Ranking"], "Rank")
    assert len(found) == len(expected) == 30
    for row in found:
        own = expected[row["Id"]]
        assert row["Rank"] == (own["rank"] if own["rank"] is not None else "—")
        assert row["Score"] == (own["published"] if own["published"] is not None else "—")
        for name, node in (("First", "first"), ("Second", "second")):
            value = pillars[row["Id"], node]
            assert row[name] == (value if value is not None else "—")
        assert row["Coverage"] == pytest.approx(own["coverage"], abs=0)


def test_ranked_units_come_first_in_order_and_the_others_say_why(book):
    found = rows(book["Ranking"], "Rank")
    ranks = [r["Rank"] for r in found if r["Rank"] != "—"]
    assert ranks == sorted(ranks)
    last = found[-1]
    assert last["Id"] == "U00"
    assert str(last["Notes"]).startswith("Not ranked: ")
    assert len(str(last["Notes"])) > len("Not ranked: ")


def test_movement_is_places_gained_since_the_period_before(book, small):
    def ranks(card):
        return dict(card.scores.filter(node="small").select("unit", "rank").iter_rows())

    now, before = ranks(small.scorecard), ranks(small.previous)
    for row in rows(book["Ranking"], "Rank"):
        a, b = now[row["Id"]], before[row["Id"]]
        assert row["Since 2021"] == ("—" if a is None or b is None else b - a)


@pytest.mark.parametrize("sheet, stage", [("Values", "values"), ("Normalised", "normalised")])
def test_every_value_equals_its_stage(book, small, sheet, stage):
    expected = {(u, i): v for u, i, v in getattr(small.scorecard, stage).select("unit", "indicator", "value").iter_rows()}
    found = rows(book[sheet], "Name")
    assert len(found) == 30
    for row in found:
        for name in ("R1", "D1", "C1", "C2"):
            value = expected.get((row["Id"], name))
            assert row[name] == ("—" if value is None else value)


def test_the_scores_sheet_has_every_inner_node_unrounded(book, small):
    expected = {(u, n): s for u, n, s in small.scorecard.scores.select("unit", "node", "score").iter_rows()}
    for row in rows(book["Scores"], "Name"):
        for node in ("small", "first", "second"):
            value = expected[row["Id"], node]
            assert row[node] == ("—" if value is None else value)


def test_parts_add_up_to_the_score(book):
    found = rows(book["Pillars"], "Name")
    assert len(found) == 20
    for row in found:
        assert math.isclose(row["First"] + row["Second"], row["Score"], rel_tol=1e-12)


def test_a_profile_holds_the_explanation(portrait, small):
    expected = {r["node"]: r for r in explain(small.scorecard, "U05").iter_rows(named=True)}
    found = {r["Id"]: r for r in rows(portrait["Composition"], "Id")}
    assert set(found) >= {"first", "R1", "D1", "second", "C1", "C2"}
    for node in ("first", "R1", "D1", "second", "C1", "C2"):
        assert found[node]["Contribution"] == expected[node]["contribution"]
        assert found[node]["Score"] == expected[node]["score"]
    leaves = sum(found[n]["Contribution"] for n in ("R1", "D1", "C1", "C2"))
    assert sum(found[n]["Effective weight"] for n in ("R1", "D1", "C1", "C2")) == pytest.approx(1)
    assert math.isclose(leaves, small.scorecard.scores.filter(unit="U05", node="small")["score"][0], rel_tol=1e-12)


def test_no_cell_is_a_formula_or_a_link_and_every_number_is_finite(case):
    for group in (False, True):
        made = case(group=group)
        contents = [ranking(made.scorecard, lang="zh", **made.arguments)]
        contents += [profile(made.scorecard, f"U{k:02d}", lang="zh", **made.arguments) for k in range(15)]
        for content in contents:
            for sheet in opened(content):
                for line in sheet.iter_rows():
                    for cell in line:
                        assert cell.data_type != "f", (sheet.title, cell.coordinate)
                        assert cell.hyperlink is None
                        if isinstance(cell.value, float):
                            assert math.isfinite(cell.value)
                        if isinstance(cell.value, str):
                            assert len(cell.value) <= CELL_LIMIT


def test_hostile_names_are_kept_as_text(book, small):
    names = {r["Id"]: r["Name"] for r in rows(book["Ranking"], "Rank")}
    for unit, name in small.scorecard.units.select("unit", "name_en").iter_rows():
        # control characters are written by XlsxWriter as _xHHHH_ escapes only where they are legal; ours are replaced before
        assert names[unit] == sheet_text(name or unit)


@pytest.mark.parametrize("invented, said", [(True, True), (False, False), (None, False)])
def test_the_invented_data_line_stands_on_every_sheet_where_records_are_invented(case, invented, said):
    made = case(invented=invented)
    for content in (ranking(made.scorecard, lang="en", **made.arguments), profile(made.scorecard, "U05", lang="en", **made.arguments)):
        for sheet in opened(content):
            top = [str(c.value) for c in sheet["A"][:4]]
            assert any("all records are invented" in t for t in top) is said
            assert ("all records are invented" in (sheet.oddFooter.left.text or "")) is said


def test_the_basis_line_stands_on_every_sheet(book, portrait):
    for made in (book, portrait):
        for sheet in made:
            line = str(sheet["A2"].value)
            assert "Period 2022" in line
            assert "2023-01-13 · a7f3c1" in line  # half past five in the evening UTC is the next day in Shanghai


def test_provenance_names_what_is_needed_to_recompute(book, small):
    facts = {r["Item"]: r["Content"] for r in rows(book["Provenance"], "Item")}
    assert facts["Scheme digest (SHA-256)"] == small.scheme.digest
    assert facts["Snapshot"] == small.snapshot.id
    assert facts["Command to recompute"] == f"kcz score small --period 2022 --snapshot {small.snapshot.id} --format csv"
    assert facts["SHA-256 of what it prints"] == fingerprint(small.scorecard)
    assert datetime.fromisoformat(str(facts["Created at"])).utcoffset() is not None
    assert any("cd" * 32 in [c.value for c in row] for row in book["Provenance"].iter_rows())


def test_a_time_without_zone_is_refused(small):
    with pytest.raises(ValueError, match="zone"):
        ranking(small.scorecard, lang="en", created_at=datetime(2023, 1, 1), **small.arguments)


def test_the_same_report_has_the_same_bytes(small):
    when = datetime(2023, 2, 1, tzinfo=UTC)
    assert ranking(small.scorecard, lang="zh", created_at=when, **small.arguments) == ranking(
        small.scorecard, lang="zh", created_at=when, **small.arguments
    )


def test_definitions_say_meaning_and_weight(book):
    found = {r["Id"]: r for r in rows(book["Definitions"], "Id")}
    assert found["R1"]["Definition"] == "=Definition"
    assert found["D1"]["Direction"] == "lower is better"
    assert found["R1"]["Weight"] == 0.75
    assert found["R1"]["Effective weight"] == pytest.approx(0.3)
    assert found["first"]["Weight"] == 0.4


def test_tables_are_frozen_filtered_and_ready_for_a4(book):
    sheet = book["Ranking"]
    assert sheet.freeze_panes == "C6"
    assert sheet.auto_filter.ref is not None
    assert sheet.page_setup.paperSize == 9
    assert sheet.print_title_rows == "$1:$5"


def test_there_are_native_charts(book, portrait):
    assert len(book["Summary"]._charts) == 1
    assert len(book["Pillars"]._charts) == 1
    assert len(portrait["Profile"]._charts) == 2
    assert len(portrait["Contribution"]._charts) == 1


def test_with_groups_each_has_its_chart_and_its_order(case):
    made = case(group=True)
    book = opened(ranking(made.scorecard, lang="en", **made.arguments))
    assert len(book["Summary"]._charts) == 2
    ranked = [(r["Group"], r["Rank"]) for r in rows(book["Ranking"], "Rank") if r["Rank"] != "—"]
    assert ranked == sorted(ranked)


def test_an_unknown_unit_is_an_error_with_the_near_ones(small):
    with pytest.raises(ReportError, match="U05"):
        profile(small.scorecard, "U5", lang="en", **small.arguments)


def test_an_unranked_unit_has_a_profile_that_says_why(small):
    made = opened(profile(small.scorecard, "U00", lang="en", **small.arguments))
    assert "Neighbours" not in made.sheetnames
    texts = [str(c.value) for row in made["Profile"].iter_rows() for c in row]
    assert any(t.startswith("Not ranked: ") for t in texts)


def test_chinese_is_the_same_book(small):
    book = opened(ranking(small.scorecard, lang="zh", **small.arguments))
    assert book.sheetnames == ["概要", "排名", "维度构成", "各级得分", "指标值", "标准化值", "指标说明", "数据来历"]
