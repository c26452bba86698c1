"""The parts of the records page: the list of tables, the filter row, the grid, one row with its history, the imports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.errors import KczError
from kcz_metrics.ui import acts, address, browsing, downloads, head, naming, number, states, strangers
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.table import Column
from kcz_metrics.ui.table import table as draw_table

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot
    from kcz_metrics.tables import Column as Contract
    from kcz_metrics.tables import Table

ANY = "all"
FILTERED = ("status", "evidence_class", "period_id")
_GRID_HEIGHT = 560
_ROW_HEIGHT = 35


@st.cache_resource(show_spinner=False, max_entries=16)
def _row_counts(_snapshot: Snapshot, snapshot_id: str) -> dict[str, int]:
    return browsing.row_counts(_snapshot)


def row_counts(ctx: Context) -> dict[str, int]:
    assert ctx.snapshot is not None
    return _row_counts(ctx.snapshot, ctx.snapshot.id)


def chosen_table(ctx: Context, counts: Mapping[str, int]) -> str:
    """The list of tables, largest kinds of use first: records, then reference. Returns the table in question."""
    assert ctx.snapshot is not None
    tables = ctx.snapshot.tables
    names = sorted(counts, key=lambda n: (not tables[n].has_tail, list(tables).index(n)))
    first = "need" if "need" in counts else names[0]
    asked = strangers.known("table", counts, tables[first].label.in_(ctx.lang))
    name = asked if asked is not None and asked in counts else first
    rows = []
    separated = False
    for one in names:
        row: dict[str, Any] = {"id": one, "name": {"t": tables[one].label.in_(ctx.lang)}, "rows": counts[one], "_chosen": one == name}
        if not tables[one].has_tail and not separated:
            row["_before"], separated = ctx.tr("参照资料"), True
        rows.append(row)
    columns = [
        Column("name", ctx.tr("表"), "name", options={"wrap": True}),
        Column("rows", ctx.tr("行数"), "number", options={"decimals": 0}),
    ]
    opened = draw_table(ctx, columns, rows, "records.tables", label=ctx.tr("表"), height=_GRID_HEIGHT + 60)
    if opened and opened != name:
        address.put(table=opened, record=None, q=None, keys=None)
        st.session_state.pop("records.q", None)
        st.rerun()
    return name


def about(ctx: Context, table: Table, rows: pl.DataFrame) -> str:
    kind = ctx.tr("业务记录") if table.has_tail else ctx.tr("参照资料")
    parts = [kind, table.name, ctx.tr("{n} 行 × {m} 列", n=number.count(rows.height), m=len(table.columns))]
    if table.has_tail and rows.height:
        verified = rows.filter((pl.col("status") == "verified") & pl.col("duplicate_of").is_null()).height
        parts.append(ctx.tr("已核验且不重复 {share}", share=number.share(verified / rows.height)))
    return " · ".join(parts)


def filtered(ctx: Context, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """The filter row: a search in all texts, and state, evidence and period where the table has them."""
    if "records.q" not in st.session_state:
        st.session_state["records.q"] = address.get("q") or ""
    wanted = st.text_input(
        ctx.tr("查找"), key="records.q", placeholder=ctx.tr("编号、名称或任何文字"), width=190,
        on_change=lambda: address.put(q=st.session_state["records.q"]),
    )  # fmt: skip
    rows = _only(ctx, table, rows)
    kept = browsing.search(rows, wanted, naming.codes_like(ctx, naming.of_table(table), wanted))
    for name in FILTERED:
        column = table.columns.get(name)
        if column is None or name not in rows.columns:
            continue
        present = sorted(v for v in rows[name].unique().to_list() if v is not None)
        labels = {code: browsing.written(code, column, ctx.lang) for code in present} | {ANY: ctx.tr("全部")}
        key = _filter_key(ctx, table, name)
        value = st.selectbox(column.label.in_(ctx.lang), [ANY, *present], format_func=labels.__getitem__, key=key, width=128)
        if value != ANY:
            kept = kept.filter(pl.col(name) == value)
    return kept


def _filter_key(ctx: Context, table: Table, name: str) -> str:
    return f"records.{table.name}.{name}.{ctx.lang}"  # labels are the language's, and so is the widget


def _only(ctx: Context, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows behind a number that was opened on another page, where the address lists them; one click takes the limit away."""
    keys = address.get("keys")
    if not keys:
        return rows
    kept = browsing.keyed(rows, table, keys)
    st.button(
        ctx.tr("只看所列 {n} 条 ✕", n=number.count(kept.height)), key="records.keys", on_click=lambda: address.put(keys=None),
        help=ctx.tr("这些是另一页上一个数背后的记录；点按看全部"),
    )  # fmt: skip
    return kept


def download(ctx: Context, table: Table, rows: pl.DataFrame) -> None:
    """The rows as CSV, and as a workbook that also says by which filters they were chosen."""
    from kcz_metrics.reports import listing as books

    assert ctx.snapshot is not None
    asked, lang = filters(ctx, table), ctx.lang
    with st.popover(ctx.tr("导出 {n} 行", n=number.count(rows.height)), disabled=rows.is_empty()):
        downloads.both(
            ctx, lambda: books.of_table(rows, table, lang, asked), lambda: rows, f"{table.name}_{ctx.snapshot.short}", key="records",
            rows=rows.height, asked={"table": table.name, **dict(asked)},
        )  # fmt: skip


