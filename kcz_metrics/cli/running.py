"""From arguments to an exit status. Whatever goes wrong ends in one message on standard error and never in a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from kcz_metrics.cli.faults import remember
from kcz_metrics.cli.speaking import language, tr
from kcz_metrics.errors import KczError


def run(argv: Sequence[str] | None = None) -> NoReturn:
    _write_utf8()
    try:
        from kcz_metrics.cli.commands import app

        app(args=None if argv is None else list(argv), prog_name="kcz")
    except KczError as error:
        _say(error.render(language()))
    except (BrokenPipeError, KeyboardInterrupt):
        _hush()
    except OSError as error:
        _say(
            tr("{file}：{reason}", file=error.filename or "", reason=error.strerror or str(error)) if error.filename else _unexpected(error)
        )
    except Exception as error:
        _say(_unexpected(error))
    sys.exit(1)


def _unexpected(error: BaseException) -> str:
    reference, log = remember(error)
    return tr("程序内部出错，已停下。编号 {reference}，详情记在 {log}", reference=reference, log=log)


def _say(text: str) -> None:
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except OSError:
        _hush()


def _write_utf8() -> None:
    """Files and pipes get UTF-8 whatever the locale; a terminal that lacks a character shows its number instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _hush() -> None:
    """The reader of a pipe went away: keep the interpreter from complaining about it while it shuts down."""
    try:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, sys.stdout.fileno())
    except (OSError, ValueError):
        return
