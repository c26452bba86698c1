"""How the columns of a file were understood: one line each, and what the reader corrects of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from kcz_metrics.records import units
from kcz_metrics.records.understanding import Corrections
from kcz_metrics.ui import head, import_steps, number
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.errors import Issue
    from kcz_metrics.records import Understanding
    from kcz_metrics.records.headers import Reading

LEFT_OUT = "-"
#: Issues that are settled by the select boxes of this page, not by an option of the command line.
_HERE = ("unit_differs", "unit_mixed", "heading_unknown", "heading_ambiguous", "heading_absent", "sheet_open", "unit_unknown")
_MONEY = ("元", "千元", "万元", "百万元", "亿元")


def told(ctx: Context, issue: Issue) -> str:
    """An issue in words; what to do is said beside the controls where they are on this page."""
    if issue.code in _HERE:
        return issue.message.render(ctx.lang)
    parts = [issue.message.render(ctx.lang)]
    parts += [ctx.tr("实为：{text}", text=issue.found.render(ctx.lang))] if issue.found else []
    parts += [ctx.tr("可以：{text}", text=issue.hint.render(ctx.lang))] if issue.hint else []
    return ctx.tr("；").join(parts)


def _how(ctx: Context, reading: Reading) -> str:
    words = {
        "name": ctx.tr("按列名"), "label": ctx.tr("按标签"), "remembered": ctx.tr("按上次所说"), "corrected": ctx.tr("已更正"),
        "left_out": ctx.tr("不读"), "nameless": ctx.tr("没有表头，不读"), "own": ctx.tr("退回文件的列"), "unknown": ctx.tr("不认识"),
        "ambiguous": ctx.tr("可指几列"),
    }  # fmt: skip
    return words[reading.how]


def _label(ctx: Context, understood: Understanding, name: str | None) -> str:
    if name is None:
        return number.MISSING
    return understood.contract.columns[name].label.in_(ctx.lang)


def show(ctx: Context, understood: Understanding) -> None:
    """One line a heading: what stands below it, which column it was taken for and why, in which unit."""
    columns = [
        Column("heading", ctx.tr("文件里的表头"), "name", options={"wrap": True}),
        Column("samples", ctx.tr("前几个值"), options={"quiet": True, "wrap": True}),
        Column("column", ctx.tr("理解为"), options={"wrap": True}),
        Column("how", ctx.tr("怎么认的")),
        Column("unit", ctx.tr("计量单位")),
        Column("flags", ctx.tr("标记"), "flags"),
    ]
    rows: list[dict[str, Any]] = []
    for reading in understood.readings:
        flags: list[Any] = []
        if _is_open(understood, reading):
            flags.append({"t": ctx.tr("待指定"), "kind": "rectify"})
        if reading.by is None:
            flags.append({"t": ctx.tr("单位待定"), "kind": "rectify"})
        elif reading.by != 1:
            flags.append({"t": ctx.tr("将乘以 {n}", n=number.decimal(float(reading.by), 0 if reading.by >= 1 else 4)), "kind": "watch"})
        column = understood.contract.columns.get(reading.column or "")
        own = column.unit.in_(ctx.lang) if column is not None and column.unit is not None else ""
        rows.append(
            {
                "id": str(reading.position),
                "heading": _called(ctx, reading),
                "samples": " · ".join(text[:24] for text in understood.samples(reading.position)),
                "column": {"t": _label(ctx, understood, reading.column), "sub": reading.column or ""},
                "how": _how(ctx, reading),
                "unit": reading.unit or own,
                "flags": flags,
                "_faint": reading.column is None and not flags,
            }
        )
    table(ctx, columns, rows, "imports.columns", label=ctx.tr("列"), opens=False, height=520 if len(rows) > 15 else None)


def corrections(ctx: Context, understood: Understanding) -> Corrections:
    """The select boxes: the headings that are open and those the reader picks, and the unit of every column of money."""
    positions = {r.position: r for r in understood.readings if (r.heading or r.filled or _said(understood, r)) and r.how != "own"}
    open_ones = [p for p, reading in positions.items() if _is_open(understood, reading) or _said(understood, reading)]
    turn = import_steps.turn()
    key = f"imports.picked.{turn}.{understood.key[:8]}"
    picked = st.multiselect(
        ctx.tr("要更正的表头"), list(positions), format_func=lambda p: _called(ctx, positions[p]), default=open_ones, key=key,
        placeholder=ctx.tr("需要时选一个"),
    )  # fmt: skip
    columns = _columns(ctx, understood, [positions[p] for p in picked], turn)
    given = _units(ctx, understood, turn)
    return Corrections(columns, given, understood.corrections.epoch)


def _said(understood: Understanding, reading: Reading) -> bool:
    return reading.called in understood.corrections.columns


def _is_open(understood: Understanding, reading: Reading) -> bool:
    """Whether the reader has to say what the column is."""
    return reading.how in ("unknown", "ambiguous") or any(
        issue.code == "heading_absent" and issue.subject == reading.called for issue in understood.issues
    )


def _called(ctx: Context, reading: Reading) -> str:
    """The heading; of a column without one where it stands."""
    return reading.heading or (
        ctx.tr("{letters} 列（没有表头）", letters=reading.called[1:]) if reading.filled or reading.how != "nameless" else number.MISSING
    )


def _columns(ctx: Context, understood: Understanding, readings: list[Reading], turn: int) -> dict[str, str | None]:
    contract = understood.contract
    options = [LEFT_OUT, *contract.columns]

    def worded(code: str) -> str:
        return ctx.tr("（不读这一列）") if code == LEFT_OUT else f"{contract.columns[code].label.in_(ctx.lang)} · {code}"

    found: dict[str, str | None] = {}
    across = st.columns(3, gap="medium") if readings else []
    for i, reading in enumerate(readings):
        at = options.index(reading.column) if reading.column else None
        with across[i % 3]:
            chosen = st.selectbox(
                _called(ctx, reading), options, index=at, format_func=worded, placeholder=ctx.tr("指定一列"),
                key=f"imports.column.{turn}.{understood.key[:8]}.{reading.position}.{ctx.lang}",
            )  # fmt: skip
        if chosen is not None and (chosen != reading.column or _said(understood, reading)):
            found[reading.called] = None if chosen == LEFT_OUT else chosen
    return found


def _units(ctx: Context, understood: Understanding, turn: int) -> dict[str, str]:
    """Money stands in yuan unless the file or the reader says otherwise; a unit that the file gives and that differs is asked."""
    asked = [
        r
        for r in understood.readings
        if r.column and (r.by is None or _is_money(understood, r) or r.column in understood.corrections.units)
    ]
    if not asked:
        return {}
    head.paragraph(ctx.tr("数字用什么单位？表头或标题写明的照写明的，没有写明的按表的单位；不同的会换算，不会默认。"), muted=True)
    found: dict[str, str] = {}
    across = st.columns(3, gap="medium")
    for i, reading in enumerate(asked):
        assert reading.column is not None
        contract = understood.contract.columns[reading.column]
        own = contract.unit.zh if contract.unit is not None else ""
        spoken = reading.unit if reading.unit and units.by(reading.unit, contract) is not None else None
        options = list(dict.fromkeys([own, *([spoken] if spoken else []), *(_MONEY if _is_money(understood, reading) else ())]))
        settled = understood.corrections.units.get(reading.column, spoken if reading.by == 1 and spoken else own)
        at = None if reading.by is None and reading.column not in understood.corrections.units else options.index(settled)
        with across[i % 3]:
            chosen = st.selectbox(
                ctx.tr("{heading}的单位", heading=reading.heading), options, index=at, placeholder=ctx.tr("选定单位"),
                key=f"imports.unit.{turn}.{understood.key[:8]}.{reading.position}",
            )  # fmt: skip
        if chosen is not None and (chosen != own or reading.by is None or reading.column in understood.corrections.units or spoken):
            found[reading.column] = chosen
    return found


def _is_money(understood: Understanding, reading: Reading) -> bool:
    column = understood.contract.columns[reading.column or ""]
    kept = units.own(column)
    return column.kind in ("int", "float") and kept is not None and kept.base == units.MONEY
