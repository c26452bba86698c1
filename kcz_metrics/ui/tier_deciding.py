"""Deciding in the tier review: agree, defer, decide otherwise, take back, close; each recorded in the ledger before the page is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from kcz_metrics.errors import DecisionError, KczError
from kcz_metrics.locales import Text
from kcz_metrics.store import Docket, Ruling, in_force, may, votes_lost
from kcz_metrics.ui import head, labels, number, reviewing, seats, states, tier_ballot, tier_parts
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.decisions.ruling import Sitting
    from kcz_metrics.store import Decision

DONE, WRONG, WHERE = "tiers.done", "tiers.wrong", "tiers.where"
#: Where a decision was made: on one unit, or on the rest of the round.
ONE, REST = "one", "rest"
NOBODY, OUT = "", "out"


def told(ctx: Context, where: str) -> None:
    """What the last decision did, or why it could not be made; once, and where its button is: elsewhere it would stand out of sight."""
    if st.session_state.get(WHERE) != where:
        return
    if wrong := st.session_state.pop(WRONG, None):
        states.error(ctx, wrong)
    if text := st.session_state.pop(DONE, None):
        states.done(text)


def allowed(ctx: Context) -> bool:
    return may(ctx.actor, "approve") and not ctx.past


def controls(ctx: Context, sitting: Sitting, unit: str, called: Mapping[str, str]) -> None:
    """The buttons for one unit, or what was decided about it and its taking back."""
    told(ctx, ONE)
    standing = {one.unit: one for one in in_force(reviewing.docket(ctx))}
    if sitting.is_closed:
        head.paragraph(ctx.tr("本轮已办结，不再重开；有异议或差错的，在下一轮决定。"), muted=True)
        return
    reason = f"tiers.reason.{unit}"
    st.text_input(
        ctx.tr("会议意见"), key=reason, max_chars=1000, label_visibility="collapsed",
        placeholder=ctx.tr("会议意见，记入审计"),
    )  # fmt: skip
    able, seen = allowed(ctx), last_seen(ctx)
    if unit in standing:
        one = standing[unit]
        chips = seats.chips(ctx, ctx.index)
        after = chips[one.after]["t"] if one.after is not None and one.after in chips else ctx.tr("名单外")
        act = {"confirm": ctx.tr("已同意"), "defer": ctx.tr("已暂缓"), "override": ctx.tr("已另定")}[one.act]
        head.paragraph(
            ctx.tr(
                "{act}：{tier}；{name}，{day}，审计第 {n} 条",
                act=act,
                tier=after,
                name=one.actor,
                day=number.day(one.at),
                n=one.audit_entry,
            )
        )
        st.button(ctx.tr("撤回决定"), key="tiers.withdraw", disabled=not able, on_click=_withdraw, args=(ctx, sitting, one, reason, seen))
        _voted(ctx, sitting, unit, reason, able, seen)
        _who(ctx, able)
        return
    row = next(r for r in sitting.rows.iter_rows(named=True) if r["unit"] == unit)
    moves = row["proposed"] != row["tier_before"]
    with st.container(horizontal=True):
        st.button(
            ctx.tr("同意") if moves else ctx.tr("同意不变"), type="primary", key="tiers.confirm", disabled=not able, on_click=_decide,
            args=(ctx, sitting, {unit: "confirm"}, reason, seen),
        )  # fmt: skip
        if moves:
            st.button(
                ctx.tr("暂缓"), key="tiers.defer", disabled=not able, on_click=_decide, args=(ctx, sitting, {unit: "defer"}, reason, seen),
            )  # fmt: skip
        st.toggle(ctx.tr("不同意，另定"), key="tiers.otherwise")
    if st.session_state.get("tiers.otherwise"):
        _otherwise(ctx, sitting, unit, called, reason, able)
    _voted(ctx, sitting, unit, reason, able, seen)
    _who(ctx, able)


def _voted(ctx: Context, sitting: Sitting, unit: str, reason: str, able: bool, seen: int) -> None:
    """The votes on the unit that were lost in this round, each with its taking back."""
    for one in votes_lost(reviewing.docket(ctx)):
        if one.unit == unit:
            head.paragraph(ctx.tr("表决未通过：{votes}；审计第 {n} 条", votes=tier_ballot.said(ctx, one.numbers), n=one.audit_entry))
            st.button(
                ctx.tr("撤回这次表决"), key=f"tiers.withdraw.{one.number}", disabled=not able, on_click=_withdraw,
                args=(ctx, sitting, one, reason, seen),
            )  # fmt: skip


def _who(ctx: Context, able: bool) -> None:
    if not able:
        head.paragraph(ctx.tr("层级由领导决定；旧快照上不作决定"), muted=True)


def _otherwise(ctx: Context, sitting: Sitting, unit: str, called: Mapping[str, str], reason: str, able: bool) -> None:
    """Another level than the one proposed, with the unit that gives its seat or takes the one left. The level at stake stands first."""
    from kcz_metrics.decisions.way import aim_of

    chips = seats.chips(ctx, ctx.index)
    row = next(r for r in sitting.rows.iter_rows(named=True) if r["unit"] == unit)
    levels = [level for level in (*sitting.ladder.ids, OUT) if level != (row["proposed"] or OUT)]
    words = {level: chips[level]["t"] for level in sitting.ladder.ids} | {OUT: ctx.tr("退出名单")}
    stake = aim_of(row, sitting.ladder.ids)
    aim = st.selectbox(
        ctx.tr("定为"), levels, index=levels.index(stake) if stake in levels else 0, format_func=words.__getitem__,
        key=f"tiers.aim.{unit}.{ctx.lang}",
    )  # fmt: skip
    there = sitting.rows.filter(sitting.rows["tier_after"] == aim).sort("smoothed")["unit"].to_list() if aim != OUT else []
    others = [NOBODY, *(u for u in there if u != unit)]
    partner = st.selectbox(
        ctx.tr("与谁互换"), others, format_func=lambda u: called.get(u, u) if u else ctx.tr("不互换"),
        key=f"tiers.partner.{unit}.{aim}.{ctx.lang}",
    )  # fmt: skip
    head.paragraph(ctx.tr("名额已满时，一进一出须一并决定；按平滑得分由低到高排列"), muted=True)
    wanted = {unit: str(aim)} | ({partner: str(row["tier_before"] or OUT)} if partner else {})
    tier_ballot.form(ctx, sitting, wanted)
    st.button(
        ctx.tr("记录另定"), key="tiers.override", disabled=not able, on_click=_decide, args=(ctx, sitting, wanted, reason, last_seen(ctx)),
    )  # fmt: skip


def rest(ctx: Context, sitting: Sitting) -> None:
    """Agree to all that is left, and close the round."""
    from kcz_metrics.decisions.ruling import undecided

    told(ctx, REST)
    if sitting.is_closed:
        return
    left, able, seen = undecided(sitting), allowed(ctx), last_seen(ctx)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            ctx.tr("同意其余 {n} 项", n=len(left)), key="tiers.all", disabled=not able or not left, on_click=_decide,
            args=(ctx, sitting, dict.fromkeys(left, "confirm"), None, seen),
        )  # fmt: skip
        st.toggle(ctx.tr("办结本轮"), key="tiers.closing", disabled=not able or bool(left))
        if st.session_state.get("tiers.closing") and not left:
            head.paragraph(
                ctx.tr("办结后全部 {n} 个对象的层级封存，本轮不再重开；有异议或差错的，在下一轮决定。", n=len(sitting.rounds.units)),
                muted=True,
            )
            st.button(ctx.tr("确认办结"), key="tiers.close", disabled=not able, on_click=_close, args=(ctx, sitting, seen))


def last_seen(ctx: Context) -> int:
    """The last decision that the page shows: taken when a button is drawn, so that what others decide before it is pressed is told."""
    earlier = reviewing.docket(ctx)
    return earlier[-1].number if earlier else 0


def _write(ctx: Context, rulings: tuple[Ruling, ...], seen: int, *, apart: bool = False) -> tuple[Decision, ...]:
    assert ctx.snapshot is not None
    return ctx.store.decide(
        Docket("tier", ctx.index_id, ctx.period), rulings, actor=ctx.actor, snapshot=ctx.snapshot.id, scheme=ctx.digest, seen=seen,
        apart=apart,
    )  # fmt: skip


def _named(ctx: Context, sitting: Sitting, wrong: KczError) -> KczError:
    """The error with names in place of the ids of index, units, levels and areas."""
    policy = sitting.policy
    areas = {} if policy.balance is None else {a: labels.coded(ctx, policy.balance.by, a) for a in policy.balance.minimum}
    levels = {level: chip["t"] for level, chip in seats.chips(ctx, ctx.index).items()}
    index = ctx.name(ctx.index_id)
    matter = {ctx.index_id: index, f"{ctx.index_id} {ctx.period}": f"{index} {number.period(ctx.period, ctx.lang)}"}
    known: Mapping[Any, str] = {**matter, **areas, **levels, **tier_parts.names(ctx)}

    def text(given: Text | None) -> Text | None:
        return given and Text(given.source, {name: known.get(value, value) for name, value in given.values.items()})

    issues = [
        replace(
            one, message=text(one.message) or one.message, subject=known.get(one.subject, one.subject), hint=text(one.hint),
            expected=text(one.expected), found=text(one.found),
        )
        for one in wrong.issues
    ]  # fmt: skip
    return type(wrong)(issues).with_traceback(wrong.__traceback__)


def _decide(ctx: Context, sitting: Sitting, wanted: Mapping[str, str], reason: str | None, seen: int) -> None:
    """Record, before the page is drawn again; seats, limits and balance are looked at once more, and the store asks for the right."""
    from kcz_metrics.decisions.ruling import against, asked, lost

    st.session_state[WHERE] = REST if reason is None else ONE
    try:
        now = reviewing.sitting(ctx)
        rulings = asked(now, wanted, str(st.session_state.get(reason, "")) if reason else "", tier_ballot.typed())
        voted_down = lost(now, rulings)
        # what others decided meanwhile is told by the store, before what it would come to together
        if not voted_down and last_seen(ctx) == seen and (issues := against(now, rulings)):
            raise DecisionError(issues)
        made = _write(ctx, voted_down or rulings, seen)
    except KczError as wrong:
        st.session_state[WRONG] = _named(ctx, sitting, wrong)
        return
    _clear(reason)
    entry = number.count(made[-1].audit_entry)
    st.session_state[DONE] = (
        ctx.tr("提议未获通过：表决已留档，记入审计第 {entry} 条；层级不变。", entry=entry)
        if voted_down
        else ctx.tr("已记录 {n} 项决定，记入审计第 {entry} 条。", n=len(made), entry=entry)
    )


def _withdraw(ctx: Context, sitting: Sitting, one: Decision, reason: str, seen: int) -> None:
    st.session_state[WHERE] = ONE
    try:
        (made,) = _write(ctx, (Ruling("withdraw", one.unit, reason=str(st.session_state.get(reason, "")), withdraws=one.number),), seen)
    except KczError as wrong:
        st.session_state[WRONG] = _named(ctx, sitting, wrong)
        return
    _clear(reason)
    st.session_state[DONE] = ctx.tr("已撤回，记入审计第 {n} 条。", n=number.count(made.audit_entry))


def _close(ctx: Context, sitting: Sitting, seen: int) -> None:
    from kcz_metrics.decisions.ruling import closing

    review = sitting.policy.review
    st.session_state[WHERE] = REST
    try:
        (made,) = _write(ctx, (closing(reviewing.sitting(ctx)),), seen, apart=review is not None and review.two_people)
    except KczError as wrong:
        st.session_state[WRONG] = _named(ctx, sitting, wrong)
        return
    st.session_state[DONE] = ctx.tr("本轮已办结，记入审计第 {n} 条。", n=number.count(made.audit_entry))


def _clear(reason: str | None) -> None:
    if reason is not None:
        st.session_state[reason] = ""
    st.session_state["tiers.otherwise"] = False
    tier_ballot.clear()
