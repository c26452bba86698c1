"""The platform page: institutions and how they use it, scenarios, columns, data connections, pushes."""

from __future__ import annotations

import polars as pl

from kcz_metrics.ui import head, labels, number, opening, states
from kcz_metrics.ui.behind import platform as behind
from kcz_metrics.ui.coding import words
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.platform_parts import SHARE, WHOLE, began, frames, sound
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import Change
from kcz_metrics.ui.table import Column, table
from kcz_metrics.ui.typed import typed


def stickiness(ctx: Context) -> None:
    """Daily over monthly active users, by client."""
    from kcz_metrics import charts

    usage = frames(ctx)["usage"]
    if usage.is_empty():
        head.finding(ctx.tr("用户粘性"))
        states.too_little(ctx.tr("没有使用记录。"))
        return
    last = usage.row(-1, named=True)
    before = usage.row(max(usage.height - 13, 0), named=True)
    title = ctx.tr("用户粘性")
    if usage.height > 12 and last["sticky"] is not None and before["sticky"] is not None:
        change = 100 * (last["sticky"] - before["sticky"])
        moved = {True: ctx.tr("用户粘性一年提高 {n} 个百分点"), False: ctx.tr("用户粘性一年降低 {n} 个百分点")}
        said = number.decimal(abs(change), 1)
        first, then = (behind.sticky_month(ctx, month, 100.0) for month in (last["month"], before["month"]))
        linked = says("stickier", said, Change(first, then) if change > 0 else Change(then, first), abs(change))
        title = ctx.tr("用户粘性与一年前持平") if said == "0.0" else moved[change > 0].replace("{n}", linked)
    head.finding(title, ctx.tr("日均活跃用户占月活跃用户的比例；只计已核验的月报"))
    lines = [("sticky", ctx.tr("合计")), ("pc", ctx.tr("电脑端")), ("app", ctx.tr("移动端"))]
    figure = charts.shares_by_month(usage, labels=lines, template=ctx.template, lang=ctx.lang, height=340)
    clicked = chart(ctx, figure, "platform.sticky", alt=title, opens=True)
    _points(ctx, clicked, usage, lines)
    head.paragraph(ctx.tr("回访率没有上报，故不列。"), muted=True)


def _points(ctx: Context, clicked: str | None, usage: pl.DataFrame, lines: list[tuple[str, str]]) -> None:
    """Each point of the lines of stickiness opens to the month's returns."""
    found, opens = [], {}
    for column, word in lines:
        for month, value in usage.select("month", column).drop_nulls().iter_rows():
            found.append((f"{column}.{month}", f"{month} · {word}", value))
            opens[f"{column}.{month}"] = behind.sticky_month(ctx, month, client=None if column == "sticky" else column)
    steps = pl.DataFrame(found, schema={"stage": pl.String, "label": pl.String, "count": pl.Float64}, orient="row")
    opening.from_chart(ctx, "platform.sticky", clicked, steps, opens, share=True)


