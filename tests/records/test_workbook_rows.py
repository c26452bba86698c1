"""Rows of a sheet taken by a pattern are the same as those that the parser reads."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from corpus import books
from corpus.case import HEAD, Case
from corpus.workbook import MAIN, book, contract, line, number, packed, parts, sheet, text

from kcz_metrics.records.apart.asked import Asked
from kcz_metrics.records.apart.cells import RAGGED, WHOLE
from kcz_metrics.records.apart.main import answer
from kcz_metrics.records.limits import LIMITS

ODD = [
    book(*(contract(n, n) for n in range(2, 400))),
    book(contract(2), line(3, ["a&b", "<c>", "d_x0041_"]), contract(4, 3)),
    book(contract(2), contract(3, 2).replace("<row ", "\n  <row "), contract(4, 3).replace("><c", ">\n<c")),
    book(contract(2), contract(3, 2).replace(' r="A3"', ' cm="1" r="A3"'), contract(4, 3).replace("<row ", '<row spans="1:18" ht="15" ')),
    book(contract(2), '<row r="3"/>', '<row r="4"><c r="A4"/></row>', contract(5, 3)),
    book(contract(2), f'<row r="3">{number("A3", "٣")}{number("B3", "1e5")}{number("C3", " 7 ")}{number("D3", "-0")}</row>'),
    book(contract(2), f'<row r="3"><c r="A3" t="s"><v>٠</v></c>{text("B3", "x")}</row>'),
    book(contract(2), '<row r="3"><c r="A3" t="b"><v>2</v></c><c r="B3" t="b"><v>1</v></c></row>'),
    packed(parts(sheet(line(1, HEAD), contract(2), after="<x><row r='9'></row></x>"))),
    book(*(f'<row r="{n}">{"".join(number(f"{c}{n}", n, style=n % 5) for c in "ABDFG"[: n % 6])}</row>' for n in range(2, 300))),
    book(*(f'<row r="{n}"{(" hidden=" + chr(34) + "1" + chr(34)) * (n % 7 == 0)}><c r="A{n}"><v>{n}</v></c></row>' for n in range(2, 90))),
    packed(
        parts(
            sheet(
                line(1, HEAD),
                *(f'<row r="{n}"><c r="A{n}" t="s"><v>{n % 6}</v></c><c r="C{n}" t="b"><v>1</v></c></row>' for n in range(2, 60)),
            ),
            strings=f'<sst xmlns="{MAIN}"><si><t>a</t></si><si><t xml:space="preserve"> b </t></si><si><t>c&amp;d</t></si><si/>'
            "<si><r><t>e</t></r><r><t>f</t></r></si><si><t>g_x0000_</t></si></sst>",
        )
    ),
]


def read(content: bytes, folder: Path) -> tuple[object, str, str]:
    path = folder / "book.xlsx"
    path.write_bytes(content)
    told = answer(Asked(path, folder, dict(LIMITS), frozenset(HEAD)))
    told.pop("sha256", None), told.pop("key", None)
    written = [(folder / name).read_text(encoding="utf-8") if (folder / name).exists() else "" for name in (WHOLE, RAGGED)]
    return told, written[0], written[1]


def commented(content: bytes) -> bytes:
    """The same workbook with a comment in every sheet, which sends all its rows to the parser."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, part.replace(b"<sheetData", b"<!-- --><sheetData") if "worksheets/sheet" in name else part)
    return out.getvalue()


@pytest.mark.parametrize("content", ODD, ids=range(len(ODD)))
def test_odd_rows(content: bytes, tmp_path: Path) -> None:
    assert read(content, tmp_path) == read(commented(content), tmp_path)


@pytest.mark.parametrize("case", [case for case in books.cases() if len(case.content) < 50_000], ids=lambda case: case.name)
def test_rows_of_the_corpus(case: Case, tmp_path: Path) -> None:
    assert read(case.content, tmp_path) == read(commented(case.content), tmp_path)
