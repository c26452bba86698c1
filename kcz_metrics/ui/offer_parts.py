"""Recommendations to investors and parks, bases, centres and packages."""

from __future__ import annotations

import polars as pl

from kcz_metrics.analysis import institutions as kernel
from kcz_metrics.ui import head, labels, naming, number, opening
from kcz_metrics.ui.behind import institutions as behind
from kcz_metrics.ui.coding import LIST, MOST, SHARE, WHOLE, amount, amounts, bar, ratio, words
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.institution_parts import Way, frames
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.table import Column, table


def funnel(ctx: Context) -> None:
    """From recommending to meeting to an agreement, drawn."""
    from kcz_metrics import charts

    found = frames(ctx)["recommended"]
    agreed = found.filter(pl.col("agreed"))
    title = ctx.tr("项目推介")
    if found.height:
        made, n = behind.recommended(ctx), found.height
        share = says("agreed", number.share(agreed.height / n), made["of_all"], agreed.height / n)
        title = ctx.tr("推介 {n} 项，{share} 获投或落户", n=says("sent", number.count(n), made["sent"], n), share=share)
    head.finding(title, ctx.tr("本期推介，跟踪到最新；数目、占上一步的比例、推介以来的中位天数"))
    met = found.filter(pl.col("met"))
    settled = met.filter(pl.col("agreed"))
    stages = pl.DataFrame(
        {
            "stage": ["sent", "met", "agreed"],
            "label": [ctx.tr("推介"), ctx.tr("洽谈"), ctx.tr("获投或落户")],
            "count": [found.height, met.height, settled.height],
            "share": [None, ratio(met.height, found.height), ratio(settled.height, met.height)],
            "days": [None, met["days_met"].median(), settled["days_decided"].median()],
        },
        schema={"stage": pl.String, "label": pl.String, "count": pl.Int64, "share": pl.Float64, "days": pl.Float64},
    )
    if found.height:
        clicked = chart(ctx, charts.stage_bars(stages, template=ctx.template, lang=ctx.lang), "institutions.funnel", alt=title, opens=True)
        opening.from_chart(ctx, "institutions.funnel", clicked, stages, behind.recommended_steps(ctx))
    if agreed.height > settled.height:
        head.paragraph(ctx.tr("另有 {n} 项没有洽谈记录而获投或落户。", n=agreed.height - settled.height), muted=True)


def _columns(ctx: Context, first: Column, *, paced: bool) -> list[Column]:
    """With meetings and days where ``paced``, else with the rate and the amount: there is no room for all."""
    met = Column("met", ctx.tr("洽谈"), "number", options=WHOLE)
    share = Column("share", ctx.tr("成功率"), "number", title=ctx.tr("占已有结论的推介"), options=SHARE)
    days = Column("days", ctx.tr("中位天数"), "number", title=ctx.tr("从推介到结论"), options=WHOLE)
    return [
        first,
        Column("sent", ctx.tr("推介数"), "number", options=WHOLE),
        *([met] if paced else []),
        Column("agreed", ctx.tr("达成"), "number", title=ctx.tr("获投或落户"), options=WHOLE),
        Column("declined", ctx.tr("未成"), "number", options=WHOLE),
        Column("open", ctx.tr("未有结论"), "number", options=WHOLE),
        *([days] if paced else [share, amounts(ctx, "amount", ctx.tr("投资额"))]),
    ]


