"""The yearly check of supported teams: who is warned, whose support ends, and which reserve moves up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.decisions import terms
from kcz_metrics.decisions.confirming import Listed, lists
from kcz_metrics.locales import T, Text
from kcz_metrics.ui import head, labels, loading, number, selection, states
from kcz_metrics.ui import selection_words as words
from kcz_metrics.ui.behind import selection as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.selection import Round
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.decisions.selection import Selection

STATES: Mapping[str, tuple[Text, str]] = {
    "kept": (T("继续支持"), "neutral"), "warned": (T("预警"), "watch"), "stopped": (T("终止支持"), "rectify"),
    "unknown": (T("未判定"), "neutral"),
}  # fmt: skip
#: Reserves passed over that are named; the others stand in the cell's title.
NAMED = 3
WHY: Mapping[str, Text] = {"score": T("得分低于 {bar}"), "attainment": T("计划完成度低于 {bar}")}


def years(seen: Round) -> pl.DataFrame:
    """Every year of every support whose term runs in the period; columns of :data:`terms.CHECKED`."""
    ctx, policy = seen.ctx, seen.own.yearly
    assert policy is not None
    year = int(ctx.period[:4])
    given = terms.terms(loading.table(ctx, "team_support"), confirmed(seen), seen.own.seats.years)
    scored = [p for p in ctx.periods if p <= ctx.period and loading.valued(ctx, seen.own.index, p)]
    figures = [terms.figures(loading.scorecard(ctx, seen.own.index, p), selection.attributes(ctx, seen.own.index, p)) for p in scored]
    return terms.checked(given, pl.concat(figures), policy, year)


def confirmed(seen: Round) -> dict[str, Listed]:
    """Period to the list confirmed in it, of periods before this one."""
    return lists(seen.ctx.store.decisions(snapshot=seen.ctx.snapshot), seen.id, seen.ctx.period)


def base(seen: Round) -> tuple[str | None, Selection]:
    """Whose seats and reserves a seat that is left is filled from: the last confirmed list, else the proposal of this period (None)."""
    given = confirmed(seen)
    if not given:
        return None, seen.found
    last = max(given)
    known = selection.candidates(seen.ctx, seen.own, selection.open_flags(seen.ctx, seen.own, last), last)
    return last, terms.as_confirmed(known, seen.own, given[last])


def answer(seen: Round, found: pl.DataFrame) -> str:
    ctx = seen.ctx
    now = found.filter(pl.col("period") == ctx.period)
    rows = _rows(seen, now)

    def said(state: str) -> str:
        n = now.filter(pl.col("state") == state).height
        return says(f"yearly.{state}", str(n), behind.supports(seen, lambda: rows, pl.col("state") == state), n)

    if now.is_empty():
        return ctx.tr("{period}没有在支持期内的服务团。", period=number.period(ctx.period, ctx.lang))
    every = says("yearly.all", str(now.height), behind.supports(seen, lambda: rows), now.height)
    return ctx.tr(
        "支持期内 **{n}** 支：{kept} 支继续，**{warned} 支预警**，**{stopped} 支终止**，{unknown} 支未判定。", n=every, kept=said("kept"),
        warned=said("warned"), stopped=said("stopped"), unknown=said("unknown"),
    )  # fmt: skip


def _rows(seen: Round, now: pl.DataFrame) -> pl.DataFrame:
    ctx, called = seen.ctx, dict(words.names(seen.ctx))
    said = {state: ctx.text(text) for state, (text, _) in STATES.items()}
    return now.select(
        "unit", pl.col("unit").replace_strict(called, default=pl.col("unit"), return_dtype=pl.String).alias("name"), "start", "low_years",
        "state", said=pl.col("state").replace_strict(said, return_dtype=pl.String),
    )  # fmt: skip


def numbers(seen: Round, found: pl.DataFrame) -> list[Item]:
    ctx = seen.ctx
    now = found.filter(pl.col("period") == ctx.period)
    rows, each = _rows(seen, now), number.each(ctx.tr("支"), ctx.lang)
    items = []
    for state, (text, _) in STATES.items():
        n = now.filter(pl.col("state") == state).height
        opening = behind.supports(seen, lambda: rows, pl.col("state") == state)
        items.append(Item(labels.headed(ctx.text(text)), number.count(n), each, opens=opening, value=n))
    return items


def rule(seen: Round) -> None:
    """The rule in a line."""
    ctx, policy = seen.ctx, seen.own.yearly
    assert policy is not None
    bars = []
    if policy.score_below is not None:
        bars.append(ctx.tr("得分低于 {bar}", bar=f"{policy.score_below:g}"))
    if policy.attainment_below is not None:
        bars.append(ctx.tr("计划完成度低于 {bar}", bar=number.share(policy.attainment_below, 0)))
    said = ctx.tr("，或").join(bars)
    head.paragraph(
        ctx.tr(
            "{bars}为低于要求的一年：首次预警，支持期内累计 {n} 年即终止，不要求连续；没有得分的年份不判定。",
            bars=said,
            n=policy.stop_after,
        ),
        muted=True,
    )


def listing(seen: Round, found: pl.DataFrame) -> str | None:
    """Every support with its years; returns the unit that was opened."""
    ctx, policy = seen.ctx, seen.own.yearly
    assert policy is not None
    title = ctx.tr("支持期内的服务团")
    head.finding(title, ctx.tr("终止与预警在前；每年的得分与计划完成度，低于要求的年份写明是哪一项"))
    called, order = words.names(ctx), {"stopped": 0, "warned": 1, "unknown": 2, "kept": 3}
    bars = {"score": f"{policy.score_below or 0:g}", "attainment": number.share(policy.attainment_below or 0, 0)}
    columns = [
        Column("name", ctx.tr("服务团"), "name", options={"wrap": True}),
        Column("start", ctx.tr("起始年")),
        Column("period", ctx.tr("年份")),
        Column("score", ctx.tr("得分"), "number"),
        Column("attainment", ctx.tr("计划完成度"), "number", options={"share": True, "decimals": 1}),
        Column("low_years", ctx.tr("未达标年"), "number", options={"decimals": 0}), Column("state", ctx.tr("复核意见"), "flags"),
        Column("why", ctx.tr("原因"), options={"wrap": True}),
    ]  # fmt: skip
    now = found.filter(pl.col("period") == ctx.period)
    rank = {unit: (order[state], unit) for unit, state in now.select("unit", "state").iter_rows()}
    rows = []
    for row in sorted(found.iter_rows(named=True), key=lambda r: (*rank.get(r["unit"], (9, r["unit"])), r["period"])):
        text, kind = STATES[row["state"]]
        why = ctx.tr("；").join(ctx.tr(WHY[code].source, bar=bars[code]) for code in (row["why"] or "").split())
        rows.append(
            {
                "id": f"{row['unit']} {row['period']}", "name": called.get(row["unit"], row["unit"]), "start": str(row["start"]),
                "period": row["period"], "score": row["score"], "attainment": row["attainment"], "low_years": row["low_years"],
                "state": [{"t": ctx.text(text), "kind": kind}], "why": why or "—", "_faint": row["period"] != ctx.period,
            }
        )  # fmt: skip
    height = 620 if len(rows) > 18 else None
    opened = table(ctx, columns, rows, "selection.yearly", label=title, height=height, behind=behind.yearly(seen, found))
    return opened.partition(" ")[0] if opened else None


def moves(seen: Round, found: pl.DataFrame) -> None:
    """Who takes the seats of those whose support this year's check ends."""
    ctx = seen.ctx
    leaving = terms.stopped_in(found, int(ctx.period[:4]))
    last, chosen = base(seen)
    head.finding(
        ctx.tr("谁来递补"),
        ctx.tr("按{period}确认的名单与候补次序", period=number.period(last, ctx.lang))
        if last
        else ctx.tr("没有确认过的名单：按本期建议的候补次序"),
    )
    if not leaving:
        states.too_little(ctx.tr("本年没有终止的支持，不需递补。"))
        return
    called = words.names(ctx)
    columns = [
        Column("leaves", labels.headed(ctx.tr("终止支持")), "name", options={"wrap": True}),
        Column("moves_up", ctx.tr("递补"), options={"wrap": True}),
        Column("reserve", ctx.tr("候补次序"), "number", options={"decimals": 0}),
        Column("passed", ctx.tr("越过的候补与名额"), options={"wrap": True}),
    ]  # fmt: skip
    rows = []
    seated = set(chosen.units.filter("selected")["unit"])
    for row in terms.moves(chosen, leaving).iter_rows(named=True):
        up = [called.get(unit, unit) for unit in (row["moves_up"] or "").split()]
        said = labels.listed(ctx, up, 9) if len(up) != 1 else up[0]
        if row["leaves"] not in seated:
            said = ctx.tr("它的席位不在这份名单上")
        elif not up:
            said = ctx.tr("没有候补合乎名额，席位空缺")
        passed = [called.get(unit, unit) for unit in (row["passed_over"] or "").split()]
        quotas = [words.rule(ctx, one) for one in chosen.rules if one.key in (row["quota"] or "").split("; ")]
        first = labels.listed(ctx, passed, NAMED) if len(passed) <= NAMED else ctx.tr("{names}等", names=ctx.tr("、").join(passed[:NAMED]))
        over = ctx.tr("{names}：{quotas}", names=first, quotas=ctx.tr("；").join(quotas)) if passed else "—"
        rows.append(
            {
                "id": row["leaves"],
                "leaves": called.get(row["leaves"], row["leaves"]),
                "moves_up": said,
                "reserve": row["reserve"],
                "passed": {"t": over, "title": labels.listed(ctx, passed, len(passed))},
            }
        )
    table(ctx, columns, rows, "selection.moves", label=ctx.tr("谁来递补"), opens=False)


def question(ctx: Context) -> str:
    return ctx.tr("哪些支持应预警或终止，谁来递补？")
