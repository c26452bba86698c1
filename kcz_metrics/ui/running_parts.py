"""How the platform is built and run: features against their plan, releases, cost and revenue by month."""

from __future__ import annotations

import polars as pl

from kcz_metrics.ui import head, number
from kcz_metrics.ui.behind import institutions as behind
from kcz_metrics.ui.coding import SHARE, WHOLE, amount, amounts, ratio, words
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.institution_parts import Way, frames
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.table import Column, table


def features(ctx: Context) -> Way | None:
    """Features of the platform against their plan; a row opens the feature's record."""
    found = frames(ctx)["features"]
    online = int(found["released_at"].is_not_null().sum())
    due = found.filter(pl.col("state") != "ahead").height
    n, m = says("due", due, behind.due(ctx), due), says("online", online, behind.online(ctx), online)
    title = ctx.tr("应上线 {n} 项功能，已上线 {m} 项", n=n, m=m)
    head.finding(title, ctx.tr("按计划上线日，截至期末；逾期未上线的在前；点按一行打开记录"))
    from kcz_metrics.ui import loading

    named = pl.col("name_zh") if ctx.lang == "zh" else pl.coalesce("name_en", "feature_id")
    called = dict(loading.table(ctx, "platform_feature").select("feature_id", named).iter_rows())
    said = {"overdue": ctx.tr("逾期未上线"), "ahead": ctx.tr("未到期")}
    areas, clients = words(ctx, "platform_feature", "feature_area"), words(ctx, "platform_release", "client")
    columns = [
        Column("name", ctx.tr("功能"), "name"),
        Column("planned", ctx.tr("计划上线")),
        Column("released", ctx.tr("上线版本")),
        Column("days", ctx.tr("晚"), "number", unit=ctx.tr("天"), options=WHOLE),
    ]
    rows = [
        {"id": row["feature_id"],
         "name": {"t": called.get(row["feature_id"], row["feature_id"]), "title": areas.get(row["feature_area"], row["feature_area"])},
         "planned": number.day(row["planned_for"]), "days": row["days"],
         "released": said.get(row["state"], "") if row["released_at"] is None
         else {"t": number.day(row["released_at"]), "sub": f"{clients.get(row['client'], row['client'])} {row['version']}"}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(ctx, columns, rows, "institutions.features", label=title, height=640, nothing=ctx.tr("没有计划的功能。"))
    return ("records", {"table": "platform_feature", "record": opened}) if opened else None


def releases(ctx: Context) -> None:
    """Releases by client."""
    found = frames(ctx)["releases"]
    now = int(found["releases"].sum())
    title = ctx.tr("本期发布 {n} 个版本", n=says("releases", now, behind.releases(ctx)["releases"], now))
    head.finding(title, ctx.tr("电脑端与移动端的迭代"))
    columns = [
        Column("name", ctx.tr("终端"), "name"),
        Column("releases", ctx.tr("本期发布"), "number", options=WHOLE),
        Column("before", ctx.tr("以前发布"), "number", options=WHOLE),
        Column("version", ctx.tr("最新版本")),
        Column("last", ctx.tr("发布日")),
    ]
    called = words(ctx, "platform_release", "client")
    rows = [
        {**row, "id": row["client"], "name": called.get(row["client"], row["client"]), "last": number.day(row["last"])}
        for row in found.iter_rows(named=True)
    ]
    table(
        ctx, columns, rows, "institutions.releases", label=title, opens=False, nothing=ctx.tr("没有版本记录。"), behind=behind.releases(ctx)
    )


def operation(ctx: Context) -> Way | None:
    """Cost and revenue, free and paid services by month; a row opens the month's record."""
    found = frames(ctx)["operation"]
    cost, revenue, free, paid = (int(found[c].sum()) for c in ("cost", "revenue", "free", "paid"))
    title = ctx.tr("平台运营")
    if cost:
        made, public = behind.operation(ctx), ratio(free, free + paid)
        share = says("covered", number.share(revenue / cost), made["covered"], revenue / cost)
        gratis = says("public", number.share(public), made["public"], public)
        title = ctx.tr("收入抵支出 {share}，公益服务占 {free}", share=share, free=gratis)
    head.finding(title, ctx.tr("逐月，只计已核验的月报；点按一行打开记录"))
    columns = [
        Column("name", ctx.tr("月份"), "name"),
        amounts(ctx, "cost", ctx.tr("支出")),
        amounts(ctx, "revenue", ctx.tr("市场收入")),
        Column("covered", ctx.tr("收入占支出"), "number", options=SHARE),
        Column("free", ctx.tr("公益服务"), "number", unit=number.each("次", ctx.lang), options=WHOLE),
        Column("paid", ctx.tr("市场服务"), "number", unit=number.each("次", ctx.lang), options=WHOLE),
        Column("staff", ctx.tr("运营人员"), "number", unit=number.each("人", ctx.lang), options=WHOLE),
    ]
    rows = [
        {"id": row["month"], "name": row["month"], "cost": amount(row["cost"], ctx), "revenue": amount(row["revenue"], ctx),
         **{c: row[c] for c in ("covered", "free", "paid", "staff")}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(
        ctx, columns, rows, "institutions.operation", label=title, nothing=ctx.tr("没有已核验的运营月报。"), behind=behind.operation(ctx)
    )
    return ("records", {"table": "platform_operation_month", "record": opened}) if opened else None
