"""Archives and encodings of markup that are unusual but honest, and some that are neither."""

# ruff: noqa: E501  (a case reads best on its line)
from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from functools import cache

from corpus.archives import SHEET, good
from corpus.case import HEAD, Case, content, row
from corpus.workbook import HEAD_XML, MAIN, book, contract, line, packed, parts, sheet


class Streamed(io.RawIOBase):
    """A file that cannot go back, so that sizes stand behind the parts."""

    def __init__(self) -> None:
        self.made = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, more: object) -> int:
        self.made += more  # type: ignore[operator]
        return len(more)  # type: ignore[arg-type]


def streamed() -> bytes:
    out = Streamed()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, part in good().items():
            archive.writestr(name, part)
    return bytes(out.made)


def large_headers() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in good().items():
            with archive.open(name, "w", force_zip64=True) as stream:
                stream.write(part.encode() if isinstance(part, str) else part)
    return out.getvalue()


def renamed(before: str, after: str) -> bytes:
    """The first header of a part says another name than the list at the end."""
    return packed(good()).replace(before.encode(), after.encode(), 1)


def cases() -> Iterator[Case]:
    def taken(name: str, made: bytes, rows: int = 2, **options: object) -> Case:
        return Case(name, made, "taken", rows, honest=True, ending="xlsx", **options)  # type: ignore[arg-type]

    def refused(name: str, made: bytes | Callable[[], bytes], *codes: str, ending: str = "xlsx") -> Case:
        return Case(name, made, "refused", codes=codes, ending=ending)

    whole = packed(good())
    yield taken("sizes behind the parts", streamed())
    yield taken("headers of large files", large_headers())
    commented = io.BytesIO(whole)
    with zipfile.ZipFile(commented, "a") as archive:
        archive.comment = "导出自某系统".encode()
    yield taken("an archive with a remark", commented.getvalue())
    yield taken(
        "the list of types at the end",
        packed({**{k: v for k, v in good().items() if "Types" not in k}, "[Content_Types].xml": good()["[Content_Types].xml"]}),
    )
    yield refused("something before the archive", b"#!/bin/sh\nexit\n" + whole, "control_character", "encoding")
    yield refused("one name in front and another in the list", renamed("xl/styles.xml", "xl/stylez.xml"), "archive_broken")
    yield refused("a workbook in an archive", packed({"合同.xlsx": whole}), "not_text")
    yield refused(
        "a table of numbers for another system",
        packed({"Index/Document.iwa": bytes(100), "Metadata/Properties.plist": b"bplist00"}),
        "not_text",
    )
    yield refused(
        "a binary workbook as it is",
        packed(
            {
                "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>',
                "_rels/.rels": str(good()["_rels/.rels"]).replace("workbook.xml", "workbook.bin"),
                "xl/workbook.bin": bytes(100),
            }
        ),
        "macros",
        "not_text",
        ending="xlsb",
    )
    yield refused(
        "an encrypted workbook",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + "EncryptedPackage".encode("utf-16-le") + bytes(2000),
        "not_text",
    )
    yield refused(
        "a flat opendocument table", b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis"/>', "not_text", ending="fods"
    )
    yield refused("sylk", b'ID;PWXL;N;E\nC;Y1;X1;K"contract_id"\nE\n', "heading_unknown", "quotes", ending="slk")
    yield refused("dif", b'TABLE\n0,1\n"EXCEL"\nVECTORS\n0,2\n""\n', "heading_unknown", ending="dif")
    yield refused("dbase", b"\x03\x16\x05\x06\x01\x00\x00\x00" + bytes(60), "control_character", ending="dbf")
    yield refused(
        "a web page with a mark in front",
        b"\xef\xbb\xbf\r\n<html><table><tr><td>contract_id</td></tr></table></html>",
        "not_text",
        ending="xls",
    )
    yield Case("a csv named as an old workbook", content(row(1)), "taken", 1, honest=True, ending="xls")
    # -- markup -----------------------------------------------------------------------------------------------------------------------------
    two = sheet(line(1, HEAD), contract(2), contract(3, 2))
    yield taken("two bytes a letter", packed({**good(), SHEET: two.replace("UTF-8", "UTF-16").encode("utf-16")}))
    yield taken(
        "marks before the markup",
        packed({name: b"\xef\xbb\xbf" + part.encode() if isinstance(part, str) else part for name, part in good().items()}),
    )
    yield taken("without a declaration", packed({**good(), SHEET: two.removeprefix(HEAD_XML)}))
    yield refused(
        "an encoding that workbooks do not have",
        packed({**good(), SHEET: two.replace("UTF-8", "GB18030").encode("gb18030")}),
        "markup_broken",
        "archive_broken",
    )
    yield taken("sections of plain characters", packed({**good(), SHEET: two.replace("CT001", "<![CDATA[CT001]]>")}))
    yield taken("an instruction in the markup", packed({**good(), SHEET: two.replace("<sheetData>", "<?mso-x a?><sheetData>")}))
    yield taken("characters by number", packed({**good(), SHEET: two.replace("CT001", "&#67;T&#x30;01")}))
    yield taken("new lines between everything", packed({**good(), SHEET: two.replace("><", ">\n<")}))
    yield taken("single quotes in the markup", packed({**good(), SHEET: two.replace('"', "'").replace("version='1.0'", "version='1.0'")}))
    yield taken(
        "a sheet by a way round",
        packed(
            {
                **good(),
                "xl/_rels/workbook.xml.rels": str(good()["xl/_rels/workbook.xml.rels"]).replace('"worksheets/', '"../xl/worksheets/'),
            }
        ),
    )
    yield refused(
        "a sheet by strokes of the other kind",
        packed(
            {**good(), "xl/_rels/workbook.xml.rels": str(good()["xl/_rels/workbook.xml.rels"]).replace('"worksheets/', '"worksheets\\')}
        ),
        "part_missing",
    )
    yield refused(
        "a sheet in other capitals",
        packed({**good(), "xl/_rels/workbook.xml.rels": str(good()["xl/_rels/workbook.xml.rels"]).replace('"worksheets/', '"Worksheets/')}),
        "part_missing",
    )
    yield refused(
        "a sheet outside of the archive",
        packed(
            {**good(), "xl/_rels/workbook.xml.rels": str(good()["xl/_rels/workbook.xml.rels"]).replace('"worksheets/', '"../../../../etc/')}
        ),
        "part_missing",
    )
    # -- bombs ------------------------------------------------------------------------------------------------------------------------------
    yield refused(
        "shared texts of 200 MB",
        lambda: packed(parts(sheet(line(1, HEAD), contract(2)), strings=f'<sst xmlns="{MAIN}"><si><t>{"a" * 200_000_000}</t></si></sst>')),
        "bomb",
    )
    yield refused(
        "styles of 100 MB",
        lambda: packed({**good(), "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs>{"<xf/>" * 20_000_000}</cellXfs></styleSheet>'}),
        "bomb",
    )

    def merged() -> bytes:
        many = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(2, 200_000))
        return packed(parts(sheet(line(1, HEAD), contract(2), after=f"<mergeCells>{many}</mergeCells>")))

    yield Case(
        "two hundred thousand merged cells",
        merged,
        "warned",
        1,
        codes=("merged",),
        ending="xlsx",
    )

    @cache
    def noise() -> str:
        return "".join(f"{n * 2654435761 % 4294967296:08x}" for n in range(3_000_000))

    def formula() -> bytes:
        return book(contract(2, 1, {"Q": f'<c r="Q2" t="str"><f>{noise()}</f></c>'}))

    yield refused("a cell of 24 MB", lambda: book(contract(2, evidence_uri=noise())), "cell_too_long")
    yield Case("a formula of 24 MB", formula, "rejected", 0, (2,), ending="xlsx")
    yield refused("a name of a cell of 24 MB", lambda: book(contract(2, 1, {"Q": f'<c r="{noise()}"><v>1</v></c>'})), "rows_out_of_order")
    yield refused(
        "one row of a million cells", lambda: book(f'<row r="2">{"<c><v>1</v></c>" * 1_000_000}</row>'), "too_many_columns", "bomb"
    )
