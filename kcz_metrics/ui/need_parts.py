"""One need opened: what it says, what happened to it, the best teams and resources, and why each of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.locales import T
from kcz_metrics.ui import address, head, labels, matchmaking, naming, number, states, strangers
from kcz_metrics.ui.behind import needs as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.need_reasons import GROUPS, parts_of, resource_sentences, team_sentences
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.matching.suggesting import Desk

_EVENTS = {
    "assigned_at": T("派单"),
    "first_reply_at": T("首次答复"),
    "stage2_at": T("双方会面"),
    "stage3_at": T("形成方案"),
    "stage4_at": T("达成协议"),
    "stage5_at": T("签订合同"),
    "stage6_at": T("验收"),
}


def find(at: Desk, need_id: str) -> dict[str, Any] | None:
    rows = at.seen.needs.filter(pl.col("need_id") == need_id)
    return rows.row(0, named=True) if rows.height else None


def said(ctx: Context, at: Desk, need: dict[str, Any]) -> None:
    """Title, where it is from, and its words."""
    city = naming.names(ctx, "pilot_city").get(need["city_id"], need["city_id"])
    industry = naming.names(ctx, "industry").get(need["industry_code"], need["industry_code"])
    firm = naming.names(ctx, "org").get(need["enterprise_id"], need["enterprise_id"])
    budget = ctx.tr("预算未填") if need["budget_cny"] is None else ctx.tr("预算 {money}", money=number.money(need["budget_cny"], ctx.lang))
    head.finding(
        need["title"],
        " · ".join(
            [
                need["need_id"], city, firm, industry, labels.coded(ctx, "tech_field", need["tech_field"]),
                ctx.tr("难度 {n} 级", n=need["difficulty"]), budget,
            ]
        ),
    )  # fmt: skip
    head.paragraph(need["text"])
    if not need["open"]:
        states.notice(
            ctx.tr(
                "这项需求已于 {day} 前结束，以下推荐仅供回看。", day=number.day(need["closed_at"]) if need["closed_at"] else at.seen.as_of
            )
        )
    elif not need["verified"]:
        states.notice(ctx.tr("这项需求待核验。"))


def history(ctx: Context, at: Desk, need: dict[str, Any]) -> None:
    """What happened by the day, in the order of time."""
    rows: list[tuple[datetime, str, str]] = [(need["posted_at"], ctx.tr("发布"), "")]
    if need["first_response_at"]:
        rows.append((need["first_response_at"], ctx.tr("试点首次响应"), ""))
    until = at.seen.as_of
    teams, bodies = naming.names(ctx, "service_team"), naming.names(ctx, "org")
    dockings = at.records["docking"].join(
        at.seen.dockings.filter(pl.col("need_id") == need["need_id"]).select("docking_id"), on="docking_id"
    )
    for docking in dockings.iter_rows(named=True):
        who = teams.get(docking["team_id"] or "") or bodies.get(docking["provider_org_id"], docking["provider_org_id"])
        rows += [
            (docking[column], ctx.text(words), who)
            for column, words in _EVENTS.items()
            if docking[column] is not None and docking[column].date() <= until
        ]
    if need["closed_at"]:
        rows.append((need["closed_at"], ctx.tr("关闭"), ""))
    rows.sort(key=lambda row: row[0])
    columns = [Column("day", ctx.tr("时间")), Column("what", ctx.tr("进展"), "name"), Column("who", ctx.tr("由谁"), options={"wrap": True})]
    data = [{"id": str(i), "day": number.day(when), "what": what, "who": who} for i, (when, what, who) in enumerate(rows)]
    head.finding(ctx.tr("进展"), ctx.tr("截至 {day} 已核验的对接", day=until.isoformat()))
    table(ctx, columns, data, "needs.history", label=ctx.tr("进展"), opens=False, height=230 if len(data) > 6 else None)


def teams(ctx: Context, at: Desk, need: dict[str, Any]) -> pl.DataFrame:
    """The five best teams; a click asks why. Returns their rows."""
    from kcz_metrics.matching.reasons import team_facts
    from kcz_metrics.matching.suggesting import best_teams

    found = best_teams(at, at.seen.needs.filter(pl.col("need_id") == need["need_id"]), matchmaking.BEST)
    if found.is_empty():
        states.empty(ctx.tr("到这一天还没有服务团。"), ctx.tr("可先导入服务团，或换一个评价期。"))
        return found
    names = naming.names(ctx, "service_team")
    lead = dict(at.seen.teams.select("team_id", "lead_org_id").iter_rows())
    bodies = naming.names(ctx, "org")
    chosen = picked(ctx, at, found)
    already = set(at.seen.dockings.filter(pl.col("need_id") == need["need_id"])["team_id"].drop_nulls().to_list())
    top = max(float(found["score"].max()), 1.0)  # type: ignore[arg-type]
    rows = []
    for row in found.iter_rows(named=True):
        facts = team_facts(at, need, row["candidate"])
        rows.append(
            {
                "id": row["candidate"],
                "rank": row["rank"],
                "name": {
                    "t": names.get(row["candidate"], row["candidate"]),
                    "sub": bodies.get(lead[row["candidate"]], "") if ctx.lang == "zh" else "",
                },
                "score": row["score"],
                "parts": {
                    "parts": [{"v": v, "tone": tone, "t": f"{ctx.text(words)} {number.decimal(v, 1)}"} for words, tone, v in parts_of(row)]
                },
                "hand": {"t": ctx.tr("{active} / {usual}", active=facts.active, usual=number.decimal(facts.usual, 1))},
                "km": None if facts.km is None else facts.km,
                "flags": [{"t": ctx.tr("已对接")}] if row["candidate"] in already else [],
                "_chosen": row["candidate"] == chosen,
            }
        )
    columns = [
        Column("rank", ctx.tr("序"), "rank", width=40),
        Column("name", ctx.tr("服务团名称"), "name", options={"wrap": True}),
        Column("score", ctx.tr("得分"), "number", options={"decimals": 1, "strong": True}),
        Column("parts", ctx.tr("得分构成"), "bar", width=138, options={"domain": [0, top * 1.02]}),
        Column("hand", ctx.tr("在手 / 通常"), title=ctx.tr("目前在手的对接，和过去一年各季末的通常数")),
        Column("km", ctx.tr("距离"), "number", unit=ctx.tr("公里"), options={"decimals": 0}),
        Column("flags", "", "flags"),
    ]
    made = {row["id"]: behind.score(ctx, at, need, row["id"]) for row in rows}
    opened = table(ctx, columns, rows, "needs.teams", label=ctx.tr("最合适的服务团"), behind={"score": made})
    _pick(need, opened, chosen)
    return found


def resources(ctx: Context, at: Desk, need: dict[str, Any]) -> tuple[pl.DataFrame, Any]:
    """The five best resources, and the stock they were taken from."""
    from kcz_metrics.matching.reasons import resource_facts
    from kcz_metrics.matching.suggesting import best_resources

    stock = matchmaking.stock(ctx, at, need["need_id"])
    found = best_resources(at, at.seen.needs.filter(pl.col("need_id") == need["need_id"]), matchmaking.BEST, stock)
    head.finding(ctx.tr("最合适的资源"), ctx.tr("有效、开放、已核验，同一单位至多两项；权重按判断给定，未经拟合"))
    if found.is_empty():
        states.too_little(ctx.tr("到这一天还没有可推荐的资源。"))
        return found, stock
    bodies, chosen = naming.names(ctx, "org"), address.get("candidate")
    rows = []
    for row in found.iter_rows(named=True):
        facts = resource_facts(at, stock, need, row["candidate"])
        rows.append(
            {
                "id": row["candidate"],
                "rank": row["rank"],
                "name": {"t": facts.row["title"], "sub": labels.coded(ctx, "library_type", facts.row["library_type"])},
                "holder": bodies.get(facts.row["holder_org_id"], facts.row["holder_org_id"]),
                "grade": labels.coded(ctx, "grade", facts.row["grade"]) or number.MISSING,
                "score": row["score"],
                "_chosen": row["candidate"] == chosen,
            }
        )
    columns = [
        Column("rank", ctx.tr("序"), "rank", width=40),
        Column("name", ctx.tr("资源"), "name", options={"wrap": True}),
        Column("holder", ctx.tr("持有单位"), options={"wrap": True}),
        Column("grade", ctx.tr("分级")),
        Column("score", ctx.tr("得分"), "number", options={"decimals": 1, "strong": True}),
    ]
    made = {row["id"]: behind.score(ctx, at, need, row["id"], stock) for row in rows}
    _pick(need, table(ctx, columns, rows, "needs.resources", label=ctx.tr("最合适的资源"), behind={"score": made}), chosen)
    return found, stock


def picked(ctx: Context, at: Desk, found: pl.DataFrame) -> str | None:
    """The team in question: that of the address if it is among the five, else the first; None where a resource is."""
    asked = address.get("candidate")
    listed: list[str] = found["candidate"].to_list()
    if asked not in at.seen.teams["team_id"] and asked not in at.seen.resources["resource_id"]:
        asked = strangers.known("candidate", listed, naming.names(ctx, "service_team").get(listed[0], listed[0]))
    if asked in listed:
        return asked
    return None if asked in at.seen.resources["resource_id"] else listed[0]


def _pick(need: dict[str, Any], opened: str | None, chosen: str | None) -> None:
    import streamlit as st

    if opened and opened != chosen:
        address.put(need=need["need_id"], candidate=opened)
        st.rerun()


def why(ctx: Context, at: Desk, need: dict[str, Any], found: pl.DataFrame, offered: pl.DataFrame, stock: Any) -> tuple[str, str] | None:
    """The candidate in question, part by part: what speaks for it, its weight and what that adds. Returns its kind and id."""
    from kcz_metrics.matching.reasons import resource_facts, team_facts

    asked = address.get("candidate")
    whole = pl.concat([found, offered])
    if whole.is_empty():
        return None
    row = next((r for r in whole.iter_rows(named=True) if r["candidate"] == asked), whole.row(0, named=True))
    one = row["candidate"]
    if row["kind"] == "team":
        name = naming.names(ctx, "service_team").get(one, one)
        given, sentences = at.weights.team, team_sentences(ctx, team_facts(at, need, one))
    else:
        facts = resource_facts(at, stock, need, one)
        name, given, sentences = facts.row["title"], at.weights.resource, resource_sentences(ctx, facts)
    total = sum(given.values())
    summed = sum(row[part] for part in sentences)
    proof = ctx.tr("各项相加等于得分 ✓") if abs(summed - row["score"]) < 1e-9 else ctx.tr("各项相加与得分不符")
    scored = behind.score(ctx, at, need, one, None if row["kind"] == "team" else stock)
    said = says("why", number.decimal(row["score"], 1), scored, row["score"])
    head.finding(
        ctx.tr("为什么推荐{name}", name=name),
        ctx.tr("得分 {score}，满分 100；每项至多得到它的权重。{proof}", score=said, proof=proof),
    )
    most = max(100 * given[part] / total for part in sentences)
    rows: list[dict[str, Any]] = [
        {
            "id": part,
            "part": ctx.text(words),
            "why": sentence,
            "weight": 100 * given[part] / total,
            "points": row[part],
            "bar": {"parts": [{"v": row[part], "tone": GROUPS[part][1]}], "mark": 100 * given[part] / total},
        }
        for part, (words, sentence) in sentences.items()
    ]
    rows.append(
        {"id": "sum", "part": ctx.tr("合计"), "why": "", "weight": 100.0, "points": row["score"], "_before": ctx.tr("合计等于得分")}
    )
    columns = [
        Column("part", ctx.tr("分项"), "name"),
        Column("why", ctx.tr("依据"), options={"wrap": True}),
        Column("weight", ctx.tr("至多"), "number", unit=ctx.tr("分"), options={"decimals": 1}),
        Column("points", ctx.tr("得到"), "number", unit=ctx.tr("分"), options={"decimals": 2, "strong": True}),
        Column("bar", ctx.tr("竖线为至多"), "bar", width=104, options={"domain": [0, most]}),
    ]
    parts = {**behind.parts(ctx, at, need, (row["kind"], one), stock), "sum": scored}
    table(ctx, columns, rows, "needs.why", label=ctx.tr("分项"), opens=False, behind={"points": parts})
    return row["kind"], one


def records(ctx: Context, need: dict[str, Any], about: tuple[str, str] | None) -> None:
    """The ways on: the records of the need and of the candidate."""
    import streamlit as st

    from kcz_metrics.ui.context import link

    with st.container(horizontal=True):
        if st.button(ctx.tr("需求记录"), key="needs.to_need"):
            link("records", table="need", record=need["need_id"], q=need["need_id"])
        if st.button(ctx.tr("对接记录"), key="needs.to_dockings"):
            link("records", table="docking", q=need["need_id"])
        if about and about[0] == "team":
            if st.button(ctx.tr("服务团画像"), key="needs.to_team"):
                link("profile", unit=about[1])
            if st.button(ctx.tr("服务团的对接记录"), key="needs.to_team_dockings"):
                link("records", table="docking", q=about[1])
        elif about and st.button(ctx.tr("资源记录"), key="needs.to_resource"):
            link("records", table="resource", record=about[1], q=about[1])
