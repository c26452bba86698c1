"""Workbooks that people send, and single cells in them that cannot be taken."""

# ruff: noqa: E501  (a case reads best on its line)
from __future__ import annotations

from collections.abc import Iterator

from corpus.case import HEAD, IMPACT, Case, impact, relabelled, row
from corpus.workbook import HEAD_XML, MAIN, at, book, contract, letters, line, number, packed, parts, sheet, text
from kcz_metrics.records.forms import EXAMPLES
from kcz_metrics.records.understanding import Corrections


def shared(*texts: str) -> str:
    return f'{HEAD_XML}<sst xmlns="{MAIN}" count="{len(texts)}" uniqueCount="{len(texts)}">{"".join(texts)}</sst>'


def share(where: int, cell: str) -> str:
    return line(where, impact(where, ""), {"G": cell})


def cases() -> Iterator[Case]:
    def good(name: str, content: bytes, rows: int = 2, **options: object) -> Case:
        return Case(name, content, "taken", rows, honest=True, ending="xlsx", **options)  # type: ignore[arg-type]

    def warned(name: str, content: bytes, code: str, rows: int = 2, **options: object) -> Case:
        return Case(name, content, "warned", rows, codes=(code,), honest=True, ending="xlsx", **options)  # type: ignore[arg-type]

    def rejected(name: str, cell: str, **cells: str) -> Case:
        of = {cell[6 : cell.index("3")]: cell}
        return Case(name, book(contract(2), contract(3, 2, of, **cells), contract(4, 3)), "rejected", 2, (3,), ending="xlsx")

    two = (contract(2), contract(3, 2))
    yield good("as typed", book(*two))
    yield good("stored without packing", packed(parts(sheet(line(1, HEAD), *two)), method=0))
    yield good("a workbook named as a csv", book(*two), table="contract")
    yield good(
        "without styles",
        packed({k: v for k, v in parts(sheet(line(1, HEAD), contract(2, signed_at="2022-05-06"))).items() if "styles" not in k}),
        1,
    )
    yield good("dates in a chinese format", book(contract(2, 1, {at("signed_at"): number(f"{at('signed_at')}2", 44687, 2)})), 1)
    yield good(
        "dates from 1904", book(contract(2, 1, {at("signed_at"): number(f"{at('signed_at')}2", 43225, 1)}), properties=' date1904="1"'), 1
    )
    yield warned(
        "a count of days without a format", book(contract(2, 1, {at("signed_at"): number(f"{at('signed_at')}2", 44687)})), "day_numbers", 1
    )
    yield good("everything as text", book(line(2, row(1)), line(3, row(2))))
    yield good("numbers with a format", book(contract(2, 1, {at("amount_cny"): number(f"{at('amount_cny')}2", 350000, 4)})), 1)
    yield good("numbers with a point", book(contract(2, 1, {at("amount_cny"): number(f"{at('amount_cny')}2", "350000.0")})), 1)
    yield good("numbers in powers", book(contract(2, 1, {at("amount_cny"): number(f"{at('amount_cny')}2", "3.5E5")})), 1)
    yield good(
        "traces of binary arithmetic", book(contract(2, 1, {at("amount_cny"): number(f"{at('amount_cny')}2", "350000.00000000006")})), 1
    )
    yield good("a period as a number", book(contract(2, 1, {at("period_id"): number(f"{at('period_id')}2", 2022)})), 1)
    yield good("yes and no of its own kind", book(contract(2, 1, {at("is_related"): f'<c r="{at("is_related")}2" t="b"><v>1</v></c>'})), 1)
    yield good(
        "a date of its own kind", book(contract(2, 1, {at("signed_at"): f'<c r="{at("signed_at")}2" t="d"><v>2022-05-06</v></c>'})), 1
    )
    yield good(
        "shared texts",
        packed(parts(sheet(line(1, HEAD), contract(2, 1, {"A": '<c r="A2" t="s"><v>0</v></c>'})), strings=shared("<si><t>CT007</t></si>"))),
        1,
    )
    rich = "<si><r><rPr><b/></rPr><t>CT</t></r><r><t>008</t></r><rPh sb='0' eb='1'><t>ガナ</t></rPh></si>"
    yield good(
        "texts in several faces, with a reading",
        packed(parts(sheet(line(1, HEAD), contract(2, 1, {"A": '<c r="A2" t="s"><v>0</v></c>'})), strings=shared(rich))),
        1,
    )
    yield good(
        "rows and cells without their places",
        packed(
            parts(
                f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="inlineStr"><is><t>team_id</t></is></c><c t="inlineStr"><is><t>tag</t></is></c></row><row><c t="inlineStr"><is><t>TM1</t></is></c><c t="inlineStr"><is><t>新</t></is></c></row></sheetData></worksheet>'
            )
        ),
        1,
        table="team_skill",
    )
    prefixed = sheet(line(1, HEAD), *two)
    for tag in ("worksheet", "sheetData", "row", "c", "v", "is", "t", "f"):
        prefixed = prefixed.replace(f"<{tag}>", f"<x:{tag}>").replace(f"<{tag} ", f"<x:{tag} ").replace(f"</{tag}>", f"</x:{tag}>")
    yield good("names with a prefix", packed(parts(prefixed.replace("xmlns=", "xmlns:x="))))
    strict = {
        k: v.replace("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
        if isinstance(v, str)
        else v
        for k, v in parts(sheet(line(1, HEAD), *two)).items()
    }
    yield good("the strict form", packed(strict))
    absolute = {
        k: v.replace('Target="worksheets', 'Target="/xl/worksheets').replace('Target="xl/', 'Target="/xl/') if isinstance(v, str) else v
        for k, v in parts(sheet(line(1, HEAD), *two)).items()
    }
    yield good("places from the root", packed(absolute))
    titled = sheet(
        line(1, ["2022年度技术合同"]),
        line(2, ["填报单位：某学会"]),
        line(4, HEAD),
        contract(5),
        contract(6, 2),
        after='<mergeCells count="1"><mergeCell ref="A1:R1"/></mergeCells>',
    )
    yield good("titles above, merged", packed(parts(titled)))
    yield warned(
        "merged cells among the rows",
        packed(parts(sheet(line(1, HEAD), *two, after='<mergeCells><mergeCell ref="Q2:Q3"/></mergeCells>'))),
        "merged",
    )
    yield warned("hidden rows", book(contract(2), contract(3, 2).replace('<row r="3"', '<row r="3" hidden="1"')), "hidden_rows")
    yield warned(
        "hidden columns",
        packed(parts(sheet(line(1, HEAD), *two, before='<cols><col min="2" max="2" hidden="1"/></cols>'))),
        "hidden_columns",
    )
    yield warned(
        "a formula with its value",
        book(contract(2, 1, {at("amount_cny"): number(f"{at('amount_cny')}2", 350000, formula="35*10000")}), contract(3, 2)),
        "formulas",
    )
    yield warned(
        "a formula of text with its value",
        book(
            contract(2, 1, {at("evidence_uri"): f'<c r="{at("evidence_uri")}2" t="str"><f>A2&amp;"x"</f><v>CT001x</v></c>'}), contract(3, 2)
        ),
        "formulas",
    )
    yield good("text that looks like a formula", book(contract(2, evidence_uri="=cmd|' /C calc'!A0"), contract(3, 2)))
    yield good(
        "coloured cells far below and to the right", book(*two, '<row r="1048576"><c r="A1048576" s="4"/><c r="XFD1048576" s="4"/></row>')
    )
    yield good("coloured cells beyond the headings", book(contract(2, 1, {"ZZ": '<c r="ZZ2" s="4"/>'}), contract(3, 2)))
    yield good("blank rows between", book(contract(2), contract(9, 2), '<row r="10"/>', line(11, ["   "])))
    yield good("a dimension that is not so", packed(parts(sheet(line(1, HEAD), *two, before='<dimension ref="A1:XFD1048576"/>'))))
    yield good(
        "a note on another sheet",
        packed(parts(sheet(line(1, HEAD), *two), sheet(line(1, ["说明"]), line(2, ["合同编号", "必填"])), names=("合同", "说明"))),
    )
    yield good(
        "notes first, records second",
        packed(parts(sheet(line(1, ["填表说明"]), line(2, ["一、不要改动表头"])), sheet(line(1, HEAD), *two))),
    )
    yield good("an empty sheet first", packed(parts(sheet(), sheet(line(1, HEAD), *two))))
    yield good("records on a hidden sheet alone", packed(parts(sheet(line(1, HEAD), *two), states=("hidden",))))
    yield good("a comment in the markup", packed(parts(sheet(line(1, HEAD), *two, before="<!-- made by hand -->"))))
    link = parts(sheet(line(1, HEAD), *two, after='<hyperlinks><hyperlink ref="A1" r:id="rId1"/></hyperlinks>'))
    link["xl/worksheets/_rels/sheet1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://x/hyperlink" Target="https://example.org/" TargetMode="External"/></Relationships>'
    )
    yield good("a link in a cell", packed(link))
    yield good("the example of a form", book(line(2, [EXAMPLES[0], *row(1)[1:]]), contract(3, 2)), 1)
    yield good(
        "shares shown in per cent",
        packed(parts(sheet(line(1, IMPACT), share(2, number("G2", 0.4, 3)), share(3, number("G3", 40))))),
        table="impact",
    )
    yield good("a cell as long as allowed", book(contract(2, evidence_uri="字" * 32_767)), 1)
    yield good("escaped characters", book(contract(2, evidence_uri="a_x000D__x000A_b"), contract(3, 2)))
    yield good("two hundred columns", packed(parts(sheet(line(1, HEAD, {"GR": '<c r="GR1" s="1"/>'}), *two))))
    wan = relabelled({"amount_cny": "成交额（万元）"})
    yield Case("another unit in a heading", packed(parts(sheet(line(1, wan), *two))), "refused", codes=("unit_differs",), ending="xlsx")
    yield Case(
        "another unit in the sheet's name",
        packed(parts(sheet(line(1, HEAD), *two), names=("合同（万元）",))),
        "refused",
        codes=("unit_differs",),
        ending="xlsx",
    )
    yield Case(
        "another unit in a merged title",
        packed(parts(sheet(line(1, ["技术合同"], {"R": text("R1", "单位：万元")}), line(2, HEAD), contract(3)))),
        "refused",
        codes=("unit_differs",),
        ending="xlsx",
    )
    converted = Corrections(units={"amount_cny": "万元"})
    yield good(
        "another unit, confirmed",
        packed(parts(sheet(line(1, wan), contract(2, 1, {at("amount_cny"): number(f"{at('amount_cny')}2", "35.1")})))),
        1,
        corrections=converted,
    )
    # -- single cells -----------------------------------------------------------------------------------------------------------------------
    amount, day = at("amount_cny"), at("signed_at")
    yield rejected("a formula's error", f'<c r="{amount}3" t="e"><f>1/0</f><v>#DIV/0!</v></c>')
    yield rejected("an error without a formula", f'<c r="{amount}3" t="e"><v>#REF!</v></c>')
    yield rejected("a formula without a value", number(f"{amount}3", None, formula="35*10000"))
    yield rejected("a formula without a value in a text", '<c r="Q3" t="str"><f>A1</f></c>')
    yield rejected("a fraction of a yuan", number(f"{amount}3", "350000.5"))
    yield rejected("an amount shown in per cent", number(f"{amount}3", "0.5", 3))
    yield rejected("an amount shown as a date", number(f"{amount}3", "44687", 1))
    yield rejected("a day beyond the calendar", number(f"{day}3", "2958466", 1))
    yield rejected("a negative day", number(f"{day}3", "-1", 1))
    yield rejected("a day with an hour", number(f"{day}3", "44687.5", 1))
    yield rejected("not a number", f'<c r="{amount}3"><v>NaN</v></c>')
    yield rejected("beyond all numbers", f'<c r="{amount}3"><v>1E+400</v></c>')
    yield rejected("digits that a spreadsheet loses", number("B3", "1.23456789012345E+17"))
    yield rejected("an escaped nul", text("Q3", "a_x0000_b"))
    yield rejected("half a pair", text("Q3", "a_xD83D_b"))
    yield Case("cells beyond the headings", book(contract(2), contract(3, 2, {"T": text("T3", "x")})), "rejected", 1, (3,), ending="xlsx")
    yield Case(
        "bad rows keep their numbers after blank ones",
        book(contract(3), contract(7, 2, amount_cny="x"), contract(9, 3)),
        "rejected",
        2,
        (7,),
        ending="xlsx",
    )
    yield Case("headings once more", book(contract(2), line(3, HEAD), contract(4, 3)), "rejected", 2, (3,), ending="xlsx")
    yield Case(
        "a sum below",
        book(contract(2), line(3, ["合计"], {amount: number(f"{amount}3", None, formula="SUM(H2:H2)")})),
        "rejected",
        1,
        (3,),
        ending="xlsx",
    )
    assert letters(18) == "S"
