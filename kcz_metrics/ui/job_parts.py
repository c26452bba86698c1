"""The jobs page: what it stands on, its answer and headline, and seekers, openings and platform resources side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.analysis import employment as kernel
from kcz_metrics.language.periods import period
from kcz_metrics.ui import choosing, head, labels, naming, number, states
from kcz_metrics.ui.behind import jobs as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import bound
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot

WHOLE = {"decimals": 0}
SHARE = {"share": True, "decimals": 1}
#: Supply and demand are told far apart from this many seekers an opening, or an opening a seeker; only with so many openings.
FAR, FLOOR = 1.5, 30
#: The same for a field of one pilot; rows shown on either side; people known about from which staying is told.
CELL, SIDE, KNOWN = 15, 7, 10


@st.cache_resource(show_spinner=False, max_entries=16)
def _frames(_snapshot: Snapshot, snapshot_id: str, period_id: str) -> Mapping[str, pl.DataFrame]:
    """Everything the page shows: small frames, worked out once a snapshot and period."""
    span, read = period(period_id), _snapshot.read
    start, until = span.start, span.end
    months = f"{start:%Y-%m}", f"{until:%Y-%m}"
    seekers = kernel.supply(read("job_supply"), start, until)
    posts = kernel.posts(read("recruit_post"), start, until)
    hired = kernel.hires(read("hire"), posts)
    people = kernel.talent(read("resource"), until)
    firms = read("incubated_firm")
    return {
        "fields": kernel.balance(seekers, posts, hired, people, "tech_field", floor=FLOOR),
        "cities": kernel.balance(seekers, posts, hired, people, "city_id", floor=FLOOR),
        "cells": kernel.cells(seekers, posts, floor=CELL),
        "positions": kernel.positions(posts, hired),
        "zone": kernel.zone(read("zone_month"), *months),
        "zone_months": kernel.zone(read("zone_month"), "", months[1], ["month"]),
        "incubation": kernel.incubation(firms, read("org"), start, until),
        "centres": kernel.centres(read("centre"), firms, until),
        "jobs": kernel.new_jobs(read("impact"), start, until),
    }


def frames(ctx: Context) -> Mapping[str, pl.DataFrame]:
    assert ctx.snapshot is not None
    return _frames(ctx.snapshot, ctx.snapshot.id, ctx.period)


def sums(ctx: Context) -> dict[str, int]:
    """Each count over all fields."""
    found = frames(ctx)["fields"]
    return {c: int(found[c].sum()) for c in kernel.COUNTS}


def chosen(ctx: Context) -> str:
    """Which part of the page the reader looks at."""
    parts = {
        "balance": ctx.tr("供需对照"), "hiring": ctx.tr("录用与留任"), "zone": ctx.tr("专区与服务"), "startups": ctx.tr("创业与孵化"),
    }  # fmt: skip
    return choosing.segments("part", ctx.tr("内容"), list(parts), parts.__getitem__, key="jobs.part", fallback="balance", hidden=True)


def field_word(ctx: Context, code: str | None) -> str:
    return labels.coded(ctx, "tech_field", code) or ctx.tr("领域不明")


def _extremes(ctx: Context) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The fields with most and fewest seekers an opening, where these differ."""
    told = frames(ctx)["fields"].filter(pl.col("ratio").is_not_null()).sort("ratio", "tech_field")
    return (told.row(-1, named=True), told.row(0, named=True)) if told.height > 1 else None


def answer(ctx: Context) -> str:
    """How supply stands to demand, and in which fields they lie furthest apart."""
    own, said, made = sums(ctx), number.period(ctx.period, ctx.lang), behind.balance(ctx)
    sides = {side: says(side, number.count(own[side]), made[side], own[side]) for side in ("seekers", "openings")}
    if not own["openings"] or not own["seekers"]:
        return ctx.tr("{period}登记求职 **{seekers}** 人次，招聘 **{openings}** 人；缺一侧则不比较。", period=said, **sides)
    first = ctx.tr(
        "{period}登记求职 **{seekers}** 人次，招聘 **{openings}** 人，平均每个岗位 {ratio} 人求职。", period=said,
        ratio=says("ratio", number.decimal(own["seekers"] / own["openings"], 1), made["ratio"], own["seekers"] / own["openings"]), **sides,
    )  # fmt: skip
    found = _extremes(ctx)
    if found is None:
        return first
    most, least = found
    second = ctx.tr(
        "{most}最宽松（每岗 **{a}** 人，岗位 {m} 个），{least}最紧（每岗 **{b}** 人，岗位 {n} 个）。",
        most=field_word(ctx, most["tech_field"]), least=field_word(ctx, least["tech_field"]),
        a=_of_field(ctx, most, "ratio", number.decimal(most["ratio"], 1)),
        m=_of_field(ctx, most, "openings", number.count(most["openings"])),
        b=_of_field(ctx, least, "ratio", number.decimal(least["ratio"], 1)),
        n=_of_field(ctx, least, "openings", number.count(least["openings"])),
    )  # fmt: skip
    return first + (" " if ctx.lang == "en" else "") + second


