"""The selection that a page looks at, kept between runs: the candidates by snapshot, scheme and flags, each answer by the numbers tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import streamlit as st

from kcz_metrics.decisions.altering import altered, differing, numbers, whole
from kcz_metrics.scheme.selections import Selection as Policy
from kcz_metrics.store import Docket
from kcz_metrics.ui import address, choosing, flagged, loading, number, strangers
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.decisions.selection import Selection
    from kcz_metrics.methods import Array
    from kcz_metrics.scoring import Scorecard
    from kcz_metrics.store import Decision

#: As the command draws, so that page and command say the same.
DRAWS, SEED = 1000, 2022
RELAX = "yes"


@dataclass(frozen=True)
class Round:
    """A selection as the page shows it: ``own`` the scheme's rules, ``policy`` with the ``changed`` numbers, ``found`` its answer,
    ``relaxed`` whether quotas may give way."""

    ctx: Context
    id: str
    own: Policy
    policy: Policy
    changed: Mapping[str, float]
    relaxed: bool
    found: Selection

    @property
    def tried(self) -> bool:
        """Whether this is something else than the scheme proposes."""
        return bool(self.changed) or (self.relaxed and self.found.relaxation.height > 0)

    @property
    def key(self) -> str:
        """What the answer hangs on."""
        assert self.ctx.snapshot is not None
        parts = (self.ctx.snapshot.id, self.ctx.digest, self.id, self.ctx.period, text(self.changed), str(self.relaxed))
        return "|".join((*parts, str(hash(tuple(sorted(open_flags(self.ctx, self.own).items()))))))


def ids(ctx: Context) -> tuple[str, ...]:
    """Selections over the context's index."""
    return tuple(one for one, policy in ctx.scheme.selections.items() if policy.index == ctx.index_id) if ctx.scheme else ()


def choose(ctx: Context) -> str:
    """The selection looked at; a choice only where the index has several."""
    assert ctx.scheme is not None
    known = ids(ctx)
    names = {one: ctx.text(ctx.scheme.selections[one].name, one) for one in known}
    if len(known) == 1:
        strangers.known("selection", known, names[known[0]])
        return known[0]
    return choosing.select("selection", ctx.tr("遴选"), known, names.__getitem__, key="selection.id", fallback=known[0]) or known[0]


def text(values: Mapping[str, float]) -> str:
    """The numbers tried as they stand in the address."""
    return ",".join(f"{place}:{value:g}" for place, value in values.items())


def asked(policy: Policy) -> dict[str, float]:
    """Numbers of the address that are not the scheme's; what names none, or is none, is told and left out."""
    known, found, strange = numbers(policy), {}, []
    for part in filter(None, (address.get("set") or "").split(",")):
        place, _, words = part.partition(":")
        try:
            value = float(words)
        except ValueError:
            value = float("nan")
        if place not in known or not 0 <= value <= 1000 or (whole(place) and value != int(value)):
            strange.append(part)
        else:
            found[place] = value
    changed = differing(policy, found)
    if strange:
        strangers.met("set", ",".join(strange), text(changed), text(changed))
        address.put(set=text(changed))
    return changed


def opened(ctx: Context, selection_id: str) -> Round:
    """The selection with the numbers of the address."""
    assert ctx.scheme is not None
    own = ctx.scheme.selections[selection_id]
    changed = asked(own)
    relaxed = strangers.known("relax", (RELAX,), ctx.tr("不放宽")) == RELAX
    return solved(ctx, selection_id, changed, relaxed)


def solved(ctx: Context, selection_id: str, changed: Mapping[str, float], relaxed: bool, period: str | None = None) -> Round:
    """The selection under the scheme's rules with these numbers."""
    assert ctx.scheme is not None
    assert ctx.snapshot is not None
    own = ctx.scheme.selections[selection_id]
    policy = altered(own, changed)
    flags = open_flags(ctx, own, period)
    frame = candidates(ctx, own, flags, period)
    marks = hash(tuple(sorted(flags.items())))
    decimals = ctx.scheme.indices[own.index].rank.decimals
    snapshot, when = ctx.snapshot.id, period or ctx.period
    found = _selected(frame, policy, decimals, snapshot, ctx.digest, selection_id, when, marks, text(changed), relaxed)
    return Round(ctx, selection_id, own, policy, dict(changed), relaxed, found)


@st.cache_resource(show_spinner=False, max_entries=64)
def _selected(
    _frame: pl.DataFrame, _policy: Policy, _decimals: int | None, snapshot_id: str, digest: str, selection_id: str, period: str, marks: int,
    changed: str, relaxed: bool,
) -> Selection:  # fmt: skip
    from kcz_metrics.decisions.selection import select

    return select(_frame, _policy, _decimals, relaxed)


