"""What a long command is doing, told on a terminal only, so that a log or a pipe stays clean."""

from __future__ import annotations

import sys


def step(text: str) -> None:
    """Say on standard error what begins now."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{text}…\n")
        sys.stderr.flush()
