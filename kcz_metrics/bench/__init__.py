"""How fast: the same work by this engine and by others, in one run on one machine. ``kcz bench`` prints it."""

from kcz_metrics.bench.rows import COLUMNS, Row, table
from kcz_metrics.bench.work import WORK, measure

__all__ = ["COLUMNS", "WORK", "Row", "measure", "table"]
