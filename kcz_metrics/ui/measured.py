"""The records behind a measure, from the engine, kept between runs; and what a measure is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.ui import number

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


def more(ctx: Context, measure: str | None, amount: float | None) -> str:
    """How much more of a measure: “合同 +14”; of one in yuan, as money."""
    if measure is None or amount is None:
        return ""
    assert ctx.scheme is not None
    name = measure_name(ctx, measure)
    bare = name.removesuffix("（元）").removesuffix(" (CNY)")  # the amount says its own
    sign = "+" if amount > 0 else number.MINUS
    if bare != name or (ctx.scheme.measures[measure].of or "").endswith("_cny"):
        size = number.money(abs(amount), ctx.lang)
    else:
        size = number.decimal(abs(amount), 0 if float(amount).is_integer() else 2)
    return ctx.tr("{measure} {amount}", measure=bare, amount=f"{sign}{size}")
