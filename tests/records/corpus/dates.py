"""Dates as people type them, dates that are none, and a spreadsheet's count of days."""

# ruff: noqa: E501  (a case reads best on its line)
from __future__ import annotations

from collections.abc import Iterator

from corpus.case import Case, content, row
from corpus.workbook import STYLES, line, number, packed, parts, sheet
from kcz_metrics.records.understanding import Corrections

TAKEN = (
    "2022-05-06", "2022/5/6", "2022/05/06", "2022.5.6", "20220506", "2022年5月6日", "2022年05月06日", "２０２２-０５-０６", "2022-05-06 00:00",
    "2022/5/6 0:00:00", " 2022-05-06 ", "2022-05-06T00:00:00", "2024-02-29",
)  # fmt: skip
REJECTED = (
    "2022-02-30", "2022-13-01", "2022-00-10", "20221301", "2023-02-29", "22-5-6", "5/6/2022", "06.05.2022", "2022-5/6", "2022年5月", "2022-05",
    "2022", "5月6日", "二〇二二年五月六日", "today", "infinity", "0000-00-00", "2022-05-06 13:30", "2022-05-06x", "2022-05-06Z", "1899-12-31", "2101-01-01",
    "9999-12-31", "٢٠٢٢-٠٥-٠٦", "44687.5", "12345", "99999", "-44687", "",
)  # fmt: skip

STOCK = ("month", "library_type", "raw_count", "valid_count", "period_id", "source", "evidence_class", "status")
_REST = ("120", "100", "2022", "registry", "C", "submitted")
#: Formats under which a spreadsheet keeps a month that was typed into it, and those of a day.
MONTHS = ("mmm-yy", "yyyy-mm", "yyyy/m", 'yyyy"年"m"月"')
DAYS = ("yyyy-mm-dd", 'yyyy"年"m"月"d"日"')
MARCH = 44621  # 2022-03-01


def stock(form: str, *days: object) -> bytes:
    """Stocks of months that stand as counts of days under this format, one of a kind each, below one whose month is a text."""
    made = f'<numFmts count="2"><numFmt numFmtId="200" formatCode="{form.replace(chr(34), "&quot;")}"/>'
    styles = STYLES.replace('<numFmts count="1">', made).replace("</cellXfs>", '<xf numFmtId="200"/></cellXfs>')
    rows = [line(n, ["", f"kind{n}", *_REST], {"A": number(f"A{n}", of, 5)}) for n, of in enumerate(days, 3)]
    return packed({**parts(sheet(line(1, STOCK), line(2, ["2022-02", "kind2", *_REST]), *rows)), "xl/styles.xml": styles})


def cases() -> Iterator[Case]:
    for form in (*MONTHS, *DAYS):
        yield Case(
            f"a month made a day, {form}", stock(form, MARCH), "warned", 2, codes=("month_days",), honest=True, table="stock_month", ending="xlsx",
        )  # fmt: skip
    for what, form, of in (
        ("another day", "yyyy-mm", MARCH + 1),
        ("an hour of the first", "mmm-yy", MARCH + 0.5),
        ("a bare count", "General", MARCH),
    ):
        yield Case(f"no month: {what}", stock(form, of), "rejected", 1, (3,), table="stock_month", ending="xlsx")
    yield Case(
        "a month in a CSV made a day",
        content(["2022-03-01", "org", *_REST], head=STOCK),
        "warned",
        1,
        codes=("month_days",),
        honest=True,
        table="stock_month",
    )
    for text in TAKEN:
        yield Case(f"date {text!r}", content(row(1), row(2, signed_at=text, docking_id="")), "taken", 2, honest=True)
    for text in REJECTED:
        yield Case(f"no date {text!r}", content(row(1), row(2, signed_at=text)), "rejected", 1, (3,))
    yield Case("a count of days", content(row(1), row(2, signed_at="44687")), "warned", 2, codes=("day_numbers",), honest=True)
    yield Case(
        "a count of days from 1904",
        content(row(1, signed_at="43225")),
        "warned",
        1,
        codes=("day_numbers",),
        honest=True,
        corrections=Corrections(epoch=1904),
    )
    yield Case("a count from a year that is none", content(row(1)), "refused", codes=("epoch",), corrections=Corrections(epoch=1970))
    # -- times ------------------------------------------------------------------------------------------------------------------------------
    head = ("offer_id", "need_id", "org_id", "offered_at", "period_id", "source", "evidence_class", "status")

    def offer(text: str) -> bytes:
        good = ["OF1", "ND1", "OR1", "2022-05-06 13:30", "2022", "registry", "C", "submitted"]
        return content(good, ["OF2", *good[1:3], text, *good[4:]], head=head)

    for text in ("2022-05-06 13:30:05", "2022/5/6 9:05", "2022年5月6日 13:30", "20220506", "2022-05-06T13:30:05.25", "2022-05-06"):
        yield Case(f"time {text}", offer(text), "taken", 2, honest=True, table="need_offer")
    for text in ("2022-05-06 25:00", "2022-05-06 13:60", "13:30", "2022-05-06 1:30 PM", "2022-05-06T13:30:05+08:00", "2022-05-06T13:30Z"):
        yield Case(f"no time {text}", offer(text), "rejected", 1, (3,), table="need_offer")
    yield Case("a count of days with hours", offer("44687.5625"), "warned", 2, codes=("day_numbers",), honest=True, table="need_offer")
