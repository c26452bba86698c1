"""The parts of a city's portrait: key industries, needs, service trio, roadmap, plan and done, teams, stations, parks."""

from __future__ import annotations

from typing import Any

import polars as pl

from kcz_metrics.analysis import portrait as kernel
from kcz_metrics.locales import T
from kcz_metrics.ui import head, labels, naming, number, states
from kcz_metrics.ui.behind import portrait as behind
from kcz_metrics.ui.city_portrait import CityPortrait
from kcz_metrics.ui.context import link
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.table import Column, table
from kcz_metrics.ui.typed import typed

WHOLE = {"decimals": 0}
_COMPONENTS = {"st_communication": T("科技传播"), "tech_trade": T("技术交易"), "intl_resource": T("国际资源")}
_ITEM_STATES = {
    "on_time": (T("按期完成"), "neutral"),
    "late": (T("延期完成"), "watch"),
    "overdue": (T("逾期未完成"), "rectify"),
    "running": (T("进行中"), "neutral"),
}
#: What the reader sees of a long board before scrolling in it, in pixels.
_BOARD = 420


def industries(one: CityPortrait) -> None:
    """Which they are, why, and how far the profile is filled."""
    ctx = one.ctx
    head.finding(ctx.tr("重点产业"), ctx.tr("每个试点一至两个，附理由"))
    if one.industries.is_empty():
        states.too_little(ctx.tr("还没有填报重点产业。"))
        return
    known = naming.names(ctx, "industry")
    rows = [
        {
            "id": row["industry_code"],
            "rank": row["rank"],
            "name": known.get(row["industry_code"], row["industry_code"]),
            "reason": row["reason"],
            "filled": ctx.tr("{n} / {all} 项", n=row["profile_filled"], all=row["profile_required"]),
            "confirmed": number.day(row["confirmed_at"]),
        }
        for row in one.industries.iter_rows(named=True)
    ]
    columns = [
        Column("rank", ctx.tr("序"), "rank", width=40),
        Column("name", ctx.tr("产业"), "name"),
        Column("reason", ctx.tr("理由"), options={"wrap": True}),
        Column("filled", ctx.tr("画像已填")),
        Column("confirmed", ctx.tr("确认日")),
    ]
    if table(ctx, columns, rows, "portrait.industries", label=ctx.tr("重点产业")):
        link("records", table="city_industry", q=one.city)


def needs(one: CityPortrait, by: str) -> str | None:
    """Counts by industry or field, solved and open as one bar; returns the part that was opened."""
    ctx = one.ctx
    counts = kernel.counted(one.needs, by)
    industry = by == "industry_code"
    title, noun = (ctx.tr("哪些产业有需求"), ctx.tr("产业")) if industry else (ctx.tr("哪些技术领域有需求"), ctx.tr("技术领域"))
    if counts.is_empty():
        head.finding(title)
        states.too_little(ctx.tr("这一期没有核验过的需求。"))
        return None
    key = set(one.industries["industry_code"].to_list()) if industry else set()
    own = int(counts.filter(pl.col(by).is_in(list(key)))["posted"].sum())
    said = ctx.tr("点按一行看记录")
    if key:
        of_all = own / one.needs.height
        said = ctx.tr("重点产业占 {share}；点按一行看记录", share=says("key", number.share(of_all), behind.key_share(one), of_all))
    head.finding(title, said)
    known = naming.names(ctx, "industry") if industry else {}
    rows = [
        {
            "id": f"needs.{by}.{row[by]}",
            "name": {"t": known.get(row[by]) or labels.coded(ctx, by, row[by]), "sub": ctx.tr("重点") if row[by] in key else ""},
            "posted": row["posted"],
            "met": row["met"],
            "solved": row["solved"],
            "open": row["open"],
            "bar": {
                "parts": [
                    {"v": row["solved"], "tone": "quantity", "t": f"{ctx.tr('已解决')} {row['solved']}"},
                    {"v": row["open"], "tone": "interval", "t": f"{ctx.tr('未结')} {row['open']}"},
                    {"v": row["ended"], "tone": "step1", "t": f"{ctx.tr('其他结束')} {row['ended']}"},
                ]
            },
        }
        for row in counts.iter_rows(named=True)
    ]
    columns = [
        Column("name", noun, "name", options={"wrap": True}),
        Column("posted", ctx.tr("发布"), "number", options=WHOLE),
        Column("met", ctx.tr("见面"), "number", options=WHOLE, title=ctx.tr("双方已会面的需求")),
        Column("solved", ctx.tr("已解决"), "number", options=WHOLE),
        Column("open", ctx.tr("未结"), "number", options=WHOLE),
        Column("bar", "", "bar", width=150 if industry else 76, options={"domain": [0, int(counts["posted"].max())]}),  # type: ignore[arg-type]
    ]
    return table(
        ctx, columns, rows, f"portrait.{by}", label=title, height=360 if counts.height > 10 else None, behind=behind.needs(one, by)
    )


