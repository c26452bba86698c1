"""The records of a flag: a pair side by side, or every one in a table, as they stand in the snapshot now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.store.naming import key_of, record_name, table_of
from kcz_metrics.ui import browsing, head, naming, number
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.loading import table as records_of
from kcz_metrics.ui.table import Column
from kcz_metrics.ui.table import table as draw

if TYPE_CHECKING:
    from kcz_metrics.quality.flag import Flag
    from kcz_metrics.tables import Table

#: Columns that tell the story of a record in a row; other tables show the first that are no tail.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "contract": ("signed_at", "seller_org_id", "buyer_org_id", "amount_cny"),
    "feedback": ("occurred_on", "subject_id", "respondent_org_id", "score", "period_id"),
    "case_adoption": ("adopted_at", "adopter_id", "case_id"),
    "service_day": ("date", "team_id", "city_id", "onsite"),
    "visit_plan": ("done_on", "team_id", "city_id"),
    "impact": ("occurred_on", "submitted_at", "enterprise_id", "effect", "value"),
    "need": ("posted_at", "city_id", "enterprise_id", "title"),
}
SHOWN = 60
#: Up to so many the table is as high as they are.
FEW = 8


def rows_of(ctx: Context, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Record name to its current row; one that is not there any more is left out."""
    assert ctx.snapshot is not None
    found: dict[str, dict[str, Any]] = {}
    for table in dict.fromkeys(table_of(name) for name in names):
        contract = ctx.snapshot.tables.get(table)
        if contract is None:
            continue
        named = records_of(ctx, table).with_columns(_name=record_name(contract))
        wanted = pl.Series([name for name in names if table_of(name) == table])
        found |= {row.pop("_name"): row for row in named.filter(pl.col("_name").is_in(wanted.implode())).iter_rows(named=True)}
    return {name: found[name] for name in names if name in found}


def show(ctx: Context, flag: Flag) -> None:
    rows = rows_of(ctx, [*flag.beside, *flag.records])
    if flag.rule == "near_duplicates" and len(rows) == 2:
        side_by_side(ctx, flag, rows)
    elif not rows:
        head.paragraph(ctx.tr("这条规则看的是总体，没有逐条的记录。"), muted=True)
    else:
        for table in dict.fromkeys(table_of(name) for name in rows):
            listed(ctx, flag, table, {name: row for name, row in rows.items() if table_of(name) == table})


def side_by_side(ctx: Context, flag: Flag, rows: Mapping[str, dict[str, Any]]) -> None:
    """Two records column by column; those that differ are marked and come first."""
    assert ctx.snapshot is not None
    original, copy = flag.beside[0], flag.records[0]
    contract = ctx.snapshot.tables[table_of(copy)]
    columns = [
        Column("column", ctx.tr("字段"), "name", width=110),
        Column("one", ctx.tr("较早：{id}", id=key_of(original)), options={"wrap": True}),
        Column("two", ctx.tr("较晚：{id}", id=key_of(copy)), options={"wrap": True}),
        Column("differs", "", "flags", width=64),
    ]
    lines = []
    for name, column in contract.columns.items():
        one, two = (rows[record][name] for record in (original, copy))
        if one is None and two is None:
            continue
        lines.append(
            {
                "id": name,
                "column": column.label.in_(ctx.lang),
                "one": _written(ctx, contract, name, one),
                "two": _written(ctx, contract, name, two),
                "differs": [{"t": ctx.tr("不同"), "kind": "watch"}] if one != two else [],
                "_faint": one == two and not (column.kind == "text" and name in ("title", "text")),
            }
        )
    lines.sort(key=lambda line: bool(line["_faint"]))
    draw(ctx, columns, lines, "flags.pair", label=ctx.tr("两条记录"), opens=False, height=520)


def listed(ctx: Context, flag: Flag, table: str, rows: Mapping[str, dict[str, Any]]) -> None:
    """The records of one table in the order of their days; a row opens the record. A flag of many shows those to be left out first."""
    assert ctx.snapshot is not None
    contract = ctx.snapshot.tables[table]
    tail = ("period_id", "source", "evidence_class", "evidence_uri", "status", "duplicate_of", "submitted_at", "verified_at", "verified_by")
    names = COLUMNS.get(table) or tuple(c for c in contract.columns if c not in (*contract.key, *tail))[:5]
    # What is the same in every row stands in the sentence above already.
    told = [c for c in names if len(rows) > 1 and contract.columns[c].kind == "text" and len({row[c] for row in rows.values()}) == 1]
    names = tuple(c for c in names if c not in told)
    columns = [Column("key", ctx.tr("编号"), "name")]
    for name in names:
        heading, figure = browsing.heading(contract.columns[name], ctx.lang), contract.columns[name].kind in ("int", "float")
        options = (
            {"decimals": 0 if contract.columns[name].kind == "int" else 1} if figure else {"wrap": contract.columns[name].kind == "text"}
        )
        columns.append(Column(name, heading, "number" if figure else "text", options=options))
    columns.append(Column("mark", ctx.tr("标记"), "flags"))
    # Those that would be left out first, where there are more than can be shown.
    many = len(rows) > SHOWN
    order = sorted(rows.items(), key=lambda item: (many and item[0] not in flag.records, str(item[1].get(names[0])), item[0]))
    lines = [
        {
            "id": name,
            "key": key_of(name).split("|")[0] if table != "service_day" else key_of(name).split("|")[1],
            **{c: row[c] if contract.columns[c].kind in ("int", "float") else _written(ctx, contract, c, row[c]) for c in names},
            "mark": _marks(ctx, flag, name, row),
        }
        for name, row in order[:SHOWN]
    ]
    if len(order) > SHOWN:
        head.paragraph(ctx.tr("显示前 {n} 行，共 {all} 行", n=SHOWN, all=number.count(len(order))), muted=True)
    opened = draw(
        ctx, columns, lines, f"flags.records.{table}", label=contract.label.in_(ctx.lang), height=460 if len(lines) > FEW else None
    )
    if opened:
        st.session_state["records.q"] = ""
        link("records", table=table, record=key_of(opened))


def _marks(ctx: Context, flag: Flag, name: str, row: Mapping[str, Any]) -> list[dict[str, str]]:
    """Whether the record would be left out, or is already."""
    if row.get("duplicate_of"):
        return [{"t": ctx.tr("已判重复"), "kind": "rectify"}]
    if row.get("status") == "withdrawn":
        return [{"t": ctx.tr("已撤回"), "kind": "rectify"}]
    return [{"t": ctx.tr("拟略去"), "kind": "watch"}] if name in flag.records else []


def _written(ctx: Context, contract: Table, name: str, value: Any) -> str:
    """A value as a person reads it; a code of a city, team or body as its name."""
    table = naming.of_table(contract).get(name)
    if table is not None and value in (known := naming.names(ctx, table)):
        return known[value]
    return browsing.written(value, contract.columns.get(name), ctx.lang)
