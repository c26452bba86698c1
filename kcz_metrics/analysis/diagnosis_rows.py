"""A row of the statistical audit."""

from __future__ import annotations

from typing import Final, NamedTuple

import polars as pl

SCHEMA: Final = {
    "section": pl.String, "subject": pl.String, "other": pl.String, "figure": pl.String, "value": pl.Float64, "flag": pl.Boolean,
}  # fmt: skip


class Row(NamedTuple):
    """``figure`` of ``subject`` (and ``other``) in a ``section``; ``flag`` where the value is one to look at."""

    section: str
    subject: str
    figure: str
    value: float | None
    flag: bool = False
    other: str | None = None


def framed(rows: list[Row]) -> pl.DataFrame:
    lines = [(r.section, r.subject, r.other, r.figure, None if r.value is None else float(r.value), bool(r.flag)) for r in rows]
    return pl.DataFrame(lines, schema=SCHEMA, orient="row").with_columns(pl.col("value").fill_nan(None))
