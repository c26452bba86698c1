"""Flags as the pages read them, kept between runs: what the rules find in a snapshot, where each stands, what confirming would do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from kcz_metrics.ui import loading
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.quality.effects import Effect
    from kcz_metrics.quality.flag import Flag
    from kcz_metrics.quality.standing import Standing
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot
    from kcz_metrics.tables.labels import Label


def _thresholds(ctx: Context) -> str:
    """What the scheme says of the rules, as a key."""
    return json.dumps(dict(ctx.scheme.quality), sort_keys=True, default=str) if ctx.scheme else ""


@st.cache_resource(show_spinner=False, max_entries=8)
def _found(_snapshot: Snapshot, _scheme: Scheme | None, snapshot_id: str, thresholds: str) -> tuple[Flag, ...]:
    from kcz_metrics.quality.parameters import thresholds as of
    from kcz_metrics.quality.scan import scan

    return scan(_snapshot, thresholds=of(_scheme))


@st.cache_resource(show_spinner=False, max_entries=8)
def _names(_snapshot: Snapshot, snapshot_id: str) -> Mapping[str, Label]:
    from kcz_metrics.quality.scan import names

    return names(_snapshot)


def names(ctx: Context) -> Mapping[str, Label]:
    """Id to name of every city, team and body."""
    assert ctx.snapshot is not None
    return _names(ctx.snapshot, ctx.snapshot.id)


def name(ctx: Context, id: str) -> str:
    found = names(ctx).get(id)
    return found.in_(ctx.lang) if found else id


def standings(ctx: Context) -> tuple[Standing, ...]:
    """Every flag of the context's snapshot and every decided one, with its state."""
    from kcz_metrics.quality.standing import standings as of

    assert ctx.snapshot is not None
    return of(_found(ctx.snapshot, ctx.scheme, ctx.snapshot.id, _thresholds(ctx)), ctx.store.flag_decisions(ctx.snapshot))


def open_flags(ctx: Context) -> Mapping[str, int]:
    """Unit to its number of open flags, hints aside: what a ranking marks. The rules run once a snapshot."""
    from kcz_metrics.quality.standing import open_by_unit

    return open_by_unit(standings(ctx))


@st.cache_resource(show_spinner=False, max_entries=64)
def _effect(
    _ctx: Context, _flag: Flag, snapshot_id: str, digest: str, flag_id: str, left_out: tuple[str, ...], period: str, wilful: bool
) -> Effect:
    from kcz_metrics.quality.effects import effect, proposal

    assert _ctx.snapshot is not None
    assert _ctx.scheme is not None
    proposed = {record: of for record, of in proposal(_flag).items() if record in left_out}
    known = period in _ctx.periods
    return effect(
        _ctx.snapshot,
        _ctx.scheme,
        _flag,
        proposed,
        period,
        wilful=wilful,
        values_of=(lambda index: loading.values(_ctx, index)) if known else None,
        card_of=(lambda index: loading.scorecard(_ctx, index, period)) if known else None,
    )


def effect(ctx: Context, flag: Flag, left_out: tuple[str, ...], period: str, wilful: bool) -> Effect:
    """What confirming would do with these of its records."""
    assert ctx.snapshot is not None
    return _effect(ctx, flag, ctx.snapshot.id, ctx.digest, flag.id, left_out, period, wilful)
