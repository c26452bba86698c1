"""What pages read, kept between runs. Keys are the snapshot's id, the scheme's digest, the index and the period: never a
frame and never anything of one user, since every session shares these caches."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.ui.places import ROOT
from kcz_metrics.ui.standing import standing as standing_of

if TYPE_CHECKING:
    from kcz_metrics.engines.values import Values
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.scoring.scorecard import Scorecard
    from kcz_metrics.store import Snapshot, Store
    from kcz_metrics.ui.context import Context


def scheme_path() -> Path:
    return Path(os.environ.get("KCZ_SCHEME", ROOT / "indicators.yaml"))


def store() -> Store:
    return _store(os.environ.get("KCZ_HOME", str(ROOT / "data" / "store")))


@st.cache_resource(show_spinner=False, max_entries=4)
def _store(home: str) -> Store:
    from kcz_metrics.store import Store

    return Store.open(Path(home))


def scheme() -> Scheme:
    """The scheme in force. Read again when the file has changed."""
    path = scheme_path()
    stat = path.stat()
    return _scheme(str(path), stat.st_mtime_ns, stat.st_size)


def digest() -> str:
    """The scheme's digest: it takes milliseconds, and every key asks for it."""
    path = scheme_path()
    stat = path.stat()
    return _digest(str(path), stat.st_mtime_ns, stat.st_size)


@st.cache_resource(show_spinner=False, max_entries=4)
def _digest(path: str, changed: int, size: int) -> str:
    return _scheme(path, changed, size).digest


@st.cache_resource(show_spinner=False, max_entries=4)
def _scheme(path: str, changed: int, size: int) -> Scheme:
    from kcz_metrics.scheme import load_scheme

    return load_scheme(Path(path))


@st.cache_resource(show_spinner=False, max_entries=16)
def periods(_snapshot: Snapshot, snapshot_id: str) -> tuple[str, ...]:
    """Years that the sizes of the cities are known for, oldest first."""
    return tuple(str(y) for y in sorted(_snapshot.read("city_context")["year"].unique().to_list()))


class _Shelf:
    """The values of the indices of one snapshot and scheme, each worked out once, whoever asks first."""

    def __init__(self) -> None:
        self.found: dict[str, Values] = {}
        self.lock = Lock()

    def of(self, snapshot: Snapshot, scheme: Scheme, periods: tuple[str, ...], index_ids: Iterable[str]) -> Mapping[str, Values]:
        from kcz_metrics.scoring.periods import values_for_several

        with self.lock:
            missing = [scheme.indices[one] for one in index_ids if one not in self.found]
            if missing:
                self.found |= values_for_several(scheme, missing, periods, snapshot)
            return self.found


@st.cache_resource(show_spinner=False, max_entries=4)
def _shelf(snapshot_id: str, digest: str, periods: tuple[str, ...]) -> _Shelf:
    return _Shelf()


def _values(ctx: Context, index_ids: Iterable[str]) -> Mapping[str, Values]:
    assert ctx.snapshot is not None
    assert ctx.scheme is not None
    return _shelf(ctx.snapshot.id, ctx.digest, ctx.periods).of(ctx.snapshot, ctx.scheme, ctx.periods, index_ids)


def values(ctx: Context, index_id: str | None = None) -> Values:
    """Indicator values of every period at once: one pass over the records costs as much for one period as for all."""
    wanted = index_id or ctx.index_id
    return _values(ctx, [wanted])[wanted]


def ready(ctx: Context, index_ids: Iterable[str]) -> None:
    """Work out the values of several indices in one pass, before they are asked for one by one."""
    _values(ctx, index_ids)


def valued(ctx: Context, index_id: str | None = None, period: str | None = None) -> bool:
    """Whether any unit of the index is active in the period: without one there is no scorecard."""
    return bool((values(ctx, index_id).frame["period"] == (period or ctx.period)).any())


@st.cache_resource(show_spinner=False, max_entries=64)
def _scorecard(_values: Values, _scheme: Scheme, snapshot_id: str, digest: str, index_id: str, period: str) -> Scorecard:
    from kcz_metrics.scoring import score

    return score(_values, _scheme.indices[index_id], period, _scheme)


