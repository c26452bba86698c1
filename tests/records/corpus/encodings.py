"""Encodings, byte order marks and line ends."""

# ruff: noqa: E501  (a case reads best on its line)
from __future__ import annotations

import codecs
from collections.abc import Iterator

from corpus.case import Case, content, lines, row

ZH = lines(row(1, evidence_uri="北京某学会的合同扫描件"), row(2, evidence_uri="由技术合同登记机构出具"))
PLAIN = lines(row(1), row(2))


def cases() -> Iterator[Case]:
    for codec in ("utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "utf-16"):
        yield Case(codec, ZH.encode(codec), "taken", 2, honest=True)
    yield Case("utf-16 big end first", codecs.BOM_UTF16_BE + ZH.encode("utf-16-be"), "taken", 2, honest=True)
    for codec in ("utf-16-le", "utf-16-be"):
        yield Case(f"{codec} without mark", ZH.encode(codec), "taken", 2, honest=True)
        yield Case(f"{codec} without mark, tabs", lines(row(1), separator="\t").encode(codec), "taken", 1, honest=True)
    yield Case("ascii", PLAIN.encode("ascii"), "taken", 2, honest=True)
    for name, separator in (("comma", ","), ("semicolon", ";"), ("tab", "\t")):
        for codec in ("utf-8", "gb18030", "utf-16"):
            text = lines(row(1, evidence_uri="北京，某学会"), separator=separator)
            yield Case(f"{name} in {codec}", text.encode(codec), "taken", 1, honest=True)
    for name, end in (("crlf", "\r\n"), ("cr", "\r"), ("lf", "\n")):
        yield Case(f"lines end in {name}", content(row(1), row(2), end=end), "taken", 2, honest=True)
    yield Case("no end of the last line", PLAIN.rstrip("\n").encode(), "taken", 2, honest=True)
    yield Case("every cell quoted", content(row(1), row(2), quote_all=True), "taken", 2, honest=True)
    yield Case("characters beyond the first plane", content(row(1, evidence_uri="𠮷野家 😀")), "taken", 1, honest=True)
    yield Case(
        "characters beyond the first plane in gb18030",
        lines(row(1, evidence_uri="北京的学会 𠮷野")).encode("gb18030"),
        "taken",
        1,
        honest=True,
    )
    yield Case("one rare character in gbk", lines(row(1, evidence_uri="由朱镕某出具的合同登记证明")).encode("gbk"), "taken", 1, honest=True)
    # -- what cannot be read ----------------------------------------------------------------------------------------------------------------
    yield Case("empty", b"", "refused", codes=("file_empty",))
    yield Case("blanks only", b" \n\t\n  \r\n", "refused", codes=("file_empty",))
    yield Case("mark only", codecs.BOM_UTF8, "refused", codes=("file_empty",))
    yield Case("utf-16 mark only", codecs.BOM_UTF16_LE, "refused", codes=("file_empty",))
    yield Case("half of utf-16 without mark", ZH.encode("utf-16-le")[:-1], "refused", codes=("control_character", "encoding"))
    yield Case("utf-16 with marks in the midst", ZH.encode("utf-16-le") + b"\0\0", "refused", codes=("control_character",))
    yield Case("utf-32", ZH.encode("utf-32"), "refused", codes=("control_character", "encoding"))
    yield Case("utf-16 cut in a character", ZH.encode("utf-16")[:-1], "refused", codes=("encoding",))
    yield Case("utf-16 half a pair", codecs.BOM_UTF16_LE + b"\x00\xd8a\x00", "refused", codes=("encoding",))
    yield Case("utf-8 with broken bytes", ZH.encode() + b"\xff\xfe\xfd", "refused", codes=("encoding",))
    # Two everyday characters in GB18030, and so a short row.
    yield Case("utf-8 in long form", PLAIN.encode() + b"\xc0\xaf\xc1\x81\n", "rejected", 2, (4,))
    yield Case("big5", lines(row(1, evidence_uri="臺灣學會與產業協會簽訂之技術服務契約")).encode("big5"), "refused", codes=("encoding",))
    yield Case("shift-jis", lines(row(1, evidence_uri="カタカナとひらがなの契約書")).encode("shift-jis"), "refused", codes=("encoding",))
    yield Case(
        "latin-1", lines(row(1, evidence_uri="contrat signé à Orléans, élève, forêt")).encode("latin-1"), "refused", codes=("encoding",)
    )
    yield Case("private characters", lines(row(1, evidence_uri="学会")).encode("gbk") + b"\xaa\xa1\n", "refused", codes=("encoding",))
    yield Case("utf-8 and gbk in one", ZH.encode() + "学会，的\n".encode("gbk"), "refused", codes=("encoding", "control_character"))
    yield Case("nul at the end", PLAIN.encode() + b"\0", "refused", codes=("control_character",))
    yield Case("nul in a cell", PLAIN.replace("OR1", "O\0R1").encode(), "refused", codes=("control_character",))
    yield Case("bell in a cell", PLAIN.replace("OR1", "O\x07R1").encode(), "rejected", 0, (2, 3))
    yield Case("escape in a cell", PLAIN.replace("OR1", "\x1b[31mOR1").encode(), "rejected", 0, (2, 3))
    yield Case("separators of our own", PLAIN.replace("OR1", "OR1\x1f\x1e").encode(), "rejected", 0, (2, 3))
    yield Case("form feed between lines", PLAIN.replace("\nCT002", "\n\x0cCT002").encode(), "rejected", 1, (3,))
    yield Case("zero bytes only", bytes(1000), "refused", codes=("control_character",))
    yield Case("noise", bytes(range(256)) * 8, "refused", codes=("control_character", "encoding"))
    yield Case("bytes above 127 only", bytes(range(128, 256)) * 8, "refused", codes=("encoding",))
