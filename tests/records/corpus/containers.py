"""Files that are something else than their name says."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Iterator

from corpus.case import Case, content, row

TEXT = content(row(1))
NOT_TEXT = ("not_text",)
UNKNOWN = ("heading_unknown",)


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/"), part)
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("a.csv")
        info.size = len(TEXT)
        archive.addfile(info, io.BytesIO(TEXT))
    return out.getvalue()


def cases() -> Iterator[Case]:
    yield Case("gzip", gzip.compress(TEXT), "refused", codes=NOT_TEXT)
    yield Case("gzip of 100 MB of zeros", gzip.compress(bytes(100_000_000)), "refused", codes=NOT_TEXT)
    yield Case("bzip2", bz2.compress(TEXT), "refused", codes=NOT_TEXT)
    yield Case("xz", lzma.compress(TEXT), "refused", codes=NOT_TEXT)
    yield Case("zip of a csv", zipped(a=TEXT), "refused", codes=NOT_TEXT)
    yield Case("zip of a csv, named as a workbook", zipped(a=TEXT), "refused", codes=NOT_TEXT, ending="xlsx")
    yield Case("a web page with a zip's beginning", b"PK\x03\x04<html></html>", "refused", codes=("archive_broken",), ending="xlsx")
    yield Case("tar", tarred(), "refused", codes=("control_character",))
    for name, start in (
        ("zstd", b"\x28\xb5\x2f\xfd"),
        ("7z", b"7z\xbc\xaf\x27\x1c"),
        ("rar", b"Rar!\x1a\x07"),
        ("parquet", b"PAR1\x15\x04"),
        ("pdf", b"%PDF-1.7\n%\xe2\xe3"),
        ("png", b"\x89PNG\r\n\x1a\n"),
        ("jpeg", b"\xff\xd8\xff\xe0"),
        ("gif", b"GIF89a"),
        ("sqlite", b"SQLite format 3\0"),
        ("rtf", b"{\\rtf1\\ansi"),
        ("elf", b"\x7fELF\x02\x01"),
        ("windows program", b"MZ\x90\0\x03"),
        ("old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)),
    ):
        yield Case(name, start + TEXT, "refused", codes=NOT_TEXT)
    yield Case("csv named as a workbook", TEXT, "taken", 1, honest=True, ending="xlsx")
    yield Case(
        "old workbook named as a new one", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "refused", codes=NOT_TEXT, ending="xlsx"
    )
    yield Case("html", b"<!DOCTYPE html><html><body><table><tr><td>contract_id</td></tr></table></body></html>", "refused", codes=NOT_TEXT)
    yield Case("html table named as a workbook", b"\n <table><tr><td>1</td></tr></table>", "refused", codes=NOT_TEXT, ending="xls")
    yield Case("xml spreadsheet", b'<?xml version="1.0"?><Workbook/>', "refused", codes=NOT_TEXT)
    yield Case("web archive", b"MIME-Version: 1.0\nContent-Type: multipart/related\n", "refused", codes=NOT_TEXT)
    yield Case("json", json.dumps([{"contract_id": "CT001"}]).encode(), "refused", codes=("heading_unknown", "no_rows"))
    yield Case("json lines", b'{"contract_id": 1}\n{"contract_id": 2}\n', "refused", codes=UNKNOWN)
    yield Case("python", b"import os\nos.system('true')\n", "refused", codes=UNKNOWN)
    yield Case("sql", b"INSERT INTO contract VALUES (1);\nDROP TABLE contract;\n", "refused", codes=UNKNOWN)
    yield Case("prose", "本合同由双方签订。\n金额为三十五万元整。\n".encode(), "refused", codes=UNKNOWN)
    yield Case("pickle", b"\x80\x04\x95\x10\x00\x00\x00\x00", "refused", codes=("control_character", "encoding"))
    yield Case("git-lfs pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "refused", codes=UNKNOWN)