def _of_field(ctx: Context, row: dict[str, Any], column: str, words: str) -> str:
    """A number of one field, as it opens in the table of fields."""
    field = row["tech_field"]
    return says(f"{field}.{column}", words, bound(behind.balance(ctx, "tech_field")[column], field), row[column])


def headline(ctx: Context) -> list[Item]:
    own, found = sums(ctx), frames(ctx)
    stayed = number.share(own["stayed"] / own["judged"] if own["judged"] else None)
    firms, jobs = found["incubation"], found["jobs"]
    ripe, alive = int(firms["known"].sum()), int(firms["alive"].sum())
    solid = jobs.filter(pl.col("evidence_class").is_in(["A", "B"]))["jobs"].sum()
    each, made = number.each("人", ctx.lang), behind.balance(ctx)
    return [
        Item(ctx.tr("求职登记"), number.count(own["seekers"]), number.each("人次", ctx.lang),
             ctx.tr("毕业生 {share}", share=number.share(own["graduates"] / own["seekers"] if own["seekers"] else None)),
             opens=made["seekers"], value=own["seekers"],
             under=(behind.graduates(ctx), own["graduates"] / own["seekers"] if own["seekers"] else None)),
        Item(ctx.tr("招聘人数"), number.count(own["openings"]), each, ctx.tr("本期发布的岗位"),
             opens=made["openings"], value=own["openings"]),
        Item(ctx.tr("已录用"), number.count(own["hired"]), each,
             ctx.tr("占招聘 {share}", share=number.share(own["hired"] / own["openings"] if own["openings"] else None)),
             opens=made["hired"], value=own["hired"],
             under=(behind.filled(ctx), own["hired"] / own["openings"] if own["openings"] else None)),
        Item(ctx.tr("在岗满半年"), stayed, "", ctx.tr("已知去向的 {n} 人", n=number.count(own["judged"])),
             opens=made["stay"], value=own["stayed"] / own["judged"] if own["judged"] else None,
             under=(behind.steps(ctx)["judged"], own["judged"])),
        Item(ctx.tr("孵化企业一年存活"), number.share(alive / ripe if ripe else None), "",
             ctx.tr("已知存亡的 {n} 家", n=number.count(ripe)),
             opens=behind.incubation(ctx)["share"], value=alive / ripe if ripe else None,
             under=(behind.incubation(ctx)["known"], ripe)),
        Item(ctx.tr("带动新增就业"), number.count(float(jobs["jobs"].sum())), each,
             ctx.tr("甲、乙级证据 {n}", n=number.count(float(solid))), opens=behind.new_jobs(ctx)["jobs"], value=float(jobs["jobs"].sum()),
             under=(behind.solid_jobs(ctx), float(solid))),
    ]  # fmt: skip


#: Supply and demand that lie half or more apart, either way.
_FAR_OFF = ((pl.col("ratio") >= FAR) | (pl.col("ratio") <= 1 / FAR)).fill_null(False)


def pair(ctx: Context) -> None:
    """Seekers against openings by technology field."""
    from kcz_metrics.charts.aftermath import pairs

    found = frames(ctx)["fields"].filter(pl.col("seekers") + pl.col("openings") > 0)
    short = found.filter(pl.col("ratio") < 1)
    title = ctx.tr("求职与招聘，按技术领域")
    if short.height:
        source = behind.ratios(ctx, ("tech_field",), 0)
        n = says("pair.fields", found.height, source.count(pl.col("seekers") + pl.col("openings") > 0), found.height)
        m = says("pair.short", short.height, source.count(pl.col("ratio") < 1), short.height)
        title = ctx.tr("{n} 个领域中 {m} 个招聘多于求职", n=n, m=m)
    head.finding(title, ctx.tr("上条为求职（人次），下条为招聘（人）；求职为各季度登记相加，一人可登记几个季度"))
    if found.is_empty():
        states.too_little(ctx.tr("本期没有求职与招聘记录。"))
        return
    shown = pl.DataFrame(
        {
            "label": [field_word(ctx, code) for code in found["tech_field"].to_list()], "first": found["seekers"],
            "second": found["openings"],
        }
    )  # fmt: skip
    chart(ctx, pairs(shown, names=(ctx.tr("求职"), ctx.tr("招聘")), template=ctx.template, lang=ctx.lang), "jobs.pairs", alt=title)
    head.legend([(ctx.tokens["tier"][1], ctx.tr("求职")), (ctx.tokens["interval"], ctx.tr("招聘"))])


