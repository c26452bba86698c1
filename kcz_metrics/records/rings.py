"""Rows that refer to themselves by way of others: two records each the other's duplicate, bodies merged into one another. Both would drop
out of what is counted, and nobody would stand for them."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.locales import T
from kcz_metrics.records import problems
from kcz_metrics.tables import Table


def rings(whole: pl.DataFrame, current: pl.DataFrame, table: Table, bad: pl.DataFrame) -> list[pl.DataFrame]:
    """Problems of the rows of ``whole`` on a ring, in the table as it would stand; rows that are ``bad`` already aside."""
    if len(table.key) != 1:
        return []
    key, parts = table.key[0], []
    for reference in table.references:
        name = reference.column
        if reference.table != table.name or reference.to != key:
            continue
        good = whole.join(bad.select(_row=pl.col("row")), on="_row", how="anti").select("_row", key, name)
        if good[name].null_count() == good.height:
            continue
        others = current.select(key, name).join(whole.select(key), on=key, how="anti")
        stand = pl.concat([good.select(key, name), others]).drop_nulls()
        rows = good.filter(pl.col(key).is_in(_on_rings(stand[key], stand[name]).implode()))["_row"]
        said = T("{column} 绕一圈又指回本行自身", column=table.columns[name].label)
        parts.append(problems.of(rows, name, "ring", said))
    return parts


def _on_rings(start: pl.Series, end: pl.Series) -> pl.Series:
    """The ends that lead back to themselves; each start has one end. Steps double, so that a long line takes no longer than a short one."""
    nodes = pl.concat([start.rename("node"), end.rename("node")]).unique()
    places = nodes.to_frame().with_row_index("at")
    nowhere = nodes.len()
    after = np.full(nowhere + 1, nowhere)
    after[start.to_frame("node").join(places, on="node", maintain_order="left")["at"]] = end.to_frame("node").join(
        places, on="node", maintain_order="left"
    )["at"]
    for _ in range(nowhere.bit_length()):
        after = after[after]
    return nodes.gather(np.setdiff1d(after, [nowhere]))
