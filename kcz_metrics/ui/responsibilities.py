"""Three levels of responsibility: what the nation, the provinces and the cities owe, what is done, what is overdue."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics.analysis import rollups as kernel
from kcz_metrics.language.periods import period
from kcz_metrics.locales import T, Text
from kcz_metrics.ui import address, head, loading, naming, number, pathways, states, strangers
from kcz_metrics.ui.behind import provinces as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.table import Column, table

#: A page to open, and the codes of its address.
Way = tuple[str, dict[str, str | None]]
#: Rows of the list of what is overdue.
MOST = 60
LEVELS: Mapping[str, Text] = MappingProxyType(
    {"national": T("国家级"), "province": T("省级"), "city": T("试点级"), "body": T("服务团与单位")}
)
KINDS: Mapping[str, Text] = MappingProxyType({"task": T("工作任务"), "roadmap": T("路线图事项"), "report": T("数据填报")})
#: Kind of a duty to its record table.
TABLES: Mapping[str, str] = MappingProxyType({"task": "work_task", "roadmap": "roadmap_item", "report": "submission_log"})
_WHOLE = {"decimals": 0}
_SHARE = {"share": True, "decimals": 1}


def duties(ctx: Context, code: str | None) -> pl.DataFrame:
    """Valid duties that fell due in the period, up to the last day known; of one province or of all."""
    span, until = period(ctx.period), pathways.known_until(ctx)
    rows = pathways.facts(ctx)["duties"].filter(pl.col("flaw").is_null(), pl.col("due_on") >= span.start, pl.col("due_on") < span.end)
    if until is not None:
        rows = rows.filter(pl.col("due_on") <= until)
    return rows if code is None else rows.filter(pl.col("province_code") == code)


def levels(ctx: Context, code: str | None) -> str | None:
    """Due, done, on time and overdue by level and kind; a row limits the list of what is overdue to it."""
    found = kernel.by_level(duties(ctx, code))
    if found.is_empty():
        head.finding(ctx.tr("三级责任"))
        states.too_little(ctx.tr("本期没有到期的事项。"))
        return None
    due, overdue = int(found["due"].sum()), int(found["overdue"].sum())
    made = behind.owed(ctx, code)
    n, m = says("due", number.count(due), made["due"], due), says("overdue", number.count(overdue), made["overdue"], overdue)
    title = ctx.tr("到期 {n} 项，逾期未办 {m} 项", n=n, m=m)
    head.finding(title, ctx.tr("按责任层级；按原定期限计，后改期限不算；点按一行只看这一类逾期"))
    columns = [
        Column("level", ctx.tr("责任层级"), "name"),
        Column("kind", ctx.tr("事项")),
        Column("due", ctx.tr("到期"), "number", options=_WHOLE),
        Column("done", ctx.tr("已办结"), "number", options=_WHOLE),
        Column("share", ctx.tr("按期"), "number", options=_SHARE),
        Column("overdue", ctx.tr("逾期"), "number", options=_WHOLE),
    ]
    now = strangers.known("level", {f"{level}.{kind}" for level in LEVELS for kind in KINDS})
    rows = [
        {"id": f"{row['level']}.{row['kind']}", "level": ctx.text(LEVELS.get(row["level"], row["level"])),
         "kind": ctx.text(KINDS.get(row["kind"], row["kind"])), "share": row["on_time"] / row["due"],
         "_chosen": f"{row['level']}.{row['kind']}" == now, **{c: row[c] for c in ("due", "done", "overdue")}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(
        ctx, columns, rows, "provinces.levels", label=ctx.tr("三级责任"), behind=behind.duties(ctx, code, ("level", "kind"), ".")
    )
    if opened:
        address.put(level=None if opened == now else opened)
        st.rerun()
    missing = [ctx.text(LEVELS[level]) for level in ("national", "province", "city") if level not in found["level"].to_list()]
    if missing and code is None:
        joined = (", " if ctx.lang == "en" else "、").join(missing)
        head.paragraph(ctx.tr("没有{levels}事项的记录。", levels=joined), muted=True)
    return opened


def chosen() -> tuple[str, str]:
    """Level and kind that the reader limited the lists to; empty for all."""
    level, _, kind = (address.get("level") or "").partition(".")
    return (level, kind) if level in LEVELS and kind in KINDS else ("", "")


def of_level(rows: pl.DataFrame, chosen: tuple[str, str]) -> pl.DataFrame:
    level, kind = chosen
    return rows.filter(pl.col("level") == level, pl.col("kind") == kind) if level else rows


def by_owner(ctx: Context, code: str | None) -> Way | None:
    """Who owes how much: due, done and overdue by owner; a row opens the owner's profile."""
    found = kernel.by_owner(of_level(duties(ctx, code), chosen()))
    late = found.filter(pl.col("overdue") > 0).height
    made = behind.owed(ctx, code, limited=True)
    n, m = says("owners", found.height, made["owners"], found.height), says("late", late, made["late"], late)
    head.finding(
        ctx.tr("{n} 个责任单位中 {m} 个有逾期", n=n, m=m),
        ctx.tr("按逾期项数列前 {m} 个；点按一行查看画像", m=min(found.height, MOST)),
    )
    called = owners(ctx)
    columns = [
        Column("owner", ctx.tr("责任单位"), "name", options={"wrap": True}),
        Column("level", ctx.tr("责任层级")),
        Column("due", ctx.tr("到期"), "number", options=_WHOLE),
        Column("share", ctx.tr("按期"), "number", options=_SHARE),
        Column("overdue", ctx.tr("逾期"), "number", options=_WHOLE),
    ]
    rows = [
        {"id": f"{row['owner_id']}:{row['level']}", "owner": called.get(row["owner_id"], row["owner_id"]),
         "level": ctx.text(LEVELS.get(row["level"], row["level"])), "due": row["due"], "share": row["on_time"] / row["due"],
         "overdue": row["overdue"]}
        for row in found.head(MOST).iter_rows(named=True)
    ]  # fmt: skip
    nothing = ctx.tr("本期没有到期的事项。")
    opened = table(
        ctx,
        columns,
        rows,
        "provinces.owners",
        label=ctx.tr("责任单位"),
        height=430,
        nothing=nothing,
        behind=behind.duties(ctx, code, ("owner_id", "level"), ":", limited=True),
    )
    if not opened:
        return None
    unit = opened.partition(":")[0]
    kind = "city" if unit in naming.names(ctx, "pilot_city") else "team" if unit in naming.names(ctx, "service_team") else "organisation"
    found_index = ctx.indices_of(kind)
    return "profile", {"unit": unit, "index": found_index[0] if found_index else None}


