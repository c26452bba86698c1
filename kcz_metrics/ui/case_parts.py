"""Good cases and who takes them over: headline, owners, pilots, the network of adoption."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.analysis import cases as kernel
from kcz_metrics.language.periods import period
from kcz_metrics.ui import address, choosing, head, labels, naming, number, strangers
from kcz_metrics.ui.behind import cases as behind
from kcz_metrics.ui.behind import earlier
from kcz_metrics.ui.browsing import SEPARATOR
from kcz_metrics.ui.coding import LIST, MOST, SHARE, WHOLE, bar, ratio, words
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.responsibilities import owners
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import Part
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot

Way = tuple[str, dict[str, str | None]]
#: Pixels of the long lists.
TALL = 620


@st.cache_resource(show_spinner=False, max_entries=8)
def _frames(_snapshot: Snapshot, snapshot_id: str, period_id: str) -> Mapping[str, pl.DataFrame]:
    """Everything the page shows besides the export: small frames, worked out once a snapshot and period."""
    span, read = period(period_id), _snapshot.read
    before, studies, adoptions = span.previous(), read("case_study"), read("case_adoption")
    return {
        "cases": kernel.cases(studies, adoptions, span.start, span.end),
        "before": kernel.cases(studies, adoptions, before.start, before.end),
        "network": kernel.network(studies, adoptions, span.end, span.start),
        "uses": kernel.uses(read("result_use"), span.start, span.end),
    }


def frames(ctx: Context) -> Mapping[str, pl.DataFrame]:
    assert ctx.snapshot is not None
    return _frames(ctx.snapshot, ctx.snapshot.id, ctx.period)


def chosen(ctx: Context) -> str:
    said = {"cases": ctx.tr("优秀案例"), "network": ctx.tr("采纳网络"), "uses": ctx.tr("结果运用"), "export": ctx.tr("学会评价导出")}
    return choosing.segments(
        "part", ctx.tr("内容"), list(said), said.__getitem__, key="cases.part", fallback="cases", clears=("owner", "use"), hidden=True
    )


def answer(ctx: Context) -> str:
    found, uses = frames(ctx)["cases"], frames(ctx)["uses"]
    span = number.period(ctx.period, ctx.lang)
    taken, made = int((found["adopted"] > 0).sum()), behind.selected(ctx)
    said = ctx.tr(
        "{period}入选 **{n}** 个案例，**{share}** 已被采纳；", period=span,
        n=says("cases", number.count(found.height), made["cases"], found.height),
        share=says("taken", number.share(ratio(taken, found.height)), made["share"], ratio(taken, found.height)),
    )  # fmt: skip
    used = says("uses", number.count(uses.height), behind.used(ctx).count(), uses.height)
    return said + (" " if ctx.lang == "en" else "") + ctx.tr("考核结果运用 **{n}** 次。", n=used)


def headline(ctx: Context) -> list[Item]:
    found, before, network, uses = (frames(ctx)[name] for name in ("cases", "before", "network", "uses"))
    taken, adopted = int((found["adopted"] > 0).sum()), int(network["cases"].sum())
    mutual = int(network["mutual"].sum())
    kinds = dict(uses.group_by("use_kind").len().iter_rows())
    warned = sum(kinds.get(kind, 0) for kind in behind.WARNED)
    cases = behind.selected(ctx)

    def used(codes: list[str]) -> Part:
        return behind.used(ctx).count(pl.col("use_kind").is_in(codes))

    return [
        Item(ctx.tr("入选案例"), number.count(found.height), number.each("个", ctx.lang),
             ctx.tr("上期 {n} 个", n=number.count(before.height)), opens=cases["cases"], value=found.height,
             under=(behind.selected(earlier(ctx))["cases"], before.height)),
        Item(ctx.tr("已被采纳"), number.share(ratio(taken, found.height)), "", ctx.tr("{n} 个案例", n=number.count(taken)),
             opens=cases["share"], value=ratio(taken, found.height), under=(cases["taken"], taken)),
        Item(ctx.tr("本期采纳"), number.count(adopted), number.each("次", ctx.lang),
             ctx.tr("相互采纳 {n} 对", n=mutual), opens=behind.adopted(ctx).count(), value=adopted, under=(behind.mutual(ctx), mutual)),
        Item(ctx.tr("表扬"), number.count(kinds.get("commend", 0)), number.each("次", ctx.lang),
             ctx.tr("经费支持 {n} 次", n=kinds.get("support", 0)), opens=used(["commend"]), value=kinds.get("commend", 0),
             under=(used(["support"]), kinds.get("support", 0))),
        Item(ctx.tr("提醒、约谈、整改"), number.count(warned), number.each("次", ctx.lang),
             ctx.tr("限期整改 {n} 次", n=kinds.get("rectify", 0)), opens=used(list(behind.WARNED)), value=warned,
             under=(used(["rectify"]), kinds.get("rectify", 0))),
        Item(ctx.tr("纳入学会评价"), number.count(kinds.get("society_evaluation", 0)), number.each("家", ctx.lang),
             ctx.tr("按决定日计"), opens=used(["society_evaluation"]), value=kinds.get("society_evaluation", 0)),
    ]  # fmt: skip


def _counted(ctx: Context, first: Column, most: int) -> list[Column]:
    return [
        first,
        Column("cases", ctx.tr("入选案例"), "number", options=WHOLE),
        Column("bar", "", "bar", width=36, options={"domain": [0, max(most, 1)]}),
        Column("taken", ctx.tr("被采纳"), "number", options=WHOLE),
        Column("share", ctx.tr("采纳率"), "number", options=SHARE),
        Column("adopted", ctx.tr("采纳次数"), "number", options=WHOLE),
    ]


def _drawn(found: pl.DataFrame, column: str, called: Mapping[str, str]) -> list[dict[str, object]]:
    return [
        {**row, "id": row[column], "name": called.get(row[column], row[column]), "bar": bar(row["cases"]),
         "share": ratio(row["taken"], row["cases"])}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip


def by_owner(ctx: Context) -> None:
    """Selected cases by kind of owner; a row limits the list to it."""
    found = kernel.cases_by(frames(ctx)["cases"], "owner_type")
    title = ctx.tr("案例来自谁")
    head.finding(title, ctx.tr("本期入选的有效案例；采纳计到期末；点按一行只看这一类"))
    called = {**words(ctx, "case_study", "owner_type"), "city": ctx.tr("试点城市")}
    now = strangers.known("owner", called) or ""
    rows = [{**row, "_chosen": row["id"] == now} for row in _drawn(found, "owner_type", called)]
    columns = _counted(ctx, Column("name", ctx.tr("归属"), "name"), max(found["cases"].to_list(), default=1))
    opened = table(
        ctx, columns, rows, "cases.owners", label=title, nothing=ctx.tr("本期没有入选案例。"), behind=behind.selected(ctx, "owner_type")
    )
    if opened:
        address.put(owner=None if opened == now else opened)
        st.rerun()


def by_city(ctx: Context) -> Way | None:
    """Selected cases of the pilots; a row opens the pilot's profile."""
    found = kernel.cases_by(frames(ctx)["cases"].filter(pl.col("owner_type") == "city"), "owner_id")
    n = says("case.cities", found.height, behind.selected(ctx, of_cities=True)["owners"], found.height)
    title = ctx.tr("{n} 个试点有入选案例", n=n)
    head.finding(title, ctx.tr("归属为试点的案例；点按一行查看画像"))
    rows = _drawn(found, "owner_id", naming.names(ctx, "pilot_city"))
    columns = _counted(ctx, Column("name", ctx.tr("试点城市"), "name", options={"wrap": True}), max(found["cases"].to_list(), default=1))
    opened = table(
        ctx,
        columns,
        rows,
        "cases.cities",
        label=title,
        height=LIST,
        nothing=ctx.tr("本期没有入选案例。"),
        behind=behind.selected(ctx, "owner_id", of_cities=True),
    )
    index = ctx.indices_of("city")
    return ("profile", {"unit": opened, "index": index[0] if index else None}) if opened else None


