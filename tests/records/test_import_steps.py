"""The steps of an import that a person follows: understand, correct, compare, bring in, take back; units; what is remembered."""

from __future__ import annotations

import pickle
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from corpus.case import HEAD, content, relabelled, row
from corpus_running import fill

from kcz_metrics.errors import RecordsError
from kcz_metrics.records import Corrections, Staged, commit, corrected, prepare, understand, undo, waiting
from kcz_metrics.records.importing import import_content, import_file
from kcz_metrics.records.limits import LIMITS, MAX_BOOK_ROWS
from kcz_metrics.records.plain_patterns import WORDS
from kcz_metrics.store import Store
from kcz_metrics.store.conflicts import ConflictError
from kcz_metrics.tables import TABLES

WAN = relabelled({"amount_cny": "成交额（万元）", "tech_amount_cny": "技术交易额（万元）"})
IN_WAN = Corrections(units={"amount_cny": "万元", "tech_amount_cny": "万元"})


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Never written to."""
    return fill(tmp_path_factory.mktemp("steps") / "store")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return fill(tmp_path / "store")


def staged(store: Store, *rows: list[str], **options: object) -> Staged:
    return prepare(understand(content(*rows, **options), "contract", name="c.csv", home=store.home), store)


def test_what_was_understood_is_said_column_by_column(filled: Store) -> None:
    found = understand(content(row(1), head=WAN, above=[["2022年度"]]), "contract", name="c.csv")
    assert (found.kind, found.encoding, found.separator, found.heading_row) == ("csv", "utf-8", ",", 2)
    how = {reading.heading: (reading.column, reading.how, reading.unit, reading.by) for reading in found.readings}
    assert how["成交额（万元）"] == ("amount_cny", "label", "万元", None)
    assert how["contract_id"][:2] == ("contract_id", "name")
    assert [issue.code for issue in found.issues] == ["unit_differs"] * 2
    with pytest.raises(RecordsError, match="amount_cny=万元"):
        prepare(found, filled)


def test_a_unit_that_was_said_converts_in_decimals(filled: Store) -> None:
    found = understand(content(row(1, amount_cny="35.1", tech_amount_cny="0.0003"), head=WAN), "contract")
    done = prepare(corrected(found, IN_WAN), filled)
    assert done.good.select("amount_cny", "tech_amount_cny").row(0) == (351_000, 3)


def test_every_step_can_be_kept_and_sent(filled: Store) -> None:
    found = corrected(understand(content(row(1), ["short"], head=WAN), "contract"), IN_WAN)
    again = pickle.loads(pickle.dumps(found))
    assert again.text.equals(found.text)
    assert [issue.render("en") for issue in again.issues] == [issue.render("en") for issue in found.issues]
    done = pickle.loads(pickle.dumps(prepare(again, filled)))
    assert (done.good.height, done.rejected) == (1, 1)


def test_a_file_is_compared_with_what_is_there(filled: Store) -> None:
    same = row(1, contract_id="CT900", registration_no="RN900", seller_city_id="PC001")
    changed = row(
        1, contract_id="CT901", seller_city_id="PC001", amount_cny="450000", tech_amount_cny="7", docking_id="DK2", registration_no=""
    )
    done = staged(filled, same, changed, row(3), row(4, amount_cny="x"))
    assert (done.new.height, done.changed.height, done.same, done.gone, done.rejected) == (1, 1, 1, 0, 1)
    assert done.differences(filled).rows() == [("CT901", "tech_amount_cny", "1", "7")]


def test_what_was_brought_in_can_be_taken_back(store: Store) -> None:
    before = store.snapshot().read("contract")
    receipt = commit(staged(store, row(1), row(2, contract_id="CT900", registration_no="RN900", amount_cny="1000000")), store, "li")
    assert (receipt.new, receipt.changed, receipt.made, store.snapshot().id) == (1, 1, True, receipt.snapshot)
    after = undo(receipt, store, "li", "wrong file")
    assert after.read("contract").sort("contract_id").equals(before.sort("contract_id"))
    # Taken back, the file may come again.
    assert commit(staged(store, row(1)), store, "li").new == 1


def test_nothing_brought_in_is_nothing_to_take_back(store: Store) -> None:
    receipt = commit(staged(store, row(1, contract_id="CT900", registration_no="RN900", seller_city_id="PC001")), store, "li")
    assert (receipt.made, receipt.same) == (False, 1)
    with pytest.raises(RecordsError, match="changed nothing"):
        undo(receipt, store, "li", "wrong file")


def test_a_row_that_somebody_changed_meanwhile_is_not_written_over(store: Store) -> None:
    mine, theirs = (staged(store, row(1, contract_id="CT900", registration_no="RN900", amount_cny=amount)) for amount in ("1", "2"))
    assert [part.problems.height for part in (mine, theirs)] == [1, 1]  # technology above the whole
    mine, theirs = (
        staged(store, row(1, contract_id="CT900", registration_no="RN900", amount_cny=amount)) for amount in ("500000", "600000")
    )
    commit(theirs, store, "wu")
    with pytest.raises(ConflictError):
        commit(mine, store, "li")


def test_columns_that_were_said_are_remembered_for_their_headings(store: Store) -> None:
    odd = relabelled({"amount_cny": "总价", "evidence_uri": "备注"})
    assert {issue.code for issue in understand(content(row(1), head=odd), "contract", home=store.home).issues} == {
        "heading_unknown",
        "column_missing",
    }
    said = Corrections(columns={"总价": "amount_cny", "备注": None})
    commit(prepare(understand(content(row(1), head=odd), "contract", home=store.home, corrections=said), store), store, "li")
    again = understand(content(row(2, evidence_uri="x"), head=odd), "contract", home=store.home)
    assert not again.issues
    assert {r.heading: r.how for r in again.readings if r.how != "name"} == {
        "总价": "remembered",
        "备注": "left_out",
    }
    mended = content(["2", "amount_cny", "……", *row(3)], head=["row", "column", "rule", *odd])
    assert not understand(mended, "contract", home=store.home).issues, "rejected rows come back under the headings that were said"
    elsewhere = understand(content(row(2), head=relabelled({"amount_cny": "总价"})), "contract", home=store.home)
    assert "heading_unknown" in {issue.code for issue in elsewhere.issues}


def test_a_unit_is_asked_for_with_every_file(store: Store) -> None:
    import_content(
        store, "contract", content(row(1, amount_cny="35", tech_amount_cny="1"), head=WAN), name="a", actor="li", corrections=IN_WAN
    )
    assert [issue.code for issue in understand(content(row(2), head=WAN), "contract", home=store.home).issues] == ["unit_differs"] * 2


def test_the_same_file_in_another_unit_is_another_import(store: Store) -> None:
    bare = content(row(1, amount_cny="35", tech_amount_cny="1"))
    import_content(store, "contract", bare, name="a.csv", actor="li")
    once = import_content(store, "contract", bare, name="a.csv", actor="li", corrections=IN_WAN)
    assert (once.known, once.changed) == (False, 1)
    assert import_content(store, "contract", bare, name="b.csv", actor="li", corrections=IN_WAN).known


def test_rules_between_tables_warn_and_where_asked_reject(filled: Store) -> None:
    found = understand(content(row(1), row(2, seller_city_id="PC002", period_id="2021")), "contract")
    lenient, strict = prepare(found, filled), prepare(found, filled, strict=True)
    assert (lenient.good.height, lenient.doubts.select("row", "column", "rule").rows()) == (2, [(3, "seller_city_id", "R1")])
    assert (strict.good.height, strict.problems.select("row", "rule").rows()) == (1, [(3, "R1")])


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_rejected_rows_come_back_as_a_workbook_that_goes_in_again(store: Store, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content(row(1), row(2, amount_cny="x", evidence_uri="=1+1"), ["CT003", "short"], above=[["单位：元"]]))
    outcome = import_file(store, "contract", path, actor="li", lang="en")
    assert outcome.rejected_book == tmp_path / "c.csv.rejected.xlsx"
    book = openpyxl.load_workbook(outcome.rejected_book)
    sheet = book.worksheets[0]
    assert book.properties.created == datetime(2000, 1, 1)  # so that the same rows a second later are the same bytes
    at = 4 + HEAD.index("amount_cny")
    cell = sheet.cell(2, at)
    assert [c.value for c in sheet[1]][: len(HEAD) + 3] == ["row", "column", "rule", *HEAD]
    assert (sheet.cell(2, 1).value, sheet.cell(2, 2).value, cell.value) == (4, "amount_cny", "x")
    assert "whole number" in str(sheet.cell(2, 3).value)
    assert cell.comment is not None
    assert cell.fill.fgColor.rgb == "FFFBE3D6"
    assert sheet.cell(2, at + 1).fill.fgColor.rgb != "FFFBE3D6"
    assert sheet.cell(2, 4 + HEAD.index("evidence_uri")).data_type == "s"
    assert (sheet.cell(3, 2).value, sheet.cell(3, 4).value, sheet.cell(3, 5).value) == (None, "CT003", "short")
    assert "does not fit" in sheet.cell(3, 4 + len(HEAD)).value  # under no heading, so that the row stays out until someone has looked
    sheet.delete_rows(3)
    cell.value = "360000"
    mended = tmp_path / "mended.xlsx"
    book.save(mended)
    if kind == "csv":
        mended = tmp_path / "c.csv.rejected.csv"
        lines = mended.read_text(encoding="utf-8-sig").splitlines()
        mended.write_text("\n".join([lines[0], lines[1].replace(",x,", ",360000,")]), encoding="utf-8")
    again = import_file(store, "contract", mended, actor="li")
    assert (again.new, again.rejected.height) == (1, 0)
    assert store.snapshot().read("contract").filter(contract_id="CT002").select("amount_cny", "evidence_uri").row(0) == (360_000, "=1+1")
    assert import_file(store, "contract", mended, actor="li").known


@pytest.mark.parametrize("heading", ["Amount (10k CNY)", "成交额（ 万元 ）"])
def test_a_unit_that_a_heading_says_stands_in_it_once_when_it_comes_back(heading: str, filled: Store) -> None:
    head = relabelled({"amount_cny": heading})
    found = understand(content(row(1, amount_cny="x"), head=head), "contract", corrections=Corrections(units={"amount_cny": "万元"}))
    assert heading in prepare(found, filled).rejected_csv("zh").decode("utf-8-sig").splitlines()[0].split(",")


def test_a_unit_said_elsewhere_comes_back_in_the_heading(filled: Store) -> None:
    found = understand(content(row(1, amount_cny="x"), above=[["单位：万元"]]), "contract", corrections=IN_WAN)
    back = prepare(found, filled).rejected_csv("zh")
    assert "amount_cny（万元）" in back.decode("utf-8-sig").splitlines()[0]
    assert {issue.code for issue in understand(back, "contract").issues} == {"unit_differs"}


def test_the_limits_in_the_guide_are_those_of_the_program() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "importing.md").read_text(encoding="utf-8")
    mega = 1024**2
    for row_of in (
        f"| file | {LIMITS['bytes'] // mega} MB | {LIMITS['csv_bytes'] // mega} MB |",
        f"| rows | {LIMITS['rows']:,} | {LIMITS['csv_rows']:,} |",
        f"| columns with anything in them | {LIMITS['columns']} | {LIMITS['columns']} |",
        f"| characters in a cell | {LIMITS['cell']:,} | {LIMITS['cell']:,} |",
        f"| parts of a workbook; unpacked | {LIMITS['parts']}; {LIMITS['unpacked'] // mega} MB | |",
    ):
        assert row_of in guide
    assert f"{MAX_BOOK_ROWS:,} of them" in guide
    assert f"up to {LIMITS['title'] - 1} title" in guide


def test_rejected_rows_wait_until_they_come_back(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content(row(1), row(2, amount_cny="x"), row(3, amount_cny="y")))
    outcome = import_file(store, "contract", path, actor="li")
    assert [one.rows for one in waiting.all_of(store)] == [(3, 4)]
    back = outcome.rejected_path
    assert back is not None
    back.write_text(back.read_text(encoding="utf-8-sig").replace(",x,", ",360000,"), encoding="utf-8")
    import_file(store, "contract", back, actor="li")
    assert [one.rows for one in waiting.all_of(store)] == [(4,)]


def test_rules_read_from_left_to_right_in_plain_words(filled: Store) -> None:
    done = staged(filled, row(1, contract_id="合同1", seller_org_id="", period_id="22", buyer_org_id="ZZ9", status="?"))
    assert done.problems["column"].to_list() == ["contract_id", "seller_org_id", "period_id", "status", "buyer_org_id"]
    assert not done.problems["zh"].str.contains(r"\^").any()
    assert done.problems["zh"][4] == "买方 在“机构”中找不到"


def test_every_pattern_of_a_contract_has_its_words() -> None:
    assert {c.pattern for t in TABLES.values() for c in t.columns.values() if c.pattern} == set(WORDS)


def test_a_table_of_keys_alone_has_nothing_that_differs(filled: Store) -> None:
    done = prepare(understand(b"team_id,tag\nTM1,a\n", "team_skill"), filled)
    assert done.differences(filled).columns == ["team_id", "tag", "column", "before", "after"]


def test_what_is_said_of_a_file_that_has_no_such_thing_makes_no_other_import_of_it() -> None:
    alone = understand(content(row(1)), "contract")
    assert understand(content(row(1)), "contract", sheet="Sheet1").key == alone.key
    assert understand(content(row(1)), "contract", heading_row=1).key != alone.key
