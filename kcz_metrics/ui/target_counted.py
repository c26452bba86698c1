"""What a target counts: the units that meet it or not, and the records behind its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.charts import adds_up
from kcz_metrics.ui import (
    address,
    browsing,
    choosing,
    formulas,
    head,
    number,
    passport_records,
    states,
    strangers,
    target_downloads,
    targeting,
)
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.table import Column, table
from kcz_metrics.ui.target_detail import Opened

if TYPE_CHECKING:
    from kcz_metrics.facts import Fact

_PROGRAMME = "programme"
_GRID = 420


def units(one: Opened) -> None:
    """Units that do not meet the target first; opening one shows its records."""
    ctx, target = one.ctx, one.target
    if one.units.is_empty():
        return
    if target.counts is not None:
        _scored(one)
        return
    names = _names(ctx)
    short, whole = one.units.filter(~pl.col("met")), one.units.height
    met = whole - short.height
    title = ctx.tr("{n} 个没有达到", n=short.height) if short.height else ctx.tr("{n} 个全部达到", n=whole)
    head.finding(
        title, ctx.tr("{met} 个达到 ÷ {whole} 个 = {share} ✓；点按一行只看它的记录", met=met, whole=whole, share=number.share(met / whole))
    )
    chosen = address.get("unit")
    if chosen not in one.units["unit"]:
        strangers.unit(ctx)
    rows = [
        {
            "id": row["unit"],
            "name": {"t": names.get(row["unit"], row["unit"]), "sub": row["unit"]},
            "value": {"v": row["value"], "t": targeting.unit_figure(ctx, target, row["value"])},
            "met": [{"t": ctx.tr("达到") if row["met"] else ctx.tr("没有达到"), "kind": "neutral" if row["met"] else "watch"}],
            "_chosen": row["unit"] == chosen,
        }
        for row in one.units.sort("met", "value", "unit").iter_rows(named=True)
    ]
    columns = [
        Column("name", ctx.tr("对象"), "name"),
        Column("value", ctx.tr("数值"), "number", title=targeting.asked_of_units(ctx, target)),
        Column("met", ctx.tr("要求 {asked}", asked=targeting.asked_of_units(ctx, target)), "flags"),
    ]
    opened = table(ctx, columns, rows, key=f"targets.units.{one.id}", label=ctx.tr("对象"), height=_GRID)
    if opened and opened != chosen:
        address.put(unit=opened, record=None)
        st.rerun()


def _names(ctx: Context) -> dict[str, str]:
    return dict(targeting.course(ctx).units.select("unit", "name_zh" if ctx.lang == "zh" else "name_en").iter_rows())


def _scored(one: Opened) -> None:
    """What was counted in scorecards: the units of a level, or the boards."""
    from kcz_metrics.ui.context import link
    from kcz_metrics.ui.standing import names as called

    ctx, counts = one.ctx, one.target.counts
    assert counts is not None
    states.notice(ctx.tr("尚无审定或发布的记录，按现行方案算出，只作参考。"))
    if counts.index is not None:
        from kcz_metrics.ui import loading

        known = called(loading.standing(ctx, counts.index, ctx.period), ctx.lang)
        label, score = ctx.tr("城市"), ctx.tr("得分")
    else:
        known, label, score = {u: ctx.name(u) for u in one.units["unit"]}, ctx.tr("排行榜"), ctx.tr("参与排名")
    head.finding(ctx.tr("计入的 {n} 个", n=one.units.height), ctx.tr("共 {n} 行，等于目标的数值 ✓；点按一行查看", n=one.units.height))
    rows = [
        {"id": row["unit"], "name": {"t": known.get(row["unit"], row["unit"]), "sub": row["unit"]}, "value": row["value"]}
        for row in one.units.iter_rows(named=True)
    ]
    columns = [Column("name", label, "name"), Column("value", score, "number", options={"decimals": 2 if counts.index else 0})]
    opened = table(ctx, columns, rows, key=f"targets.scored.{one.id}", label=label)
    if opened and counts.index is not None:
        link("profile", unit=opened, index=counts.index)
    if opened:
        link("boards", index=opened)


def records(one: Opened) -> None:
    """The rows that count, the sum they make, and the rows that do not; a row opens its record with its versions."""
    ctx = one.ctx
    if not one.measures or one.found.day.month is None:
        return
    unit = address.get("unit")
    single = one.target.per_unit and unit in one.units["unit"]
    names = {m: ctx.text(ctx.scheme.measures[m].name, m) for m in one.measures} if ctx.scheme is not None else {}
    measure = one.measures[0]
    if len(one.measures) > 1:
        measure = choosing.segments("measure", ctx.tr("基础量"), one.measures, names.__getitem__, key="targets.measure", fallback=measure)
    kind = one.target.unit if single else _PROGRAMME
    from kcz_metrics.facts import PROGRAMME

    rows = targeting.records(ctx, measure, str(unit) if single else PROGRAMME, kind, one.month)
    fact = passport_records.fact_of(ctx, measure)
    counted = rows.filter(pl.col("_counted"))
    whose = _names(ctx).get(str(unit), str(unit)) if single else ctx.tr("全国")
    head.finding(
        ctx.tr("计入的记录（{n} 条）", n=number.count(counted.height)),
        ctx.tr("{name} · {whose}；{fact}；点按一行查看原始上报与来路", name=names[measure], whose=whose, fact=fact.label.in_(ctx.lang)),
    )
    proof(one, measure, counted, str(unit) if single else None)
    which = {"counted": (ctx.tr("计入"), counted), "left_out": (ctx.tr("未计入"), rows.filter(~pl.col("_counted")))}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = choosing.segments(
            "shown", ctx.tr("显示"), list(which), lambda code: f"{which[code][0]} {number.count(which[code][1].height)}",
            key="targets.shown", fallback="counted", clears=("record",), hidden=True,
        )  # fmt: skip
        st.space("stretch")
        if single:
            st.button(ctx.tr("看全部对象的记录"), key="targets.whole", on_click=_whole)
        target_downloads.records(one, fact, measure, which[shown][1])
    if which[shown][1].is_empty():
        states.empty(ctx.tr("没有这样的记录。"))
        return
    _grid(one, fact, measure, which[shown][1])


def _whole() -> None:
    """Take the choice of a unit back."""
    address.put(unit=None, record=None)


def proof(one: Opened, measure: str, counted: pl.DataFrame, unit: str | None) -> None:
    """Whether the counted rows make the number above."""
    ctx = one.ctx
    assert ctx.scheme is not None
    declared = ctx.scheme.measures[measure]
    if declared.agg not in ("count", "sum", "distinct"):
        return
    parts = [float(p) for p in counted["_contribution"].to_list() if p is not None]
    whole = sum(parts)
    if one.target.measure is None or (one.target.per_unit and unit is None):
        said = ctx.tr("计入各条相加 {sum}，分属上表各对象", sum=number.count(round(whole, 6)))
        head.paragraph(said, muted=True)
        return
    value = one.row["value"] if unit is None else one.units.filter(pl.col("unit") == unit)["value"][0]
    gap = adds_up(0.0, parts, value or 0.0)
    said = ctx.tr("计入各条相加 {sum}，数值 {value}", sum=number.count(round(whole, 6)), value=number.count(value))
    formulas.proof(said if gap == 0.0 else ctx.tr("{said}，相差 {gap}", said=said, gap=number.signed(gap, 6)), gap == 0.0)


def _grid(one: Opened, fact: Fact, measure: str, rows: pl.DataFrame) -> None:
    ctx = one.ctx
    shown = rows.head(browsing.SHOWN)
    frame = passport_records.readable(ctx, fact, shown)
    own = ["_counted", "_reason", "_contribution"]
    keyed = [c for c in frame.columns if c in fact.key]
    rest = [c for c in frame.columns if c not in {*own, *keyed}]
    event = st.dataframe(
        frame.select(*keyed, *rest, *own),
        column_config=passport_records.configured(ctx, fact),
        placeholder=number.MISSING,
        hide_index=True,
        row_height=35,
        height=min(_GRID, 35 * (shown.height + 1) + 3),
        on_select="rerun",
        selection_mode="single-row",
        key=f"targets.grid.{one.id}.{measure}",
        alt=ctx.tr("记录"),
    )
    if shown.height < rows.height:
        said = ctx.tr("显示前 {n} 行，共 {all} 行；下载可得全部。", n=number.count(shown.height), all=number.count(rows.height))
        head.paragraph(said, muted=True)
    keys = shown.select(pl.concat_str([pl.col(name).cast(pl.String) for name in fact.key], separator=browsing.SEPARATOR)).to_series()
    picked = event["selection"]["rows"]
    if picked and picked[0] < shown.height:
        address.put(record=keys[picked[0]])
    asked = address.get("record")
    if asked is not None and asked in keys:
        passport_records.one_record(ctx, fact, asked, shown.filter(keys == asked).row(0, named=True))
