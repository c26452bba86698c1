"""A number opened: the records that make it, counted once more beside it, each record with its columns and where it came from.

Every table and headline of the pages uses this one piece. A number that is open stands in the address (``open``), so that a link
opens it for someone else; nothing is read before. What a page can open is kept for the run, to say how much that is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics.ui import address, browsing, formulas, head, listing, loading, naming, number, states
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.sources import Behind, Leads, Opening, Part, Ratio, of_cell, openable, same, value
from kcz_metrics.ui.table import Column

#: What the page of this run offers: key of the table or headline to its rows and what is behind their columns.
OFFERED = "_openings"
_SEPARATOR = "~"
_GRID = 380


def begin() -> None:
    """A new run offers nothing yet."""
    st.session_state[OFFERED] = {}


def offered() -> dict[str, tuple[Sequence[Mapping[str, Any]], Behind]]:
    found: dict[str, tuple[Sequence[Mapping[str, Any]], Behind]] = st.session_state.setdefault(OFFERED, {})
    return found


def offer(key: str, rows: Sequence[Mapping[str, Any]], behind: Behind) -> None:
    offered()[key] = (rows, behind)


def told(ctx: Context) -> None:
    """How many numbers of the page open, at its foot; nothing where none does."""
    n = sum(len(openable(row, behind)) for rows, behind in offered().values() for row in rows)
    if n:
        head.paragraph(ctx.tr("带点线的数字都能打开：点按看由哪些记录得出，并当场重数一遍。本页共 {n} 个。", n=number.count(n)), muted=True)


def ask(ctx: Context, key: str, cell: str) -> None:
    """The reader clicked a number: it stands in the address from now on, also of a page that stops before its end."""
    address.put(open=f"{key}{_SEPARATOR}{cell}")
    address.write(ctx.place.codes)


def asked(key: str) -> tuple[str, str] | None:
    """Row and column of the number of this table or headline that the address opens."""
    place, _, cell = (address.get("open") or "").partition(_SEPARATOR)
    if place != key or not cell:
        return None
    row, _, column = cell.rpartition(_SEPARATOR)
    return row, column


def _closed() -> None:
    address.put(open=None)


def from_table(ctx: Context, key: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], behind: Behind) -> None:
    """Open the cell of a table that the address asks for, if it is one of this table's."""
    cell = asked(key)
    if cell is None or cell[1] not in behind:
        return
    row = next((r for r in rows if r["id"] == cell[0]), None)
    column = next((c for c in columns if c.key == cell[1]), None)
    shown = value(row.get(cell[1])) if row is not None else None
    found = of_cell(behind, cell[1], cell[0])
    if row is None or column is None or shown is None or found is None:
        _closed()
        return
    if isinstance(found, Leads):
        _closed()
        page, codes = found.way(cell[0])
        link(page, **codes)
    first = next((_words(row.get(c.key)) for c in columns if c.type == "name"), "")
    title = " · ".join(part for part in (first, column.label) if part)
    write = _writer(column.options)
    show(ctx, title, found, cell[0], shown, write)


def from_chart(ctx: Context, key: str, clicked: str | None, steps: pl.DataFrame, behind: Behind) -> None:
    """Open the bar of a chart that was clicked, or that the address asks for. ``steps``: ``stage, label, count``, a row a bar."""
    if clicked in behind:
        ask(ctx, key, f"all{_SEPARATOR}{clicked}")
    named = {str(stage): (str(label), n) for stage, label, n in steps.select("stage", "label", "count").iter_rows()}
    row = {"id": "all"} | {stage: n for stage, (_, n) in named.items()}
    offer(key, [row], behind)
    columns = [Column(stage, label, "number", options={"decimals": 0}) for stage, (label, _) in named.items()]
    from_table(ctx, key, columns, [row], behind)


def _words(cell: object) -> str:
    return str(cell.get("t", "")) if isinstance(cell, Mapping) else str(cell or "")


def _writer(options: Mapping[str, Any]) -> tuple[bool, int]:
    """Whether a number is written as a share, and with how many decimals at least."""
    return bool(options.get("share")), int(options.get("decimals", 2))


def show(ctx: Context, title: str, opening: Opening, row: str, shown: float, write: tuple[bool, int] = (False, 0)) -> None:
    """A dialog over the page."""
    st.dialog(title, width="large", on_dismiss=_closed)(_inside)(ctx, opening, row, shown, write)


