"""Registration of teams as a funnel: its headline, its steps, who applied and why applications were sent back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.analysis import joining as kernel
from kcz_metrics.language.periods import period
from kcz_metrics.ui import address, choosing, head, labels, naming, number, states, strangers
from kcz_metrics.ui.behind import earlier
from kcz_metrics.ui.behind import joining as behind
from kcz_metrics.ui.coding import LIST, MOST, SHARE, WHOLE, ratio, words
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot

Way = tuple[str, dict[str, str | None]]
#: How an application stands, as the address names it, to the column that says so.
OUTCOMES = ("registered", "given_up", "waiting", "returned")


@st.cache_resource(show_spinner=False, max_entries=8)
def _frames(_snapshot: Snapshot, snapshot_id: str, period_id: str) -> Mapping[str, pl.DataFrame]:
    """Everything the page shows: small frames, worked out once a snapshot and period."""
    span, read = period(period_id), _snapshot.read
    before = span.previous()
    teams, bodies, uses = read("service_team"), read("org"), read("result_use")
    return {
        "applications": kernel.applications(read("team_application"), bodies, span.start, span.end),
        "before": kernel.applications(read("team_application"), bodies, before.start, before.end),
        "founders": kernel.founders(teams, bodies, span.end),
        "supported": kernel.supported(read("team_support"), uses, span.end),
        "incentives": kernel.incentives(uses, span.end),
        "links": kernel.links(read("team_link"), teams, span.end),
        "linked": kernel.linked(read("team_link"), teams, span.end),
    }


def frames(ctx: Context) -> Mapping[str, pl.DataFrame]:
    assert ctx.snapshot is not None
    return _frames(ctx.snapshot, ctx.snapshot.id, ctx.period)


def chosen(ctx: Context) -> str:
    said = {"funnel": ctx.tr("申报与注册"), "support": ctx.tr("激励与支持"), "teams": ctx.tr("组建与衔接")}
    clears = ("org_class",)
    return choosing.segments(
        "part", ctx.tr("内容"), list(said), said.__getitem__, key="joining.part", fallback="funnel", clears=clears, hidden=True
    )


def answer(ctx: Context) -> str:
    found = frames(ctx)["applications"]
    span = number.period(ctx.period, ctx.lang)
    if found.is_empty():
        return ctx.tr("{period}没有有效的服务团申报。", period=span)
    told, made = {name: int(found[name].sum()) for name in OUTCOMES}, behind.applications(ctx)
    return ctx.tr(
        "{period}申报 **{n}** 个，已注册 **{registered}** 个，放弃 {given_up} 个；**{returned}** 个曾被退回。",
        period=span, n=says("applied", found.height, made["applied"], found.height),
        **{name: says(name, n, made[name], n) if name in made else n for name, n in told.items()},
    )  # fmt: skip


def headline(ctx: Context) -> list[Item]:
    found, before = frames(ctx)["applications"], frames(ctx)["before"]
    steps = {row["step"]: row for row in kernel.steps(found).iter_rows(named=True)}
    supported, founders, linked = (frames(ctx)[name] for name in ("supported", "founders", "linked"))
    days = found["days_registered"].median()
    back, again = steps["returned"], steps["resubmitted"]
    active = int((supported["support_status"] == "active").sum())
    made = behind.applications(ctx)
    return [
        Item(ctx.tr("申报数"), number.count(found.height), number.each("个", ctx.lang), ctx.tr("上期 {n} 个", n=before.height),
             opens=made["applied"], value=found.height, under=(behind.applications(earlier(ctx))["applied"], before.height)),
        Item(ctx.tr("已注册"), number.count(int(found["registered"].sum())), number.each("个", ctx.lang),
             ctx.tr("占申报 {share}", share=number.share(ratio(int(found["registered"].sum()), found.height))),
             opens=made["registered"], value=int(found["registered"].sum()),
             under=(made["share"], ratio(int(found["registered"].sum()), found.height))),
        Item(ctx.tr("曾被退回"), number.share(ratio(back["count"], found.height)), "",
             ctx.tr("其中补正 {share}", share=number.share(ratio(again["count"], back["count"]))),
             opens=made["sent_back"], value=ratio(back["count"], found.height),
             under=(behind.mended(ctx), ratio(again["count"], back["count"]))),
        Item(ctx.tr("申报到注册"), number.count(days if isinstance(days, float) else None), ctx.tr("天"), ctx.tr("中位数"),
             opens=made["days"], value=days if isinstance(days, float) else None),
        Item(ctx.tr("稳定支持"), number.count(active), number.each("个", ctx.lang),
             ctx.tr("服务团 {n} 个", n=int(founders["teams"].sum())), opens=behind.active(ctx), value=active,
             under=(behind.founders(ctx)["teams"], int(founders["teams"].sum()))),
        Item(ctx.tr("已衔接的区域团"), number.count(int((linked["links"] > 0).sum())), f"/ {linked.height}",
             ctx.tr("衔接 {n} 对", n=int(linked["links"].sum())), opens=behind.linked_teams(ctx), value=int((linked["links"] > 0).sum()),
             under=(behind.linked_pairs(ctx), int(linked["links"].sum()))),
    ]  # fmt: skip


def steps(ctx: Context) -> None:
    """The steps of registration, those sent back beside those that went straight through."""
    found = frames(ctx)["applications"]
    if found.is_empty():
        head.finding(ctx.tr("从申报到注册"))
        states.too_little(ctx.tr("本期没有有效的申报。"))
        return
    rows = kernel.steps(found)
    by = {row["step"]: row for row in rows.iter_rows(named=True)}
    straight, after = by["straight"], by["after"]
    made = behind.steps(ctx)["share"]
    assert isinstance(made, Mapping)
    a, b = (
        says(name, number.share(share := ratio(row["count"], row["of"]), 0), made[name], share)
        for name, row in (("straight", straight), ("after", after))
    )
    title = ctx.tr("一次通过的 {a} 注册，被退回的 {b} 注册", a=a, b=b)
    head.finding(title, ctx.tr("本期申报，跟踪到最新；比例以“占”一列所说的一步为分母；天数为中位"))
    said = {
        "applied": (ctx.tr("提出申报"), ""), "returned": (ctx.tr("退回"), ctx.tr("全部申报")),
        "resubmitted": (ctx.tr("补正"), ctx.tr("退回的")),
        "straight": (ctx.tr("未退回即注册"), ctx.tr("未退回的")), "after": (ctx.tr("退回后注册"), ctx.tr("退回的")),
        "given_up": (ctx.tr("放弃申报"), ctx.tr("全部申报")), "waiting": (ctx.tr("还在办理"), ctx.tr("全部申报")),
    }  # fmt: skip
    columns = [
        Column("name", ctx.tr("步骤"), "name"),
        Column("count", ctx.tr("数目"), "number", options=WHOLE),
        Column("bar", "", "bar", width=44, options={"domain": [0, found.height]}),
        Column("share", ctx.tr("比例"), "number", options=SHARE),
        Column("of", ctx.tr("占")),
        Column("days", ctx.tr("天数"), "number", options=WHOLE),
    ]
    tones = {"returned": "step3", "resubmitted": "step3", "given_up": "faint", "waiting": "faint"}
    drawn = [
        {"id": row["step"], "name": said[row["step"]][0], "count": row["count"], "of": said[row["step"]][1],
         "bar": {"parts": [{"v": row["count"], "tone": tones.get(row["step"], "quantity")}]},
         "share": ratio(row["count"], row["of"]) if row["of"] is not None else None, "days": row["days"]}
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip
    table(ctx, columns, drawn, "joining.steps", label=title, opens=False, behind=behind.steps(ctx))
    whole = sum(by[step]["count"] for step in ("straight", "after", "given_up", "waiting"))
    mark = "✓" if whole == found.height else "✗"
    head.paragraph(ctx.tr("注册、放弃与还在办理相加 {a} = 申报 {b} {mark}", a=whole, b=found.height, mark=mark), muted=True)


def _columns(ctx: Context, first: Column) -> list[Column]:
    return [
        first,
        Column("applied", ctx.tr("数目"), "number", options=WHOLE),
        Column("returned", ctx.tr("退回"), "number", options=WHOLE),
        Column("registered", ctx.tr("注册"), "number", options=WHOLE),
        Column("given_up", ctx.tr("放弃"), "number", options=WHOLE),
        Column("share", ctx.tr("比例"), "number", title=ctx.tr("注册的占申报的比例"), options=SHARE | {"decimals": 0}),
        Column("days", ctx.tr("天数"), "number", title=ctx.tr("从申报到注册的中位天数"), options=WHOLE),
        Column("completeness", ctx.tr("材料完整"), "number", title=ctx.tr("材料完整度的中位数"), options=SHARE | {"decimals": 0}),
    ]


def _rows(found: pl.DataFrame, column: str, called: Mapping[str, str], nothing: str) -> list[dict[str, Any]]:
    return [
        {"id": row[column] or "none", "name": called.get(row[column], nothing), "share": ratio(row["registered"], row["applied"]),
         "days": row["days_registered"], **{c: row[c] for c in ("applied", "returned", "registered", "given_up", "completeness")}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip


def by_class(ctx: Context) -> None:
    """Applications by class of the lead body; a row limits the list to it."""
    found = kernel.applications_by(frames(ctx)["applications"], "org_class")
    head.finding(ctx.tr("牵头单位类别"), ctx.tr("点按一行，下面只列这一类"))
    classes = {code: labels.coded(ctx, "org_class", code) for code in found["org_class"].drop_nulls().to_list()}
    now = strangers.known("org_class", classes)
    rows = [{**row, "_chosen": row["id"] == now} for row in _rows(found, "org_class", classes, ctx.tr("类别不明"))]
    columns = _columns(ctx, Column("name", ctx.tr("类别"), "name", options={"wrap": True}))
    opened = table(
        ctx,
        columns,
        rows,
        "joining.classes",
        label=ctx.tr("牵头单位类别"),
        nothing=ctx.tr("本期没有有效的申报。"),
        behind=behind.applications(ctx, "org_class"),
    )
    if opened:
        address.put(org_class=None if opened == now else opened)
        st.rerun()


def by_province(ctx: Context) -> None:
    """Applications by province of the lead body."""
    found = kernel.applications_by(frames(ctx)["applications"], "province_code")
    known = found["province_code"].drop_nulls().len()
    title = ctx.tr("{n} 个省份有申报", n=says("provinces", known, behind.provinces(ctx), known))
    head.finding(title, ctx.tr("按牵头单位所在地"))
    rows = _rows(found, "province_code", labels.provinces(ctx), ctx.tr("省份不明"))
    columns = _columns(ctx, Column("name", ctx.tr("省份"), "name"))
    table(
        ctx,
        columns,
        rows,
        "joining.provinces",
        label=title,
        opens=False,
        height=LIST,
        nothing=ctx.tr("本期没有有效的申报。"),
        behind=behind.applications(ctx, "province_code"),
    )


def reasons(ctx: Context) -> None:
    """Why applications were sent back, and what became of them."""
    found = kernel.reasons(frames(ctx)["applications"])
    said = words(ctx, "team_application", "return_reason")
    title = ctx.tr("退回原因")
    if found.height and found["return_reason"][0] in said:
        title = ctx.tr("退回最多的原因：{reason}", reason=said[found["return_reason"][0]])
    head.finding(title, ctx.tr("退回后注册与放弃的各有多少"))
    columns = [
        Column("name", ctx.tr("退回原因"), "name"),
        Column("returned", ctx.tr("退回"), "number", options=WHOLE),
        Column("registered", ctx.tr("注册"), "number", options=WHOLE),
        Column("given_up", ctx.tr("放弃"), "number", options=WHOLE),
        Column("completeness", ctx.tr("材料完整"), "number", title=ctx.tr("材料完整度的中位数"), options=SHARE | {"decimals": 0}),
    ]
    rows = [
        {**row, "id": row["return_reason"] or "none", "name": said.get(row["return_reason"], ctx.tr("原因未填"))}
        for row in found.iter_rows(named=True)
    ]
    table(
        ctx, columns, rows, "joining.reasons", label=title, opens=False, nothing=ctx.tr("本期没有退回的申报。"), behind=behind.reasons(ctx)
    )


def applications(ctx: Context) -> Way | None:
    """The applications themselves, those that wait longest first; a row opens the record."""
    found, org_class = frames(ctx)["applications"], address.get("org_class")
    known = set(found["org_class"].drop_nulls().to_list())
    title = ctx.tr("申报名单")
    if org_class in known:
        found = found.filter(pl.col("org_class") == org_class)
        title = ctx.tr("申报名单：{name}", name=labels.coded(ctx, "org_class", org_class))
    found = found.sort("waiting", "applied_on", "application_id", descending=[True, False, False])
    shown = found.head(MOST)
    head.finding(title, ctx.tr("共 {n} 个，还在办理的在前，列 {m} 个；点按一行打开记录", n=found.height, m=shown.height))
    body = naming.names(ctx, "org")
    columns = [
        Column("name", ctx.tr("申报名称"), "name", options={"wrap": True}),
        Column("lead", ctx.tr("牵头单位"), options={"wrap": True}),
        Column("applied", ctx.tr("申报日")),
        Column("state", ctx.tr("现状")),
        Column("completeness", ctx.tr("材料完整"), "number", options=SHARE | {"decimals": 0}),
    ]
    rows = [
        {"id": row["application_id"], "name": row["name_zh"] if ctx.lang == "zh" else row["name_en"] or row["application_id"],
         "lead": body.get(row["lead_org_id"], row["lead_org_id"]), "applied": number.day(row["applied_on"]), "state": _state(ctx, row),
         "completeness": row["completeness"]}
        for row in shown.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(ctx, columns, rows, "joining.list", label=title, height=LIST, nothing=ctx.tr("本期没有有效的申报。"))
    return ("records", {"table": "team_application", "record": opened}) if opened else None


def _state(ctx: Context, row: Mapping[str, Any]) -> str:
    if row["registered"]:
        return ctx.tr("已注册")
    if row["given_up"]:
        return ctx.tr("放弃申报")
    if row["returned"] and not row["resubmitted"]:
        return ctx.tr("待补正")
    return ctx.tr("在审")
