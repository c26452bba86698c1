"""Workbooks written part by part, so that any of them can be wrong."""

# ruff: noqa: E501  (a case reads best on its line)
from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from corpus.case import HEAD, row

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
NUMBERS = ("amount_cny", "tech_amount_cny")
DAY = 44687  # 2022-05-06

Parts = dict[str, str | bytes]


def letters(position: int) -> str:
    first, last = divmod(position, 26)
    return (letters(first - 1) if first else "") + chr(65 + last)


def text(reference: str, value: str, more: str = "") -> str:
    """A cell of text."""
    return f'<c r="{reference}" t="inlineStr"{more}><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def number(reference: str, value: object, style: int = 0, formula: str = "") -> str:
    """A cell of a number, or of a formula that gives one."""
    shown = "" if value is None else f"<v>{value}</v>"
    return f'<c r="{reference}" s="{style}">{f"<f>{formula}</f>" if formula else ""}{shown}</c>'


def line(at: int, cells: Sequence[str], changed: Mapping[str, str] | None = None, more: str = "") -> str:
    """A row of texts, empty ones left out; ``changed``: the markup of single cells by column letters."""
    made = {letters(i): text(f"{letters(i)}{at}", cell) for i, cell in enumerate(cells) if cell} | dict(changed or {})
    return f'<row r="{at}"{more}>{"".join(made[of] for of in sorted(made, key=lambda a: (len(a), a)))}</row>'


def at(column: str) -> str:
    """The letters of a column of :data:`HEAD`."""
    return letters(HEAD.index(column))


def contract(where: int, number_of: int = 1, changed: Mapping[str, str] | None = None, **cells: str) -> str:
    """A contract as a spreadsheet would hold it: amounts as numbers, the day as a styled count."""
    plain = row(number_of, **cells)
    made = {at(name): number(f"{at(name)}{where}", plain[HEAD.index(name)]) for name in NUMBERS if name not in cells}
    if "signed_at" not in cells:
        made[at("signed_at")] = number(f"{at('signed_at')}{where}", DAY, style=1)
    return line(where, plain, made | dict(changed or {}))


def sheet(*rows: str, before: str = "", after: str = "") -> str:
    return f'{HEAD_XML}<worksheet xmlns="{MAIN}" xmlns:r="{DOCUMENT}">{before}<sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


STYLES = (
    f'{HEAD_XML}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>'
    '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="9"/><xf numFmtId="4"/></cellXfs></styleSheet>'
)  # styles: 0 plain, 1 a date, 2 a date in Chinese, 3 per cent, 4 with thousands


def parts(*sheets: str, names: Sequence[str] = (), properties: str = "", states: Sequence[str] = (), strings: str = "") -> Parts:
    """The parts of a workbook with these sheets."""
    called = names or [f"Sheet{n}" for n in range(1, len(sheets) + 1)]
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"{f" state={chr(34)}{states[n - 1]}{chr(34)}" if states else ""}/>'
        for n, name in enumerate(called, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in range(1, len(sheets) + 1)
    )
    relations += f'<Relationship Id="rIdS" Type="{DOCUMENT}/styles" Target="styles.xml"/>'
    relations += f'<Relationship Id="rIdT" Type="{DOCUMENT}/sharedStrings" Target="sharedStrings.xml"/>' if strings else ""
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    found: Parts = {
        "[Content_Types].xml": f'{HEAD_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{types}</Types>',
        "_rels/.rels": f'{HEAD_XML}<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD_XML}<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><workbookPr{properties}/><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD_XML}<Relationships xmlns="{PACKAGE}">{relations}</Relationships>',
        "xl/styles.xml": STYLES,
    }
    if strings:
        found["xl/sharedStrings.xml"] = strings
    return found | {f"xl/worksheets/sheet{n}.xml": markup for n, markup in enumerate(sheets, 1)}


def packed(given: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, part in given.items():
            archive.writestr(name, part)
    return out.getvalue()


def book(*rows: str, **options: object) -> bytes:
    """A workbook of one sheet with the headings in row 1 and these rows below."""
    return packed(parts(sheet(line(1, HEAD), *rows), **options))  # type: ignore[arg-type]
