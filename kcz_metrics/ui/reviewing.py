"""The round of tiers that a page looks at, kept between runs: keyed by snapshot, scheme, period, the decisions and the flags there are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.ui import address, certainty_drawn, flagged, loading, number, strangers
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kcz_metrics.analysis.robustness import Robustness
    from kcz_metrics.analysis.whatif import WhatIf
    from kcz_metrics.decisions.ruling import Sitting
    from kcz_metrics.methods import Array, Positions
    from kcz_metrics.scoring import Scorecard
    from kcz_metrics.store import Decision, Snapshot

#: As ``kcz tiers`` draws, so that page and command say the same, and as the runs behind the intervals of ranks.
DRAWS, SEED = 1000, 2022


def docket(ctx: Context, period: str | None = None) -> tuple[Decision, ...]:
    """Every decision on the tiers of the index in the period, up to the page's snapshot."""
    from kcz_metrics.store import Docket

    return ctx.store.decisions(Docket("tier", ctx.index_id, period or ctx.period), ctx.snapshot)


def cards(ctx: Context) -> tuple[Scorecard, ...]:
    periods = [p for p in ctx.periods if p <= ctx.period and loading.valued(ctx, period=p)]
    return tuple(loading.scorecard(ctx, period=p) for p in periods)


def flags(ctx: Context) -> pl.DataFrame:
    """``unit, period`` of open flags, by the period that the evidence falls in; hints aside."""
    from kcz_metrics.language.periods import period as parse
    from kcz_metrics.quality.standing import open_by_unit, within

    rows = flagged.standings(ctx)
    marks = [(unit, p) for p in ctx.periods if p <= ctx.period for unit in open_by_unit(within(rows, parse(p)))]
    return pl.DataFrame(marks, schema={"unit": pl.String, "period": pl.String}, orient="row")


@st.cache_resource(show_spinner=False, max_entries=8)
def _drawn(
    _cards: tuple[Scorecard, ...],
    _last: Callable[[], Robustness],
    _snapshot: Snapshot,
    snapshot_id: str,
    digest: str,
    index_id: str,
    periods: tuple[str, ...],
) -> Mapping[str, Array]:
    from kcz_metrics.decisions.history import drawn
    from kcz_metrics.decisions.rounds import gathered

    return drawn(_cards, gathered(_cards), DRAWS, SEED, _snapshot, {_cards[-1].period: _last()})


def draws(ctx: Context) -> Mapping[str, Array]:
    """Period to scores under what the index declares uncertain, the same for every page; those of the last are the runs that the intervals
    of its ranks are of, so that a probability and an interval never say two things."""
    assert ctx.snapshot is not None
    scored = cards(ctx)
    periods = tuple(card.period for card in scored)

    def last() -> Robustness:
        return certainty_drawn.at_once(replace(ctx, period=periods[-1]))

    return _drawn(scored, last, ctx.snapshot, ctx.snapshot.id, ctx.digest, ctx.index_id, periods)


@st.cache_resource(show_spinner=False, max_entries=16)
def _sitting(
    _ctx: Context, _marks: pl.DataFrame, snapshot_id: str, digest: str, index_id: str, period: str, decided: tuple[int, ...], marks: int
) -> Sitting:
    found = _replayed(_ctx, _marks, draws(_ctx))
    _made().add((snapshot_id, digest, index_id, period))
    return found


def _replayed(ctx: Context, marks: pl.DataFrame, made: Mapping[str, Array]) -> Sitting:
    from kcz_metrics.decisions.decided import decided_of
    from kcz_metrics.decisions.recorded import recorded
    from kcz_metrics.decisions.replay import replay
    from kcz_metrics.decisions.rounds import gathered
    from kcz_metrics.decisions.ruling import Sitting

    assert ctx.snapshot is not None
    policy = ctx.index.tiers
    assert policy is not None
    rounds = gathered(cards(ctx), marks)
    ruled = recorded(ctx.store.decisions(snapshot=ctx.snapshot), ctx.index_id)
    start = decided_of(policy, loading.scheme_path())
    return Sitting(policy, rounds, replay(rounds, policy, decided=start, draws=made, told=False, recorded=ruled), ruled, made)


@st.cache_resource(show_spinner=False)
def _made() -> set[tuple[str, str, str, str]]:
    """Rounds that have been worked out since the server started: the first time takes long."""
    return set()


@st.cache_resource(show_spinner=False, max_entries=8)
def _landed(_sitting: Sitting, snapshot_id: str, digest: str, index_id: str, period: str, ruled: tuple[int, ...]) -> Positions | None:
    from kcz_metrics.decisions.landings import every

    return every(_sitting)


