"""Text on its way into a cell: never a formula, never longer than a worksheet takes, never a control character."""

from __future__ import annotations

import re

#: what a worksheet cell holds at most; XlsxWriter drops a longer text without a word
CELL_LIMIT = 32_767
# XML 1.0 has no way to write these, and a workbook holding one does not open
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def sheet_text(text: str) -> str:
    """``text`` for a worksheet cell: illegal characters shown as U+FFFD, cut with an ellipsis at :data:`CELL_LIMIT`."""
    clean = _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
    units = clean.encode("utf-16-le")  # the limit counts UTF-16 units, of which an emoji takes two
    if len(units) <= 2 * CELL_LIMIT:
        return clean
    return units[: 2 * (CELL_LIMIT - 1)].decode("utf-16-le", errors="ignore") + "…"


def sheet_name(text: str, taken: set[str]) -> str:
    """A legal worksheet name near ``text``, unlike all in ``taken`` ignoring case; it is added to ``taken``."""
    clean = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", _ILLEGAL.sub(" ", text)).strip().strip("'").strip()[:31] or "-"
    name, number = clean, 2
    # Excel keeps the name History for itself
    while name.lower() in taken or name.lower() == "history":
        tail = f" {number}"
        name, number = clean[: 31 - len(tail)] + tail, number + 1
    taken.add(name.lower())
    return name