def overdue(ctx: Context, code: str | None) -> Way | None:
    """What is past its date and not done, the longest first; returns the record that was opened."""
    rows = of_level(duties(ctx, code), chosen()).filter(~pl.col("done"))
    level, kind = chosen()
    title = ctx.tr("逾期未办")
    if level:
        title = ctx.tr("逾期未办：{level} · {kind}", level=ctx.text(LEVELS[level]), kind=ctx.text(KINDS[kind]))
    until = pathways.known_until(ctx)
    if rows.is_empty() or until is None:
        head.finding(title)
        states.too_little(ctx.tr("没有逾期未办的事项。"))
        return None
    late = rows.with_columns(days=(pl.lit(until) - pl.col("due_on")).dt.total_days()).sort("days", "duty_id", descending=[True, False])
    shown = late.head(MOST)
    head.finding(
        title,
        ctx.tr(
            "共 {n} 项，按逾期天数列前 {m} 项，截至 {day}；点按一行打开记录",
            n=says("listed", number.count(late.height), behind.owed(ctx, code, limited=True)["overdue"], late.height),
            m=shown.height,
            day=number.day(until),
        ),
    )
    called = owners(ctx)
    # what a task is about is data and Chinese only
    titles = dict(loading.table(ctx, "work_task").select("task_id", "title").iter_rows()) if ctx.lang == "zh" else {}
    columns = [
        Column("owner", ctx.tr("责任单位"), "name", options={"wrap": True}),
        Column("kind", ctx.tr("事项")),
        Column("due", ctx.tr("原定期限")),
        Column("days", ctx.tr("逾期"), "number", unit=ctx.tr("天"), options=_WHOLE),
    ]
    made: list[dict[str, Any]] = [
        {"id": f"{row['kind']}:{row['duty_id']}", "owner": called.get(row["owner_id"], row["owner_id"]),
         "kind": {"t": ctx.text(KINDS.get(row["kind"], row["kind"])), "sub": row["duty_id"], "title": titles.get(row["duty_id"], "")},
         "due": number.day(row["due_on"]),
         "days": row["days"]}
        for row in shown.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(ctx, columns, made, "provinces.overdue", label=title, height=430 if code else 250)
    if not opened:
        return None
    kind, _, duty = opened.partition(":")
    return "records", {"table": TABLES[kind], "record": duty}


def owners(ctx: Context) -> dict[str, str]:
    """Code of a city, organisation or team to its name."""
    return {**naming.names(ctx, "org"), **naming.names(ctx, "service_team"), **naming.names(ctx, "pilot_city")}
