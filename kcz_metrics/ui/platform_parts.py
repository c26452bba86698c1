"""The platform page besides the funnel: what it stands on, its headline, the libraries and their growth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.analysis import platform as kernel
from kcz_metrics.language.periods import period
from kcz_metrics.ui import choosing, head, labels, number, opening, pathways, states
from kcz_metrics.ui.behind import platform as behind
from kcz_metrics.ui.behind.jobs import live
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import Part, Ratio, Source
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot

#: The five technology fields of the notice, and the rest.
FIELDS = ("TRAD", "SEI", "DIGI", "GREEN", "FUT", "OTH")
WHOLE = {"decimals": 0}
SHARE = {"share": True, "decimals": 1}


def began(ctx: Context) -> date:
    """The first day of the period."""
    return period(ctx.period).start


@st.cache_resource(show_spinner=False, max_entries=8)
def _frames(_snapshot: Snapshot, snapshot_id: str, period_id: str, bar: tuple[float, int]) -> Mapping[str, pl.DataFrame]:
    """Everything the page shows besides the funnel: small frames, worked out once a snapshot and period."""
    span = period(period_id)
    start, until = span.start, span.end
    months = f"{start:%Y-%m}", f"{until:%Y-%m}"
    stock, usage, read = _snapshot.read("stock_month"), _snapshot.read("platform_usage_month"), _snapshot.read
    return {
        "libraries": kernel.libraries(read("resource"), until, FIELDS),
        "stock": kernel.stock(stock, months[1], institutions=False),
        "bodies": kernel.stock(stock, months[1], institutions=True),
        "institutions": kernel.institutions(read("org_residency"), read("org"), start, until),
        "usage": kernel.usage_by_month(usage, months[1]),
        "classes": kernel.usage_by_class(usage, *months),
        "connections": kernel.connections(read("data_connection"), until, uptime=bar[0], least=bar[1]),
        "pushes": kernel.pushes(read("push_event"), start, until),
        "columns": kernel.episodes(read("programme_item"), start, until, span.previous().start),
        "scenarios": kernel.valid(read("platform_scenario")).filter(pl.col("opened_at") < until).sort("opened_at", descending=True),
        "baseline": read("baseline"),
    }


def frames(ctx: Context) -> Mapping[str, pl.DataFrame]:
    assert ctx.snapshot is not None
    return _frames(ctx.snapshot, ctx.snapshot.id, ctx.period, sound(ctx))


def sound(ctx: Context) -> tuple[float, int]:
    """From which uptime and how many records a connection is sound, as the scheme has it."""
    assert ctx.scheme is not None
    from kcz_metrics.facts.library import default_parameters

    given = {**default_parameters(), **ctx.scheme.parameters}
    return float(given["connection_minimum_uptime_pct"]), int(given["connection_minimum_records"])


def known(ctx: Context) -> Mapping[str, str]:
    """For the basis line: the last day that the records know of."""
    return {ctx.tr("记录截至"): number.day(pathways.known_until(ctx))}


def chosen(ctx: Context) -> str:
    """Which part of the page the reader looks at."""
    words = {
        "funnel": ctx.tr("全程漏斗"), "libraries": ctx.tr("资源库"), "users": ctx.tr("机构与使用"), "offers": ctx.tr("场景、栏目与连接"),
    }  # fmt: skip
    clears = ("side", "by", "who", "ripe", "stage", "shown")
    return choosing.segments(
        "part", ctx.tr("内容"), list(words), words.__getitem__, key="platform.part", fallback="funnel", clears=clears, hidden=True
    )


def _base(found: Mapping[str, pl.DataFrame], name: str) -> float | None:
    values = found["baseline"].filter(pl.col("metric") == name)["value"]
    return float(values[0]) if values.len() else None


def _grown(ctx: Context, stock: pl.DataFrame, base: float | None, unit: str, label: str, made: Part) -> Item:
    """A month-end stock, how many times its baseline it is, and the raw count beside it."""
    if stock.is_empty():
        return Item(label, number.MISSING, "", ctx.tr("没有月末存量"))
    last = stock.row(-1, named=True)
    raw = ctx.tr("原始 {n}", n=number.count(last["raw"]))
    if base is None:
        return Item(label, number.count(last["valid"]), unit, raw, opens=made, value=last["valid"])
    times = ctx.tr("{n} 倍基期", n=number.decimal(last["valid"] / base, 2))
    said = ctx.tr("{times}，{raw}", times=times, raw=raw)
    grown = Ratio(made, behind.baseline(ctx, "org_users"))
    return Item(label, number.count(last["valid"]), unit, said, opens=made, value=last["valid"], under=(grown, last["valid"] / base))


def _counted(ctx: Context) -> Item:
    """Live resources counted record by record, as the year's target counts them; the month-end return of the libraries beside them."""
    found = frames(ctx)
    live, base = int(found["libraries"]["live"].sum()), _base(found, "resource_live")
    said = [ctx.tr("{n} 倍基期", n=number.decimal(live / base, 2))] if base else []
    if found["stock"].height:
        said.append(ctx.tr("月报 {n}", n=number.count(found["stock"]["valid"][-1])))
    opens = behind.libraries(ctx)["live"]
    assert isinstance(opens, Part)
    under = (Ratio(opens, behind.baseline(ctx, "resource_live")), live / base) if base else None
    line = ctx.tr("，").join(said)
    return Item(ctx.tr("期末有效资源"), number.count(live), number.each("条", ctx.lang), line, opens=opens, value=live, under=under)


