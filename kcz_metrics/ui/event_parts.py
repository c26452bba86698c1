"""The events page: what it stands on, its answer and headline, and what events leave behind by series or kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.analysis import aftermath as kernel
from kcz_metrics.language.periods import period
from kcz_metrics.ui import address, choosing, head, labels, naming, number, states
from kcz_metrics.ui.behind import events as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import WHOLE as ALL
from kcz_metrics.ui.sources import Part, Ratio, bound
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot

WHOLE = {"decimals": 0}
SHARE = {"share": True, "decimals": 1}
#: A curve is drawn for a group with this many events that have had the days; and no more curves than can be told apart.
LEAST, LINES = 5, 6


@st.cache_resource(show_spinner=False, max_entries=4)
def _all(_snapshot: Snapshot, snapshot_id: str) -> tuple[pl.DataFrame, pl.DataFrame, date]:
    """All events, all outcomes, and the first day of which nothing is known yet."""
    activities = _snapshot.read("activity")
    found = kernel.outcomes({kind: _snapshot.read(kind) for kind in kernel.SOURCES}, activities)
    held = kernel.events(activities)
    made = _snapshot.created_at.date()
    days = [d for d in (found["day"].max(), held["ended"].max()) if isinstance(d, date)]
    return held, found, min(max(days, default=made), made) + timedelta(days=1)


@st.cache_resource(show_spinner=False, max_entries=16)
def _frames(_snapshot: Snapshot, snapshot_id: str, period_id: str) -> Mapping[str, pl.DataFrame]:
    """The period's events with their outcomes, grouped both ways; outcomes by kind."""
    held, found, known = _all(_snapshot, snapshot_id)
    span = period(period_id)
    own = held.filter(pl.col("held") >= span.start, pl.col("held") < span.end)
    rows = kernel.counted(own, found, known)
    return {
        "rows": rows,
        "series": kernel.by_group(rows, "series"),
        "activity_type": kernel.by_group(rows, "activity_type"),
        "kinds": kernel.by_kind(own, found, known),
    }


def frames(ctx: Context) -> Mapping[str, pl.DataFrame]:
    assert ctx.snapshot is not None
    return _frames(ctx.snapshot, ctx.snapshot.id, ctx.period)


def every(ctx: Context) -> tuple[pl.DataFrame, pl.DataFrame, date]:
    assert ctx.snapshot is not None
    return _all(ctx.snapshot, ctx.snapshot.id)


def kind_word(ctx: Context, kind: str) -> str:
    """The name of a table of outcomes."""
    assert ctx.snapshot is not None
    return ctx.snapshot.tables[kind].label.in_(ctx.lang)


def group_word(ctx: Context, by: str, code: str) -> str:
    if code == kernel.NONE and by == "series":
        return ctx.tr("不属系列")
    return ctx.tr("全部活动") if code == "all" else labels.coded(ctx, by, code)


def event_name(ctx: Context, row: Mapping[str, Any]) -> str:
    """An event's title, which is data; in English, which it does not have, its kind, place, month and day."""
    kind = labels.coded(ctx, "activity_type", row["activity_type"])
    place = naming.names(ctx, "pilot_city").get(row["city_id"] or "", "")
    if ctx.lang == "zh" and row["title"]:
        return str(row["title"])
    return ", ".join(part for part in (kind, f"{place} {row['held']:%m-%d}".strip()) if part)


def known(ctx: Context) -> Mapping[str, str]:
    """For the basis line: the last day that the records know of."""
    return {ctx.tr("记录截至"): number.day(every(ctx)[2] - timedelta(days=1))}


def chosen(ctx: Context) -> str:
    """Which part of the page the reader looks at."""
    parts = {
        "tail": ctx.tr("活动与长尾"), "releases": ctx.tr("发布与榜单"), "alliances": ctx.tr("联合体与建言"),
        "contests": ctx.tr("赛事与专项"),
    }  # fmt: skip
    clears = ("by", "who", "event")
    return choosing.segments(
        "part", ctx.tr("内容"), list(parts), parts.__getitem__, key="events.part", fallback="tail", clears=clears, hidden=True
    )


