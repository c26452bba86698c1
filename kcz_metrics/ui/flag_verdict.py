"""What confirming would do, and the decision itself: confirm, clear, open again, each with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.errors import KczError
from kcz_metrics.quality.effects import proposal
from kcz_metrics.quality.standing import STATES, as_case
from kcz_metrics.store import Verdict, may
from kcz_metrics.ui import address, flagged, head, labels, number, seats, states
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.quality.effects import Effect
    from kcz_metrics.quality.standing import Standing
    from kcz_metrics.store import Zeroed
    from kcz_metrics.store.flags import State

DONE, WRONG = "flags.done", "flags.wrong"
SHOWN = 40


def decide(ctx: Context, row: Standing) -> None:
    """The controls that fit the flag's state."""
    if row.state == "open" and (row.decision is None or row.decision.state == "open"):
        _open(ctx, row)
    else:
        _decided(ctx, row)


def _key(row: Standing, name: str) -> str:
    return f"flags.{name}.{row.flag.id}"


def _open(ctx: Context, row: Standing) -> None:
    flag = row.flag
    if row.decision is not None:
        before(ctx, row)
    left_out, wilful = _choice(ctx, row)
    shown = _preview(ctx, row, left_out, wilful)
    head.finding(ctx.tr("认定"), ctx.tr("写明理由；确认、排除都记入审计，可重新打开"))
    st.text_area(ctx.tr("理由"), key=_key(row, "reason"), height=76, max_chars=1000)
    allowed = may(ctx.actor, "withdraw") and not ctx.past
    marks = {record: of for record, of in proposal(flag).items() if record in left_out}
    zeroed = shown.zeroed if shown is not None and wilful else ()
    with st.container(horizontal=True):
        st.button(
            ctx.tr("确认疑点"), type="primary", key=_key(row, "confirm"), disabled=not allowed or shown is None,
            help=None if shown is not None else ctx.tr("先看确认后的影响"), on_click=_write, args=(ctx, row, "confirmed", marks, zeroed),
        )  # fmt: skip
        st.button(ctx.tr("排除疑点"), key=_key(row, "clear"), disabled=not allowed, on_click=_write, args=(ctx, row, "cleared"))
    if not allowed:
        head.paragraph(ctx.tr("认定疑点由数据管理员决定"), muted=True)


def _choice(ctx: Context, row: Standing) -> tuple[tuple[str, ...], bool]:
    """Which records would be left out, and whether the deed was wilful."""
    records = row.flag.records
    head.finding(ctx.tr("确认后会怎样"), ctx.tr("略去下列记录，用同一套计算重算；蓄意的，该对象相关指标本期得分置零"))
    if not records:
        head.paragraph(ctx.tr("这是提示：确认只留下记录在案，不略去任何记录，也不改变得分。"))
        return (), False
    chosen = records
    with st.expander(ctx.tr("略去 {n} 条记录中的哪些", n=len(records))):
        picked = st.multiselect(
            ctx.tr("略去的记录"), records, default=list(records), key=_key(row, "records"), label_visibility="collapsed",
            format_func=lambda name: name.split("/", 1)[1],
        )  # fmt: skip
        chosen = tuple(name for name in records if name in picked)
    wilful = st.checkbox(ctx.tr("蓄意（相关指标本期得分置零）"), key=_key(row, "wilful"))
    return chosen, wilful


def _preview(ctx: Context, row: Standing, left_out: tuple[str, ...], wilful: bool) -> Effect | None:
    """The effect, once the reader has asked for it with just this choice. A hint has none."""
    period = str(row.flag.last.year)
    wanted = (left_out, wilful)
    asked = st.session_state.get(_key(row, "asked"))
    if not left_out:
        if row.flag.records:
            head.paragraph(ctx.tr("没有选中记录，确认后得分不变。"), muted=True)
            return None
        return flagged.effect(ctx, row.flag, (), period, False)
    if asked != wanted:
        st.button(ctx.tr("计算影响"), key=_key(row, "ask"), on_click=_ask, args=(row, wanted))
        return None
    with st.spinner(ctx.tr("正在用略去这些记录的快照重算")):
        found = flagged.effect(ctx, row.flag, left_out, period, wilful)
    _moved(ctx, found, period)
    return found


def _ask(row: Standing, wanted: tuple[tuple[str, ...], bool]) -> None:
    st.session_state[_key(row, "asked")] = wanted


def _moved(ctx: Context, found: Effect, period: str) -> None:
    indices = labels.listed(ctx, [ctx.name(index) for index in found.looked_at], len(found.looked_at))
    year = number.period(period, ctx.lang)
    ranks = found.moved.filter(pl.col("rank").ne_missing(pl.col("rank_before"))).height
    tiers = found.moved.filter(pl.col("tier").ne_missing(pl.col("tier_before"))).height
    head.paragraph(
        ctx.tr(
            "{year}：**{n}** 个评价对象的得分改变，名次改变 {ranks} 个，席位改变 {tiers} 个。重算了{indices}。",
            year=year,
            n=found.moved.height,
            ranks=ranks,
            tiers=tiers,
            indices=indices,
        )
    )
    if found.zeroed:
        cells = _cells(ctx, found.zeroed)
        head.paragraph(ctx.tr("置零的得分（{n} 项）：{cells}", n=len(found.zeroed), cells=cells), muted=True)
    if found.moved.height:
        _table(ctx, found.moved)


