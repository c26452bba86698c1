"""Workbooks as offices keep them: two lines of headings, sums, notes, filters, hidden sheets, pictures, dates of every hand."""

# ruff: noqa: E501  (a case reads best on its line)
from __future__ import annotations

from collections.abc import Iterator

from corpus.case import HEAD, Case, relabelled, row
from corpus.workbook import DOCUMENT, HEAD_XML, MAIN, PACKAGE, STYLES, Parts, at, book, contract, line, number, packed, parts, sheet, text
from kcz_metrics.records.understanding import Corrections

ZH = relabelled({"contract_id": "合同编号", "amount_cny": "成交额", "signed_at": "签订日", "seller_org_id": "卖方", "buyer_org_id": "买方"})
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)


def with_parts(more: dict[str, str | bytes], related: str = "", after: str = "", before: str = "") -> bytes:
    """A good workbook with further parts; ``related``: relations of its sheet."""
    made: Parts = {**parts(sheet(line(1, HEAD), contract(2), contract(3, 2), before=before, after=after)), **more}
    if related:
        made["xl/worksheets/_rels/sheet1.xml.rels"] = f'{HEAD_XML}<Relationships xmlns="{PACKAGE}">{related}</Relationships>'
    return packed(made)


def relation(number_of: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number_of}" Type="{DOCUMENT}/{kind}" Target="{target}"/>'


