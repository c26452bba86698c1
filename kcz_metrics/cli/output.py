"""A frame as text or Parquet, on standard output or in a file.

Numbers keep full precision (the shortest text that reads back as the same number), booleans are ``true`` and ``false``,
null is an empty field, or ``null`` in JSON.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
import unicodedata
from pathlib import Path

import polars as pl

from kcz_metrics.cli import taking
from kcz_metrics.cli.options import Format
from kcz_metrics.errors import Issue, ReportError
from kcz_metrics.locales import T
from kcz_metrics.reports.delimited import as_csv


def give(frame: pl.DataFrame, form: Format | None, target: Path | None) -> None:
    """Write ``frame`` as ``form`` to ``target``, or to standard output.

    Without a form the ending of ``target`` decides, else CSV; a terminal gets a table.
    """
    chosen = form or _form(target)
    if chosen is Format.parquet:
        if target is None and sys.stdout.isatty():
            raise ReportError(Issue("binary_on_terminal", T("Parquet 不能写到终端"), hint=T("用 -o 指明文件")))
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        send(buffer.getvalue(), target, frame.height)
    else:
        text = {Format.table: as_table, Format.csv: as_csv, Format.json: as_json}[chosen](frame)
        send(text.encode(), target, frame.height)


def _form(target: Path | None) -> Format:
    if target is None:
        return Format.table if sys.stdout.isatty() else Format.csv
    ending = target.suffix.lstrip(".").lower()
    return Format(ending) if ending in (Format.csv, Format.json, Format.parquet) else Format.csv


def send(content: bytes, target: Path | None, rows: int | None = None) -> None:
    """``content`` whole into ``target`` or onto standard output; a file is never left half written. ``rows``: of the list in it.

    What was read of the store and goes into a file is noted in the audit trail first: see :mod:`kcz_metrics.cli.taking`.
    """
    if target is None:
        stdout = getattr(sys.stdout, "buffer", None)
        if stdout is None:
            sys.stdout.write(content.decode())
        else:
            sys.stdout.flush()
            stdout.write(content)
        sys.stdout.flush()
    elif target.exists() and not target.is_file():
        taking.note(content, target, rows)
        target.write_bytes(content)  # a pipe or device: there is nothing to replace
    else:
        _replace(target, content, rows)


def _replace(target: Path, content: bytes, rows: int | None) -> None:
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        # mkstemp makes a private file; a file the user asked for follows the umask like any other
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        # Before the name: a file that nobody may know of is worse than an entry for one that could not be put in its place.
        taking.note(content, target, rows)
        os.replace(temporary, target)
    except OSError as error:
        raise _unwritable(target, error) from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def _unwritable(target: Path, error: OSError) -> ReportError:
    return ReportError(Issue("unwritable", T("不能写入这个文件：{reason}", reason=error.strerror or str(error)), place=str(target)))


def as_json(frame: pl.DataFrame) -> str:
    """An array with one object a row."""
    return frame.write_json() + "\n"


def as_table(frame: pl.DataFrame) -> str:
    """Aligned columns for reading; numbers to the right; a Chinese character takes two places."""
    columns = []
    for name, dtype in frame.schema.items():
        cells = [name, *(_cell(v) for v in frame[name])]
        width = max(map(_width, cells))
        columns.append([" " * (width - _width(c)) + c if dtype.is_numeric() else c + " " * (width - _width(c)) for c in cells])
    return "".join("  ".join(row).rstrip() + "\n" for row in zip(*columns, strict=True))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    # a control character in a name must not move the cursor or colour the reader's terminal
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)
