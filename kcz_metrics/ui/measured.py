"""The records behind a measure, from the engine, kept between runs; and what a measure is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot
    from kcz_metrics.ui.context import Context


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
    return _records(ctx.snapshot, ctx.scheme, ctx.snapshot.id, ctx.digest, measure, unit, ctx.index.unit, period or ctx.period)


def measure_name(ctx: Context, measure: str) -> str:
    """The measure's name in the reader's language; its id where it has none."""
    assert ctx.scheme is not None
    declared = ctx.scheme.measures.get(measure)
    return ctx.text(declared.name, measure) if declared is not None else measure
