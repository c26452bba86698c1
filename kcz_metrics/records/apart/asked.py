"""What the reader is asked, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Asked:
    """``known``: headings, as :func:`heading.plain` folds them, that tell a heading row. ``sheet``, ``heading_row``, ``encoding`` and
    ``separator``: what a person has said of the file; None where it is to be found out. ``salt``: goes into the import key before the
    file's bytes."""

    path: Path
    folder: Path
    limits: dict[str, int]
    known: frozenset[str]
    salt: str = ""
    sheet: str | None = None
    heading_row: int | None = None
    encoding: str | None = None
    separator: str | None = None
