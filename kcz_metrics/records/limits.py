"""How large a file may be. At the limit it works; one more is refused. What reads a file apart is told these numbers by its caller."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MAX_BYTES = 150 * 1024 * 1024
# All parts of a workbook together, as they really inflate: a million rows of 25 columns come to a thousand MB. They stream by; what is held
# are the shared texts, under the limit of memory.
MAX_UNPACKED = 1536 * 1024 * 1024
MAX_WRITTEN = 800 * 1024 * 1024  # the texts of all cells, as they are handed on
MAX_PARTS = 200
MAX_LINES = 1_048_576  # blank rows included: what a spreadsheet holds
MAX_ROWS = MAX_LINES - 1
MAX_COLUMNS = 200
MAX_CELL = 32_767  # what a spreadsheet cell holds

# A CSV named by its path is read as it streams by and needs no unpacking. One that is sent (by a page) is held in memory first and keeps to
# the limits above.
MAX_CSV_BYTES = 400 * 1024 * 1024
MAX_CSV_ROWS = MAX_ROWS

MEMORY = 1024 * 1024 * 1024  # address space of the process that reads a file
SECONDS = 120  # of its computing
PATIENCE = 600  # of waiting for it, on a machine that has other things to do
#: how many files are read at once; the others wait their turn
AT_ONCE = 2
#: title rows that may stand above the headings
MAX_TITLE = 30
#: where the headings may stand when somebody says in which row
MAX_HEADING = 1_000
#: rejected rows beyond this come back as CSV only
MAX_BOOK_ROWS = 50_000

LIMITS: Mapping[str, int] = MappingProxyType(
    {
        "bytes": MAX_BYTES,
        "unpacked": MAX_UNPACKED,
        "written": MAX_WRITTEN,
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
        "heading": MAX_HEADING,
    }
)

#: the same for a file that is sent as bytes
SENT: Mapping[str, int] = MappingProxyType({**LIMITS, "csv_bytes": MAX_BYTES})
