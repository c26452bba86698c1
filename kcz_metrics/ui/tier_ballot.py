"""The ballot of the tier review: who proposed a level that is voted on, and how each voted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from kcz_metrics.decisions.ballots import ASKED, CHOICES, Votes, asked_for, votes
from kcz_metrics.store import votes_lost
from kcz_metrics.ui import head, number
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.decisions.ruling import Sitting
    from kcz_metrics.store import Decision

PROPOSAL = "tiers.ballot.proposal"
_BETWEEN = re.compile(r"[、，,；;\n]+")


def form(ctx: Context, sitting: Sitting, wanted: Mapping[str, str]) -> None:
    """The fields of a ballot, where one of these moves takes one."""
    ids = sitting.ladder.ids
    before = dict(sitting.rows.select("unit", "tier_before").iter_rows())
    rules = [asked_for(sitting.policy, before[unit], aim if aim in ids else None) for unit, aim in wanted.items()]
    rule = next((one for one in rules if one is not None), None)
    if rule is None:
        return
    head.paragraph(
        ctx.tr(
            "这一层级由提议与表决决定：成员 {all} 人，到会不少于 {quorum} 人，赞成不少于 {share}；姓名用顿号或逗号分开",
            all=rule.members, quorum=rule.quorum, share=number.share(rule.majority, 0),
        ), muted=True,
    )  # fmt: skip
    st.text_input(ctx.tr("提议单位"), key=PROPOSAL, max_chars=200)
    for choice, label in zip(CHOICES, (ctx.tr("赞成"), ctx.tr("反对"), ctx.tr("弃权")), strict=True):
        st.text_input(label, key=_field(choice), max_chars=600)


def typed() -> Votes:
    """The votes as they stand in the fields."""
    names = {choice: _BETWEEN.split(str(st.session_state.get(_field(choice), ""))) for choice in CHOICES}
    return Votes(
        str(st.session_state.get(PROPOSAL, "")).strip(), *(tuple(one.strip() for one in names[choice] if one.strip()) for choice in CHOICES)
    )


def clear() -> None:
    for key in (PROPOSAL, *map(_field, CHOICES)):
        if key in st.session_state:
            st.session_state[key] = ""


def said(ctx: Context, numbers: Mapping[str, Any]) -> str:
    """Who proposed and how the votes fell, with the names of those who were not for it; empty for a decision without a ballot."""
    given = votes(numbers)
    if given is None:
        return ""
    parts = [ctx.tr("{name}提议", name=ctx.tr(given.proposal)), ctx.tr("赞成 {n} 票", n=len(given.yes))]
    for names, text in ((given.no, ctx.tr("反对 {n} 票", n=len(given.no))), (given.abstain, ctx.tr("弃权 {n} 票", n=len(given.abstain)))):
        parts.append(f"{text}{ctx.tr('（{names}）', names=ctx.tr('、').join(map(ctx.tr, names)))}" if names else text)
    return ctx.tr("，").join(parts)


def aimed(one: Decision) -> str | None:
    """The level that a decision was about: where it puts the unit, or where a vote that was lost would have put it."""
    level = one.numbers.get(ASKED) if one.act == "lost" else one.after
    return None if level is None else str(level)


def lost(ctx: Context, unit: str) -> dict[str, list[dict[str, str]]]:
    """Period to the marks of the votes on the unit that were lost and not taken back, the votes in their titles."""
    marks: dict[str, list[dict[str, str]]] = {}
    for one in votes_lost(ctx.store.decisions(snapshot=ctx.snapshot)):
        if (one.kind, one.matter, one.unit) == ("tier", ctx.index_id, unit):
            mark = {"t": ctx.tr("表决未通过"), "kind": "neutral", "title": said(ctx, one.numbers)}
            marks.setdefault(one.period, []).append(mark)
    return marks


def _field(choice: str) -> str:
    return f"tiers.ballot.{choice}"
