"""How large a file may be. At the limit it works; one more is refused. What reads a file apart is told these numbers by its caller."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED = 300 * 1024 * 1024  # all parts of a workbook together, as they really inflate
MAX_PARTS = 200
MAX_ROWS = 500_000
MAX_LINES = 1_048_576  # blank rows included: what a spreadsheet holds
MAX_COLUMNS = 200
MAX_CELL = 32_767  # what a spreadsheet cell holds

# A CSV named by its path is read as it streams by and needs no unpacking, so a million records fit. One that is sent (by a page) is held
# in memory first and keeps to the limits above.
MAX_CSV_BYTES = 400 * 1024 * 1024
MAX_CSV_ROWS = 1_048_575

MEMORY = 1024 * 1024 * 1024  # address space of the process that reads a file
SECONDS = 120  # of its computing; waiting may take half as long again
#: how many files are read at once; the others wait their turn
AT_ONCE = 2
#: title rows that may stand above the headings
MAX_TITLE = 30
#: rejected rows beyond this come back as CSV only
MAX_BOOK_ROWS = 50_000

LIMITS: Mapping[str, int] = MappingProxyType(
    {
        "bytes": MAX_BYTES,
        "unpacked": MAX_UNPACKED,
        "parts": MAX_PARTS,
        "rows": MAX_ROWS,
        "lines": MAX_LINES,
        "columns": MAX_COLUMNS,
        "cell": MAX_CELL,
        "csv_bytes": MAX_CSV_BYTES,
        "csv_rows": MAX_CSV_ROWS,
        "memory": MEMORY,
        "seconds": SECONDS,
        "title": MAX_TITLE,
    }
)

#: the same for a file that is sent as bytes
SENT: Mapping[str, int] = MappingProxyType({**LIMITS, "csv_bytes": MAX_BYTES, "csv_rows": MAX_ROWS})
