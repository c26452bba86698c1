"""What is wrong with which row: one line per broken rule, in words of both languages."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from kcz_metrics.locales import Text

# ``row`` as in the file; ``column`` the table's column or columns, "" for the row as a whole; ``rule`` its code; then the sentence.
SCHEMA = {"row": pl.Int64(), "column": pl.String(), "rule": pl.String(), "zh": pl.String(), "en": pl.String()}


def none() -> pl.DataFrame:
    return pl.DataFrame(schema=SCHEMA)


def of(rows: pl.Series, column: str, rule: str, text: Text) -> pl.DataFrame:
    """The same problem in each of ``rows``."""
    if rows.is_empty():
        return none()  # and no words need to be looked up
    return pl.DataFrame({"row": rows.cast(pl.Int64)}).with_columns(
        column=pl.lit(column), rule=pl.lit(rule), zh=pl.lit(text.render("zh")), en=pl.lit(text.render("en"))
    )


def together(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([none(), *parts]).unique(maintain_order=True).sort("row", maintain_order=True)
