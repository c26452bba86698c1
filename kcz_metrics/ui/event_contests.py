"""The events page: contests up to the showcase of the national week, special projects by province, internships."""

from __future__ import annotations

from typing import Any

import polars as pl

from kcz_metrics.analysis import programmes as kernel
from kcz_metrics.ui import head, labels, naming, number, opening, states
from kcz_metrics.ui.behind import events as behind
from kcz_metrics.ui.coding import words
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.event_parts import WHOLE
from kcz_metrics.ui.event_programmes import frames
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.table import Column, table

Opened = tuple[str, str] | None
#: Steps of the picture; the award stands beside it, since a project may be sent on without one.
_STEPS = ("entered", "preliminary", "decisive", "sent", "shown")


def _words(ctx: Context) -> dict[str, str]:
    stages = words(ctx, "contest_entry", "contest_stage")
    return {**{s: stages.get(s, s) for s in kernel.STAGES}, "sent": ctx.tr("推优入周"), "shown": ctx.tr("展示")}


def funnel(ctx: Context) -> None:
    """From entry to showcase, all contests together."""
    from kcz_metrics import charts

    found = frames(ctx)["contests"]
    named = _words(ctx)
    sums = {c: int(found[c].sum()) for c in named}
    if not sums["entered"]:
        head.finding(ctx.tr("赛事"))
        states.too_little(ctx.tr("本期没有参赛项目。"))
        return
    made = behind.contests(ctx)
    n, m, k = (says(f"contest.{step}", number.count(sums[step]), made[step], sums[step]) for step in ("entered", "sent", "shown"))
    title = ctx.tr("{n} 个参赛项目中 {m} 个推优入周，{k} 个展示", n=n, m=m, k=k)
    head.finding(title, ctx.tr("本期报名的项目，到达各赛段的数目与占上一步的比例；展示指入周项目中有展示记录的"))
    counts = [sums[s] for s in _STEPS]
    before = [None, *counts[:-1]]
    frame = pl.DataFrame(
        {
            "stage": list(_STEPS), "label": [named[s] for s in _STEPS], "count": counts,
            "share": [n / b if b else None for n, b in zip(counts, before, strict=True)], "days": [None] * len(counts),
        },
        schema_overrides={"share": pl.Float64, "days": pl.Float64},
    )  # fmt: skip
    clicked = chart(ctx, charts.stage_bars(frame, template=ctx.template, lang=ctx.lang), "events.funnel", alt=title, opens=True)
    opening.from_chart(ctx, "events.funnel", clicked, frame, made)


