"""One province: its cities, the teams led from there, its bodies on the boards, its needs from posting to effect, its liaison groups."""

from __future__ import annotations

from typing import Any

import polars as pl

from kcz_metrics.analysis import paths as path_kernel
from kcz_metrics.ui import head, labels, loading, number, pathways, seats, telling
from kcz_metrics.ui.behind import provinces as behind
from kcz_metrics.ui.behind import scores
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.province_parts import SHARE, WHOLE, counts, groups, ranked_bodies
from kcz_metrics.ui.province_parts import bodies as all_bodies
from kcz_metrics.ui.responsibilities import Way, owners
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.standing import names as called_of
from kcz_metrics.ui.table import Column, table

_LIST_HEIGHT = 430


def _mine(ctx: Context, code: str, index_id: str | None = None) -> pl.DataFrame:
    """The province's units of an index, ranked ones first."""
    return loading.standing(ctx, index_id).filter(pl.col("province_code") == code)


def _mean(frame: pl.DataFrame) -> float | None:
    value = frame.filter(pl.col("rank").is_not_null())["score"].mean()
    return value if isinstance(value, float) else None


def answer(ctx: Context, code: str) -> str:
    """Its cities against the mean of all, and how far its needs got against the nation's."""
    mine, everyone = _mine(ctx, code), loading.standing(ctx)
    placed, made = mine.filter(pl.col("rank").is_not_null()), behind.whole(ctx, code)
    if mine.is_empty():
        said = ctx.tr("没有试点城市（园区）。")
    elif placed.is_empty():
        said = ctx.tr("**{n}** 个试点，数据都不足以参与排名。", n=says("cities", mine.height, made["cities"], mine.height))
    else:
        said = ctx.tr(
            "**{n}** 个试点参与排名，平均 **{mean}** 分，全国平均 {all} 分。",
            n=says("ranked", placed.height, made["ranked"], placed.height),
            mean=says("mean", number.decimal(_mean(mine), 1), made["mean"], _mean(mine)),
            all=says("nation", number.decimal(_mean(everyone), 1), scores.ranked(ctx, lambda: everyone).mean("score"), _mean(everyone)),
        )  # fmt: skip
    own, nation = counts(ctx, code), counts(ctx)
    if own["path_needs"] and nation["path_needs"]:
        docked, whole = own["path_docked"] / own["path_needs"], nation["path_docked"] / nation["path_needs"]
        said += (" " if ctx.lang == "en" else "") + ctx.tr(
            "需求 **{share}** 双方见面，全国 {all}。",
            share=says("docked", number.share(docked), made["docked"], docked),
            all=says("nation_docked", number.share(whole), behind.whole(ctx)["docked"], whole),
        )  # fmt: skip
    return said


def headline(ctx: Context, code: str) -> list[Item]:
    mine, own = _mine(ctx, code), counts(ctx, code)
    placed = mine.filter(pl.col("rank").is_not_null())
    due, done = own["duties_due"], own["duties_done"]
    ranks = [int(rank) for rank in placed["rank"].to_list()]
    span = number.MISSING if not ranks else str(ranks[0]) if len(set(ranks)) == 1 else f"{min(ranks)}–{max(ranks)}"
    state = ctx.tr("省域试点培育") if own["province_pilots"] else ctx.tr("未列入试点培育")
    median, made = placed["score"].median(), behind.whole(ctx, code)
    everyone = scores.ranked(ctx, lambda: loading.standing(ctx))
    return [
        Item(ctx.tr("试点"), str(own["province_cities"]), number.each("个", ctx.lang), state,
             opens=made["cities"], value=own["province_cities"]),
        Item(ctx.tr("平均得分"), number.decimal(_mean(mine), 1), ctx.tr("分"),
             ctx.tr("{n} 个试点，中位 {m}", n=placed.height, m=number.decimal(median if isinstance(median, float) else None, 1)),
             opens=made["mean"], value=_mean(mine), under=(made["median"], median if isinstance(median, float) else None)),
        Item(ctx.tr("名次"), span, "", ctx.tr("共 {n} 个参与排名", n=loading.standing(ctx)["rank"].is_not_null().sum()),
             to=("cities", {"province": code}) if ranks else None, under=(everyone.count(), float(everyone.rows()["rank"].count()))),
        Item(ctx.tr("牵头服务团"), number.count(own["province_teams"]), number.each("个", ctx.lang), ctx.tr("按牵头单位所在地"),
             opens=made["teams"], value=own["province_teams"]),
        Item(ctx.tr("上榜单位"), number.count(ranked_bodies(ctx).get(code, 0)), number.each("家", ctx.lang),
             ctx.tr("至少在一个榜上有名次"), opens=made["bodies"], value=ranked_bodies(ctx).get(code, 0)),
        Item(ctx.tr("按期办结"), number.share(own["duties_on_time"] / due if due else None), "",
             ctx.tr("逾期未办 {n} 项", n=number.count(due - done)), "down" if due > done else "",
             opens=made["on_time"], value=own["duties_on_time"] / due if due else None, under=(made["overdue"], due - done)),
    ]  # fmt: skip


