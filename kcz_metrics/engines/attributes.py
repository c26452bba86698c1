"""What the records or a file of values say of units in a period besides the columns of their dimension."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from sqlglot import exp

from kcz_metrics.compiling.plan import tables_of
from kcz_metrics.compiling.scans import fact_query
from kcz_metrics.compiling.statement import Statement
from kcz_metrics.engines.connection import as_engine_error, frame, opened
from kcz_metrics.facts import FACTS
from kcz_metrics.language.periods import period
from kcz_metrics.scheme.selections import ATTRIBUTES

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot


def attributes(source: Snapshot | Path, scheme: Scheme, kind: str, period_id: str) -> pl.DataFrame:
    """``unit`` and the columns known of it in the year of the period: those of the fact that ``ATTRIBUTES`` names for this kind of unit (no
    others where it names none), or all columns of a file of values. Raises EngineError where the query fails."""
    if isinstance(source, Path):
        return _of_file(source, period_id)
    if kind not in ATTRIBUTES:
        return pl.DataFrame(schema={"unit": pl.String})
    fact = FACTS[ATTRIBUTES[kind]]
    with opened(source, tables_of(kind, [fact.id])) as connection, as_engine_error():
        for name in fact.builds_on:
            connection.execute(Statement(f"{name}_fact", fact_query(scheme, name)).tree().sql(dialect="duckdb"))
        query = exp.select("*").from_(fact_query(scheme, fact.id).subquery("known"))
        rows = frame(connection, query.where(exp.column("year").eq(period(period_id).year)))
    return rows.rename({fact.units[kind]: "unit"}).drop("year", fact.time or "").sort("unit")


def _of_file(source: Path, period_id: str) -> pl.DataFrame:
    from kcz_metrics.engines.file_reading import read

    rows = read(source).frame
    if "period" in rows.columns:
        rows = rows.filter(pl.col("period").cast(pl.String) == period_id).drop("period")
    return rows.with_columns(pl.col("unit").cast(pl.String))