def cases() -> Iterator[Case]:
    def good(name: str, made: bytes, rows: int = 2, **options: object) -> Case:
        return Case(name, made, "taken", rows, honest=True, ending="xlsx", **options)  # type: ignore[arg-type]

    def warned(name: str, made: bytes, code: str, rows: int = 2) -> Case:
        return Case(name, made, "warned", rows, codes=(code,), honest=True, ending="xlsx")

    def refused(name: str, made: bytes, *codes: str) -> Case:
        return Case(name, made, "refused", codes=codes, ending="xlsx")

    def rejected(name: str, made: bytes, rows: int, bad: tuple[int, ...], **options: object) -> Case:
        return Case(name, made, "rejected", rows, bad, ending="xlsx", **options)  # type: ignore[arg-type]

    two = (contract(2), contract(3, 2))
    amount, day, proof = at("amount_cny"), at("signed_at"), at("evidence_uri")
    # -- headings ---------------------------------------------------------------------------------------------------------------------------
    groups = line(1, ["合同", "", "", "双方", "", "", "", "金额", ""])
    merged = '<mergeCells count="3"><mergeCell ref="A1:C1"/><mergeCell ref="D1:G1"/><mergeCell ref="H1:I1"/></mergeCells>'
    yield good("groups above the headings", packed(parts(sheet(groups, line(2, HEAD), contract(3), contract(4, 2), after=merged))))
    split = sheet(
        line(1, [*HEAD[:7], "金额", "", *HEAD[9:]]),
        line(2, [*[""] * 7, "成交额", "技术交易额"]),
        contract(3),
        after='<mergeCells count="1"><mergeCell ref="H1:I1"/></mergeCells>',
    )
    yield refused("headings over two lines", packed(parts(split)), "heading_unknown", "column_missing", "heading_absent")
    yield good(
        "headings with blanks between the characters",
        packed(
            parts(sheet(line(1, relabelled({"contract_id": "合 同 编 号", "amount_cny": "成 交 额", "signed_at": "签  订  日"})), *two))
        ),
    )
    yield good(
        "headings in two lines of a cell",
        packed(parts(sheet(line(1, relabelled({"amount_cny": "成交额\n（元）", "contract_id": "合同\n编号"})), *two))),
    )
    yield good("brackets half wide and half narrow", packed(parts(sheet(line(1, relabelled({"amount_cny": "成交额（元)"})), *two))))
    yield refused(
        "a heading that says it is required",
        packed(parts(sheet(line(1, relabelled({"contract_id": "合同编号（必填）"})), *two))),
        "heading_unknown",
    )
    yield refused(
        "a column of numbers to count by", packed(parts(sheet(line(1, ["序号", *HEAD]), line(2, ["1", *row(1)])))), "heading_unknown"
    )
    counted = packed(parts(sheet(line(1, ["序号", *HEAD]), line(2, ["1", *row(1)]), line(3, ["2", *row(2)]))))
    yield good("a column of numbers to count by, left out", counted, corrections=Corrections(columns={"序号": None}))
    prefilled = packed(parts(sheet(line(1, ["序号", *HEAD]), line(2, ["1", *row(1)]), line(3, ["2"]), line(4, ["3"]))))
    yield rejected("numbers to count by below the records", prefilled, 1, (3, 4), corrections=Corrections(columns={"序号": None}))
    yield good(
        "a title of the same words as a heading",
        packed(parts(sheet(line(1, ["合同编号登记表"]), line(2, ZH), contract(3), contract(4, 2)))),
    )
    yield good("a blank row below the headings", packed(parts(sheet(line(1, HEAD), contract(3), contract(4, 2)))))
    yield good("a blank column between", packed(parts(sheet(line(1, [HEAD[0], "", *HEAD[1:]]), line(2, [row(1)[0], "", *row(1)[1:]])))), 1)
    side = [*HEAD, "", *HEAD]
    yield refused("two tables side by side", packed(parts(sheet(line(1, side), line(2, [*row(1), "", *row(2)])))), "heading_doubled")
    yield rejected(
        "two tables one below the other",
        packed(parts(sheet(line(1, HEAD), contract(2), line(4, ["第二季度"]), line(5, HEAD), contract(6, 2)))),
        2,
        (4, 5),
    )
    yield good("another table below with nothing in it", packed(parts(sheet(line(1, HEAD), *two, line(9, [" ", "\u3000"])))))
    # -- what stands between and below ------------------------------------------------------------------------------------------------------
    yield rejected(
        "a sum below, in the second column",
        packed(parts(sheet(line(1, HEAD), *two, line(4, ["", "总计"], {amount: number(f"{amount}4", 700000)})))),
        2,
        (4,),
    )
    yield rejected(
        "sums of parts between",
        packed(
            parts(
                sheet(
                    line(1, HEAD),
                    contract(2),
                    line(3, ["小计"], {amount: number(f"{amount}3", 350000)}),
                    contract(4, 2),
                    line(5, ["小计"]),
                    line(6, ["合计"]),
                )
            )
        ),
        2,
        (3, 5, 6),
    )
    yield rejected(
        "who filled it in",
        packed(parts(sheet(line(1, HEAD), *two, line(5, ["填表人：张某", "", "", "审核人：李某", "", "", "填表日期：2022年5月6日"])))),
        2,
        (5,),
    )
    yield rejected(
        "a note over all columns",
        packed(
            parts(
                sheet(
                    line(1, HEAD),
                    *two,
                    line(4, ["注：1.金额以元为单位；2.日期以签订日为准。"]),
                    after='<mergeCells count="1"><mergeCell ref="A4:R4"/></mergeCells>',
                )
            )
        ),
        2,
        (4,),
    )
    yield rejected(
        "a line of numbers of the columns",
        packed(parts(sheet(line(1, HEAD), line(2, [str(n) for n in range(1, 19)]), contract(3)))),
        1,
        (2,),
    )
    yield rejected(
        "headings on every page",
        packed(parts(sheet(line(1, HEAD), contract(2), line(3, HEAD), contract(4, 2), line(5, HEAD), contract(6, 3)))),
        3,
        (3, 5),
    )
    # -- sheets -----------------------------------------------------------------------------------------------------------------------------
    one, other = sheet(line(1, HEAD), contract(2)), sheet(line(1, HEAD), contract(2, 2))
    yield refused("a copy on a hidden sheet", packed(parts(one, other, states=("visible", "hidden"))), "sheet_open")
    yield refused(
        "a sheet for every region",
        packed(parts(one, other, sheet(line(1, HEAD), contract(2, 3)), names=("东部", "中部", "西部"))),
        "sheet_open",
    )
    yield refused("a copy on a sheet hidden for good", packed(parts(one, other, states=("visible", "veryHidden"))), "sheet_open")
    yield good("a name of a sheet with signs", packed(parts(one, names=("合同 (2022)'s & <a>",))), 1)
    lists = sheet(line(1, ["合同类别", "状态"]), line(2, ["service", "submitted"]), line(3, ["transfer", "verified"]))
    yield good("a sheet of lists for drop-downs", packed(parts(one, lists, names=("合同", "选项"), states=("visible", "hidden"))), 1)
    yield good("a sheet that is a chart", with_parts({"xl/chartsheets/sheet1.xml": "<chartsheet/>"}))
    # -- furniture --------------------------------------------------------------------------------------------------------------------------
    yield warned(
        "rows hidden by a filter",
        packed(
            parts(
                sheet(
                    line(1, HEAD),
                    contract(2),
                    contract(3, 2).replace('<row r="3"', '<row r="3" hidden="1"'),
                    after='<autoFilter ref="A1:R3"/>',
                )
            )
        ),
        "hidden_rows",
    )
    yield good(
        "a frozen pane and widths",
        with_parts(
            {},
            before='<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="9" width="20"/></cols>',
        ),
    )
    yield good(
        "rows in outline", book(contract(2), contract(3, 2).replace('<row r="3"', '<row r="3" outlineLevel="1" ht="15.6" customHeight="1"'))
    )
    yield good(
        "rules of colours and drop-downs",
        with_parts(
            {},
            after='<conditionalFormatting sqref="A1:A9"><cfRule type="expression" priority="1"><formula>A1=1</formula></cfRule></conditionalFormatting><dataValidations count="1"><dataValidation type="list" sqref="C2:C99"><formula1>"service,transfer"</formula1></dataValidation></dataValidations>',
        ),
    )
    yield good("a protected sheet", with_parts({}, after='<sheetProtection password="CC1A" sheet="1"/>'))
    yield good(
        "comments",
        with_parts(
            {
                "xl/comments1.xml": f'<comments xmlns="{MAIN}"><authors><author>a</author></authors><commentList><comment ref="A1" authorId="0"><text><t>x</t></text></comment></commentList></comments>',
                "xl/drawings/vmlDrawing1.vml": '<xml xmlns:v="urn:schemas-microsoft-com:vml"/>',
            },
            relation(1, "comments", "../comments1.xml") + relation(2, "vmlDrawing", "../drawings/vmlDrawing1.vml"),
            after='<legacyDrawing r:id="rId2"/>',
        ),
    )
    yield good(
        "a picture",
        with_parts(
            {"xl/media/image1.png": PNG, "xl/drawings/drawing1.xml": "<wsDr/>"},
            relation(1, "drawing", "../drawings/drawing1.xml"),
            after='<drawing r:id="rId1"/>',
        ),
    )
    yield good(
        "a chart",
        with_parts(
            {"xl/charts/chart1.xml": "<chartSpace/>", "xl/drawings/drawing1.xml": "<wsDr/>"},
            relation(1, "drawing", "../drawings/drawing1.xml"),
        ),
    )
    yield good(
        "settings of a printer",
        with_parts(
            {"xl/printerSettings/printerSettings1.bin": bytes(900)},
            relation(1, "printerSettings", "../printerSettings/printerSettings1.bin"),
        ),
    )
    yield good(
        "a table with a name",
        with_parts(
            {"xl/tables/table1.xml": f'<table xmlns="{MAIN}" id="1" name="T" ref="A1:R3"/>'},
            relation(1, "table", "../tables/table1.xml"),
            after='<tableParts count="1"><tablePart r:id="rId1"/></tableParts>',
        ),
    )
    yield good(
        "a pivot of its own",
        with_parts(
            {
                "xl/pivotTables/pivotTable1.xml": "<pivotTableDefinition/>",
                "xl/pivotCache/pivotCacheDefinition1.xml": "<pivotCacheDefinition/>",
                "xl/pivotCache/pivotCacheRecords1.xml": "<pivotCacheRecords/>",
            }
        ),
    )
    yield good(
        "properties, theme, order of computing",
        with_parts(
            {
                "docProps/app.xml": "<Properties/>",
                "docProps/core.xml": "<coreProperties/>",
                "xl/theme/theme1.xml": "<theme/>",
                "xl/calcChain.xml": "<calcChain/>",
                "customXml/item1.xml": "<x/>",
                "docProps/thumbnail.jpeg": b"\xff\xd8\xff",
            }
        ),
    )
    yield good("pictures in cells as WPS keeps them", with_parts({"xl/cellimages.xml": "<cellImages/>", "xl/media/image1.png": PNG}))
    yield good(
        "remarks in threads",
        with_parts({"xl/threadedComments/threadedComment1.xml": "<ThreadedComments/>", "xl/persons/person.xml": "<personList/>"}),
    )
    yield good("folders as entries", with_parts({"xl/": b"", "xl/worksheets/": b""}))
    yield good("what another system adds to archives", with_parts({"__MACOSX/._book.xlsx": bytes(100), ".DS_Store": bytes(100)}))
    yield good(
        "further lists and alternatives",
        with_parts(
            {},
            after='<extLst><ext uri="{x}"><a/></ext></extLst>',
            before='<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="x14"><a/></mc:Choice></mc:AlternateContent>',
        ),
    )
    names = parts(one)
    names["xl/workbook.xml"] = str(names["xl/workbook.xml"]).replace(
        "</sheets>",
        "</sheets><definedNames><definedName name='x'>[1]Sheet1!$A$1</definedName><definedName name='_xlnm._FilterDatabase' hidden='1'>Sheet1!$A$1:$R$2</definedName></definedNames>",
    )
    yield good("names that point to another book without a link", packed(names), 1)
    yield refused(
        "a link by DDE",
        with_parts({"xl/externalLinks/externalLink1.xml": "<externalLink><ddeLink ddeService='cmd' ddeTopic='/C calc'/></externalLink>"}),
        "outside_references",
    )
    template = parts(one)
    template["[Content_Types].xml"] = str(template["[Content_Types].xml"]).replace("sheet.main+xml", "template.main+xml")
    yield good("a template of Excel", packed(template), 1)
    adding = parts(one)
    adding["[Content_Types].xml"] = str(adding["[Content_Types].xml"]).replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", "application/vnd.ms-excel.addin.macroEnabled.main+xml"
    )
    yield refused("an add-in", packed(adding), "macros")
    # -- dates ------------------------------------------------------------------------------------------------------------------------------
    written = ["2022-05-06", "2022年5月6日", "2022.5.6", "2022/05/06", "20220506", "2022－05－06", "2022-05-06 00:00:00"]
    mixed = [contract(n, n, signed_at=of) for n, of in enumerate(written, 2)]
    yield good("dates of every hand", book(*mixed, contract(9, 9)), 8)
    yield good("a date with the everyday word for day", book(contract(2, signed_at="2022年5月6号")), 1)
    for name, of in {
        "without a year": "5月6日",
        "with two digits": "22.5.6",
        "with its weekday": "2022-05-06 星期五",
        "with dashes": "2022—05—06",
        "with blanks": "2022 05 06",
        "a range": "2022.5.6-5.8",
        "in characters": "二〇二二年五月",
        "with an apostrophe": "'2022-05-06",
        "of a point": "2022.05",
    }.items():
        yield rejected(f"a date {name}", book(contract(2), contract(3, 2, signed_at=of)), 1, (3,))
    eastern = STYLES.replace('<xf numFmtId="9"/>', '<xf numFmtId="31"/>').replace('<xf numFmtId="4"/>', '<xf numFmtId="57"/>')
    made = parts(
        sheet(line(1, HEAD), contract(2, 1, {day: number(f"{day}2", 44687, 3)}), contract(3, 2, {day: number(f"{day}3", 44687, 4)}))
    )
    yield good("dates in formats that have a number only", packed({**made, "xl/styles.xml": eastern}))
    yield rejected("an hour alone for a date", book(contract(2), contract(3, 2, {day: number(f"{day}3", 0.5, 1)})), 1, (3,))
    # -- cells ------------------------------------------------------------------------------------------------------------------------------
    yield rejected("not available in a text", book(contract(2), contract(3, 2, {proof: f'<c r="{proof}3" t="e"><v>#N/A</v></c>'})), 1, (3,))
    beside = packed(parts(sheet(line(1, [*HEAD, "备注"]), contract(2, 1, {"S": '<c r="S2" t="e"><v>#N/A</v></c>'}))))
    yield good("not available in a column that is left out", beside, 1, corrections=Corrections(columns={"备注": None}))
    yield good("yes and no in a text", book(contract(2, 1, {proof: f'<c r="{proof}2" t="b"><v>1</v></c>'}), contract(3, 2)))
    yield good("an apostrophe before a text", book(contract(2, 1, {"A": text("A2", "CT001", ' s="1" quotePrefix="1"')}), contract(3, 2)))
    yield warned(
        "a formula that shows nothing",
        book(contract(2, 1, {proof: f'<c r="{proof}2" t="str"><f>IF(A2="","x","")</f><v></v></c>'}), contract(3, 2)),
        "formulas",
    )
    yield warned(
        "formulas shared and in arrays",
        book(
            contract(2, 1, {amount: f'<c r="{amount}2"><f t="shared" ref="{amount}2:{amount}3" si="0">1+1</f><v>350000</v></c>'}),
            contract(3, 2, {amount: f'<c r="{amount}3"><f t="shared" si="0"/><v>350000</v></c>'}),
        ),
        "formulas",
    )
    yield warned(
        "a formula that starts a program",
        book(contract(2, 1, {proof: f'<c r="{proof}2" t="str"><f>cmd|&apos;/C calc&apos;!A0</f><v>x</v></c>'}), contract(3, 2)),
        "formulas",
    )
    yield warned(
        "a formula that fetches",
        book(contract(2, 1, {proof: f'<c r="{proof}2" t="str"><f>WEBSERVICE("http://127.0.0.1:9/")</f><v>x</v></c>'}), contract(3, 2)),
        "formulas",
    )
    yield good("text of its own without a formula", book(contract(2, 1, {proof: f'<c r="{proof}2" t="str"><v>x</v></c>'}), contract(3, 2)))
    yield good("marks of new kinds on cells", book(contract(2).replace('<c r="A2"', '<c r="A2" cm="1" vm="1"'), contract(3, 2)))
    yield good(
        "an empty shared text",
        packed(
            parts(
                sheet(line(1, HEAD), contract(2, 1, {proof: f'<c r="{proof}2" t="s"><v>0</v></c>'}), contract(3, 2)),
                strings=f'<sst xmlns="{MAIN}"><si/><si><t/></si></sst>',
            )
        ),
    )
    yield good(
        "two hundred thousand shared texts that nobody uses",
        packed(
            parts(
                sheet(line(1, HEAD), contract(2, 1, {"A": '<c r="A2" t="s"><v>5</v></c>'}), contract(3, 2)),
                strings=f'<sst xmlns="{MAIN}">' + "".join(f"<si><t>X{n}</t></si>" for n in range(200_000)) + "</sst>",
            )
        ),
    )
    yield good("lines and tabs in a text", book(contract(2, evidence_uri="第一行\n第二行\t完"), contract(3, 2)))
    yield good("a day and numbers kept as text", book(line(2, row(1, amount_cny=" 350,000 ", signed_at=" 2022/5/6 ")), contract(3, 2)))
    yield good(
        "sixteen thousand coloured cells in a row",
        book(*two, '<row r="4">' + "".join(f'<c r="{letters}4" s="4"/>' for letters in every()) + "</row>"),
    )
    yield good(
        "twenty thousand coloured rows below",
        book(*two, "".join(f'<row r="{n}"><c r="A{n}" s="4"/><c r="R{n}" s="4"/></row>' for n in range(4, 20_000))),
    )
    yield refused(
        "sixteen thousand headings",
        packed(parts(sheet("<row r='1'>" + "".join(text(f"{letters}1", f"c{letters}") for letters in every()) + "</row>", contract(2)))),
        "too_many_columns",
    )


def every() -> Iterator[str]:
    """The letters of all columns that a sheet can have."""
    from corpus.workbook import letters

    yield from (letters(n) for n in range(16_384))
