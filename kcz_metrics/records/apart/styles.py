"""What the number formats of a workbook say of a number: that it is a date, or a share shown in per cent."""

from __future__ import annotations

import re
import zipfile

from .markup import attribute, local, stream

DATE, PERCENT, PLAIN = "date", "percent", ""
_BUILT_IN = {9: PERCENT, 10: PERCENT} | dict.fromkeys((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)), DATE)
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKETED = re.compile(r"\[(?!h+\]|m+\]|s+\])[^\]]*\]", re.IGNORECASE)


def kinds(archive: zipfile.ZipFile, part: str | None) -> list[str]:
    """Of every cell style, by number, what it makes of a number."""
    if part is None or part not in archive.namelist():
        return []
    formats: dict[int, str] = {}
    found: list[str] = []
    inside = False

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal inside
        what = local(name)
        if what == "numFmt":
            number = attribute(given, "numFmtId") or ""
            if number.isdigit():
                formats[int(number)] = kind(attribute(given, "formatCode") or "")
        elif what == "cellXfs":
            inside = True
        elif what == "xf" and inside:
            number = attribute(given, "numFmtId")
            found.append(number if number is not None and number.isdigit() else "0")

    def end(name: str) -> None:
        nonlocal inside
        if local(name) == "cellXfs":
            inside = False

    stream(archive, part, start, end)
    return [formats.get(int(number), _BUILT_IN.get(int(number), PLAIN)) for number in found]


def kind(code: str) -> str:
    """What a format code makes of a number.

    >>> kind('yyyy"年"m"月"d"日"'), kind("0.0%"), kind("#,##0.00"), kind("General")
    ('date', 'percent', '', '')
    """
    first = _BRACKETED.sub("", _QUOTED.sub("", code)).split(";")[0].lower()
    if "general" in first:
        return PLAIN
    if "%" in first:
        return PERCENT
    return DATE if re.search(r"[ydmhs]", first) else PLAIN
