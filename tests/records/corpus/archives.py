"""Workbooks that are broken or mean harm: archives, markup, active parts, and cells where none can be."""

# ruff: noqa: E501  (a case reads best on its line)
from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from corpus.case import HEAD, Case, row
from corpus.workbook import DOCUMENT, HEAD_XML, MAIN, PACKAGE, Parts, at, book, contract, line, number, packed, parts, sheet, text

SHEET = "xl/worksheets/sheet1.xml"


def good() -> Parts:
    return parts(sheet(line(1, HEAD), contract(2), contract(3, 2)))


def changed(name: str, before: str, after: str) -> bytes:
    made = good()
    part = made[name]
    assert isinstance(part, str)
    assert before in part
    made[name] = part.replace(before, after, 1)
    return packed(made)


def related(kind: str, target: str, *, mode: str = "", part: str = "xl/_rels/workbook.xml.rels") -> bytes:
    made = good()
    relation = f'<Relationship Id="rIdX" Type="{DOCUMENT}/{kind}" Target="{target}"{mode}/></Relationships>'
    whole = made.get(part, f'{HEAD_XML}<Relationships xmlns="{PACKAGE}"></Relationships>')
    assert isinstance(whole, str)
    made[part] = whole.replace("</Relationships>", relation)
    return packed(made)


def twice(name: str) -> bytes:
    """An archive in which a part stands twice."""
    whole = packed({**good(), "zzzz" + name[4:]: good()[name]})
    return whole.replace(("zzzz" + name[4:]).encode(), name.encode())


def flagged(content: bytes, flag: int) -> bytes:
    """All entries marked with ``flag``."""
    made = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = made.find(mark)
        while place >= 0:
            made[place + offset] |= flag
            place = made.find(mark, place + 4)
    return bytes(made)


def lying(size: int) -> bytes:
    """A sheet whose headers say that it unpacks to ``size`` bytes."""
    content = bytearray(packed(good()))
    real = struct.pack("<I", len(str(good()[SHEET]).encode()))
    place = content.find(real)
    while place >= 0:
        content[place : place + 4] = struct.pack("<I", size)
        place = content.find(real, place + 4)
    return bytes(content)


def wrong_sum() -> bytes:
    content = bytearray(packed(good()))
    real = struct.pack("<I", zlib.crc32(str(good()[SHEET]).encode()))
    place = content.find(real)
    while place >= 0:
        content[place : place + 4] = b"\1\2\3\4"
        place = content.find(real, place + 4)
    return bytes(content)


def bomb(megabytes: int) -> bytes:
    empty = '<row r="{}"><c r="A{}"><v>1</v></c></row>'
    rows = "".join(empty.format(n, n) for n in range(2, 1000))
    return packed({**good(), SHEET: sheet(line(1, HEAD), rows, after=" " * (megabytes * 1024**2))})


def nested(levels: int) -> str:
    return f'{HEAD_XML}<worksheet xmlns="{MAIN}">' + "<a>" * levels + "</a>" * levels + "</worksheet>"


