"""The list of flags: counts by rule and state, filters, the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from kcz_metrics.quality.rules import RULES, SEVERITIES
from kcz_metrics.quality.standing import STATES
from kcz_metrics.ui import address, choosing, flagged, head, number, strangers
from kcz_metrics.ui.behind import flags as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import Opening
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.quality.standing import Standing

ANY = "any"
#: Rows of the table; the command line gives all.
SHOWN = 200
_KINDS = {"open": "watch", "confirmed": "rectify", "cleared": "neutral"}


def answer(ctx: Context, rows: Sequence[Standing]) -> str:
    by_state = Counter(row.state for row in rows)
    if not rows:
        return ctx.tr("{n} 条规则在这个快照里没有发现疑点。", n=len(RULES))
    made = behind.flags(ctx)
    return ctx.tr(
        "{rules} 条规则发现 {all} 处疑点，**{open}** 处待核。疑点本身不改变任何得分，由数据管理员确认或排除。",
        rules=len(RULES),
        all=says("all", number.count(len(rows)), made["all"], len(rows)),
        open=says("open", number.count(by_state["open"]), made["open"], by_state["open"]),
    )


def numbers(ctx: Context, rows: Sequence[Standing]) -> list[head.Item]:
    by_state = Counter(row.state for row in rows)
    serious = sum(row.state == "open" and RULES[row.flag.rule].severity == "serious" for row in rows)
    units = {subject for row in rows if row.state == "open" for subject in row.flag.subjects}
    out = sum(len(row.decision.left_out) for row in rows if row.state == "confirmed" and row.decision)
    made = behind.flags(ctx)
    lines = {"open": ctx.tr("其中严重 {n} 处", n=number.count(serious)), "confirmed": ctx.tr("略去记录 {n} 条", n=number.count(out))}
    severe = [rule.id for rule in RULES.values() if rule.severity == "serious"]
    under: dict[str, tuple[Opening, float]] = {"open": (behind.serious(made, severe), serious), "confirmed": (behind.left_out(ctx), out)}
    return [
        *(
            head.Item(ctx.text(words), number.count(by_state[state]), line=lines.get(state, ""), opens=made[state], value=by_state[state],
                      under=under.get(state))
            for state, words in STATES.items()
        ),
        head.Item(
            ctx.tr("涉及单位与个人"), number.count(len(units)), line=ctx.tr("按待核疑点计"), opens=made["subjects"], value=len(units)
        ),
    ]  # fmt: skip


def by_rule(ctx: Context, rows: Sequence[Standing]) -> None:
    """Counts by rule and state; a row opened filters the list."""
    counts = Counter((row.flag.rule, row.state) for row in rows)
    columns = [
        Column("name", ctx.tr("规则"), "name"),
        *(Column(state, ctx.text(words), "number", options={"decimals": 0}) for state, words in STATES.items()),
    ]
    chosen = strangers.known("rule", (ANY, *RULES))
    lines: list[dict[str, Any]] = []
    for severity, words in SEVERITIES.items():
        of_it = [rule for rule in RULES.values() if rule.severity == severity]
        for place, rule in enumerate(of_it):
            line: dict[str, Any] = {
                "id": rule.id,
                "name": {"t": rule.name.in_(ctx.lang), "title": rule.definition.render(ctx.lang)},
                **{state: counts[(rule.id, state)] for state in STATES},
                "_chosen": rule.id == chosen,
                "_faint": not any(counts[(rule.id, state)] for state in STATES),
            }
            lines.append(line | ({"_before": ctx.text(words)} if place == 0 else {}))
    made = behind.flags(ctx, "rule_id")
    opened = table(ctx, columns, lines, "flags.rules", label=ctx.tr("规则"), behind=made)
    if opened:
        address.put(rule=None if opened == chosen else opened)
        st.rerun()


def filters(ctx: Context) -> None:
    rules = [ANY, *RULES]
    choosing.select(
        "rule", ctx.tr("规则"), rules, lambda r: ctx.tr("全部") if r == ANY else RULES[r].name.in_(ctx.lang),
        key=f"flags.rule.{ctx.lang}", fallback=ANY, width=220,
    )  # fmt: skip
    states = [ANY, *STATES]
    words = {ANY: ctx.tr("全部")} | {state: ctx.text(text) for state, text in STATES.items()}
    choosing.select("state", ctx.tr("状态"), states, words.__getitem__, key=f"flags.state.{ctx.lang}", fallback=ANY, width=140)
    if "flags.q" not in st.session_state:
        st.session_state["flags.q"] = address.get("q") or ""
    st.text_input(
        ctx.tr("查找"), key="flags.q", placeholder=ctx.tr("单位名称或记录编号"), width=220,
        on_change=lambda: address.put(q=st.session_state["flags.q"]),
    )  # fmt: skip


def kept(ctx: Context, rows: Sequence[Standing]) -> list[Standing]:
    """Those that the filters leave."""
    rule, state, wanted = address.get("rule"), address.get("state"), (address.get("q") or "").strip().lower()
    return [
        row
        for row in rows
        if (rule not in RULES or row.flag.rule == rule)
        and (state not in STATES or row.state == state)
        and (not wanted or wanted in _words(ctx, row))
    ]


def _words(ctx: Context, row: Standing) -> str:
    return " ".join([row.flag.id, sentence(ctx, row), *row.flag.subjects, *row.flag.records, *row.flag.beside]).lower()


def sentence(ctx: Context, row: Standing) -> str:
    return row.flag.sentence(flagged.names(ctx)).render(ctx.lang)


def chip(ctx: Context, row: Standing) -> dict[str, str]:
    return {"t": ctx.text(STATES[row.state]), "kind": _KINDS[row.state]}


def grid(ctx: Context, rows: Sequence[Standing]) -> str | None:
    """The flags; returns the id of the one that the reader opened."""
    columns = [
        Column("rule", ctx.tr("规则"), "name", width=90),
        Column("what", ctx.tr("发现"), width=360, options={"wrap": True}),
        Column("state", ctx.tr("状态"), "flags", width=60),
    ]
    lines = [
        {
            "id": row.flag.id,
            "rule": RULES[row.flag.rule].name.in_(ctx.lang),
            "what": sentence(ctx, row),
            "state": [chip(ctx, row)],
        }
        for row in rows[:SHOWN]
    ]
    if len(rows) > SHOWN:
        head.paragraph(ctx.tr("显示前 {n} 处，共 {all} 处；用筛选缩小范围。", n=SHOWN, all=number.count(len(rows))), muted=True)
    return table(ctx, columns, lines, "flags.table", label=ctx.tr("疑点"), nothing=ctx.tr("没有符合条件的疑点"), height=560)
