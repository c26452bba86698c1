"""Markup read as it streams by. Declarations of documents and entities are refused wherever they stand."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from typing import NoReturn
from xml.parsers import expat

from .refusal import Refusal

_CHUNK = 1 << 18
Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Words = Callable[[str], None]


class Enough(Exception):  # noqa: N818 - a handler has what it wanted
    """The rest of the part is not needed."""


def stream(archive: zipfile.ZipFile, part: str, start: Start, end: End | None = None, words: Words | None = None) -> None:
    """Call the handlers for every element of ``part`` (``words`` for the text in between); names come as written, prefix and all."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse_entities
    parser.StartElementHandler = start
    if end:
        parser.EndElementHandler = end
    if words:
        parser.CharacterDataHandler = words
    try:
        with archive.open(part) as source:
            while chunk := source.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except Enough:
        pass
    except KeyError as error:
        raise Refusal("part_missing", part=part) from error
    except expat.ExpatError as error:
        raise Refusal("markup_broken", part=part) from error


def refuse_entities(*_: object) -> NoReturn:
    raise Refusal("entities")


def letters(position: int) -> str:
    """What a column is called.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    first, last = divmod(position, 26)
    return (letters(first - 1) if first else "") + chr(65 + last)


def local(name: str) -> str:
    """The name without its prefix."""
    return name.rpartition(":")[2]


def attribute(given: dict[str, str], name: str) -> str | None:
    """An attribute by its local name."""
    return next((value for key, value in given.items() if local(key) == name), None)
