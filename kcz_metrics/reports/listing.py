"""A list of records as a workbook: one sheet of rows that comes in again as it stands, one of notes that says what it is a list of."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics import __version__
from kcz_metrics.errors import Issue, ReportError
from kcz_metrics.locales import Language, T, translate
from kcz_metrics.reports.cells import sheet_name, sheet_text
from kcz_metrics.reports.subject import SHANGHAI

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from kcz_metrics.store import Snapshot
    from kcz_metrics.tables import Table

#: Rows below the line of title and the headings.
MOST = 1_048_576 - 2
#: Greatest whole number that a cell keeps to its last digit.
_EXACT = 2**53
#: Excel counts a day too many before March 1900; such dates stand as text.
_FIRST = date(1900, 3, 1)
#: Texts that may need changing to stand in a cell: control characters, or so long that they may be too long.
_ODD, _SHORT = r"[\x00-\x08\x0b\x0c\x0e-\x1f\uFFFE\uFFFF]", 16_000
_FORMATS = {"text": "@", "date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss", "int": "0", "float": "General"}


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows to be listed. ``headings``: of every column, ``explained``: what a column holds, where there is more to say; ``asked``: by which
    filters the rows were chosen, as name and value."""

    title: str
    frame: pl.DataFrame
    headings: Mapping[str, str]
    asked: Sequence[tuple[str, str]] = ()
    explained: Mapping[str, str] = field(default_factory=dict)


def of_table(frame: pl.DataFrame, table: Table, lang: Language, asked: Sequence[tuple[str, str]] = ()) -> Listing:
    """Rows of a record table with the headings of its form, so that the workbook can be imported as it is; codes as their labels where the
    label means one code only. Columns that the table does not have keep their names."""
    from kcz_metrics.records.forms import headings

    heads = dict(zip(table.columns, headings(table, lang), strict=True))
    known = {name: column for name, column in table.columns.items() if name in frame.columns}
    for name, column in known.items():
        if column.unit is not None:
            heads[name] = f"{heads[name]}（{column.unit.zh}）" if lang == "zh" else f"{heads[name]} ({column.unit.en})"
    labels = {name: _labels(column.values, lang) for name, column in known.items() if column.kind == "enum" and column.values}
    shown = frame.with_columns(pl.col(name).replace(codes) for name, codes in labels.items())
    explained = {name: "，".join(f"{code} {label}" for code, label in codes.items()) for name, codes in labels.items()}
    named = {name: heads.get(name, name) for name in frame.columns}
    return Listing(table.label.in_(lang), shown, named, asked, explained)


def _labels(values: Mapping[str, object], lang: Language) -> dict[str, str]:
    """Codes to labels, without labels that two codes share or that are another's code."""
    called = {code: str(getattr(label, lang)) for code, label in values.items()}
    said = list(called.values())
    return {code: label for code, label in called.items() if said.count(label) == 1 and (label == code or label not in called)}


def workbook(listing: Listing, snapshot: Snapshot, lang: Language, *, created_at: datetime | None = None) -> bytes:
    """The bytes of an .xlsx file. No text becomes a formula, a link, a number or a date; dates and numbers are such.

    Errors: ReportError where there are more rows than a sheet holds.
    """
    import xlsxwriter

    if listing.frame.height > MOST:
        raise ReportError(
            Issue(
                "too_many_rows",
                T("一张工作表放不下这么多行"),
                subject=listing.title,
                expected=T("至多 {n} 行", n=f"{MOST:,}"),
                found=T("{n} 行", n=f"{listing.frame.height:,}"),
                hint=T("导出 CSV，或先缩小范围"),
            )
        )
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    taken: set[str] = set()
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(sheet_name(listing.title, taken))
        notes = book.add_worksheet(sheet_name(translate("说明", lang), taken))
        _rows(book, sheet, listing, _line(listing, snapshot, lang), lang)
        _notes(book, notes, _said(listing, snapshot, lang, created_at or datetime.now(SHANGHAI)), listing, lang)
    return out.getvalue()


def _line(listing: Listing, snapshot: Snapshot, lang: Language) -> str:
    """What stands above the headings: a sheet that was copied alone still says what it is."""
    count = translate("{n} 行", lang, n=f"{listing.frame.height:,}")
    notice = [translate("演示数据：全部记录均为虚构", lang)] if snapshot.invented else []
    return " · ".join([listing.title, translate("快照 {id}", lang, id=snapshot.short), count, *notice])


