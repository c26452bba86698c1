"""Units that single cells give, beside bare numbers and beside the unit of the heading; and columns without a heading."""

# ruff: noqa: E501  (a case reads best on its line)
from __future__ import annotations

from collections.abc import Iterator

from corpus.case import CITY, HEAD, Case, city, content, relabelled, row
from corpus.workbook import STYLES, at, contract, line, number, packed, parts, sheet, text
from kcz_metrics.records.understanding import Corrections

WAN, YUAN = Corrections(units={"amount_cny": "万元"}), Corrections(units={"amount_cny": "元"})
CONVERTED, ASKED = ("cell_units",), ("unit_mixed",)


def amounts(*given: str, **options: object) -> bytes:
    return content(*(row(n, amount_cny=of, tech_amount_cny="1") for n, of in enumerate(given, 1)), **options)


def formatted(*cells: tuple[object, str]) -> bytes:
    """Contracts whose amounts carry number formats."""
    forms = [form for _, form in cells]
    made = "".join(f'<numFmt numFmtId="{200 + n}" formatCode="{form.replace(chr(34), "&quot;")}"/>' for n, form in enumerate(forms))
    styles = STYLES.replace('<numFmts count="1">', f'<numFmts count="{1 + len(forms)}">{made}')
    styles = styles.replace("</cellXfs>", "".join(f'<xf numFmtId="{200 + n}"/>' for n in range(len(forms))) + "</cellXfs>")
    rows = [
        contract(n + 2, n + 1, {at("amount_cny"): number(f"{at('amount_cny')}{n + 2}", value, 5 + n)}, tech_amount_cny="1")
        for n, (value, _) in enumerate(cells)
    ]
    return packed({**parts(sheet(line(1, HEAD), *rows)), "xl/styles.xml": styles})


