"""The parts of the handbook page: finding an indicator, what it means, how it is worked out, how its values lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics import charts
from kcz_metrics.compiling import plan
from kcz_metrics.compiling import sql as written_sql
from kcz_metrics.language.formula import parse
from kcz_metrics.ui import address, formulas, handbook_figures, head, labels, loading, marking, measured, number, states, strangers
from kcz_metrics.ui.behind import handbook as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.passport_stages import method_name, parameters_said
from kcz_metrics.ui.passport_values import sentences
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import Leads, Opening
from kcz_metrics.ui.standing import names
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Indicator, Scheme


def indices_with(scheme: Scheme, indicator: str) -> list[str]:
    """Indices that hold the indicator, in the order of the file."""
    return [name for name, index in scheme.indices.items() if indicator in index.leaves]


def choose(ctx: Context) -> tuple[str | None, list[str]]:
    """The search field, and the indicator in question: the one in the address, else the first found."""
    assert ctx.scheme is not None
    wanted = st.text_input(
        ctx.tr("查找指标"),
        key="indicators.q",
        placeholder=ctx.tr("编号、名称、口径、公式或来源表，中英文均可"),
        width=460,
        label_visibility="collapsed",
    )
    found = handbook_figures.sought(ctx.scheme, ctx.digest, wanted)
    if not found:
        return None, []
    mine = [i for i in found if i in ctx.index.leaves] if ctx.index_id else []
    asked = address.get("indicator")
    if asked not in ctx.scheme.indicators:  # one that the search leaves out is no stranger
        asked = strangers.known("indicator", found, ctx.name((mine or found)[0]))
    return (asked if asked in found else (mine or found)[0]), found


def _of(ctx: Context, indicator: str) -> Indicator:
    assert ctx.scheme is not None
    return ctx.scheme.indicators[indicator]


def index_of(ctx: Context, indicator: str) -> str | None:
    """The index whose units the values are shown for: the one chosen in the sidebar, else the first that holds the indicator."""
    assert ctx.scheme is not None
    held = indices_with(ctx.scheme, indicator)
    return ctx.index_id if ctx.index_id in held else (held[0] if held else None)


def heading(ctx: Context, indicator: str, found: Sequence[str]) -> None:
    one = _of(ctx, indicator)
    question = ctx.tr("{name}（{id}）怎么算？", name=ctx.name(indicator), id=indicator)
    definition = ctx.text(one.definition)
    head.page_head(ctx, [ctx.tr("指标手册"), ctx.tr("共 {n} 项", n=len(found))], question, definition)


def listing(ctx: Context, chosen: str, found: Sequence[str]) -> None:
    """The indicators found, under the index where each first stands."""
    assert ctx.scheme is not None
    head.finding(ctx.tr("指标"), ctx.tr("点按一行查看"))
    order: dict[str, list[str]] = {}
    for one in found:
        held = indices_with(ctx.scheme, one)
        order.setdefault(held[0] if held else "", []).append(one)
    rows = []
    for index_id in [*ctx.scheme.indices, ""]:
        for place, one in enumerate(order.get(index_id, ())):
            row = {"id": one, "code": one, "name": ctx.name(one), "_chosen": one == chosen}
            if place == 0:
                row["_before"] = ctx.text(ctx.scheme.indices[index_id].name, index_id) if index_id else ctx.tr("不在任何指数里")
            rows.append(row)
    columns = [Column("code", ctx.tr("编号")), Column("name", ctx.tr("指标"), "name", options={"wrap": True})]
    opened = table(ctx, columns, rows, "indicators.list", label=ctx.tr("指标"), height=1080)
    if opened and opened != chosen:
        address.put(indicator=opened)
        st.rerun()


def formula(ctx: Context, indicator: str) -> None:
    """The formula in names and in the scheme's own letters, and each measure in a sentence."""
    one = _of(ctx, indicator)
    head.finding(ctx.tr("公式"))
    if one.formula is None:
        states.too_little(ctx.tr("这项指标的值直接来自文件，没有公式。"))
        return
    parsed = parse(one.formula)

    def named(name: str, back: int) -> str:
        words = measured.measure_name(ctx, name)
        return ctx.tr("上期{name}", name=words) if back else words

    formulas.definition(ctx.name(indicator), parsed, named, ctx.lang)
    st.code(f"{indicator} = {parsed.text()}", language=None)
    index_id = index_of(ctx, indicator)
    if index_id is None or ctx.scheme is None:
        return
    said = sentences(ctx, list(parsed.names), ctx.scheme.indices[index_id].unit)
    head.sentences(f"**{measured.measure_name(ctx, name)}** {words}" for name, words in said.items())