def filters(ctx: Context, table: Table) -> list[tuple[str, str]]:
    """By what the rows on the page were chosen, in words."""
    found = []
    if wanted := str(st.session_state.get("records.q") or "").strip():
        found.append((ctx.tr("查找"), wanted))
    if address.get("keys"):
        found.append((ctx.tr("只看"), ctx.tr("另一页上一个数背后的记录")))
    for name in FILTERED:
        value = st.session_state.get(_filter_key(ctx, table, name))
        if value is not None and value != ANY and name in table.columns:
            column = table.columns[name]
            found.append((column.label.in_(ctx.lang), browsing.written(value, column, ctx.lang)))
    return found


def grid(ctx: Context, table: Table, rows: pl.DataFrame) -> str | None:
    """The rows, at most :data:`browsing.SHOWN`; returns the key of the row in question, as text."""
    shown = rows.head(browsing.SHOWN)
    if rows.height > shown.height:
        head.paragraph(
            ctx.tr("显示前 {n} 行，共 {all} 行；用查找缩小范围，或导出全部。", n=number.count(shown.height), all=number.count(rows.height)),
            muted=True,
        )
    keys = shown.select(browsing.row_key(table)).to_series()
    event = st.dataframe(
        naming.named(ctx, browsing.decoded(shown, table, ctx.lang), naming.of_table(table)),
        column_config={name: configured(column, ctx) for name, column in table.columns.items()},
        placeholder=number.MISSING,
        hide_index=True,
        row_height=_ROW_HEIGHT,
        height=min(_GRID_HEIGHT, _ROW_HEIGHT * (shown.height + 1) + 3),
        on_select="rerun",
        selection_mode="single-row",
        key=f"records.grid.{table.name}",
        alt=table.label.in_(ctx.lang),
    )
    chosen = event["selection"]["rows"]
    if chosen and chosen[0] < len(keys):
        address.put(record=keys[chosen[0]])
    return address.get("record")


def configured(column: Contract, ctx: Context) -> Any:
    """A header with its unit; money and counts with separators, years and codes without."""
    label = browsing.heading(column, ctx.lang)
    if column.kind in ("int", "float") and column.unit is not None and column.name != "year":
        return st.column_config.NumberColumn(label, format="localized")
    if column.kind == "date":
        return st.column_config.DateColumn(label, format="YYYY-MM-DD")
    if column.kind == "datetime":
        return st.column_config.DatetimeColumn(label, format="YYYY-MM-DD HH:mm")
    return st.column_config.Column(label)


def one_row(ctx: Context, table: Table, row: Mapping[str, Any], widget: str = "records.versions") -> None:
    """Every column of one row, and all its versions: which file and line each came from, and who brought it."""
    key = {name: row[name] for name in table.key}
    head.finding(
        ctx.tr("{table} {key}", table=table.label.in_(ctx.lang), key=browsing.SEPARATOR.join(map(str, key.values()))),
        ctx.tr("全部字段；下面是它的来路：每一个版本出自哪个文件的哪一行"),
    )
    meant = naming.of_table(table)
    pairs = [
        (browsing.heading(c, ctx.lang), naming.called(ctx, meant, name, row[name]) or browsing.written(row[name], c, ctx.lang))
        for name, c in table.columns.items()
    ]
    half = (len(pairs) + 1) // 2
    left, right = st.columns(2, gap="large")
    with left:
        head.definition_list(pairs[:half])
    with right:
        head.definition_list(pairs[half:])
    lineage(ctx, table, key, widget)


def lineage(ctx: Context, table: Table, key: Mapping[str, object], widget: str) -> None:
    """The versions of a row, newest first."""
    try:
        versions = ctx.store.row_history(table.name, key, ctx.snapshot.id if ctx.snapshot else None)
    except KczError as wrong:
        states.error(ctx, wrong)
        return
    columns = [
        Column("version", ctx.tr("版本"), "name"),
        Column("at", ctx.tr("时间")),
        Column("actor", ctx.tr("经手")),
        Column("act", ctx.tr("操作")),
        Column("file", ctx.tr("文件"), options={"wrap": True}),
        Column("row", ctx.tr("行号"), "number", options={"decimals": 0}),
        Column("changed", ctx.tr("改动"), options={"wrap": True}),
    ]
    rows = []
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        changed = [] if before is None else [_step(ctx, table, name, before.values[name], version.values[name]) for name in version.changed]
        rows.append(
            {
                "id": str(version.version),
                "version": {"t": str(version.version), "sub": version.snapshot[:6]},
                "at": number.day(version.at),
                "actor": version.actor,
                "act": {"t": acts.named(ctx, version.act), "title": ctx.text(version.reason)},
                "file": _shortened(version.file or version.source),
                "row": version.row or None,
                "changed": ctx.tr("移除")
                if version.removed
                else ctx.tr("首次入库")
                if before is None
                else ctx.tr("；").join(changed) or ctx.tr("无"),
            }
        )
    draw_table(ctx, columns, rows, widget, label=ctx.tr("版本"), opens=False)


def _step(ctx: Context, table: Table, name: str, before: object, after: object) -> str:
    """What one column was and became."""
    column = table.columns[name]
    was, now = browsing.written(before, column, ctx.lang), browsing.written(after, column, ctx.lang)
    return ctx.tr("{column}：{was} → {now}", column=column.label.in_(ctx.lang), was=was, now=now)


def _shortened(name: str, most: int = 28) -> dict[str, str]:
    """The name of a file, its middle left out where it is long; whole on hover."""
    return {"t": name if len(name) <= most else f"{name[: most - 9]}…{name[-8:]}", "title": name}