def cases(ctx: Context) -> Way | None:
    """The cases, most adopted first, with who took them over; a row opens the record."""
    found, kind = frames(ctx)["cases"], address.get("owner") or ""
    said = words(ctx, "case_study", "owner_type")
    title = ctx.tr("案例与采纳方")
    if kind in said:
        found = found.filter(pl.col("owner_type") == kind)
        title = ctx.tr("案例与采纳方：{kind}", kind=said[kind])
    shown = found.head(MOST)
    caption = ctx.tr("共 {n} 个，按采纳次数列前 {m} 个；点按一行打开记录", n=number.count(found.height), m=shown.height)
    head.finding(title, caption)
    called = owners(ctx)
    columns = [
        Column("owner", ctx.tr("归属"), "name", options={"wrap": True}),
        Column("case", ctx.tr("案例"), options={"wrap": True}),
        Column("adopted", ctx.tr("采纳"), "number", unit=number.each("次", ctx.lang), options=WHOLE),
        Column("by", ctx.tr("采纳方"), options={"wrap": True, "quiet": True}),
    ]
    rows = [
        {"id": row["case_id"], "owner": called.get(row["owner_id"], row["owner_id"]),
         # a case's title is data and Chinese only
         "case": row["title"] if ctx.lang == "zh" else row["case_id"], "adopted": row["adopted"],
         "by": labels.listed(ctx, [called.get(one, one) for one in row["adopters"] or []], most=12)}
        for row in shown.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(
        ctx, columns, rows, "cases.list", label=title, height=TALL + 140, nothing=ctx.tr("本期没有入选案例。"), behind=behind.one_case(ctx)
    )
    return ("records", {"table": "case_study", "record": opened}) if opened else None


def network(ctx: Context) -> Way | None:
    """Who took over whose cases in the period, most first, mutual pairs marked; a row opens what the adopter took over."""
    found = frames(ctx)["network"]
    mutual = int(found["mutual"].sum())
    n = says("pairs", number.count(found.height), behind.related(ctx), found.height)
    title = ctx.tr("{n} 对采纳关系，{m} 对是相互采纳", n=n, m=says("mutual", mutual, behind.mutual(ctx), mutual))
    head.finding(title, ctx.tr("本期的有效采纳，相互的在前，列前 {n} 对；相互采纳在指标中按一半计；点按一行查看采纳记录", n=MOST))
    shown = found.sort("mutual", "cases", "owner_id", "adopter_id", descending=[True, True, False, False]).head(MOST)
    called = owners(ctx)
    columns = [
        Column("owner", ctx.tr("归属"), "name", options={"wrap": True}),
        Column("adopter", ctx.tr("采纳方"), options={"wrap": True}),
        Column("cases", ctx.tr("采纳案例"), "number", options=WHOLE),
        Column("back", ctx.tr("反向采纳"), "number", title=ctx.tr("归属单位采纳对方案例的次数，不限本期"), options=WHOLE),
        Column("last", ctx.tr("最近一次")),
        Column("mutual", ctx.tr("标记"), "flags"),
    ]
    rows = [
        {"id": f"{row['owner_id']}{SEPARATOR}{row['adopter_id']}",
         "owner": called.get(row["owner_id"], row["owner_id"]), "adopter": called.get(row["adopter_id"], row["adopter_id"]),
         "cases": row["cases"], "back": row["back"], "last": number.day(row["last"]),
         "mutual": [{"t": ctx.tr("相互采纳"), "kind": "neutral"}] if row["mutual"] else []}
        for row in shown.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(
        ctx, columns, rows, "cases.network", label=title, height=TALL + 140, nothing=ctx.tr("本期没有案例采纳。"), behind=behind.pairs(ctx)
    )
    if not opened:
        return None
    return "records", {"table": "case_adoption", "q": opened.rpartition(SEPARATOR)[2]}


def spread(ctx: Context) -> Way | None:
    """Who is taken over by how many, and takes over from how many; a row opens the profile."""
    found = frames(ctx)["network"]
    given = found.group_by("owner_id", "owner_type").agg(out=pl.len(), gave=pl.col("cases").sum())
    taken = found.group_by("adopter_id").agg(into=pl.len(), took=pl.col("cases").sum())
    both = (
        given.join(taken, left_on="owner_id", right_on="adopter_id", how="left")
        .with_columns(pl.col("into", "took").fill_null(0))
        .sort("gave", "out", "owner_id", descending=[True, True, False])
    )
    title = ctx.tr("{n} 个单位的案例被采纳", n=says("givers", number.count(both.height), behind.givers(ctx), both.height))
    head.finding(title, ctx.tr("被采纳最多的在前，列前 {n} 个；点按一行查看画像", n=MOST))
    called = owners(ctx)
    columns = [
        Column("name", ctx.tr("归属"), "name", options={"wrap": True}),
        Column("gave", ctx.tr("被采纳"), "number", unit=number.each("次", ctx.lang), options=WHOLE),
        Column("out", ctx.tr("采纳方"), "number", unit=number.each("个", ctx.lang), options=WHOLE),
        Column("took", ctx.tr("采纳他人"), "number", unit=number.each("次", ctx.lang), options=WHOLE),
    ]
    rows = [
        {**row, "id": f"{row['owner_type']}{SEPARATOR}{row['owner_id']}", "name": called.get(row["owner_id"], row["owner_id"])}
        for row in both.head(MOST).iter_rows(named=True)
    ]
    opened = table(
        ctx, columns, rows, "cases.spread", label=title, height=TALL + 140, nothing=ctx.tr("本期没有案例采纳。"), behind=behind.spread(ctx)
    )
    if not opened:
        return None
    return profile(ctx, *opened.split(SEPARATOR))


def profile(ctx: Context, kind: str, unit: str) -> Way:
    """The profile of a pilot, team or body."""
    found = ctx.indices_of("organisation" if kind == "org" else kind)
    return "profile", {"unit": unit, "index": found[0] if found else None}