def scorecard(ctx: Context, index_id: str | None = None, period: str | None = None) -> Scorecard:
    """The scorecard of the context's index and period, or of others."""
    assert ctx.scheme is not None
    return _scorecard(values(ctx, index_id), ctx.scheme, *_key(ctx, index_id, period))


@st.cache_resource(show_spinner=False, max_entries=128)
def _table(_snapshot: Snapshot, snapshot_id: str, table: str) -> pl.DataFrame:
    return _snapshot.read(table)


def table(ctx: Context, name: str) -> pl.DataFrame:
    """Current rows of a record or reference table."""
    assert ctx.snapshot is not None
    return _table(ctx.snapshot, ctx.snapshot.id, name)


@st.cache_resource(show_spinner=False, max_entries=64)
def _tiers(_card: Scorecard, snapshot_id: str, digest: str, index_id: str, period: str) -> pl.DataFrame | None:
    from kcz_metrics.decisions.tiers import assign

    return assign(_card) if _card.index.tiers and _card.index.tiers.levels else None


def tiers(ctx: Context, index_id: str | None = None, period: str | None = None) -> pl.DataFrame | None:
    """``unit, tier`` as the scheme has them now; None for an index without levels."""
    return _tiers(scorecard(ctx, index_id, period), *_key(ctx, index_id, period))


@st.cache_resource(show_spinner=False, max_entries=64)
def _standing(
    _card: Scorecard, _before: Scorecard | None, _tiers: pl.DataFrame | None, snapshot_id: str, digest: str, index_id: str, period: str
) -> pl.DataFrame:
    return standing_of(_card, _before, _tiers)


def standing(ctx: Context, index_id: str | None = None, period: str | None = None) -> pl.DataFrame:
    """One row a unit; columns as in :func:`kcz_metrics.ui.standing.standing`."""
    now = period or ctx.period
    earlier = [p for p in ctx.periods if p < now]
    before = scorecard(ctx, index_id, earlier[-1]) if earlier and valued(ctx, index_id, earlier[-1]) else None
    return _standing(scorecard(ctx, index_id, now), before, tiers(ctx, index_id, now), *_key(ctx, index_id, now))


@st.cache_resource(show_spinner=False, max_entries=256)
def _explained(_card: Scorecard, unit: str, against: str | None, snapshot_id: str, digest: str, index_id: str, period: str) -> pl.DataFrame:
    from kcz_metrics.analysis.explain import explain

    return explain(_card, unit, against)


def explained(ctx: Context, unit: str, against: str | None = None, index_id: str | None = None, period: str | None = None) -> pl.DataFrame:
    """``node, parent, is_leaf, value, score, weight, contribution`` of one unit, as it is or less another one."""
    return _explained(scorecard(ctx, index_id, period), unit, against, *_key(ctx, index_id, period))


@st.cache_resource(show_spinner=False, max_entries=32)
def _parts(_card: Scorecard, snapshot_id: str, digest: str, index_id: str, period: str) -> Mapping[str, Mapping[str, float]]:
    from kcz_metrics.analysis.explain import explain

    root = _card.index.id
    ranked = _card.scores.filter((pl.col("node") == root) & pl.col("rank").is_not_null())["unit"].to_list()
    return {unit: dict(explain(_card, unit).filter(pl.col("parent") == root).select("node", "contribution").iter_rows()) for unit in ranked}


def parts(ctx: Context, index_id: str | None = None, period: str | None = None) -> Mapping[str, Mapping[str, float]]:
    """Ranked unit to what each child of the root contributes to its score."""
    return _parts(scorecard(ctx, index_id, period), *_key(ctx, index_id, period))


def _key(ctx: Context, index_id: str | None, period: str | None) -> tuple[str, str, str, str]:
    assert ctx.snapshot is not None
    return ctx.snapshot.id, ctx.digest, index_id or ctx.index_id, period or ctx.period