def landings(ctx: Context, found: Sitting, unit: str) -> pl.DataFrame:
    """Where the unit stands after the round, draw by draw: what its probabilities are counted from."""
    from kcz_metrics.decisions.landings import landings as of

    assert ctx.snapshot is not None
    ruled = tuple(one.number for one in ctx.store.decisions(snapshot=ctx.snapshot) if one.matter == ctx.index_id)
    return of(found, unit, _landed(found, ctx.snapshot.id, ctx.digest, ctx.index_id, ctx.period, ruled))


def ready(ctx: Context) -> bool:
    """Whether the round has been worked out before, so that it is there at once."""
    assert ctx.snapshot is not None
    return (ctx.snapshot.id, ctx.digest, ctx.index_id, ctx.period) in _made()


def sitting(ctx: Context) -> Sitting:
    """The index's tiers through the context's period, with the decisions there are."""
    marks, (ids, ruled, key) = flags(ctx), _key(ctx)
    return _sitting(ctx, marks, *ids, ruled, key)


def first_look(ctx: Context) -> Sitting:
    """The same by scores and places alone: there long before the draws, which a gain in one round and moves that are not sure wait for."""
    return _replayed(ctx, flags(ctx), {})


def _key(ctx: Context) -> tuple[tuple[str, str, str, str], tuple[int, ...], int]:
    """What a round hangs on: snapshot, scheme, index and period; the decisions; the open flags."""
    assert ctx.snapshot is not None
    ruled = tuple(one.number for one in ctx.store.decisions(snapshot=ctx.snapshot) if one.matter == ctx.index_id)
    return (ctx.snapshot.id, ctx.digest, ctx.index_id, ctx.period), ruled, hash(tuple(flags(ctx).iter_rows()))


@st.cache_resource(show_spinner=False, max_entries=128)
def _improved(_card: Scorecard, snapshot_id: str, digest: str, index_id: str, period: str, unit: str, score: float) -> WhatIf:
    from kcz_metrics.analysis.whatif import whatif

    return whatif(_card, unit, score=score)


def improved(ctx: Context, unit: str, score: float) -> WhatIf:
    """The smallest feasible improvement with which the unit has this score in the period."""
    assert ctx.snapshot is not None
    return _improved(loading.scorecard(ctx), ctx.snapshot.id, ctx.digest, ctx.index_id, ctx.period, unit, score)


@st.cache_resource(show_spinner=False, max_entries=128)
def _dropped(_card: Scorecard, snapshot_id: str, digest: str, index_id: str, period: str, unit: str, score: float) -> pl.DataFrame:
    from kcz_metrics.analysis.losing import losses

    return losses(_card, unit, score)


def dropped(ctx: Context, unit: str, score: float) -> pl.DataFrame:
    """The falls of one indicator alone with which the unit has no more than this score, the shortest first."""
    assert ctx.snapshot is not None
    return _dropped(loading.scorecard(ctx), ctx.snapshot.id, ctx.digest, ctx.index_id, ctx.period, unit, score)


def trouble(ctx: Context) -> tuple[str, str] | None:
    """Why there is no round to look at, and what to do; None where there is one."""
    policy = ctx.index.tiers
    if policy is None or not policy.levels:
        return ctx.tr("这个指数没有层级。"), ctx.tr("可在侧栏换一个指数，或在方案的 tiers 下写明层级。")
    if not policy.remembers:
        return ctx.tr("这个指数的层级每期重新划分，没有升降可审。"), ctx.tr("在方案的 tiers 下写明 promote 与 demote 之后才有评审。")
    scored = [p for p in ctx.periods if p <= ctx.period and loading.valued(ctx, period=p)]
    first = policy.start.period if policy.start and policy.start.period else scored[0] if scored else ""
    if not scored or ctx.period not in scored or ctx.period <= first:
        return ctx.tr("{period}没有可审的一轮：这是起始期，或还没有得分。", period=number.period(ctx.period, ctx.lang)), ctx.tr(
            "可在侧栏换一个评价期。"
        )
    return None


def matters(found: Sitting) -> pl.DataFrame:
    from kcz_metrics.decisions.ruling import matters as of

    return of(found)


def chosen(ctx: Context, found: Sitting, listed: pl.DataFrame) -> str | None:
    """The unit looked at: the one of the address, else the first of the list, else the first of the board."""
    units = found.rounds.units
    if ctx.unit in units:
        return ctx.unit
    first = listed["unit"].to_list() or found.rows.drop_nulls("tier_after").sort("smoothed", descending=True)["unit"].to_list()
    if not first:
        return None
    strangers.met("unit", ctx.unit, first[0])
    address.put(unit=first[0])
    return str(first[0])


def state(ctx: Context, found: Sitting) -> str:
    """What the basis line says of the round."""
    if found.is_closed:
        return ctx.tr("本轮已办结")
    return ctx.tr("评审中，未办结") if docket(ctx) else ctx.tr("建议，尚无决定")
