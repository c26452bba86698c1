"""Unexpected errors: a short reference for the reader, the traceback for whoever mends it."""

from __future__ import annotations

import secrets
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from kcz_metrics.cli.places import home


def remember(error: BaseException) -> tuple[str, Path]:
    """Append the traceback of ``error`` to the log and return its reference (``E-`` and four hex digits) and the log's path.

    The log is ``logs/kcz.log`` in the store's home, or in the system's temporary folder where there is no home yet or it
    cannot be written.
    """
    reference = "E-" + secrets.token_hex(2).upper()
    lines = [
        f"{datetime.now(UTC).astimezone().isoformat(timespec='seconds')} {reference} argv={sys.argv[1:]!r}\n",
        *traceback.format_exception(error),
        "\n",
    ]
    for folder in (home() / "logs", Path(tempfile.gettempdir()) / "kcz-logs"):
        if not folder.parent.is_dir():
            continue
        try:
            folder.mkdir(exist_ok=True)
            with (folder / "kcz.log").open("a", encoding="utf-8") as log:
                log.writelines(lines)
        except OSError:
            continue
        return reference, folder / "kcz.log"
    return reference, Path("-")
