"""Write what the contracts say: ``python -m kcz_metrics.tables > docs/tables.md``."""

from __future__ import annotations

import sys

from kcz_metrics.tables import TABLES
from kcz_metrics.tables.describing import document

if __name__ == "__main__":
    sys.stdout.buffer.write(document(TABLES).encode())