def fields(ctx: Context) -> str | None:
    """Supply, demand and platform resources by field in one table; returns the field clicked."""
    found = frames(ctx)["fields"]
    title = ctx.tr("供给、需求与平台资源")
    apart = _apart(found)
    told = found.filter(pl.col("ratio").is_not_null())
    if told.height:
        source = behind.ratios(ctx, ("tech_field",), FLOOR)
        n = says("fields.told", told.height, source.count(pl.col("ratio").is_not_null()), told.height)
        m = says("fields.apart", apart.height, source.count(_FAR_OFF), apart.height)
        title = ctx.tr("{n} 个领域中 {m} 个供需相差一半以上", n=n, m=m)
    caption = ctx.tr(
        "供需比为每个岗位的求职人次；高于 {far} 标 ▲，低于 1/{far} 标 ▼；岗位不足 {floor} 个不比，已知去向不足 {known} 人不列满半年",
        far=FAR,
        floor=FLOOR,
        known=KNOWN,
    )
    head.finding(title, caption)
    rows = [_row(ctx, row, "tech_field", field_word(ctx, row["tech_field"])) for row in found.iter_rows(named=True)]
    if rows:
        rows.append(_total(ctx, ctx.tr("各领域合计")))
    picked = table(
        ctx,
        _columns(ctx, ctx.tr("技术领域")),
        rows,
        "jobs.fields",
        label=title,
        nothing=ctx.tr("本期没有求职与招聘记录。"),
        behind=behind.balance(ctx, "tech_field"),
    )
    cities = frames(ctx)["cities"]
    same = all(int(cities[c].sum()) == n for c, n in sums(ctx).items())
    head.paragraph(ctx.tr("各项按领域相加与按试点相加相等 {mark}", mark="✓" if same else "✗"), muted=True)
    return picked if picked in found["tech_field"] else None


def cells(ctx: Context) -> str | None:
    """Pilots and fields where supply and demand lie furthest apart, either way; returns the pilot of the row clicked."""
    found = frames(ctx)["cells"]
    names = naming.names(ctx, "pilot_city")
    short = found.filter(pl.col("ratio") <= 1 / FAR)
    much = found.filter(pl.col("ratio") >= FAR)
    title = ctx.tr("试点与领域的供需")
    if found.height:
        source, ratio = behind.ratios(ctx, ("city_id", "tech_field"), CELL), pl.col("ratio")
        n = says("cells", found.height, source.count(ratio.is_not_null()), found.height)
        k = says("cells.short", short.height, source.count(ratio <= 1 / FAR), short.height)
        m = says("cells.much", much.height, source.count(ratio >= FAR), much.height)
        title = ctx.tr("{n} 组中 {k} 组供不应求，{m} 组供大于求", n=n, k=k, m=m)
    head.finding(
        title, ctx.tr("一个试点的一个领域为一组；岗位不足 {floor} 个不比；两头各列至多 {n} 组；点按看岗位记录", floor=CELL, n=SIDE)
    )
    columns = [
        Column("name", ctx.tr("试点城市"), "name", options={"wrap": True}),
        Column("field", ctx.tr("技术领域"), width=150, options={"wrap": True}),
        Column("seekers", ctx.tr("求职"), "number", options=WHOLE),
        Column("openings", ctx.tr("招聘"), "number", options=WHOLE),
        Column("ratio", ctx.tr("供需比"), "number", options={"decimals": 2, "strong": True}),
    ]
    picked = None
    nothing = ctx.tr("没有供需相差一半以上的试点与领域。")
    parts = (("jobs.short", ctx.tr("供不应求"), short.head(SIDE)), ("jobs.much", ctx.tr("供大于求"), much.reverse().head(SIDE)))
    made = behind.balance(ctx, ("city_id", "tech_field"))
    for place, (key, words, part) in zip(st.columns(2, gap="large"), parts, strict=True):
        rows: list[dict[str, Any]] = [
            {"id": f"{row['city_id']}|{row['tech_field']}", "name": names.get(row["city_id"], row["city_id"]),
             "field": field_word(ctx, row["tech_field"]), **{c: row[c] for c in ("seekers", "openings", "ratio")}}
            for row in part.iter_rows(named=True)
        ]  # fmt: skip
        if rows:
            rows[0]["_before"] = words
        with place:
            picked = table(ctx, columns, rows, key, label=words, nothing=nothing, behind=made) or picked
    return picked.partition("|")[0] if picked else None