def _sums(ctx: Context) -> dict[str, int]:
    found = frames(ctx)["activity_type"]
    return {c: int(found[c].sum()) for c in found.columns if c != "group"}


def answer(ctx: Context) -> str:
    """How much an event of the period leaves behind, when, and how many leave nothing."""
    own = _sums(ctx)
    said = number.period(ctx.period, ctx.lang)
    if not own["events"]:
        return ctx.tr("{period}没有已核验的活动。", period=said)
    made = behind.held(ctx)
    events = says("events", number.count(own["events"]), made["events"], own["events"])
    if not own["n180"]:
        return ctx.tr(
            "{period}举办 **{n}** 场活动，至今留下 **{m}** 项成果；还没有一场满 180 天。",
            period=said, n=events, m=says("so_far", number.count(own["so_far"]), made["so_far"], own["so_far"]),
        )  # fmt: skip
    rows = frames(ctx)["rows"].filter(pl.col("o180").is_not_null())
    late = int((rows["o180"] - rows["o30"]).sum())
    whole = int(rows["o180"].sum())
    return ctx.tr(
        "{period}举办 **{n}** 场活动。结束已满 180 天的 {ripe} 场，平均每场留下 **{mean}** 项成果，其中 **{late}** 出现在 30 天以后；"
        "**{none}** 没有留下成果。",
        period=said, n=events, ripe=says("ripe", number.count(own["n180"]), made["n180"], own["n180"]),
        mean=says("mean", number.decimal(whole / own["n180"], 1), made["o180"], whole / own["n180"]),
        late=says("late", number.share(late / whole if whole else None), made["late"], late / whole if whole else None),
        none=says("none", number.share(own["without"] / own["n180"]), made["without"], own["without"] / own["n180"]),
    )  # fmt: skip


def headline(ctx: Context) -> list[Item]:
    own = _sums(ctx)
    people, made = own["participants"], behind.held(ctx)
    items = [
        Item(ctx.tr("活动"), number.count(own["events"]), number.each("场", ctx.lang), ctx.tr("同主办同场地同日并为一场"),
             opens=made["events"], value=own["events"]),
        Item(ctx.tr("参与人次"), number.large(people, ctx.lang), "", ctx.tr("每场 {n} 人", n=_each(people, own["events"], 0)),
             opens=made["participants"], value=people, under=(made["each"], people / own["events"] if own["events"] else None)),
        Item(ctx.tr("外地参与"), number.share(own["external"] / people if people else None), "", ctx.tr("占参与人次"),
             opens=made["external"], value=own["external"] / people if people else None),
    ]  # fmt: skip
    for days in kernel.HORIZONS:
        ripe = own[f"n{days}"]
        line = ctx.tr("已满 {days} 天的 {n} 场", days=days, n=number.count(ripe)) if ripe else ctx.tr("没有满 {days} 天的活动", days=days)
        each = own[f"o{days}"] / ripe if ripe else None
        items.append(
            Item(ctx.tr("{days} 天内每场成果", days=days), number.decimal(each, 2), number.each("项", ctx.lang), line,
                 opens=made[f"o{days}"], value=each, under=(made[f"n{days}"], ripe))
        )  # fmt: skip
    return items


def _each(whole: float, number_of: int, places: int) -> str:
    return number.decimal(whole / number_of if number_of else None, places)


def split(ctx: Context) -> str:
    """By series or by kind of event."""
    ways = {"series": ctx.tr("按系列"), "activity_type": ctx.tr("按类型")}
    return choosing.segments(
        "by", ctx.tr("分组"), list(ways), ways.__getitem__, key="events.by", fallback="series", clears=("who", "event"), hidden=True
    )


