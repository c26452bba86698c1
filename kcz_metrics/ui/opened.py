"""The dialog of a number that was opened: how its records make it, whether that is the number shown, and the records themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.ui import address, browsing, downloads, formulas, head, listing, loading, naming, number, states
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.sources import Change, Opening, Part, Ratio, Worked, parts_of, same

if TYPE_CHECKING:
    from kcz_metrics.reports.listing import Listing
    from kcz_metrics.tables import Table

_GRID = 380
#: Decimals of a number that fewer do not say.
_MOST = 4


def inside(ctx: Context, opening: Opening, row: str, shown: float, write: tuple[bool, int]) -> None:
    """The sum, the part of it that the reader looks at, its records."""
    formulas.load()
    with st.spinner(ctx.tr("正在重数")):
        made = opening.recount(row)
    part = _which(ctx, opening)
    rows = part.rows(row)
    sums = _sentence(ctx, part, rows.height, _written(made, write)) if isinstance(opening, Part) else _sum(opening, row, made, write)
    said = ctx.tr("{sums}；页面上的数是 {shown}", sums=sums, shown=_written(shown, write))
    formulas.proof(said, same(shown, made))
    if not isinstance(opening, Part):
        for at, ratio in _ratios(opening).items():
            head.paragraph(_named_part(ctx, at, _sum(ratio, row, ratio.recount(row), write)), muted=True)
        head.paragraph(_sentence(ctx, part, rows.height, plain(part.recount(row))), muted=True)
    if part.source.note:
        head.paragraph(part.source.note, muted=True)
    if rows.is_empty():
        _nothing(ctx, part, row)
    else:
        _list(ctx, part, rows)


def _ratios(opening: Opening) -> dict[str, Ratio]:
    """The ratios that a change is between: each is told in a line of its own."""
    if not isinstance(opening, Change):
        return {}
    return {at: one for at, one in (("now", opening.now), ("before", opening.before)) if isinstance(one, Ratio)}


def _named_part(ctx: Context, at: str, said: str) -> str:
    return ctx.tr("现在：{said}", said=said) if at == "now" else ctx.tr("原先：{said}", said=said)


def _sum(opening: Ratio | Change, row: str, made: float | None, write: tuple[bool, int]) -> str:
    """How the two sides make the number."""
    if isinstance(opening, Ratio):
        above, below = plain(opening.above.recount(row)), plain(opening.below.recount(row))
        times = "" if opening.scale == 1.0 else f" × {plain(opening.scale)}"
        return f"{above} ÷ {below}{times} = {_written(made, write)}"
    now, before = opening.now.recount(row), opening.before.recount(row)
    if not opening.relative and not write[0]:
        return _difference(now, before, made, max(write[1], 2))
    left, right = (_in(one, _places(now, before)) for one in (now, before))
    said = f"({left} {number.MINUS} {right}) ÷ {right}" if opening.relative else f"{left} {number.MINUS} {right}"
    return f"{said} = {_written(made, write)}"


def _difference(now: float | None, before: float | None, made: float | None, least: int) -> str:
    """Both sides and what is left between them, all in as few decimals as let the line add up as it is written."""
    n = _places(now, before, made)
    if n and now is not None and before is not None and made is not None:
        off = {k: number.rounded(now, k) - number.rounded(before, k) - number.rounded(made, k) for k in range(least, _MOST)}
        n = next((k for k, gap in off.items() if gap == 0), max(least, _MOST))
    return f"{_in(now, n)} {number.MINUS} {_in(before, n)} = {_in(made, n)}"


def _which(ctx: Context, opening: Opening) -> Part:
    """Of a number made of several parts, the one whose records are listed."""
    parts = parts_of(opening)
    words = {"above": ctx.tr("分子"), "below": ctx.tr("分母"), "now": ctx.tr("现在"), "before": ctx.tr("原先")}
    if isinstance(opening, Change) and opening.sides is not None:
        words |= dict(zip(("now", "before"), opening.sides, strict=True))
    names = {".".join(at): ctx.tr("，").join(words[one] for one in at) for at in parts}
    if len(parts) == 1:
        return next(iter(parts.values()))
    first = next(iter(names))
    chosen = st.segmented_control(
        ctx.tr("列出"), list(names), format_func=names.__getitem__, default=first, required=True, label_visibility="collapsed",
        key=f"opening.which.{address.get('open')}.{ctx.lang}",
    )  # fmt: skip
    at = tuple((chosen if chosen in names else first).split("."))
    return parts[at]


def plain(made: float | None) -> str:
    """A number of a sum in as few decimals as say it whole, at most four."""
    return _in(made, _places(made))


def _places(*made: float | None) -> int:
    """The fewest of 0, 2 and 4 decimals that say all of them."""
    known = [one for one in made if one is not None]
    return next((n for n in (0, 2) if all(abs(one - round(one, n)) < 1e-9 * max(1.0, abs(one)) for one in known)), _MOST)


def _in(made: float | None, places: int) -> str:
    if made is None:
        return number.MISSING
    return number.decimal(made, places) if places else number.count(round(made))


def _written(made: float | None, write: tuple[bool, int]) -> str:
    is_share, places = write
    if made is None:
        return number.MISSING
    if is_share:
        return number.share(made, places)
    return number.count(made) if float(made).is_integer() else number.decimal(made, max(places, 2))


def _sentence(ctx: Context, part: Part, n: int, made: str) -> str:
    table, count = _named(ctx, part), number.count(n)
    if isinstance(part, Worked):
        return ctx.tr("{n} 行，{how}：{made}", n=count, how=part.told, made=made)
    if part.how == "place":
        return ctx.tr("排在前面的有 {n} 个，所以列第 {made}", n=count, made=made)
    if part.of is None:
        return ctx.tr("{table} {n} 条，数得 {made}", table=table, n=count, made=made)
    column = _heading(ctx, part, part.of)
    if part.how == "sum":
        return ctx.tr("{table} {n} 条，“{column}”合计 {made}", table=table, n=count, column=column, made=made)
    if part.how == "distinct":
        return ctx.tr("{table} {n} 条，“{column}”去重得 {made}", table=table, n=count, column=column, made=made)
    if part.how == "min":
        return ctx.tr("{table} {n} 条，“{column}”最小 {made}", table=table, n=count, column=column, made=made)
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


def _nothing(ctx: Context, part: Part, row: str) -> None:
    """Why there is none: the records that were looked through and do not fit, else how many the table holds that belong elsewhere."""
    if part.how == "place":
        states.too_little(ctx.tr("没有排在它前面的。"))
        return
    table = _named(ctx, part)
    if part.where is not None and not (around := part.source.of_row(row)).is_empty():
        said = ctx.tr("看过的{table}有 {n} 条，没有一条符合；它们是：", table=table, n=number.count(around.height))
        states.too_little(said)
        _list(ctx, part, around)
        return
    if part.source.read is not None:
        states.too_little(ctx.tr("没有一条计入的记录。"))
        return
    whole = loading.table(ctx, part.source.table).height if part.source.table else part.source.rows().height
    if not whole:
        states.too_little(ctx.tr("这个快照里没有一条{table}。", table=table))
        return
    states.too_little(ctx.tr("{table}共 {n} 条，没有一条属于这一格。", table=table, n=number.count(whole)))
    if part.source.table and st.button(ctx.tr("在业务记录页查看这张表"), key="opening.whole"):
        link("records", table=part.source.table)


def _list(ctx: Context, part: Part, rows: pl.DataFrame) -> None:
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
    _ways(ctx, part, found)
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


def _ways(ctx: Context, part: Part, found: pl.DataFrame) -> None:
    """On to the records page with these records only, and the files."""
    assert ctx.snapshot is not None
    name = part.source.table
    table = ctx.snapshot.tables[name]
    keys = browsing.joined(found.select(browsing.row_key(table)).to_series().to_list())
    with st.container(horizontal=True, vertical_alignment="center"):
        if found.height > browsing.SHOWN:
            head.paragraph(ctx.tr("显示前 {n} 行；下载可得全部。", n=number.count(browsing.SHOWN)), muted=True)
        if len(keys) <= address.LONGEST["keys"]:
            if st.button(ctx.tr("在业务记录页查看这些记录"), key="opening.records"):
                link("records", table=name, keys=keys)
        else:
            head.paragraph(ctx.tr("编号太多，写不进地址；可下载全部。"), muted=True)
        _files(ctx, lambda: _listing(ctx, part, table, found), found, name)
    head.paragraph(ctx.tr("点按一行看全部字段与来路。快照 {id}。", id=ctx.snapshot.short), muted=True)


def _files(ctx: Context, listing: Callable[[], Listing], rows: pl.DataFrame, stem: str) -> None:
    """What is listed here, to take away."""
    assert ctx.snapshot is not None
    asked = {"open": address.get("open") or ""}
    name = f"{stem}_{ctx.period}_{ctx.snapshot.short}"
    downloads.both(ctx, listing, lambda: rows, name, key="opening", rows=rows.height, asked=asked)


def _listing(ctx: Context, part: Part, table: Table, found: pl.DataFrame) -> Listing:
    """The records with the headings of their form; what was worked out for the sum under its own."""
    from kcz_metrics.reports import listing as books

    made = books.of_table(found, table, ctx.lang, _asked(ctx))
    own = {name: label for name, label in part.source.labels.items() if name not in table.columns}
    return replace(made, headings={**made.headings, **{name: own[name] for name in found.columns if name in own}})


def _asked(ctx: Context) -> list[tuple[str, str]]:
    """What the number that was opened is a number of, for the notes."""
    return [(ctx.tr("指数"), ctx.name(ctx.index_id)), (ctx.tr("评价期"), number.period(ctx.period, ctx.lang))]


def _bare(ctx: Context, part: Part, rows: pl.DataFrame) -> None:
    """Rows that are no records of their own: of a fact, a ranking, a list; where they lead somewhere, a click goes there."""
    from kcz_metrics.reports import listing as books

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
    with st.container(horizontal=True):
        taken = rows.select(own)
        labels = {name: part.source.labels[name] for name in own}
        _files(ctx, lambda: books.Listing(_named(ctx, part), taken, labels, _asked(ctx)), taken, ctx.place.id)
    if leads is None:
        return
    head.paragraph(ctx.tr("点按一行打开它。"), muted=True)
    chosen = event["selection"]["rows"]
    if chosen and chosen[0] < shown.height:
        page, codes = leads(shown.row(chosen[0], named=True))
        link(page, **codes)
