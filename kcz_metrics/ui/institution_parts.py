"""Stations and managers: what the page stands on, its headline, which stations are real."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.analysis import institutions as kernel
from kcz_metrics.analysis import offers
from kcz_metrics.language.periods import period
from kcz_metrics.ui import address, choosing, head, naming, number, strangers
from kcz_metrics.ui.behind import institutions as behind
from kcz_metrics.ui.behind import portrait
from kcz_metrics.ui.coding import LIST, WHOLE, parts, ratio, words
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot

#: A page to open, and the codes of its address.
Way = tuple[str, dict[str, str | None]]


@st.cache_resource(show_spinner=False, max_entries=4)
def _stations(_snapshot: Snapshot, _scheme: Scheme, snapshot_id: str, digest: str) -> pl.DataFrame:
    from kcz_metrics.engines.rows import fact_rows

    return fact_rows(_snapshot, _scheme, ["stations"])["stations"]


@st.cache_resource(show_spinner=False, max_entries=8)
def _frames(_snapshot: Snapshot, _scheme: Scheme, snapshot_id: str, digest: str, period_id: str, least: int) -> Mapping[str, pl.DataFrame]:
    """Everything the page shows: small frames, worked out once a snapshot and period."""
    span, read = period(period_id), _snapshot.read
    start, until = span.start, span.end
    tasks = kernel.tasks(read("agreement_task"), read("agreement"), until)
    return {
        "stations": kernel.stations(_stations(_snapshot, _scheme, snapshot_id, digest), until, least),
        "trainings": kernel.trainings(read("training_event"), start, until),
        "managers": kernel.managers(read("tech_manager"), read("contract"), read("manager_review"), start, until),
        "tasks": tasks,
        "agreements": kernel.agreements(read("agreement"), tasks, until),
        "recommended": kernel.recommended(read("recommendation"), start, until),
        "bases": offers.bases(read("base"), until),
        "centres": offers.centres(read("centre"), read("incubated_firm"), start, until),
        "packages": offers.packages(read("service_package"), read("service_package_part"), read("package_use"), start, until),
        "features": offers.features(read("platform_feature"), read("platform_release"), until),
        "releases": offers.releases(read("platform_release"), start, until),
        "operation": offers.operation(read("platform_operation_month"), f"{start:%Y-%m}", f"{until:%Y-%m}"),
    }


def frames(ctx: Context) -> Mapping[str, pl.DataFrame]:
    assert ctx.snapshot is not None
    assert ctx.scheme is not None
    return _frames(ctx.snapshot, ctx.scheme, ctx.snapshot.id, ctx.digest, ctx.period, least(ctx))


def least(ctx: Context) -> int:
    """Activities a year that a real station has, as the scheme has it."""
    assert ctx.scheme is not None
    from kcz_metrics.facts.library import default_parameters

    return int({**default_parameters(), **ctx.scheme.parameters}["station_activities_a_year"])


def chosen(ctx: Context) -> str:
    """Which part of the page the reader looks at."""
    said = {
        "stations": ctx.tr("协作站点"), "managers": ctx.tr("技术经理人"), "agreements": ctx.tr("战略协议"),
        "recommended": ctx.tr("项目推介"), "sites": ctx.tr("基地、中心与套餐"), "running": ctx.tr("平台建设与运营"),
    }  # fmt: skip
    return choosing.segments(
        "part", ctx.tr("内容"), list(said), said.__getitem__, key="institutions.part", fallback="stations", clears=("kind",), hidden=True
    )


def answer(ctx: Context) -> str:
    """How many stations are real, and how many managers have contracts."""
    found = frames(ctx)
    stations, managers = found["stations"], found["managers"]
    real = int(stations["lacks"].is_null().sum())
    if stations.is_empty() and managers.is_empty():
        return ctx.tr("{period}末没有开放的站点，也没有认定的技术经理人。", period=number.period(ctx.period, ctx.lang))
    made = behind.stations(ctx)
    said = ctx.tr(
        "{period}末开放的 **{n}** 个站点中 **{real}** 个有名有实。",
        period=number.period(ctx.period, ctx.lang), n=says("stations", stations.height, made["open"], stations.height),
        real=says("real", real, made["real"], real),
    )  # fmt: skip
    busy = int((managers["contracts"] > 0).sum())
    people = says("managers", number.count(managers.height), behind.managers(ctx)["managers"], managers.height)
    also = ctx.tr("认定的 **{n}** 名技术经理人中 **{busy}** 名本期促成了合同。", n=people, busy=says("busy", busy, behind.busy(ctx), busy))
    return f"{said} {also}" if ctx.lang == "en" else said + also


def headline(ctx: Context) -> list[Item]:
    found = frames(ctx)
    stations, managers, tasks, sent = (found[name] for name in ("stations", "managers", "tasks", "recommended"))
    real, overdue = int(stations["lacks"].is_null().sum()), int(tasks["overdue"].sum())
    trained, passed = (int(found["trainings"][c].sum()) for c in ("trainees", "passed"))
    features = found["features"]
    online = int(features["released_at"].is_not_null().sum())
    late = int((features["state"] == "overdue").sum())
    return [
        Item(ctx.tr("有名有实的站点"), number.count(real), number.each("个", ctx.lang), ctx.tr("开放 {n} 个", n=stations.height),
             opens=behind.stations(ctx)["real"], value=real, under=(behind.stations(ctx)["open"], stations.height)),
        Item(ctx.tr("认定的技术经理人"), number.count(managers.height), number.each("名", ctx.lang),
             ctx.tr("本期有合同 {n} 名", n=int((managers["contracts"] > 0).sum())),
             opens=behind.managers(ctx)["managers"], value=managers.height,
             under=(behind.busy(ctx), int((managers["contracts"] > 0).sum()))),
        Item(ctx.tr("培训结业"), number.count(passed), number.each("人", ctx.lang), ctx.tr("参训 {n} 人", n=number.count(trained)),
             opens=behind.trainings(ctx)["passed"], value=passed, under=(behind.trainings(ctx)["trainees"], trained)),
        Item(ctx.tr("协议任务完成"), number.share(ratio(int(tasks["done"].sum()), tasks.height)), "",
             ctx.tr("逾期未办 {n} 项", n=overdue), "down" if overdue else "",
             opens=behind.tasks(ctx)["share"], value=ratio(int(tasks["done"].sum()), tasks.height),
             under=(behind.tasks(ctx)["overdue"], overdue)),
        Item(ctx.tr("推介成功"), number.count(int(sent["agreed"].sum())), number.each("项", ctx.lang),
             ctx.tr("推介 {n} 项", n=number.count(sent.height)), opens=behind.recommended(ctx)["agreed"], value=int(sent["agreed"].sum()),
             under=(behind.recommended(ctx)["sent"], sent.height)),
        Item(ctx.tr("已上线功能"), number.count(online), f"/ {features.height}",
             ctx.tr("逾期未上线 {n} 项", n=late), "down" if late else "", opens=behind.online(ctx), value=online,
             under=(behind.late(ctx), late)),
    ]  # fmt: skip


def _lacking(ctx: Context) -> Mapping[str, str]:
    return {"activities": ctx.tr("活动不足"), "outcomes": ctx.tr("没有成果"), "both": ctx.tr("两者都缺")}


def _split(ctx: Context, row: Mapping[str, int]) -> dict[str, Any]:
    said, tones = _lacking(ctx), {"activities": "step3", "outcomes": "step1", "both": "none"}
    whole = {"real": (row["real"], "quantity", ctx.tr("有名有实"))}
    return parts(whole | {what: (row[f"lacks_{what}"], tones[what], said[what]) for what in kernel.LACKS})


def _counted(ctx: Context, rows: pl.DataFrame, first: Column, *, lacking: bool = True) -> list[Column]:
    said = _lacking(ctx)
    return [
        first,
        Column("open", ctx.tr("开放"), "number", options=WHOLE),
        Column("real", ctx.tr("有名有实"), "number", options=WHOLE),
        *(
            [Column(f"lacks_{what}", said[what], "number", options=WHOLE) for what in kernel.LACKS]
            if lacking
            else [Column("bar", "", "bar", width=120, options={"domain": [0, max(rows["open"].to_list(), default=1)]})]
        ),
    ]


def by_kind(ctx: Context) -> None:
    """Open stations by kind: real, and what the others lack; a row limits the list to it."""
    found = frames(ctx)["stations"]
    rows = kernel.stations_by(found, "kind")
    title = ctx.tr("协作站点")
    if found.height:
        real = int(rows["real"].sum()) / found.height
        title = ctx.tr("{share} 的站点有名有实", share=says("share", number.share(real), behind.stations(ctx)["share"], real))
    head.finding(title, ctx.tr("有名有实指当年活动不少于 {n} 场且至少一次对接达成协议；点按一行只看这一类", n=least(ctx)))
    called = words(ctx, "station", "kind")
    now = strangers.known("kind", called) or ""
    drawn = [
        {**row, "id": row["kind"], "name": called.get(row["kind"], row["kind"]), "_chosen": row["kind"] == now}
        for row in rows.iter_rows(named=True)
    ]
    columns = _counted(ctx, rows, Column("name", ctx.tr("站点类型"), "name"))
    opened = table(
        ctx,
        columns,
        drawn,
        "institutions.kinds",
        label=ctx.tr("站点类型"),
        nothing=ctx.tr("期末没有开放的站点。"),
        behind=behind.stations(ctx, "kind"),
    )
    if opened:
        address.put(kind=None if opened == now else opened)
        st.rerun()


def by_city(ctx: Context) -> Way | None:
    """Open stations by pilot; a row opens the pilot's profile."""
    found = frames(ctx)["stations"]
    rows = kernel.stations_by(found, "city_id")
    none = int((rows["real"] == 0).sum())
    n = says("cities", rows.height, behind.stations(ctx)["cities"], rows.height)
    m = says("bare", none, behind.bare_cities(ctx), none)
    title = ctx.tr("{n} 个试点有站点，其中 {m} 个没有一个有名有实", n=n, m=m) if rows.height else ctx.tr("各试点的站点")
    head.finding(title, ctx.tr("按开放站点数；条中深色为有名有实；点按一行查看画像"))
    called = naming.names(ctx, "pilot_city")
    drawn = [
        {**row, "id": row["city_id"], "name": called.get(row["city_id"], row["city_id"]), "bar": _split(ctx, row)}
        for row in rows.iter_rows(named=True)
    ]
    columns = _counted(ctx, rows, Column("name", ctx.tr("试点城市"), "name"), lacking=False)
    opened = table(
        ctx,
        columns,
        drawn,
        "institutions.cities",
        label=title,
        height=LIST,
        nothing=ctx.tr("期末没有开放的站点。"),
        behind=behind.stations(ctx, "city_id"),
    )
    index = ctx.indices_of("city")
    return ("profile", {"unit": opened, "index": index[0] if index else None}) if opened else None


