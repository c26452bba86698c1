"""What the needs page stands on: the day, what was known by then, the best team of every open need, and how often that was right before."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.matching import Weights
    from kcz_metrics.matching.reading import Records
    from kcz_metrics.matching.resources import Resources
    from kcz_metrics.matching.suggesting import Desk
    from kcz_metrics.store import Snapshot

BEST = 5
#: The method whose places are those of the suggestions themselves.
OWN = "matching"


def weights() -> Weights:
    """The weights of ``KCZ_MATCHING``, or the shipped ones. Read again when the file has changed."""
    given = os.environ.get("KCZ_MATCHING", "")
    return _weights(given, Path(given).stat().st_mtime_ns if given and Path(given).is_file() else 0)


@st.cache_resource(show_spinner=False, max_entries=4)
def _weights(path: str, changed: int) -> Weights:
    from kcz_metrics.matching import load_weights

    return load_weights(Path(path) if path else None)


@st.cache_resource(show_spinner=False, max_entries=2)
def _records(_snapshot: Snapshot, snapshot_id: str) -> Records:
    from kcz_metrics.matching import read

    return read(_snapshot)


def records(ctx: Context) -> Records:
    assert ctx.snapshot is not None
    return _records(ctx.snapshot, ctx.snapshot.id)


def day(ctx: Context) -> date | None:
    """The last day of the period, or of the records where they end before; None without needs."""
    from kcz_metrics.language.periods import period
    from kcz_metrics.matching.reading import last_day

    last = last_day(records(ctx))
    return None if last is None else min(last, period(ctx.period).end - timedelta(days=1))


@st.cache_resource(show_spinner=False, max_entries=4)
def _desk(_records: Records, _weights: Weights, snapshot_id: str, as_of: date, weights_id: int) -> Desk:
    from kcz_metrics.matching.suggesting import desk

    return desk(_records, as_of, _weights)


def desk(ctx: Context, as_of: date) -> Desk:
    assert ctx.snapshot is not None
    chosen = weights()
    return _desk(records(ctx), chosen, ctx.snapshot.id, as_of, hash(tuple(chosen.team.values())))


@st.cache_resource(show_spinner=False, max_entries=4)
def _board(_at: Desk, snapshot_id: str, as_of: date, weights_id: int) -> pl.DataFrame:
    from kcz_metrics.matching.suggesting import best_teams

    needs = _at.asked()
    begun = _at.seen.dockings.group_by("need_id").agg(pl.len().alias("dockings"), pl.col("met_at").is_not_null().sum().alias("met"))
    first = best_teams(_at, needs, 1).select(pl.col("need").alias("need_id"), pl.col("candidate").alias("best"), "score")
    waited = (pl.lit(as_of) - pl.col("posted_at").dt.date()).dt.total_days()
    return (
        needs.with_columns(waited.alias("days"))
        .join(begun, on="need_id", how="left")
        .with_columns(pl.col("dockings", "met").fill_null(0))
        .join(first, on="need_id", how="left")
        .sort("posted_at", "need_id", descending=[True, False])
    )


def board(ctx: Context, at: Desk) -> pl.DataFrame:
    """Open needs, latest first: ``days`` since posting, ``dockings`` begun, ``met`` of them, the ``best`` team and its ``score``."""
    assert ctx.snapshot is not None
    return _board(at, ctx.snapshot.id, at.seen.as_of, hash(tuple(at.weights.team.values())))


@st.cache_resource(show_spinner=False, max_entries=8)
def _stock(_at: Desk, snapshot_id: str, as_of: date, weights_said: str, need_id: str) -> Resources:
    from kcz_metrics.matching.resources import need_texts, resources

    return resources(_at.seen, need_texts(_at.records, [need_id]), _at.weights)


def stock(ctx: Context, at: Desk, need_id: str) -> Resources:
    """The resources known by the day, made ready for one need: the titles are broken up, which a click on another row need not repeat."""
    assert ctx.snapshot is not None
    return _stock(at, ctx.snapshot.id, at.seen.as_of, repr(at.weights), need_id)


@st.cache_resource(show_spinner=False, max_entries=4)
def _asked_again(_at: Desk, snapshot_id: str, as_of: date, weights_id: int) -> pl.DataFrame:
    from kcz_metrics.matching.evaluating import BASELINES, LOOK_BACK, by_weights, places

    methods = {OWN: by_weights(_at.weights), **BASELINES}
    return places(_at.records, methods, _at.weights, as_of - LOOK_BACK, as_of + timedelta(days=1), _at.texts)


def asked_again(ctx: Context, at: Desk) -> pl.DataFrame:
    """The needs docked in the last 13 weeks, asked again: columns of :func:`kcz_metrics.matching.evaluating.places`."""
    assert ctx.snapshot is not None
    return _asked_again(at, ctx.snapshot.id, at.seen.as_of, hash(tuple(at.weights.team.values())))


def measured(ctx: Context, at: Desk) -> pl.DataFrame:
    """The hit rate over the dockings of the last 13 weeks: columns of :func:`kcz_metrics.matching.evaluating.evaluate`."""
    from kcz_metrics.matching.evaluating import BASELINES, rates_of

    return rates_of(asked_again(ctx, at), [OWN, *BASELINES])