def cases() -> Iterator[Case]:
    def refused(name: str, made: bytes | Callable[[], bytes], *codes: str) -> Case:
        return Case(name, made, "refused", codes=codes, ending="xlsx")

    whole = packed(good())
    # -- the archive ------------------------------------------------------------------------------------------------------------------------
    yield refused("cut in half", whole[: len(whole) // 2], "archive_broken")
    yield refused("cut by a byte", whole[:-1], "archive_broken")
    yield refused("first bytes only", whole[:40], "archive_broken")
    yield refused("a byte changed in the sheet", whole.replace(whole[600:604], b"\0\0\0\0", 1), "archive_broken", "markup_broken")
    yield refused("a wrong check sum", wrong_sum(), "archive_broken")
    yield refused("a size that is too small", lying(100), "archive_broken")
    yield refused("a size that is too large", lying(4_000_000_000), "unpacks_too_large", "bomb", "archive_broken")
    yield refused("a part twice", twice("xl/styles.xml"), "archive_broken")
    yield refused("parts alike but for capitals", packed({**good(), "XL/WORKBOOK.XML": "<x/>"}), "archive_broken")
    yield refused("a part outside", packed({**good(), "../../evil.xml": "<x/>"}), "archive_broken")
    yield refused("a part behind a stroke", packed({**good(), "xl\\evil\\..\\..\\x.xml": "<x/>"}), "archive_broken", "too_many_parts")
    yield refused("encrypted parts", flagged(whole, 1), "encrypted")
    yield refused("another way of packing", packed(good(), zipfile.ZIP_BZIP2), "archive_broken")
    yield refused("lzma", packed(good(), zipfile.ZIP_LZMA), "archive_broken")
    yield refused("two hundred and one parts", packed({**good(), **{f"xl/media/{n}.bin": "x" for n in range(200)}}), "too_many_parts")
    yield refused("a hundred thousand parts", lambda: packed({**good(), **{f"x/{n}": "" for n in range(20_000)}}), "too_many_parts")
    yield refused("200 MB of blanks in a sheet", lambda: bomb(200), "bomb")
    yield refused("a part of 301 MB", lambda: packed({**good(), "xl/media/a.bin": bytes(301 * 1024**2)}), "unpacks_too_large", "bomb")
    yield refused(
        "a hundred parts of 4 MB",
        lambda: packed({**good(), **{f"xl/media/{n}.bin": bytes(4 * 1024**2) for n in range(100)}}),
        "unpacks_too_large",
        "bomb",
    )
    yield refused("an archive of nothing", packed({}), "not_text", "archive_broken")
    # -- what it holds ----------------------------------------------------------------------------------------------------------------------
    yield refused("no content types", packed({k: v for k, v in good().items() if "Types" not in k}), "not_text")
    yield refused("no relations", packed({k: v for k, v in good().items() if k != "_rels/.rels"}), "not_text")
    yield refused("no workbook", packed({k: v for k, v in good().items() if k != "xl/workbook.xml"}), "part_missing")
    yield refused("no sheet", packed({k: v for k, v in good().items() if "sheet1" not in k}), "part_missing")
    yield refused("no relations of the workbook", packed({k: v for k, v in good().items() if "workbook.xml.rels" not in k}), "file_empty")
    yield refused("an empty sheet", packed(parts(sheet())), "file_empty")
    yield refused("headings alone", packed(parts(sheet(line(1, HEAD)))), "no_rows")
    yield refused(
        "a text document",
        packed(
            {
                "[Content_Types].xml": "<Types/>",
                "_rels/.rels": good()["_rels/.rels"].replace("xl/workbook", "word/document"),
                "word/document.xml": "<x/>",
            }
        ),
        "not_text",
    )  # type: ignore[union-attr, arg-type]
    yield refused(
        "slides",
        packed(
            {
                "[Content_Types].xml": "<Types/>",
                "_rels/.rels": good()["_rels/.rels"].replace("xl/workbook", "ppt/presentation"),
                "ppt/presentation.xml": "<x/>",
            }
        ),
        "not_text",
    )  # type: ignore[union-attr, arg-type]
    yield refused(
        "an opendocument table", packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}), "not_text"
    )
    yield refused(
        "a binary workbook", changed("[Content_Types].xml", "spreadsheetml.sheet.main+xml", "ms-excel.sheet.binary.main"), "not_text"
    )
    yield refused(
        "a workbook with macros by its type",
        changed(
            "[Content_Types].xml",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        ),
        "macros",
    )
    yield refused("a project of macros", packed({**good(), "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), "macros")
    yield refused("a project of macros under another name", related("vbaProject", "x.bin"), "macros")
    yield refused("a sheet of macros", packed({**good(), "xl/macrosheets/sheet1.xml": "<x/>"}), "macros")
    yield refused("a control", packed({**good(), "xl/activeX/activeX1.xml": "<x/>"}), "macros")
    yield refused("a program inside", packed({**good(), "xl/media/setup.exe": b"MZ"}), "macros")
    yield refused("another workbook linked", packed({**good(), "xl/externalLinks/externalLink1.xml": "<x/>"}), "outside_references")
    yield refused("another workbook linked by relation", related("externalLink", "externalLink1.xml"), "outside_references")
    yield refused("a source of data", packed({**good(), "xl/connections.xml": "<x/>"}), "outside_references")
    yield refused("a query", packed({**good(), "xl/queryTables/queryTable1.xml": "<x/>"}), "outside_references")
    yield refused("an object inside", packed({**good(), "xl/embeddings/oleObject1.bin": b"\xd0\xcf"}), "outside_references")
    yield refused(
        "a sheet from the net", related("worksheet", "http://example.org/s.xml", mode=' TargetMode="External"'), "outside_references"
    )
    yield refused(
        "a template from the net",
        related("attachedTemplate", "http://example.org/t.xml", mode=' TargetMode="External"', part="_rels/.rels"),
        "outside_references",
    )
    for what, kind, wanted in (("template", "attachedTemplate", 0), ("picture", "image", 0), ("address", "hyperlink", 1)):
        rels = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" TargetMode="External" '
            f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="http://example.org/x"/></Relationships>'
        )
        linked = packed({**good(), "xl/worksheets/_rels/sheet1.xml.rels": rels})
        name = f"a sheet's {what} on the net"
        yield Case(name, linked, "taken", 2, honest=True, ending="xlsx") if wanted else refused(name, linked, "outside_references")
    # -- markup -----------------------------------------------------------------------------------------------------------------------------
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + "]>"
    for name, declaration in {
        "a document type": "<!DOCTYPE worksheet>", "entities upon entities": laughs, "an entity from a file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        "an entity from the net": '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/x">]>', "a parameter entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
        "a document type in small letters": "<!doctype worksheet>", "a document type after a comment": "<!-- --><!DOCTYPE x []>",
    }.items():  # fmt: skip
        yield refused(f"{name} in a sheet", changed(SHEET, "<worksheet", declaration + "<worksheet"), "entities", "markup_broken")
    yield refused("a document type in the workbook", changed("xl/workbook.xml", "<workbook ", "<!DOCTYPE x []><workbook "), "entities")
    yield refused("a document type in the styles", changed("xl/styles.xml", "<styleSheet", "<!DOCTYPE x []><styleSheet"), "entities")
    wide = packed({**good(), SHEET: (HEAD_XML.replace("UTF-8", "UTF-16") + '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>').encode("utf-16")})
    yield refused("a document type in two bytes a letter", wide, "entities", "markup_broken")
    yield refused("an unknown entity", changed(SHEET, "CT001", "&nope;"), "markup_broken")
    yield refused("markup that never closes", changed(SHEET, "</worksheet>", ""), "markup_broken")
    yield refused("markup closed wrongly", changed(SHEET, "</row>", "</c>"), "markup_broken")
    yield refused("two roots", changed(SHEET, "</worksheet>", "</worksheet><worksheet/>"), "markup_broken")
    yield refused("control characters in markup", changed(SHEET, "CT001", "CT\x01"), "markup_broken")
    yield refused("text for markup", packed({**good(), SHEET: "contract_id,amount_cny"}), "markup_broken")
    yield refused("a sheet of zeros", packed({**good(), SHEET: bytes(10_000)}), "markup_broken")
    yield refused("a hundred thousand levels", packed({**good(), SHEET: nested(100_000)}), "file_empty", "markup_broken", "memory")
    yield refused(
        "a million strange elements",
        lambda: packed({**good(), SHEET: sheet(line(1, HEAD), after="".join(f"<a b='{n}'/>" for n in range(1_000_100)))}),
        "bomb",
    )
    # -- cells where none can be ------------------------------------------------------------------------------------------------------------
    far = f'<row r="1048576">{text("XFD1048576", "x")}</row>'
    yield refused("one cell far away", book(far), "too_many_columns", "no_rows")
    yield refused("one cell beyond the last row", book(line(1_048_577, ["x"])), "too_many_rows")
    yield refused("one cell beyond the last column", book(contract(2), f'<row r="3">{text("ZZZ3", "x")}</row>'), "too_many_columns")
    yield refused("a cell of four letters", book(contract(2), f'<row r="3">{text("AAAA3", "x")}</row>'), "rows_out_of_order")
    yield refused("an empty cell of four letters", book(contract(2), '<row r="3"><c r="AAAA3"/></row>'), "rows_out_of_order")
    yield refused("a cell of small letters", book(contract(2), f'<row r="3">{text("a3", "x")}</row>'), "rows_out_of_order")
    yield refused("a cell of another row", book(contract(2), f'<row r="3">{text("A4", "x")}</row>'), "rows_out_of_order")
    yield refused("a cell twice", book(contract(2), f'<row r="3">{text("A3", "x")}{text("A3", "y")}</row>'), "rows_out_of_order")
    yield refused("cells out of order", book(contract(2), f'<row r="3">{text("B3", "x")}{text("A3", "y")}</row>'), "rows_out_of_order")
    yield refused("rows out of order", book(contract(3), contract(2, 2)), "rows_out_of_order")
    yield refused("a row twice", book(contract(2), contract(2, 2)), "rows_out_of_order")
    yield refused("row nought", book(line(0, ["x"])), "rows_out_of_order")
    yield refused("a negative row", book('<row r="-3"><c r="A-3"><v>1</v></c></row>'), "rows_out_of_order")
    yield refused("a row that is no number", book('<row r="٣"/>'), "rows_out_of_order")
    yield refused("a row of thirty digits", book(f'<row r="{10**30}"/>'), "too_many_rows")
    yield refused("a text that is not there", book(contract(2, 1, {"A": '<c r="A2" t="s"><v>7</v></c>'})), "string_missing")
    yield refused("a text below nought", book(contract(2, 1, {"A": '<c r="A2" t="s"><v>-1</v></c>'})), "string_missing")
    yield refused("two hundred and one columns", book(contract(2, 1, {"GS": text("GS2", "x")})), "too_many_columns")
    yield refused("a cell too long", book(contract(2, evidence_uri="字" * 32_768)), "cell_too_long")
    long = f'{HEAD_XML}<sst xmlns="{MAIN}"><si><t>{"x" * 32_000}</t></si></sst>'
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c><c r="B{n}" t="s"><v>0</v></c></row>' for n in range(2, 15_000))
    yield refused(
        "one long text shared by all cells",
        packed(parts(sheet(line(1, ["team_id", "tag"]), cells), strings=long)),
        "unpacks_too_large",
        "bomb",
    )
    yield refused(
        "two sheets of records", packed(parts(sheet(line(1, HEAD), contract(2)), sheet(line(1, HEAD), contract(2, 2)))), "sheet_open"
    )
    only_numbers = number("A2", 1)
    yield refused("no headings", packed(parts(sheet(f'<row r="2">{only_numbers}</row>', line(3, row(1))))), "heading_unknown")
    assert at("contract_id") == "A"
