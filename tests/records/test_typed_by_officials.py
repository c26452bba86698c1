"""What officials do to files: units in number formats, blanks in dates; and what is named but is not there: a heading row, a snapshot."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from corpus.case import HEAD, content, row
from corpus_running import fill

from kcz_metrics.errors import RecordsError, StoreError
from kcz_metrics.records import Corrections, prepare, problems, understand
from kcz_metrics.records.apart.styles import kind
from kcz_metrics.records.casting import cast
from kcz_metrics.records.importing import import_content
from kcz_metrics.records.rings import rings
from kcz_metrics.store import Store
from kcz_metrics.tables import TABLES


def formatted(form: str) -> bytes:
    """A contract of 50 whose amount carries a number format."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEAD)
    sheet.append(row(1, tech_amount_cny="1"))
    cell = sheet.cell(2, HEAD.index("amount_cny") + 1)
    cell.value, cell.number_format = 50, form
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "form, taken",
    [
        ('0"万元"', 500_000), ("#,##0万", 500_000), ('#,##0.00_ "万元"', 500_000), ('General"亿元"', 5_000_000_000),
        ('[$-804]0"千元"', 50_000), ("0\\万\\元", 500_000),
    ],
)  # fmt: skip
def test_a_unit_that_a_number_format_shows_is_taken_with_a_word(form: str, taken: int, tmp_path: Path) -> None:
    staged = prepare(understand(formatted(form), "contract", name="f.xlsx"), fill(tmp_path))
    assert staged.good["amount_cny"].to_list() == [taken]
    assert [issue.code for issue in staged.warnings] == ["cell_units"]


@pytest.mark.parametrize("form", ['0!.0,"万元"', '0.0,"千元"', '0"元"', '"¥"#,##0', '0"件"', "General", "#,##0"])
def test_a_format_that_divides_or_names_the_own_unit_changes_nothing(form: str) -> None:
    understood = understand(formatted(form), "contract", name="f.xlsx")
    assert not understood.issues
    assert not {"万元", "千元"} & set(understood.readings[HEAD.index("amount_cny")].cells)


def test_a_unit_of_a_number_format_converts_once_it_is_confirmed(tmp_path: Path) -> None:
    said = Corrections(units={"amount_cny": "万元"})
    good = prepare(understand(formatted('0"万元"'), "contract", name="f.xlsx", corrections=said), fill(tmp_path)).good
    assert good["amount_cny"].to_list() == [500_000]


@pytest.mark.parametrize("number, seen", [(123, "00123"), (1234567, "1234567"), (0, "00000")])
def test_a_code_keeps_the_zeros_that_its_format_shows(number: int, seen: str) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    book.active.append(row(1))
    cell = book.active["A2"]
    cell.value, cell.number_format = number, "00000"
    stream = io.BytesIO()
    book.save(stream)
    assert understand(stream.getvalue(), "contract", name="f.xlsx").text["0"].to_list() == [seen]


@pytest.mark.parametrize(
    "form, said",
    [
        ('G/通用格式"万元"', "unit:万元"),
        ("0.00[$万元-804]", "unit:万元"), ('"万元"0.00', "unit:万元"), ('[>9]0"元";0"万元"', "unit:元或万元"),
        ("[$$-409]#,##0.00", "unit:$"), ('#,##0" USD"', "unit:USD"), ("[$¥-411]#,##0", "unit:JPY"), ("#,##0\\ [$€-407]", "unit:€"),
        ("[$￥-804]#,##0;[Red][$￥-804]-#,##0", ""),
        ('[>=10000]0!.0,"万元";General"元"', ""), ("[DBNum1][$-804]General", ""),
        ("0" + '"万元"' * 200, ""),
    ],
)  # fmt: skip
def test_what_a_format_writes_beside_a_number(form: str, said: str) -> None:
    assert kind(form) == said


def test_a_dollar_of_a_built_in_format_is_the_machines_own() -> None:
    assert kind('_("$"* #,##0.00_)', own=False) == ""


