"""Where each record came from and how sure it is: file and row, evidence class, state, who verified it and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.ui import number
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.facts import Fact
    from kcz_metrics.store import Snapshot
    from kcz_metrics.tables import Table

#: Columns that :func:`joined` adds; a table without the common tail has only the last two.
TAIL = ("evidence_class", "status", "verified_by", "verified_at")
COLUMNS = (*(f"_{name}" for name in TAIL), "_source", "_at_row")


@st.cache_resource(show_spinner=False, max_entries=64)
def _origins(_snapshot: Snapshot, _sources: dict[int, str], snapshot_id: str, table: str) -> pl.DataFrame:
    contract = _snapshot.tables[table]
    tail = [name for name in TAIL if contract.has_tail]
    rows = _snapshot.read(table, columns=[*contract.key, *(name for name in tail if name not in contract.key)], lineage=True)
    source = pl.when(pl.col("_file") == "").then(pl.col("_version").replace_strict(_sources, default="")).otherwise(pl.col("_file"))
    return rows.select(
        *contract.key, *(pl.col(name).alias(f"_{name}") for name in tail), _source=source, _at_row=pl.col("_row").replace(0, None)
    )  # fmt: skip


def of(ctx: Context, table: str) -> pl.DataFrame:
    """The key of every record of the table, then :data:`COLUMNS`; ``_source`` is the file, or what the snapshot came from where there was
    none; ``_at_row`` null then."""
    assert ctx.snapshot is not None
    return _origins(ctx.snapshot, {one.number: one.source for one in ctx.snapshots}, ctx.snapshot.id, table)


def record_table(ctx: Context, fact: Fact, rows: pl.DataFrame) -> Table | None:
    """The table whose records the rows of a fact are, one each; None where a row is made of several."""
    if fact.record is None or ctx.snapshot is None:
        return None
    table = ctx.snapshot.tables[fact.record]
    return table if set(table.key) <= set(rows.columns) else None


def joined(ctx: Context, fact: Fact, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with :data:`COLUMNS` beside them, codes in words; as they are where a row is made of several records."""
    table = record_table(ctx, fact, rows)
    if table is None:
        return rows
    found = rows.join(of(ctx, table.name), on=list(table.key), how="left", maintain_order="left")
    for name in ("evidence_class", "status"):
        column = table.columns.get(name)
        if f"_{name}" in found.columns and column is not None:
            found = found.with_columns(pl.col(f"_{name}").replace({code: label.in_(ctx.lang) for code, label in column.values.items()}))
    return found


def configured(ctx: Context) -> dict[str, Any]:
    return {
        "_evidence_class": st.column_config.TextColumn(ctx.tr("证据等级")),
        "_status": st.column_config.TextColumn(ctx.tr("核验状态")),
        "_verified_by": st.column_config.TextColumn(ctx.tr("核验人")),
        "_verified_at": st.column_config.DatetimeColumn(ctx.tr("核验时间"), format="YYYY-MM-DD HH:mm"),
        "_source": st.column_config.TextColumn(ctx.tr("来自文件")),
        "_at_row": st.column_config.NumberColumn(ctx.tr("文件行号"), format="localized"),
    }


def said(ctx: Context, fact: Fact, rows: pl.DataFrame) -> dict[str, str]:
    """Two terms of the basis: how many of the counted records are verified and by how many people, and which files they came from."""
    table = record_table(ctx, fact, rows)
    counted = rows.filter(pl.col("_counted"))
    if table is None or counted.is_empty():
        return {}
    found = counted.select(list(table.key)).join(of(ctx, table.name), on=list(table.key), how="left")
    pairs = {}
    if "_status" in found.columns:
        verified = found.filter(pl.col("_status") == "verified")
        pairs[ctx.tr("核验")] = ctx.tr(
            "{n} / {all} 条已核验，核验人 {people} 位", n=number.count(verified.height), all=number.count(found.height),
            people=number.count(verified["_verified_by"].drop_nulls().n_unique()),
        )  # fmt: skip
    files = found.group_by("_source").len().sort("len", "_source", descending=[True, False])
    names = [ctx.tr("{source}（{n} 条）", source=source or number.MISSING, n=number.count(n)) for source, n in files.head(3).iter_rows()]
    more = ctx.tr("等 {n} 个文件", n=files.height) if files.height > 3 else ""
    pairs[ctx.tr("来自文件")] = ctx.tr("、").join(names) + more
    return pairs
