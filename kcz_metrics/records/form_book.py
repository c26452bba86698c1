"""A form of a table as a workbook: headings, drop-downs, checks while typing, an example row that is not imported, a sheet of notes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kcz_metrics.locales import LANGUAGES, Language, T, Text
from kcz_metrics.records.casting import expectation
from kcz_metrics.records.forms import EXAMPLES, headings
from kcz_metrics.records.headers import candidates
from kcz_metrics.tables import TABLES, Column, Table

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

ROWS = 5_000  # rows that are prepared for filling in
_LIST = 250  # characters that a drop-down may hold by itself
_YES_NO: Mapping[Language, tuple[str, str]] = MappingProxyType({"zh": ("是", "否"), "en": ("yes", "no")})
_TYPES: Mapping[str, Text] = MappingProxyType(
    {
        "text": T("文字内容"),
        "int": T("整数"),
        "float": T("数"),
        "bool": T("是或否"),
        "date": T("日期"),
        "datetime": T("日期和时间"),
        "enum": T("从所列中选一项"),
        "set": T("从所列中选一项或几项，以 | 分隔"),
    }
)
_NOTES = (
    T("一行是一条记录；表头不要改动，列的次序可以变，选填的列可以删去。"),
    T("带 * 的列必填。灰色的示例行不会导入，可以删去。"),
    T("金额以元为单位；单位写在表头的括号里，不要改。"),
    T("编号、代码按文本填写，以免丢掉开头的 0 和 15 位以后的数字。"),
    T("同一编号再次导入即为更正，原来的值仍可查到。"),
)


def form_book(table: str, lang: Language) -> bytes:
    """The form of ``table`` as an XLSX, everything in ``lang``."""
    import xlsxwriter

    from kcz_metrics.records.understanding import known_table

    contract = known_table(table)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        form = book.add_worksheet(contract.label.in_(lang)[:31].replace("/", " "))
        notes = book.add_worksheet(T("说明").render(lang))
        codes = book.add_worksheet("codes")
        codes.hide()
        _form(book, form, codes, contract, lang)
        _notes(book, notes, contract, lang)
    return out.getvalue()


def _form(book: Workbook, sheet: Worksheet, codes: Worksheet, contract: Table, lang: Language) -> None:
    optional = book.add_format({"bold": True, "bg_color": "#E8EDF3", "bottom": 1, "text_wrap": True, "valign": "top"})
    required = book.add_format({"bold": True, "bg_color": "#D3DEEA", "bottom": 1, "text_wrap": True, "valign": "top"})
    grey = book.add_format({"italic": True, "font_color": "#8A8F98", "num_format": "@"})
    formats = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
    for position, (name, heading) in enumerate(zip(contract.columns, headings(contract, lang), strict=True)):
        column = contract.columns[name]
        sheet.set_column(position, position, max(12, min(28, 2 * len(heading) + 4)), formats.get(column.kind))
        sheet.write_string(0, position, _heading(heading, column, contract, lang), optional if column.nullable else required)
        sheet.write_comment(0, position, _about(column, contract, lang), {"x_scale": 2})
        sheet.write_string(1, position, EXAMPLES[LANGUAGES.index(lang)] if position == 0 else example(column, lang), grey)
        if check := _check(column, codes, position, lang):
            sheet.data_validation(2, position, ROWS, position, check)
    sheet.freeze_panes(1, 1)


#: Ids and codes are kept as text, so that no leading zero and no late digit is lost.
_FORMATS = {"text": "@", "enum": "@", "set": "@", "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "int": "0", "float": "General"}


def _heading(heading: str, column: Column, contract: Table, lang: Language) -> str:
    """With its unit, where it is still understood so, and a star where the column must be filled in."""
    if column.unit is not None:
        unit = column.unit.in_(lang)
        with_unit = f"{heading}（{unit}）" if lang == "zh" else f"{heading} ({unit})"
        heading = with_unit if candidates(with_unit, contract) == [column.name] else heading
    return heading if column.nullable else f"{heading} *"


def _about(column: Column, contract: Table, lang: Language) -> str:
    reference = next((r for r in contract.references if r.column == column.name), None)
    lines = [
        f"{column.name}: {_TYPES[column.kind].render(lang)}",
        T("选填").render(lang) if column.nullable else T("必填").render(lang),
        *(text.render(lang) for _, text in column.checks().values() if "values" not in text.values and "pattern" not in text.values),
    ]
    if reference is not None:
        lines.append(T("须是“{table}”中已有的编号", table=TABLES[reference.table].label).render(lang))
    return "\n".join(lines)


def example(column: Column, lang: Language) -> str:
    """An invented value of the column, as one types it."""
    if column.values:
        return next(iter(column.values.values())).in_(lang)
    if column.kind in ("int", "float"):
        least = column.minimum if column.minimum is not None else 0
        return f"{max(least, (column.above or 0) + 1):g}" if column.unit is None or column.unit.zh != "元" else "120000"
    fixed = {"bool": _YES_NO[lang][0], "date": "2022-01-05", "datetime": "2022-01-05 13:30"}
    if column.kind in fixed:
        return fixed[column.kind]
    if column.name == "period_id":
        return "2022"
    return "" if column.nullable else {"zh": "……", "en": "..."}[lang]


def _check(column: Column, codes: Worksheet, position: int, lang: Language) -> dict[str, Any] | None:
    """What the form checks while one types; whatever it lets pass is checked again on import."""
    said = expectation(column).render(lang)[:250]
    told = {"error_title": column.label.in_(lang)[:31], "error_message": said, "ignore_blank": True}
    if column.kind == "bool":
        return {"validate": "list", "source": list(_YES_NO[lang]), **told}
    if column.kind == "enum" and column.values:
        names = [label.in_(lang) for label in column.values.values()]
        source: list[str] | str = names
        if len(",".join(names)) > _LIST or any("," in name for name in names):
            for row, name in enumerate(names):
                codes.write_string(row, position, name)
            letters = _letters(position)
            source = f"=codes!${letters}$1:${letters}${len(names)}"
        return {"validate": "list", "source": source, **told, **({"error_type": "warning"} if column.open else {})}
    if column.kind in ("int", "float"):
        kind = "integer" if column.kind == "int" else "decimal"
        lowest = column.minimum if column.minimum is not None else column.above if column.above is not None else -1e12
        highest = column.maximum if column.maximum is not None else 1e12
        return {"validate": kind, "criteria": "between", "minimum": lowest, "maximum": highest, **told}
    return None


def _letters(position: int) -> str:
    first, last = divmod(position, 26)
    return (chr(64 + first) if first else "") + chr(65 + last)


def _notes(book: Workbook, sheet: Worksheet, contract: Table, lang: Language) -> None:
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 3, 22)
    sheet.set_column(4, 4, 70)
    sheet.write_string(0, 0, contract.label.in_(lang), bold)
    if contract.about is not None:
        sheet.write_string(1, 0, contract.about.in_(lang))
    for line, note in enumerate(_NOTES, 2):
        sheet.write_string(line, 0, note.render(lang))
    top = len(_NOTES) + 3
    heads = (T("列的名称"), T("列名"), T("填写"), T("计量单位"), T("可填的值与要求"))
    for position, text in enumerate(heads):
        sheet.write_string(top, position, text.render(lang), bold)
    for line, column in enumerate(contract.columns.values(), top + 1):
        _note(sheet, line, column, contract, lang, wrapped)


def _note(sheet: Worksheet, line: int, column: Column, contract: Table, lang: Language, wrapped: Format) -> None:
    codes = "; ".join(f"{label.in_(lang)} ({code})" for code, label in column.values.items())
    said = _about(column, contract, lang).split("\n")[2:]
    cells = (
        column.label.in_(lang),
        f"[{column.name}]",  # a line of the notes must not look like the headings of a narrow table
        f"{_TYPES[column.kind].render(lang)}{'' if column.nullable else ' *'}",
        column.unit.in_(lang) if column.unit else "",
        "; ".join([*([codes] if codes else []), *said]),
    )
    for position, cell in enumerate(cells):
        sheet.write_string(line, position, cell, wrapped)
