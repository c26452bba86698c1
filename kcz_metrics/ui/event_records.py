"""The events page: the events with most outcomes, and one of them opened to everything that came out of it."""

from __future__ import annotations

from typing import Any

import polars as pl

from kcz_metrics.analysis import aftermath as kernel
from kcz_metrics.ui import address, head, labels, naming, number, states, strangers
from kcz_metrics.ui.behind import events as behind
from kcz_metrics.ui.browsing import SEPARATOR
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.event_parts import WHOLE, event_name, every, frames, group_word, kind_word
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import WHOLE as ALL
from kcz_metrics.ui.sources import bound
from kcz_metrics.ui.table import Column, table

#: Events shown in the list.
SHOWN = 12

Opened = tuple[str, str] | None


def top(ctx: Context, by: str) -> str | None:
    """The period's events with most outcomes so far, of the group chosen; returns the event clicked."""
    rows, event = frames(ctx)["rows"], address.get("event")
    who = strangers.known("who", set(rows[by].drop_nulls().to_list()))
    if who is not None:
        rows = rows.filter(pl.col(by) == who)
        title = ctx.tr("{group}中成果最多的活动", group=group_word(ctx, by, who))
    else:
        title = ctx.tr("成果最多的活动")
    best = rows.sort("so_far", "event_id", descending=[True, False]).head(SHOWN)
    whole, shown = int(rows["so_far"].sum()), int(best["so_far"].sum())
    groups = behind.held(ctx, by if who is not None else "")
    n = says("events", number.count(rows.height), bound(groups["events"], ALL if who is None else who), rows.height)
    caption = ctx.tr("{n} 场中的 {m} 场，共 {share} 的成果；点按一场看它留下了什么", n=n, m=best.height,
                     share=number.share(shown / whole if whole else None))  # fmt: skip
    head.finding(title, caption)
    columns = [
        Column("name", ctx.tr("活动名称"), "name"),
        *([Column("held", ctx.tr("举办日"))] if ctx.lang == "zh" else []),  # the English name holds the day
        *(Column(f"o{h}", ctx.tr("{n} 天", n=h), "number", options=WHOLE) for h in kernel.HORIZONS),
        Column("so_far", ctx.tr("至今"), "number", unit=number.each("项", ctx.lang), options=WHOLE | {"strong": True}),
    ]
    listed = [
        {"id": row["event_id"], "name": event_name(ctx, row), "held": number.day(row["held"]), "_chosen": row["event_id"] == event,
         **{c: row[c] for c in ("so_far", *(f"o{h}" for h in kernel.HORIZONS))}}
        for row in best.iter_rows(named=True)
    ]  # fmt: skip
    return table(ctx, columns, listed, "events.top", label=title, nothing=ctx.tr("本期没有活动。"), behind=behind.of_events(ctx))


def opened(ctx: Context) -> Opened:
    """The event of the address with all its outcomes; returns table and record of one clicked."""
    event = address.get("event")
    if event is None:
        return None
    held, found, known = every(ctx)
    own = held.filter(pl.col("event_id") == event)
    if own.is_empty():
        states.notice(ctx.tr("没有编号为 {code} 的已核验活动。", code=event))
        return None
    row = own.row(0, named=True)
    came = found.filter(pl.col("event_id") == event, pl.col("day") < known)
    had = kernel.counted(own, found, known)["had"][0]
    head.finding(
        ctx.tr("{event}：留下 {n} 项成果", event=event_name(ctx, row), n=came.height),
        ctx.tr(
            "{type}，{organiser}，{people} 人参与，其中外地 {external} 人；结束已 {days} 天。点按一项打开记录。",
            type=labels.coded(ctx, "activity_type", row["activity_type"]),
            organiser=naming.names(ctx, "org").get(row["organiser_org_id"], row["organiser_org_id"]),
            people=number.count(row["participants"]), external=number.count(row["participants_external"]), days=had,
        ),
    )  # fmt: skip
    columns = [
        Column("kind", ctx.tr("成果"), "name"),
        Column("record", ctx.tr("记录编号")),
        Column("day", ctx.tr("发生于")),
        Column("after", ctx.tr("活动后"), "number", unit=ctx.tr("天"), options=WHOLE),
        Column("bar", "", "bar", width=150, options={"domain": [0, max(int(came["after"].max() or 0), 180)]}),  # type: ignore[arg-type]
    ]
    rows: list[dict[str, Any]] = [
        {"id": f"activity{SEPARATOR}{event}", "kind": ctx.tr("活动本身"), "record": event, "day": number.day(row["ended"]), "after": 0,
         "bar": {"parts": []}}
    ]  # fmt: skip
    rows += [
        {"id": f"{kind}{SEPARATOR}{record}", "kind": kind_word(ctx, kind), "record": record, "day": number.day(day), "after": after,
         "bar": {"parts": [{"v": after, "tone": "quantity"}]}}
        for kind, record, day, after in came.sort("after", "kind", "record").select("kind", "record", "day", "after").iter_rows()
    ]  # fmt: skip
    height = 430 if len(rows) > 14 else None
    picked = table(ctx, columns, rows, "events.outcomes", label=ctx.tr("活动的成果"), height=height)
    if picked is None:
        return None
    name, _, record = picked.partition(SEPARATOR)
    return name, record
