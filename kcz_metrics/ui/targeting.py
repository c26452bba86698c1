"""The year's targets as pages need them: standing at a month, kept between runs, and every figure in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.reports import target_words
from kcz_metrics.ui import loading, number, strangers
from kcz_metrics.ui.behind import scores as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import Source

if TYPE_CHECKING:
    from kcz_metrics.decisions.targets import Standing
    from kcz_metrics.engines.targets import Course
    from kcz_metrics.scheme.models import Scheme, Target
    from kcz_metrics.scoring import Scorecard
    from kcz_metrics.store import Snapshot

DONE, NEARLY, COURSE, BEHIND, NOTHING = "done", "nearly_done", "on_course", "behind", "no_data"


@st.cache_resource(show_spinner=False, max_entries=16)
def _course(_snapshot: Snapshot, _scheme: Scheme, snapshot_id: str, digest: str, year: int) -> Course:
    from kcz_metrics.engines.targets import course

    return course(_snapshot, _scheme, year)


@st.cache_resource(show_spinner=False, max_entries=32)
def _standing(_ctx: Context, snapshot_id: str, digest: str, year: int, at: str) -> Standing:
    from kcz_metrics.decisions.targets import standing

    ctx = _ctx
    assert ctx.snapshot is not None
    assert ctx.scheme is not None

    def scored(index_id: str) -> Scorecard:
        return loading.scorecard(ctx, index_id, str(year))

    return standing(ctx.scheme, _course(ctx.snapshot, ctx.scheme, snapshot_id, digest, year), at, scored)


def course(ctx: Context) -> Course:
    """What every target counts through the context's year and the year before."""
    assert ctx.snapshot is not None
    assert ctx.scheme is not None
    return _course(ctx.snapshot, ctx.scheme, ctx.snapshot.id, ctx.digest, int(ctx.period[:4]))


def standing(ctx: Context, at: str | None = None) -> Standing:
    """The targets at the period's end, or at the end of another month of its year."""
    assert ctx.snapshot is not None
    return _standing(ctx, ctx.snapshot.id, ctx.digest, int(ctx.period[:4]), at or ctx.period)


def months(ctx: Context) -> tuple[str, ...]:
    """Months of the context's year that the records reach, latest first."""
    from kcz_metrics.decisions.targets import looked_at
    from kcz_metrics.language.periods import parts, period

    last = looked_at(ctx.period, course(ctx).reported_on).month
    year = parts(period(ctx.period[:4]), "month")
    return tuple(m.id for m in reversed(year) if last is not None and m.id <= last)


def chosen_month(ctx: Context) -> str | None:
    """The month that the address asks for; None for the period as it is."""
    known = months(ctx)
    asked = strangers.known("at", known, number.period(known[0], ctx.lang) if known else "")
    return asked if known and asked != known[0] else None


def name(ctx: Context, id_: str) -> str:
    assert ctx.scheme is not None
    return ctx.text(ctx.scheme.targets[id_].name, id_)


def state(ctx: Context, code: str, over: bool) -> str:
    """A state in words: at the year's end what is behind was missed."""
    return ctx.text(target_words.state(code, over))


def reason(ctx: Context, code: str | None, over: bool = False) -> str:
    """Why a state is what it is, in a sentence; nothing where the state says it all."""
    return ctx.text(target_words.reason(code, over))


def figure(ctx: Context, target: Target, value: float | None) -> str:
    """A value or goal of a target: a share where it is asked of units or is a ratio, else a count."""
    if value is None:
        return number.MISSING
    if target.per_unit:
        return number.share(value)
    return number.count(value) if float(value).is_integer() else number.decimal(value, 1)


def ahead(found: Standing, target: Target, id_: str) -> tuple[float, float, float] | None:
    """Forecast of the year's end, low and high; counts as whole numbers. None where there is none or the year is over."""
    row = found.row(id_)
    if row["forecast"] is None or found.day.over:
        return None
    low, middle, high = (float(str(row[name])) for name in ("forecast_low", "forecast", "forecast_high"))
    return (middle, low, high) if target.per_unit else (float(round(middle)), float(math.floor(low)), float(math.ceil(high)))


def unit_figure(ctx: Context, target: Target, value: float | None) -> str:
    """A unit's own value under a target over units."""
    if value is None:
        return number.MISSING
    if target.formula is not None and "/" in target.formula:
        return number.share(value)
    shown = number.count(value) if float(value).is_integer() else number.decimal(value, 1)
    return f"{shown} {ctx.text(target.word)}".rstrip()


