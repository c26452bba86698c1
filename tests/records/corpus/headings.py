"""Headings: by name and label, in any order, with titles above them; and those that fit no table."""

# ruff: noqa: E501  (a case reads best on its line)
from __future__ import annotations

from collections.abc import Iterator

from corpus.case import HEAD, Case, content, relabelled, row
from kcz_metrics.records.understanding import Corrections
from kcz_metrics.tables import TABLES

ZH = [TABLES["contract"].columns[name].label.zh for name in HEAD]
EN = [TABLES["contract"].columns[name].label.en for name in HEAD]
TITLE = ["2022年度技术合同登记表"]


def _without(name: str, cells: list[str]) -> list[str]:
    return [cell for cell, of in zip(cells, HEAD, strict=True) if of != name]


def cases() -> Iterator[Case]:
    def good(name: str, head: list[str], **options: object) -> Case:
        return Case(name, content(row(1), row(2), head=head, **options), "taken", 2, honest=True)

    yield good("chinese labels", ZH)
    yield good("english labels", EN)
    yield good("mixed", [*ZH[:5], *EN[5:10], *HEAD[10:]])
    yield good("capitals", [name.upper() for name in HEAD])
    yield good("blanks around", [f"  {name}\u3000" for name in ZH])
    yield good("full width", relabelled({"contract_id": "ｃｏｎｔｒａｃｔ＿ｉｄ", "amount_cny": "成交额（元）"}))
    yield good("units of their own", relabelled({"amount_cny": "成交额(元)", "tech_amount_cny": "Technology amount (CNY)"}))
    yield good("unit after a stroke", relabelled({"amount_cny": "成交额/元"}))
    yield good("unit in a line of its own", relabelled({"amount_cny": "成交额\n（元）"}))
    yield good("unit named as such", relabelled({"amount_cny": "成交额（单位：元）"}))
    yield good("stars on what is required", [f"{name}*" for name in ZH])
    yield good("colons", [f"{name}：" for name in ZH])
    yield good("invisible marks", [f"\u200b{name}\ufeff" for name in ZH])
    yield good("one title above", ZH, above=[TITLE])
    yield good("a padded title above", ZH, above=[[*TITLE, *[""] * (len(HEAD) - 1)]])
    yield good("titles and a blank line above", ZH, above=[TITLE, ["填报单位：某学会", "", "填报人：某人"], []])
    yield good("five titles above", ZH, above=[[f"说明{n}"] for n in range(5)])
    yield good("twenty-nine lines above", ZH, above=[[f"说明{n}"] for n in range(29)])
    yield Case("upside down order", content(row(1)[::-1], head=HEAD[::-1]), "taken", 1, honest=True)
    yield Case(
        "an optional column left out",
        content(_without("evidence_uri", row(1)), head=_without("evidence_uri", list(HEAD))),
        "taken",
        1,
        honest=True,
    )
    yield Case("an empty column at the end", content([*row(1), ""], head=[*HEAD, ""]), "taken", 1, honest=True)
    wide = [""] * (200 - len(HEAD))
    yield Case("two hundred columns", content([*row(1), *wide], head=[*HEAD, *wide]), "taken", 1, honest=True)
    left_out = Corrections(columns={"备注": None})
    yield Case(
        "a column that is said not to be read", content([*row(1), "x"], head=[*HEAD, "备注"]), "taken", 1, honest=True, corrections=left_out
    )
    meant = Corrections(columns={"总价": "amount_cny"})
    yield Case(
        "a heading whose column is said",
        content(row(1), head=relabelled({"amount_cny": "总价"})),
        "taken",
        1,
        honest=True,
        corrections=meant,
    )
    # -- what is wrong with a row -----------------------------------------------------------------------------------------------------------
    yield Case("text under no heading", content([*row(1), ""], [*row(2), "x"], head=[*HEAD, ""]), "rejected", 1, (3,))
    yield Case("headings once more in the middle", content(row(1), list(HEAD), row(2)), "rejected", 2, (3,))
    yield Case(
        "a line of units below the headings", content(["" if n != "amount_cny" else "元" for n in HEAD], row(1)), "rejected", 1, (2,)
    )
    yield Case("a line of notes at the end", content(row(1), ["注：以上金额含税", *[""] * (len(HEAD) - 1)]), "rejected", 1, (3,))
    yield Case(
        "a sum at the end",
        content(row(1), row(2), ["合计", *["" if n != "amount_cny" else "700000" for n in HEAD[1:]]]),
        "rejected",
        2,
        (4,),
    )
    # -- what is wrong with the file --------------------------------------------------------------------------------------------------------
    yield Case("headings only", content(), "refused", codes=("no_rows",))
    yield Case("headings and blank lines", content() + b"\n\n,,,\n", "refused", codes=("no_rows",))
    yield Case("no headings", "\n".join(",".join(row(n)) for n in (1, 2)).encode(), "refused", codes=("heading_unknown",))
    yield Case(
        "headings of another table", content(["a", "b"], head=["team_id", "tag"]), "refused", codes=("heading_unknown", "column_missing")
    )
    yield Case("an unknown heading", content([*row(1), "x"], head=[*HEAD, "备注"]), "refused", codes=("heading_unknown",))
    yield Case(
        "a misspelled heading",
        content(row(1), head=relabelled({"amount_cny": "amuont_cny"})),
        "refused",
        codes=("heading_unknown", "column_missing"),
    )
    yield Case(
        "a required column left out",
        content(_without("amount_cny", row(1)), head=_without("amount_cny", list(HEAD))),
        "refused",
        codes=("column_missing",),
    )
    yield Case(
        "the key left out",
        content(_without("contract_id", row(1)), head=_without("contract_id", list(HEAD))),
        "refused",
        codes=("column_missing",),
    )
    yield Case(
        "a heading twice", content(row(1), head=relabelled({"registration_no": "contract_id"})), "refused", codes=("heading_doubled",)
    )
    yield Case(
        "a column by name and by label",
        content(row(1), head=relabelled({"registration_no": "合同编号"})),
        "refused",
        codes=("heading_doubled",),
    )
    yield Case(
        "two headings alike but for width",
        content(row(1), head=relabelled({"registration_no": "ｃｏｎｔｒａｃｔ_id"})),
        "refused",
        codes=("heading_doubled",),
    )
    more = [""] * (201 - len(HEAD))
    yield Case("two hundred and one columns", content([*row(1), *more], head=[*HEAD, *more]), "refused", codes=("too_many_columns",))
    yield Case("ten thousand columns", content(head=[f"c{n}" for n in range(10_000)]), "refused", codes=("too_many_columns", "no_rows"))
    yield Case(
        "titles without end",
        content(row(1), above=[[f"说明{n}"] for n in range(40)]),
        "refused",
        codes=("heading_unknown", "column_missing"),
    )
    yield Case("lineage columns", content([*row(1), "9"], head=[*HEAD, "_version"]), "refused", codes=("heading_unknown",))
    yield Case("a heading like a formula", content([*row(1), "9"], head=[*HEAD, "=1+1"]), "refused", codes=("heading_unknown",))
    yield Case("a heading of a megabyte", content([*row(1), "9"], head=[*HEAD, "x" * 30_000]), "refused", codes=("heading_unknown",))
    wrong = Corrections(columns={"总价": "amount"})
    yield Case(
        "a correction to no column",
        content(row(1), head=relabelled({"amount_cny": "总价"})),
        "refused",
        codes=("column_unknown",),
        corrections=wrong,
    )
    absent = Corrections(columns={"没有": "amount_cny"})
    yield Case("a correction of no heading", content(row(1)), "refused", codes=("heading_missing",), corrections=absent)
