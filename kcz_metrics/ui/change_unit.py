"""Why one unit moved between two snapshots: indicator by indicator, then measure by measure, then record by record; sums at every step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.analysis import revisions
from kcz_metrics.charts import adds_up
from kcz_metrics.language.formula import parse
from kcz_metrics.ui import (
    address,
    browsing,
    change_parts,
    formulas,
    head,
    loading,
    measured,
    naming,
    number,
    passport_records,
    states,
    strangers,
)
from kcz_metrics.ui.behind import changes as behind
from kcz_metrics.ui.comparing import Pair
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.standing import names
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.facts import Fact


def why(both: Pair) -> None:
    """The unit of the address, if it moved."""
    ctx = both.now
    moved = both.moved
    if ctx.unit is None or not moved.width or ctx.unit not in moved["unit"]:
        return
    row = moved.row(by_predicate=pl.col("unit") == ctx.unit, named=True)
    called = dict(names(loading.standing(both.was), ctx.lang)) | dict(names(loading.standing(ctx), ctx.lang))
    name = called.get(ctx.unit, ctx.unit)
    head.finding(
        ctx.tr("{name}为什么变", name=name), ctx.tr("贡献有变的指标，变动大的在前；值没变的，是别人的数变了；点按一行看基础量与记录")
    )
    if row["score"] is None or row["score_before"] is None:
        states.too_little(ctx.tr("在其中一个快照里没有得分，不能按指标分开。"))
        return
    parts = revisions.by_indicator(loading.explained(both.was, ctx.unit), loading.explained(ctx, ctx.unit))
    chosen = _indicators(both, ctx.unit, parts)
    gap = adds_up(0.0, parts["change"].to_list(), row["score_change"])
    said = ctx.tr(
        "{n} 项变动相加 {sum}，得分变动 {change}", n=parts.height, sum=number.signed(float(parts["change"].sum()), 6),
        change=number.signed(row["score_change"], 6),
    )  # fmt: skip
    formulas.proof(said if gap == 0.0 else ctx.tr("{said}，相差 {gap}", said=said, gap=number.signed(gap, 6)), gap == 0.0)
    if chosen is not None:
        _indicator(both, ctx.unit, name, chosen)


def _indicators(both: Pair, unit: str, parts: pl.DataFrame) -> str | None:
    """The indicators; returns the one whose measures are shown."""
    ctx = both.now
    assert ctx.scheme is not None
    asked = strangers.known("indicator", set(parts["node"]))
    first = parts.filter("own")["node"].head(1).to_list()
    chosen = asked if asked in parts["node"] else (first[0] if first else None)
    largest = parts["change"].abs().max()
    columns = [
        Column("name", ctx.tr("指标"), "name"),
        Column("before", ctx.tr("原值")),
        Column("value", ctx.tr("现值")),
        Column("unit", ctx.tr("计量单位")),
        Column("was", ctx.tr("原贡献"), "number", options={"decimals": 4}),
        Column("now", ctx.tr("现贡献"), "number", options={"decimals": 4}),
        Column("change", ctx.tr("贡献变动"), "delta", width=150, options={"decimals": 4, "domain": largest or 1.0}),
        Column("flags", ctx.tr("原因"), "flags"),
    ]
    rows: list[dict[str, Any]] = []
    for row in parts.iter_rows(named=True):
        indicator = ctx.scheme.indicators.get(row["node"])
        rows.append(
            {
                "id": row["node"],
                "name": {"t": ctx.name(row["node"]), "sub": row["node"]},
                "before": _written(ctx, row["node"], row["value_before"]),
                "value": _written(ctx, row["node"], row["value"]),
                "unit": number.unit(indicator, ctx.lang) if indicator else "",
                "was": row["contribution_before"],
                "now": row["contribution"],
                "change": row["change"],
                "flags": [ctx.tr("自己的数变了")] if row["own"] else [ctx.tr("别人的数变了")],
                "_chosen": row["node"] == chosen,
                "_closed": not row["own"],
            }
        )
    opened = table(ctx, columns, rows, "changes.indicators", label=ctx.tr("指标"), behind=behind.contributions(both, unit))
    if opened and opened != chosen:
        address.put(indicator=opened, measure=None)
        st.rerun()
    return chosen


def _written(ctx: Context, node: str, value: float | None) -> str:
    """A value as its indicator is written; points of an adjustment with two decimals."""
    indicator = ctx.scheme.indicators.get(node) if ctx.scheme is not None else None
    return number.decimal(value, 2) if indicator is None else number.value(value, indicator, ctx.lang)


def _indicator(both: Pair, unit: str, name: str, indicator: str) -> None:
    """The measures of an indicator then and now; of the one in question, the records that differ."""
    ctx = both.now
    assert ctx.scheme is not None
    formula = ctx.scheme.indicators[indicator].formula if indicator in ctx.scheme.indicators else None
    if formula is None:
        return
    used = list(parse(formula).names)
    values = {one: [_value(side, unit, one) for side in (both.was, ctx)] for one in used}
    differing = [one for one, (was, now) in values.items() if was != now]
    asked = strangers.known("measure", used)
    chosen = asked if asked in used else (differing or used)[0]
    head.finding(
        ctx.tr("{indicator}的基础量", indicator=ctx.name(indicator)), ctx.tr("{name}，原值与现值；点按一行看变动的记录", name=name)
    )
    columns = [
        Column("name", ctx.tr("基础量"), "name", options={"wrap": True}),
        Column("was", ctx.tr("原值"), "number"),
        Column("now", ctx.tr("现值"), "number"),
        Column("change", ctx.tr("差"), "number"),
    ]
    rows = [
        {
            "id": one,
            "name": {"t": measured.measure_name(ctx, one), "sub": one},
            "was": {"v": was, "t": _plain(was)},
            "now": {"v": now, "t": _plain(now)},
            "change": {"v": (now or 0) - (was or 0), "t": number.signed((now or 0) - (was or 0), _places(was, now))},
            "_chosen": one == chosen,
        }
        for one, (was, now) in values.items()
    ]
    opened = table(ctx, columns, rows, "changes.measures", label=ctx.tr("基础量"))
    if opened and opened != chosen:
        address.put(measure=opened)
        st.rerun()
    _records(both, unit, chosen, values[chosen])


def _value(ctx: Context, unit: str, measure: str) -> float | None:
    rows = loading.values(ctx).measures.filter((pl.col("unit") == unit) & (pl.col("period") == ctx.period) & (pl.col("measure") == measure))
    return rows["value"][0] if rows.height else None


def _places(*values: float | None) -> int:
    return 0 if all(v is None or float(v).is_integer() for v in values) else 2


def _plain(value: float | None) -> str:
    return number.decimal(value, _places(value))


def _records(both: Pair, unit: str, measure: str, values: list[float | None]) -> None:
    """The records behind the measure that are not the same in both; what they bring makes the difference of the measure."""
    ctx = both.now
    assert ctx.scheme is not None
    fact = passport_records.fact_of(ctx, measure)
    sides = [measured.records(side, measure, unit) for side in (both.was, ctx)]
    found = revisions.by_record(sides[0], sides[1], fact.key)
    label = measured.measure_name(ctx, measure)
    head.finding(ctx.tr("{name}：变动的记录（{n} 条）", name=label, n=number.count(found.height)), fact.label.in_(ctx.lang))
    if found.is_empty():
        states.too_little(ctx.tr("这个基础量的记录两边相同。"))
        return
    declared = ctx.scheme.measures[measure]
    if declared.agg in ("count", "sum") and declared.at_least is None:
        change = float((found["brought"] - found["brought_before"]).sum())
        was, now = (v or 0.0 for v in values)
        said = ctx.tr(
            "{was} {change} = {now}：变动的各条合计 {change}",
            was=_plain(was),
            change=number.signed(change, _places(change)),
            now=_plain(now),
        )
        formulas.proof(said, adds_up(was, [change], now) == 0.0)
    _grid(both, fact, measure, found)


def _grid(both: Pair, fact: Fact, measure: str, found: pl.DataFrame) -> None:
    ctx = both.now
    titles = passport_records.headings(ctx, fact)
    said = [
        ", ".join(ctx.tr("状态") if c == "_counted" else titles.get(c, c) for c in (text or "").split(", ") if c)
        for text in found["columns"].to_list()
    ]

    def counted(side: str) -> pl.Series:
        words = [
            ctx.tr("计入") if c else passport_records.reason(ctx, why) or number.MISSING
            for c, why in found.select(f"counted{side}", f"reason{side}").iter_rows()
        ]
        return pl.Series(words, dtype=pl.String)

    keys = list(fact.key)
    named = naming.named(ctx, found.select(keys), naming.of_columns(keys, ()))
    frame = named.with_columns(
        state=found["state"].replace(change_parts.words(ctx)), columns=pl.Series(said, dtype=pl.String), was=counted("_before"),
        now=counted(""), brought_before=found["brought_before"], brought=found["brought"],
    )  # fmt: skip
    event = st.dataframe(
        frame.head(browsing.SHOWN),
        column_config={
            **{name: st.column_config.Column(titles.get(name, name)) for name in keys},
            "state": st.column_config.TextColumn(ctx.tr("变动情况")),
            "columns": st.column_config.TextColumn(ctx.tr("改动的列")),
            "was": st.column_config.TextColumn(ctx.tr("原来")),
            "now": st.column_config.TextColumn(ctx.tr("现在")),
            "brought_before": st.column_config.NumberColumn(ctx.tr("原计入数额"), format="localized"),
            "brought": st.column_config.NumberColumn(ctx.tr("现计入数额"), format="localized"),
        },
        placeholder=number.MISSING, hide_index=True, row_height=35, height=min(400, 35 * (found.height + 1) + 3),
        on_select="rerun", selection_mode="single-row", key=f"changes.records.{ctx.unit}.{measure}.{ctx.lang}", alt=ctx.tr("变动的记录"),
    )  # fmt: skip
    picked = event["selection"]["rows"]
    assert ctx.snapshot is not None
    contract = ctx.snapshot.tables.get(fact.record or "")
    if picked and picked[0] < found.height and contract is not None and set(contract.key) <= set(keys):
        row = found.row(picked[0], named=True)
        at = both.was.snapshot.id[:12] if row["state"] == "gone" and both.was.snapshot is not None else address.get("snapshot")
        link("records", table=contract.name, record=browsing.SEPARATOR.join(str(row[c]) for c in contract.key), snapshot=at)
