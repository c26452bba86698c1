"""What pages read, kept between runs. Keys are the snapshot's id, the scheme's digest, the index and the period: never a
frame and never anything of one user, since every session shares these caches."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from kcz_metrics.ui.places import ROOT

if TYPE_CHECKING:
    import polars as pl

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


@st.cache_resource(show_spinner=False, max_entries=4)
def _scheme(path: str, changed: int, size: int) -> Scheme:
    from kcz_metrics.scheme import load_scheme

    return load_scheme(Path(path))


@st.cache_resource(show_spinner=False, max_entries=16)
def periods(_snapshot: Snapshot, snapshot_id: str) -> tuple[str, ...]:
    """Years with needs posted in them, oldest first."""
    return tuple(str(y) for y in sorted(_snapshot.read("city_context")["year"].unique().to_list()))


@st.cache_resource(show_spinner=False, max_entries=64)
def _scorecard(_snapshot: Snapshot, _scheme: Scheme, snapshot_id: str, digest: str, index_id: str, period: str) -> Scorecard:
    from kcz_metrics.scoring import evaluate

    return evaluate(_scheme, index_id, period, _snapshot)


def scorecard(ctx: Context, index_id: str | None = None, period: str | None = None) -> Scorecard:
    """The scorecard of the context's index and period, or of others."""
    assert ctx.snapshot is not None and ctx.scheme is not None
    return _scorecard(ctx.snapshot, ctx.scheme, ctx.snapshot.id, ctx.scheme.digest, index_id or ctx.index_id, period or ctx.period)


@st.cache_resource(show_spinner=False, max_entries=128)
def _table(_snapshot: Snapshot, snapshot_id: str, table: str) -> pl.DataFrame:
    return _snapshot.read(table)


def table(ctx: Context, name: str) -> pl.DataFrame:
    """Current rows of a record or reference table."""
    assert ctx.snapshot is not None
    return _table(ctx.snapshot, ctx.snapshot.id, name)
