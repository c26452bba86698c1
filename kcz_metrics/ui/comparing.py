"""Two snapshots side by side: the one the page looks at, and the one it is compared with; and how their rows differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.ui import address, asof, choosing, loading, strangers
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot, Store


#: The parts of the page: what differs between two snapshots, and why a ranking changed.
SNAPSHOTS, CAUSE = "snapshots", "cause"


def part(ctx: Context) -> str:
    """Which part of the page is shown."""
    words = {SNAPSHOTS: ctx.tr("两个快照之间"), CAUSE: ctx.tr("为什么变")}
    return choosing.segments("part", ctx.tr("内容"), list(words), words.__getitem__, key="changes.part", fallback=SNAPSHOTS, hidden=True)


@dataclass(frozen=True)
class Pair:
    """``now`` is the context of the page, ``was`` the same with the other snapshot."""

    now: Context
    was: Context

    @cached_property
    def ranking(self) -> pl.DataFrame | None:
        """As :func:`kcz_metrics.analysis.movement.movement`; None where either snapshot knows no unit of the index in the period."""
        from kcz_metrics.analysis.movement import movement

        if not all(self.now.period in one.periods and loading.valued(one) for one in (self.now, self.was)):
            return None
        return movement(loading.scorecard(self.now), loading.scorecard(self.was))

    @cached_property
    def rows(self) -> pl.DataFrame:
        """Rows that differ, of all tables; columns as :data:`kcz_metrics.store.differences.COLUMNS`."""
        now, was = self.now.snapshot, self.was.snapshot
        assert now is not None
        assert was is not None
        return _rows(self.now.store, was, now, was.id, now.id)

    @property
    def moved(self) -> pl.DataFrame:
        """Units whose score, rank or being ranked is not the same."""
        if self.ranking is None:
            return pl.DataFrame()
        unlike = pl.col("score").ne_missing(pl.col("score_before")) | pl.col("rank").ne_missing(pl.col("rank_before"))
        return self.ranking.filter(unlike)


@st.cache_resource(show_spinner=False, max_entries=16)
def _rows(_store: Store, _before: Snapshot, _now: Snapshot, before: str, now: str) -> pl.DataFrame:
    from kcz_metrics.store.differences import between

    return between(_before, _now, _store.snapshots())


def pair(ctx: Context) -> Pair | None:
    """The page's snapshot and the one that the address asks for, else the one before (for the first: the one after it)."""
    assert ctx.snapshot is not None
    others = [one for one in ctx.snapshots if one.id != ctx.snapshot.id]
    if not others:
        return None
    earlier = [one for one in others if one.number < ctx.snapshot.number]
    fallback = earlier[0] if earlier else others[-1]
    begins = address.get("against") or ""
    chosen = next((one for one in others if begins and one.id.startswith(begins)), fallback)
    if not chosen.id.startswith(begins):
        strangers.met("against", begins, "", asof.called(ctx, chosen))
        address.put(against=None)
    snapshot = ctx.store.snapshot(chosen.id)
    return Pair(ctx, replace(ctx, snapshot=snapshot, periods=loading.periods(snapshot, snapshot.id)))


def choose(both: Pair) -> None:
    """Which snapshot is compared with."""
    ctx = both.now
    assert ctx.snapshot is not None
    assert both.was.snapshot is not None
    known = {one.id[: asof.LENGTH]: one for one in ctx.snapshots if one.id != ctx.snapshot.id}
    choosing.select(
        "against", ctx.tr("与哪个快照比较"), list(known), lambda code: asof.called(ctx, known[code]), key="changes.against",
        fallback=both.was.snapshot.id[: asof.LENGTH], clears=("unit", "indicator", "measure"), width=420,
    )  # fmt: skip
