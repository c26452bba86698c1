"""Confirming the list of a selection: recorded in the ledger, taken back by a further record; as decisions on tiers are."""

from __future__ import annotations

import streamlit as st

from kcz_metrics.decisions.confirming import Listed, confirmation, listed
from kcz_metrics.errors import KczError
from kcz_metrics.store import Ruling, may
from kcz_metrics.ui import address, head, labels, number, selection, states
from kcz_metrics.ui import selection_words as words
from kcz_metrics.ui.behind import selection as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.selection import Round
from kcz_metrics.ui.table import Column, table
from kcz_metrics.ui.tier_parts import ACTS

DONE, WRONG, REASON, PANEL = "selection.done", "selection.wrong", "selection.reason", "selection.panel"


def told(ctx: Context) -> None:
    """What the last decision did, or why it could not be made; once."""
    if wrong := st.session_state.pop(WRONG, None):
        states.error(ctx, wrong)
    if text := st.session_state.pop(DONE, None):
        states.done(text)


def held(seen: Round) -> Listed | None:
    """The confirmed list of the period."""
    return listed(selection.decisions(seen.ctx, seen.id))


def state(seen: Round, given: Listed | None) -> str:
    """What the basis line says."""
    if seen.tried:
        return seen.ctx.tr("试算 · 未提交，不得引用")
    return seen.ctx.tr("名单已确认") if given is not None else seen.ctx.tr("建议，尚未确认")


def controls(seen: Round, given: Listed | None) -> None:
    """The button that confirms, or what was confirmed and its taking back."""
    ctx = seen.ctx
    able = may(ctx.actor, "approve") and not ctx.past
    head.finding(ctx.tr("确认名单"), ctx.tr("确认后记入台账与审计，支持自下一年起"))
    told(ctx)
    seen_until = last_seen(seen)
    if given is None and not (seen.found.feasible and seen.found.seats):
        nobody = ctx.tr("一个也没有选出，没有名单可以确认。") if seen.found.feasible else ctx.tr("名额不能同时满足，没有名单可以确认。")
        head.paragraph(nobody, muted=True)
        return
    if given is not None:
        _standing(seen, given)
    st.text_input(
        ctx.tr("会议意见"), key=REASON, max_chars=1000, label_visibility="collapsed", placeholder=ctx.tr("会议意见，记入审计"),
    )  # fmt: skip
    if given is not None:
        st.button(ctx.tr("撤回决定"), key="selection.withdraw", disabled=not able, on_click=_withdraw, args=(seen, given, seen_until))
    else:
        waiting = seen.found.units.filter(seen.found.units["reason"] == "panel")["unit"].to_list()
        if waiting:
            called = words.names(ctx)
            st.multiselect(
                ctx.tr("专家组票决（{n} 席）", n=seen.found.open_seats), waiting, format_func=lambda u: called.get(u, u), key=PANEL,
                max_selections=seen.found.open_seats,
            )  # fmt: skip
        if seen.tried:
            head.paragraph(ctx.tr("名额与方案不同：确认时须写明理由，记为“另定”。"), muted=True)
        st.button(
            ctx.tr("确认 {n} 支的名单", n=seen.found.seats), type="primary", key="selection.confirm", disabled=not able, on_click=_confirm,
            args=(seen, seen_until),
        )  # fmt: skip
    if not able:
        head.paragraph(ctx.tr("名单由领导决定；旧快照上不作决定"), muted=True)


def _standing(seen: Round, given: Listed) -> None:
    ctx, one = seen.ctx, given.decision
    n = says("confirmed", str(len(given.units)), behind.counted(seen, list(given.units)), len(given.units))
    text = ctx.tr(
        "{n} 支的名单已由{name}确认，{day}，审计第 {entry} 条", n=n, name=one.actor, day=number.day(one.at), entry=one.audit_entry
    )
    now = set(seen.found.units.filter("selected")["unit"])
    apart = sorted(now ^ set(given.units))
    if seen.found.feasible and apart:
        text += ctx.tr("；与本页现在的结果有 {n} 支不同", n=says("apart", str(len(apart)), behind.counted(seen, apart), len(apart)))
    head.paragraph(text + ctx.tr("。"))
    if seen.found.feasible:
        as_confirmed(seen, given)