def stations(ctx: Context) -> Way | None:
    """Every open station, those that are not real first, with what they lack; a row opens the record."""
    found = frames(ctx)["stations"]
    called_kind, kind = words(ctx, "station", "kind"), address.get("kind") or ""
    title = ctx.tr("各站点当年的活动与成果")
    if kind in called_kind:
        found = found.filter(pl.col("kind") == kind)
        title = ctx.tr("{kind}站点当年的活动与成果", kind=called_kind[kind])
    head.finding(title, ctx.tr("共 {n} 个，还不是有名有实的在前；点按一行打开记录", n=found.height))
    said, city, body = _lacking(ctx), naming.names(ctx, "pilot_city"), naming.names(ctx, "org")
    columns = [
        Column("name", ctx.tr("站点"), "name"),
        Column("host", ctx.tr("依托单位"), options={"wrap": True}),
        Column("city", ctx.tr("试点城市"), width=88, options={"wrap": True}),
        Column("activities", ctx.tr("活动"), "number", unit=number.each("场", ctx.lang), options=WHOLE),
        Column("outcomes", ctx.tr("成果"), "number", unit=number.each("项", ctx.lang), options=WHOLE),
        Column("lacks", ctx.tr("缺什么"), width=76, options={"wrap": True, "quiet": True}),
    ]
    drawn = [
        {"id": row["station_id"], "name": {"t": row["station_id"], "title": called_kind.get(row["kind"], row["kind"])},
         "host": body.get(row["host_org_id"], row["host_org_id"]), "city": city.get(row["city_id"], row["city_id"]),
         "activities": row["activities"], "outcomes": row["outcomes"],
         "lacks": said.get(row["lacks"] or "", "")}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(
        ctx,
        columns,
        drawn,
        "institutions.stations",
        label=title,
        height=760,
        nothing=ctx.tr("期末没有开放的站点。"),
        behind=portrait.worked(ctx, lambda: frames(ctx)["stations"]),
    )
    return ("records", {"table": "station", "record": opened}) if opened else None
