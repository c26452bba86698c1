"""What the audit page shows, worked out once for a snapshot, scheme, index and period and kept for all sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.ui import loading, measured, standing
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.analysis.robustness import Robustness
    from kcz_metrics.scoring.scorecard import Scorecard


def key(ctx: Context) -> tuple[str, str, str, str]:
    assert ctx.snapshot is not None
    return ctx.snapshot.id, ctx.digest, ctx.index_id, ctx.period


def ranks(ctx: Context) -> bool:
    """Whether the index ranks anybody in the period: without that there is nothing to audit."""
    if not ctx.index_id or not loading.valued(ctx):
        return False
    return loading.standing(ctx)["rank"].is_not_null().any()


def before(ctx: Context) -> Scorecard | None:
    """The scorecard of the period before, where anybody had values."""
    if ctx.previous is None or not loading.valued(ctx, period=ctx.previous):
        return None
    return loading.scorecard(ctx, period=ctx.previous)


@st.cache_resource(show_spinner=False, max_entries=16)
def _turned(_card: Scorecard, snapshot_id: str, digest: str, index_id: str, period: str) -> pl.DataFrame:
    from kcz_metrics.analysis.diagnosis_ranking import turned_pairs

    return turned_pairs(_card)


def turned(ctx: Context) -> pl.DataFrame:
    """``unit, turned``: how many pairs of others change their order when it is left out."""
    return _turned(loading.scorecard(ctx), *key(ctx))


@st.cache_resource(show_spinner=False, max_entries=16)
def _figures(
    _card: Scorecard, _before: Scorecard | None, _pairs: pl.DataFrame, snapshot_id: str, digest: str, index_id: str, period: str
) -> pl.DataFrame:
    from kcz_metrics.analysis.diagnose import diagnose

    return diagnose(_card, _before, _pairs)


def figures(ctx: Context) -> pl.DataFrame:
    """``section, subject, other, figure, value, flag``: what ``kcz diagnose`` gives."""
    return _figures(loading.scorecard(ctx), before(ctx), turned(ctx), *key(ctx))


def section(ctx: Context, name: str) -> pl.DataFrame:
    return figures(ctx).filter(pl.col("section") == name)


@st.cache_resource(show_spinner=False, max_entries=16)
def _effects(_card: Scorecard, snapshot_id: str, digest: str, index_id: str, period: str) -> Mapping[str, float]:
    from kcz_metrics.analysis.diagnose import left_out

    return left_out(_card)


def effects(ctx: Context) -> Mapping[str, float]:
    """Indicator to the mean change in rank if it were left out."""
    return _effects(loading.scorecard(ctx), *key(ctx))


@st.cache_resource(show_spinner=False, max_entries=16)
def _findings(
    _figures: pl.DataFrame, _effects: Mapping[str, float], snapshot_id: str, digest: str, index_id: str, period: str
) -> pl.DataFrame:
    from kcz_metrics.analysis.findings import findings as named

    return named(_figures, _effects)


def findings(ctx: Context) -> pl.DataFrame:
    """``kind, section, subject, other, figure, value, effect, matters``, what matters first."""
    return _findings(figures(ctx), effects(ctx), *key(ctx))


@st.cache_resource(show_spinner=False, max_entries=16)
def _correlations(_card: Scorecard, snapshot_id: str, digest: str, index_id: str, period: str) -> pl.DataFrame:
    from kcz_metrics.analysis.diagnosis_structure import correlations as of

    return of(_card)


def correlations(ctx: Context) -> pl.DataFrame:
    """``row, column, value`` of every two indicators."""
    return _correlations(loading.scorecard(ctx), *key(ctx))


@st.cache_resource(show_spinner=False, max_entries=4)
def _drawn(_card: Scorecard, snapshot_id: str, digest: str, index_id: str, period: str) -> Robustness:
    from kcz_metrics.analysis.diagnosis_ranking import drawn as draw

    return draw(_card)


def drawn(ctx: Context) -> Robustness:
    """The runs by which neighbours are told apart."""
    return _drawn(loading.scorecard(ctx), *key(ctx))


def names(ctx: Context) -> Mapping[str, str]:
    """Unit to name in the reader's language."""
    return standing.names(loading.standing(ctx), ctx.lang)


def called(ctx: Context, subject: str | None) -> str:
    """An indicator or node by its name, a unit by its own, a column of units by its label; else the code."""
    if subject is None:
        return ""
    named = ctx.name(subject)
    if named != subject:
        return named
    return names(ctx).get(subject) or column(ctx, subject)


def column(ctx: Context, name: str) -> str:
    """A column that units carry, in words: as the dimension or a record table labels it, else a measure's or denominator's code."""
    from kcz_metrics.facts import UNITS
    from kcz_metrics.tables import TABLES

    if ctx.scheme is not None and name in ctx.scheme.measures:
        return measured.measure_name(ctx, name)
    dimension = UNITS.get(ctx.index.unit)
    if dimension is not None and name in dimension.columns:
        return _capital(dimension.columns[name].label.in_(ctx.lang))
    found = next((t.columns[name].label for t in TABLES.values() if name in t.columns), None)
    return _capital(found.in_(ctx.lang)) if found is not None else name


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]
