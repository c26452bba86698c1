"""One unit in the tier review: its smoothed score against the bars, the rules one by one, the way to both borders, and its states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.decisions.reasons import REASONS
from kcz_metrics.locales import T, Text
from kcz_metrics.ui import head, number, reviewing, seats, states, tier_ballot
from kcz_metrics.ui.behind import tier_borders, tier_rules
from kcz_metrics.ui.behind import tiers as behind
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.table import Column, table
from kcz_metrics.ui.tier_parts import ACTS

if TYPE_CHECKING:
    from kcz_metrics.decisions.rulebook import Check
    from kcz_metrics.decisions.ruling import Sitting

_RULES: Mapping[str, Mapping[str, Text]] = {
    "up": {
        "score": T("平滑得分过升级线"), "rounds": T("连续达到的轮数"), "gain": T("一轮升幅足够大"), "seats": T("名次在上一级名额内"),
        "pillars": T("各维度得分最低值"), "flags": T("没有待核疑点"), "decision": T("只由决定上升"), "room": T("有空席或有人让席"),
        "certainty": T("把握"),
    },
    "down": {
        "score": T("平滑得分低于退出线"), "buffer": T("名次落到缓冲区以外"), "rounds": T("连续偏低的轮数"), "decision": T("只由决定下调"),
        "room": T("有接替的对象"), "certainty": T("把握"),
    },
}  # fmt: skip


def row_of(sitting: Sitting, unit: str) -> Mapping[str, Any]:
    return next(row for row in sitting.rows.iter_rows(named=True) if row["unit"] == unit)


def course(ctx: Context, sitting: Sitting, unit: str, name: str) -> None:
    """The smoothed score over the rounds, with the bars of each."""
    from kcz_metrics import charts
    from kcz_metrics.decisions.margins import margins

    row = row_of(sitting, unit)
    own = sitting.found.frame.filter(pl.col("unit") == unit).join(margins(sitting, unit), on="period", how="left", maintain_order="left")
    if own["smoothed"].null_count() == own.height:
        head.finding(name, ctx.tr("没有得分，看不出走势"))
        return
    frame = own.select(
        period="period", smoothed="smoothed",
        rise="promotion_bar", entry=pl.coalesce("entry_own", "entry_above"), exit="exit_bar", low="low", high="high",
    )  # fmt: skip
    title = _finding(ctx, sitting, row, name)
    head.finding(title, ctx.tr("浅色带内不升不降；竖线为九成抽样的范围"))
    figure = charts.bars_over_time(frame, label=name, template=ctx.template, lang=ctx.lang, height=300, title=ctx.tr("平滑得分"))
    chart(ctx, figure, "tiers.course", alt=title)


def _finding(ctx: Context, sitting: Sitting, row: Mapping[str, Any], name: str) -> str:
    if row["high_rounds"]:
        asked = max(1, sitting.policy.promote.rounds if sitting.policy.promote else 1, row["high_rounds"])
        return ctx.tr("{name}：已 {n}/{all} 轮可升", name=name, n=row["high_rounds"], all=asked)
    if row["low_rounds"]:
        asked = max(1, sitting.policy.demote.rounds if sitting.policy.demote else 1, row["low_rounds"])
        return ctx.tr("{name}：{n}/{all} 轮低于退出线", name=name, n=row["low_rounds"], all=asked)
    if row["tier_before"] is None:
        return ctx.tr("{name}：本轮新入", name=name) if row["tier_after"] is not None else ctx.tr("{name}：在名单之外", name=name)
    if row["to_above"] is not None and row["to_above"] > 0:
        opens = tier_borders.gap(ctx, sitting, row["unit"], "up", short=True)
        gap = says("course", number.decimal(row["to_above"], 1), opens, row["to_above"])
        return ctx.tr("{name}：距升级线 {gap} 分", name=name, gap=gap)
    if row["to_above"] is not None:
        return ctx.tr("{name}：得分已过升级线，其他条件未满", name=name)
    if row["over_below"] is not None:
        opens = tier_borders.gap(ctx, sitting, row["unit"], "down", short=False)
        gap = says("course", number.decimal(row["over_below"], 1), opens, row["over_below"])
        return ctx.tr("{name}：高出退出线 {gap} 分", name=name, gap=gap)
    return name


def rules(ctx: Context, sitting: Sitting, unit: str) -> None:
    """The rules of the move that the unit is nearer to, met or not, with its numbers."""
    from kcz_metrics.decisions.rulebook import checks

    way, found = checks(sitting, unit)
    row = row_of(sitting, unit)
    words = REASONS[row["reason"]].in_(ctx.lang)
    if not found:
        head.finding(ctx.tr("规则核对"), words)
        return
    met = sum(1 for one in found if one.met)
    head.finding(ctx.tr("规则核对：{all} 条满足 {n} 条", all=len(found), n=met), words)
    columns = [Column("rule", ctx.tr("规则"), options={"wrap": True}), Column("met", ctx.tr("数值与界线"), "check")]
    lines = [
        {
            "id": one.name,
            "rule": _RULES[way][one.name].render(ctx.lang),
            "met": None if one.met is None else {"v": one.met, "t": _said(one), "n": one.value if one.sign else None},
        }
        for one in found
    ]
    step = -1 if way == "up" else 1
    place = sitting.ladder.ids.index(row["tier_before"]) + step if row["tier_before"] in sitting.ladder.ids else -1
    aim = sitting.ladder.ids[place] if 0 <= place < len(sitting.ladder.ids) else None
    opened = {"met": tier_rules.checked(ctx, sitting, unit, way, aim)}
    table(ctx, columns, lines, "tiers.rules", label=ctx.tr("规则核对"), opens=False, behind=opened)


def _said(one: Check) -> str:
    """The number beside its bar; the table adds whether it is met."""
    if not one.sign:
        return ""
    if one.name == "certainty":
        return f"{number.share(one.value, 0)} {one.sign} {number.share(one.bar, 0)}"
    places = 0 if one.name in ("rounds", "seats", "buffer") else 1
    return f"{number.decimal(one.value, places)} {one.sign} {number.decimal(one.bar, places)}"


def chances(ctx: Context, sitting: Sitting, unit: str) -> None:
    """How probable each tier is after this round, by the rule alone."""
    row, chips = row_of(sitting, unit), seats.chips(ctx, ctx.index)
    known = [(level, row[f"p_{level}"]) for level in sitting.ladder.ids if row[f"p_{level}"] is not None]
    head.finding(
        ctx.tr("各层级的概率"), ctx.tr("{n} 次抽样：权重、方法、凭证误差与待核记录按方案声明变动", n=number.count(reviewing.DRAWS))
    )
    if not known:
        states.too_little(ctx.tr("这一期没有计算概率"))
        return
    written = {"domain": [0, 1], "share": True, "decimals": 1}
    columns = [Column("tier", ctx.tr("层级"), "tier"), Column("p", ctx.tr("概率"), "bar", options=written)]
    lines = [
        {"id": level, "tier": chips[level], "p": {"parts": [{"v": p, "tone": "quantity"}], "t": number.share(p, 1), "n": p}}
        for level, p in known
    ]
    opened = {"p": {level: tier_rules.landing(ctx, sitting, unit, level) for level, _ in known}}
    table(ctx, columns, lines, "tiers.chances", label=ctx.tr("各层级的概率"), opens=False, behind=opened)


def history(ctx: Context, frame: pl.DataFrame, unit: str, *, key: str, caption: str = "") -> None:
    """Where the unit stood period by period, why, and what was decided. ``frame`` is a replay's."""
    chips = seats.chips(ctx, ctx.index)
    outside = {"t": ctx.tr("名单外"), "level": 3}
    head.finding(ctx.tr("历次层级"), caption or ctx.tr("由规则逐期推算，有决定的按决定"))
    columns = [
        Column("period", ctx.tr("评价期")),
        Column("shift", ctx.tr("层级"), "shift"),
        Column("smoothed", ctx.tr("平滑得分"), "number"),
        Column("place", ctx.tr("位次"), "rank"),
        Column("why", ctx.tr("原因"), options={"wrap": True}),
        Column("decided", ctx.tr("决定"), "flags"),
    ]
    lines, lost = [], tier_ballot.lost(ctx, unit)
    for row in frame.filter(pl.col("unit") == unit).iter_rows(named=True):
        before, after = row["tier_before"], row["tier_after"]
        shift = {"from": chips.get(before or "", outside)}
        first = row["reason"] == "START" or before == after
        lines.append(
            {
                "id": f"{unit} {row['period']}", "period": number.period(row["period"], ctx.lang),
                "shift": {"from": chips.get(after or "", outside)} if first else shift | {"to": chips.get(after or "", outside)},
                "smoothed": row["smoothed"], "place": row["place"], "why": REASONS[row["reason"]].in_(ctx.lang),
                "decided": lost.get(row["period"], [])
                + ([] if row["decided"] is None else [{"t": ctx.text(ACTS[row["decided"]]), "kind": "neutral"}]),
            }
        )  # fmt: skip
    table(ctx, columns, lines, key, label=ctx.tr("历次层级"), opens=False, behind=behind.past_scores(ctx, frame))


def on_profile(ctx: Context, unit: str) -> None:
    """The same on the profile: at once where the round has been worked out, else when it is asked for."""
    if reviewing.trouble(ctx) is not None:
        return
    if not reviewing.ready(ctx) and not st.session_state.get("profile.tiers_asked"):
        head.finding(ctx.tr("历次层级"), ctx.tr("由规则逐期推算，有决定的按决定；首次约需十几秒"))
        st.button(ctx.tr("推算历次层级"), key="profile.tiers_ask", on_click=_ask)
        return
    with st.spinner(ctx.tr("正在推算各期层级与把握，首次约需十几秒")):
        found = reviewing.sitting(ctx)
    if unit in found.rounds.units:
        history(ctx, found.found.frame, unit, key="profile.tiers")
        if st.button(ctx.tr("看层级评审"), key="profile.review"):
            link("tiers", unit=unit)


def _ask() -> None:
    st.session_state["profile.tiers_asked"] = True