def as_confirmed(seen: Round, given: Listed | None) -> None:
    """The way to the numbers that were confirmed, where the page stands on others; the first thing to do where these give no list."""
    if given is not None and (dict(given.changed), given.relaxed) != (dict(seen.changed), seen.relaxed):
        st.button(
            seen.ctx.tr("按确认时的数打开"), key="selection.as_confirmed", type="secondary" if seen.found.feasible else "primary",
            on_click=_as_confirmed, args=(given,),
        )  # fmt: skip


def _as_confirmed(given: Listed) -> None:
    address.put(set=selection.text(given.changed) or None, relax=selection.RELAX if given.relaxed else None, open=None)


def last_seen(seen: Round) -> int:
    """The last decision that the page shows: taken when the button is drawn, so that what others decide before it is pressed is told."""
    earlier = selection.decisions(seen.ctx, seen.id)
    return earlier[-1].number if earlier else 0


def _write(seen: Round, ruling: Ruling, until: int) -> int:
    ctx = seen.ctx
    assert ctx.snapshot is not None
    (made,) = ctx.store.decide(selection.docket(seen), [ruling], actor=ctx.actor, snapshot=ctx.snapshot.id, scheme=ctx.digest, seen=until)
    return made.audit_entry


def _confirm(seen: Round, until: int) -> None:
    """Record, before the page is drawn again; the store asks for the right and for the freshness."""
    reason, panel = str(st.session_state.get(REASON, "")), list(st.session_state.get(PANEL, ()))
    try:
        entry = _write(seen, confirmation(seen.found, seen.changed, seen.relaxed, reason, panel), until)
    except KczError as wrong:
        st.session_state[WRONG] = wrong
        return
    st.session_state[REASON] = ""
    st.session_state[DONE] = seen.ctx.tr("名单已确认，记入审计第 {n} 条。", n=number.count(entry))


def _withdraw(seen: Round, given: Listed, until: int) -> None:
    try:
        entry = _write(seen, Ruling("withdraw", reason=str(st.session_state.get(REASON, "")), withdraws=given.decision.number), until)
    except KczError as wrong:
        st.session_state[WRONG] = wrong
        return
    st.session_state[REASON] = ""
    st.session_state[DONE] = seen.ctx.tr("已撤回，记入审计第 {n} 条。", n=number.count(entry))


def decided(seen: Round) -> None:
    """Every decision on the list of the period, those taken back too, newest first."""
    ctx = seen.ctx
    found = selection.decisions(ctx, seen.id)
    if not found:
        return
    head.finding(ctx.tr("本期名单的决定"), ctx.tr("全部记入审计；撤回的也留着"))
    gone = {one.withdraws for one in found}
    columns = [
        Column("number", ctx.tr("序号"), "number", options={"decimals": 0}), Column("act", ctx.tr("决定")),
        Column("seats", ctx.tr("席数"), "number", options={"decimals": 0}), Column("changed", ctx.tr("改动的值"), options={"wrap": True}),
        Column("reason", ctx.tr("意见"), options={"wrap": True}), Column("actor", ctx.tr("经手")),
        Column("at", labels.headed(ctx.tr("日期"))),
        Column("entry", ctx.tr("审计条目"), "number", options={"decimals": 0}),
    ]  # fmt: skip
    rows = [
        {
            "id": str(one.number), "number": one.number, "seats": len(one.numbers.get("units", ())) or None,
            "act": ctx.text(ACTS[one.act]) + (ctx.tr("（已撤回）") if one.number in gone else ""),
            "changed": _changed(seen, one.numbers), "reason": ctx.tr(one.reason) or "—", "actor": one.actor, "at": number.day(one.at),
            "entry": one.audit_entry, "_faint": one.number in gone or one.act == "withdraw",
        }
        for one in reversed(found)
    ]  # fmt: skip
    table(ctx, columns, rows, "selection.decided", label=ctx.tr("本期名单的决定"), opens=False)


def _changed(seen: Round, numbers: object) -> str:
    from kcz_metrics.ui.selection_controls import label

    ctx = seen.ctx
    given = numbers if isinstance(numbers, dict) else {}
    said = [f"{label(ctx, seen, place)} {value:g}" for place, value in given.get("changed", {}).items()]
    if given.get("relaxed"):
        said.append(ctx.tr("按最少的席数放宽"))
    return ctx.tr("；").join(said) or "—"