def institutions(ctx: Context) -> None:
    """Resident institutions by class: how many, how many new, and how many acted."""
    found = frames(ctx)["institutions"]
    resident, ripe, active = (int(found[c].sum()) for c in ("resident", "ripe", "active"))
    title = ctx.tr("入驻机构")
    made = behind.institutions(ctx)
    if ripe:
        title = ctx.tr(
            "入驻满 90 天的机构中 {share} 有过行为", share=says("active", number.share(active / ripe), made["share"], active / ripe)
        )
    n = says("resident", number.count(resident), made["resident"], resident)
    head.finding(title, ctx.tr("期末入驻 {n} 家，按机构类别；活跃指入驻 90 天内有行为", n=n))
    columns = [
        Column("name", ctx.tr("机构类别"), "name"),
        Column("resident", ctx.tr("入驻"), "number", unit=number.each("家", ctx.lang), options=WHOLE),
        Column("joined", ctx.tr("本期新增"), "number", unit=number.each("家", ctx.lang), options=WHOLE),
        Column("ripe", ctx.tr("满 90 天"), "number", unit=number.each("家", ctx.lang), options=WHOLE),
        Column("share", ctx.tr("其中活跃"), "number", options=SHARE),
    ]
    rows = [
        {"id": row["org_class"] or "none", "name": labels.coded(ctx, "org_class", row["org_class"]) or ctx.tr("类别不明"),
         "share": row["active"] / row["ripe"] if row["ripe"] else None, **{c: row[c] for c in ("resident", "joined", "ripe")}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    table(
        ctx,
        columns,
        rows,
        "platform.institutions",
        label=title,
        opens=False,
        nothing=ctx.tr("没有入驻机构。"),
        behind=made,
    )


def usage(ctx: Context) -> None:
    """Use by class of institution and client, in the mean of the period's months."""
    found = frames(ctx)["classes"]
    head.finding(ctx.tr("各类机构的使用"), ctx.tr("本期各月平均月活（两端相加），日活占月活的比例按终端分列"))
    columns = [
        Column("name", ctx.tr("机构类别"), "name"),
        Column("mau", ctx.tr("月活"), "number", unit=number.each("户", ctx.lang), options=WHOLE),
        Column("sticky", ctx.tr("用户粘性"), "number", options=SHARE),
        Column("pc", ctx.tr("电脑端"), "number", options=SHARE),
        Column("app", ctx.tr("移动端"), "number", options=SHARE),
    ]
    rows = [
        {"id": row["org_class"], "name": labels.coded(ctx, "org_class", row["org_class"]),
         **{c: row[c] for c in ("mau", "sticky", "pc", "app")}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    table(
        ctx,
        columns,
        rows,
        "platform.usage",
        label=ctx.tr("各类机构的使用"),
        opens=False,
        nothing=ctx.tr("没有使用记录。"),
        behind=behind.usage(ctx),
    )


def connections(ctx: Context) -> None:
    """Data connections by kind: live, sound, records, uptime."""
    found = frames(ctx)["connections"]
    live, steady = int(found["live"].sum()), int(found["sound"].sum())
    made = behind.connections(ctx, sound(ctx))
    n, m = says("links", live, made["live"], live), says("steady", steady, made["sound"], steady)
    title = ctx.tr("{n} 个数据连接中 {m} 个稳定", n=n, m=m) if live else ctx.tr("数据连接")
    uptime, least = sound(ctx)
    head.finding(
        title,
        ctx.tr("期末在线的连接；稳定指可用率不低于 {uptime}% 且同步不少于 {n} 条", uptime=number.decimal(uptime, 0), n=number.count(least)),
    )
    columns = [
        Column("name", ctx.tr("连接类别"), "name"),
        Column("live", ctx.tr("在线"), "number", options=WHOLE),
        Column("sound", ctx.tr("稳定"), "number", options=WHOLE),
        Column("records", ctx.tr("同步记录"), "number", unit="万条" if ctx.lang == "zh" else "k", options={"decimals": 1}),
        Column("uptime", ctx.tr("可用率中位数"), "number", unit="%", options={"decimals": 1}),
    ]
    scale = 1e4 if ctx.lang == "zh" else 1e3
    called = words(ctx, "data_connection", "kind")
    rows = [
        {"id": row["kind"], "name": called.get(row["kind"], row["kind"]), "records": row["records"] / scale,
         **{c: row[c] for c in ("live", "sound", "uptime")}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    table(
        ctx,
        columns,
        rows,
        "platform.connections",
        label=title,
        opens=False,
        nothing=ctx.tr("没有在线的数据连接。"),
        behind=made,
    )


def pushes(ctx: Context) -> None:
    """Pushes by the reason they were sent for: opened and accepted."""
    found = frames(ctx)["pushes"]
    if found.is_empty():
        head.finding(ctx.tr("智能推送"))
        states.too_little(ctx.tr("本期没有推送记录。"))
        return
    sent, accepted = int(found["sent"].sum()), int(found["accepted"].sum())
    made = behind.pushes(ctx)
    n = says("sent", number.count(sent), made["sent"], sent)
    share = says("accepted", number.share(accepted / sent), made["accepted"], accepted / sent)
    title = ctx.tr("推送 {n} 次，{share} 被接受", n=n, share=share)
    head.finding(title, ctx.tr("按推送依据；比例以发送次数为分母"))
    columns = [
        Column("name", ctx.tr("推送依据"), "name"),
        Column("sent", ctx.tr("发送"), "number", options=WHOLE),
        Column("opened", ctx.tr("已打开"), "number", options=SHARE),
        Column("accepted", ctx.tr("接受"), "number", options=SHARE),
    ]
    called = words(ctx, "push_event", "push_reason")
    rows = [
        {"id": row["push_reason"], "name": called.get(row["push_reason"], row["push_reason"]), "sent": row["sent"],
         "opened": row["opened"] / row["sent"], "accepted": row["accepted"] / row["sent"]}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    table(ctx, columns, rows, "platform.pushes", label=title, opens=False, behind=made)


def scenarios(ctx: Context) -> tuple[str, str] | None:
    """Scenarios with their users in the first 90 days; returns table and key of one opened."""
    found = frames(ctx)["scenarios"]
    start = began(ctx)
    new = found.filter(pl.col("opened_at") >= start).height
    n = says("scenarios", new, behind.scenarios(ctx).count(pl.col("opened_at") >= start), new)
    title = ctx.tr("{period}新增 {n} 项应用场景", period=number.period(ctx.period, ctx.lang), n=n)
    head.finding(title, ctx.tr("90 日用户（户）；点按一行打开记录"))
    domain = [0, max(int(found["users_90d"].max() or 0), 1)]  # type: ignore[arg-type]
    columns = [
        Column("name", ctx.tr("场景"), "name"),
        Column("opened", ctx.tr("上线日")),
        Column("users", ctx.tr("90 日用户"), "number", unit=number.each("户", ctx.lang), options=WHOLE),
        Column("bar", "", "bar", width=170, options={"domain": domain}),
        Column("flags", ctx.tr("标记"), "flags"),
    ]
    rows = [
        {"id": row["scenario_id"], "name": row["scenario_id"], "opened": number.day(row["opened_at"]), "users": row["users_90d"],
         "bar": {"parts": [{"v": row["users_90d"], "tone": "quantity"}]},
         "flags": [{"t": ctx.tr("本期新增"), "kind": "neutral"}] if row["opened_at"] >= start else []}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(
        ctx,
        columns,
        rows,
        "platform.scenarios",
        label=title,
        nothing=ctx.tr("没有应用场景。"),
        behind={"users": behind.scenarios(ctx).sum("users_90d")},
    )
    return ("platform_scenario", opened) if opened else None


def columns(ctx: Context) -> None:
    """Columns and their episodes, this period and the one before."""
    found = frames(ctx)["columns"]
    aired = int(found["aired"].sum())
    widest = max((abs(now - was) for now, was in found.select("aired", "before").iter_rows()), default=0)
    made, shows = behind.columns(ctx), found.filter(pl.col("aired") > 0).height
    n, m = says("on_air", shows, made["on_air"], shows), says("aired", number.count(aired), made["aired"], aired)
    title = ctx.tr("{n} 个栏目播出 {m} 期", n=n, m=m)
    head.finding(title, ctx.tr("播出期数，与上一个评价期相比"))
    columns = [
        Column("name", ctx.tr("栏目"), "name"),
        Column("aired", ctx.tr("本期播出"), "number", unit=number.each("期", ctx.lang), options=WHOLE),
        Column("before", ctx.tr("上期"), "number", unit=number.each("期", ctx.lang), options=WHOLE),
        Column("change", ctx.tr("增减"), "delta", options={"decimals": 0, "domain": max(widest, 1)}),
    ]
    rows = [
        {"id": row["column_name"], "name": typed(ctx, row["column_name"]), "aired": row["aired"], "before": row["before"],
         "change": row["aired"] - row["before"]}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    table(ctx, columns, rows, "platform.columns", label=title, opens=False, nothing=ctx.tr("没有栏目播出。"), behind=made)
