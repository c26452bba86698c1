"""Units other than the table's own: asked for, converted in sight, never guessed."""

# ruff: noqa: E501  (a case reads best on its line)
from __future__ import annotations

from collections.abc import Iterator

from corpus.case import IMPACT, Case, content, impact, relabelled, row
from kcz_metrics.records.understanding import Corrections

BOTH = ("amount_cny", "tech_amount_cny")
OPEN = ("unit_differs",)
CITY = ("city_id", "year", "population_10k", "rd_staff", "enterprise_tech", "enterprise_scale", "is_estimated")


def city(gdp: str, heading: str, *more: list[str]) -> bytes:
    return content(["PC001", "2021", "412.3", "53120", "880", "2210", "否", gdp], *more, head=[*CITY, heading])


def cases() -> Iterator[Case]:
    wan = row(1, amount_cny="35", tech_amount_cny="12")
    said = Corrections(units=dict.fromkeys(BOTH, "万元"))
    heads = relabelled({"amount_cny": "成交额（万元）", "tech_amount_cny": "技术交易额（万元）"})
    for name, heading in {
        "in brackets": "成交额（万元）", "in narrow brackets": "成交额(万元)", "after a stroke": "成交额/万元", "after a line": "成交额_万元", "bare": "成交额万元",
        "by itself": "成交额（万）", "with the word unit": "成交额（单位：万元）", "in english": "Amount (10k CNY)", "of the column's name": "amount_cny(万元)",
        "thousands": "成交额（千元）", "millions": "成交额（百万元）", "hundred millions": "成交额（亿元）", "square": "成交额【万元】",
    }.items():  # fmt: skip
        yield Case(f"another unit {name}", content(wan, head=relabelled({"amount_cny": heading})), "refused", codes=OPEN)
    for name, title in {
        "a title": ["单位：万元"], "a title with more": ["2022年技术合同（单位：万元）"], "a title of two units": ["单位：万元、份"], "a title to the right": ["", "", "", "单位:万元"],
        "an english title": ["Unit: 10k CNY"], "a title in brackets": ["技术合同（万元）"],
    }.items():  # fmt: skip
        yield Case(f"another unit in {name}", content(wan, above=[title]), "refused", codes=OPEN)
    yield Case("the same unit in a title", content(row(1), above=[["单位：元"]]), "taken", 1, honest=True)
    yield Case("a unit of persons in a title", content(row(1), above=[["单位：人"]]), "taken", 1, honest=True)
    yield Case(
        "a heading's unit goes before the title's",
        content(row(1), head=relabelled({"amount_cny": "成交额（元）", "tech_amount_cny": "技术交易额（元）"}), above=[["单位：万元"]]),
        "taken",
        1,
        honest=True,
    )
    for name, heading in {
        "dollars": "成交额（美元）",
        "usd": "Amount (USD)",
        "euro": "成交额（欧元）",
        "something": "成交额（含税）",
        "persons": "成交额（人）",
    }.items():
        yield Case(
            f"a unit that does not convert: {name}",
            content(row(1), head=relabelled({"amount_cny": heading})),
            "refused",
            codes=("unit_unknown",),
        )
    yield Case("another unit, said", content(wan, head=heads), "refused", codes=OPEN)
    yield Case("another unit, confirmed", content(wan, head=heads, above=[["单位：万元"]]), "taken", 1, honest=True, corrections=said)
    yield Case("another unit in a title, confirmed", content(wan, above=[["单位：万元"]]), "taken", 1, honest=True, corrections=said)
    yield Case("another unit stated without a heading", content(wan), "taken", 1, honest=True, corrections=said)
    yield Case(
        "a fraction of ten thousand",
        content(row(1, amount_cny="35.1234", tech_amount_cny="0.1")),
        "taken",
        1,
        honest=True,
        corrections=said,
    )
    yield Case(
        "a fraction of a yuan", content(wan, row(2, amount_cny="35.12345", tech_amount_cny="1")), "rejected", 1, (3,), corrections=said
    )
    mended = Corrections(units=dict.fromkeys(BOTH, "元"))
    yield Case("a wrong heading, corrected", content(row(1), head=heads), "taken", 1, honest=True, corrections=mended)
    yield Case(
        "a unit that is none", content(row(1)), "refused", codes=("unit_unknown",), corrections=Corrections(units={"amount_cny": "万吨"})
    )
    yield Case(
        "a unit of no column", content(row(1)), "refused", codes=("column_unknown",), corrections=Corrections(units={"amount": "万元"})
    )
    yield Case("a unit of a text", content(row(1)), "refused", codes=("unit_unknown",), corrections=Corrections(units={"status": "万元"}))
    small = [row(n, amount_cny=str(30 + n), tech_amount_cny="1") for n in range(1, 8)]
    yield Case("amounts that look like ten thousands", content(*small), "warned", 7, codes=("magnitude",))
    yield Case("few small amounts", content(*small[:3]), "taken", 3, honest=True)
    # -- hundred millions -------------------------------------------------------------------------------------------------------------------
    yield Case("the table's own hundred millions", city("5312.5", "地区生产总值（亿元）"), "taken", 1, honest=True, table="city_context")
    yield Case("ten thousands for hundred millions", city("53125000", "地区生产总值（万元）"), "refused", codes=OPEN, table="city_context")
    converted = Corrections(units={"gdp_100m": "万元"})
    yield Case(
        "ten thousands for hundred millions, confirmed",
        city("53125000", "地区生产总值（万元）"),
        "taken",
        1,
        honest=True,
        table="city_context",
        corrections=converted,
    )
    yield Case(
        "persons for ten thousands of persons",
        content(
            ["PC001", "2021", "4123000", "53120", "880", "2210", "否", "5312.5"], head=[*CITY[:2], "常住人口（人）", *CITY[3:], "gdp_100m"]
        ),
        "refused",
        codes=("unit_differs", "heading_unknown"),
        table="city_context",
    )
    # -- shares -----------------------------------------------------------------------------------------------------------------------------
    ratio = [name if name != "share_pct" else "份额（比例）" for name in IMPACT]
    label = [name if name != "share_pct" else "share_pct（比例）" for name in IMPACT]
    yield Case("shares of one for per cent", content(impact(1, "0.4"), head=label), "refused", codes=OPEN, table="impact")
    yield Case(
        "shares under a label that is none",
        content(impact(1, "0.4"), head=ratio),
        "refused",
        codes=("heading_unknown", "unit_differs"),
        table="impact",
    )
    yield Case(
        "shares of one, confirmed",
        content(impact(1, "0.4"), head=label),
        "taken",
        1,
        honest=True,
        table="impact",
        corrections=Corrections(units={"share_pct": "比例"}),
    )
    yield Case(
        "per cent that look like shares",
        content(*(impact(n, "0.1", enterprise_id="EN1") for n in range(1, 8)), head=IMPACT),
        "warned",
        7,
        codes=("magnitude",),
        table="impact",
    )
