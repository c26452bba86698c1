"""The events page: what conferences made public, the lists, consortia and their members, advice and recommended talent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.analysis import programmes as kernel
from kcz_metrics.language.periods import period
from kcz_metrics.ui import head, labels, naming, number
from kcz_metrics.ui.behind import events as behind
from kcz_metrics.ui.coding import words
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.event_parts import SHARE, WHOLE, event_name, every
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.table import Column, table
from kcz_metrics.ui.typed import typed

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot

Opened = tuple[str, str] | None
#: Words that follow a name in the tree.
_BRANCH = "└ "


@st.cache_resource(show_spinner=False, max_entries=16)
def _frames(_snapshot: Snapshot, _held: pl.DataFrame, snapshot_id: str, period_id: str) -> Mapping[str, pl.DataFrame]:
    """Everything on the page besides the events and their outcomes."""
    span, read = period(period_id), _snapshot.read
    start, until = span.start, span.end
    return {
        "releases": kernel.releases(read("release_item"), start, until),
        "lists": kernel.lists(read("award_entry"), read("award_list"), start, until),
        "consortia": kernel.consortia(read("consortium"), read("consortium_member"), start, until),
        "classes": kernel.member_classes(read("consortium_member"), read("org"), until),
        "advice": kernel.advice(read("advice_item"), read("activity"), _held, start, until),
        "recommended": kernel.recommended(read("talent_recommendation"), start, until),
        "contests": kernel.contests(read("contest_entry"), read("showcase_project"), start, until),
        "showcase": kernel.showcase(read("showcase_project"), start, until),
        "special": kernel.special(read("special_project"), start, until),
        "interns": kernel.interns(read("internship"), start, until),
    }


def frames(ctx: Context) -> Mapping[str, pl.DataFrame]:
    assert ctx.snapshot is not None
    return _frames(ctx.snapshot, every(ctx)[0], ctx.snapshot.id, ctx.period)


def releases(ctx: Context) -> str | None:
    """Releases by conference and kind; returns the event clicked."""
    found, held = frames(ctx)["releases"], every(ctx)[0]
    kinds = words(ctx, "release_item", "release_kind")
    whole = int(found["total"].sum())
    title = ctx.tr("大会发布")
    if whole:
        made = behind.releases(ctx)
        m, n = says("held", found.height, made["held"], found.height), says("released", whole, made["total"], whole)
        title = ctx.tr("{m} 场大会发布 {n} 项", m=m, n=n)
    head.finding(title, ctx.tr("按发布类别；报道为媒体篇次；点按一场看它留下了什么"))
    columns = [
        Column("name", ctx.tr("活动名称"), "name"),
        *(Column(kind, kinds.get(kind, kind), "number", options=WHOLE) for kind in kernel.RELEASES),
        Column("total", ctx.tr("合计"), "number", unit=number.each("项", ctx.lang), options=WHOLE | {"strong": True}),
        Column("media", ctx.tr("报道"), "number", unit=number.each("篇次", ctx.lang), options=WHOLE),
    ]
    named = {row["event_id"]: event_name(ctx, row) for row in held.iter_rows(named=True) if row["event_id"] in set(found["activity_id"])}
    counts = (*kernel.RELEASES, "total", "media")
    rows: list[dict[str, Any]] = [
        {"id": row["activity_id"], "name": named.get(row["activity_id"], row["activity_id"]), **{c: row[c] for c in counts}}
        for row in found.iter_rows(named=True)
    ]
    if rows:
        rows.append({"id": "all", "name": ctx.tr("合计"), **{c: int(found[c].sum()) for c in counts}, "_before": ctx.tr("各场合计")})
    picked = table(ctx, columns, rows, "events.releases", label=title, nothing=ctx.tr("本期没有大会发布。"), behind=behind.releases(ctx))
    return None if picked == "all" else picked


def lists(ctx: Context) -> None:
    """The lists: new types, and how many entered, were shortlisted and listed."""
    found = frames(ctx)["lists"]
    year = period(ctx.period).year
    new = found.filter(pl.col("first_year") == year).height
    title = ctx.tr("系列榜单")
    if found.height:
        title = ctx.tr("{n} 类榜单，其中本年新增 {m} 类", n=found.height, m=new)
    head.finding(title, ctx.tr("申报、入围、上榜为申报项数；宣传只计上榜项目"))
    columns = [
        Column("name", ctx.tr("榜单类型"), "name"),
        Column("first", ctx.tr("首次"), "number", options=WHOLE),
        *(Column(c, w, "number", options=WHOLE) for c, w in _entry_words(ctx).items()),
        Column("items", ctx.tr("报道"), "number", unit=number.each("篇次", ctx.lang), options=WHOLE),
        Column("views", ctx.tr("传播量"), "number", unit="万" if ctx.lang == "zh" else "k", options={"decimals": 1}),
    ]
    scale = 1e4 if ctx.lang == "zh" else 1e3
    rows: list[dict[str, Any]] = [
        {"id": row["list_type"], "name": typed(ctx, row["list_type"]),
         "first": {"v": row["first_year"], "t": str(row["first_year"] or number.MISSING)},
         "views": row["views"] / scale, "items": row["items"],
         **{c: row[c] for c in _entry_words(ctx)}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    if rows:
        sums = {c: int(found[c].sum()) for c in (*_entry_words(ctx), "items", "views")}
        rows.append(
            {"id": "all", "name": ctx.tr("合计"), **sums, "views": sums["views"] / scale,
             "first": {"v": None, "t": ""}, "_before": ctx.tr("各榜合计")}
        )  # fmt: skip
    table(ctx, columns, rows, "events.lists", label=title, opens=False, nothing=ctx.tr("本期没有榜单申报。"), behind=behind.lists(ctx))


def _entry_words(ctx: Context) -> dict[str, str]:
    return {"entered": ctx.tr("申报"), "shortlisted": ctx.tr("入围"), "listed": ctx.tr("上榜")}


def consortia(ctx: Context) -> Opened:
    """The tree of consortia; returns table and record of one clicked."""
    found = frames(ctx)["consortia"]
    orgs, kinds = naming.names(ctx, "org"), words(ctx, "consortium", "consortium_kind")
    start = period(ctx.period).start
    new = found.filter(pl.col("founded_at") >= start).height
    parts = int(found["depth"].sum())
    title = ctx.tr("联合体")
    if found.height:
        title = ctx.tr("{n} 个子联合体，本期新成立 {m} 个", n=parts, m=new)
    head.finding(title, ctx.tr("期末在册成员（家）；上级在前，子联合体列其下；点按一行打开记录"))
    columns = [
        Column("name", ctx.tr("联合体名称"), "name"),
        Column("kind", ctx.tr("类型")),
        Column("lead", ctx.tr("牵头单位")),
        Column("founded", ctx.tr("成立日")),
        Column("members", ctx.tr("成员"), "number", unit=number.each("家", ctx.lang), options=WHOLE),
        Column("joined", ctx.tr("本期加入"), "number", unit=number.each("家", ctx.lang), options=WHOLE),
    ]
    rows = [
        {"id": row["consortium_id"], "name": _BRANCH * row["depth"] + _own_name(ctx, row),
         "kind": kinds.get(row["consortium_kind"], row["consortium_kind"]), "lead": orgs.get(row["lead_org_id"], row["lead_org_id"]),
         "founded": number.day(row["founded_at"]), "members": row["members"], "joined": row["joined"]}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    picked = table(ctx, columns, rows, "events.consortia", label=title, nothing=ctx.tr("期末没有联合体。"), behind=behind.consortia(ctx))
    return ("consortium", picked) if picked else None


def _own_name(ctx: Context, row: Mapping[str, Any]) -> str:
    return str(row["name_zh"] if ctx.lang == "zh" else row["name_en"] or row["name_zh"])


def classes(ctx: Context) -> None:
    """Member bodies by class."""
    found = frames(ctx)["classes"]
    bodies, seats = int(found["bodies"].sum()), int(found["seats"].sum())
    title = ctx.tr("联合体成员")
    if bodies:
        first = found.row(0, named=True)
        title = ctx.tr("成员最多的是{cls}，占 {share}", cls=labels.coded(ctx, "org_class", first["org_class"]),
                       share=number.share(first["bodies"] / bodies))  # fmt: skip
    made = behind.classes(ctx)
    n, m = says("bodies", number.count(bodies), made["bodies"], bodies), says("seats", number.count(seats), made["seats"], seats)
    head.finding(title, ctx.tr("单位去重计 {n} 家，席位 {m} 个（一家可在几个联合体）", n=n, m=m))
    columns = [
        Column("name", ctx.tr("机构类别"), "name"),
        Column("bodies", ctx.tr("单位数"), "number", unit=number.each("家", ctx.lang), options=WHOLE),
        Column("bar", "", "bar", width=130, options={"domain": [0, max(int(found["bodies"].max() or 0), 1)]}),  # type: ignore[arg-type]
        Column("seats", ctx.tr("席位"), "number", options=WHOLE),
    ]
    rows = [
        {"id": row["org_class"] or "none", "name": labels.coded(ctx, "org_class", row["org_class"]) or ctx.tr("类别不明"),
         "bodies": row["bodies"], "seats": row["seats"], "bar": {"parts": [{"v": row["bodies"], "tone": "quantity"}]}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    table(
        ctx, columns, rows, "events.classes", label=title, opens=False, nothing=ctx.tr("期末没有联合体成员。"), behind=behind.classes(ctx)
    )
    total = int(frames(ctx)["consortia"]["members"].sum())
    mark = "✓" if total == seats else "✗"
    head.paragraph(ctx.tr("席位 {a} = 各联合体成员相加 {b} {mark}", a=number.count(seats), b=number.count(total), mark=mark), muted=True)


def advice(ctx: Context) -> None:
    """Advice by the kind of event it came out of, and how much was adopted."""
    found = frames(ctx)["advice"]
    given, adopted = int(found["given"].sum()), int(found["adopted"].sum())
    title = ctx.tr("政策建议")
    if given:
        made = behind.advice(ctx)
        share = says("adopted", number.share(adopted / given), made["share"], adopted / given)
        title = ctx.tr("{n} 条政策建议，{share} 被采纳", n=says("advice", number.count(given), made["given"], given), share=share)
    head.finding(title, ctx.tr("本期提出的建议，按来源活动的类型；采纳以采纳文号为准"))
    columns = [
        Column("name", ctx.tr("来源"), "name"),
        Column("events", ctx.tr("本期活动"), "number", unit=number.each("场", ctx.lang), options=WHOLE),
        Column("given", ctx.tr("建议"), "number", unit=number.each("条", ctx.lang), options=WHOLE),
        Column("adopted", ctx.tr("采纳"), "number", unit=number.each("条", ctx.lang), options=WHOLE),
        Column("share", ctx.tr("采纳率"), "number", options=SHARE),
    ]
    rows: list[dict[str, Any]] = [
        {"id": row["activity_type"] or "none", "name": labels.coded(ctx, "activity_type", row["activity_type"]) or ctx.tr("不出自活动"),
         "share": row["adopted"] / row["given"], **{c: row[c] for c in ("events", "given", "adopted")}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    if rows:
        rows.append({"id": "all", "name": ctx.tr("合计"), "given": given, "adopted": adopted, "share": adopted / given,
                     "events": None, "_before": ctx.tr("各来源合计")})  # fmt: skip
    table(ctx, columns, rows, "events.advice", label=title, opens=False, nothing=ctx.tr("本期没有政策建议。"), behind=behind.advice(ctx))


def recommended(ctx: Context) -> None:
    """Talent recommended, met, placed."""
    found = frames(ctx)["recommended"]
    sums = {c: int(found[c].sum()) for c in ("recommended", "met", "placed", "declined", "open")}
    title = ctx.tr("人才举荐")
    if sums["recommended"]:
        made, placed = behind.recommended(ctx), sums["placed"] / sums["recommended"]
        n, m = (says(f"talent.{step}", sums[step], made[step], sums[step]) for step in ("recommended", "placed"))
        title = ctx.tr("举荐 {n} 人，到岗 {m} 人（{share}）", n=n, m=m, share=says("placed", number.share(placed), made["share"], placed))
    head.finding(title, ctx.tr("本期举荐的人，跟踪到最新；到岗、未成与跟进中相加为举荐人数"))
    heads = {
        "recommended": ctx.tr("举荐"), "met": ctx.tr("面谈"), "placed": ctx.tr("到岗"), "declined": ctx.tr("未成"),
        "open": ctx.tr("跟进中"),
    }  # fmt: skip
    bodies = words(ctx, "talent_recommendation", "recommending_body")
    columns = [
        Column("name", ctx.tr("举荐渠道"), "name"),
        *(Column(c, w, "number", options=WHOLE) for c, w in heads.items()),
        Column("share", ctx.tr("到岗率"), "number", options=SHARE),
    ]
    rows: list[dict[str, Any]] = [
        {"id": row["recommending_body"], "name": bodies.get(row["recommending_body"], row["recommending_body"]),
         "share": row["placed"] / row["recommended"], **{c: row[c] for c in heads}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    if rows:
        rows.append({"id": "all", "name": ctx.tr("合计"), **sums, "share": sums["placed"] / sums["recommended"],
                     "_before": ctx.tr("各渠道合计")})  # fmt: skip
    table(
        ctx,
        columns,
        rows,
        "events.recommended",
        label=title,
        opens=False,
        nothing=ctx.tr("本期没有人才举荐。"),
        behind=behind.recommended(ctx),
    )
