"""Records gathered for a recount, apart from the frames of the pages: events, stations and managers with what belongs to each.

They read the tables of the snapshot and nothing that a page has worked out, so that a number made of them proves the filter too.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.analysis.aftermath import HORIZONS, NONE, SOURCES
from kcz_metrics.ui.behind import days, during, every, valid
from kcz_metrics.ui.browsing import row_key
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Activities held by one body at one place on one day are one event.
_SAME = ("organiser_org_id", "venue", "_day")


def events(ctx: Context, known: date) -> pl.DataFrame:
    """Events of the period, the largest activity standing for those merged: its columns, ``so_far`` outcomes before ``known``, and
    ``o30, o90, o180`` where that many days have gone by."""
    assert ctx.snapshot is not None
    return _events(ctx, ctx.snapshot.id, ctx.period, known)


@st.cache_resource(show_spinner=False, max_entries=8)
def _events(_ctx: Context, snapshot_id: str, period_id: str, known: date) -> pl.DataFrame:
    day = pl.col("start_at").dt.date().alias("_day")
    held = valid(_ctx, "activity")().with_columns(day).sort("participants", "activity_id", descending=[True, False], nulls_last=True)
    one = held.unique(_SAME, keep="first", maintain_order=True)
    of = held.select("activity_id", *_SAME).join(
        one.select(*_SAME, event="activity_id", _ended=pl.col("end_at").dt.date()), on=_SAME, nulls_equal=True
    )
    came = pl.concat([_outcomes(_ctx, kind, known) for kind in SOURCES]).join(of, on="activity_id")
    after = pl.max_horizontal(pl.lit(0), (pl.col("_came") - pl.col("_ended")).dt.total_days())
    sums = came.group_by("event").agg(so_far=pl.len(), **{f"o{h}": (after <= h).sum() for h in HORIZONS})
    gone = (pl.lit(known) - pl.col("end_at").dt.date()).dt.total_days() - 1
    own = one.filter(during("_day", *days(_ctx))).with_columns(pl.col("series").fill_null(NONE))
    found = own.join(sums, left_on="activity_id", right_on="event", how="left").with_columns(pl.col("so_far").fill_null(0))
    return found.with_columns(pl.when(gone >= h).then(pl.col(f"o{h}").fill_null(0)).alias(f"o{h}") for h in HORIZONS)


def outcomes_of(ctx: Context, event: str, known: date) -> pl.DataFrame:
    """``kind, record, day, _after`` of what came, before ``known``, out of one event and the activities merged into it."""
    assert ctx.snapshot is not None
    day = pl.col("start_at").dt.date().alias("_day")
    held = valid(ctx, "activity")().with_columns(day)
    own = held.filter(pl.col("activity_id") == event)
    merged = held.join(own.select(_SAME), on=_SAME, how="semi", nulls_equal=True)["activity_id"]
    ended: date = own["end_at"].dt.date()[0]
    parts = []
    for kind, source in SOURCES.items():
        more = [pl.col("stage") >= 2] if kind == "docking" else []
        rows = valid(ctx, kind, pl.col(source.event).is_in(merged.implode()), *more)()
        came = pl.col(source.day).cast(pl.Date)
        parts.append(rows.select(kind=pl.lit(kind), record=row_key(ctx.snapshot.tables[kind]), day=came).filter(pl.col("day") < known))
    after = (pl.col("day") - pl.lit(ended)).dt.total_days().clip(lower_bound=0)
    return pl.concat(parts).with_columns(_after=after).sort("_after", "kind", "record")


def _outcomes(ctx: Context, kind: str, known: date) -> pl.DataFrame:
    source = SOURCES[kind]
    more = [pl.col("stage") >= 2] if kind == "docking" else []
    rows = valid(ctx, kind, pl.col(source.event).is_not_null(), *more)()
    return rows.select(activity_id=source.event, _came=pl.col(source.day).cast(pl.Date)).filter(pl.col("_came") < known)


def stations(ctx: Context, least: int) -> pl.DataFrame:
    """Stations open on the period's last day with their activities and outcomes of its year, and what each ``lacks`` to be real."""
    until = days(ctx)[1]
    gone, year = pl.col("closed_at"), until.year - 1 if (until.month, until.day) == (1, 1) else until.year
    start, end = date(year, 1, 1), date(year + 1, 1, 1)
    open_now = every(ctx, "station", pl.col("opened_at") < until, gone.is_null() | (gone >= until))()
    acts = valid(ctx, "activity", during("start_at", start, end))()
    agreed = valid(ctx, "docking", pl.col("stage") >= 4, during("stage4_at", start, end))()
    counts: Mapping[str, pl.DataFrame] = {"activities": acts, "outcomes": agreed}
    for name, rows in counts.items():
        own = rows.drop_nulls("station_id").group_by("station_id").agg(pl.len().alias(name))
        open_now = open_now.join(own, on="station_id", how="left", maintain_order="left").with_columns(pl.col(name).fill_null(0))
    few, none = pl.col("activities") < least, pl.col("outcomes") == 0
    lacks = pl.when(few & none).then(pl.lit("both")).when(few).then(pl.lit("activities")).when(none).then(pl.lit("outcomes"))
    return open_now.with_columns(lacks=lacks)


def managers(ctx: Context) -> pl.DataFrame:
    """Managers certified before the period's end with their contracts of the period and the last review in it."""
    start, until = days(ctx)
    signed = valid(ctx, "contract", pl.col("tm_id").is_not_null(), during("signed_at", start, until))()
    reviews = valid(ctx, "manager_review", during("reviewed_on", start, until))()
    last = reviews.sort("reviewed_on").unique("tm_id", keep="last").select("tm_id", "score", "review_grade")
    roster = every(ctx, "tech_manager", pl.col("certified_at") < until)()
    counted = roster.join(signed.group_by("tm_id").agg(contracts=pl.len()), on="tm_id", how="left", maintain_order="left")
    return counted.with_columns(pl.col("contracts").fill_null(0)).join(last, on="tm_id", how="left", maintain_order="left")
