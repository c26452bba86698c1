"""The selection's answer, its numbers, the picture of where it cuts, the near ties, and the list with every reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics.decisions.confirming import Listed
from kcz_metrics.decisions.cutline import SURE
from kcz_metrics.ui import choosing, downloads, head, number, selection
from kcz_metrics.ui import selection_words as words
from kcz_metrics.ui.behind import selection as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.selection import Round
from kcz_metrics.ui.selection_controls import seats_words
from kcz_metrics.ui.table import Column, table

ALL, IN, OUT, RESERVES, BARRED = "all", "in", "out", "reserves", "barred"
#: Pairs shown beside the near ties, so that the card says how close the closest are.
CLOSEST = 6


def exchanged(seen: Round) -> tuple[list[str], list[str]]:
    """Who is in though not among the plain first, and who is out though among them."""
    frame = seen.found.units
    came = frame.filter(pl.col("selected") & ~pl.col("plain"))["unit"].to_list()
    went = frame.filter(~pl.col("selected") & pl.col("plain"))["unit"].to_list()
    return came, went


def near(cut: pl.DataFrame) -> list[str]:
    return cut.filter(pl.col("near").fill_null(False))["unit"].to_list()


def answer(seen: Round, cut: pl.DataFrame, given: Listed | None) -> str:
    """What is selected, or why nothing is; ``given``: the list that was confirmed for the period."""
    ctx, found = seen.ctx, seen.found
    if not found.feasible:
        n = says("yields", found.relaxation.height, behind.missing(seen).source.count(), found.relaxation.height)
        if given is not None:
            seats = says("listed", len(given.units), behind.counted(seen, list(given.units)), len(given.units))
            return ctx.tr("已确认 **{seats}** 支的名单；按方案的数，名额不能同时满足：有 {n} 条规则须让步。", seats=seats, n=n)
        return ctx.tr("**名额不能同时满足**，还没有名单：有 {n} 条规则须让步。", n=n)
    chosen = found.units.filter("selected")["unit"].to_list()
    came, _ = exchanged(seen)
    close = near(cut)
    n = says("seats", str(len(chosen)), behind.counted(seen, chosen), len(chosen))
    lost = round(found.plain_score - found.score, 6)
    parts = [
        ctx.tr("按名额规则选出 **{n}** 支，总分最高", n=n),
        ctx.tr(
            "与单按得分的前 {n} 名相比换了 {m} 支，总分少 {points} 分", n=found.seats,
            m=says("came", str(len(came)), behind.counted(seen, came), len(came)),
            points=says("lost", number.score(lost), behind.lost(seen), lost),
        ),
    ]  # fmt: skip
    if found.open_seats:
        parts.append(ctx.tr("另有 {n} 席同分，由专家组票决", n=found.open_seats))
    if close:
        parts.append(ctx.tr("界线附近 {n} 支难分先后", n=says("near", str(len(close)), behind.counted(seen, close), len(close))))
    elif cut.height:
        parts.append(ctx.tr("权重变动下，界线两侧仍分得清"))
    more = seats_words(seen)
    return ctx.tr("；").join([*parts, *([more] if more else [])]) + ctx.tr("。")


def numbers(seen: Round, cut: pl.DataFrame) -> list[Item]:
    ctx, found = seen.ctx, seen.found
    frame = found.units
    eligible, chosen = (frame.filter(name)["unit"].to_list() for name in ("eligible", "selected"))
    reserves, close = frame.drop_nulls("reserve")["unit"].to_list(), near(cut)
    each = number.each(ctx.tr("支"), ctx.lang)

    def counted(label: str, ids: list[str], line: str = "") -> Item:
        return Item(label, number.count(len(ids)), each, line, opens=behind.counted(seen, ids), value=len(ids))

    lost = round(found.plain_score - found.score, 6)
    seats = seen.policy.seats
    span = ctx.tr("目标 {target}，{least} 至 {most} 席", target=seats.target, least=seats.fewest, most=seats.most)
    return [
        counted(ctx.tr("入选"), chosen, span),
        replace(
            counted(ctx.tr("达到资格"), eligible, ctx.tr("共 {n} 支参评", n=number.count(frame.height))),
            under=(behind.every(seen).count(), frame.height),
        ),
        Item(
            ctx.tr("入选者总分"),
            number.score(found.score),
            "",
            ctx.tr("公布得分之和，不含加分"),
            opens=behind.total(seen),
            value=found.score,
        ),
        Item(ctx.tr("名额的代价"), number.score(lost), ctx.tr("分"), ctx.tr("比单按得分少的总分"), opens=behind.lost(seen), value=lost),
        counted(
            ctx.tr("界线附近"), close, ctx.tr("胜算在 {low} 至 {high} 之间", low=number.share(1 - SURE, 0), high=number.share(SURE, 0))
        ),
        counted(ctx.tr("候补名单"), reserves, ctx.tr("候补名单共 {n} 位", n=seen.policy.reserves)),
    ]


def picture(seen: Round, cut: pl.DataFrame) -> str | None:
    """Dots by score; returns the unit that was clicked."""
    from kcz_metrics import charts
    from kcz_metrics.charts.selecting import selection_dots

    ctx, found = seen.ctx, seen.found
    called, spans = words.names(ctx), selection.spans(seen)
    drawn = found.units.filter("eligible").join(spans, on="unit", how="left", maintain_order="left")
    labels, told, said = [], [], []
    for row in drawn.iter_rows(named=True):
        name, why = called.get(row["unit"], row["unit"]), words.reason(ctx, seen, row, called)
        labels.append(name)
        said.append(words.short(ctx, seen, row["quota"]) if row["reason"] == "quota" else None)
        told.append(ctx.tr("{name}，得分 {score}：{why}", name=name, score=number.score(row["published"]), why=why))
    frame = drawn.select("unit", "low", "high", "selected", score="published").with_columns(
        pl.Series("label", labels, pl.String), pl.Series("told", told, pl.String), pl.Series("word", said, pl.String)
    )
    close = set(near(cut))
    at = [i for i, unit in enumerate(frame["unit"], 1) if unit in close]
    displaced = drawn.filter((pl.col("reason") == "quota") & ~pl.col("selected"))["unit"].to_list()
    n = says("displaced", str(len(displaced)), behind.counted(seen, displaced), len(displaced))
    title = ctx.tr("{n} 支得分更高而落选，右侧写明挡住它的名额", n=n) if displaced else ctx.tr("得分够的都入选了")
    head.finding(title, ctx.tr("达到资格的各支按得分由高到低；实心入选，空心未入选；横条为权重变动下的 90% 区间"))
    words_of_cut = ctx.tr("单按得分到此为止（{n} 席）", n=found.seats)
    figure = selection_dots(
        frame, cut=found.seats, cut_words=words_of_cut, together=(at[0], at[-1], ctx.tr("界线附近")) if at else None,
        focus=[ctx.unit] if ctx.unit else [], template=ctx.template, lang=ctx.lang,
    )  # fmt: skip
    assert charts.CONFIG
    return chart(ctx, figure, "selection.dots", alt=title, opens=True)


def ties(seen: Round, cut: pl.DataFrame) -> None:
    """The cut-line card: the pairs nearest the cut, and the ladder."""
    ctx, found = seen.ctx, seen.found
    close = near(cut)
    shown = cut.filter(pl.col("unit").is_in(close)) if close else cut.filter(~pl.col("selected")).head(CLOSEST)
    n = says("close", str(len(close)), behind.counted(seen, close), len(close))
    title = ctx.tr("界线附近 {n} 支难分先后", n=n) if close else ctx.tr("只变权重时，界线两侧分得清")
    if cut.is_empty():
        title = ctx.tr("界线两侧没有可互换的对象")
    head.finding(title, ctx.tr("对手：另一侧最近而可互换的一支；胜算：权重变动 {n} 次中在其前的比例", n=number.count(selection.DRAWS)))
    called = words.names(ctx)
    columns = [
        Column("name", ctx.tr("服务团"), "name", options={"wrap": True}),
        Column("state", ctx.tr("结论"), "flags"),
        Column("rival", ctx.tr("对手"), options={"wrap": True}),
        Column("gap", ctx.tr("计分差"), "number", unit=ctx.tr("分")),
        Column("chance", ctx.tr("胜算"), "number", options={"share": True, "decimals": 1}),
    ]
    rows = [
        {
            "id": row["unit"], "name": called.get(row["unit"], row["unit"]), "rival": called.get(row["rival"], row["rival"]),
            "gap": row["gap"], "chance": row["win_probability"],
            "state": [{"t": ctx.tr("入选"), "kind": "neutral"} if row["selected"] else {"t": ctx.tr("未入选"), "kind": "watch"}],
        }
        for row in shown.iter_rows(named=True)
    ]  # fmt: skip
    table(
        ctx,
        columns,
        rows,
        "selection.ties",
        label=title,
        opens=False,
        nothing=ctx.tr("任何一对互换都会违反名额"),
        behind=behind.gaps(seen, cut),
    )
    ladder = ctx.tr(" → ").join(words.column(ctx, name) for name in seen.policy.ties)
    decided = words.column(ctx, found.decided_by) if found.decided_by else ""
    how = ctx.tr("本次用到“{name}”。", name=decided) if decided else ctx.tr("本次总分已能决定，没有用到。")
    if ladder:
        head.paragraph(ctx.tr("总分相同时依次比较：{ladder}；仍相同的由专家组票决。{how}", ladder=ladder, how=how), muted=True)


def compared(seen: Round) -> str | None:
    """Who changes places with the plain first as many."""
    ctx, found = seen.ctx, seen.found
    came, went = exchanged(seen)
    lost = round(found.plain_score - found.score, 6)
    title = ctx.tr("与单按得分的前 {n} 名比", n=found.seats)
    n, m = (says(name, str(len(ids)), behind.counted(seen, ids), len(ids)) for name, ids in (("taken", came), ("dropped", went)))
    points = says("less", number.score(lost), behind.lost(seen), lost)
    head.finding(title, ctx.tr("换入 {n} 支、换出 {m} 支，总分少 {points} 分", n=n, m=m, points=points))
    called = words.names(ctx)
    columns = [
        Column("rank", ctx.tr("名次"), "rank"), Column("name", ctx.tr("服务团"), "name", options={"wrap": True}),
        Column("published", ctx.tr("得分"), "number"), Column("way", ctx.tr("变化"), "flags"),
    ]  # fmt: skip
    rows = []
    for ids, sign, kind in ((came, ctx.tr("▲ 换入"), "new"), (went, ctx.tr("▼ 换出"), "watch")):
        for row in found.units.filter(pl.col("unit").is_in(ids)).iter_rows(named=True):
            name = {"t": called.get(row["unit"], row["unit"]), "title": words.reason(ctx, seen, row, called)}
            rows.append(
                {"id": row["unit"], "rank": row["rank"], "name": name, "published": row["published"], "way": [{"t": sign, "kind": kind}]}
            )
    nothing = ctx.tr("名额与加分没有改变名单")
    return table(ctx, columns, rows, "selection.compared", label=title, nothing=nothing, behind=behind.scores(seen))


def state(ctx: Context, row: Mapping[str, Any]) -> dict[str, str]:
    if row["selected"]:
        return {"t": ctx.tr("入选"), "kind": "neutral"}
    if row["reason"] == "panel":
        return {"t": ctx.tr("待票决"), "kind": "new"}
    if row["reserve"] is not None:
        return {"t": ctx.tr("候补 {n}", n=row["reserve"]), "kind": "watch"}
    return {"t": ctx.tr("未入选") if row["eligible"] else ctx.tr("未达资格"), "kind": "neutral"}


def listed(seen: Round) -> str | None:
    """Everybody with the reason; returns the unit that was opened."""
    ctx, frame = seen.ctx, seen.found.units
    kinds = {
        ALL: (ctx.tr("全部"), pl.lit(value=True)), IN: (ctx.tr("入选"), pl.col("selected")),
        RESERVES: (ctx.tr("候补名单"), pl.col("reserve").is_not_null()), OUT: (ctx.tr("未入选"), pl.col("eligible") & ~pl.col("selected")),
        BARRED: (ctx.tr("未达资格"), ~pl.col("eligible")),
    }  # fmt: skip
    head.finding(ctx.tr("谁入选、谁没有，为什么"), ctx.tr("计分＝公布得分＋连续支持的加分；“让给”为占其席位的一支，及得分高出多少"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choosing.segments(
            "state", ctx.tr("状态"), list(kinds), lambda k: f"{kinds[k][0]} {frame.filter(kinds[k][1]).height}", key="selection.state",
            fallback=ALL, hidden=True,
        )  # fmt: skip
        st.space("stretch")
        export(seen)
    shown = frame.filter(kinds[chosen][1])
    if chosen == RESERVES:
        shown = shown.sort("reserve", "points", descending=[False, True])
    called = words.names(ctx)
    columns = [
        Column("rank", ctx.tr("名次"), "rank"), Column("name", ctx.tr("服务团"), "name", options={"wrap": True}),
        Column("published", ctx.tr("得分"), "number"), Column("points", ctx.tr("计分"), "number"),
        Column("state", ctx.tr("结论"), "flags"), Column("why", ctx.tr("为什么"), options={"wrap": True}),
        Column("other", ctx.tr("让给"), options={"wrap": True}), Column("ahead", ctx.tr("高出"), "number", unit=ctx.tr("分")),
    ]  # fmt: skip
    rows, separated = [], False
    for row in shown.sort(~pl.col("eligible"), maintain_order=True).iter_rows(named=True):
        other = row["displaced_by"]
        line = {
            "id": row["unit"], "rank": row["rank"], "name": called.get(row["unit"], row["unit"]), "published": row["published"],
            "points": row["points"], "state": [state(ctx, row)], "why": words.reason(ctx, seen, row, called),
            "other": called.get(other, other) if other else "—", "ahead": row["by_points"], "_faint": not row["eligible"],
            "_chosen": row["unit"] == ctx.unit,
        }  # fmt: skip
        if not row["eligible"] and not separated and chosen == ALL:
            line["_before"], separated = ctx.tr("以下未达资格，不参与遴选"), True
        rows.append(line)
    title = ctx.tr("谁入选、谁没有，为什么")
    nothing = ctx.tr("没有这一类服务团")
    opens = {**behind.scores(seen), "ahead": behind.ahead(seen)}
    height = 620 if len(rows) > 16 else None
    return table(ctx, columns, rows, "selection.list", label=title, nothing=nothing, height=height, behind=opens)


def export(seen: Round) -> None:
    """The whole list as a workbook, with the numbers it was made under."""
    from kcz_metrics.reports import listing as books

    ctx = seen.ctx
    snapshot = ctx.snapshot
    assert snapshot is not None
    downloads.button(
        ctx, ctx.tr("导出遴选名单"), lambda: books.workbook(_listing(seen), snapshot, ctx.lang),
        f"{seen.id}_{ctx.period}_{snapshot.short}.xlsx", key="selection.export", rows=seen.found.units.height, asked={"selection": seen.id},
        help=ctx.tr("一张名单，一张说明：快照、方案、改动的数"),
    )  # fmt: skip


def _listing(seen: Round) -> Any:
    from kcz_metrics.reports.listing import Listing

    ctx, called = seen.ctx, words.names(seen.ctx)
    assert ctx.scheme is not None
    rows = [
        {**row, "name": called.get(row["unit"], row["unit"]), "state": state(ctx, row)["t"], "why": words.reason(ctx, seen, row, called),
         "other": called.get(row["displaced_by"], row["displaced_by"])}
        for row in seen.found.units.iter_rows(named=True)
    ]  # fmt: skip
    heads = {
        "unit": ctx.tr("编号"), "name": ctx.tr("服务团"), "rank": ctx.tr("名次"), "published": ctx.tr("得分"), "points": ctx.tr("计分"),
        "state": ctx.tr("结论"), "why": ctx.tr("为什么"), "other": ctx.tr("让给"), "by_points": ctx.tr("高出"),
        "reserve": ctx.tr("候补次序"),
    }  # fmt: skip
    asked = [(ctx.tr("评价期"), number.period(ctx.period, ctx.lang)), (ctx.tr("方案"), ctx.digest[:12])]
    asked.append((ctx.tr("改动的值"), selection.text(seen.changed) or ctx.tr("无")))
    schema = {"rank": pl.Int64, "published": pl.Float64, "points": pl.Float64, "by_points": pl.Float64, "reserve": pl.Int64}
    frame = pl.DataFrame(rows, schema={name: schema.get(name, pl.String) for name in heads}, orient="row")
    title = ctx.text(ctx.scheme.selections[seen.id].name, seen.id)
    return Listing(title, frame, heads, asked)