def multiple(ctx: Context, target: Target, baseline: float | None) -> str:
    """What a multiple is taken of; empty for any other goal."""
    if baseline is None or target.times_baseline is None:
        return ""
    return ctx.tr("基期 {base} 的 {times} 倍", base=figure(ctx, target, baseline), times=f"{target.times_baseline:g}")


def goal(ctx: Context, target: Target, value: float | None) -> str:
    """The goal with its comparator."""
    if target.per_unit:
        return ctx.tr("全部达到")
    if value is None:
        return number.MISSING
    shown = figure(ctx, target, value)
    if target.comparator == "range":
        return f"{shown}–{figure(ctx, target, float(target.upper or value))}"
    if target.comparator == "around":
        return ctx.tr("{n} 左右", n=shown)
    return f"= {shown}" if target.comparator in ("exact", "all") else f"≥ {shown}"


def asked_of_units(ctx: Context, target: Target) -> str:
    """What a target over units asks of each."""
    low = unit_figure(ctx, target, float(target.value or 0))
    if target.comparator == "range":
        return ctx.tr(
            "{low} 至 {high}", low=number.count(float(target.value or 0)), high=unit_figure(ctx, target, float(target.upper or 0))
        )
    if target.comparator in ("exact", "all"):
        return low
    return ctx.tr("不少于 {n}", n=low)


def counts(found: Standing) -> dict[str, int]:
    """State to how many targets are in it."""
    known = dict(found.rows.group_by("state").len().iter_rows())
    return {code: int(known.get(code, 0)) for code in (DONE, NEARLY, COURSE, BEHIND, NOTHING)}


def sentence(ctx: Context, found: Standing) -> str:
    """The whole in one sentence, for this page and the overview."""
    n = counts(found)
    source = listed(ctx, found)
    whole = says("targets", found.rows.height, source.count(), found.rows.height)
    told = {code: says(code, n[code], source.count(pl.col("code") == code), n[code]) for code in (DONE, NEARLY, COURSE, BEHIND, NOTHING)}
    said = [ctx.tr("{whole} 项目标中 **{n}** 项完成", whole=whole, n=told[DONE])]
    if n[NEARLY]:
        said.append(ctx.tr("**{n}** 项基本完成", n=told[NEARLY]))
    if n[COURSE]:
        said.append(ctx.tr("**{n}** 项按进度", n=told[COURSE]))
    if n[BEHIND]:
        said.append(ctx.tr("**{n}** 项未完成", n=told[BEHIND]) if found.day.over else ctx.tr("**{n}** 项落后", n=told[BEHIND]))
    if n[NOTHING]:
        said.append(ctx.tr("**{n}** 项无数据", n=told[NOTHING]))
    return ("，" if ctx.lang == "zh" else ", ").join(said) + ("。" if ctx.lang == "zh" else ".")


def listed(ctx: Context, found: Standing) -> Source:
    """The targets with their names and states, as numbers open to them."""
    codes = found.rows["state"].unique().to_list()
    said = found.rows.select("target", code="state").with_columns(
        name=pl.col("target").map_elements(lambda t: name(ctx, t), pl.String),
        state=pl.col("code").replace({code: state(ctx, code, found.day.over) for code in codes}),
    )
    return behind.targets(ctx, lambda: said)


def as_of(found: Standing) -> str:
    """The last day that counts."""
    from datetime import timedelta

    return number.day(found.day.as_of - timedelta(days=1))


@st.cache_resource(show_spinner=False, max_entries=64)
def _records(
    _snapshot: Snapshot, _scheme: Scheme, snapshot_id: str, digest: str, measure: str, unit: str, kind: str, year: str, month: str
) -> pl.DataFrame:
    from datetime import datetime, time

    from kcz_metrics.compiling.measures import window_of
    from kcz_metrics.engines import duckdb
    from kcz_metrics.facts import FACTS
    from kcz_metrics.language.periods import period

    declared = _scheme.measures[measure]
    window = window_of(declared, FACTS[declared.fact])
    grows = window.is_bucket
    rows = duckdb.measure_records(_snapshot, _scheme, measure, unit, year if grows else month, kind=kind)
    if grows and window.time is not None:
        end: Any = period(month).end
        if rows.schema[window.time] != pl.Date:
            end = datetime.combine(end, time.min)
        rows = rows.filter(pl.col(window.time) < end)
    return rows


def records(ctx: Context, measure: str, unit: str, kind: str, month: str) -> pl.DataFrame:
    """The fact's rows behind a measure from the year's first day to a month's end, as :func:`kcz_metrics.engines.records` tells them."""
    assert ctx.snapshot is not None
    assert ctx.scheme is not None
    return _records(ctx.snapshot, ctx.scheme, ctx.snapshot.id, ctx.digest, measure, unit, kind, ctx.period[:4], month)
