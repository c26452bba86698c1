"""Have a file read in a process of its own, with limits on memory and time. Whatever the file does to it, this process goes on."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from kcz_metrics.errors import Issue, RecordsError
from kcz_metrics.locales import T
from kcz_metrics.records import scratch
from kcz_metrics.records.apart.cells import END, RAGGED, UNIT, WHOLE
from kcz_metrics.records.apart.main import TOLD
from kcz_metrics.records.limits import AT_ONCE, LIMITS, PATIENCE
from kcz_metrics.records.refusals import refused

#: The package's own folder is not on the path of the process, only the reader: it starts without anything installed.
_START = "import sys; sys.path.insert(0, sys.argv[1]); from apart.main import main; main()"
_ROOM = threading.BoundedSemaphore(AT_ONCE)

Ragged = tuple[tuple[int, tuple[str, ...]], ...]


def read_apart(
    path: Path,
    place: str,
    known: Iterable[str],
    *,
    limits: Mapping[str, int] = LIMITS,
    salt: str = "",
    sheet: str | None = None,
    heading_row: int | None = None,
    encoding: str | None = None,
    separator: str | None = None,
) -> tuple[Mapping[str, Any], pl.DataFrame, Ragged]:
    """What the reader tells of ``path`` (see :mod:`kcz_metrics.records.apart`), the rows of right length (``_row`` and a String column
    per heading, named by position) and the others. ``place`` names the file in messages.

    Errors: RecordsError where the file is refused, or its reader runs out of memory or time.
    """
    with scratch.folder() as folder:
        words = {
            "path": str(path.absolute()),
            "folder": str(folder),
            "limits": dict(limits),
            "known": sorted(known),
            "salt": salt,
            "sheet": sheet,
            "heading_row": heading_row,
            "encoding": encoding,
            "separator": separator,
        }
        with _ROOM:
            told = _told(words, folder, place)
        if "refused" in told:
            raise RecordsError(refused(told["refused"], told["values"], place))
        return told, _whole(folder / WHOLE, len(told["headings"])), _ragged(folder / RAGGED)


def _told(words: Mapping[str, Any], folder: Path, place: str) -> dict[str, Any]:
    # -I and -S: nothing of the user's environment or of what is installed reaches the reader.
    command = [sys.executable, "-I", "-S", "-c", _START, str(Path(__file__).parent)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, env={"PYTHONIOENCODING": "utf-8"}
    ) as process:
        try:
            process.communicate(json.dumps(words).encode(), timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise RecordsError(Issue("too_slow", T("读文件用时太久，已停止"), place=place, hint=T("分成几个文件"))) from None
        finally:
            process.kill()
    try:
        return json.loads((folder / TOLD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        # Ended from outside or by a limit before it could answer.
        raise RecordsError(refused("memory", {}, place)) from error


def _whole(path: Path, width: int) -> pl.DataFrame:
    schema = {"_row": pl.Int64(), **{str(i): pl.String() for i in range(width)}}
    if not path.stat().st_size:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(path, has_header=False, separator=UNIT, eol_char=END, quote_char=None, schema=schema, empty_string_is_null=False)


def _ragged(path: Path) -> Ragged:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = (line.split(UNIT) for line in stream.read().split(END)[:-1])
        return tuple((int(number), tuple(cells)) for number, *cells in rows)
