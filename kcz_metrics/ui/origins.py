"""Where each record came from and how sure it is: file and row, evidence class, state, who verified it and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.facts import makings
from kcz_metrics.ui import loading, number
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.facts import Fact
    from kcz_metrics.store import Snapshot
    from kcz_metrics.tables import Table

#: Columns that :func:`joined` adds; a table without the common tail has only source and row. A line that is made of several records has
#: how many, and the files that they came from.
TAIL = ("evidence_class", "status", "verified_by", "verified_at")
COLUMNS = (*(f"_{name}" for name in TAIL), "_source", "_at_row", "_made_of")
#: The number of the snapshot that brought the row as it stands.
VERSION = "_version"
#: Files that are named of a line; of further ones their count.
_NAMED = 3


@st.cache_resource(show_spinner=False, max_entries=64)
def _origins(_snapshot: Snapshot, _sources: dict[int, str], snapshot_id: str, table: str) -> pl.DataFrame:
    contract = _snapshot.tables[table]
    tail = [name for name in TAIL if contract.has_tail]
    rows = _snapshot.read(table, columns=[*contract.key, *(name for name in tail if name not in contract.key)], lineage=True)
    source = pl.when(pl.col("_file") == "").then(pl.col("_version").replace_strict(_sources, default="")).otherwise(pl.col("_file"))
    return rows.select(
        *contract.key, *(pl.col(name).alias(f"_{name}") for name in tail), VERSION, _source=source, _at_row=pl.col("_row").replace(0, None)
    )  # fmt: skip


def of(ctx: Context, table: str) -> pl.DataFrame:
    """The key of every record of the table, then :data:`COLUMNS` and :data:`VERSION`; ``_source`` is the file, or what the snapshot came
    from where there was none; ``_at_row`` null then."""
    assert ctx.snapshot is not None
    return _origins(ctx.snapshot, {one.number: one.source for one in ctx.snapshots}, ctx.snapshot.id, table)


def record_table(ctx: Context, fact: Fact, rows: pl.DataFrame) -> Table | None:
    """The table whose records the rows of a fact are, one each; None where a row is made of several."""
    if fact.record is None or ctx.snapshot is None:
        return None
    table = ctx.snapshot.tables[fact.record]
    return table if set(table.key) <= set(rows.columns) else None


def joined(ctx: Context, fact: Fact, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with :data:`COLUMNS` beside them, codes in words."""
    table = record_table(ctx, fact, rows)
    if table is None:
        return _summed(ctx, fact, rows)
    return worded(ctx, table, rows.join(of(ctx, table.name).drop(VERSION), on=list(table.key), how="left", maintain_order="left"))


def worded(ctx: Context, table: Table, found: pl.DataFrame) -> pl.DataFrame:
    """Evidence and state of the table's records in words."""
    for name in ("evidence_class", "status"):
        column = table.columns.get(name)
        if f"_{name}" in found.columns and column is not None:
            found = found.with_columns(pl.col(f"_{name}").replace({code: label.in_(ctx.lang) for code, label in column.values.items()}))
    return found


def made_of(ctx: Context, fact: Fact, rows: pl.DataFrame) -> list[tuple[Table, pl.DataFrame]]:
    """The records that make the rows of a fact, by table: the number of the row, their key, :data:`COLUMNS` and :data:`VERSION`."""
    assert ctx.snapshot is not None
    tables = ctx.snapshot.tables
    parts = makings.behind(fact.id, rows, lambda name: loading.table(ctx, name))
    return [
        (tables[name], found.join(of(ctx, name), on=list(tables[name].key), how="left", maintain_order="left")) for name, found in parts
    ]


def _summed(ctx: Context, fact: Fact, rows: pl.DataFrame) -> pl.DataFrame:
    """Beside each row of several records how many there are, and from which files."""
    parts = [found.select(makings.LINE, "_source") for _, found in made_of(ctx, fact, rows)]
    if not parts:
        return rows
    files = pl.col("_source").drop_nulls().unique().sort()
    more = pl.when(files.len() > _NAMED).then(pl.lit(" …")).otherwise(pl.lit(""))
    by_line = pl.concat(parts).group_by(makings.LINE).agg(_made_of=pl.len(), _source=files.head(_NAMED).str.join(ctx.tr("、")) + more)
    return rows.with_row_index(makings.LINE).join(by_line, on=makings.LINE, how="left", maintain_order="left").drop(makings.LINE)


def configured(ctx: Context) -> dict[str, Any]:
    return {
        "_evidence_class": st.column_config.TextColumn(ctx.tr("证据等级")),
        "_status": st.column_config.TextColumn(ctx.tr("核验状态")),
        "_verified_by": st.column_config.TextColumn(ctx.tr("核验人")),
        "_verified_at": st.column_config.DatetimeColumn(ctx.tr("核验时间"), format="YYYY-MM-DD HH:mm"),
        "_source": st.column_config.TextColumn(ctx.tr("来自文件")),
        "_at_row": st.column_config.NumberColumn(ctx.tr("文件行号"), format="localized"),
        "_made_of": st.column_config.NumberColumn(ctx.tr("由几条记录合成"), format="localized"),
        VERSION: st.column_config.NumberColumn(ctx.tr("快照次序"), format="localized"),
    }


def said(ctx: Context, fact: Fact, rows: pl.DataFrame) -> dict[str, str]:
    """Two terms of the basis: how many of the counted records are verified and by how many people, and which files they came from."""
    counted = rows.filter(pl.col("_counted"))
    if counted.is_empty():
        return {}
    table = record_table(ctx, fact, rows)
    if table is not None:
        parts = [(table, counted.select(list(table.key)).join(of(ctx, table.name), on=list(table.key), how="left"))]
    else:
        parts = [(one, found.unique(list(one.key))) for one, found in made_of(ctx, fact, counted)]
    if not parts:
        return {}
    pairs = {}
    tailed = [found.select("_status", "_verified_by") for one, found in parts if one.has_tail]
    if tailed:
        known = pl.concat(tailed)
        verified = known.filter(pl.col("_status") == "verified")
        pairs[ctx.tr("核验")] = ctx.tr(
            "{n} / {all} 条已核验，核验人 {people} 位", n=number.count(verified.height), all=number.count(known.height),
            people=number.count(verified["_verified_by"].drop_nulls().n_unique()),
        )  # fmt: skip
    files = pl.concat([found.select("_source") for _, found in parts]).group_by("_source").len()
    files = files.sort("len", "_source", descending=[True, False])
    names = [ctx.tr("{source}（{n} 条）", source=source or number.MISSING, n=number.count(n)) for source, n in files.head(3).iter_rows()]
    more = ctx.tr("等 {n} 个文件", n=files.height) if files.height > 3 else ""
    pairs[ctx.tr("来自文件")] = ctx.tr("、").join(names) + more
    return pairs