def card(ctx: Context, indicator: str) -> None:
    """Unit, direction, methods, safeguards, owner."""
    one = _of(ctx, indicator)
    index_id = index_of(ctx, indicator)
    index = ctx.scheme.indices[index_id] if index_id and ctx.scheme else None
    head.finding(ctx.tr("口径卡"))
    pairs = {
        ctx.tr("编号"): indicator,
        ctx.tr("计量单位"): number.unit(one, ctx.lang) or (ctx.tr("比率") if one.unit == "ratio" else number.MISSING),
        ctx.tr("方向"): ctx.tr("越高越好") if one.direction == "up" else ctx.tr("越低越好"),
    }
    for family, label in (("impute", ctx.tr("补值")), ("treat", ctx.tr("异常值")), ("normalise", ctx.tr("标准化"))):
        chosen = getattr(one, family) or (getattr(index, family) if index is not None else None)
        if chosen is not None:
            pairs[label] = method_name(ctx, family, chosen.method) + parameters_said(ctx, chosen.parameters)
    if one.transform:
        pairs[ctx.tr("变换")] = one.transform
    if one.floor is not None or one.cap is not None:
        bounds = [number.decimal(v, 2) if v is not None else "" for v in (one.floor, one.cap)]
        pairs[ctx.tr("上下限")] = "–".join(bounds)
    if one.minimum_n is not None:
        sides = "（）" if ctx.lang == "zh" else (" (", ")")
        of = measured.measure_name(ctx, one.minimum_n.of)
        pairs[ctx.tr("最低样本")] = f"{number.count(one.minimum_n.at_least)}{sides[0]}{of}{sides[1]}"
    if one.shrink is not None:
        toward = ctx.tr("同组") if one.shrink.toward == "group" else ctx.tr("全体")
        pairs[ctx.tr("小样本收缩")] = ctx.tr("强度 {m}，向{group}靠拢", m=number.count(one.shrink.strength), group=toward)
    if one.duty:
        pairs[ctx.tr("缺报")] = ctx.tr("应报未报按 0 计")
    if one.safeguard is not None:
        pairs[ctx.tr("防范")] = ctx.text(one.safeguard)
    if one.owner is not None:
        pairs[ctx.tr("归口")] = ctx.text(one.owner)
    if one.beside:
        pairs[ctx.tr("并列，不计分")] = ctx.tr("，").join(measured.measure_name(ctx, name) for name in one.beside)
    tables = handbook_figures.source_tables(ctx, indicator)
    if tables:
        pairs[ctx.tr("来源表")] = tables
    pairs[ctx.tr("修订")] = handbook_figures.last_change(ctx)
    head.definition_list(pairs)