def _inside(ctx: Context, opening: Opening, row: str, shown: float, write: tuple[bool, int]) -> None:
    formulas.load()
    with st.spinner(ctx.tr("正在重数")):
        made = opening.recount(row)
    part = opening if isinstance(opening, Part) else _which(ctx, opening, row)
    rows = part.rows(row)
    if isinstance(opening, Ratio):
        above, below = opening.above.recount(row), opening.below.recount(row)
        times = "" if opening.scale == 1.0 else f" × {plain(opening.scale)}"
        sums = f"{plain(above)} ÷ {plain(below)}{times} = {_written(made, write)}"
    else:
        sums = _sentence(ctx, part, rows.height, _written(made, write))
    good = same(shown, made)
    formulas.proof(ctx.tr("{sums}；页面上的数是 {shown}", sums=sums, shown=_written(shown, write)), good)
    if isinstance(opening, Ratio):
        head.paragraph(_sentence(ctx, part, rows.height, plain(part.recount(row))), muted=True)
    _list(ctx, part, rows)


def _which(ctx: Context, opening: Ratio, row: str) -> Part:
    """Of a ratio, the part whose records are listed."""
    names = {"above": ctx.tr("分子"), "below": ctx.tr("分母")}
    chosen = st.segmented_control(
        ctx.tr("列出"), list(names), format_func=names.__getitem__, default="above", required=True, label_visibility="collapsed",
        key=f"opening.which.{address.get('open')}.{ctx.lang}",
    )  # fmt: skip
    return opening.below if chosen == "below" else opening.above


def plain(made: float | None) -> str:
    if made is None:
        return number.MISSING
    return number.count(made) if float(made).is_integer() else number.decimal(made, 4)


def _written(made: float | None, write: tuple[bool, int]) -> str:
    is_share, places = write
    if made is None:
        return number.MISSING
    if is_share:
        return number.share(made, places)
    return number.count(made) if float(made).is_integer() else number.decimal(made, max(places, 2))


def _sentence(ctx: Context, part: Part, n: int, made: str) -> str:
    table, count = _named(ctx, part), number.count(n)
    if part.of is None:
        return ctx.tr("{table} {n} 条，数得 {made}", table=table, n=count, made=made)
    column = _heading(ctx, part, part.of)
    if part.how == "sum":
        return ctx.tr("{table} {n} 条，“{column}”合计 {made}", table=table, n=count, column=column, made=made)
    if part.how == "distinct":
        return ctx.tr("{table} {n} 条，“{column}”去重得 {made}", table=table, n=count, column=column, made=made)
    if part.how == "max":
        return ctx.tr("{table} {n} 条，“{column}”最大 {made}", table=table, n=count, column=column, made=made)
    if part.how == "mean":
        return ctx.tr("{table} {n} 条，“{column}”平均 {made}", table=table, n=count, column=column, made=made)
    return ctx.tr("{table} {n} 条，“{column}”中位数 {made}", table=table, n=count, column=column, made=made)


def _named(ctx: Context, part: Part) -> str:
    assert ctx.snapshot is not None
    return ctx.snapshot.tables[part.source.table].label.in_(ctx.lang) if part.source.table else ctx.tr("记录")


def _heading(ctx: Context, part: Part, column: str) -> str:
    assert ctx.snapshot is not None
    if column in part.source.labels:
        return part.source.labels[column]
    table = ctx.snapshot.tables.get(part.source.table)
    return table.columns[column].label.in_(ctx.lang) if table is not None and column in table.columns else column


