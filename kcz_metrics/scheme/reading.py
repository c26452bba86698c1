"""``indicators.yaml`` from a file or a text, with every problem at once."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from kcz_metrics.errors import Issue, SchemeError
from kcz_metrics.locales import T
from kcz_metrics.scheme.checking import Context, checked, sorted_by_line
from kcz_metrics.scheme.document import MOST_BYTES, read_document
from kcz_metrics.scheme.modelling import modelled
from kcz_metrics.scheme.models import Scheme

if TYPE_CHECKING:
    from kcz_metrics.scheme.checking import Facts, Units


def read_scheme(
    text: str,
    place: str = "indicators.yaml",
    *,
    facts: Facts | None = None,
    units: Units | None = None,
    strict: bool = False,
) -> tuple[Scheme | None, list[Issue]]:
    """The scheme that ``text`` writes, or None, and every error and warning in the order of the lines.

    ``facts`` and ``units`` are those of the records, the package's own where no facts are given. ``strict`` asks for names in both
    languages.
    """
    document = read_document(text, place)
    if document.data is None:
        return None, list(document.issues)
    found = modelled(document)
    issues = [*document.issues, *found.issues]
    if found.scheme is not None:
        issues += checked(Context.of(found.scheme, facts=facts, units=units, document=document, strict=strict))
    issues = sorted_by_line(issues)
    return (None if any(i.level == "error" for i in issues) else found.scheme), issues


def load_scheme(path: str | FilePath, *, facts: Facts | None = None, units: Units | None = None, strict: bool = False) -> Scheme:
    """The scheme of a file. Raises SchemeError with every problem; warnings do not stop it."""
    place = str(path)
    scheme, issues = read_scheme(file_text(FilePath(path)), place, facts=facts, units=units, strict=strict)
    if scheme is None:
        raise SchemeError([i for i in issues if i.level == "error"] or issues)
    return scheme


def file_text(path: FilePath) -> str:
    """The text of a scheme's file, UTF-8. Raises SchemeError where it cannot be had."""
    place = str(path)
    try:
        if not path.is_file():
            there = path.exists()
            message = T("这不是一个文件") if there else T("没有这个文件")
            raise SchemeError(Issue("file", message, place=place))
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 4)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise SchemeError(Issue("file", T("文件打不开：{reason}", reason=reason), place=place)) from error
    if len(raw) > MOST_BYTES:
        raise SchemeError(Issue("yaml_size", T("文件过大"), place=place, expected=T("至多 {n} 字节", n=f"{MOST_BYTES:,}")))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SchemeError(Issue("encoding", T("文件不是 UTF-8 编码"), place=f"{place}:{line}", hint=T("用编辑器另存为 UTF-8"))) from error
