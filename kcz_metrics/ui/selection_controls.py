"""The numbers of a selection as controls: a changed one is marked and answered at once; what cannot be met is told with its remedy."""

from __future__ import annotations

import streamlit as st

from kcz_metrics.decisions.altering import numbers, whole
from kcz_metrics.ui import address, choosing, head, labels, number, selection, states
from kcz_metrics.ui import selection_words as words
from kcz_metrics.ui.behind import selection as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.selection import Round
from kcz_metrics.ui.table import Column, table

_MARK = "● "


def label(ctx: Context, seen: Round, place: str) -> str:
    """A number of the rules in words."""
    group, _, name = place.partition(".")
    if group == "seats":
        return {"target": ctx.tr("目标席数"), "minimum": ctx.tr("最少席数"), "maximum": ctx.tr("最多席数")}[name]
    if group == "eligible":
        bars = {"minimum_score": ctx.tr("得分下限"), "registered_months": ctx.tr("备案月数下限"), "cities": ctx.tr("签约试点下限")}
        return bars[name]
    if group == "prefer":
        return ctx.tr("{what}加分", what=words.column(ctx, name))
    return words.quota(ctx, group, getattr(seen.policy, group)[int(name)])


def controls(seen: Round) -> None:
    """Two in a row, seats first; and the way back."""
    ctx, own = seen.ctx, numbers(seen.own)
    n = len(seen.changed)
    head.finding(ctx.tr("名额规则"), ctx.tr("改动即重算；● 为已改动，{n} 项", n=n) if n else ctx.tr("改动即重算，不影响方案"))
    pairs = list(own)
    for i in range(0, len(pairs), 2):
        for column, place in zip(st.columns(2, vertical_alignment="bottom"), pairs[i : i + 2], strict=False):
            with column:
                _one(seen, place, own[place])
    st.button(ctx.tr("还原"), key="selection.reset", disabled=not (seen.changed or seen.relaxed), on_click=_reset)


def _one(seen: Round, place: str, own: float) -> None:
    ctx, key = seen.ctx, f"selection.set.{place}"
    now = seen.changed.get(place, own)
    said = (_MARK if place in seen.changed else "") + label(ctx, seen, place)
    is_whole = whole(place)
    choosing.hold(key, int(now) if is_whole else float(now))
    st.number_input(
        said, min_value=0 if is_whole else 0.0, max_value=1000 if is_whole else 1000.0, step=1 if is_whole else 0.5, key=key,
        format="%d" if is_whole else "%.1f", on_change=_changed, args=(seen, place, key), help=_help(seen, place, own),
    )  # fmt: skip


def _help(seen: Round, place: str, own: float) -> str:
    ctx = seen.ctx
    said = ctx.tr("现行 {value}", value=f"{own:g}")
    group, _, name = place.partition(".")
    if group not in ("at_most", "at_least"):
        return said
    given = getattr(seen.policy, group)[int(name)]
    if given.by and given.values:
        return said + ctx.tr("；分别对：{names}", names=labels.listed(ctx, [words.value(ctx, v) for v in given.values], 8))
    return said + (ctx.tr("；分别对每一个取值") if given.by else "")


def _changed(seen: Round, place: str, key: str) -> None:
    from kcz_metrics.decisions.altering import differing

    values = differing(seen.own, {**seen.changed, place: float(st.session_state[key])})
    address.put(set=selection.text(values), open=None)


def _reset() -> None:
    address.put(set=None, relax=None, open=None)


def infeasible(seen: Round) -> None:
    """Quotas that cannot all be met: which give way by how much, and the button that lets them."""
    ctx, frame = seen.ctx, seen.found.relaxation
    if frame.is_empty():
        return
    if seen.relaxed:
        states.notice(ctx.tr("下列名额不能同时满足，已按最少的席数放宽后求解；这是试算，方案没有改。"))
    else:
        made = behind.missing(seen).source
        missing = int((frame["asked"] - frame["possible"]).abs().sum())
        head.finding(
            ctx.tr("这些名额不能同时满足"),
            ctx.tr(
                "最少共放宽 {n} 席、涉及 {m} 条规则，就有解；其余规则照旧",
                n=says("missing", missing, behind.missing(seen), missing), m=says("yielding", frame.height, made.count(), frame.height),
            ),
        )  # fmt: skip
    columns = [
        Column("name", ctx.tr("规则"), "name", options={"wrap": True}),
        Column("asked", ctx.tr("要求席数"), "number", options={"decimals": 0}),
        Column("possible", ctx.tr("可行席数"), "number", options={"decimals": 0}),
        Column("eligible", ctx.tr("达到资格的对象"), "number", options={"decimals": 0}),
    ]
    rows = [{"id": f"{row['line']}:{row['value'] or ''}", "name": words.line(ctx, seen, row), **row} for row in frame.iter_rows(named=True)]
    title = ctx.tr("这些名额不能同时满足")
    table(ctx, columns, rows, "selection.relaxation", label=title, opens=False, behind=behind.relaxed(seen))
    if seen.relaxed:
        st.button(ctx.tr("恢复名额"), key="selection.strict", on_click=_relax, args=(None,))
    else:
        st.button(ctx.tr("按最少的席数放宽"), type="primary", key="selection.relax", on_click=_relax, args=(selection.RELAX,))


def _relax(wanted: str | None) -> None:
    address.put(relax=wanted, open=None)


def seats_words(seen: Round) -> str:
    """Where other than the target number of seats is given."""
    ctx, target = seen.ctx, seen.policy.seats.target
    if not seen.found.feasible or seen.found.seats == target:
        return ""
    return ctx.tr("目标 {target} 席不可行，取最接近的 {n} 席", target=number.count(target), n=number.count(seen.found.seats))
