"""The rows of a sheet as they stream by. A parser reads the markup; rows written as nearly all are written are taken by a pattern, which is
faster, and every row that is not goes to the parser whole."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from typing import IO
from xml.parsers import expat

from .markup import letters, refuse_entities
from .numerals import shown
from .refusal import Refusal
from .shapes import AS_IT_IS, SHARED, shape_of
from .sheet import Reader, Sheet
from .strings import CONTROLS, Words

_CHUNK = 1 << 18
_DATA, _ROW_END = b"<sheetData>", b"</row>"
_ROW = re.compile(r'\s*<row r="([1-9][0-9]{0,6})"((?: [\w:.]+="[^"<>&]*")*)>')
_ROW_OF_ANY = r'\s*<row r="([1-9][0-9]{0,6})"(?: [\w:.]+="[^"<>&]*")*>'
# What a cell holds that is a number, a shared text or a text of its own, without formula and without anything escaped.
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="([0-9]{1,5})")?(?: t="(s|n|b|inlineStr)")?'
    r'(?:/>|>(?:<v>([^<&]*)</v>|<is><t(?: xml:space="preserve")?>([^<&]*)</t></is>)?</c>)'
)
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")
_BOOLEANS = {"1": "true", "0": "false"}

Row = tuple[int, list[str]]


def read_rows(archive: zipfile.ZipFile, part: str, words: Words, sheet: Sheet, most: int | None = None) -> Iterator[Row]:
    """Number and cells of every row that has any; ``most``: no more rows than these are wanted."""
    reader = Reader(words, sheet)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse_entities
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.words
    given = 0
    try:
        with archive.open(part) as source:
            for whole, is_rows in _blocks(source):
                if is_rows:
                    _take(whole, reader, parser, words, sheet)
                else:
                    parser.Parse(whole, False)
                rows, reader.rows = reader.rows, []
                yield from rows
                given += len(rows)
                if most is not None and given >= most:
                    return
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refusal("markup_broken", part=part) from error
    yield from reader.rows


def _blocks(source: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The part in pieces; True with those that hold nothing but whole rows. Once there is a comment or the like, no piece is taken for
    such: what looks like a row might be inside it."""
    waiting = b""
    in_rows = plain = True
    while chunk := source.read(_CHUNK):
        if not plain:
            yield chunk, False
            continue
        waiting += chunk
        if in_rows is True and _DATA in waiting:
            head, _, waiting = waiting.partition(_DATA)
            plain = b"<!" not in head and head.count(b"<?") <= 1 and not head.startswith((b"\xff", b"\xfe", b"\0"))
            in_rows = False
            yield head + _DATA, False
        if in_rows is False and plain:
            if b"<!" in waiting or b"<?" in waiting:
                plain = False
            else:
                cut = waiting.rfind(_ROW_END) + len(_ROW_END)
                if cut >= len(_ROW_END):
                    yield waiting[:cut], True
                    waiting = waiting[cut:]
        if not plain or len(waiting) > 64 * _CHUNK:
            plain = False
            yield waiting, False
            waiting = b""
    yield waiting, False


def _take(block: bytes, reader: Reader, parser: expat.XMLParserType, words: Words, sheet: Sheet) -> None:
    """Every row of ``block``: by the pattern where it fits, else by the parser."""
    try:
        # Taking control characters out is much faster than looking for them.
        text = block.decode() if len(block.translate(None, CONTROLS)) == len(block) else ""
    except UnicodeDecodeError:
        text = ""
    if not text:
        parser.Parse(block, False)
        return
    end = _ROW_END.decode()
    for row in text.split(end)[:-1]:
        if not _alike(row, reader, words, sheet) and not _usual(row, reader, words, sheet) and not _plain(row, reader, words, sheet):
            parser.Parse((row + end).encode(), False)


def _alike(row: str, reader: Reader, words: Words, sheet: Sheet) -> bool:
    """As :func:`_plain`, for a row whose cells are of the kinds and styles of one before it: only numbers and shared texts."""
    shape = reader.shape
    if shape is None or (found := shape.match(row)) is None:
        return False
    given: tuple[str, ...] = found.groups()
    number = int(given[0])
    if number <= reader.row or number > sheet.limits["lines"]:
        return False
    strings = words.unmarked
    try:
        texts = [
            strings[int(digits)] if way is SHARED else digits if way is AS_IT_IS else _value(digits, way[0], way[1], words)
            for way, digits in zip(shape.ways, given[1:], strict=True)
        ]
    except IndexError:
        return False
    cells = [text for text in texts if text]
    if len(cells) < len(texts):
        return False
    if shape.gaps:
        filled, cells = cells, [""] * shape.width
        for place, text in zip(shape.places, filled, strict=True):
            cells[place] = text
    reader.plain_row(number, cells, 0)
    return True


