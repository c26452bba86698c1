"""The jobs page: hires and who stays, the zone of the platform, incubated firms and centres, new jobs with their evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from kcz_metrics.ui import head, labels, naming, number, opening, states
from kcz_metrics.ui.behind import jobs as behind
from kcz_metrics.ui.coding import words
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.job_parts import KNOWN, SHARE, WHOLE, field_word, frames, sums
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import Part, Ratio, bound
from kcz_metrics.ui.table import Column, table

#: Firms known about from which a centre's share alive is told.
FIRMS = 5


def steps(ctx: Context) -> None:
    """From openings to those who stay half a year."""
    from kcz_metrics import charts

    own = sums(ctx)
    if not own["openings"]:
        head.finding(ctx.tr("从岗位到留任"))
        states.too_little(ctx.tr("本期没有发布岗位。"))
        return
    per = 100 * own["hired"] / own["openings"]
    title = ctx.tr("每招 100 人，录用 {n} 人", n=says("per", number.decimal(per, 0), replace(behind.filled(ctx), scale=100.0), per))
    head.finding(title, ctx.tr("本期发布的岗位，跟踪到最新；满半年只能在已知去向的人中看"))
    counts = [own["openings"], own["hired"], own["judged"], own["stayed"]]
    # Whose half year is over is no step that somebody is lost at: only those who stay are set against it.
    before = [None, counts[0], None, counts[2]]
    frame = pl.DataFrame(
        {
            "stage": ["openings", "hired", "judged", "stayed"],
            "label": [ctx.tr("招聘人数"), ctx.tr("已录用"), ctx.tr("半年期满"), ctx.tr("仍在岗")],
            "count": counts,
            "share": [None if b is None or not b else n / b for n, b in zip(counts, before, strict=True)],
            "days": [None] * 4,
        },
        schema_overrides={"share": pl.Float64, "days": pl.Float64},
    )
    clicked = chart(ctx, charts.stage_bars(frame, template=ctx.template, lang=ctx.lang), "jobs.steps", alt=title, opens=True)
    opening.from_chart(ctx, "jobs.steps", clicked, frame, behind.steps(ctx))


def positions(ctx: Context) -> str | None:
    """By kind of post: openings, pay, hires, graduates, who stays; returns the code clicked."""
    found = frames(ctx)["positions"]
    kinds = words(ctx, "recruit_post", "position")
    title = ctx.tr("各类岗位")
    told = found.filter(pl.col("openings") > 0).with_columns(filled=pl.col("hired") / pl.col("openings")).sort("filled", "position")
    if told.height > 1:
        hard = told.row(0, named=True)
        filled = behind.positions(ctx)["filled"]
        share = says("hardest", number.share(hard["filled"]), bound(filled, hard["position"]), hard["filled"])
        title = ctx.tr("{kind}岗位最难招满，录用占招聘 {share}", kind=kinds.get(hard["position"], hard["position"]), share=share)
    head.finding(title, ctx.tr("按岗位类别；月薪为写明月薪的岗位的中位数；满半年只计已知去向的人"))
    each = number.each("人", ctx.lang)
    columns = [
        Column("name", ctx.tr("岗位"), "name"),
        Column("openings", ctx.tr("招聘"), "number", unit=each, options=WHOLE),
        Column("hired", ctx.tr("已录用"), "number", unit=each, options=WHOLE),
        Column("filled", ctx.tr("占招聘"), "number", options=SHARE),
        Column("graduates", ctx.tr("应届"), "number", options=SHARE),
        Column("stay", ctx.tr("满半年"), "number", options=SHARE),
        Column("pay", ctx.tr("月薪中位数"), "number", unit=ctx.tr("元"), options=WHOLE),
    ]
    rows: list[dict[str, Any]] = [
        _position(row, kinds.get(row["position"], row["position"])) | {"id": row["position"]} for row in found.iter_rows(named=True)
    ]
    if rows:
        whole = {c: int(found[c].sum()) for c in ("openings", "hired", "graduates", "judged", "stayed")}
        rows.append(_position({**whole, "pay": None}, ctx.tr("合计")) | {"id": "all", "_before": ctx.tr("各类岗位合计")})
    picked = table(ctx, columns, rows, "jobs.positions", label=title, nothing=ctx.tr("本期没有发布岗位。"), behind=behind.positions(ctx))
    own = sums(ctx)
    same = all(int(found[c].sum()) == own[c] for c in ("openings", "hired", "judged", "stayed"))
    head.paragraph(ctx.tr("各类岗位相加与各领域相加相等 {mark}", mark="✓" if same else "✗"), muted=True)
    return picked if picked in found["position"] else None


def _position(row: dict[str, Any], name: str) -> dict[str, Any]:
    openings, hired, judged = row["openings"], row["hired"], row["judged"]
    return {
        "name": name, "openings": openings, "hired": hired, "pay": row["pay"], "filled": hired / openings if openings else None,
        "graduates": row["graduates"] / hired if hired else None, "stay": row["stayed"] / judged if judged >= KNOWN else None,
    }  # fmt: skip


def zone(ctx: Context) -> str | None:
    """The zone by service: visits, requests, matches; returns the code clicked."""
    found = frames(ctx)["zone"]
    services = words(ctx, "zone_month", "zone_service")
    counts = {c: int(found[c].sum()) for c in ("visits", "requests", "matched")}
    title = ctx.tr("创业就业专区")
    if counts["requests"]:
        made, matched = behind.zone(ctx), counts["matched"] / counts["requests"]
        n = says("requests", number.count(counts["requests"]), made["requests"], counts["requests"])
        title = ctx.tr("专区 {n} 次申请，{share} 匹配成功", n=n, share=says("matched", number.share(matched), made["share"], matched))
    head.finding(title, ctx.tr("本期各月相加（次），按服务；只计已核验的月报"))
    columns = [
        Column("name", ctx.tr("服务"), "name"),
        Column("visits", ctx.tr("访问"), "number", options=WHOLE),
        Column("requests", ctx.tr("申请"), "number", options=WHOLE),
        Column("matched", ctx.tr("匹配"), "number", options=WHOLE),
        Column("asked", ctx.tr("申请率"), "number", options=SHARE),
        Column("share", ctx.tr("匹配率"), "number", options=SHARE),
    ]
    rows = [
        _served(row, services.get(row["zone_service"], row["zone_service"]), row["zone_service"]) for row in found.iter_rows(named=True)
    ]
    if rows:
        rows.append(_served(counts, ctx.tr("合计"), "all") | {"_before": ctx.tr("各服务合计")})
    picked = table(ctx, columns, rows, "jobs.zone", label=title, nothing=ctx.tr("本期没有专区月报。"), behind=behind.zone(ctx))
    return picked if picked in found["zone_service"] else None


def _served(row: dict[str, Any], name: str, key: str) -> dict[str, Any]:
    visits, requests = row["visits"], row["requests"]
    return {
        "id": key, "name": name, "visits": visits, "requests": requests, "matched": row["matched"],
        "asked": requests / visits if visits else None, "share": row["matched"] / requests if requests else None,
    }  # fmt: skip


def zone_months(ctx: Context) -> None:
    """The zone's shares by month."""
    from kcz_metrics import charts

    found = frames(ctx)["zone_months"].with_columns(
        asked=pl.when(pl.col("visits") > 0).then(pl.col("requests") / pl.col("visits")),
        matched=pl.when(pl.col("requests") > 0).then(pl.col("matched") / pl.col("requests")),
    )
    title = ctx.tr("专区匹配率逐月")
    if found.is_empty():
        head.finding(title)
        states.too_little(ctx.tr("没有专区月报。"))
        return
    head.finding(title, ctx.tr("匹配率为匹配占申请，申请率为申请占访问；开通以来各月"))
    lines = [("matched", ctx.tr("匹配率")), ("asked", ctx.tr("申请率"))]
    chart(ctx, charts.shares_by_month(found, labels=lines, template=ctx.template, lang=ctx.lang, height=300), "jobs.months", alt=title)