def open_flags(ctx: Context, policy: Policy, period: str | None = None) -> Mapping[str, int]:
    """Unit to its open flags with evidence in the period, hints aside; none are looked for where the rules do not ask."""
    from kcz_metrics.language.periods import period as parse
    from kcz_metrics.quality.standing import open_by_unit, within

    if policy.eligible.open_flags is None:
        return {}
    return open_by_unit(within(flagged.standings(ctx), parse(period or ctx.period)))


def candidates(ctx: Context, policy: Policy, flags: Mapping[str, int], period: str | None = None) -> pl.DataFrame:
    """A row a unit, as :func:`kcz_metrics.decisions.candidates.candidates` makes it."""
    assert ctx.snapshot is not None
    when = period or ctx.period
    earlier = [p for p in ctx.periods if p < when and loading.valued(ctx, policy.index, p)]
    before = loading.scorecard(ctx, policy.index, earlier[-1]) if earlier and "previous_rank" in policy.ties else None
    card = loading.scorecard(ctx, policy.index, when)
    marks = hash(tuple(sorted(flags.items())))
    return _candidates(
        ctx, card, before, policy, dict(flags), ctx.snapshot.id, ctx.digest, policy.index, when, marks, ",".join(policy.ties)
    )


@st.cache_resource(show_spinner=False, max_entries=16)
def _candidates(
    _ctx: Context, _card: Scorecard, _before: Scorecard | None, _policy: Policy, _flags: Mapping[str, int], snapshot_id: str, digest: str,
    index_id: str, period: str, marks: int, ties: str,
) -> pl.DataFrame:  # fmt: skip
    from kcz_metrics.decisions.candidates import candidates as of

    return of(_card, _policy, attributes(_ctx, _policy.index, period), _before, _flags)


@st.cache_resource(show_spinner=False, max_entries=16)
def _attributes(_ctx: Context, snapshot_id: str, digest: str, index_id: str, period: str) -> pl.DataFrame:
    from kcz_metrics.engines.attributes import attributes as of

    assert _ctx.snapshot is not None
    assert _ctx.scheme is not None
    return of(_ctx.snapshot, _ctx.scheme, _ctx.scheme.indices[index_id].unit, period)


def attributes(ctx: Context, index_id: str, period: str | None = None) -> pl.DataFrame:
    """What the records say of each unit in the year besides its own columns."""
    assert ctx.snapshot is not None
    return _attributes(ctx, ctx.snapshot.id, ctx.digest, index_id, period or ctx.period)


@st.cache_resource(show_spinner=False, max_entries=8)
def _drawn(_card: Scorecard, snapshot_id: str, digest: str, index_id: str, period: str) -> Array:
    from kcz_metrics.analysis.intervals import SHARE
    from kcz_metrics.scoring.block import block
    from kcz_metrics.scoring.draws import Moves
    from kcz_metrics.scoring.variants import Variants

    width = _card.index.bounds.share if _card.index.bounds else SHARE
    return block(_card, Variants(DRAWS, SEED, Moves(width))).scores


def drawn(seen: Round) -> tuple[pl.Series, Array]:
    """Units of the index, and (draw, unit) their scores under drawn weights."""
    ctx = seen.ctx
    assert ctx.snapshot is not None
    card = loading.scorecard(ctx, seen.policy.index)
    return card.units["unit"], _drawn(card, ctx.snapshot.id, ctx.digest, seen.policy.index, ctx.period)


def cut_line(seen: Round) -> pl.DataFrame:
    """See :func:`kcz_metrics.decisions.cutline.cut_line`."""
    from kcz_metrics.decisions.cutline import cut_line as of

    names, scores = drawn(seen)
    return of(seen.found, names, scores)


def spans(seen: Round) -> pl.DataFrame:
    """``unit, low, high``: nine in ten draws of the weights give a score between them; null where some draw gives none."""
    names, scores = drawn(seen)
    low, high = np.quantile(scores, [0.05, 0.95], axis=0)
    return pl.DataFrame({"unit": names, "low": low, "high": high}).with_columns(pl.col("low", "high").fill_nan(None))


def docket(seen: Round) -> Docket:
    return Docket("selection", seen.id, seen.ctx.period)


def decisions(ctx: Context, selection_id: str, period: str | None = None) -> tuple[Decision, ...]:
    """Every decision on the list of the period, up to the page's snapshot."""
    return ctx.store.decisions(Docket("selection", selection_id, period or ctx.period), ctx.snapshot)


def trouble(ctx: Context) -> tuple[str, str] | None:
    """Why there is nothing to select, and what to do; None where there is something."""
    if not ids(ctx):
        return ctx.tr("这个指数没有遴选规则。"), ctx.tr("可在侧栏换一个指数，或在方案的 selections 下写明名额。")
    if not loading.valued(ctx):
        when = number.period(ctx.period, ctx.lang)
        return ctx.tr("{period}没有列入这个指数的评价对象。", period=when), ctx.tr("可在侧栏换一个评价期。")
    return None
