"""The passport's last step: the records behind a measure, which of them count, why the others do not, and where each came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics import charts
from kcz_metrics.charts import adds_up
from kcz_metrics.ui import (
    address,
    browsing,
    choosing,
    formulas,
    head,
    labels,
    listing,
    loading,
    measured,
    naming,
    number,
    origins,
    passport_downloads,
    passport_makings,
    states,
)
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.trail import Origin

if TYPE_CHECKING:
    from kcz_metrics.facts import Fact

ALL, COUNTED, LEFT_OUT = "all", "counted", "left_out"
_OWN = ("_counted", "_reason", "_contribution")


def fact_of(ctx: Context, measure: str) -> Fact:
    from kcz_metrics.facts import FACTS

    assert ctx.scheme is not None
    return FACTS[ctx.scheme.measures[measure].fact]


def reason(ctx: Context, code: str | None) -> str:
    """Why a record does not count, in words."""
    words = {
        "duplicate": ctx.tr("重复"),
        "unverified": ctx.tr("未核验"),
        "filter": ctx.tr("不合条件"),
        "null": ctx.tr("没有数值"),
        "few": ctx.tr("记录太少"),
        "earlier": ctx.tr("不是最新"),
    }
    return "" if code is None else words.get(code, code)


def counting(origin: Origin, measure: str | None) -> None:
    """From reported to counted, step by step."""
    ctx = origin.ctx
    if measure is None:
        return
    rows = measured.records(ctx, measure, origin.trail.unit)
    if rows.is_empty():
        head.finding(ctx.tr("从上报到计入"))
        states.too_little(ctx.tr("本期没有一条相关记录。"))
        return
    counted = int(rows["_counted"].sum())
    left = rows.filter(~pl.col("_counted")).group_by("_reason").len().sort("len", descending=True)
    steps: list[tuple[str, float, str]] = [(ctx.tr("相关记录"), rows.height, "total")]
    steps += [(reason(ctx, code), -n, "step") for code, n in left.iter_rows()]
    steps.append((ctx.tr("计入"), counted, "answer"))
    title = ctx.tr("从上报到计入：{all} 条变为 {counted} 条", all=number.count(rows.height), counted=number.count(counted))
    sums = " − ".join([number.count(rows.height), *(number.count(n) for _, n in left.iter_rows())])
    good = rows.height - sum(n for _, n in left.iter_rows()) == counted
    head.finding(
        title,
        ctx.tr(
            "{name}；{sums} = {counted} {mark}",
            name=measured.measure_name(ctx, measure),
            sums=sums,
            counted=number.count(counted),
            mark="✓" if good else "✗",
        ),
    )
    frame = pl.DataFrame(steps, schema={"label": pl.String, "value": pl.Float64, "kind": pl.String}, orient="row")
    chart(ctx, charts.counting(frame, unit_label=ctx.tr("条"), template=ctx.template, lang=ctx.lang), "passport.counting", alt=title)
    proof(origin, measure, rows)


def proof(origin: Origin, measure: str, rows: pl.DataFrame) -> None:
    """Whether what the counted records bring makes the measure."""
    ctx = origin.ctx
    assert ctx.scheme is not None
    declared = ctx.scheme.measures[measure]
    value = origin.measure(measure)
    name = measured.measure_name(ctx, measure)
    counted = rows.filter(pl.col("_counted"))
    if declared.agg not in ("count", "sum") or declared.at_least is not None:
        said = ctx.tr("{name} {value}，由上面计入的 {n} 条记录算出", name=name, value=_plain(value), n=number.count(counted.height))
        head.paragraph(said, muted=True)
        return
    parts = [float(p) for p in counted["_contribution"].to_list() if p is not None]
    gap = adds_up(0.0, parts, value or 0.0)
    said = ctx.tr("计入各条相加 {sum}，{name} {value}", sum=_plain(sum(parts)), name=name, value=_plain(value))
    formulas.proof(said if gap == 0.0 else ctx.tr("{said}，相差 {gap}", said=said, gap=number.signed(gap, 6)), gap == 0.0)


def _plain(value: float | None) -> str:
    return number.decimal(value, 0 if value is None or float(value).is_integer() else 2)


def evidence(origin: Origin, measure: str) -> list[tuple[str, float]]:
    """Share of the counted records by evidence class; nothing where the fact has no record table of its own."""
    ctx = origin.ctx
    rows = measured.records(ctx, measure, origin.trail.unit).filter(pl.col("_counted"))
    fact = fact_of(ctx, measure)
    if fact.record is None or rows.is_empty() or ctx.snapshot is None:
        return []
    table = ctx.snapshot.tables[fact.record]
    key = list(table.key)
    if "evidence_class" not in table.columns or not set(key) <= set(rows.columns):
        return []
    classes = rows.select(key).join(loading.table(ctx, fact.record).select(*key, "evidence_class"), on=key)
    shares = classes.group_by("evidence_class").len().sort("evidence_class")
    return [(str(kind), n / classes.height) for kind, n in shares.iter_rows()]


def records(origin: Origin, measure: str | None) -> None:
    """The rows themselves: all, those that count, those that do not; with export, and one row's way in."""
    ctx = origin.ctx
    if measure is None:
        return
    rows = measured.records(ctx, measure, origin.trail.unit)
    fact = fact_of(ctx, measure)
    head.finding(
        ctx.tr("记录（{n} 条）", n=number.count(rows.height)), ctx.tr("{fact}；点按一行查看原始上报与来路", fact=fact.label.in_(ctx.lang))
    )
    if rows.is_empty():
        states.empty(ctx.tr("本期没有一条相关记录。"), ctx.tr("可换一个评价期，或在业务记录页查看上报情况。"))
        return
    counted = int(rows["_counted"].sum())
    shown = {ALL: (ctx.tr("全部"), rows.height), COUNTED: (ctx.tr("计入"), counted), LEFT_OUT: (ctx.tr("未计入"), rows.height - counted)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        which = choosing.segments(
            "shown",
            ctx.tr("显示"),
            list(shown),
            lambda code: f"{shown[code][0]} {number.count(shown[code][1])}",
            key="passport.shown",
            fallback=ALL,
            clears=("record",),
            hidden=True,
        )
        st.space("stretch")
        kept = rows if which == ALL else rows.filter(pl.col("_counted") == (which == COUNTED))
        passport_downloads.show(origin, fact, measure, kept)
    if kept.is_empty():
        states.empty(ctx.tr("没有这样的记录。"))
        return
    _grid(origin, fact, measure, kept.sort("_counted", descending=True, maintain_order=True))
    _one(origin, fact, kept)


def readable(ctx: Context, fact: Fact, rows: pl.DataFrame) -> pl.DataFrame:
    """The fact's columns, then state, reason and what each record brings."""
    columns = [c for c in rows.columns if c in fact.columns]
    state = pl.when(pl.col("_counted")).then(pl.lit(ctx.tr("计入"))).otherwise(pl.lit(ctx.tr("未计入")))
    codes = [c for c in rows["_reason"].unique().to_list() if c is not None]
    words = pl.col("_reason").replace({code: reason(ctx, code) for code in codes})
    table = ctx.snapshot.tables.get(fact.record or "") if ctx.snapshot is not None else None
    if table is not None:
        for name in columns:
            # a fact may call `contract_type` of the contracts just `type`
            coded = table.columns.get(name) or table.columns.get(f"{fact.record}_{name}")
            if coded is not None and coded.kind == "enum" and coded.values:
                rows = rows.with_columns(pl.col(name).replace({code: label.in_(ctx.lang) for code, label in coded.values.items()}))
    rows = naming.named(ctx, rows, naming.of_columns(columns, tuple(fact.key)))
    own = [c for c in origins.COLUMNS if c in rows.columns]
    return rows.select(*columns, state.alias("_counted"), words.alias("_reason"), "_contribution", *own)


def headings(ctx: Context, fact: Fact) -> dict[str, str]:
    own = {"_counted": ctx.tr("状态"), "_reason": ctx.tr("不计的原因"), "_contribution": ctx.tr("计入数额")}
    return {name: labels.headed(column.label.in_(ctx.lang)) for name, column in fact.columns.items()} | own


def configured(ctx: Context, fact: Fact) -> dict[str, Any]:
    """Headers in the reader's language; times to the minute, numbers with separators."""
    found: dict[str, Any] = {}
    for name, label in headings(ctx, fact).items():
        kind = fact.columns[name].type if name in fact.columns else "float" if name == "_contribution" else "text"
        if kind == "datetime":
            found[name] = st.column_config.DatetimeColumn(label, format="YYYY-MM-DD HH:mm")
        elif kind == "date":
            found[name] = st.column_config.DateColumn(label, format="YYYY-MM-DD")
        elif kind in ("int", "float") and not name.endswith("year"):
            found[name] = st.column_config.NumberColumn(label, format="localized")
        else:
            found[name] = st.column_config.Column(label)
    return found


def _key(fact: Fact) -> pl.Expr:
    return pl.concat_str([pl.col(name).cast(pl.String) for name in fact.key], separator=browsing.SEPARATOR)


def _grid(origin: Origin, fact: Fact, measure: str, rows: pl.DataFrame) -> None:
    ctx = origin.ctx
    shown = rows.head(browsing.SHOWN)
    frame = readable(ctx, fact, origins.joined(ctx, fact, shown))
    front = ["_counted", "_reason", "_contribution", *(c for c in origins.COLUMNS if c in frame.columns)]
    keyed = [c for c in frame.columns if c in fact.key]
    rest = [c for c in frame.columns if c not in {*front, *keyed, *origins.TAIL}]
    event = st.dataframe(
        frame.select(*keyed, *front, *rest),
        column_config=configured(ctx, fact) | origins.configured(ctx),
        placeholder=number.MISSING,
        hide_index=True,
        row_height=35,
        height=min(480, 35 * (shown.height + 1) + 3),
        on_select="rerun",
        selection_mode="single-row",
        key=f"passport.grid.{origin.trail.unit}.{measure}",
        alt=ctx.tr("记录"),
    )
    if shown.height < rows.height:
        head.paragraph(
            ctx.tr("显示前 {n} 行，共 {all} 行；下载可得全部。", n=number.count(shown.height), all=number.count(rows.height)), muted=True
        )
    picked = event["selection"]["rows"]
    if picked and picked[0] < shown.height:
        address.put(record=shown.select(_key(fact)).to_series()[picked[0]])


def _one(origin: Origin, fact: Fact, rows: pl.DataFrame) -> None:
    """The record in question as it was reported, with its versions."""
    ctx = origin.ctx
    asked = address.get("record")
    if not asked:
        return
    found = rows.filter(_key(fact) == asked)
    if found.is_empty():
        return
    one_record(ctx, fact, asked, found.row(0, named=True))


def _written(ctx: Context, name: str, value: object) -> str:
    """A value as a person reads it; a year without a separator."""
    return str(value) if name.endswith("year") and value is not None else browsing.written(value, None, ctx.lang)


def one_record(ctx: Context, fact: Fact, asked: str, row: dict[str, Any]) -> None:
    """A row of a fact as its record was reported, with the record's versions; and the records that it is made of where they are several."""
    state = ctx.tr("计入") if row["_counted"] else ctx.tr("未计入：{reason}", reason=reason(ctx, row["_reason"]))
    head.finding(ctx.tr("记录 {key}", key=asked), state)
    assert ctx.snapshot is not None
    if fact.record is None or not set(ctx.snapshot.tables[fact.record].key) <= set(row):
        titles, meant = headings(ctx, fact), naming.of_columns(list(fact.columns), ())
        pairs = [
            (titles[name], naming.called(ctx, meant, name, row[name]) or _written(ctx, name, row[name]))
            for name in row
            if name in fact.columns
        ]
        head.definition_list(pairs)
        passport_makings.show(ctx, fact, row)
        return
    table = ctx.snapshot.tables[fact.record]
    key = {name: row[name] for name in table.key}
    whole = loading.table(ctx, fact.record).filter(pl.col(name) == value for name, value in key.items())
    if whole.height:
        listing.one_row(ctx, table, whole.row(0, named=True))
    passport_makings.show(ctx, fact, row)
