"""From bytes to text: which encoding, and that it is text at all. The file streams by; it is never held whole."""

from __future__ import annotations

import codecs
import hashlib
import re
from pathlib import Path

from .refusal import Refusal

_CHUNK = 1 << 20
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
CONTROL_SIGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
#: what stands in no text: a zero, and the signs by which ISO-2022 changes its characters
_BINARY = ("\0", "\x1b$", "\x1b(")
_MOST = 20  # one control character in so many is no slip of the hand any more
_PRIVATE = re.compile("[\ue000-\uf8ff]")
#: of the characters beyond ASCII, how many may lie outside the everyday Chinese ones before the encoding is doubted
_RARE = 0.3
#: UTF-16 without a mark is known by its first bytes: one character in so many below U+0100, so many times as many zeros on one side
_START, _ZEROS, _ONE_SIDED = 4096, 20, 4
_ENCODINGS = {"utf-8": "utf-8-sig", "utf8": "utf-8-sig", "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "utf-16": "utf-16"}


def digests(path: Path, salt: str) -> tuple[str, str]:
    """SHA-256 of the file, and of ``salt``, a NUL and the file."""
    own, keyed = hashlib.sha256(), hashlib.sha256(salt.encode() + b"\0")
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            own.update(chunk)
            keyed.update(chunk)
    return own.hexdigest(), keyed.hexdigest()


def encoding_of(path: Path, asked: str | None) -> tuple[str, bool]:
    """The codec that reads the file, and whether single control characters stand in it. Refuses empty files, what is no text, and what no
    encoding fits."""
    with path.open("rb") as stream:
        start = stream.read(_START)
    marked = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if asked is not None:
        tried = [_ENCODINGS.get(asked.casefold(), "")]
        if not tried[0]:
            raise Refusal("encoding")
        if tried == ["utf-16"] and not marked:
            tried = [_unmarked_utf16(start) or "utf-16"]
    elif marked:
        tried = ["utf-16"]
    elif unmarked := _unmarked_utf16(start):
        tried = [unmarked]
    else:
        tried = ["utf-8-sig", "gb18030"]
    for codec in tried:
        controls = _controls(path, codec)
        if controls is not None:
            return codec, controls > 0
    raise Refusal("encoding")


def _unmarked_utf16(start: bytes) -> str | None:
    """The codec of UTF-16 without its mark: its separators, digits and line ends have a zero byte each, all on the same side."""
    before, behind = start[0::2].count(0), start[1::2].count(0)
    if max(before, behind) * _ZEROS < len(start) // 2 or max(before, behind) <= _ONE_SIDED * min(before, behind):
        return None
    return "utf-16-le" if behind > before else "utf-16-be"


def _controls(path: Path, codec: str) -> int | None:
    """How many control characters stand in the file, None where the codec does not fit. Refuses what is no text."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    line, filled, sample = 1, False, ""
    controls = characters = first = 0
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                return None
            # Taking them out of the bytes is much faster than looking for them, and nearly always there are none.
            if (codec.startswith("utf-16") or len(chunk.translate(None, _CONTROLS)) < len(chunk)) and (found := CONTROL_SIGN.search(text)):
                at = line + text.count("\n", 0, found.start())
                if any(sign in text for sign in _BINARY):
                    raise Refusal("control_character", line=first or at)
                first = first or at
                controls += len(CONTROL_SIGN.findall(text))
            characters += len(text)
            line += text.count("\n")
            filled = filled or bool(text.strip())
            if codec == "gb18030":
                if _PRIVATE.search(text):  # where no text of ours lies, but other encodings often land
                    return None
                sample += text[: 200_000 - len(sample)]
            if not chunk:
                break
    if not filled:
        raise Refusal("file_empty")
    if controls * _MOST > characters:
        raise Refusal("control_character", line=first)
    return controls if codec != "gb18030" or _is_chinese(sample) else None


def _is_chinese(text: str) -> bool:
    """Whether what was read as GB18030 looks like it: other encodings give characters that hardly anybody uses."""
    beyond = [c for c in text if c > "\x7f"]
    everyday = len("".join(beyond).encode("gb2312", "ignore")) // 2
    return len(beyond) - everyday <= max(_RARE * len(beyond), 1 if everyday else 0)
