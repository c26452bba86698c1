"""Row versions: the four columns that every stored row carries, and which rows are current."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.errors import Issue, RecordsError, StoreError, did_you_mean
from kcz_metrics.locales import T

if TYPE_CHECKING:
    from kcz_metrics.tables import Table

# _version: number of the snapshot that brought the row; _file, _row: where it came from ("" and 0 if from no file, rows count
# from 1); _removed: the row ends here.
LINEAGE: Mapping[str, pl.DataType] = {"_version": pl.Int64(), "_file": pl.String(), "_row": pl.Int64(), "_removed": pl.Boolean()}


def stored_schema(table: Table) -> dict[str, pl.DataType]:
    """Column types of a table as stored, lineage last."""
    return {name: column.dtype for name, column in table.columns.items()} | dict(LINEAGE)


def scan(table: Table, paths: Iterable[Path]) -> pl.LazyFrame:
    """All versions of all rows of the files, in the types of today's contract; a column that a file does not know yet is null."""
    schema = stored_schema(table)
    frames = []
    for path in paths:
        frame = pl.scan_parquet(path, glob=False)
        there = frame.collect_schema()
        frames.append(
            frame.select(
                (pl.col(name) if there[name] == dtype else pl.col(name).cast(dtype)) if name in there else pl.lit(None, dtype).alias(name)
                for name, dtype in schema.items()
            )
        )
    return pl.concat(frames) if frames else pl.LazyFrame(schema=schema)


def current(frame: pl.LazyFrame, key: Iterable[str]) -> pl.LazyFrame:
    """Of each key the row with the greatest ``_version``, unless it is a removal; the order is that of the newest versions."""
    newest = frame.sort("_version", maintain_order=True).unique(subset=list(key), keep="last", maintain_order=True)
    return newest.filter(~pl.col("_removed"))


def conform(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with the contract's columns in its order and type, then ``_file`` and ``_row`` (empty where absent).

    Absent nullable columns become null. Errors: StoreError with every missing, unknown or mistyped column, and where keys are null or
    stand twice. The rules of the contract are not asked again: importing has done that.
    """
    known = (*table.columns, "_file", "_row")
    issues = [
        Issue("column_unknown", T("契约中没有这一列"), place=table.name, subject=name, hint=did_you_mean(name, known))
        for name in frame.columns
        if name not in known
    ]
    try:
        fitted = table.conform(frame)
    except RecordsError as error:
        raise StoreError([*issues, *error.issues]) from error
    if issues:
        raise StoreError(issues)
    keys = fitted.select(table.key)
    nulls = keys.filter(pl.any_horizontal(pl.all().is_null())).height
    doubles = keys.height - keys.n_unique() if keys.height else 0
    subject = ", ".join(table.key)
    if nulls:
        issues.append(Issue("key_null", T("{count} 行没有主键", count=nulls), place=table.name, subject=subject))
    if doubles:
        issues.append(Issue("key_doubled", T("{count} 行的主键重复", count=doubles), place=table.name, subject=subject))
    if issues:
        raise StoreError(issues)
    return fitted.with_columns(
        frame["_file"].cast(pl.String) if "_file" in frame.columns else pl.lit("").alias("_file"),
        frame["_row"].cast(pl.Int64) if "_row" in frame.columns else pl.lit(0, pl.Int64).alias("_row"),
    )