def contests(ctx: Context) -> None:
    """Each contest by stage, then the showcase by mode."""
    found, shown = frames(ctx)["contests"], frames(ctx)["showcase"]
    named, kinds = _words(ctx), words(ctx, "contest_entry", "contest")
    head.finding(ctx.tr("各赛事"), ctx.tr("到达各赛段的项目（个）；到达后一段的也计入前一段"))
    columns = [
        Column("name", ctx.tr("赛事"), "name"),
        *(Column(c, w, "number", options=WHOLE) for c, w in named.items()),
    ]
    rows: list[dict[str, Any]] = [
        {"id": row["contest"], "name": kinds.get(row["contest"], row["contest"]),
         **{c: row[c] for c in named}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    if rows:
        sums = {c: int(found[c].sum()) for c in named}
        rows.append({"id": "all", "name": ctx.tr("合计"), **sums, "_before": ctx.tr("各赛事合计")})
    table(
        ctx,
        columns,
        rows,
        "events.contests",
        label=ctx.tr("各赛事"),
        opens=False,
        nothing=ctx.tr("本期没有参赛项目。"),
        behind=behind.contests(ctx),
    )
    whole, through = int(shown["projects"].sum()), int(shown["from_contest"].sum())
    title = ctx.tr("展示项目")
    if whole:
        made = behind.showcase(ctx)
        share = says("from_contest", number.share(through / whole), made["share"], through / whole)
        title = ctx.tr("展示 {n} 个项目，{share} 来自赛事", n=says("showcase", number.count(whole), made["projects"], whole), share=share)
    head.finding(title, ctx.tr("本期展示的项目（个），按展示形式"))
    modes = words(ctx, "showcase_project", "mode")
    columns = [
        Column("name", ctx.tr("形式"), "name"),
        Column("projects", ctx.tr("项目数"), "number", unit=number.each("个", ctx.lang), options=WHOLE),
        Column("from_contest", ctx.tr("来自赛事"), "number", unit=number.each("个", ctx.lang), options=WHOLE),
    ]
    rows = [
        {"id": row["mode"], "name": modes.get(row["mode"], row["mode"]), "projects": row["projects"], "from_contest": row["from_contest"]}
        for row in shown.iter_rows(named=True)
    ]
    if rows:
        rows.append({"id": "all", "name": ctx.tr("合计"), "projects": whole, "from_contest": through, "_before": ctx.tr("各形式合计")})
    table(
        ctx, columns, rows, "events.showcase", label=title, opens=False, nothing=ctx.tr("本期没有展示项目。"), behind=behind.showcase(ctx)
    )


def special(ctx: Context) -> Opened:
    """Special projects that ran in the period, by kind and province; returns table and record of one clicked."""
    found = frames(ctx)["special"]
    orgs, provinces = naming.names(ctx, "org"), labels.provinces(ctx)
    kinds = words(ctx, "special_project", "project_kind")
    people = int(found["people_served"].sum())
    title = ctx.tr("专项工作")
    if found.height:
        title = ctx.tr("{n} 项专项在 {m} 个省开展，服务 {people} 人", n=found.height, m=found["province_code"].n_unique(),
                       people=number.count(people))  # fmt: skip
    head.finding(title, ctx.tr("本期内开展过的专项，按类型与省；点按一项打开记录"))
    columns = [
        Column("name", ctx.tr("省"), "name"),
        Column("lead", ctx.tr("牵头单位")),
        Column("from", ctx.tr("启动")),
        Column("to", ctx.tr("结束")),
        Column("people", ctx.tr("服务人数"), "number", unit=number.each("人", ctx.lang), options=WHOLE),
        Column("flags", "", "flags"),
    ]
    rows: list[dict[str, Any]] = []
    last = None
    for row in found.iter_rows(named=True):
        made: dict[str, Any] = {
            "id": row["project_id"], "name": provinces.get(row["province_code"], row["province_code"]),
            "lead": orgs.get(row["lead_org_id"], row["lead_org_id"]), "from": number.day(row["started_at"]),
            "to": number.day(row["ended_at"]), "people": row["people_served"],
            "flags": [] if row["is_over"] else [{"t": ctx.tr("期末在办"), "kind": "neutral"}],
        }  # fmt: skip
        if row["project_kind"] != last:
            last = row["project_kind"]
            own = found.filter(pl.col("project_kind") == last)
            made["_before"] = ctx.tr("{kind}：{n} 项，{people} 人", kind=kinds.get(str(last), str(last)), n=own.height,
                                     people=number.count(int(own["people_served"].sum())))  # fmt: skip
        rows.append(made)
    picked = table(ctx, columns, rows, "events.special", label=title, nothing=ctx.tr("本期没有专项工作。"), behind=behind.special(ctx))
    return ("special_project", picked) if picked else None


def interns(ctx: Context) -> None:
    """Internships of students from Hong Kong, Macao and Taiwan."""
    found = frames(ctx)["interns"]
    whole, kept = int(found["interns"].sum()), int(found["hired"].sum())
    title = ctx.tr("港澳台大学生实习")
    if whole:
        made = behind.interns(ctx)
        n, m = says("interns", number.count(whole), made["interns"], whole), says("kept", kept, made["hired"], kept)
        title = ctx.tr("港澳台大学生 {n} 人实习，{m} 人留用", n=n, m=m)
    head.finding(title, ctx.tr("本期开始的实习，按来处；留用只计已知去向的"))
    origins = words(ctx, "internship", "origin")
    columns = [
        Column("name", ctx.tr("来处"), "name"),
        Column("interns", ctx.tr("实习"), "number", unit=number.each("人", ctx.lang), options=WHOLE),
        Column("hosts", ctx.tr("接收单位"), "number", unit=number.each("家", ctx.lang), options=WHOLE),
        Column("known", ctx.tr("已知去向"), "number", unit=number.each("人", ctx.lang), options=WHOLE),
        Column("hired", ctx.tr("留用"), "number", unit=number.each("人", ctx.lang), options=WHOLE),
    ]
    rows: list[dict[str, Any]] = [
        {"id": row["origin"], "name": origins.get(row["origin"], row["origin"]),
         **{c: row[c] for c in ("interns", "hosts", "known", "hired")}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    if rows:
        rows.append({"id": "all", "name": ctx.tr("合计"), "interns": whole, "hosts": None, "known": int(found["known"].sum()),
                     "hired": kept, "_before": ctx.tr("三地合计")})  # fmt: skip
    table(ctx, columns, rows, "events.interns", label=title, opens=False, nothing=ctx.tr("本期没有实习。"), behind=behind.interns(ctx))
