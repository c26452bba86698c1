"""The CSV that the command line prints. Its SHA-256 stands in a report, so that whoever has the report can check it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.records.spreadsheets import escaped

if TYPE_CHECKING:
    from kcz_metrics.scoring.scorecard import Scorecard

#: the columns of ``kcz score``, in order
SCORES = ("unit", "period", "group", "node", "score", "published", "rank", "coverage", "status", "reason")


def as_csv(frame: pl.DataFrame) -> str:
    """Comma-separated, LF lines, null and an empty text an empty field, numbers as the shortest text that reads back as the same number.

    A text that a spreadsheet would run as a formula is led by an apostrophe.
    """
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(escaped(pl.col(name).replace("", None)) for name in texts).write_csv()


def fingerprint(scorecard: Scorecard) -> str:
    """The SHA-256 of what ``kcz score INDEX --period P --format csv`` prints for this scorecard."""
    return hashlib.sha256(as_csv(scorecard.scores.select(SCORES)).encode()).hexdigest()