def cities(ctx: Context, code: str) -> Way | None:
    """The province's pilots; a row opens the profile."""
    mine, spans = _mine(ctx, code), telling.spans(ctx)
    head.finding(ctx.tr("试点城市（园区）"), ctx.tr("{index}；点按一行查看画像", index=ctx.name(ctx.index_id)))
    chips = seats.chips(ctx, ctx.index)
    pillars = ctx.index.tree.children[:3] if ctx.lang == "zh" else ()  # English names leave no room for them
    columns = [
        Column("rank", ctx.tr("名次"), "rank", width=54),
        Column("span", ctx.tr("90% 区间"), title=telling.varied(ctx), options={"quiet": True}),
        Column("name", ctx.tr("城市"), "name"),
        *([Column("tier", seats.heading(ctx, ctx.index), "tier", title=seats.meaning(ctx, ctx.index))] if chips else []),
        Column("move", ctx.tr("变动"), "move"),
        Column("score", ctx.tr("得分"), "number"),
        *(Column(f"node:{n.id}", ctx.name(n.id), "number", options={"decimals": 1}) for n in pillars),
    ]
    called = called_of(mine, ctx.lang)
    rows = [
        {"id": row["unit"], "name": called[row["unit"]],
         "rank": None if row["rank"] is None else int(row["rank"]), "tier": chips.get(row["tier"]) if row["tier"] else None,
         "move": row["move"], "score": row["published"], "span": spans.get(row["unit"], ""), "_faint": row["rank"] is None,
         **{f"node:{n.id}": row[f"node:{n.id}"] for n in pillars}}
        for row in mine.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(
        ctx,
        columns,
        rows,
        "provinces.cities",
        label=ctx.tr("试点城市（园区）"),
        nothing=ctx.tr("这个省份没有试点。"),
        behind=scores.passport(ctx),
    )
    return ("profile", {"unit": opened}) if opened else None


def path(ctx: Context, code: str) -> None:
    """The province's needs from posting to effect beside the nation's."""
    made = path_kernel.PATHS["need"]
    everyone = pathways.cohort(ctx, "need")
    own = path_kernel.stages(everyone.filter(pl.col("province_code") == code), made)
    nation = path_kernel.stages(everyone, made)
    worst = path_kernel.leak(own)
    title = ctx.tr("需求走到哪一步")
    if worst is not None:
        title = ctx.tr("需求到“{step}”一步留下的比例最低", step=pathways.step(ctx, worst))
    period = number.period(ctx.period, ctx.lang)
    head.finding(title, ctx.tr("{period}发布的需求，跟踪到最新状态；比例为占上一步，全国并列", period=period))
    columns = [
        Column("step", ctx.tr("步骤"), "name"),
        Column("count", ctx.tr("需求"), "number", options=WHOLE),
        Column("share", ctx.tr("占上一步"), "number", options=SHARE),
        Column("nation", ctx.tr("全国"), "number", options=SHARE),
        Column("days", ctx.tr("中位天数"), "number", options=WHOLE),
    ]
    rows = [
        {"id": row["stage"], "step": pathways.step(ctx, row["stage"]), "count": row["count"], "share": row["share"], "nation": other,
         "days": row["days"], "_chosen": row["stage"] == worst}
        for row, other in zip(own.iter_rows(named=True), nation["share"].to_list(), strict=True)
    ]  # fmt: skip
    table(ctx, columns, rows, "provinces.path", label=title, opens=False, behind=behind.path(ctx, code))


def teams(ctx: Context, code: str) -> Way | None:
    """Teams whose lead organisation sits in the province; a row opens the profile."""
    index_id = next((one for one in ctx.indices_of("team") if loading.valued(ctx, one)), None)
    if index_id is None:
        return None
    mine, spans = _mine(ctx, code, index_id), telling.spans(ctx, index_id)
    head.finding(ctx.tr("牵头的服务团"), ctx.tr("{index}；点按一行查看画像", index=ctx.name(index_id)))
    columns = [
        Column("rank", ctx.tr("名次"), "rank", width=54),
        Column("span", ctx.tr("90% 区间"), title=telling.varied(ctx, index_id), options={"quiet": True}),
        Column("name", ctx.tr("服务团名称"), "name", options={"wrap": True}),
        Column("score", ctx.tr("得分"), "number"),
        Column("move", ctx.tr("变动"), "move"),
    ]
    called = called_of(mine, ctx.lang)
    rows = [
        {"id": row["unit"], "name": called[row["unit"]], "rank": None if row["rank"] is None else int(row["rank"]),
         "score": row["published"], "move": row["move"], "span": spans.get(row["unit"], ""), "_faint": row["rank"] is None}
        for row in mine.iter_rows(named=True)
    ]  # fmt: skip
    height = _LIST_HEIGHT if len(rows) > 12 else None
    nothing = ctx.tr("没有从这个省份牵头的服务团。")
    opened = table(
        ctx,
        columns,
        rows,
        "provinces.teams",
        label=ctx.tr("牵头的服务团"),
        nothing=nothing,
        height=height,
        behind=scores.passport(ctx, index_id),
    )
    return ("profile", {"unit": opened, "index": index_id}) if opened else None


def bodies(ctx: Context, code: str) -> Way | None:
    """The province's bodies with their ranks on the boards; a row opens the profile on the board where it stands best."""
    boards = ctx.indices_of("organisation")
    mine = all_bodies(ctx).filter(pl.col("province_code") == code, pl.col("rank").is_not_null())
    head.finding(ctx.tr("四个排行榜上的单位"), ctx.tr("名次为在同类单位中；点按一行查看画像"))
    columns = [
        Column("name", ctx.tr("单位"), "name", options={"wrap": True}),
        Column("class", ctx.tr("类别"), options={"quiet": True}),
        *(Column(board, ctx.name(board), "number", options=WHOLE) for board in boards),
    ]
    called = called_of(mine, ctx.lang)
    order = mine.group_by("unit").agg(pl.col("rank").min().alias("best"), pl.col("org_class").first()).sort("best", "unit")
    ranks = {(unit, board): rank for unit, board, rank in mine.select("unit", "board", "rank").iter_rows()}
    rows: list[dict[str, Any]] = [
        {"id": row["unit"], "name": called[row["unit"]], "class": labels.coded(ctx, "org_class", row["org_class"]),
         **{board: ranks.get((row["unit"], board)) for board in boards}}
        for row in order.iter_rows(named=True)
    ]  # fmt: skip
    height = _LIST_HEIGHT if len(rows) > 12 else None
    nothing = ctx.tr("这个省份没有单位参与排名。")
    opened = table(
        ctx,
        columns,
        rows,
        "provinces.bodies",
        label=ctx.tr("四个排行榜上的单位"),
        nothing=nothing,
        height=height,
        behind=behind.boards(ctx),
    )
    if not opened:
        return None
    best = min((board for board in boards if (opened, board) in ranks), key=lambda board: ranks[opened, board])
    return "profile", {"unit": opened, "index": best}


def liaison(ctx: Context, code: str) -> Way | None:
    """Liaison groups at the province's pilots: who sent whom, and how often they came; a row opens the group's record."""
    found = groups(ctx).filter(pl.col("province_code") == code)
    if found.is_empty():
        return None
    visits, made = int(found["visits"].sum()), behind.groups(ctx, code)
    n, m = says("groups", found.height, made["formed"], found.height), says("visits", visits, made["visits"], visits)
    title = ctx.tr("{n} 个挂点工作组，本期走访 {m} 次", n=n, m=m)
    head.finding(title, ctx.tr("期末在组人员按派出类别；点按一行打开记录"))
    called = owners(ctx)
    columns = [
        Column("city", ctx.tr("试点城市"), "name"),
        Column("lead", ctx.tr("牵头单位"), options={"wrap": True}),
        Column("standing", ctx.tr("已机制化"), "check"),
        Column("members", ctx.tr("在组人员"), "number", options=WHOLE),
        Column("association", ctx.tr("省级科协"), "number", options=WHOLE),
        Column("society", ctx.tr("全国学会"), "number", options=WHOLE),
        Column("university", ctx.tr("高校院所"), "number", options=WHOLE),
        Column("visits", ctx.tr("走访"), "number", unit=number.each("次", ctx.lang), options=WHOLE),
        Column("met", ctx.tr("见企业"), "number", unit=number.each("家", ctx.lang), options=WHOLE),
        Column("last", ctx.tr("最近走访")),
    ]
    rows = [
        {"id": row["group_id"], "city": called.get(row["city_id"], row["city_id"]),
         "lead": called.get(row["lead_org_id"], row["lead_org_id"]),
         "last": number.day(row["last"]), **{c.key: row[c.key] for c in columns if c.key in row and c.key not in ("city", "lead", "last")}}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(ctx, columns, rows, "provinces.liaison", label=title, behind=behind.liaison(ctx))
    return ("records", {"table": "liaison_group", "record": opened}) if opened else None