def need_legend(one: CityPortrait) -> None:
    token, ctx = one.ctx.tokens, one.ctx
    head.legend([(token["tier"][1], ctx.tr("已解决")), (token["interval"], ctx.tr("未结")), (token["sequence"][1], ctx.tr("其他结束"))])


def trio(one: CityPortrait) -> None:
    ctx = one.ctx
    missing = [ctx.text(words) for code, words in _COMPONENTS.items() if code not in one.components]
    title = ctx.tr("服务三件套齐全") if not missing else ctx.tr("服务三件套还缺{names}", names=labels.listed(ctx, missing, 3))
    head.finding(title, ctx.tr("期末已启用的"))
    rows = [
        {"id": code, "name": ctx.text(words), "there": code in one.components, "since": number.day(one.components.get(code))}
        for code, words in _COMPONENTS.items()
    ]
    columns = [Column("name", ctx.tr("三件套"), "name"), Column("there", ctx.tr("已启用"), "check"), Column("since", ctx.tr("启用日"))]
    if table(ctx, columns, rows, "portrait.trio", label=ctx.tr("服务三件套")):
        link("records", table="service_component", q=one.city)


def plan(one: CityPortrait) -> str | None:
    """Roadmap items by the quarter they fell due in; returns the part that was opened."""
    ctx = one.ctx
    quarters = kernel.plan(one.roadmap)
    head.finding(ctx.tr("计划与完成"), ctx.tr("按原定期限所在季度，竖线为计划；点按一行看记录"))
    if quarters.is_empty():
        states.too_little(ctx.tr("这一期没有到期的路线图事项。"))
        return None
    rows = [
        {
            "id": f"plan.{row['quarter']}", "name": number.period(row["quarter"], ctx.lang), "due": row["due"], "on_time": row["on_time"],
            "late": row["late"], "overdue": row["overdue"],
            "bar": {"parts": [{"v": row["on_time"], "tone": "quantity"}, {"v": row["late"], "tone": "step1"}], "mark": row["due"]},
        }
        for row in quarters.iter_rows(named=True)
    ]  # fmt: skip
    columns = [
        Column("name", ctx.tr("季度"), "name"),
        Column("due", ctx.tr("计划"), "number", options=WHOLE),
        *(Column(code, ctx.text(_ITEM_STATES[code][0]), "number", options=WHOLE) for code in ("on_time", "late")),
        Column("overdue", ctx.tr("逾期"), "number", options=WHOLE, title=ctx.text(_ITEM_STATES["overdue"][0])),
        Column("bar", "", "bar", width=76, options={"domain": [0, int(quarters["due"].max())]}),  # type: ignore[arg-type]
    ]
    return table(ctx, columns, rows, "portrait.plan", label=ctx.tr("计划与完成"), behind=behind.plan(one))