def _rows(book: Workbook, sheet: Worksheet, listing: Listing, line: str, lang: Language) -> None:
    frame = listing.frame
    formats = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
    head = book.add_format({"bold": True, "bg_color": "#E8EDF3", "bottom": 1, "text_wrap": True, "valign": "top"})
    for place, name in enumerate(frame.columns):
        sheet.set_column(place, place, max(10, min(34, 1.7 * len(listing.headings[name]) + 3)))
    sheet.freeze_panes(2, 1)
    sheet.repeat_rows(0, 1)
    sheet.write_string(0, 0, sheet_text(line), book.add_format({"bold": True}))
    for place, name in enumerate(frame.columns):
        sheet.write_string(1, place, sheet_text(listing.headings[name]), head)
    writers = [_writer(sheet, dtype, formats, lang) for dtype in frame.dtypes]
    for row, values in enumerate(_clean(frame).iter_rows(), 2):
        for place, value in enumerate(values):
            if value is not None:
                writers[place](row, place, value)
    if frame.height and frame.width:
        sheet.autofilter(1, 0, frame.height + 1, frame.width - 1)


def _clean(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts as a cell can hold them; only those that need it are looked at one by one."""
    texts = [pl.col(name) for name, dtype in frame.schema.items() if dtype == pl.String]
    odd = [text.str.contains(_ODD) | (text.str.len_chars() > _SHORT) for text in texts]
    return frame.with_columns(
        pl.when(is_odd).then(text.map_elements(sheet_text, return_dtype=pl.String)).otherwise(text)
        if frame.select(is_odd.any()).item()
        else text
        for text, is_odd in zip(texts, odd, strict=True)
    )


def _writer(sheet: Worksheet, dtype: pl.DataType, formats: Mapping[str, Format], lang: Language) -> Callable[[int, int, object], object]:
    """How a value of this type is written: what does not fit a cell of its kind stands as the text it is."""

    form = formats["text"]

    def text(row: int, place: int, value: object) -> object:
        return sheet.write_string(row, place, str(value), form)

    def number(row: int, place: int, value: object) -> object:
        assert isinstance(value, int | float)
        if not abs(value) <= _EXACT:  # an infinity, or digits that a cell would lose
            return text(row, place, value)
        return sheet.write_number(row, place, value, formats["float" if isinstance(value, float) else "int"])

    def moment(row: int, place: int, value: object) -> object:
        assert isinstance(value, date)
        day = value.date() if isinstance(value, datetime) else value
        if day < _FIRST:
            return text(row, place, value)
        kind = "datetime" if isinstance(value, datetime) else "date"
        bare = value.replace(tzinfo=None) if isinstance(value, datetime) else value
        return sheet.write_datetime(row, place, bare, formats[kind])

    def truth(row: int, place: int, value: object) -> object:
        return text(row, place, translate("是" if value else "否", lang))

    return moment if dtype.is_temporal() else truth if dtype == pl.Boolean else number if dtype.is_numeric() else text


def _said(listing: Listing, snapshot: Snapshot, lang: Language, made: datetime) -> Iterable[tuple[str, str]]:
    def tr(words: str, **values: object) -> str:
        return translate(words, lang, **values)

    taken = snapshot.created_at.astimezone(SHANGHAI)
    yield tr("内容"), listing.title
    yield tr("行数"), f"{listing.frame.height:,}"
    yield tr("数据快照"), snapshot.id
    yield tr("快照时间"), taken.isoformat(timespec="seconds")
    yield tr("快照次序与来源"), tr("第 {n} 个，{source}，{actor}", n=snapshot.number, source=snapshot.source, actor=snapshot.actor)
    if snapshot.invented:
        yield tr("记录性质"), tr("演示数据：全部记录均为虚构")
    yield from listing.asked or [(tr("筛选"), tr("没有，全部行"))]
    yield tr("软件版本"), f"kcz-metrics {__version__}"
    yield tr("生成时间"), made.isoformat(timespec="seconds")
    yield tr("怎么读"), tr("文字按文字保存，不会当作公式；空格表示没有值。")


def _notes(book: Workbook, sheet: Worksheet, said: Iterable[tuple[str, str]], listing: Listing, lang: Language) -> None:
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, 2, 80)
    row = -1
    for row, (name, value) in enumerate(said):
        sheet.write_string(row, 0, sheet_text(name), bold)
        sheet.write_string(row, 1, sheet_text(value))
    for place, title in enumerate((translate("列", lang), translate("表头", lang), translate("代码", lang))):
        sheet.write_string(row + 2, place, title, bold)
    for line, name in enumerate(listing.frame.columns, row + 3):
        sheet.write_string(line, 0, sheet_text(name))
        sheet.write_string(line, 1, sheet_text(listing.headings[name]))
        if listing.explained.get(name):
            sheet.write_string(line, 2, sheet_text(listing.explained[name]), wrapped)
