"""Forms as workbooks: they are understood as their own table, drop down what may be chosen, and their example is not imported."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from kcz_metrics.errors import RecordsError
from kcz_metrics.records import understand
from kcz_metrics.records.form_book import form_book
from kcz_metrics.records.forms import EXAMPLES
from kcz_metrics.tables import TABLES


def opened(table: str, lang: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(form_book(table, lang)))  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("table", ["contract", "pilot_city", "impact"])
def test_a_filled_form_is_understood_as_its_own_table(table: str, lang: str, tmp_path: Path) -> None:
    book = opened(table, lang)
    sheet = book.worksheets[0]
    columns = list(TABLES[table].columns)
    for position in range(1, len(columns) + 1):
        sheet.cell(3, position).value = "1"
    book.save(tmp_path / "form.xlsx")
    found = understand(tmp_path / "form.xlsx", table)
    assert (found.issues, found.columns, found.examples, found.rows) == ((), tuple(columns), 1, 1)


@pytest.mark.long
@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_a_form_that_is_understood(table: str, tmp_path: Path) -> None:
    for lang in ("zh", "en"):
        book = opened(table, lang)
        book.worksheets[0].cell(3, 1).value = "1"
        book.save(tmp_path / f"{lang}.xlsx")
        found = understand(tmp_path / f"{lang}.xlsx", table)
        assert (found.issues, found.columns) == ((), tuple(TABLES[table].columns))


def test_an_empty_form_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_bytes(form_book("contract", "zh"))
    with pytest.raises(RecordsError, match="no rows"):
        understand(tmp_path / "form.xlsx", "contract")


@pytest.mark.parametrize("lang, heading, choice", [("zh", "成交额（元） *", "技术服务"), ("en", "Amount (CNY) *", "Service")])
def test_headings_choices_notes_and_the_example_are_in_the_language(lang: str, heading: str, choice: str) -> None:
    book = opened("contract", lang)
    form, notes, codes = book.worksheets
    names = list(TABLES["contract"].columns)
    assert form.cell(1, names.index("amount_cny") + 1).value == heading
    assert form.cell(2, 1).value in EXAMPLES
    checks = {str(check.sqref).split(":")[0]: check for check in form.data_validations.dataValidation}
    kinds = checks[f"{openpyxl.utils.get_column_letter(names.index('contract_type') + 1)}3"]
    assert (kinds.type, choice in kinds.formula1) == ("list", True)
    assert notes.max_row > len(names)
    assert codes.sheet_state == "hidden"
    assert form.cell(1, 1).comment is not None


def test_choices_that_hold_a_comma_stand_on_a_sheet_of_their_own() -> None:
    book = opened("special_project", "en")
    column = TABLES["special_project"].columns["project_kind"]
    position = list(TABLES["special_project"].columns).index("project_kind") + 1
    names = [label.en for label in column.values.values()]
    assert any("," in name for name in names)
    assert [book.worksheets[2].cell(row, position).value for row in range(1, len(names) + 1)] == names
    letter = openpyxl.utils.get_column_letter(position)
    checks = {str(check.sqref).split(":")[0]: check.formula1 for check in book.worksheets[0].data_validations.dataValidation}
    assert checks[f"{letter}3"] == f"codes!${letter}$1:${letter}${len(names)}"