def roadmap(one: CityPortrait) -> str | None:
    """The board: each item with its need, how it is docked and how they work together, and its dates. Not done ones first."""
    ctx = one.ctx
    order = {"overdue": 0, "running": 1, "late": 2, "on_time": 3}
    items = one.roadmap.with_columns(pl.col("state").replace_strict(order, return_dtype=pl.Int64).alias("_order")).sort(
        "_order", "original_due_date", "item_id"
    )
    posted = items.filter(pl.col("published_at").is_not_null() & (pl.col("published_at") < one.until)).height
    waiting = items.filter(pl.col("state").is_in(["overdue", "running"])).height
    title = ctx.tr("张榜 {posted} 项，{open} 项还在等", posted=posted, open=waiting) if posted else ctx.tr("服务路线图")
    head.finding(title, ctx.tr("服务路线图 {n} 项：需求、对接方式、合作方式与期限；未完成的在前，点按一行看记录", n=items.height))
    if items.is_empty():
        states.too_little(ctx.tr("这一期没有路线图事项。"))
        return None
    titles = dict(_titles(one).iter_rows())
    rows = []
    for row in items.iter_rows(named=True):
        words, kind = _ITEM_STATES[row["state"]]
        late = row["state"] in ("late", "overdue")
        published = row["published_at"] if row["published_at"] and row["published_at"] < one.until else None
        rows.append(
            {
                "id": f"roadmap.{row['item_id']}",
                "item": row["item_id"],
                "need": titles.get(row["need_id"] or "", row["need_id"] or ctx.tr("未挂需求")),
                "docking": typed(ctx, row["docking_mode"]),
                "cooperation": typed(ctx, row["cooperation_mode"]),
                "published": number.day(published),
                "due": number.day(row["original_due_date"]),
                "done": number.day(row["done_at"]) if row["state"] in ("on_time", "late") else number.MISSING,
                "state": [
                    {"t": ctx.tr("{state} {n} 天", state=ctx.text(words), n=row["days_over"]) if late else ctx.text(words), "kind": kind}
                ],
            }
        )
    columns = [
        Column("item", ctx.tr("编号"), "name"),
        Column("need", ctx.tr("需求题目"), options={"wrap": True}),
        Column("docking", ctx.tr("对接方式")),
        Column("cooperation", ctx.tr("合作方式")),
        Column("published", ctx.tr("张榜日")),
        Column("due", ctx.tr("原定期限")),
        Column("done", ctx.tr("完成日")),
        Column("state", ctx.tr("状态"), "flags"),
    ]
    return table(ctx, columns, rows, "portrait.roadmap", label=ctx.tr("服务路线图"), height=_BOARD if len(rows) > 12 else None)


def _titles(one: CityPortrait) -> pl.DataFrame:
    from kcz_metrics.ui import loading

    wanted = one.roadmap["need_id"].drop_nulls()
    return loading.table(one.ctx, "need").filter(pl.col("need_id").is_in(wanted.implode())).select("need_id", "title")