def tail(ctx: Context, by: str) -> None:
    """The curve: outcomes an event by days after its end."""
    from kcz_metrics.charts.aftermath import curves

    rows, found = frames(ctx)["rows"], every(ctx)[1]
    days = kernel.horizon(rows, LEAST)
    if days is None:
        head.finding(ctx.tr("活动之后"))
        states.too_little(ctx.tr("满 30 天的活动不足 {n} 场，不画曲线。", n=LEAST))
        return
    course = kernel.course(rows, found, by, days, LEAST)
    ends = course.filter(pl.col("day") == days, pl.col("group") != "all").sort("per_event", "group", descending=[True, False])
    shown = ["all", *ends["group"].to_list()[:LINES]]
    best = ends.row(0, named=True) if ends.height else None
    title, made = ctx.tr("活动之后 {days} 天", days=days), behind.held(ctx, by)
    ripe = rows.filter(pl.col("had") >= days).height
    if best is not None and best["per_event"] > 0:
        title = ctx.tr(
            "{series}长尾最长，每场 {n} 项", series=group_word(ctx, by, best["group"]),
            n=says("longest", number.decimal(best["per_event"], 1), bound(made[f"o{days}"], best["group"]), best["per_event"]),
        )  # fmt: skip
    caption = ctx.tr(
        "每场活动结束后累计成果（项）；只计已满 {days} 天的 {n} 场，不足 {least} 场的组不画",
        days=days, n=says("ripe", number.count(ripe), bound(made[f"n{days}"], ALL), ripe), least=LEAST,
    )  # fmt: skip
    head.finding(title, caption)
    figure = curves(
        course, labels={g: group_word(ctx, by, g) for g in shown}, first="all", marks=kernel.HORIZONS, template=ctx.template,
        lang=ctx.lang, height=330,
    )  # fmt: skip
    chart(ctx, figure, "events.tail", alt=title)


def groups(ctx: Context, by: str) -> str | None:
    """Events by group: how many, who came, and outcomes an event after 30, 90 and 180 days. Returns the group clicked."""
    found = frames(ctx)[by]
    who = address.get("who")
    own = _sums(ctx)
    title, made = ctx.tr("活动与成果"), behind.held(ctx, by)
    full = found.filter(pl.col("n180") >= LEAST).sort(pl.col("without") / pl.col("n180"), descending=True)
    if full.height and full["without"][0]:
        row = full.row(0, named=True)
        title = ctx.tr(
            "{series}有 {share} 在 180 天内没有留下成果", series=group_word(ctx, by, row["group"]),
            share=says("barren", number.share(row["without"] / row["n180"], 0), bound(made["without"], row["group"]),
                       row["without"] / row["n180"]),
        )  # fmt: skip
    head.finding(title, ctx.tr("每场成果只计已满该天数的活动（停留可见场数），不足 {n} 场不列；点按一组看其中的活动", n=LEAST))
    columns = [
        Column("name", ctx.tr("组"), "name"),
        Column("events", ctx.tr("活动"), "number", unit=number.each("场", ctx.lang), options=WHOLE),
        Column("participants", ctx.tr("参与人次"), "number", options=WHOLE),
        Column("external", ctx.tr("外地"), "number", options=SHARE),
        *(Column(f"o{h}", ctx.tr("{n} 天", n=h), "number", options={"decimals": 2}) for h in kernel.HORIZONS),
        Column("n180", ctx.tr("满 180 天"), "number", unit=number.each("场", ctx.lang), options=WHOLE),
        Column("without", ctx.tr("无成果"), "number", options=SHARE, title=ctx.tr("满 180 天而没有成果的活动所占比例")),
    ]
    rows = [_group_row(ctx, by, row) | {"_chosen": row["group"] == who} for row in found.iter_rows(named=True)]
    if rows:
        whole = _group_row(ctx, by, {"group": "all", **own})
        rows.append({**whole, "_before": ctx.tr("各组合计")})
    picked = table(ctx, columns, rows, "events.groups", label=title, nothing=ctx.tr("本期没有活动。"), behind=made)
    sums = " · ".join(
        ctx.tr(
            "{days} 天 {n} 场 {o} 项",
            days=h,
            n=says(f"sum.n{h}", number.count(own[f"n{h}"]), bound(made[f"n{h}"], ALL), own[f"n{h}"]),
            o=says(f"sum.o{h}", number.count(own[f"o{h}"]), bound(made[f"sum{h}"], ALL), own[f"o{h}"]),
        )
        for h in kernel.HORIZONS
    )
    both = [frames(ctx)[way] for way in ("series", "activity_type")]
    mark = "✓" if all(int(both[0][c].sum()) == int(both[1][c].sum()) == own[c] for c in ("events", "so_far", "o180")) else "✗"
    head.paragraph(ctx.tr("满期活动与其成果：{sums}；按系列与按类型相加相等 {mark}", sums=sums, mark=mark), muted=True)
    return None if picked == "all" else picked


