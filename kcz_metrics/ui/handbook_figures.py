"""What the handbook shows of an indicator beside its definition: coverage year by year, its correlation with its pillar, the same words in
the other language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.locales import Language
from kcz_metrics.reports import sources
from kcz_metrics.ui import head, loading, number
from kcz_metrics.ui.behind import handbook as behind
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.scoring import Scorecard


@st.cache_resource(show_spinner=False, max_entries=64)
def _figures(_card: Scorecard, snapshot_id: str, digest: str, index_id: str, period: str) -> pl.DataFrame:
    from kcz_metrics.analysis.figures import figures

    return figures(_card)


def figures(ctx: Context, index_id: str, period: str) -> pl.DataFrame:
    """A row an indicator, as :func:`kcz_metrics.analysis.figures.figures` has them."""
    assert ctx.snapshot is not None
    return _figures(loading.scorecard(ctx, index_id, period), ctx.snapshot.id, ctx.digest, index_id, period)


@st.cache_resource(show_spinner=False, max_entries=4)
def _searchable(_scheme: Scheme, digest: str) -> dict[str, str]:
    return {name: sources.searchable(_scheme, name) for name in _scheme.indicators}


def sought(scheme: Scheme, digest: str, wanted: str) -> list[str]:
    """Indicators of which every word of ``wanted`` is said somewhere: id, names, definition, safeguard, owner, formula, measures, record
    tables, places in the indices; in either language, case ignored."""
    texts = _searchable(scheme, digest)
    return [name for name, text in texts.items() if all(word in text for word in wanted.lower().split())]


def standing(ctx: Context, indicator: str, index_id: str) -> None:
    """Coverage of each year, and whether the indicator goes with the pillar that it is part of."""
    assert ctx.scheme is not None
    items = []
    for period in ctx.periods:
        row = figures(ctx, index_id, period).row(by_predicate=pl.col("indicator") == indicator, named=True)
        said = number.share(row["coverage"], 0) if row["coverage"] is not None else number.MISSING
        of = f"{row['known']} / {row['applies']}"
        made = behind.coverage(ctx, indicator, index_id, period)
        items.append(head.Item(ctx.tr("{period}覆盖", period=number.period(period, ctx.lang)), said, of, opens=made, value=row["coverage"]))
    row = figures(ctx, index_id, ctx.period).row(by_predicate=pl.col("indicator") == indicator, named=True)
    together = row["correlation"]
    pillar = (
        behind.called(ctx, index_id, row["pillar"]) if row["pillar"] != index_id else ctx.text(ctx.scheme.indices[index_id].name, index_id)
    )
    made = behind.together(ctx, indicator, row["pillar"], index_id)
    items.append(head.Item(ctx.tr("与{pillar}的相关", pillar=pillar), number.decimal(together, 2), opens=made, value=together))
    head.headline(items, key="indicators.standing")
    note = _reading(ctx, together)
    if note:
        head.paragraph(note, muted=True)


def _reading(ctx: Context, together: float | None) -> str:
    """What a correlation says here, in a sentence: it is a finding, not a judgement."""
    if together is None:
        return ctx.tr("得分不足三个或没有差别，算不出相关。")
    if together >= 1 - 1e-9:
        return ctx.tr("这个维度只有这一项指标，相关必为1。")
    if together < 0:
        return ctx.tr("指标得分与维度得分反向：它与同维度的其他指标说的不是一回事，权重宜复核。")
    if together < 0.3:
        return ctx.tr("指标得分与维度得分相关较弱：它对维度得分的影响小于权重所示。")
    return ctx.tr("相关为指标得分与维度得分的皮尔逊相关，按同类组去均值。")


def other_language(ctx: Context, indicator: str) -> None:
    """Definition, formula and measures as the other language has them."""
    assert ctx.scheme is not None
    one = ctx.scheme.indicators[indicator]
    other: Language = "en" if ctx.lang == "zh" else "zh"
    lines = []
    if one.name is not None:
        lines.append(f"{indicator} {one.name.in_(other)}")
    if one.definition is not None:
        lines.append(one.definition.in_(other))
    if one.formula is not None:
        lines.append(f"= {sources.formula_in_words(ctx.scheme, one, other)}")
    for measure in sources.measures(ctx.scheme, indicator):
        named = measure.measure.name.in_(other) if measure.measure.name else measure.id
        lines.append(f"{named}: {sources.in_words(measure, other)}")
    if one.safeguard is not None:
        lines.append(one.safeguard.in_(other))
    with st.expander(ctx.tr("英文说法")):
        st.code("\n\n".join(lines), language=None, wrap_lines=True)


def source_tables(ctx: Context, indicator: str) -> str:
    """The record tables behind it, by name."""
    assert ctx.scheme is not None
    join = "、" if ctx.lang == "zh" else ", "
    return join.join(label.in_(ctx.lang) for label in sources.tables(ctx.scheme, indicator).values())


def last_change(ctx: Context) -> str:
    """When the scheme last changed it: the store keeps no version before the one in force."""
    from kcz_metrics.reports.handbook import FIRST

    assert ctx.scheme is not None
    first = f"{FIRST.in_(ctx.lang)} · {ctx.scheme.edition}"
    return ctx.tr("{first}（库里没有更早的版本可比）", first=first)
