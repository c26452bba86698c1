"""Values, measures and records behind a score, from the engine, kept between runs by snapshot, scheme, index and period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

if TYPE_CHECKING:
    from kcz_metrics.engines.values import Values
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot
    from kcz_metrics.ui.context import Context


@st.cache_resource(show_spinner=False, max_entries=48)
def _values(_snapshot: Snapshot, _scheme: Scheme, snapshot_id: str, digest: str, index_id: str, period: str) -> Values:
    from kcz_metrics.engines import duckdb

    return duckdb.values(_snapshot, _scheme, index_id, [period])


def values(ctx: Context, index_id: str | None = None, period: str | None = None) -> Values:
    """Indicator values and measures of every unit of the index in the period."""
    assert ctx.snapshot is not None
    assert ctx.scheme is not None
    return _values(ctx.snapshot, ctx.scheme, ctx.snapshot.id, ctx.scheme.digest, index_id or ctx.index_id, period or ctx.period)


@st.cache_resource(show_spinner=False, max_entries=64)
def _records(
    _snapshot: Snapshot, _scheme: Scheme, snapshot_id: str, digest: str, measure: str, unit: str, kind: str, period: str
) -> pl.DataFrame:
    from kcz_metrics.engines import duckdb

    return duckdb.measure_records(_snapshot, _scheme, measure, unit, period, kind=kind)


def records(ctx: Context, measure: str, unit: str, period: str | None = None) -> pl.DataFrame:
    """The fact's rows behind a measure of a unit: its columns, ``_counted``, ``_reason``, ``_contribution``."""
    assert ctx.snapshot is not None
    assert ctx.scheme is not None
    return _records(ctx.snapshot, ctx.scheme, ctx.snapshot.id, ctx.scheme.digest, measure, unit, ctx.index.unit, period or ctx.period)


def measure_name(ctx: Context, measure: str) -> str:
    """The measure's name in the reader's language; its id where it has none."""
    assert ctx.scheme is not None
    declared = ctx.scheme.measures.get(measure)
    return ctx.text(declared.name, measure) if declared is not None else measure