def headline(ctx: Context) -> list[Item]:
    """Six numbers of the notice's items 5 and 7."""
    found = frames(ctx)
    start = began(ctx)
    usage, links = found["usage"], found["connections"]
    items = [
        _counted(ctx),
        _grown(ctx, found["bodies"], _base(found, "org_users"), number.each("家", ctx.lang), ctx.tr("入驻机构"),
               behind.institution_stock(ctx)),
    ]  # fmt: skip
    sticky = None if usage.is_empty() else usage["sticky"][-1]
    line = ctx.tr("没有使用记录") if usage.is_empty() else ctx.tr("{month} 日活占月活", month=usage["month"][-1])
    items.append(Item(ctx.tr("用户粘性"), number.share(sticky), "", line, opens=behind.sticky(ctx), value=sticky))
    opened = found["scenarios"].filter(pl.col("opened_at") >= start).height
    items.append(
        Item(ctx.tr("新增应用场景"), number.count(opened), number.each("项", ctx.lang), ctx.tr("累计 {n} 项", n=found["scenarios"].height),
             opens=behind.scenarios(ctx).count(pl.col("opened_at") >= start), value=opened,
             under=(behind.scenarios(ctx).count(), found["scenarios"].height))
    )  # fmt: skip
    aired, before = (int(found["columns"][name].sum()) for name in ("aired", "before"))
    live, steady = (int(links[name].sum()) for name in ("live", "sound"))
    items += [
        Item(ctx.tr("栏目播出"), number.count(aired), number.each("期", ctx.lang), ctx.tr("上期 {n} 期", n=number.count(before)),
             opens=behind.columns(ctx)["aired"], value=aired, under=(behind.columns(ctx)["before"], before)),
        Item(ctx.tr("数据连接"), number.count(live), number.each("个", ctx.lang), ctx.tr("其中稳定 {n} 个", n=number.count(steady)),
             opens=behind.connections(ctx, sound(ctx))["live"], value=live,
             under=(behind.connections(ctx, sound(ctx))["sound"], steady)),
    ]  # fmt: skip
    return items


def growth(ctx: Context) -> None:
    """Month-end stock of the libraries against the baseline and its double."""
    from kcz_metrics import charts

    found = frames(ctx)
    stock, base = found["stock"], _base(found, "resource_live")
    if stock.is_empty():
        head.finding(ctx.tr("资源库规模"))
        states.too_little(ctx.tr("没有月末存量。"))
        return
    last = stock.row(-1, named=True)
    title = ctx.tr("资源库规模")
    if base:
        grown, times = Ratio(behind.library_stock(ctx), behind.baseline(ctx, "resource_live")), last["valid"] / base
        title = ctx.tr("月报存量为基期的 {n} 倍", n=says("grown", number.decimal(times, 2), grown, times))
    head.finding(title, ctx.tr("月末存量（条）；细线为未去重的原始数，虚线为基期及其两倍"))
    figure = charts.growth(
        stock, names=(ctx.tr("有效"), ctx.tr("原始")), baseline=base, goal=2 * base if base else None,
        words=(ctx.tr("基期值"), ctx.tr("翻一番")), template=ctx.template, lang=ctx.lang, height=360,
    )  # fmt: skip
    clicked = chart(ctx, figure, "platform.growth", alt=title, opens=True)
    opening.from_chart(ctx, "platform.growth", clicked, _points(ctx, stock), behind.stock_months(ctx, stock["month"]))
    counted = int(found["libraries"]["live"].sum())
    said = ctx.tr(
        "月报为各库自报的月末存量，{month}为 {n} 条；按资源记录逐条计数为 {counted} 条，年度目标以计数为准。",
        month=last["month"], n=says("stock", number.count(last["valid"]), behind.library_stock(ctx), last["valid"]),
        counted=says("counted", number.count(counted), behind.libraries(ctx)["live"], counted),
    )  # fmt: skip
    if last["carried"]:
        kept = says("carried", last["carried"], behind.carried(ctx, last["month"]), last["carried"])
        said += ctx.tr("{month}有 {n} 个库的存量未核验，沿用上月数。", month=last["month"], n=kept)
    head.paragraph(said, muted=True)


