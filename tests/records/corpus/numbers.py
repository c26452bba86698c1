"""Numbers as people type them, and what is none."""

# ruff: noqa: E501  (a case reads best on its line)
from __future__ import annotations

from collections.abc import Iterator

from corpus.case import CITY, IMPACT, Case, city, content, impact, row

TAKEN = {
    "thousands": "350,000", "full width": "３５００００", "full-width comma": "350，000", "a plus": "+350000", "decimals of nothing": "350000.00",
    "blanks around": "  350000 ", "a wide blank": "\u3000350000", "a fixed blank": "350000\u00a0", "an invisible mark": "350000\u200b",
    "leading zeros": "000350000", "the largest": "1000000000000",
}  # fmt: skip
REJECTED = {
    "an underscore": "350_000", "arabic digits": "٣٥٠٠٠٠", "devanagari digits": "३५००००", "hexadecimal": "0x55730", "an exponent": "3.5e5",
    "a fraction": "350000.5", "half a thousand": "350,00", "a comma first": ",350000", "two points": "3.50.000", "infinity": "inf",
    "minus infinity": "-Infinity", "not a number": "NaN", "beyond all numbers": "1e400", "beyond 64 bits": "9223372036854775808",
    "beyond the largest": "1000000000001", "a sign twice": "--1", "a sign behind": "350000-", "in brackets": "(350000)", "a currency": "¥350000",
    "chinese numerals": "三十五万", "roman": "ⅩⅬ", "a formula": "=35*10000",
    "a share": "35%", "a dash": "—", "a hyphen": "-", "not available": "N/A", "null": "null", "a formula's error": "#REF!", "words": "面议",
    "about": "约350000", "a range": "300000-350000", "nothing": "", "negative": "-350000", "zero": "0", "a letter o": "35O000", "a circle": "③",
    "an upper index": "3⁵", "a minus of another kind": "−350000", "a fraction of one sign": "½",
}  # fmt: skip


def cases() -> Iterator[Case]:
    for name, text in TAKEN.items():
        yield Case(name, content(row(1), row(2, amount_cny=text, tech_amount_cny="1"), row(3)), "taken", 3, honest=True)
    for name, text in REJECTED.items():
        yield Case(name, content(row(1), row(2, amount_cny=text, tech_amount_cny="0"), row(3)), "rejected", 2, (3,))
    yield Case(
        "many bad numbers",
        content(*(row(n, amount_cny="x" if n % 7 == 0 else "350000") for n in range(1, 100))),
        "rejected",
        85,
        tuple(n + 1 for n in range(7, 100, 7)),
    )

    # -- numbers with a fraction ------------------------------------------------------------------------------------------------------------
    def context(gdp: str) -> bytes:
        return content(city(), city("PC002", gdp_100m=gdp), head=CITY)

    for text in ("5,312.50", "５３１２．５", "5.3125e3", "5312.", ".5", "+5312.5"):
        yield Case(f"fraction {text}", context(text), "taken", 2, honest=True, table="city_context")
    for text in ("nan", "inf", "-inf", "1e400", "1,2", "5312,5", "5.312.5", "5312.5%", "0", "-1", "1e13", "5312.5.", "e5", "٫٥"):
        yield Case(f"no fraction {text}", context(text), "rejected", 1, (3,), table="city_context")

    # -- shares in per cent -----------------------------------------------------------------------------------------------------------------
    def shares(text: str) -> bytes:
        return content(impact(1, "40"), impact(2, text), head=IMPACT)

    for text in ("40", "40%", "40 %", "４０％", "40.0%"):
        yield Case(f"share {text}", shares(text), "taken", 2, honest=True, table="impact")
    for text in ("140%", "-1%", "%", "40%%", "%40", "40‰"):
        yield Case(f"no share {text}", shares(text), "rejected", 1, (3,), table="impact")