def cities(ctx: Context) -> str | None:
    """The same by pilot, widest apart first; returns the pilot clicked."""
    found = frames(ctx)["cities"]
    names = naming.names(ctx, "pilot_city")
    told = found.filter(pl.col("ratio").is_not_null())
    apart = _apart(found)
    title = ctx.tr("各试点的供需")
    if told.height:
        more = apart.filter(pl.col("ratio") > 1).height
        source, less = behind.ratios(ctx, ("city_id",), FLOOR), apart.height - more
        n = says("cities.told", told.height, source.count(pl.col("ratio").is_not_null()), told.height)
        m = says("cities.more", more, source.count(_FAR_OFF & (pl.col("ratio") > 1)), more)
        k = says("cities.less", less, source.count(_FAR_OFF & (pl.col("ratio") < 1)), less)
        title = ctx.tr("{n} 个试点中 {m} 个供大于求，{k} 个供不应求", n=n, m=m, k=k)
    head.finding(title, ctx.tr("相差最大的在前；岗位不足 {floor} 个的试点不比，列在后面；点按一行看试点画像", floor=FLOOR))
    ordered = found.sort(pl.col("ratio").log().abs(), "city_id", descending=[True, False], nulls_last=True)
    rows = [
        _row(ctx, row, "city_id", names.get(row["city_id"], row["city_id"]))
        for row in ordered.iter_rows(named=True)
        if row["city_id"] is not None
    ]
    rows += [_row(ctx, row, "city_id", ctx.tr("不属试点")) for row in ordered.filter(pl.col("city_id").is_null()).iter_rows(named=True)]
    if rows:
        rows.append(_total(ctx, ctx.tr("各试点合计")))
    shown = table(ctx, _columns(ctx, ctx.tr("试点城市")), rows, "jobs.cities", label=title, height=460,
                  nothing=ctx.tr("本期没有求职与招聘记录。"), behind=behind.balance(ctx, "city_id"))  # fmt: skip
    return shown if shown in names else None


def _apart(found: pl.DataFrame) -> pl.DataFrame:
    return found.filter((pl.col("ratio") >= FAR) | (pl.col("ratio") <= 1 / FAR))


def _columns(ctx: Context, first: str) -> list[Column]:
    each = number.each("人", ctx.lang)
    return [
        Column("name", first, "name"),
        Column("seekers", ctx.tr("求职"), "number", unit=number.each("人次", ctx.lang), options=WHOLE),
        Column("openings", ctx.tr("招聘"), "number", unit=each, options=WHOLE),
        Column("ratio", ctx.tr("供需比"), "number", options={"decimals": 2, "strong": True}),
        Column("hired", ctx.tr("已录用"), "number", unit=each, options=WHOLE),
        Column("stay", ctx.tr("满半年"), "number", options=SHARE),
        Column("talent", ctx.tr("人才资源"), "number", unit=number.each("条", ctx.lang), options=WHOLE,
               title=ctx.tr("期末在人才库中的有效资源")),
    ]  # fmt: skip


def _row(ctx: Context, row: Mapping[str, Any], by: str, name: str) -> dict[str, Any]:
    ratio = row["ratio"]
    mark = "" if ratio is None else "▲ " if ratio >= FAR else "▼ " if ratio <= 1 / FAR else ""
    told = {"v": ratio, "t": mark + number.decimal(ratio, 2), "title": {"▲ ": ctx.tr("供大于求"), "▼ ": ctx.tr("供不应求")}.get(mark, "")}
    stay = {"v": row["stayed"] / row["judged"] if row["judged"] >= KNOWN else None,
            "title": ctx.tr("{a} / {b} 人", a=row["stayed"], b=row["judged"])}  # fmt: skip
    counts = {c: row[c] for c in ("seekers", "openings", "hired", "talent")}
    return {"id": row[by] or "none", "name": name, "ratio": told, "stay": stay, **counts}


def _total(ctx: Context, words: str) -> dict[str, Any]:
    own = sums(ctx)
    ratio = own["seekers"] / own["openings"] if own["openings"] else None
    row = {"all": "all", **own, "ratio": ratio}
    return _row(ctx, row, "all", ctx.tr("合计")) | {"_before": words}
