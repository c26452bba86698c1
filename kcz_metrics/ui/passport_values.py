"""The passport's middle steps: formula with its numbers, the measures, what the value rests on, where it stands among its peers."""

from __future__ import annotations

import polars as pl

from kcz_metrics import charts
from kcz_metrics.ui import address, choosing, formulas, head, measured, number, origins, passport_zero, states
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.standing import names
from kcz_metrics.ui.table import Column, table
from kcz_metrics.ui.trail import Origin, measures_of


def how(origin: Origin) -> None:
    """The definition, and the formula as a fraction with the numbers in it."""
    ctx, indicator = origin.ctx, origin.indicator
    definition = ctx.text(indicator.definition)
    head.finding(ctx.tr("怎么算的"), ctx.tr("统计口径：{text}", text=definition) if definition else "")
    if origin.formula is None:
        states.too_little(ctx.tr("这项指标的值直接来自文件，没有公式。"))
        return

    def named(name: str, back: int) -> str:
        words = measured.measure_name(ctx, name)
        return ctx.tr("上期{name}", name=words) if back else words

    def numbered(name: str, back: int) -> str:
        value = origin.measure(name, back)
        return number.decimal(value, 0 if value is None or float(value).is_integer() else 2)

    answer = number.value(origin.raw, indicator, ctx.lang)
    formulas.equation(
        ctx.name(origin.id),
        origin.formula,
        named,
        numbered,
        number.with_unit(origin.raw, indicator, ctx.lang),
        notes(origin),
        ctx.lang,
    )
    again = number.value(origin.recomputed, indicator, ctx.lang)
    said = ctx.tr("由上面的基础量重算得 {again}，系统里是 {value}", again=again, value=answer)
    formulas.proof(said, origin.agrees)
    why = passport_zero.reasons(origin)
    if why:
        head.sentences(why)


def notes(origin: Origin) -> list[str]:
    """What the reader should know of the number: its sample, and the shrinking, both before and after."""
    ctx, indicator = origin.ctx, origin.indicator
    found = []
    rule = indicator.minimum_n
    if rule is not None:
        n = origin.measure(rule.of)
        words = "样本 {n}，不少于最低要求 {least}。" if n is not None and n >= rule.at_least else "样本 {n}，少于最低要求 {least}。"
        found.append(ctx.tr(words, n=number.count(n), least=number.count(rule.at_least)))
    shrunk = origin.shrinking
    if shrunk is not None:
        n, m, mean, value = shrunk
        raw, centre, after = (number.value(v, indicator, ctx.lang) for v in (origin.raw, mean, value))
        found.append(
            ctx.tr(
                "小样本收缩：({n} × {raw} + {m} × {mean}) ÷ ({n} + {m}) = {after}，用于计分；收缩前 {raw}。",
                n=number.count(n),
                m=number.count(m),
                raw=raw,
                mean=centre,
                after=after,
            )
        )
    return found


def measures(origin: Origin) -> str | None:
    """The measures of the formula, each with its sentence; returns the one whose records are shown."""
    ctx = origin.ctx
    beside = origin.indicator.beside
    used = [*measures_of(origin.formula), *beside]
    if not used:
        return None
    chosen = choosing.current("measure", used, used[0])
    said = sentences(ctx, used)
    columns = [
        Column("name", ctx.tr("基础量"), "name", options={"wrap": True}),
        Column("said", ctx.tr("怎么数"), width=230, options={"wrap": True}),
        Column("value", ctx.tr("数值"), "number", options={"decimals": 2}),
        Column("n", ctx.tr("记录数"), "number", options={"decimals": 0}),
    ]
    rows = []
    for name in used:
        value = origin.measure(name)
        rows.append(
            {
                "id": name,
                "name": {"t": measured.measure_name(ctx, name), "sub": f"{name} · {ctx.tr('并列，不计分')}" if name in beside else name},
                "said": said.get(name, ""),
                "value": {"v": value, "t": number.decimal(value, 0 if value is None or float(value).is_integer() else 2)},
                "n": origin.measure(name, column="n"),
                "_chosen": name == chosen,
            }
        )
    opened = table(ctx, columns, rows, "passport.measures", label=ctx.tr("基础量"))
    if opened and opened != chosen:
        import streamlit as st

        address.put(measure=opened, record=None)
        st.rerun()
    return chosen