def talent(ctx: Context) -> None:
    """Talent resources of the library against openings, by field."""
    found = frames(ctx)["fields"]
    own = sums(ctx)
    title = ctx.tr("人才库资源 {n} 条", n=says("talent", number.count(own["talent"]), behind.balance(ctx)["talent"], own["talent"]))
    head.finding(title, ctx.tr("期末在库的有效人才资源，与本期招聘相比，按技术领域"))
    columns = [
        Column("name", ctx.tr("技术领域"), "name"),
        Column("talent", ctx.tr("人才资源"), "number", unit=number.each("条", ctx.lang), options=WHOLE),
        Column("openings", ctx.tr("招聘"), "number", unit=number.each("人", ctx.lang), options=WHOLE),
        Column("per", ctx.tr("每百岗资源"), "number", options={"decimals": 0}),
    ]
    rows: list[dict[str, Any]] = [
        {"id": row["tech_field"] or "none", "name": field_word(ctx, row["tech_field"]), "talent": row["talent"],
         "openings": row["openings"], "per": 100 * row["talent"] / row["openings"] if row["openings"] else None}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    if rows:
        rows.append({"id": "all", "name": ctx.tr("合计"), "talent": own["talent"], "openings": own["openings"],
                     "per": 100 * own["talent"] / own["openings"] if own["openings"] else None,
                     "_before": ctx.tr("各领域合计")})  # fmt: skip
    table(
        ctx,
        columns,
        rows,
        "jobs.talent",
        label=title,
        opens=False,
        nothing=ctx.tr("期末没有有效资源。"),
        behind=behind.balance(ctx, "tech_field"),
    )


def incubation(ctx: Context) -> None:
    """Incubated firms by the class of incubator: registered, and alive after a year."""
    found = frames(ctx)["incubation"]
    counts = {c: int(found[c].sum()) for c in ("registered", "ripe", "known", "alive")}
    title = ctx.tr("孵化企业")
    if counts["known"]:
        alive = counts["alive"] / counts["known"]
        title = ctx.tr("孵化企业满一年存活 {share}", share=says("alive", number.share(alive), behind.incubation(ctx)["share"], alive))
    head.finding(title, ctx.tr("按孵化单位类别；满一年指成立满 12 个月之日在本期，存活率只计已知存亡的"))
    each = number.each("家", ctx.lang)
    columns = [
        Column("name", ctx.tr("孵化单位"), "name"),
        Column("registered", ctx.tr("本期新增"), "number", unit=each, options=WHOLE),
        Column("ripe", ctx.tr("满一年"), "number", unit=each, options=WHOLE),
        Column("known", ctx.tr("已知存亡"), "number", unit=each, options=WHOLE),
        Column("alive", ctx.tr("存活"), "number", unit=each, options=WHOLE),
        Column("share", ctx.tr("存活率"), "number", options=SHARE),
    ]
    rows: list[dict[str, Any]] = [
        {"id": row["org_class"] or "none", "name": labels.coded(ctx, "org_class", row["org_class"]) or ctx.tr("类别不明"),
         "share": row["alive"] / row["known"] if row["known"] else None, **{c: row[c] for c in counts}}
        for row in found.iter_rows(named=True)
        if row["registered"] or row["ripe"]
    ]  # fmt: skip
    if rows:
        rows.append({"id": "all", "name": ctx.tr("合计"), **counts, "_before": ctx.tr("各类合计"),
                     "share": counts["alive"] / counts["known"] if counts["known"] else None})  # fmt: skip
    table(
        ctx, columns, rows, "jobs.incubation", label=title, opens=False, nothing=ctx.tr("本期没有孵化企业。"), behind=behind.incubation(ctx)
    )


def centres(ctx: Context) -> str | None:
    """Incubation and specialised centres with the firms in them; returns the centre clicked."""
    found = frames(ctx)["centres"]
    kinds, cities = words(ctx, "centre", "centre_kind"), naming.names(ctx, "pilot_city")
    firms = int(found["firms"].sum())
    title = ctx.tr("中心")
    if found.height:
        made = behind.houses(ctx)
        n, m = says("centres", found.height, made["centres"], found.height), says("firms", number.count(firms), made["firms"], firms)
        title = ctx.tr("{n} 个中心，累计入驻孵化企业 {m} 家", n=n, m=m)
    head.finding(title, ctx.tr("期末已启用的中心与其登记的孵化企业（累计）；已知存亡不足 {n} 家不列存活率；点按一行打开记录", n=FIRMS))
    each = number.each("家", ctx.lang)
    columns = [
        Column("name", ctx.tr("中心"), "name"),
        Column("kind", ctx.tr("类型")),
        Column("city", ctx.tr("试点城市")),
        Column("opened", ctx.tr("启用日")),
        Column("capacity", ctx.tr("可容纳"), "number", unit=each, options=WHOLE),
        Column("firms", ctx.tr("累计企业"), "number", unit=each, options=WHOLE),
        Column("share", ctx.tr("一年存活率"), "number", options=SHARE),
    ]
    rows = [
        {"id": row["centre_id"], "name": row["name_zh"] if ctx.lang == "zh" else row["name_en"] or row["name_zh"],
         "kind": kinds.get(row["centre_kind"], row["centre_kind"]), "city": cities.get(row["city_id"], row["city_id"]),
         "opened": number.day(row["opened_at"]), "capacity": row["capacity"], "firms": row["firms"],
         "share": {"v": row["alive"] / row["known"] if row["known"] >= FIRMS else None,
                   "title": ctx.tr("{a} / {b} 家", a=row["alive"], b=row["known"])}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    return table(ctx, columns, rows, "jobs.centres", label=title, height=460, nothing=ctx.tr("期末没有中心。"), behind=behind.centres(ctx))


def new_jobs(ctx: Context) -> str | None:
    """New jobs reported as effects, by evidence; returns the code clicked."""
    found = frames(ctx)["jobs"]
    jobs, records = float(found["jobs"].sum()), int(found["records"].sum())
    title = ctx.tr("带动新增就业")
    if jobs:
        solid = float(found.filter(pl.col("evidence_class").is_in(["A", "B"]))["jobs"].sum())
        made = behind.new_jobs(ctx)["jobs"]
        assert isinstance(made, Part)
        share = says("solid", number.share(solid / jobs), Ratio(behind.solid_jobs(ctx), made), solid / jobs)
        title = ctx.tr("新增就业 {n} 人，{share} 有甲、乙级证据", n=says("jobs", number.count(jobs), made, jobs), share=share)
    head.finding(title, ctx.tr("本期成效记录所报新增岗位（人），未乘贡献比例，按证据等级"))
    grades = words(ctx, "impact", "evidence_class")
    columns = [
        Column("name", ctx.tr("证据"), "name"),
        Column("records", ctx.tr("记录"), "number", unit=number.each("条", ctx.lang), options=WHOLE),
        Column("jobs", ctx.tr("新增就业"), "number", unit=number.each("人", ctx.lang), options=WHOLE),
        Column("bar", "", "bar", width=80, options={"domain": [0, max(float(found["jobs"].max() or 0), 1.0)]}),  # type: ignore[arg-type]
    ]
    rows: list[dict[str, Any]] = [
        {"id": row["evidence_class"], "name": grades.get(row["evidence_class"], row["evidence_class"]), "records": row["records"],
         "jobs": row["jobs"], "bar": {"parts": [{"v": row["jobs"], "tone": "quantity"}]}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    if rows:
        rows.append({"id": "all", "name": ctx.tr("合计"), "records": records, "jobs": jobs, "bar": {"parts": []},
                     "_before": ctx.tr("各级合计")})  # fmt: skip
    picked = table(ctx, columns, rows, "jobs.new", label=title, nothing=ctx.tr("本期没有新增就业的成效。"), behind=behind.new_jobs(ctx))
    return picked if picked in found["evidence_class"] else None