def test_a_long_line_of_duplicates_is_no_ring_and_takes_no_longer() -> None:
    table = TABLES["contract"]
    ids = [f"CT{n}" for n in range(50_000)]
    whole = pl.DataFrame({"_row": range(2, 50_002), "contract_id": ids, "duplicate_of": [*ids[1:], None]})
    current = pl.DataFrame({"contract_id": ["CT49999"], "duplicate_of": ["CT0"]})
    assert all(part.is_empty() for part in rings(whole, current, table, problems.none()))
    closed = whole.with_columns(duplicate_of=pl.col("duplicate_of").fill_null("CT49998"))
    (found,) = rings(closed, current, table, problems.none())
    assert found["row"].to_list() == [50_000, 50_001]


def test_a_format_of_dates_names_no_unit() -> None:
    assert kind('yyyy"年"m"月"') == "date"


@pytest.mark.parametrize("text", ["2022 年 1 月 5 日", "2022年 1月 5日"])
def test_blanks_in_a_chinese_date(text: str) -> None:
    read = pl.DataFrame({"signed_at": [text]}).select(cast(pl.col("signed_at"), TABLES["contract"].columns["signed_at"]))
    assert str(read.item()) == "2022-01-05"


@pytest.mark.parametrize("asked", [0, 3, 99])
def test_a_heading_row_that_is_not_there_is_refused(asked: int) -> None:
    with pytest.raises(RecordsError) as refused:
        understand(content(row(1)), "contract", name="f.csv", heading_row=asked)
    assert [issue.code for issue in refused.value.issues] == ["heading_row_missing"]


def book(*rows: Sequence[str], above: Sequence[Sequence[str]] = ()) -> bytes:
    made = openpyxl.Workbook()
    for cells in [*above, HEAD, *rows]:
        made.active.append(cells)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("made", [content, book], ids=["csv", "xlsx"])
@pytest.mark.parametrize("blank", [0, 600], ids=["notes", "blank"])
def test_a_heading_row_that_is_named_may_stand_far_down(made: Callable[..., bytes], blank: int) -> None:
    notes = [["说明", f"第 {n} 条"] if n > blank else [] for n in range(1, 701)]
    found = understand(made(row(1), row(2), above=notes), "contract", name="f", heading_row=701)
    assert (found.heading_row, found.rows, found.issues) == (701, 2, ())
    assert found.text["_row"].to_list() == [702, 703]


@pytest.mark.parametrize("made", [content, book], ids=["csv", "xlsx"])
def test_a_heading_row_too_far_down_is_refused_with_the_limit(made: Callable[..., bytes]) -> None:
    with pytest.raises(RecordsError) as refused:
        understand(made(row(1)), "contract", name="f", heading_row=1001)
    assert "1,000" in refused.value.issues[0].render("zh")


@pytest.mark.parametrize("place", ["contract_id", "evidence_uri"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "gb18030"])
def test_a_control_character_hands_back_its_own_row_and_no_other(tmp_path: Path, codec: str, place: str) -> None:
    made = content(row(1, source="登记机构"), row(2, **{place: "技术\x0b合同\x1e\x1f"}), row(3)).decode().encode(codec)
    done = import_content(fill(tmp_path), "contract", made, name="f.csv", actor="li")
    assert done.accepted["_row"].to_list() == [2, 4]
    assert set(done.problems["row"]) == {3}
    assert any("含有控制字符" in said for said in done.problems["zh"])
    assert "技术\ufffd合同\ufffd\ufffd" in done.rejected["cells"][0]


def test_an_empty_id_takes_nothing_back(tmp_path: Path) -> None:
    store: Store = fill(tmp_path)
    import_content(store, "contract", content(row(1)), name="f.csv", actor="li")
    before = store.snapshot().id
    with pytest.raises(StoreError) as refused:
        store.undo("", actor="li", reason="a variable of the shell that was not set")
    assert [issue.code for issue in refused.value.issues] == ["no_snapshot"]
    assert store.snapshot().id == before
