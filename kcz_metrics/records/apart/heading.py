"""Which of the first rows holds the headings: the one with the most headings that are known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from .refusal import Refusal

#: The three columns that a file of rejected rows carries before the original ones.
REJECTED = ("row", "column", "rule")
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u200e\u200f"))
_BRACKETED = re.compile(r"\s*[(\[【].*[)\]】]$")
_BETWEEN_CHARACTERS = re.compile("(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_FIRST = 2000  # characters of a heading that are looked at


def plain(text: str) -> str:
    """Full-width forms narrowed, invisible marks and outer blanks gone."""
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).strip()


def folded(heading: str) -> str:
    """A heading as it is compared: one blank between words, none between Chinese characters (合 同 编 号 is set so to look wider), without
    the star of required columns and a closing colon."""
    words = " ".join(plain(heading[:_FIRST]).casefold().split())
    return _BETWEEN_CHARACTERS.sub("", words).strip("* ").rstrip(": ")


def known_among(cells: Iterable[str], known: frozenset[str]) -> int:
    """How many known headings, with or without a unit in brackets, are among ``cells``; one that stands there twice counts once."""
    texts = {folded(cell) for cell in cells} - {""}
    return sum(text in known or _BRACKETED.sub("", text) in known for text in texts)


def asked_within(asked: int | None, most: int) -> None:
    """Errors: Refusal where the heading row is said to stand further down than is looked at."""
    if asked is not None and asked > most:
        raise Refusal("heading_row_far", row=asked, n=most)


def enough(rows: Sequence[tuple[int, Sequence[str]]], asked: int | None, most: int) -> bool:
    """Whether ``rows`` (not blank, from the top) are all that is looked at: more than ``most``, and as many below a heading row that is
    ``asked`` for."""
    return len(rows) > most and (asked is None or rows[-1][0] >= asked + most)


def titles(above: Sequence[tuple[int, Sequence[str]]], most: int) -> list[list[str]]:
    """What stands in the last ``most`` rows above the headings."""
    return [[cell for cell in cells if cell.strip()] for _, cells in above[-most:]]


def chosen(rows: Sequence[tuple[int, Sequence[str]]], known: frozenset[str], asked: int | None) -> int:
    """The position in ``rows`` (number and cells, none of them blank) of the heading row; the first where none has a known heading.

    Errors: Refusal where the row ``asked`` for is none of them."""
    if asked is not None:
        found = next((i for i, (number, _) in enumerate(rows) if number == asked), None)
        if found is None:
            raise Refusal("heading_row_missing", row=asked)
        return found
    counts = [known_among(cells, known) for _, cells in rows]
    return counts.index(max(counts)) if counts else 0
