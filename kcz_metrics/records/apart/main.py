"""The process that reads one file: limits first, then the file, then what was found, as JSON."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from .asked import Asked
from .refusal import Refusal

TOLD = "told.json"
#: first bytes, and what they are
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "old_office"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "rar"),
    (b"PAR1", "parquet"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"SQLite format 3", "sqlite"),
    (b"{\\rtf", "rtf"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
)
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"mime-version:")


def main() -> None:
    """Read what is asked from standard input, answer in ``folder``."""
    words = json.loads(sys.stdin.buffer.read())
    asked = Asked(**{**words, "path": Path(words["path"]), "folder": Path(words["folder"]), "known": frozenset(words["known"])})
    confine(asked.limits)
    told = answer(asked)
    (asked.folder / TOLD).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def answer(asked: Asked) -> dict[str, Any]:
    """What stands in the file, or why it is not read."""
    try:
        return read(asked)
    except Refusal as refusal:
        return {"refused": refusal.code, "values": refusal.values}
    except MemoryError:
        return {"refused": "memory", "values": {}}
    except OSError as error:
        return {"refused": "file_unreadable", "values": {"reason": error.strerror or str(error)}}


def confine(limits: dict[str, int]) -> None:
    """No more memory, time or files than needed, and others go first. Where the system has no such limits the caller's timer remains."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    os.nice(5)


def read(asked: Asked) -> dict[str, Any]:
    """What kind of file it is decides who reads it."""
    from .text import digests

    with asked.path.open("rb") as stream:
        start = stream.read(512)
    for first, what in _FOREIGN:
        if start.startswith(first):
            raise Refusal("not_text", what=what)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise Refusal("not_text", what="markup")
    if start.startswith(b"PK"):
        from .workbook import read as read_workbook

        told = read_workbook(asked)
    else:
        from .delimited import read as read_delimited

        told = read_delimited(asked)
    told["sha256"], told["key"] = digests(asked.path, asked.salt)
    return told
