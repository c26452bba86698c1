"""What a rule finds, before anybody has looked at it; and the records it looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.store.naming import record_name

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot
    from kcz_metrics.tables import Table

#: What every rule gives: one row a flag. ``anchor``: the evidence by which the flag is the same one in the next snapshot. ``subjects``:
#: ids of those it concerns. ``records``: names of the records that would be left out were it confirmed; ``beside``: names of further
#: records that are its evidence. ``first`` and ``last``: the days between which the evidence lies. ``numbers``: what the sentence says.
COLUMNS = ("anchor", "subjects", "records", "beside", "first", "last", "numbers")
NONE: pl.DataFrame = pl.DataFrame(
    schema={
        "anchor": pl.String,
        "subjects": pl.List(pl.String),
        "records": pl.List(pl.String),
        "beside": pl.List(pl.String),
        "first": pl.Date,
        "last": pl.Date,
        "numbers": pl.Struct({}),
    }
)
NO_NAMES = pl.lit([], pl.List(pl.String))


@dataclass(frozen=True)
class Records:
    """The tables of a snapshot as rules read them. Tables are read once, and only the columns asked for."""

    tables: Mapping[str, Table]
    snapshot: Snapshot | None = None
    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def valid(self, table: str, columns: Sequence[str]) -> pl.DataFrame:
        """Key, ``columns`` and ``name`` of the rows that count: verified and no duplicate; all rows of a reference table."""
        contract = self.tables[table]
        wanted = list(dict.fromkeys([*contract.key, *columns]))
        tail = ["status", "duplicate_of"] if contract.has_tail else []
        asked = list(dict.fromkeys([*wanted, *tail]))
        if self.snapshot is not None:
            rows = self.snapshot.read(table, columns=asked)
        else:
            rows = self.frames[table].select(asked)
        if tail:
            rows = rows.filter((pl.col("status") == "verified") & pl.col("duplicate_of").is_null())
        return rows.select(*wanted, name=record_name(contract))


def named(found: pl.DataFrame, *numbers: str) -> pl.DataFrame:
    """The frame as rules give it, the columns ``numbers`` packed into the struct; in the order of the anchors."""
    packed = found.with_columns(numbers=pl.struct(numbers) if numbers else pl.struct(pl.lit(None).alias("_")))
    if "beside" not in packed.columns:
        packed = packed.with_columns(beside=NO_NAMES)
    return packed.select(COLUMNS).sort("anchor")
