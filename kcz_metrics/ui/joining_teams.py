"""What teams are given for good work, who founded them, and how regional teams are linked to the others."""

from __future__ import annotations

import polars as pl

from kcz_metrics.ui import head, labels, naming, number
from kcz_metrics.ui.behind import joining as behind
from kcz_metrics.ui.browsing import SEPARATOR
from kcz_metrics.ui.coding import WHOLE, amount, amounts, words
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.joining_parts import Way, frames
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.table import Column, table

#: Pixels of the long lists.
TALL = 560


def incentives(ctx: Context) -> None:
    """What was decided for teams, by year and kind."""
    found = frames(ctx)["incentives"]
    given = int(found["amount"].sum())
    title = ctx.tr("对服务团的激励")
    if given:
        amount_given = says("given", number.money(given, ctx.lang), behind.spent(ctx, 1.0), given)
        title = ctx.tr("历年经费支持共 {amount}", amount=amount_given)
    head.finding(title, ctx.tr("期末以前对服务团作出的有效结果运用，按决定的年份"))
    said = words(ctx, "result_use", "use_kind")
    columns = [
        Column("year", ctx.tr("年份"), "name"),
        Column("kind", ctx.tr("运用方式")),
        Column("uses", ctx.tr("次数"), "number", options=WHOLE),
        Column("teams", ctx.tr("服务团"), "number", unit=number.each("个", ctx.lang), options=WHOLE),
        amounts(ctx, "amount", ctx.tr("支持金额")),
    ]
    rows = [
        {"id": f"{row['year']}.{row['use_kind']}", "year": str(row["year"]), "kind": said.get(row["use_kind"], row["use_kind"]),
         "uses": row["uses"], "teams": row["teams"], "amount": amount(row["amount"] or None, ctx)}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    table(
        ctx,
        columns,
        rows,
        "joining.incentives",
        label=title,
        opens=False,
        nothing=ctx.tr("没有对服务团的结果运用。"),
        behind=behind.incentives(ctx),
    )


def by_start(ctx: Context) -> None:
    """Steady support by the year it began: how many, for how long, in what state."""
    rows = (
        frames(ctx)["supported"]
        .group_by("start_year", "years", "support_status")
        .agg(teams=pl.len().cast(pl.Int64), amount=pl.col("amount").sum())
        .sort("start_year", "years", "support_status", descending=[True, True, False])
    )
    title = ctx.tr("稳定支持的批次")
    head.finding(title, ctx.tr("按起始年、年限与状态；金额为期末以前的经费支持"))
    said = words(ctx, "team_support", "support_status")
    columns = [
        Column("start", ctx.tr("起始年"), "name"),
        Column("years", ctx.tr("年限"), "number", unit=number.each("年", ctx.lang), options=WHOLE),
        Column("status", ctx.tr("状态")),
        Column("teams", ctx.tr("服务团"), "number", unit=number.each("个", ctx.lang), options=WHOLE),
        amounts(ctx, "amount", ctx.tr("支持金额")),
    ]
    drawn = [
        {"id": f"{row['start_year']}.{row['years']}.{row['support_status']}", "start": str(row["start_year"]), "years": row["years"],
         "status": said.get(row["support_status"], row["support_status"]), "teams": row["teams"],
         "amount": amount(row["amount"] or None, ctx)}
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip
    table(
        ctx, columns, drawn, "joining.starts", label=title, opens=False, nothing=ctx.tr("没有稳定支持的服务团。"), behind=behind.starts(ctx)
    )


def supported(ctx: Context) -> Way | None:
    """Teams with steady support; a row opens the record of the support."""
    found = frames(ctx)["supported"]
    bare = int((found["amount"] == 0).sum())
    n = says("supports", found.height, behind.supports(ctx), found.height)
    title = ctx.tr("{n} 个服务团列入稳定支持", n=n)
    if bare and found.height > bare:
        title = ctx.tr("{n} 个服务团列入稳定支持，{m} 个还没有经费记录", n=n, m=says("unpaid", bare, behind.unpaid(ctx), bare))
    head.finding(title, ctx.tr("按期末以前的经费支持；点按一行打开记录"))
    team, said = naming.names(ctx, "service_team"), words(ctx, "team_support", "support_status")
    columns = [
        Column("name", ctx.tr("服务团名称"), "name", options={"wrap": True}),
        Column("start", ctx.tr("起始年")),
        Column("years", ctx.tr("年限"), "number", unit=number.each("年", ctx.lang), options=WHOLE),
        Column("status", ctx.tr("状态")),
        Column("commended", ctx.tr("表扬"), "number", unit=number.each("次", ctx.lang), options=WHOLE),
        amounts(ctx, "amount", ctx.tr("支持金额")),
    ]
    rows = [
        {"id": f"{row['team_id']}{SEPARATOR}{row['start_year']}", "name": team.get(row["team_id"], row["team_id"]),
         "start": str(row["start_year"]), "years": row["years"], "status": said.get(row["support_status"], row["support_status"]),
         "commended": row["commended"], "amount": amount(row["amount"] or None, ctx)}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(
        ctx,
        columns,
        rows,
        "joining.supported",
        label=title,
        height=TALL,
        nothing=ctx.tr("没有稳定支持的服务团。"),
        behind=behind.supported(ctx),
    )
    return ("records", {"table": "team_support", "record": opened}) if opened else None


def founders(ctx: Context) -> None:
    """Teams by class of the body that leads them, and kind of team."""
    found = frames(ctx)["founders"]
    whole = int(found["teams"].sum())
    made, classes = behind.founders(ctx), found["org_class"].drop_nulls().len()
    n, m = says("teams", whole, made["teams"], whole), says("classes", classes, made["classes"], classes)
    title = ctx.tr("{n} 个服务团由 {m} 类单位牵头", n=n, m=m)
    head.finding(title, ctx.tr("期末以前组建；区域、产业、专业三类相加等于服务团数"))
    kinds = words(ctx, "service_team", "team_kind")
    columns = [
        Column("name", ctx.tr("牵头单位类别"), "name"),
        Column("teams", ctx.tr("团数"), "number", options=WHOLE),
        *(Column(kind, kinds[kind], "number", options=WHOLE) for kind in ("regional", "industry", "specialist")),
    ]
    rows = [
        {**row, "id": row["org_class"] or "none", "name": labels.coded(ctx, "org_class", row["org_class"]) or ctx.tr("类别不明")}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    table(ctx, columns, rows, "joining.founders", label=title, opens=False, nothing=ctx.tr("没有服务团。"), behind=made)


def links(ctx: Context) -> None:
    """Links by kind, and by kind of the team that a regional one is linked to."""
    found = frames(ctx)["links"]
    made, pairs = behind.links(ctx), int(found["links"].sum())
    title = ctx.tr("{n} 对衔接", n=says("links", pairs, made["links"], pairs))
    head.finding(title, ctx.tr("期末以前起的衔接；区域服务团一侧按团计，另一侧按对计"))
    said, kinds = words(ctx, "team_link", "link_kind"), words(ctx, "service_team", "team_kind")
    columns = [
        Column("name", ctx.tr("衔接方式"), "name"),
        Column("links", ctx.tr("对数"), "number", options=WHOLE),
        Column("regional", ctx.tr("区域服务团"), "number", options=WHOLE),
        *(Column(kind, ctx.tr("对{kind}", kind=kinds[kind]), "number", options=WHOLE) for kind in ("industry", "specialist")),
    ]
    rows = [{**row, "id": row["link_kind"], "name": said.get(row["link_kind"], row["link_kind"])} for row in found.iter_rows(named=True)]
    table(ctx, columns, rows, "joining.links", label=title, opens=False, nothing=ctx.tr("没有服务团衔接。"), behind=made)


def linked(ctx: Context) -> Way | None:
    """Regional teams with their links, those without any first; a row opens the team's profile."""
    found = frames(ctx)["linked"]
    bare = int((found["links"] == 0).sum())
    n, m = says("regional", found.height, behind.regional(ctx), found.height), says("unlinked", bare, behind.unlinked(ctx), bare)
    title = ctx.tr("{n} 个区域服务团中 {m} 个还没有衔接", n=n, m=m)
    head.finding(title, ctx.tr("没有衔接的在前；点按一行查看画像"))
    team, said = naming.names(ctx, "service_team"), words(ctx, "team_link", "link_kind")
    columns = [
        Column("name", ctx.tr("区域服务团名称"), "name", options={"wrap": True}),
        Column("links", ctx.tr("衔接"), "number", options=WHOLE),
        *(Column(kind, said[kind], "number", options=WHOLE) for kind in ("joint", "referral", "training")),
        Column("last", ctx.tr("最近一次")),
    ]
    rows = [
        {**row, "id": row["team_a"], "name": team.get(row["team_a"], row["team_a"]), "last": number.day(row["last"])}
        for row in found.iter_rows(named=True)
    ]
    opened = table(
        ctx, columns, rows, "joining.linked", label=title, height=TALL, nothing=ctx.tr("没有区域服务团。"), behind=behind.linked(ctx)
    )
    index = ctx.indices_of("team")
    return ("profile", {"unit": opened, "index": index[0] if index else None}) if opened else None
