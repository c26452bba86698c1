"""The ends of the audit trail, noted outside the ledger: whoever cuts off its tail must also know of this file, of every backup and of
every publication.

One line an act, ``number hash``, added after the act is in the ledger. A line may be missing (the process was killed in between); a line
that is there must be in the trail. Restoring puts another trail in the place of this one: it writes ``number hash restored`` of the
restored trail's last entry before the act, and once that entry is in the ledger, the lines above it no longer count.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

FILE_NAME = "audit.heads"
RESTORED = "restored"
_LINE = re.compile(rf"^[0-9]+ [0-9a-f]{{64}}(?: {RESTORED})?$")


def note(home: Path, number: int, digest: str) -> None:
    """Add a line. Where it cannot be written the act stands all the same: the next line vouches for it too."""
    with suppress(OSError):
        _add(home, f"{number} {digest}")


def note_restoring(home: Path, number: int, digest: str) -> None:
    """Add the line that makes those above void once this entry is in the ledger. Errors: OSError, and then nothing may be restored: the
    restored trail would look as if it had been cut."""
    _add(home, f"{number} {digest} {RESTORED}")
    with (home / FILE_NAME).open("rb+") as stream:
        os.fsync(stream.fileno())


def _add(home: Path, line: str) -> None:
    handle = os.open(home / FILE_NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # A line of its own even after one that a power cut has torn.
        os.write(handle, f"\n{line}\n".encode())
    finally:
        os.close(handle)


def noted(home: Path, trail: Collection[str]) -> dict[int, set[str]]:
    """Number to the hashes that were noted of it, more than one only where the trail forked; lines torn by a power cut are left out.

    ``trail``: the hashes of the ledger's entries, by which a restoring counts or does not.
    """
    found: dict[int, set[str]] = {}
    for line in _lines(home):
        if not _LINE.match(line):
            continue
        number, digest, *mark = line.split(" ")
        if not mark:
            found.setdefault(int(number), set()).add(digest)
        elif digest in trail:
            found = {int(number): {digest}}
    return found


def readable(home: Path) -> tuple[int, int]:
    """How many lines say something, and how many were torn or have been altered so that they say nothing."""
    lines = _lines(home)
    good = sum(_LINE.match(line) is not None for line in lines)
    return good, len(lines) - good


def _lines(home: Path) -> list[str]:
    try:
        text = (home / FILE_NAME).read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if line]