def _points(ctx: Context, stock: pl.DataFrame) -> pl.DataFrame:
    """The points of both lines: ``stage`` (the month), ``label``, ``count``."""
    kinds = {"": ("valid", ctx.tr("有效")), behind.RAW: ("raw", ctx.tr("原始"))}
    found = [(f"{kind}{month}", f"{month} · {word}", n) for kind, (column, word) in kinds.items()
             for month, n in stock.select("month", column).iter_rows()]  # fmt: skip
    return pl.DataFrame(found, schema={"stage": pl.String, "label": pl.String, "count": pl.Int64}, orient="row")


def libraries(ctx: Context) -> None:
    """Libraries by size, with their grades as shares and how many were kept fresh."""
    found = frames(ctx)["libraries"]
    total = int(found["live"].sum())
    made = behind.libraries(ctx)
    n, m = says("live", number.count(total), made["live"], total), says("libraries", found.height, made["libraries"], found.height)
    title = ctx.tr("期末有效资源 {n} 条，分属 {m} 个库", n=n, m=m)
    head.finding(title, ctx.tr("按资源记录逐条计数，已去重；分级条自左为甲、乙、丙、未分级"))
    whole = max(int(found["live"].max() or 0), 1)  # type: ignore[arg-type]
    columns = [
        Column("name", ctx.tr("资源库类型"), "name"),
        Column("live", ctx.tr("有效资源"), "number", options=WHOLE),
        Column("grades", ctx.tr("分级构成"), "bar", width=190, options={"domain": [0, whole]}),
        Column("a", ctx.tr("甲级"), "number", options=SHARE),
        Column("graded", ctx.tr("已分级"), "number", options=SHARE),
        Column("fresh", ctx.tr("一年内更新"), "number", options=SHARE),
    ]
    rows: list[dict[str, Any]] = []
    for row in found.iter_rows(named=True):
        live = row["live"]
        words = {"A": ctx.tr("甲级"), "B": ctx.tr("乙级"), "C": ctx.tr("丙级"), "ungraded": ctx.tr("未分级")}
        tones = {"A": "step5", "B": "step3", "C": "step1", "ungraded": "none"}
        rows.append(
            {
                "id": row["library_type"], "name": labels.coded(ctx, "library_type", row["library_type"]), "live": live,
                "grades": {
                    "parts": [{"v": row[g], "tone": tones[g], "t": f"{words[g]} {number.count(row[g])}"} for g in words],
                },
                "a": row["A"] / live, "graded": 1 - row["ungraded"] / live, "fresh": row["fresh"] / live,
            }
        )  # fmt: skip
    table(
        ctx,
        columns,
        rows,
        "platform.libraries",
        label=ctx.tr("资源库"),
        opens=False,
        nothing=ctx.tr("期末没有有效资源。"),
        behind=made,
    )
    graded = sum(int(found[g].sum()) for g in ("A", "B", "C", "ungraded"))
    mark = "✓" if graded == total else "✗"
    head.paragraph(ctx.tr("各级相加 {a} = 有效资源 {b} {mark}", a=number.count(graded), b=number.count(total), mark=mark), muted=True)


def fields(ctx: Context) -> None:
    """Libraries by technology field."""
    found = frames(ctx)["libraries"]
    sums = {code: int(found[code].sum()) for code in FIELDS}
    total = int(found["live"].sum())
    most = max(sums, key=lambda code: sums[code])
    title = ctx.tr("五类技术领域")
    if total:
        part = Source("resource", live(ctx, behind.days(ctx)[1])).share(pl.col("tech_field") == most)
        share = says("field", number.share(sums[most] / total), part, sums[most] / total)
        title = ctx.tr("{field}的资源最多，占 {share}", field=labels.coded(ctx, "tech_field", most), share=share)
    head.finding(title, ctx.tr("期末有效资源（条），按资源库与技术领域；末行为合计"))
    columns = [
        Column("name", ctx.tr("资源库类型"), "name"),
        *(Column(code, labels.coded(ctx, "tech_field", code), "number", options=WHOLE) for code in FIELDS),
        Column("live", ctx.tr("合计"), "number", options=WHOLE | {"strong": True}),
    ]
    rows: list[dict[str, Any]] = [
        {"id": row["library_type"], "name": labels.coded(ctx, "library_type", row["library_type"]),
         **{c: row[c] for c in (*FIELDS, "live")}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    if rows:
        rows.append({"id": "all", "name": ctx.tr("合计"), **sums, "live": total, "_before": ctx.tr("全部资源库")})
    table(
        ctx,
        columns,
        rows,
        "platform.fields",
        label=title,
        opens=False,
        nothing=ctx.tr("期末没有有效资源。"),
        behind=behind.libraries(ctx, FIELDS),
    )
