"""Read a file whose headings need no correction."""

from __future__ import annotations

from pathlib import Path

from kcz_metrics.errors import RecordsError
from kcz_metrics.records.understanding import Understanding, understand
from kcz_metrics.tables import Table


def read_csv(source: Path | bytes, table: Table | str, *, place: str | None = None) -> Understanding:
    """Read a CSV or workbook as rows of ``table``. ``place`` names it in messages.

    Errors: RecordsError where it is refused, or its headings do not fit the table.
    """
    found = understand(source, table, name=place)
    if found.issues:
        raise RecordsError(found.issues)
    return found
