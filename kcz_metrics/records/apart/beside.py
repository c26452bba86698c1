"""What a number format writes beside a number that changes its meaning: a unit, the sign of another country's money."""

from __future__ import annotations

import re

#: what is written where the unit depends on the number itself
EITHER = "或"
_LONGEST = 512  # Excel allows 255 signs
_LITERAL = re.compile(r'"([^"]*)"|\[\$([^\]-]*)(-[^\]]*)?\]|\\(.)|!(.)|[_*].')
_BRACKETED = re.compile(r"\[[^\]]*\]")
_SECTIONS = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
_CONDITION = re.compile(r"\[[<>=]")
_NUMBER = re.compile(r"(?:general|[0#?])(?:.*(?:general|[0#?]))?", re.IGNORECASE)
# How Excel and WPS call the general format in Chinese.
_GENERAL = re.compile("g/通用格式", re.IGNORECASE)
_BEHIND = re.compile(r"\s*([^0#?,.\s]*[十百千万亿元][^0#?,.\s]*)\s*")
_BEFORE = re.compile(r"\s*(?:人民币)?\s*([十百千万亿]+元?)\s*[:：]?\s*")
_YEN = re.compile(r"-(?:4)?11|-ja", re.IGNORECASE)
_FOREIGN = re.compile(
    r"(?:us|hk|nt|a|c|s)?\$|[€£￡₩₽฿]|[美欧港日韩澳加]元|英镑|日圆|(?<![a-z])(?:usd|eur|gbp|jpy|hkd|krw|twd|mop|aud|cad|sgd|chf)(?![a-z])",
    re.IGNORECASE,
)


def written(code: str, own: bool) -> str:
    """The unit that the format ``code`` gives a number, as one would write it behind the number; "" where it gives none. ``own``: whether
    the code is the workbook's own, so that a $ in it is no matter of whose machine shows it.

    >>> written('0"万元"', True), written('0!.0,"万元"', True), written('G/通用格式"万元"', True), written('"万元"0', True)
    ('万元', '', '万元', '万元')
    >>> written("[$$-409]#,##0", True), written("[$¥-804]#,##0", True), written('[>9]0"元";0"万元"', True)
    ('$', '', '元或万元')
    """
    if len(code) > _LONGEST:
        return ""
    sections = [part for part in _SECTIONS.split(_GENERAL.sub("General", code))[:3] if "@" not in part]
    if not any(_CONDITION.search(part) for part in sections):
        sections = sections[:1]
    units = list(dict.fromkeys(_of_section(part, own) for part in sections))
    if {"", "元"}.issuperset(units):  # yuan and a bare number are one
        return units[0] if len(units) == 1 else ""
    return EITHER.join(unit or "元" for unit in units)


def _of_section(code: str, own: bool) -> str:
    """The unit of one section of a format."""
    text = _BRACKETED.sub("", _LITERAL.sub(_shown, code))
    number = _NUMBER.search(text)
    if number is None:
        return ""
    before, behind = text[: number.start()], text[number.end() :]
    if own and (foreign := _FOREIGN.search(before) or _FOREIGN.search(behind)):
        return foreign[0]
    # A comma behind the last digit divides by a thousand: such a format shows 500,000 as 50.0万元, and the number is in yuan.
    if behind.startswith(","):
        return ""
    unit = _BEHIND.fullmatch(behind) or _BEFORE.fullmatch(before)
    return unit[1] if unit else ""


def _shown(found: re.Match[str]) -> str:
    quoted, money, place, escaped, marked = found.groups()
    if money and "¥" in money and place and _YEN.match(place):
        return "JPY"
    return quoted or money or escaped or marked or ""
