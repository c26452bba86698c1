"""One run of the weights page: the reader's draft, scored beside the official index, and kept."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from kcz_metrics.errors import KczError
from kcz_metrics.ui import choosing, drafts, head, intervals, loading, standing, states, trial
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.scoring.scorecard import Scorecard


@dataclass(frozen=True)
class Made:
    """What one run of the page stands on."""

    official: Scorecard
    tried: Scorecard
    draft: trial.Draft
    base: trial.Draft
    group: str | None
    groups: tuple[str, ...]
    comparison: trial.Comparison
    names: Mapping[str, str]
    seconds: float
    #: ``unit, rank_low, rank_high`` of the trial.
    spread: pl.DataFrame

    @property
    def changed(self) -> bool:
        return self.draft != self.base


def run(ctx: Context) -> Made | None:
    """Score the session's draft. A draft that cannot be scored is said so, and the step before it stands again."""
    if not ctx.index_id:
        head.page_head(ctx, [ctx.tr("权重与方法")], ctx.tr("权重变一变，名次怎么变？"))
        states.empty(ctx.tr("方案里没有指数。"), ctx.tr("先在方案里写一个指数。"))
        return None
    card = loading.scorecard(ctx)
    base = trial.official(card.index)
    draft = drafts.current(ctx, base)
    started = time.perf_counter()
    wrong: KczError | None = None
    try:
        tried = trial.tried(card, draft)
    except KczError as error:
        wrong = error
        draft = drafts.fall_back(ctx.index_id, base)
        tried = trial.tried(card, draft)
    groups = _groups(card)
    group = choosing.current("group", groups, groups[0]) if groups else None
    comparison = trial.compare(card, tried, group, _tiers(card, tried))
    spread = intervals.intervals(ctx) if draft == base else intervals.moved(ctx, tried, draft)
    seconds = time.perf_counter() - started
    made = Made(card, tried, draft, base, group, groups, comparison, standing.names(card.units, ctx.lang), seconds, spread)
    if wrong is not None:
        states.error(ctx, wrong)
        states.notice(ctx.tr("这一步不能计算，已退回上一步。"))
    unkept = drafts.keep(ctx, draft, base)
    if unkept is not None:
        states.error(ctx, unkept)
    return made


def before(ctx: Context, made: Made) -> None:
    """What the reader tried in an earlier session: taken up, or why not."""
    found = drafts.earlier(ctx, made.draft)
    if found is None:
        return
    at = f"{found.at.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}"
    with st.container(key="weights-before"):
        if found.applied:
            states.notice(ctx.tr("已载入您上次的试算（{at} 存下）。", at=at))
            st.button(ctx.tr("改回现行方案"), key="weights.back", on_click=drafts.reset, args=(ctx.index_id, made.base))
            return
        if found.draft is None:
            states.notice(ctx.tr("方案已经改动，指标构成不同：您上次的试算（{at} 存下）不能载入。", at=at))
        else:
            states.notice(ctx.tr("方案已经改动：您上次的试算（{at} 存下）是按原来的方案作的，没有载入。改动权重之后由新的代替。", at=at))
        with st.container(horizontal=True):
            if found.draft is not None:
                st.button(ctx.tr("仍然载入"), key="weights.take", on_click=drafts.push, args=(ctx.index_id, found.draft))
            st.button(ctx.tr("丢弃上次的试算"), key="weights.drop", on_click=drafts.put_aside, args=(ctx,))


def _groups(card: Scorecard) -> tuple[str, ...]:
    """Groups with a ranked unit, the largest first."""
    ranked = card.scores.filter((pl.col("node") == card.index.id) & pl.col("rank").is_not_null() & pl.col("group").is_not_null())
    return tuple(ranked.group_by("group").len().sort("len", "group", descending=[True, False])["group"].to_list())


def _tiers(card: Scorecard, tried: Scorecard) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    if card.index.tiers is None or not card.index.tiers.levels:
        return None
    from kcz_metrics.decisions.tiers import assign

    return assign(card), assign(tried)
