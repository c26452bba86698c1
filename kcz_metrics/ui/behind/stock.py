"""The data page: rows are counted once more table by table, from the files of the snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kcz_metrics.records import waiting
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Opening, Source, Way


def rows(ctx: Context) -> dict[str, Opening]:
    """Records and reference data apart, how many tables each, the whole, and the share of the records that count."""
    labels = {
        "name": ctx.tr("名称"), "table": ctx.tr("表"), "kind": ctx.tr("类别"), "rows": ctx.tr("行数"), "valid": ctx.tr("可用"),
    }  # fmt: skip

    def to(row: Mapping[str, Any]) -> Way:
        return "records", {"table": str(row["table"])}

    source = Source("", lambda: _counted(ctx), labels=labels, leads=to)
    own = pl.col("valid").is_not_null()
    return {
        "rows": source.sum("rows"), "records": source.sum("rows", own), "reference": source.sum("rows", ~own),
        "tables": source.count(own), "reference_tables": source.count(~own),
    }  # fmt: skip


def usable(ctx: Context) -> Opening:
    """The share of all records that are verified and no duplicates."""
    from kcz_metrics.ui.sources import Ratio

    records = rows(ctx)["records"]
    assert not isinstance(records, Ratio)
    return Ratio(records.source.sum("valid", records.where), records)  # type: ignore[union-attr, arg-type]


def _counted(ctx: Context) -> pl.DataFrame:
    assert ctx.snapshot is not None
    found = []
    for name, table in ctx.snapshot.tables.items():
        if not ctx.snapshot.files.get(name):
            continue
        read = ctx.snapshot.read(name, columns=("status", "duplicate_of") if table.has_tail else table.key)
        counts = pl.col("status").eq("verified") & pl.col("duplicate_of").is_null()
        valid = read.filter(counts).height if table.has_tail else None
        kind = ctx.tr("业务记录") if table.has_tail else ctx.tr("参照资料")
        found.append((table.label.in_(ctx.lang), name, kind, read.height, valid))
    kinds = {"name": pl.String, "table": pl.String, "kind": pl.String, "rows": pl.Int64, "valid": pl.Int64}
    return pl.DataFrame(found, schema=kinds, orient="row")


def snapshots(ctx: Context) -> Opening:
    """Every version of the records that the store keeps."""
    from kcz_metrics.ui import number

    def read() -> pl.DataFrame:
        kept = [(one.short, number.day(one.created_at), one.actor, one.source) for one in ctx.store.snapshots()]
        return pl.DataFrame(kept, schema=dict.fromkeys(("snapshot", "day", "actor", "source"), pl.String), orient="row")

    labels = {"snapshot": ctx.tr("快照"), "day": ctx.tr("入库时间"), "actor": ctx.tr("操作人"), "source": ctx.tr("来源")}
    return Source("", read, labels=labels).count()


def waits(ctx: Context) -> Opening:
    """Rows that were sent back, by file."""

    def read() -> pl.DataFrame:
        kept = [(one.table, len(one.rows)) for one in waiting.all_of(ctx.store)]
        return pl.DataFrame(kept, schema={"table": pl.String, "rows": pl.Int64}, orient="row")

    return Source("", read, labels={"table": ctx.tr("表"), "rows": ctx.tr("行数")}).sum("rows")
