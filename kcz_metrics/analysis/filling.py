"""How full and how fresh the records are: table by table, and unit by unit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import polars as pl

#: Columns of :func:`of_tables`. ``valid``: verified and no duplicate, null for tables without a state; ``latest``: last day of submission.
TABLES = {"table": pl.String(), "rows": pl.Int64(), "valid": pl.Int64(), "latest": pl.Date()}


def of_tables(frames: Iterable[tuple[str, pl.DataFrame]]) -> pl.DataFrame:
    """One line a table, columns as :data:`TABLES`; of ``frames`` only ``status, duplicate_of, submitted_at`` are looked at."""
    lines = []
    for name, frame in frames:
        valid, latest = None, None
        if "status" in frame.columns:
            valid = frame.filter((pl.col("status") == "verified") & pl.col("duplicate_of").is_null()).height
            latest = frame["submitted_at"].dt.date().max()
        lines.append((name, frame.height, valid, latest))
    return pl.DataFrame(lines, schema=TABLES, orient="row")


def of_units(frames: Mapping[str, pl.DataFrame], columns: Mapping[str, Collection[str]], units: pl.Series, period: str) -> pl.DataFrame:
    """``unit, table, n, latest``: how many records of a period each table has of each unit, and when the last one was submitted.

    ``columns``: table to the columns that name units; a record that names a unit twice counts once for it. ``period``: records whose
    ``period_id`` is it or lies within it. Every unit has a line for every table, with n = 0 and a null day where there is nothing.
    """
    parts = []
    for name, naming in columns.items():
        frame = frames[name].filter(pl.col("period_id").str.starts_with(period)).with_row_index("_at")
        named = pl.concat([frame.select("_at", "submitted_at", unit=column) for column in naming])
        found = (
            named.drop_nulls("unit").unique(["_at", "unit"]).group_by("unit").agg(n=pl.len(), latest=pl.col("submitted_at").dt.date().max())
        )
        whole = pl.DataFrame({"unit": units}).join(found, on="unit", how="left", maintain_order="left")
        parts.append(whole.select("unit", table=pl.lit(name), n=pl.col("n").fill_null(0).cast(pl.Int64), latest="latest"))
    schema = {"unit": pl.String(), "table": pl.String(), "n": pl.Int64(), "latest": pl.Date()}
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema)