@lru_cache(maxsize=8)
def _of_width(width: int) -> re.Pattern[str]:
    """A whole row of up to ``width`` cells, none of them with a formula or anything escaped: its number, then of each cell its style, kind,
    value and text."""
    cells = (
        rf'(?:<c r="{letters(column)}\1"(?: s="([0-9]{{1,5}})")?(?: t="(s|n|b|inlineStr)")?'
        r'(?:/>|>(?:<v>(?:([0-9]{1,14})|([^<&]*))</v>|<is><t(?: xml:space="preserve")?>([^<&]*)</t></is>)?</c>))?'
        for column in range(width)
    )
    return re.compile(_ROW_OF_ANY + "".join(cells))


def _usual(row: str, reader: Reader, words: Words, sheet: Sheet) -> bool:
    """As :func:`_plain`, by one pattern for the whole row; the row must be no wider than those before it."""
    found = _of_width(reader.width).fullmatch(row) if reader.width else None
    if found is None or "hidden" in row[: row.index(">")]:
        return False
    given = iter(found.groups())
    number = int(next(given))
    if number <= reader.row or number > sheet.limits["lines"]:
        return False
    strings, plain, longest = words.unmarked, words.plain_styles, sheet.limits["cell"]
    most = len(strings)
    cells: list[str] = []
    filled = 0
    for style, kind, digits, raw, said in zip(given, given, given, given, given, strict=True):
        text: str | None = said
        if digits:
            if kind == "s":
                place = int(digits)
                text = strings[place] if place < most else None
            elif kind is None and style in plain:
                text = digits
            else:
                text = _value(digits, kind, style, words)
            if text is None:
                return False
        elif raw:
            text = None if kind == "s" else _value(raw, kind, style, words)
            if text is None:
                return False
        elif text and ("_x" in text or len(text) > longest or _NO_CHARACTERS.search(text)):
            return False
        cells.append(text or "")
        if text:
            filled = len(cells)
    reader.plain_row(number, cells[:filled], 0)
    reader.shape = shape_of(found.groups(), words.plain_styles) or reader.shape
    return True


def _plain(row: str, reader: Reader, words: Words, sheet: Sheet) -> bool:
    """Whether the row was taken. Nothing has happened where it was not."""
    head = _ROW.match(row)
    if head is None or "hidden" in head[2]:
        return False
    number = head[1]
    if int(number) <= reader.row or int(number) > sheet.limits["lines"]:
        return False
    strings, columns = words.strings, reader.columns
    most = len(strings)
    cells: list[str] = []
    empty, last, at = 0, -1, head.end()
    match = _CELL.scanner(row, at).match  # type: ignore[attr-defined]
    while found := match():
        letters, of, style, kind, raw, text = found.groups()
        at = found.end()
        column = columns.get(letters) or reader.column_of(letters)
        if column <= last or of != number:
            return False
        last = column
        if kind == "s":
            if raw:
                # Digits of other scripts would pass as a number: the text must be the number's own.
                place = int(raw) if raw.isdecimal() and raw.isascii() else most
                if place >= most or place in words.odd:
                    return False
                text = strings[place]
        elif raw:
            text = _value(raw, kind, style, words)
            if text is None:
                return False
        elif text and ("_x" in text or len(text) > sheet.limits["cell"] or _NO_CHARACTERS.search(text)):
            return False
        if not text:
            empty += 1
            continue
        if column > len(cells):
            cells.extend([""] * (column - len(cells)))
        cells.append(text)
    if at != len(row) or len(cells) > sheet.limits["columns"]:
        return False
    reader.plain_row(int(number), cells, empty)
    reader.width = max(reader.width, len(cells))
    return True


def _value(raw: str, kind: str | None, style: str | None, words: Words) -> str | None:
    """What a number or a yes and no shows; None where the parser's handlers have to look at it."""
    if kind == "b":
        return _BOOLEANS.get(raw)
    if kind == "inlineStr":
        return None
    made = words.kinds[int(style)] if style and int(style) < len(words.kinds) else ""
    if not made and len(raw) < 15 and raw.isascii() and raw.isdigit():
        return raw
    text, mark = _shown(raw.strip(), made, words.epoch)
    return None if mark else text


_shown = lru_cache(maxsize=20_000)(shown)  # the same days and amounts come again and again