def distribution(ctx: Context, indicator: str) -> str | None:
    """How the values lie over the units, how many there are, and the values themselves; returns a unit to open."""
    index_id = index_of(ctx, indicator)
    if index_id is None or ctx.scheme is None:
        states.empty(ctx.tr("这项指标不在任何指数里，没有可看的值。"), ctx.tr("把它放进一个指数的树里就会计算。"))
        return None
    if ctx.snapshot is None:
        states.empty(ctx.tr("还没有业务记录，所以没有值可看。"), ctx.tr("口径、公式和查询语句不靠记录；导入之后，这里画出各评价对象的值。"))
        states.offer_sample(ctx)
        return None
    one = _of(ctx, indicator)
    card = loading.scorecard(ctx, index_id)
    values = loading.values(ctx, index_id).frame.filter((pl.col("indicator") == indicator) & (pl.col("period") == ctx.period))
    called = names(card.units, ctx.lang)
    frame = values.with_columns(label=pl.col("unit").replace_strict(called, default=pl.col("unit")))
    known = frame.drop_nulls("value")
    applies = frame.filter(pl.col("status") != "not_applicable").height
    unit = number.unit(one, ctx.lang)
    valued, applicable = behind.counted(ctx, indicator, index_id)
    n = says("values", known.height, valued, known.height)
    title = ctx.tr("{n} 个值的分布，{period}", n=n, period=number.period(ctx.period, ctx.lang))
    n, every = says("known", known.height, valued, known.height), says("applies", applies, applicable, applies)
    caption = ctx.tr("有值 {n} / {all} 个（适用者）；虚线为中位", n=n, all=every)
    head.finding(title, f"{caption} · {unit}" if unit else caption)
    if known.height < 2:
        states.too_little(ctx.tr("有值的评价对象不足两个，画不出分布。"))
    else:
        write = lambda value: number.value(value, one, ctx.lang)  # noqa: E731 - a name for one expression
        figure = charts.histogram(
            known,
            focus=ctx.unit,
            write=write,
            share=one.unit == "ratio",
            bins=min(24, max(8, known.height // 4)),
            template=ctx.template,
            lang=ctx.lang,
        )
        chart(ctx, figure, "indicators.histogram", alt=title)
        lie = {
            ctx.tr("最低"): pl.col("value").min(),
            ctx.tr("下四分位"): pl.col("value").quantile(0.25, "linear"),
            ctx.tr("中位"): pl.col("value").median(),
            ctx.tr("上四分位"): pl.col("value").quantile(0.75, "linear"),
            ctx.tr("最高"): pl.col("value").max(),
        }
        found = known.select(expression.alias(label) for label, expression in lie.items()).row(0, named=True)
        made = behind.quartiles(ctx, indicator, index_id)
        numbers = [head.Item(label, write(value), opens=one, value=value) for (label, value), one in zip(found.items(), made, strict=True)]
        head.headline(numbers, key="indicators.quartiles")
    handbook_figures.standing(ctx, indicator, index_id)
    return _values(ctx, indicator, index_id, frame)


def _values(ctx: Context, indicator: str, index_id: str, frame: pl.DataFrame) -> str | None:
    one = _of(ctx, indicator)
    card = loading.scorecard(ctx, index_id)
    scores = card.scores.filter(pl.col("node") == indicator).select("unit", "score", place="rank")
    rows = frame.join(scores, on="unit", how="left").sort("score", "unit", descending=[True, False], nulls_last=True)
    with st.expander(ctx.tr("逐个查看 {n} 个值", n=rows.height)):
        columns = [
            Column("place", ctx.tr("名次"), "rank"),
            Column("name", labels.unit_kind(ctx, card.index.unit), "name"),
            Column("value", ctx.tr("指标值"), "number", unit=number.unit(one, ctx.lang)),
            Column("n", ctx.tr("样本"), "number", options={"decimals": 0}),
            Column("score", ctx.tr("标准化分"), "number", options={"decimals": 2}),
            Column("flags", ctx.tr("标记"), "flags"),
        ]
        drawn = [
            {
                "id": row["unit"],
                "place": None if row["place"] is None else int(row["place"]),
                "name": row["label"],
                "value": {"v": row["value"], "t": number.value(row["value"], one, ctx.lang)},
                "n": row["n"],
                "score": row["score"],
                "flags": marking.of_value(ctx, row["status"]),
                "_faint": row["value"] is None,
            }
            for row in rows.iter_rows(named=True)
        ]
        to = Leads(lambda unit: ("passport", {"unit": unit, "index": index_id, "indicator": indicator}))
        opens: dict[str, Opening | Leads] = {"value": to, "n": to, "score": to}
        if card.index.rank.ties == "competition":
            opens["place"] = behind.place(ctx, indicator, index_id)
        return table(ctx, columns, drawn, "indicators.values", label=ctx.tr("指标值"), height=560, behind=opens)


@st.cache_data(show_spinner=False, max_entries=128)
def _sql(_scheme: Scheme, digest: str, index_id: str, indicator: str, period: str, lang: str) -> str:
    index = _scheme.indices[index_id]
    leaf = next(n for n in index.tree.walk() if n.id == indicator)
    alone = index.model_copy(update={"tree": index.tree.model_copy(update={"children": (leaf,)}), "adjust": (), "screen": None})
    scheme = _scheme.model_copy(update={"indices": {index_id: alone}})
    return written_sql(plan(scheme, index_id, [period]), lang="zh" if lang == "zh" else "en")


def statement(ctx: Context, indicator: str) -> None:
    """The query that runs for this indicator alone, explained. Without records the edition's year is the period."""
    index_id = index_of(ctx, indicator)
    period = ctx.period or (ctx.scheme.edition if ctx.scheme and ctx.scheme.edition.isdigit() else "")
    if index_id is None or ctx.scheme is None or _of(ctx, indicator).formula is None or not period:
        return
    with st.expander(ctx.tr("查询语句（SQL）")):
        head.paragraph(ctx.tr("只含这一项指标；实际计算时，同一事实表上的基础量合在一次扫描里。"), muted=True)
        st.code(_sql(ctx.scheme, ctx.digest, index_id, indicator, period, ctx.lang), language="sql")
