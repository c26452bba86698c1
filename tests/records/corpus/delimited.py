"""CSV as systems and people write it: marks in the middle, odd line ends, odd quotes, odd blanks in numbers."""

# ruff: noqa: E501  (a case reads best on its line)
from __future__ import annotations

import codecs
from collections.abc import Iterator

from corpus.case import HEAD, Case, content, lines, relabelled, row
from kcz_metrics.records.understanding import Corrections

PLAIN = lines(row(1), row(2), row(3))
FIRST, ONE, TWO, THREE = PLAIN.splitlines()


def cases() -> Iterator[Case]:
    def good(name: str, made: bytes, rows: int = 3, **options: object) -> Case:
        return Case(name, made, "taken", rows, honest=True, **options)  # type: ignore[arg-type]

    def third(name: str, line: str) -> Case:
        """The second of three rows is bad."""
        return Case(name, "\n".join([FIRST, ONE, line, THREE, ""]).encode(), "rejected", 2, (3,))

    # -- marks, ends ------------------------------------------------------------------------------------------------------------------------
    yield good("two marks at the beginning", codecs.BOM_UTF8 * 2 + PLAIN.encode())
    yield good("a mark before a row", "\n".join([FIRST, ONE, "\ufeff" + TWO, THREE]).encode())
    yield Case("two files put together", PLAIN.encode("utf-8-sig") + lines(row(4)).encode("utf-8-sig"), "rejected", 4, (5,))
    yield good("a mark of gb18030", b"\x84\x31\x95\x33" + lines(row(1, evidence_uri="北京的学会")).encode("gb18030"), 1)
    yield good("ends of every kind", f"{FIRST}\r\n{ONE}\n{TWO}\r{THREE}".encode())
    yield good("an end twice over", PLAIN.replace("\n", "\r\r\n").encode())
    yield Case("a lone end in a row", PLAIN.replace("CT002,,service", "CT002,\r,service").encode(), "rejected", 2, (3, 4))
    yield good("signs of a new line that are none here", content(row(1, evidence_uri="一\u2028二\u2029三\x85四"), row(2)), 2)
    # A control character in a cell is no reason to hand back the other rows: a workbook's are not either.
    yield Case("the end of a file as old systems wrote it", PLAIN.encode() + b"\x1a", "rejected", 3, (5,))
    yield Case("an upright tab", PLAIN.replace("OR1", "O\x0bR1", 1).encode(), "rejected", 2, (2,))
    yield Case("an upright tab in utf-16", PLAIN.replace("OR1", "O\x0bR1", 1).encode("utf-16"), "rejected", 2, (2,))
    yield Case("one character in ten is a control", PLAIN.replace("0", "\x010").encode(), "refused", codes=("control_character",))
    yield Case("a megabyte of zeros behind", PLAIN.encode() + bytes(1_000_000), "refused", codes=("control_character",))
    yield good("ten thousand blank lines behind", PLAIN.encode() + b"\r\n" * 10_000)
    # -- encodings --------------------------------------------------------------------------------------------------------------------------
    yield good("four bytes a character", lines(row(1, evidence_uri="北京的学会㐀㛃𠀀由登记机构出具")).encode("gb18030"), 1)
    yield Case(
        "the euro of code page 936",
        lines(row(1, evidence_uri="北京的学会")).encode("gbk").replace(b"registry", b"\x80"),
        "refused",
        codes=("encoding",),
    )
    yield Case(
        "one letter of latin-1", lines(row(1, evidence_uri="caf,")).encode().replace(b"caf", b"caf\xe9"), "refused", codes=("encoding",)
    )
    yield good("big end first without a mark", PLAIN.encode("utf-16-be"), 3)
    yield Case("seven bits", lines(row(1, evidence_uri="北京")).encode("utf-7"), "taken", 1, honest=True)
    yield Case("hz", lines(row(1, evidence_uri="北京")).encode("hz"), "taken", 1, honest=True)
    yield Case("iso-2022", lines(row(1, evidence_uri="日本")).encode("iso-2022-jp"), "refused", codes=("control_character",))
    yield good("other scripts in utf-8", content(row(1, evidence_uri="ᠮᠣᠩᠭᠣᠯ བོད་ ئۇيغۇر ꆈꌠ")), 1)
    yield good("letters put together", content(row(1, evidence_uri="e\u0301 가 가")), 1)
    # -- separators -------------------------------------------------------------------------------------------------------------------------
    yield good("a line that names the separator", ("sep=;\n" + lines(row(1), row(2), row(3), separator=";")).encode())
    yield good("a line that names the comma", ("sep=,\n" + PLAIN).encode())
    yield Case("strokes", PLAIN.replace(",", "|").encode(), "refused", codes=("heading_unknown",))
    yield Case("wide commas", PLAIN.replace(",", "，").encode(), "refused", codes=("heading_unknown",))
    yield Case("blanks for separators", PLAIN.replace(",", "  ").encode(), "refused", codes=("heading_unknown",))
    yield Case("semicolons in the headings only", PLAIN.replace(",", ";", len(HEAD) - 1).encode(), "rejected", 0, (2, 3, 4))
    yield good("separators behind every line", PLAIN.replace("\n", ",,,\n").encode())
    yield good("separators behind the headings only", PLAIN.replace("\n", ",,\n", 1).encode())
    yield good("commas in cells of a table of tabs", lines(row(1, evidence_uri="甲，乙,丙;丁"), row(2), row(3), separator="\t").encode())
    yield good("a semicolon in a heading's note", content(row(1), row(2), row(3), above=[["填报说明：一；二；三"]]))
    # -- quotes -----------------------------------------------------------------------------------------------------------------------------
    yield third("a blank before quotes", TWO.replace("service", ' "service"'))
    yield third("single quotes", TWO.replace("service", "'service'"))
    yield third("curly quotes", TWO.replace("service", "“service”"))
    yield good("empty quotes", PLAIN.replace(",,", ',"",').encode())
    yield good("a line of nothing but quotes", "\n".join([FIRST, ONE, ",".join(['""'] * len(HEAD)), TWO, THREE]).encode())
    yield good("quotes twice in quotes", content(row(1, evidence_uri='""""'), row(2), row(3)))
    yield good("a quoted cell at the very end", (PLAIN.rstrip("\n").removesuffix("submitted") + '"submitted"').encode())
    yield Case(
        "a quote that opens in the last line",
        (PLAIN.rstrip("\n").removesuffix("submitted") + '"submitted').encode(),
        "refused",
        codes=("quotes",),
    )
    yield good("a line of a quoted cell that looks like a row", content(row(1, evidence_uri=f"见\n{TWO}\n完"), row(3), row(4)))
    yield good("a hundred lines in a cell", content(row(1, evidence_uri="行\r\n" * 100), row(2), row(3)))
    yield good("a quote inside a word", PLAIN.replace("registry", 'reg"istry', 1).replace('reg"istry', "registry").encode())
    # -- titles, notes ----------------------------------------------------------------------------------------------------------------------
    yield good("a remark of the exporting system", (f"# 导出时间 2022-05-06 10:00, 用户 li\n{PLAIN}").encode())
    yield Case("a remark of the exporting system below", (PLAIN + "# 共 3 条记录\n").encode(), "rejected", 3, (5,))
    yield Case("the headings on every page", "\n".join([FIRST, ONE, FIRST, TWO, FIRST, THREE]).encode(), "rejected", 3, (3, 5))
    yield good("headings with blanks that do not break", content(row(1), row(2), row(3), head=[f"{name}\u00a0\t" for name in HEAD]))
    yield good(
        "blanks between the characters of headings",
        content(row(1), row(2), row(3), head=relabelled({"contract_id": "合 同 编 号", "amount_cny": "成　交　额"})),
    )
    yield Case(
        "headings in old characters", content(row(1), head=relabelled({"contract_id": "合同編號"})), "refused", codes=("heading_unknown",)
    )
    yield good(
        "headings in old characters, said",
        content(row(1), head=relabelled({"contract_id": "合同編號"})),
        1,
        corrections=Corrections(columns={"合同編號": "contract_id"}),
    )
    # -- cells ------------------------------------------------------------------------------------------------------------------------------
    yield third("nothing that shows in a column that is required", TWO.replace("service", "\u200b\u200b"))
    yield third("a mark inside an id", TWO.replace("CT002", "CT\u200b002"))
    yield good("marks of direction around an id", "\n".join([FIRST, ONE, TWO.replace("CT002", "\u200fCT002\u200e"), THREE]).encode())
    yield good("a blank that does not break, alone", "\n".join([FIRST, ONE, TWO.replace("CT002,,", "CT002,\u00a0,"), THREE]).encode())
    for name, of in {
        "a blank for thousands": "350 000", "a thin blank for thousands": "350\u2009000", "an apostrophe for thousands": "350'000", "groups of four": "35,0000", "groups of two": "3,50,000", "a point behind": "350000.",
        "a trace of arithmetic": "350000.0000000001", "mathematical digits": "𝟑𝟓𝟎𝟎𝟎𝟎", "chinese zeros": "35〇〇〇〇", "a plus and a minus": "+-350000", "a boolean": "TRUE", "a date": "2022-05-06", "two numbers": "350000/360000", "a question": "350000?",
        "a long minus": "—350000", "a letter l": "35l000", "an error": "#DIV/0!", "stars": "******", "hashes": "########", "financial characters": "叁拾伍万元整",
    }.items():  # fmt: skip
        yield Case(f"no amount: {name}", content(row(1), row(2, amount_cny=of, tech_amount_cny="0"), row(3)), "rejected", 2, (3,))