def cases() -> Iterator[Case]:
    def warned(name: str, made: bytes, rows: int, **options: object) -> Case:
        return Case(name, made, "warned", rows, codes=CONVERTED, honest=True, **options)  # type: ignore[arg-type]

    for name, of in {
        "ten thousands of yuan": "35万元", "ten thousands": "35万", "a blank before the unit": "35 万元", "full width": "３５万元", "hundred millions": "0.0035亿元", "thousands": "350千元",
        "a comma": "1,035万元", "a fraction": "35.1万元", "english": "350 thousand yuan", "new lines around": "\n35万元\n", "millions": "3.5百万元",
    }.items():  # fmt: skip
        yield warned(f"every cell: {name}", amounts(of, of), 2)
    for name, of in {
        "dollars": "35万美元", "persons": "35万人", "the word whole": "35万元整", "about": "约35万元", "a range": "30-35万元", "the currency first": "人民币35万元", "two units": "3亿500万元",
        "a letter": "35W", "a unit alone": "万元", "a share of a unit": "35%万元", "tons": "35吨",
    }.items():  # fmt: skip
        yield Case(f"one cell that cannot be converted: {name}", amounts("350000", of, "350000"), "rejected", 2, (3,))
    for name, of in {"less than a yuan": "35.00001万元", "negative": "-35万元"}.items():
        yield Case(f"one cell that converts to what cannot be: {name}", amounts("350000元", of, "350000元"), "rejected", 2, (3,))
    yield Case("yuan beside bare numbers", amounts("350000元", "350000"), "taken", 2, honest=True)
    yield Case("yuan in every cell", amounts("350000元", "350,000 元"), "taken", 2, honest=True)
    yield Case("ten thousands beside bare numbers", amounts("35万元", "350000", "360000"), "refused", codes=ASKED)
    yield Case("one of a hundred", amounts(*["350000"] * 99, "35万"), "refused", codes=ASKED)
    yield warned("ten thousands beside bare numbers, said to be yuan", amounts("35万元", "350000"), 2, corrections=YUAN)
    yield warned("ten thousands beside bare numbers, said to be ten thousands", amounts("35万元", "36"), 2, corrections=WAN)
    yield warned("ten thousands beside what is no number", amounts("35万元", "35万元"), 2)
    yield Case("ten thousands beside a word", amounts("35万元", "面议"), "rejected", 1, (3,))
    yield warned("ten thousands and yuan", amounts("35万元", "350000元"), 2)
    yield warned("ten thousands under a heading in yuan", amounts("35万元", "350000", head=relabelled({"amount_cny": "成交额（元）"})), 2)
    wan = relabelled({"amount_cny": "成交额（万元）"})
    yield Case("yuan under a heading in ten thousands", amounts("350000元", "35", head=wan), "refused", codes=("unit_differs",))
    yield Case(
        "yuan under a heading in ten thousands, confirmed", amounts("350000元", "35", head=wan), "taken", 2, honest=True, corrections=WAN
    )
    yield Case(
        "hundred millions in the column's own",
        content(city(gdp_100m="5312.5亿元"), city("PC002"), head=CITY),
        "taken",
        2,
        honest=True,
        table="city_context",
    )
    yield warned(
        "ten thousands in a column of hundred millions", content(city(gdp_100m="53125000万元"), head=CITY), 1, table="city_context"
    )
    yield warned("persons in a column of ten thousands", content(city(population_10k="4123000人"), head=CITY), 1, table="city_context")
    yield warned("ten thousands in a column of persons", content(city(rd_staff="5.3万人"), head=CITY), 1, table="city_context")
    yield Case("a year with its sign", content(city(year="2021年"), head=CITY), "taken", 1, honest=True, table="city_context")
    yield Case("firms with their word", content(city(enterprise_tech="880家"), head=CITY), "taken", 1, honest=True, table="city_context")
    # -- number formats ---------------------------------------------------------------------------------------------------------------------
    book = {"ending": "xlsx"}
    yield warned("a format in every cell", formatted((35, '0"万元"'), (36, '#,##0.0"万元"')), 2, **book)
    yield Case(
        "a format in one of three", formatted((35, '0"万元"'), (350000, "0"), (360000, "#,##0")), "refused", codes=ASKED, ending="xlsx"
    )
    yield warned("a format in one of two, said", formatted((35, '0"万元"'), (350000, "0")), 2, corrections=YUAN, **book)
    yield Case("a format in yuan", formatted((350000, '#,##0"元"'), (350000, "General")), "taken", 2, honest=True, ending="xlsx")
    yield Case("a format that divides", formatted((350000, '0!.0,"万元"'), (350000, '0.0,"千元"')), "taken", 2, honest=True, ending="xlsx")
    yield Case(
        "a format with the sign before",
        formatted((350000, '"¥"#,##0.00'), (350000, "[$¥-804]#,##0")),
        "taken",
        2,
        honest=True,
        ending="xlsx",
    )
    yield Case("a format of another thing", formatted((350000, '0"万件"'), (350000, "0")), "rejected", 1, (2,), ending="xlsx")
    yield warned("two formats", formatted((35, '0"万元"'), ("0.0035", '0.0000"亿元"')), 2, **book)
    yield Case(
        "a format of accounts",
        formatted((350000, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ')),
        "taken",
        1,
        honest=True,
        ending="xlsx",
    )
    yield Case("a format in colour", formatted((350000, "[Red]#,##0;[Blue]-#,##0")), "taken", 1, honest=True, ending="xlsx")
    for name, form in {
        "dollars": "[$$-409]#,##0.00", "dollars in quotes": '"US$"#,##0', "euros behind": "#,##0.00\\ [$€-407]", "their letters": '#,##0" USD"',
        "yen": "[$¥-411]#,##0", "a unit that hangs on the number": '[>100000]0"元";0"万元"',
    }.items():  # fmt: skip
        yield Case(f"a format in {name}", formatted((350000, "0"), (350000, form)), "rejected", 1, (3,), ending="xlsx")
    for name, form in {
        "the chinese general": 'G/通用格式"万元"', "a sign of money": "0.00[$万元-804]", "before the number": '"万元"0.00',
    }.items():  # fmt: skip
        yield warned(f"ten thousands by {name}", formatted((35, form)), 1, **book)
    plain = ["G/通用格式", "[DBNum1][$-804]General", '[>=10000]0!.0,"万元";General"元"']
    yield Case("formats of the chinese Excel", formatted(*((350000, form) for form in plain)), "taken", 3, honest=True, ending="xlsx")
    plain = [";;;", '0"（含税）"', "[$CNY]\\ #,##0"]
    yield Case("formats that change nothing", formatted(*((350000, form) for form in plain)), "taken", 3, honest=True, ending="xlsx")
    yield Case("a format of powers", formatted((350000, "0.00E+00")), "taken", 1, honest=True, ending="xlsx")
    yield Case("a format of text", formatted((350000, "@")), "taken", 1, honest=True, ending="xlsx")
    # -- columns without a heading ----------------------------------------------------------------------------------------------------------
    numbered = [[str(n), *row(n)] for n in (1, 2, 3)]
    bare = ["", *HEAD]
    out, absent = Corrections(columns={"A": None}), ("heading_absent",)
    yield Case("a first column without a heading", content(*numbered, head=bare), "refused", codes=absent)
    yield Case("a first column without a heading, left out", content(*numbered, head=bare), "taken", 3, honest=True, corrections=out)
    yield Case(
        "a first column without a heading, left out by its full name",
        content(*numbered, head=bare),
        "taken",
        3,
        honest=True,
        corrections=Corrections(columns={":A": None}),
    )
    yield Case("a first column with a heading that does not show", content(*numbered, head=["\u200b", *HEAD]), "refused", codes=absent)
    yield Case(
        "a first column without a heading nor content", content(*([" ", *of[1:]] for of in numbered), head=bare), "taken", 3, honest=True
    )
    yield Case(
        "a note in one row under no heading",
        content([*row(1), ""], [*row(2), "补报"], [*row(3), ""], head=[*HEAD, ""]),
        "rejected",
        2,
        (3,),
    )
    yield Case("a key without a heading", content(row(1), row(2), head=["", *HEAD[1:]]), "refused", codes=absent)
    yield Case(
        "a key without a heading, said",
        content(row(1), row(2), head=["", *HEAD[1:]]),
        "taken",
        2,
        honest=True,
        corrections=Corrections(columns={"a": "contract_id"}),
    )
    yield Case(
        "a letter that has a heading",
        content(*numbered, head=bare),
        "refused",
        codes=("heading_missing",),
        corrections=Corrections(columns={"B": None}),
    )
    yield Case("two columns without headings", content(*([*of, "x"] for of in numbered), head=[*bare, ""]), "refused", codes=absent)
    yield Case(
        "two columns without headings, left out",
        content(*([*of, "x"] for of in numbered), head=[*bare, ""]),
        "taken",
        3,
        honest=True,
        corrections=Corrections(columns={"A": None, "T": None}),
    )
    shifted = [line(n + 1, [str(n), *row(n)]) for n in (1, 2, 3)]
    yield Case(
        "a first column without a heading in a workbook",
        packed(parts(sheet(line(1, bare), *shifted))),
        "refused",
        codes=absent,
        ending="xlsx",
    )
    yield Case(
        "a first column without a heading in a workbook, left out",
        packed(parts(sheet(line(1, bare), *shifted))),
        "taken",
        3,
        honest=True,
        ending="xlsx",
        corrections=out,
    )
    beyond = [contract(n + 1, n, {"S": text(f"S{n + 1}", "补报")}) for n in (1, 2, 3)]
    yield Case(
        "a last column without a heading in a workbook",
        packed(parts(sheet(line(1, HEAD), *beyond))),
        "refused",
        codes=absent,
        ending="xlsx",
    )
    yield Case(
        "a last column without a heading in a workbook, left out",
        packed(parts(sheet(line(1, HEAD), *beyond))),
        "taken",
        3,
        honest=True,
        ending="xlsx",
        corrections=Corrections(columns={"S": None}),
    )
    over = packed(
        parts(
            sheet(
                line(1, [*HEAD, "备注"]),
                *[contract(n + 1, n, {"S": text(f"S{n + 1}", "甲"), "T": text(f"T{n + 1}", "乙")}) for n in (1, 2)],
                after='<mergeCells count="1"><mergeCell ref="S1:T1"/></mergeCells>',
            )
        )
    )
    yield Case("a heading over two columns", over, "refused", codes=absent, ending="xlsx")
    yield Case(
        "a heading over two columns, both left out",
        over,
        "taken",
        2,
        honest=True,
        ending="xlsx",
        corrections=Corrections(columns={"备注": None, "T": None}),
    )
