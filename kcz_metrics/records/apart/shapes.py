"""What the rows of a sheet have in common: the columns that are filled, and of each cell its style and kind. Rows of a shape that has come
before are taken by one pattern made for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .markup import letters

ROW = r'\s*<row r="([1-9][0-9]{0,6})"(?: (?!hidden)[\w:.]+="[^"<>&]*")*>'
#: of how many groups :func:`kcz_metrics.records.apart.rows._of_width` makes a cell: style, kind, digits, another value, a text of its own
_GROUPS = 5
#: how the digits of a cell become its text: the place of a shared text; the number as it stands; else by kind and style
SHARED, AS_IT_IS = ("s", None), ("n", None)

Way = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Shape:
    """``places`` and ``ways`` of the filled cells; ``gaps``: whether others stand between them."""

    match: Callable[[str], re.Match[str] | None]
    places: tuple[int, ...]
    ways: tuple[Way, ...]
    width: int
    gaps: bool


def shape_of(groups: Sequence[str | None], plain_styles: frozenset[str | None]) -> Shape | None:
    """The shape of a row by the groups of its cells (after its number); None where a cell holds anything but digits."""
    if any(groups[4::_GROUPS]) or any(groups[5::_GROUPS]):
        return None
    filled = tuple(place for place, digits in enumerate(groups[3::_GROUPS]) if digits)
    styles, kinds = groups[1::_GROUPS], groups[2::_GROUPS]
    ways: list[Way] = []
    for place in filled:
        style, kind = styles[place], kinds[place]
        if kind == "inlineStr":
            return None
        ways.append(SHARED if kind == "s" else AS_IT_IS if kind is None and style in plain_styles else (kind, style))
    return _shape(filled, tuple(ways), tuple(styles[place] for place in filled)) if filled else None


@lru_cache(maxsize=64)
def _shape(places: tuple[int, ...], ways: tuple[Way, ...], styles: tuple[str | None, ...]) -> Shape:
    kinds = ["s" if way is SHARED else None if way is AS_IT_IS else way[0] for way in ways]
    cells = "".join(
        f'<c r="{letters(place)}\\1"{_attribute("s", style)}{_attribute("t", kind)}><v>([0-9]{{1,14}})</v></c>'
        for place, style, kind in zip(places, styles, kinds, strict=True)
    )
    width = places[-1] + 1
    return Shape(re.compile(ROW + cells).fullmatch, places, ways, width, len(places) < width)


def _attribute(name: str, value: str | None) -> str:
    return f' {name}="{value}"' if value else ""
