"""What the number formats of a workbook say of a number: that it is a date, a share shown in per cent, or shown with a unit."""

from __future__ import annotations

import re
import zipfile

from .beside import written
from .markup import attribute, local, stream

DATE, PERCENT, PLAIN = "date", "percent", ""
#: how a kind begins that is a unit written behind the number: 50 is shown as 50万元
UNIT = "unit:"
#: how a kind begins that fills a number up with zeros, as codes are: 123 is shown as 00123
ZEROS = "zeros:"
_BUILT_IN: dict[int, str] = {9: PERCENT, 10: PERCENT} | dict.fromkeys(
    (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)), DATE
)
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
_OWN = 164  # formats below are built in, and shown in the money of the machine
_BRACKETED = re.compile(r"\[(?!h+\]|m+\]|s+\])[^\]]*\]", re.IGNORECASE)


def kinds(archive: zipfile.ZipFile, part: str | None) -> list[str]:
    """Of every cell style, by number, what it makes of a number."""
    if part is None or part not in archive.namelist():
        return []
    formats: dict[int, str] = {}
    found: list[int] = []
    inside = False

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal inside
        what = local(name)
        if what == "numFmt":
            number = _number(attribute(given, "numFmtId"))
            formats[number] = kind(attribute(given, "formatCode") or "", own=number >= _OWN)
        elif what == "cellXfs":
            inside = True
        elif what == "xf" and inside:
            found.append(_number(attribute(given, "numFmtId")))

    def end(name: str) -> None:
        nonlocal inside
        if local(name) == "cellXfs":
            inside = False

    stream(archive, part, start, end)
    return [formats.get(number, _BUILT_IN.get(number, PLAIN)) for number in found]


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() else 0


def kind(code: str, *, own: bool = True) -> str:
    """What a format code makes of a number; ``own``: it is no code that is built in.

    >>> kind('yyyy"年"m"月"d"日"'), kind("0.0%"), kind("#,##0.00"), kind("General")
    ('date', 'percent', '', '')
    >>> kind('#,##0.00"万元"'), kind('0!.0,"万元"'), kind("00000")
    ('unit:万元', '', 'zeros:5')
    """
    first = _BRACKETED.sub("", _QUOTED.sub("", code)).split(";")[0].lower()
    if "general" in first:
        return _unit(code, own)
    if "%" in first:
        return PERCENT
    return DATE if re.search(r"[ydmhs]", first) else _unit(code, own)


def _unit(code: str, own: bool) -> str:
    """The kind of a format that writes a unit beside the number as it stands, or zeros before it."""
    if re.fullmatch("0{2,30}", code):
        return f"{ZEROS}{len(code)}"
    unit = written(code, own)
    return UNIT + unit if unit else PLAIN
