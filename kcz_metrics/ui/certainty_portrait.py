"""On a profile: why a unit stands where it stands, in sentences that are sure; and how sure its rank is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import streamlit as st

from kcz_metrics.ui import certainty_unit, head, intervals, loading, number, states
from kcz_metrics.ui.behind import certainty as behind
from kcz_metrics.ui.behind import differences, scores
from kcz_metrics.ui.certainty_drawn import SURE, Drawn
from kcz_metrics.ui.certainty_parts import borders
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.portray import Portrait
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import Change, Opening, bound

if TYPE_CHECKING:
    from kcz_metrics.analysis.robustness import Robustness
    from kcz_metrics.analysis.statements import Statement
    from kcz_metrics.scoring.scorecard import Scorecard


def drawn(ctx: Context, who: Portrait) -> Drawn | None:
    """The runs behind the intervals of the ranking; None while they are made, which is said."""
    found = intervals.drawn(ctx, who.frame)
    if found is None:
        head.paragraph(ctx.tr("正在抽样计算名次有多大把握，算好即补上。"), muted=True)
    return found


@st.cache_resource(show_spinner=False, max_entries=128)
def _statements(
    _card: Scorecard, _robust: Robustness, _before: Scorecard | None, unit: str, snapshot_id: str, digest: str, index_id: str, period: str
) -> Sequence[Statement]:
    from kcz_metrics.analysis.statements import statements

    return statements(_card, unit, _robust, _before)


def why(ctx: Context, who: Portrait, runs: Drawn) -> None:
    """A few sentences, each with its numbers; what lies within the uncertainty is left unsaid."""
    assert ctx.snapshot is not None
    before = loading.scorecard(ctx, period=ctx.previous) if ctx.previous and loading.valued(ctx, period=ctx.previous) else None
    said = _statements(who.card, runs.found, before, who.unit, ctx.snapshot.id, ctx.digest, ctx.index_id, ctx.period)
    head.finding(ctx.tr("为什么在这个位置"), ctx.tr("只说有把握的；落在不确定性之内的不说"))
    lines = [ctx.tr("{said}。", said=ctx.text(_opening(ctx, runs, who, one))) for one in said if one.id != "rank"]
    head.sentences([line[:1].upper() + line[1:] for line in lines] or [ctx.tr("没有可以确认的一项。")])


def _opening(ctx: Context, runs: Drawn, who: Portrait, said: Statement):  # type: ignore[no-untyped-def]
    """The statement's text with names for ids, periods as they are written, and its numbers as numbers that open."""
    values = dict(said.text.values)
    if "period" in values:
        values["period"] = number.period(str(values["period"]), ctx.lang)
    if "other" in values:
        other = str(values["other"])
        values["other"] = runs.called.get(other, other)
        p = said.numbers["probability"]
        values["share"] = says(f"why.{said.id}", str(values["share"]), behind.pair(ctx, runs, who.unit, other), p)
    for name, (made, shown) in _numbers(ctx, who, said).items():
        values[name] = says(f"why.{said.id}.{name}", str(values[name]), made, shown)
    return replace(said.text, values=MappingProxyType(values))


def _numbers(ctx: Context, who: Portrait, said: Statement) -> dict[str, tuple[Opening, float]]:
    """Word of the text to what its number is made of, and the number: the gap to the group's median, the places gained or lost."""
    if said.about is not None:
        made, gap = differences.on_indicator(ctx, who, said.about), said.numbers["gap"]
        return {"gap": (made["above" if gap > 0 else "below"], abs(gap)), "of": (made["of"], said.numbers["of"])}
    move = scores.places(ctx, ctx.index_id).get("move")
    if said.id != "moved" or not isinstance(move, Change):
        return {}
    change = said.numbers["change"]
    places = move if change > 0 else Change(move.before, move.now)
    return {"places": (bound(places, who.unit), abs(change)), "was": (bound(move.now, who.unit), said.numbers["rank_before"])}


def how_sure(ctx: Context, who: Portrait, runs: Drawn) -> None:
    """How often the unit has each rank, its chance at the next border, and what its rank hangs on where that is asked for."""
    from kcz_metrics import charts

    frame = runs.acceptability(who.unit)
    rank = float(who.row["rank"])
    if frame.is_empty():
        states.too_little(ctx.tr("没有一次抽样给出名次。"))
        return
    shown = ctx.tr("{n} 次抽样的名次分布（{what}）", n=number.count(runs.asked.draws), what=_what(ctx))
    title = _title(ctx, runs, who)
    head.finding(title, shown)
    figure = charts.rank_bars(
        frame, rank=rank, seats=[charts.Seats(label, last) for label, last in _borders(ctx, runs)], template=ctx.template, lang=ctx.lang,
        height=180,
    )  # fmt: skip
    chart(ctx, figure, "profile.sure", alt=title)
    _sentences(ctx, runs, who)
    if st.toggle(ctx.tr("名次取决于什么"), key="profile.depends"):
        certainty_unit.hangs_on(ctx, runs, who.unit)
    if st.button(ctx.tr("看全部不确定性"), key="profile.robustness"):
        link("robustness", part="unit", unit=who.unit)


def _what(ctx: Context) -> str:
    from kcz_metrics.ui.telling import varied

    return varied(ctx)


def _borders(ctx: Context, runs: Drawn) -> list[tuple[str, int]]:
    return [] if ctx.index.group is not None else borders(ctx, runs)[:-1]


def _title(ctx: Context, runs: Drawn, who: Portrait) -> str:
    own = runs.ranks[:, runs.at[who.unit]]
    keeps = float((own == who.row["rank"]).mean())
    words = {"rank": int(who.row["rank"]), "share": number.share(keeps, 0)}
    return ctx.tr("可以确认在第 {rank} 名", **words) if keeps >= SURE else ctx.tr("抽样中 {share} 仍列第 {rank}", **words)


def _sentences(ctx: Context, runs: Drawn, who: Portrait) -> None:
    """The interval, and the chance to be above the border next above and next below."""
    spans = behind.of_units(ctx, runs)
    own = runs.spans.filter(unit=who.unit).row(0, named=True)
    lines = []
    if own["rank_low"] is not None:
        low, high = (_says(name, number.count(own[column]), bound(spans[name], who.unit), own[column])  # type: ignore[arg-type]
                     for name, column in (("low", "rank_low"), ("high", "rank_high")))  # fmt: skip
        same = own["rank_low"] == own["rank_high"]
        lines.append(
            ctx.tr("十次抽样中至少九次在第 {low} 名", low=low)
            if same
            else ctx.tr("十次抽样中有九次在第 {low}–{high} 名", low=low, high=high)
        )
    rank = who.row["rank"]
    above = [(label, last) for label, last in _borders(ctx, runs) if last < rank][-1:]
    within = [(label, last) for label, last in _borders(ctx, runs) if last >= rank][:1]
    for label, last in (*above, *within):
        share = float((runs.ranks[:, runs.at[who.unit]] <= last).mean())
        shown = _says(f"within{last}", number.share(share, 0), behind.within(ctx, runs, who.unit, last), share)
        lines.append(ctx.tr("进入前 {n} 名（{border}）的可能 {share}", n=last, border=label, share=shown))
    head.sentences(lines)


def _says(name: str, words: str, opening: Opening, value: float) -> str:
    return says(f"sure.{name}", words, opening, value)