def _rows(ctx: Context, found: pl.DataFrame, column: str) -> list[dict[str, object]]:
    return [
        {"id": row[column], "agreed": row["invested"] + row["settled"], "share": ratio(row["invested"] + row["settled"], row["decided"]),
         "days": row["days_decided"], "amount": amount(row["amount"], ctx), **{c: row[c] for c in ("sent", "met", "declined", "open")}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip


def by_kind(ctx: Context) -> None:
    """Investors beside parks."""
    found = kernel.recommended_by(frames(ctx)["recommended"], "to_kind")
    head.finding(ctx.tr("投资机构与园区"), ctx.tr("获投、落户、未成与未有结论相加等于推介"))
    called = words(ctx, "recommendation", "to_kind")
    rows = [{**row, "name": called.get(str(row["id"]), row["id"])} for row in _rows(ctx, found, "to_kind")]
    columns = _columns(ctx, Column("name", ctx.tr("推介对象"), "name"), paced=True)
    table(
        ctx,
        columns,
        rows,
        "institutions.tokinds",
        label=ctx.tr("推介对象"),
        opens=False,
        nothing=ctx.tr("本期没有推介。"),
        behind=behind.recommended(ctx, "to_kind"),
    )


def addressees(ctx: Context) -> Way | None:
    """Investors and operators of parks by how much was recommended to them; a row opens the organisation's record."""
    found = kernel.recommended_by(frames(ctx)["recommended"], "to_org_id")
    shown = found.head(MOST)
    head.finding(ctx.tr("各推介对象"), ctx.tr("共 {n} 家，按推介数列前 {m} 家；点按一行打开单位记录", n=found.height, m=shown.height))
    body = naming.names(ctx, "org")
    rows = [{**row, "name": body.get(str(row["id"]), row["id"])} for row in _rows(ctx, shown, "to_org_id")]
    columns = _columns(ctx, Column("name", ctx.tr("单位"), "name", options={"wrap": True}), paced=False)
    opened = table(
        ctx,
        columns,
        rows,
        "institutions.to",
        label=ctx.tr("各推介对象"),
        height=LIST,
        nothing=ctx.tr("本期没有推介。"),
        behind=behind.recommended(ctx, "to_org_id"),
    )
    return ("records", {"table": "org", "record": opened}) if opened else None


def successes(ctx: Context) -> Way | None:
    """Recommendations that ended in an investment or a settlement, the largest first; a row opens the recommendation."""
    found = frames(ctx)["recommended"].filter(pl.col("agreed"))
    found = found.sort("amount_cny", "recommendation_id", descending=[True, False], nulls_last=True)
    title = ctx.tr("获投或落户的推介")
    head.finding(title, ctx.tr("共 {n} 项，按投资额；点按一行打开记录", n=found.height))
    body, decisions = naming.names(ctx, "org"), words(ctx, "recommendation", "decision")
    columns = [
        Column("name", ctx.tr("企业"), "name", options={"wrap": True}),
        Column("to", ctx.tr("推介对象"), options={"wrap": True}),
        Column("decision", ctx.tr("结论")),
        Column("days", ctx.tr("用时"), "number", unit=ctx.tr("天"), options=WHOLE),
        amounts(ctx, "amount", ctx.tr("投资额")),
    ]
    rows = [
        {"id": row["recommendation_id"], "name": body.get(row["enterprise_id"], row["enterprise_id"]),
         "to": body.get(row["to_org_id"], row["to_org_id"]), "decision": decisions.get(row["decision"], row["decision"]),
         "days": row["days_decided"], "amount": amount(row["amount_cny"], ctx)}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(
        ctx,
        columns,
        rows,
        "institutions.agreed",
        label=title,
        height=LIST,
        nothing=ctx.tr("本期没有获投或落户的推介。"),
        behind={"amount": behind.recommended(ctx, "recommendation_id")["amount"]},
    )
    return ("records", {"table": "recommendation", "record": opened}) if opened else None


def bases(ctx: Context) -> None:
    """Bases by kind and how many became stations; centres by kind with the firms in them."""
    found, houses = frames(ctx)["bases"], frames(ctx)["centres"]
    whole, made = int(found["bases"].sum()), int(found["stations"].sum())
    opens = behind.bases(ctx)
    n, m = says("bases", whole, opens["bases"], whole), says("stations", made, opens["stations"], made)
    head.finding(ctx.tr("{n} 个基地，{m} 个成为协作站点", n=n, m=m), ctx.tr("期末以前批准的基地，按类型"))
    columns = [
        Column("name", ctx.tr("基地类型"), "name", options={"wrap": True}),
        Column("bases", ctx.tr("基地"), "number", options=WHOLE),
        Column("cities", ctx.tr("试点"), "number", options=WHOLE),
        Column("stations", ctx.tr("成为站点"), "number", options=WHOLE),
    ]
    called = words(ctx, "base", "base_kind")
    rows = [{**row, "id": row["base_kind"], "name": called.get(row["base_kind"], row["base_kind"])} for row in found.iter_rows(named=True)]
    table(
        ctx,
        columns,
        rows,
        "institutions.bases",
        label=ctx.tr("基地类型"),
        opens=False,
        nothing=ctx.tr("没有基地。"),
        behind=behind.bases(ctx),
    )
    firms, room = int(houses["firms"].sum()), int(houses["capacity"].sum())
    opens, centres = behind.centres(ctx), int(houses["centres"].sum())
    n, m = says("centres", centres, opens["centres"], centres), says("firms", number.count(firms), opens["firms"], firms)
    title, held = ctx.tr("{n} 个中心在孵 {m} 家企业", n=n, m=m), says("room", number.count(room), opens["capacity"], room)
    head.finding(title, ctx.tr("期末以前启用的中心；在孵企业为登记到中心的有效记录，可容纳 {n} 家", n=held))
    columns = [
        Column("name", ctx.tr("中心类型"), "name", options={"wrap": True}),
        Column("centres", ctx.tr("中心"), "number", options=WHOLE),
        Column("cities", ctx.tr("试点"), "number", options=WHOLE),
        Column("capacity", ctx.tr("可容纳"), "number", unit=number.each("家", ctx.lang), options=WHOLE),
        Column("firms", ctx.tr("在孵企业"), "number", unit=number.each("家", ctx.lang), options=WHOLE),
        Column("new", ctx.tr("本期新增"), "number", unit=number.each("家", ctx.lang), options=WHOLE),
    ]
    called = words(ctx, "centre", "centre_kind")
    rows = [
        {**row, "id": row["centre_kind"], "name": called.get(row["centre_kind"], row["centre_kind"])}
        for row in houses.iter_rows(named=True)
    ]
    table(
        ctx,
        columns,
        rows,
        "institutions.centres",
        label=ctx.tr("中心类型"),
        opens=False,
        nothing=ctx.tr("没有中心。"),
        behind=behind.centres(ctx),
    )


def packages(ctx: Context) -> Way | None:
    """Packages by use; a row opens the package's record."""
    found = frames(ctx)["packages"]
    uses, live = int(found["uses"].sum()), int(found["live"].sum())
    title = ctx.tr("{n} 个在用套餐，本期使用 {m} 次", n=live, m=says("uses", number.count(uses), behind.packages(ctx)["uses"], uses))
    head.finding(title, ctx.tr("有效使用记录；再次使用为本期用过两次以上的单位；点按一行打开记录"))
    assert ctx.snapshot is not None
    from kcz_metrics.ui import loading

    named = pl.col("name_zh") if ctx.lang == "zh" else pl.coalesce("name_en", "package_id")
    called = dict(loading.table(ctx, "service_package").select("package_id", named).iter_rows())
    contents, whom = words(ctx, "service_package_part", "part"), words(ctx, "service_package", "audience")
    columns = [
        Column("name", ctx.tr("套餐"), "name", options={"wrap": True}),
        Column("parts", ctx.tr("内容"), options={"wrap": True, "quiet": True}),
        Column("uses", ctx.tr("使用"), "number", unit=number.each("次", ctx.lang), options=WHOLE),
        Column("bar", "", "bar", width=80, options={"domain": [0, max(found["uses"].to_list(), default=1) or 1]}),
        Column("cities", ctx.tr("试点"), "number", options=WHOLE),
        Column("repeat", ctx.tr("再次使用"), "number", unit=number.each("家", ctx.lang), options=WHOLE),
    ]
    rows = [
        {"id": row["package_id"],
         "name": {"t": called.get(row["package_id"], row["package_id"]), "sub": whom.get(row["audience"], row["audience"])},
         "parts": labels.listed(ctx, [contents.get(p, p) for p in row["parts"] or []], most=8),
         "bar": bar(row["uses"]), "_faint": not row["live"],
         **{c: row[c] for c in ("uses", "cities", "repeat")}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(ctx, columns, rows, "institutions.packages", label=title, nothing=ctx.tr("没有服务套餐。"), behind=behind.packages(ctx))
    return ("records", {"table": "service_package", "record": opened}) if opened else None
