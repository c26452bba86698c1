"""One name for every record of every table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T

if TYPE_CHECKING:
    from kcz_metrics.tables import Table


def record_name(table: Table) -> pl.Expr:
    """Table and key: ``contract/CT00012``, ``service_day/ST0001|P0001|2022-03-01``."""
    key = pl.concat_str([pl.col(column).cast(pl.String) for column in table.key], separator="|")
    return pl.concat_str([pl.lit(f"{table.name}/"), key])


def parsed_key(table: Table, text: str) -> dict[str, object]:
    """Key columns to values in their types, from the key as a name writes it. Errors: StoreError where they do not fit."""
    parts = text.split("|")
    typed = pl.DataFrame({name: [part] for name, part in zip(table.key, parts, strict=False)})
    if len(parts) == len(table.key):
        row = typed.select(pl.col(name).cast(table.columns[name].dtype, strict=False) for name in table.key).row(0, named=True)
        if None not in row.values():
            return row
    raise StoreError(
        Issue(
            "key_unreadable",
            T("“{key}”不是这张表的主键", key=text),
            place=table.name,
            expected=T("{columns}", columns="|".join(f"{name} ({table.columns[name].dtype})" for name in table.key)),
        )
    )


def table_of(name: str) -> str:
    return name.split("/", 1)[0]


def key_of(name: str) -> str:
    """The key as the name writes it."""
    return name.split("/", 1)[1]
