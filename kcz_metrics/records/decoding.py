"""From the bytes of a file to its text. A file that is not text is refused by name, never unpacked or guessed at."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from kcz_metrics.errors import Issue, RecordsError
from kcz_metrics.locales import T, Text
from kcz_metrics.records.limits import MAX_BYTES

_AS_CSV = T("另存为 CSV 再导入")
_UNPACK = T("解压后再导入")
# First bytes, what they are, what to do.
_FOREIGN: tuple[tuple[bytes, Text, Text], ...] = (
    (b"PK\x03\x04", T("Excel 工作簿或压缩包"), _AS_CSV),
    (b"\xd0\xcf\x11\xe0", T("旧版 Office 文件"), _AS_CSV),
    (b"\x1f\x8b", T("gzip 压缩文件"), _UNPACK),
    (b"BZh", T("bzip2 压缩文件"), _UNPACK),
    (b"\xfd7zXZ", T("xz 压缩文件"), _UNPACK),
    (b"\x28\xb5\x2f\xfd", T("zstd 压缩文件"), _UNPACK),
    (b"7z\xbc\xaf", T("7z 压缩文件"), _UNPACK),
    (b"Rar!", T("rar 压缩文件"), _UNPACK),
    (b"PAR1", T("Parquet 文件"), _AS_CSV),
    (b"%PDF", T("PDF 文件"), _AS_CSV),
    (b"\x89PNG", T("图片"), _AS_CSV),
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_PRIVATE = re.compile("[\ue000-\uf8ff]")


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Errors: RecordsError where it is no regular file, cannot be read, or is too large."""
    try:
        if not path.exists():
            raise RecordsError(Issue("file_not_found", T("找不到文件"), place=str(path)))
        if not path.is_file():
            raise RecordsError(Issue("not_a_file", T("不是文件"), place=str(path)))
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise RecordsError(
            Issue("file_unreadable", T("无法读取文件：{reason}", reason=error.strerror or str(error)), place=str(path))
        ) from error
    check_size(content, str(path))
    return content


def check_size(content: bytes, place: str) -> None:
    if len(content) > MAX_BYTES:
        raise RecordsError(
            Issue(
                "file_too_large",
                T("文件太大"),
                place=place,
                expected=T("不超过 {size} MB", size=MAX_BYTES // 1024**2),
                hint=T("分成几个文件"),
            )
        )


def decode(content: bytes, place: str) -> str:
    """The text of a CSV in UTF-8 (with or without mark), UTF-16 with mark, or GB18030.

    Errors: RecordsError for an empty, compressed or binary file, and where no encoding fits.
    """
    check_size(content, place)
    for start, what, hint in _FOREIGN:
        if content.startswith(start):
            raise RecordsError(Issue("not_text", T("不是文本文件"), place=place, found=what, hint=hint))
    text = _utf16(content, place) if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else _eight_bit(content, place)
    if not text.strip():
        raise RecordsError(Issue("file_empty", T("文件是空的"), place=place))
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise RecordsError(Issue("control_character", T("第 {line} 行含有控制字符，可能不是文本文件", line=line), place=place))
    return text


def _utf16(content: bytes, place: str) -> str:
    try:
        return content.decode("utf-16")
    except UnicodeDecodeError as error:
        raise _unreadable(place) from error


def _eight_bit(content: bytes, place: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _unreadable(place) from error
    # Other encodings often pass as GB18030 too, but then land among characters that no text of ours uses.
    if _PRIVATE.search(text):
        raise _unreadable(place)
    return text


def _unreadable(place: str) -> RecordsError:
    return RecordsError(
        Issue("encoding", T("看不懂文件的编码"), place=place, expected=T("UTF-8、UTF-16 或 GB18030"), hint=T("另存为 UTF-8 的 CSV"))
    )
