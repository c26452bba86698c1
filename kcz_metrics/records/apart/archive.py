"""An archive is looked through before any part of it is used: what it holds, and how much it really unpacks to."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .refusal import Refusal

_CHUNK = 1 << 18
#: how much smaller a large part may have become: a million equal rows come to about a hundredth
_SQUEEZED, _SMALL = 200, 1 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
#: parts that a workbook of records does not need, and that run or fetch something
_ACTIVE = re.compile(r"vbaproject|/macrosheets/|/activex/|\.exe$|\.dll$|\.js$|\.vbs$", re.IGNORECASE)
_OUTSIDE = re.compile(r"/externallinks/|/connections\.xml$|/querytables/|/embeddings/", re.IGNORECASE)
_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@contextmanager
def opened(path: Path, limits: Mapping[str, int]) -> Iterator[zipfile.ZipFile]:
    """The archive, after every part has been unpacked once and thrown away."""
    if path.stat().st_size > limits["bytes"]:
        raise Refusal("file_too_large", size=limits["bytes"] // 1024**2)
    try:
        with zipfile.ZipFile(path) as archive:
            _look_through(archive, limits)
            yield archive
    except _BROKEN as error:
        raise Refusal("archive_broken") from error


def _look_through(archive: zipfile.ZipFile, limits: Mapping[str, int]) -> None:
    parts = archive.infolist()
    if len(parts) > limits["parts"]:
        raise Refusal("too_many_parts", n=limits["parts"])
    names = [part.filename for part in parts]
    if len({name.casefold() for name in names}) < len(names):
        raise Refusal("archive_broken")
    for part in parts:
        name = f"/{part.filename}"
        if part.flag_bits & _ENCRYPTED:
            raise Refusal("encrypted")
        if part.compress_type not in _METHODS or "\\" in name or "/../" in name:
            raise Refusal("archive_broken")
        if _ACTIVE.search(name):
            raise Refusal("macros")
        if _OUTSIDE.search(name):
            raise Refusal("outside_references")
    room = limits["unpacked"]
    if sum(part.file_size for part in parts) > room:
        raise Refusal("unpacks_too_large", size=room // 1024**2)
    for part in parts:
        room -= _unpacked(archive, part, room, limits["unpacked"])


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int, whole: int) -> int:
    """How many bytes ``part`` really gives. A size that the archive states wrongly shows as a wrong check sum."""
    size, tail = 0, b""
    if part.file_size > _SMALL and part.file_size > _SQUEEZED * part.compress_size:
        raise Refusal("bomb")
    is_markup = part.filename.lower().endswith((".xml", ".rels", ".vml"))
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > room:
                raise Refusal("unpacks_too_large", size=whole // 1024**2)
            if is_markup:
                if (tail or b"<!" in chunk) and _DECLARATION.search(tail + chunk):
                    raise Refusal("entities")
                at = chunk.rfind(b"<", -16)
                tail = chunk[at:] if at >= 0 else b""
    return size
