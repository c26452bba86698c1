"""Units of measure as people write them in headings and titles: which one is meant, and how it converts into the column's own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from kcz_metrics.records.apart.heading import folded
from kcz_metrics.tables import Column

MONEY, PERSONS, SHARE = "元", "人", "%"


@dataclass(frozen=True, slots=True)
class Unit:
    """``size`` times ``base``; a base that is "" is whatever the column counts (万 by itself)."""

    base: str
    size: Decimal


_TIMES: Mapping[str, Decimal] = MappingProxyType(
    {
        "": Decimal(1),
        "十": Decimal(10),
        "百": Decimal(100),
        "千": Decimal(1_000),
        "万": Decimal(10_000),
        "十万": Decimal(100_000),
        "百万": Decimal(1_000_000),
        "千万": Decimal(10_000_000),
        "亿": Decimal(100_000_000),
        "十亿": Decimal(1_000_000_000),
        "百亿": Decimal(10_000_000_000),
    }
)
_ENGLISH_TIMES: Mapping[str, Decimal] = MappingProxyType(
    {
        "": Decimal(1),
        "1": Decimal(1),
        "k": Decimal(1_000),
        "1000": Decimal(1_000),
        "thousand": Decimal(1_000),
        "10k": Decimal(10_000),
        "10000": Decimal(10_000),
        "m": Decimal(1_000_000),
        "mn": Decimal(1_000_000),
        "million": Decimal(1_000_000),
        "100m": Decimal(100_000_000),
        "100 million": Decimal(100_000_000),
        "bn": Decimal(1_000_000_000),
        "billion": Decimal(1_000_000_000),
    }
)
_BASES = ("元", "人", "家", "次", "户", "条", "个", "项", "天", "分", "级", "度", "年")
_ENGLISH_BASES: Mapping[str, str] = MappingProxyType(
    {"cny": MONEY, "rmb": MONEY, "yuan": MONEY, "persons": PERSONS, "people": PERSONS}
    | {"firms": "家", "times": "次", "users": "户", "rows": "条", "days": "天", "points": "分"}
)
_SHARES: Mapping[str, Decimal] = MappingProxyType(
    dict.fromkeys(("%", "percent", "per cent", "pct", "百分比", "百分点", "百分数"), Decimal(1))
    | dict.fromkeys(("ratio", "share", "比例", "小数", "倍"), Decimal(100))
    | {"‰": Decimal("0.1")}
)
_YUAN = re.compile(r"^(?:人民币|rmb|cny)?\s*(十|百|千|万|十万|百万|千万|亿|十亿|百亿)?\s*(?:人民币)?(元|块|圆)?(?:人民币)?$")
_SAID = re.compile(r"^(?:计量|计价|金额)?(?:单位|unit)s?\s*[::]?\s*(?:为)?\s*", re.IGNORECASE)
_TITLE = re.compile(r"(?:单位|\bunits?)\s*[::]\s*([^()\[\]。;;]+)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]+)[)\]]")


def unit(text: str) -> Unit | None:
    """The unit that ``text`` names; None where it is none that is known.

    >>> unit("万元"), unit("(单位：亿元)"), unit("美元")
    (Unit(base='元', size=Decimal('10000')), Unit(base='元', size=Decimal('100000000')), None)
    """
    word = folded(text).strip("()[] ")
    word = _SAID.sub("", word).strip()
    if word in _SHARES:
        return Unit(SHARE, _SHARES[word])
    if word in _TIMES and word:
        return Unit("", _TIMES[word])
    if (found := _YUAN.match(word)) and (found[2] or word.startswith(("人民币", "rmb", "cny"))):
        return Unit(MONEY, _TIMES[found[1] or ""])
    for base in _BASES:
        if word.endswith(base) and word.removesuffix(base) in _TIMES:
            return Unit(base, _TIMES[word.removesuffix(base)])
    times, _, base = word.rpartition(" ")
    if base in _ENGLISH_BASES and times in _ENGLISH_TIMES:
        return Unit(_ENGLISH_BASES[base], _ENGLISH_TIMES[times])
    return None


def own(column: Column) -> Unit | None:
    """The unit in which ``column`` is kept."""
    return unit(column.unit.zh) if column.unit else None


def by(found: str, column: Column) -> Decimal | None:
    """What a number in the unit ``found`` is multiplied by to stand in ``column``; None where that is not known."""
    given, kept = unit(found), own(column)
    if column.unit is not None and folded(found) in {folded(column.unit.zh), folded(column.unit.en)}:
        return Decimal(1)
    if given is None or kept is None or (given.base and given.base != kept.base):
        return None
    return given.size / kept.size


def in_titles(titles: Sequence[str], column: Column) -> str | None:
    """The unit that the titles above the headings (or the name of the sheet) give for columns of this kind, as written."""
    kept = own(column)
    if kept is None or kept.base in ("年", "级", "度"):
        return None
    for title in titles:
        text = folded(title)
        spoken = [*_TITLE.findall(text), *_IN_BRACKETS.findall(text)]
        for piece in (piece for said in spoken for piece in re.split(r"[、,，/和]", said)):
            given = unit(piece)
            if given is not None and given.base == kept.base:
                return piece.strip()
    return None