def sentences(ctx: Context, used: list[str], kind: str | None = None) -> dict[str, str]:
    """Measures in words: what is worked out over which rows."""
    from kcz_metrics.compiling.measures import ready
    from kcz_metrics.compiling.sentences import said

    assert ctx.scheme is not None
    return {one.id: said(one, ctx.lang) for one in ready(ctx.scheme, used, kind or ctx.index.unit)}


def basis(origin: Origin, measure: str | None) -> None:
    """What the number rests on: version, snapshot, evidence, safeguard."""
    from kcz_metrics.ui import passport_records as behind

    ctx, indicator = origin.ctx, origin.indicator
    head.finding(ctx.tr("这个数的凭据"), ctx.tr("口径、来源与复算"))
    assert ctx.scheme is not None
    assert ctx.snapshot is not None
    pairs = {
        ctx.tr("方案"): f"{ctx.scheme.edition} · {ctx.scheme.digest[:6]}",
        ctx.tr("数据快照"): f"{number.day(ctx.snapshot.created_at)} · {ctx.snapshot.short}",
        ctx.tr("方向"): ctx.tr("越高越好") if indicator.direction == "up" else ctx.tr("越低越好"),
    }
    if indicator.owner is not None:
        pairs[ctx.tr("归口")] = ctx.text(indicator.owner)
    if measure:
        evidence = behind.evidence(origin, measure)
        if evidence:
            pairs[ctx.tr("证据等级")] = ctx.tr("，").join(
                ctx.tr("{kind} 级 {share}", kind=k, share=number.share(s, 0)) for k, s in evidence
            )
        pairs |= origins.said(ctx, behind.fact_of(ctx, measure), measured.records(ctx, measure, origin.trail.unit))
    if indicator.safeguard is not None:
        pairs[ctx.tr("防范")] = ctx.text(indicator.safeguard)
    pairs[ctx.tr("复算")] = ctx.tr("✓ 与系统值一致") if origin.agrees else ctx.tr("✗ 与系统值不一致")
    head.definition_list(pairs)


def position(origin: Origin) -> None:
    """The value among those of the group."""
    ctx = origin.ctx
    units = origin.trail.peers["unit"].implode()
    values = origin.values.frame.filter((pl.col("indicator") == origin.id) & (pl.col("period") == ctx.period) & pl.col("unit").is_in(units))
    called = names(origin.trail.peers, ctx.lang)
    frame = values.select("unit", "value", label=pl.col("unit").replace_strict(called, return_dtype=pl.String))
    known = frame.drop_nulls("value").height
    unit = number.unit(origin.indicator, ctx.lang)
    caption = ctx.tr("{n} 个同类的{indicator}；竖线为中位", n=known, indicator=ctx.name(origin.id))
    head.finding(
        ctx.tr("在同类中的位置"), f"{caption}（{unit}）" if unit and ctx.lang == "zh" else f"{caption} ({unit})" if unit else caption
    )
    if known < 2:
        states.too_little(ctx.tr("有值的同类不足两个，画不出分布。"))
        return
    write = lambda value: number.value(value, origin.indicator, ctx.lang)  # noqa: E731 - a name for one expression
    figure = charts.strip(
        frame, focus=origin.trail.unit, write=write, share=origin.indicator.unit == "ratio", template=ctx.template, lang=ctx.lang
    )
    if opened := chart(ctx, figure, "passport.position", alt=caption, opens=True):
        import streamlit as st

        address.put(unit=opened, record=None)
        st.rerun()
