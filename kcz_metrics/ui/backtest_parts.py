"""The parts of the replay page: what is compared, how much moves, whose seats, and who differs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics.decisions.backtest import seats_by, side_by_side, summed
from kcz_metrics.decisions.reasons import REASONS
from kcz_metrics.locales import T, Text
from kcz_metrics.ui import address, backtesting, choosing, head, labels, number, seats, states, tier_parts, uploading
from kcz_metrics.ui.backtesting import NUMBERS, OTHER, OWN, Side
from kcz_metrics.ui.behind import tiers as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drafts import MOST_BYTES
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import Opening
from kcz_metrics.ui.table import Column, table

LABELS: Mapping[str, Text] = {
    "rise": T("升级边距（分）"), "rounds_up": T("升级连续轮数"), "fall": T("降级边距（分）"), "rounds_down": T("降级连续轮数"),
    "most": T("每轮调整上限"), "sure": T("要求的把握"),
}  # fmt: skip
FILE, CHANGED = "file", "numbers"


def choose(ctx: Context) -> Side | None:
    """The other rule, from the controls: numbers of the rule changed, or a scheme from a file. None while there is no file."""
    kinds = {CHANGED: ctx.tr("改几个数"), FILE: ctx.tr("另一个方案文件")}
    kind = choosing.segments("by", ctx.tr("另一条规则"), tuple(kinds), kinds.__getitem__, key="backtest.by", fallback=CHANGED)
    if kind == FILE:
        return _file(ctx)
    policy = ctx.index.tiers
    assert policy is not None
    values = backtesting.asked(policy)
    columns = st.columns(len(NUMBERS) + 1, vertical_alignment="bottom")
    for column, one in zip(columns, NUMBERS, strict=False):
        own = backtesting.own_value(policy, one)
        if own is None:
            continue
        whole = one.name == "rounds"
        now = values.get(one.code, own)
        choosing.hold(f"backtest.{one.code}", int(now) if whole else now)
        with column:
            st.number_input(
                LABELS[one.code].render(ctx.lang), min_value=int(one.least) if whole else one.least,
                max_value=int(one.most) if whole else one.most, step=int(one.step) if whole else one.step, key=f"backtest.{one.code}",
                format="%d" if whole else "%.2f", on_change=_changed, args=(one.code, own),
            )  # fmt: skip
    with columns[-1]:
        st.button(ctx.tr("还原"), key="backtest.reset", on_click=_reset, disabled=not values)
    named_values = [
        ctx.tr("{name} {value}", name=LABELS[one.code].render(ctx.lang), value=f"{own:g}")
        for one in NUMBERS
        if one.code in values and (own := backtesting.own_value(policy, one)) is not None
    ]
    if named_values:
        head.paragraph(ctx.tr("改过的数，现行为：{values}", values=ctx.tr("；").join(named_values)), muted=True)
    return backtesting.side(ctx, values)


def _changed(code: str, own: float) -> None:
    value = st.session_state[f"backtest.{code}"]
    address.put(**{code: None if abs(float(value) - own) < 1e-9 else f"{float(value):g}"})


def _reset() -> None:
    address.put(**{one.code: None for one in NUMBERS})


def _file(ctx: Context) -> Side | None:
    uploading.words(ctx, MOST_BYTES)
    uploaded = st.file_uploader(ctx.tr("方案文件（YAML）"), type=["yaml", "yml"], key="backtest.upload", label_visibility="collapsed")
    scheme = st.session_state.get("backtest.file")
    if uploaded is not None:
        scheme = backtesting.of_file(ctx, uploaded.getvalue(), uploaded.name)
        st.session_state["backtest.file"] = scheme
    index = scheme.indices.get(ctx.index_id) if scheme is not None else None
    if scheme is None or index is None or index.tiers is None or not index.tiers.levels:
        states.empty(ctx.tr("还没有要比较的方案。"), ctx.tr("把另一版方案文件（YAML）放到上面，其中这个指数要有层级；它只在本次会话里。"))
        return None
    with st.spinner(ctx.tr("正在用另一个方案重算各期")):
        return backtesting.side(backtesting.with_scheme(ctx, scheme))


def named(ctx: Context) -> dict[str, str]:
    return {OWN: ctx.tr("现行规则"), OTHER: ctx.tr("另一条规则")}


def answer(ctx: Context, moved: pl.DataFrame, differing: list[str], periods: tuple[str, ...]) -> str:
    """How much each rule moves, and how many units end elsewhere."""
    rows = _listed(ctx, moved)

    def said(rule: str, name: str, where: pl.Expr) -> str:
        chosen = (pl.col("rule") == rule) & where
        return says(
            f"{rule}.{name}", str(moved.filter(chosen).height), behind.listed(ctx, lambda: rows, chosen), moved.filter(chosen).height
        )

    every, back = pl.lit(value=True), pl.col("back")
    n = len(differing)
    ends = says("differing", str(n), behind.listed(ctx, lambda: _units(ctx, differing)), n)
    first, last = (number.period(period, ctx.lang) for period in (periods[0], periods[-1]))
    mine = ctx.tr("现行规则调整 **{n}** 次、其中回头 {back} 次", n=said(OWN, "moves", every), back=said(OWN, "back", back))
    its = ctx.tr("另一条规则调整 **{n}** 次、其中回头 {back} 次", n=said(OTHER, "moves", every), back=said(OTHER, "back", back))
    return ctx.tr("{first}至{last}，{own}；{other}。期末 **{n}** 个对象层级不同。", first=first, last=last, own=mine, other=its, n=ends)


def _listed(ctx: Context, moved: pl.DataFrame) -> pl.DataFrame:
    called, chips = tier_parts.names(ctx), {k: v["t"] for k, v in seats.chips(ctx, ctx.index).items()}
    return moved.with_columns(
        name=pl.col("unit").replace(dict(called)), before=pl.col("tier_before").replace(chips), after=pl.col("tier_after").replace(chips)
    )


def _units(ctx: Context, units: list[str]) -> pl.DataFrame:
    called = tier_parts.names(ctx)
    return pl.DataFrame({"unit": units, "name": [called.get(u, u) for u in units]}, schema={"unit": pl.String, "name": pl.String})


def summary(ctx: Context, sides: Mapping[str, Side], moved: pl.DataFrame) -> None:
    """Moves by rule: up, down, and those that go back."""
    frame = side_by_side({name: one.found for name, one in sides.items()})
    found = summed(frame, {name: one.levels for name, one in sides.items()})
    head.finding(ctx.tr("调整了多少，回头了多少"), ctx.tr("回头：与该对象上一次调整方向相反；进入与退出名单不计"))
    columns = [
        Column("name", ctx.tr("规则"), "name"),
        *(
            Column(key, label, "number", options={"decimals": 0})
            for key, label in (
                ("moves", ctx.tr("调整次数")), ("up", ctx.tr("升")), ("down", ctx.tr("降")), ("flips_back", ctx.tr("回头")),
                ("differing", ctx.tr("期末不同")),
            )
        ),
    ]  # fmt: skip
    lines = [{"id": row["rule"], "name": named(ctx)[row["rule"]], **row} for row in found.iter_rows(named=True)]
    rows = _listed(ctx, moved)
    hits = {"moves": None, "up": pl.col("direction") == "up", "down": pl.col("direction") == "down", "flips_back": pl.col("back")}
    opens = {name: behind.listed(ctx, lambda: rows, hit, by="rule") for name, hit in hits.items()}
    opens["differing"] = behind.listed(ctx, lambda: _apart(ctx, sides), by="rule")
    table(ctx, columns, lines, "backtest.summary", label=ctx.tr("调整了多少，回头了多少"), opens=False, behind=opens)


def _apart(ctx: Context, sides: Mapping[str, Side]) -> pl.DataFrame:
    """``rule, unit, name, before, after``: whom the rules leave in different levels at the end; ``before`` is where the other leaves it."""
    called, chips = tier_parts.names(ctx), {k: v["t"] for k, v in seats.chips(ctx, ctx.index).items()}
    ends = {rule: dict(_last(side).select("unit", "tier_after").iter_rows()) for rule, side in sides.items()}
    lines = [
        (rule, unit, called.get(unit, unit), chips.get(ends[other].get(unit) or ""), chips.get(level or ""))
        for rule, other in ((OWN, OTHER), (OTHER, OWN)) for unit, level in ends[rule].items() if level != ends[other].get(unit)
    ]  # fmt: skip
    return pl.DataFrame(lines, schema=dict.fromkeys(("rule", "unit", "name", "before", "after"), pl.String), orient="row")


def _last(side: Side) -> pl.DataFrame:
    frame = side.found.frame
    return frame.filter(pl.col("period") == frame["period"].max())


def _seated(ctx: Context, side: Side, area: Mapping[str, str | None]) -> pl.DataFrame:
    """``unit, name, area, level`` of everybody in a level after the last period."""
    called = tier_parts.names(ctx)
    lines = [
        (unit, called.get(unit, unit), str(area.get(unit)), level) for unit, level in _last(side).select("unit", "tier_after").iter_rows()
    ]
    return pl.DataFrame(lines, schema=dict.fromkeys(("unit", "name", "area", "level"), pl.String), orient="row")


def areas(ctx: Context, sides: Mapping[str, Side]) -> None:
    """Seats by area after the last period, one rule beside the other."""
    own = sides[OWN]
    policy = own.policy
    column = next((x.by for x in (policy.balance, policy.bottom) if x is not None and x.by), "area_flag")
    if column not in own.rounds.columns:
        return
    of = dict(zip(own.rounds.units, own.rounds.columns[column], strict=True))
    frame = side_by_side({name: one.found for name, one in sides.items()})
    found = seats_by(frame, of, {name: one.levels for name, one in sides.items()})
    head.finding(ctx.tr("各区域的席位"), ctx.tr("期末席位数：现行 → 另一条；相同的只写一个数"))
    chips, known = seats.chips(ctx, ctx.index), {(r["rule"], r["area"]): r for r in found.iter_rows(named=True)}
    levels = [name for name in found.columns if name not in ("rule", "area")]
    called = {x: chips[x]["t"] if x in chips else x for x in levels}
    columns = [Column("name", labels_of(ctx, column), "name"), *(Column(x, called[x], "number") for x in levels)]
    lines, opens = [], behind.seats(ctx, *(partial(_seated, ctx, sides[rule], of) for rule in (OWN, OTHER)))
    cells_of: dict[str, dict[str, Opening]] = {x: {} for x in levels}
    for area in dict.fromkeys(found["area"].to_list()):
        before, after = (known.get((rule, area), {}) for rule in (OWN, OTHER))
        cells = {x: _pair(before.get(x, 0), after.get(x, 0)) for x in levels}
        lines.append({"id": str(area), "name": labels.coded(ctx, column, area) or "—", **cells})
        for x in levels:
            cells_of[x][str(area)] = opens(x, before.get(x, 0) != after.get(x, 0))
    table(ctx, columns, lines, "backtest.areas", label=ctx.tr("各区域的席位"), opens=False, behind=cells_of)


def labels_of(ctx: Context, column: str) -> str:
    return ctx.tr("区域") if column == "area_flag" else column


def _pair(before: int, after: int) -> dict[str, Any]:
    """Both counts as written; what opens is the one, or by how many the other has more."""
    same = before == after
    return {"v": before, "t": str(before) if same else f"{before} → {after}", "n": before if same else after - before}


def differing(sides: Mapping[str, Side]) -> pl.DataFrame:
    """The rows in which the two rules leave a unit in different levels, ``rule`` beside ``rule``: ``unit, period, own, other, own_reason,
    other_reason``, latest period first."""
    own, other = (sides[name].found.frame.select("unit", "period", "tier_after", "reason", "smoothed") for name in (OWN, OTHER))
    both = own.join(other, on=["unit", "period"], how="full", coalesce=True, suffix="_other")
    apart = both.filter(~pl.col("tier_after").eq_missing(pl.col("tier_after_other")))
    return apart.sort("period", "smoothed", "unit", descending=[True, True, False], nulls_last=True)


def who(ctx: Context, apart: pl.DataFrame) -> str | None:
    """Who differs, when, and by which reasons; returns the unit that was opened."""
    head.finding(ctx.tr("谁不同，从哪一期起"), ctx.tr("同一对象在两条规则下的层级与原因；点按一行看它的评审依据"))
    called, chips = tier_parts.names(ctx), seats.chips(ctx, ctx.index)
    outside = {"t": ctx.tr("名单外"), "level": 3}

    def chip(level: str | None) -> dict[str, Any]:
        return chips.get(level or "", outside if level is None else {"t": level, "level": 3})

    columns = [
        Column("name", labels.unit_kind(ctx, ctx.index.unit), "name"), Column("period", ctx.tr("评价期")),
        Column("own", ctx.tr("现行规则"), "tier"), Column("why", ctx.tr("原因"), options={"wrap": True}),
        Column("other", ctx.tr("另一条规则"), "tier"), Column("why_other", ctx.tr("原因"), options={"wrap": True}),
    ]  # fmt: skip
    lines = [
        {
            "id": f"{row['unit']} {row['period']}", "name": called.get(row["unit"], row["unit"]),
            "period": number.period(row["period"], ctx.lang), "own": chip(row["tier_after"]), "other": chip(row["tier_after_other"]),
            "why": _why(ctx, row["reason"]), "why_other": _why(ctx, row["reason_other"]),
        }
        for row in apart.iter_rows(named=True)
    ]  # fmt: skip
    nothing = ctx.tr("两条规则在各期给出的层级都相同")
    opened = table(
        ctx, columns, lines, "backtest.who", label=ctx.tr("谁不同，从哪一期起"), nothing=nothing, height=None if len(lines) < 14 else 460
    )
    return opened.partition(" ")[0] if opened else None


def _why(ctx: Context, code: str | None) -> str:
    return "—" if code is None else REASONS[code].in_(ctx.lang)
