"""Rows too short and too long, blank lines, quotes."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.case import HEAD, Case, content, lines, row
from kcz_metrics.records.limits import MAX_BYTES, MAX_CELL, MAX_ROWS

TAGS = b"team_id,tag\n"


def cases() -> Iterator[Case]:
    text = lines(row(1), row(2), row(3))
    first, *rest = text.splitlines()

    def with_third(line: str) -> bytes:
        return "\n".join([first, rest[0], line, rest[2], ""]).encode()

    yield Case("a short row", with_third("CT002,,service"), "rejected", 2, (3,))
    yield Case("a row short by one", with_third(rest[1].rpartition(",")[0]), "rejected", 2, (3,))
    yield Case("a long row", with_third(rest[1] + ",surplus"), "rejected", 2, (3,))
    yield Case("a row that is twice as long", with_third(f"{rest[1]},{rest[1]}"), "rejected", 2, (3,))
    yield Case("a row of one word", with_third("合计"), "rejected", 2, (3,))
    yield Case("separators at the end of a row", with_third(rest[1] + ",,,"), "taken", 3, honest=True)
    yield Case("an amount with its comma unquoted", with_third(rest[1].replace("350000", "350,000")), "rejected", 2, (3,))
    yield Case("blank lines between", "\n\n".join([first, *rest]).encode(), "taken", 3, honest=True)
    yield Case("blank lines above", ("\n\n\n" + text).encode(), "taken", 3, honest=True)
    yield Case("lines of separators", f"{first}\n{rest[0]}\n{',' * (len(HEAD) - 1)}\n{rest[1]}\n".encode(), "taken", 2, honest=True)
    yield Case("lines of blanks", f"{first}\n{rest[0]}\n   \n\t\n{rest[1]}\n".encode(), "taken", 2, honest=True)
    yield Case("bad rows keep their numbers after blank lines", f"{first}\n\n{rest[0]}\n\nshort\n{rest[1]}\n".encode(), "rejected", 2, (5,))
    yield Case("bad rows keep their numbers below titles", f"title\n\n{first}\n{rest[0]}\nshort\n".encode(), "rejected", 1, (5,))
    quoted = row(2, evidence_uri='见“合同”, 第 3 页, "附件"\n第二行')
    yield Case("commas, quotes and a new line in a cell", content(row(1), quoted, row(3)), "taken", 3, honest=True)
    yield Case("rows after a cell of two lines keep their numbers", content(quoted, ["short"]), "rejected", 1, (3,))
    yield Case("crlf in a cell", content(row(1, evidence_uri="a\r\nb")), "taken", 1, honest=True)
    yield Case(
        "an inch sign in a cell",
        with_third(rest[1].replace(",submitted", "").replace("C,", 'C,5" pipe') + ",submitted"),
        "taken",
        3,
        honest=True,
    )
    yield Case("text after a closing quote", with_third(rest[1].replace("service", '"ser"vice')), "refused", codes=("quotes",))
    yield Case("a quote that never closes", with_third(rest[1].replace("service", '"service')), "refused", codes=("quotes",))
    yield Case("quotes escaped with strokes", with_third(rest[1].replace("service", '"ser\\"vice"')), "refused", codes=("quotes",))
    yield Case("semicolons among commas", with_third(rest[1].replace(",", ";")), "rejected", 2, (3,))
    yield Case("every row bad", content(["a"], ["b", "c"], ["d"]), "rejected", 0, (2, 3, 4))
    yield Case("one line without end", b"contract_id," * 20_000, "refused", codes=("too_many_columns",))
    yield Case("a cell as long as allowed", content(row(1, evidence_uri="字" * MAX_CELL)), "taken", 1, honest=True)
    yield Case("a cell too long", content(row(1), row(2, evidence_uri="字" * (MAX_CELL + 1))), "refused", codes=("cell_too_long",))
    yield Case("a quoted megabyte", content(row(1, evidence_uri="a\n" * 500_000)), "refused", codes=("cell_too_long",))
    yield Case("a million blank lines", content(row(1)) + b"\n" * 1_048_577, "refused", codes=("too_many_rows",))

    def rows() -> bytes:
        return TAGS + b"".join(b"TM%d,a\n" % n for n in range(MAX_ROWS + 1))

    yield Case("a row more than may be sent", rows, "refused", codes=("too_many_rows",), table="team_skill")
    yield Case("more bytes than may be sent", lambda: TAGS + b"x" * MAX_BYTES, "refused", codes=("file_too_large",), table="team_skill")