def _group_row(ctx: Context, by: str, row: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": row["group"], "name": group_word(ctx, by, row["group"]), "events": row["events"], "participants": row["participants"],
        "external": row["external"] / row["participants"] if row["participants"] else None, "n180": row["n180"],
        "without": row["without"] / row["n180"] if row["n180"] >= LEAST else None,
    }  # fmt: skip
    for h in kernel.HORIZONS:
        n = row[f"n{h}"]
        made[f"o{h}"] = {"v": row[f"o{h}"] / n if n >= LEAST else None, "title": ctx.tr("{o} 项 / {n} 场", o=row[f"o{h}"], n=n)}
    return made


def kinds(ctx: Context) -> None:
    """What kind of outcome, and how long after the event."""
    found = frames(ctx)["kinds"]
    spans = {"d30": ctx.tr("30 天内"), "d90": ctx.tr("31–90 天"), "d180": ctx.tr("91–180 天"), "later": ctx.tr("180 天后")}
    total = int(found["total"].sum())
    by_kind = behind.by_kind(ctx, found["kind"].to_list())
    title, whole = ctx.tr("成果的种类"), by_kind["total"]
    assert isinstance(whole, Mapping)
    if total:
        first = found.row(0, named=True)
        of_kind, of_all = bound(whole[first["kind"]], first["kind"]), bound(whole[ALL], ALL)
        assert isinstance(of_kind, Part)
        assert isinstance(of_all, Part)
        share = says("most", number.share(first["total"] / total), Ratio(of_kind, of_all), first["total"] / total)
        title = ctx.tr("留下最多的是{kind}，占 {share}", kind=kind_word(ctx, first["kind"]), share=share)
    head.finding(title, ctx.tr("本期全部活动至今的成果（项），按活动结束后的天数；条自左为四段时间"))
    columns = [
        Column("name", ctx.tr("成果"), "name"),
        Column("bar", "", "bar", width=50, options={"domain": [0, max(int(found["total"].max() or 0), 1)]}),  # type: ignore[arg-type]
        *(Column(span, word, "number", options=WHOLE) for span, word in spans.items()),
        Column("total", ctx.tr("合计"), "number", options=WHOLE | {"strong": True}),
    ]
    tones = dict(zip(spans, ("step5", "step3", "step1", "none"), strict=True))
    rows: list[dict[str, Any]] = [
        {"id": row["kind"], "name": kind_word(ctx, row["kind"]), **{c: row[c] for c in (*spans, "total")},
         "bar": {"parts": [{"v": row[s], "tone": tones[s], "t": f"{spans[s]} {number.count(row[s])}"} for s in spans]}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    if rows:
        sums = {c: int(found[c].sum()) for c in (*spans, "total")}
        rows.append({"id": "all", "name": ctx.tr("合计"), **sums, "bar": {"parts": []}, "_before": ctx.tr("各类合计")})
    table(ctx, columns, rows, "events.kinds", label=title, opens=False, nothing=ctx.tr("本期活动还没有成果。"), behind=by_kind)
    outside = every(ctx)[1].filter(pl.col("event_id").is_null()).height
    same = "✓" if total == int(frames(ctx)["series"]["so_far"].sum()) else "✗"
    head.paragraph(
        ctx.tr(
            "合计 {n} 项，与各活动相加相等 {mark}。成果由记录所填的来源活动认定，不等于因果；"
            "另有 {out} 项（各期）来自未核验或重复的活动，不计。",
            n=says("outcomes", number.count(total), bound(whole[ALL], ALL), total), mark=same, out=number.count(outside),
        ),
        muted=True,
    )  # fmt: skip