def reported(ctx: Context, part: Part, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as the table has them, every column of its contract; what was worked out for the sum stands first."""
    assert ctx.snapshot is not None
    table = ctx.snapshot.tables[part.source.table]
    own = [c for c in part.source.labels if c in rows.columns and c not in table.columns]
    keys = list(table.key)
    whole = loading.table(ctx, part.source.table)
    return rows.select(*keys, *own).join(whole, on=keys, how="inner", maintain_order="left").select(*own, *whole.columns)


def _list(ctx: Context, part: Part, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        states.too_little(ctx.tr("没有这样的记录。"))
        return
    if not part.source.table:
        _bare(ctx, part, rows)
        return
    assert ctx.snapshot is not None
    table = ctx.snapshot.tables[part.source.table]
    found = reported(ctx, part, rows)
    if found.height != rows.height:
        states.notice(ctx.tr("其中 {n} 条在快照里找不到原记录。", n=rows.height - found.height))
    shown = found.head(browsing.SHOWN)
    front = [*[c for c in found.columns if c not in table.columns], *table.key, *([part.of] if part.of in table.columns else [])]
    order = [*dict.fromkeys([*front, *found.columns])]
    configured = {name: listing.configured(column, ctx) for name, column in table.columns.items()}
    configured |= _heads(part, rows)
    event = st.dataframe(
        naming.named(ctx, browsing.decoded(shown, table, ctx.lang), naming.of_table(table)).select(order),
        column_config=configured, placeholder=number.MISSING, hide_index=True, row_height=35,
        height=min(_GRID, 35 * (shown.height + 1) + 3), on_select="rerun", selection_mode="single-row",
        key=f"opening.grid.{address.get('open')}.{part.source.table}.{ctx.lang}", alt=table.label.in_(ctx.lang),
    )  # fmt: skip
    chosen = event["selection"]["rows"]
    _ways(ctx, part.source.table, found)
    if chosen and chosen[0] < shown.height:
        row = shown.row(chosen[0], named=True)
        listing.one_row(ctx, table, row, widget="opening.versions")
        if st.button(ctx.tr("在业务记录页打开这一条"), key="opening.record"):
            link("records", table=part.source.table, record=browsing.SEPARATOR.join(str(row[c]) for c in table.key))


def _heads(part: Part, rows: pl.DataFrame) -> dict[str, Any]:
    """The headings of columns that no contract has; days without an hour."""
    days = {name for name, kind in rows.schema.items() if kind == pl.Date}
    return {
        name: st.column_config.DateColumn(label, format="YYYY-MM-DD") if name in days else st.column_config.Column(label)
        for name, label in part.source.labels.items()
    }


def _ways(ctx: Context, name: str, found: pl.DataFrame) -> None:
    """On to the records page with these records only, and the file."""
    assert ctx.snapshot is not None
    table = ctx.snapshot.tables[name]
    keys = browsing.joined(found.select(browsing.row_key(table)).to_series().to_list())
    said = listing.notice(ctx)
    with st.container(horizontal=True, vertical_alignment="center"):
        if found.height > browsing.SHOWN:
            head.paragraph(ctx.tr("显示前 {n} 行；下载可得全部。", n=number.count(browsing.SHOWN)), muted=True)
        if len(keys) <= address.LONGEST["keys"]:
            if st.button(ctx.tr("在业务记录页查看这些记录"), key="opening.records"):
                link("records", table=name, keys=keys)
        else:
            head.paragraph(ctx.tr("编号太多，写不进地址；可下载全部。"), muted=True)
        st.download_button(
            ctx.tr("下载这些记录"), data=lambda: browsing.export(found, notice=said), mime="text/csv",
            file_name=f"{name}_{ctx.period}_{ctx.snapshot.short}.csv", key="opening.download", on_click="ignore",
        )  # fmt: skip
    head.paragraph(ctx.tr("点按一行看全部字段与来路。快照 {id}。", id=ctx.snapshot.short), muted=True)


def _bare(ctx: Context, part: Part, rows: pl.DataFrame) -> None:
    """Rows that are no records of their own: of a fact, a ranking, a list; where they lead somewhere, a click goes there."""
    own, leads = [c for c in part.source.labels if c in rows.columns], part.source.leads
    shown = rows.head(browsing.SHOWN)
    named = naming.named(ctx, shown.select(own), naming.of_columns(own, ()))
    heads = _heads(part, rows)
    height = min(_GRID, 35 * (shown.height + 1) + 3)
    key = f"opening.bare.{address.get('open')}.{ctx.lang}"
    event: Any = st.dataframe(
        named, column_config=heads, placeholder=number.MISSING, hide_index=True, row_height=35, height=height, key=key,
        on_select="rerun" if leads else "ignore", selection_mode="single-row",
    )  # fmt: skip
    if leads is None:
        return
    head.paragraph(ctx.tr("点按一行打开它。"), muted=True)
    chosen = event["selection"]["rows"]
    if chosen and chosen[0] < shown.height:
        page, codes = leads(shown.row(chosen[0], named=True))
        link(page, **codes)