def _cells(ctx: Context, zeroed: tuple[Zeroed, ...]) -> str:
    """Unit by unit, the names of its indicators."""
    by_unit: dict[tuple[str, str], list[str]] = {}
    for one in zeroed:
        by_unit.setdefault((one.unit, one.period), []).append(ctx.name(one.indicator))
    said = [
        f"{flagged.name(ctx, unit)} {period} ({labels.listed(ctx, indicators, len(indicators))})"
        for (unit, period), indicators in by_unit.items()
    ]
    return labels.listed(ctx, said, len(said))


def _table(ctx: Context, moved: pl.DataFrame) -> None:
    columns = [
        Column("name", ctx.tr("评价对象"), width=150, options={"wrap": True}),
        Column("score_before", ctx.tr("现得分"), "number"),
        Column("score", ctx.tr("略去后"), "number"),
        Column("rank_before", ctx.tr("现名次"), "rank"),
        Column("rank", ctx.tr("略去后"), "rank"),
        Column("tier", ctx.tr("本期席位"), "shift"),
    ]
    if moved["tier"].eq_missing(moved["tier_before"]).all():
        columns.pop()
    assert ctx.scheme is not None
    chips = {index: seats.chips(ctx, ctx.scheme.indices[index]) for index in moved["index"].unique()}
    lines = []
    for row in moved.head(SHOWN).iter_rows(named=True):
        names = (row["name_zh"], row["name_en"]) if ctx.lang == "zh" else (row["name_en"], row["name_zh"])
        lines.append(
            {
                "id": f"{row['index']}.{row['unit']}",
                "name": {"t": names[0] or names[1] or row["unit"], "sub": ctx.name(row["index"])},
                **{c: row[c] for c in ("score_before", "score", "rank_before", "rank")},
                "tier": _shift(chips[row["index"]], row["tier_before"], row["tier"]),
            }
        )
    table(ctx, columns, lines, "flags.moved", label=ctx.tr("确认后的变化"), opens=False, height=min(430, 74 + 44 * len(lines)))
    if moved.height > SHOWN:
        head.paragraph(ctx.tr("显示变化最大的 {n} 个，共 {all} 个", n=SHOWN, all=number.count(moved.height)), muted=True)


def _shift(chips: object, before: str | None, after: str | None) -> object:
    if before == after or before is None or after is None or not isinstance(chips, dict):
        return None
    return {"from": chips.get(before), "to": chips.get(after)}


def before(ctx: Context, row: Standing) -> None:
    """What was decided, by whom, when and why."""
    one = row.decision
    assert one is not None
    pairs = [
        (ctx.tr("认定"), ctx.text(STATES[one.state]) if one.state != "open" else ctx.tr("重新打开")),
        (ctx.tr("理由"), one.reason),
        (ctx.tr("经手"), f"{one.actor} · {number.day(one.at)}"),
        (ctx.tr("审计"), ctx.tr("第 {n} 条", n=number.count(one.audit_entry))),
    ]
    if one.left_out:
        pairs.append((ctx.tr("略去记录"), ctx.tr("{n} 条，自快照 {number} 起", n=len(one.left_out), number=one.snapshot)))
    if one.zeroed:
        pairs.append((ctx.tr("置零的得分"), _cells(ctx, one.zeroed)))
    head.definition_list(pairs)
    if row.state == "open" and one.state == "confirmed":
        states.notice(ctx.tr("认定之后又出现新的记录，需要再看一次：先重新打开，再作认定。"))


def _decided(ctx: Context, row: Standing) -> None:
    head.finding(ctx.tr("已有认定"), ctx.tr("重新打开后，略去的记录恢复原状，置零撤销"))
    before(ctx, row)
    st.text_area(ctx.tr("重新打开的理由"), key=_key(row, "reason"), height=76, max_chars=1000)
    allowed = may(ctx.actor, "withdraw") and not ctx.past
    st.button(ctx.tr("重新打开"), key=_key(row, "reopen"), disabled=not allowed, on_click=_write, args=(ctx, row, "open"))


def _write(
    ctx: Context, row: Standing, state: State, left_out: Mapping[str, str | None] | None = None, zeroed: tuple[Zeroed, ...] = ()
) -> None:
    """Record the decision, before the page is drawn again; what came of it is told there. The store asks for the right to do so."""
    reason = str(st.session_state.get(_key(row, "reason"), ""))
    verdict = Verdict(row.flag.id, row.flag.rule, state, reason, as_case(row.flag), left_out or {}, zeroed)
    try:
        made = ctx.store.decide_flag(verdict, actor=ctx.actor, seen=ctx.snapshot.id if ctx.snapshot else None)
    except KczError as wrong:
        st.session_state[WRONG] = wrong
        return
    words: dict[State, str] = {
        "confirmed": ctx.tr("已确认，记入审计第 {n} 条。", n=number.count(made.audit_entry)),
        "cleared": ctx.tr("已排除，记入审计第 {n} 条。", n=number.count(made.audit_entry)),
        "open": ctx.tr("已重新打开，记入审计第 {n} 条。", n=number.count(made.audit_entry)),
    }
    st.session_state[DONE] = words[state]
    st.session_state[_key(row, "reason")] = ""
    st.session_state.pop(_key(row, "asked"), None)


def told(ctx: Context) -> None:
    """What the last decision did, or why it could not be made; once."""
    if wrong := st.session_state.pop(WRONG, None):
        states.error(ctx, wrong)
    if text := st.session_state.pop(DONE, None):
        states.done(text)


def close() -> None:
    """Back to the list."""
    address.put(flag=None)
