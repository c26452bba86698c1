"""Numbers of persons (R8), however they are spaced and in whichever cell; and numbers that are nobody's."""

# ruff: noqa: E501  (a case reads best on its line)
from __future__ import annotations

from collections.abc import Iterator

from corpus.case import Case, content, row
from corpus.workbook import at, book, contract, number, text

#: Nobody's: a region, a day and a right check sign; the second is the example of the standard.
ONE, RIGHT = "110101199003074514", "11010519491231002X"
SEEN = {
    "blanks": "110101 19900307 4514", "blanks in fours": "1101 0119 9003 0745 14", "fixed blanks": "110101\u00a019900307\u00a04514",
    "wide blanks": "110101\u300019900307\u30004514", "hyphens": "110101-19900307-4514", "long hyphens": "110101－19900307－4514", "points": "110101.19900307.4514",
    "marks that do not show": "\u200b".join(ONE), "joiners": "110101\u206019900307\u20604514", "soft hyphens": "110101\u00ad19900307\u00ad4514",
    "a byte order mark": "110101\ufeff199003074514", "a new line": "110101\n199003074514", "a tab": "110101\t199003074514", "full-width blanks and digits": "１１０１０１　１９９００３０７　４５１４",
    "a small x": "11010519491231002x", "a wide x": "１１０１０５１９４９１２３１００２Ｘ", "words around": f"身份证{ONE}号", "brackets": f"（{ONE}）", "a file's name": f"doc://{ONE}.pdf",
    "a list": f"1. {RIGHT}；2. {ONE}", "fifteen digits": "身份证号：110101900307451", "a mobile number": "13812345678", "a mobile number among words": "联系人张某 13812345678",
    "a mobile number in threes and fours": "138 1234 5678", "a mobile number with hyphens": "电话：138-1234-5678", "with the country": "+86 13812345678", "with the country in brackets": "(86)138-1234-5678",
    "a wide mobile number": "１３８１２３４５６７８", "a mobile number with marks": "138\u200b1234\u200b5678", "a mobile number and a full stop": "电话13812345678。",
}  # fmt: skip
NOBODYS = {
    "no such month": "110101199013074514", "no such region": "990101199003074514", "twenty digits": f"00{ONE}", "a landline": "0571-88888888", "a service line": "400-123-4567",
    "eleven digits in a code": "HT-13812345678", "eleven digits in an address": "https://example.org/d/13812345678.pdf", "an amount": "13,812,345,678 元", "two days": "20220101-20221231",
    "eleven digits of no network": "12012345678", "twelve digits": "138123456789", "a number of a body": "91330000148817930E", "a card": "6222021234567890123",
}  # fmt: skip


def cases() -> Iterator[Case]:
    for name, words in SEEN.items():
        yield Case(f"seen: {name}", content(row(1), row(2, evidence_uri=words)), "rejected", 1, (3,))
    for name, words in NOBODYS.items():
        yield Case(f"nobody's: {name}", content(row(1), row(2, evidence_uri=words)), "taken", 2, honest=True)
    yield Case("as an id", content(row(1), row(2, contract_id=ONE)), "rejected", 1, (3,))
    yield Case("as a registration, the check sign right", content(row(1), row(2, registration_no=RIGHT)), "rejected", 1, (3,))
    yield Case(
        "as a registration, the check sign wrong", content(row(1), row(2, registration_no="110105194912310021")), "taken", 2, honest=True
    )
    yield Case(
        "mobile number of an expert",
        content(["13812345678", "OR1", "engineering", "是"], head=["person_id", "org_id", "discipline_group", "consent"]),
        "rejected",
        0,
        (2,),
        table="expert",
    )
    yield Case(
        "mobile number as a tag",
        content(["TM1", "AI"], ["TM2", "13812345678"], head=["team_id", "tag"]),
        "rejected",
        1,
        (3,),
        table="team_skill",
    )
    where = f"{at('evidence_uri')}3"
    for name, cell in {
        "a mobile number as a number": number(where, 13812345678),
        "an identity number as a number": number(where, "1.10101199003074E+17"),
        "an identity number as text": text(where, "110101\u200b19900307\u200b4514"),
        "an identity number in several faces": f'<c r="{where}" t="inlineStr"><is><r><t>110101</t></r><r><t>199003074514</t></r></is></c>',
        "an identity number from a formula": f'<c r="{where}" t="str"><f>A1&amp;B1</f><v>{ONE}</v></c>',
    }.items():  # fmt: skip
        yield Case(f"workbook: {name}", book(contract(2), contract(3, 2, {at("evidence_uri"): cell})), "rejected", 1, (3,), ending="xlsx")