def teams(one: CityPortrait) -> str | None:
    ctx = one.ctx
    at_work = one.teams.filter(pl.col("days") > 0)
    made, days = behind.served(one), int(at_work["days"].sum())
    n = says("at_work", at_work.height, made["teams"], at_work.height)
    title = ctx.tr("{n} 个服务团在本市服务 {days} 人天", n=n, days=says("days", number.count(days), made["days"], days))
    head.finding(title if at_work.height else ctx.tr("在本市的服务团"), ctx.tr("对接为本期派单的本市需求；点按一行看服务日志"))
    if one.teams.is_empty():
        states.too_little(ctx.tr("这一期没有服务团在本市服务或对接。"))
        return None
    names = naming.names(ctx, "service_team")
    most = max(int(one.teams["days"].max()), 1)  # type: ignore[arg-type]
    rows: list[dict[str, Any]] = [
        {
            "id": f"{'days' if row['days'] else 'dockings'}.{row['team_id']}",
            "name": {"t": names.get(row["team_id"], row["team_id"])},
            "days": row["days"],
            "bar": {"parts": [{"v": row["onsite"], "tone": "quantity"}, {"v": row["days"] - row["onsite"], "tone": "step1"}]},
            "dockings": row["dockings"],
            "agreed": row["agreed"],
            "signed": number.day(row["signed_at"]),
        }
        for row in one.teams.iter_rows(named=True)
    ]
    columns = [
        Column("name", ctx.tr("服务团名称"), "name", options={"wrap": True}),
        Column("days", ctx.tr("人天"), "number", options=WHOLE),
        Column("bar", ctx.tr("其中现场"), "bar", width=80, options={"domain": [0, most]}),
        Column("dockings", ctx.tr("对接"), "number", options=WHOLE),
        Column("agreed", ctx.tr("达成协议"), "number", options=WHOLE),
        Column("signed", ctx.tr("协议签订日")),
    ]
    return table(
        ctx,
        columns,
        rows,
        "portrait.teams",
        label=ctx.tr("在本市的服务团"),
        height=_BOARD if len(rows) > 12 else None,
        behind=behind.teams(one),
    )


def stations(one: CityPortrait) -> None:
    """Real or nominal, and why."""
    ctx = one.ctx
    real = one.stations.filter("is_real").height if one.stations.height else 0
    head.finding(ctx.tr("协作站点"), ctx.tr("有名有实：一年里活动次数达标，并有达成协议的对接"))
    if one.stations.is_empty():
        states.too_little(ctx.tr("期末没有挂牌的站点。"))
        return
    bodies = naming.names(ctx, "org")
    rows = [
        {
            "id": row["station_id"],
            "name": {"t": row["station_id"], "sub": f"{_kind(one, row['kind'])} · {bodies.get(row['host_org_id'], row['host_org_id'])}"},
            "activities": row["activities"],
            "outcomes": row["outcomes"],
            "real": [{"t": ctx.tr("有名有实") if row["is_real"] else ctx.tr("暂未达标"), "kind": "neutral" if row["is_real"] else "watch"}],
        }
        for row in one.stations.iter_rows(named=True)
    ]
    columns = [
        Column("name", ctx.tr("站点"), "name", options={"wrap": True}),
        Column("activities", ctx.tr("活动"), "number", options=WHOLE),
        Column("outcomes", ctx.tr("达成协议"), "number", options=WHOLE),
        Column("real", ctx.tr("状态"), "flags"),
    ]
    opened = table(
        ctx,
        columns,
        rows,
        "portrait.stations",
        label=ctx.tr("协作站点，{n} 个有名有实", n=real),
        behind=behind.worked(ctx, lambda: one.stations),
    )
    if opened:
        link("records", table="station", record=opened, q=opened)


def _kind(one: CityPortrait, code: str) -> str:
    assert one.ctx.snapshot is not None
    values = one.ctx.snapshot.tables["station"].columns["kind"].values
    return values[code].in_(one.ctx.lang) if code in values else code


def parks(one: CityPortrait) -> None:
    ctx = one.ctx
    head.finding(ctx.tr("园区"), ctx.tr("点按一行看记录"))
    if one.parks.is_empty():
        states.too_little(ctx.tr("没有登记园区。"))
        return
    assert ctx.snapshot is not None
    levels = ctx.snapshot.tables["park"].columns["level"].values
    rows = [
        {"id": row["park_id"], "name": row["name_zh"], "level": levels[row["level"]].in_(ctx.lang)}
        for row in one.parks.iter_rows(named=True)
    ]
    columns = [Column("name", ctx.tr("园区名称"), "name", options={"wrap": True}), Column("level", ctx.tr("级别"))]
    opened = table(ctx, columns, rows, "portrait.parks", label=ctx.tr("园区"))
    if opened:
        link("records", table="park", record=opened, q=opened)
