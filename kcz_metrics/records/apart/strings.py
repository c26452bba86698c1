"""The texts and styles that the sheets of a workbook share. Texts written as nearly all are written are taken by their frame; the others go
to the parser, one by one."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import IO
from xml.parsers import expat

from .markup import local, refuse_entities
from .refusal import Refusal

_CHUNK = 1 << 18
_FIRST, _END = b"<si>", b"</si>"
_FRAMES = (("<si><t>", "</t>"), ('<si><t xml:space="preserve">', "</t>"))
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: bytes that no text may hold
CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")


class Words:
    """What the sheets of a workbook share: its strings, its styles and its count of days. Strings are read when the first is needed."""

    def __init__(self, archive: zipfile.ZipFile, part: str | None, kinds: list[str], epoch: int, limits: Mapping[str, int]):
        self.kinds, self.epoch = kinds, epoch
        self._archive, self._part, self._limits = archive, part, limits
        self._strings: list[str] | None = None
        self._unmarked: list[str | None] | None = None
        #: styles that leave a number as it is; None is a cell without one
        self.plain_styles: frozenset[str | None] = frozenset([None, *(str(at) for at, kind in enumerate(kinds) if not kind)])
        #: places of strings that need a mark wherever they are shown
        self.odd: set[int] = set()

    @property
    def strings(self) -> list[str]:
        if self._strings is None:
            there = self._part is not None and self._part in self._archive.namelist()
            self._strings = self._read(self._part) if there and self._part else []
        return self._strings

    @property
    def unmarked(self) -> list[str | None]:
        """The strings, None in the place of those that need a mark."""
        if self._unmarked is None:
            strings = self.strings
            self._unmarked = [None if at in self.odd else text for at, text in enumerate(strings)] if self.odd else list(strings)
        return self._unmarked

    def _read(self, part: str) -> list[str]:
        found: list[str] = []
        parser = _parser(found)
        try:
            with self._archive.open(part) as source:
                for block, is_texts in _blocks(source):
                    if is_texts:
                        _take(block, found, parser)
                    else:
                        parser.Parse(block, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Refusal("markup_broken", part=part) from error
        longest = self._limits["cell"]
        search = _CONTROL.search
        self.odd = {at for at, text in enumerate(found) if len(text) > longest or search(text)}
        return found


def _blocks(source: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The part in pieces; True with those that hold nothing but whole texts."""
    waiting, plain, inside = b"", True, False
    while chunk := source.read(_CHUNK):
        waiting += chunk
        if plain and not inside and _FIRST in waiting:
            head, _, rest = waiting.partition(_FIRST)
            plain = b"<!" not in head and head.count(b"<?") <= 1 and not head.startswith((b"\xff", b"\xfe", b"\0"))
            inside = True
            yield head, False
            waiting = _FIRST + rest
        if plain and (b"<!" in waiting or (inside and b"<?" in waiting) or len(waiting) > 64 * _CHUNK):
            plain = False  # what looks like a text might stand in a comment
        if not plain:
            yield waiting, False
            waiting = b""
        elif inside:
            cut = waiting.rfind(_END) + len(_END)
            if cut >= len(_END):
                yield waiting[:cut], True
                waiting = waiting[cut:]
    yield waiting, False


def _take(block: bytes, found: list[str], parser: expat.XMLParserType) -> None:
    end = _END.decode()
    try:
        pieces = block.decode().split(end) if len(block.translate(None, CONTROLS)) == len(block) else []
    except UnicodeDecodeError:
        pieces = []
    if not pieces:
        parser.Parse(block, False)
        return
    for piece in pieces[:-1]:
        for before, after in _FRAMES:
            if piece.startswith(before) and piece.endswith(after):
                text = piece[len(before) : -len(after)]
                if "<" not in text and "&" not in text and "_x" not in text and "\r" not in text and ">" not in text:
                    found.append(text)
                    break
        else:
            parser.Parse((piece + end).encode(), False)


def _parser(found: list[str]) -> expat.XMLParserType:
    """A parser that adds every text it meets to ``found``."""
    parts: list[str] = []
    depth = 0  # inside a phonetic reading, which is no part of the text
    wanted = False

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal depth, wanted
        what = local(name)
        if what == "si":
            parts.clear()
        elif what == "rPh":
            depth += 1
        elif what == "t":
            wanted = not depth

    def end(name: str) -> None:
        nonlocal depth, wanted
        what = local(name)
        if what == "si":
            found.append(unescaped("".join(parts)))
        elif what == "rPh":
            depth -= 1
        elif what == "t":
            wanted = False

    def words(text: str) -> None:
        if wanted:
            parts.append(text)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse_entities
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, words
    return parser


def unescaped(text: str) -> str:
    """Characters that a workbook writes as ``_x000D_``."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
