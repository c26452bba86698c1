"""The command line ``kcz``. Each command calls the functions that the pages call; nothing is computed here."""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit status: 0 done, 1 an error, 2 wrong usage, 3 rows were rejected."""
    from kcz_metrics.cli.running import run

    run(argv)
