"""One name for every record of every table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from kcz_metrics.tables import Table


def record_name(table: Table) -> pl.Expr:
    """Table and key: ``contract/CT00012``, ``service_day/ST0001|P0001|2022-03-01``."""
    key = pl.concat_str([pl.col(column).cast(pl.String) for column in table.key], separator="|")
    return pl.concat_str([pl.lit(f"{table.name}/"), key])


def table_of(name: str) -> str:
    return name.split("/", 1)[0]


def key_of(name: str) -> str:
    """The key as the name writes it."""
    return name.split("/", 1)[1]
