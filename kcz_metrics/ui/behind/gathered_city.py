"""Records of one city gathered for a recount, apart from the frames of its portrait: needs with their state, roadmap, service days.

They read the tables of the snapshot row by row, so that a number made of them proves the portrait's filters too.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.ui import loading
from kcz_metrics.ui.behind import days, during, valid
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from collections.abc import Sequence

_MEETING = ("stage2_at", "stage3_at", "stage4_at", "stage5_at", "stage6_at")


def needs(ctx: Context, city: str) -> pl.DataFrame:
    """Posted in the period: the record's columns, ``met`` by its end, ``state`` at its end: solved, open, ended."""
    assert ctx.snapshot is not None
    return _needs(ctx, ctx.snapshot.id, ctx.period, city)


@st.cache_resource(show_spinner=False, max_entries=16)
def _needs(_ctx: Context, snapshot_id: str, period_id: str, city: str) -> pl.DataFrame:
    until = days(_ctx)[1]
    own = valid(_ctx, "need", pl.col("city_id") == city, during("posted_at", *days(_ctx)))()
    talks = valid(_ctx, "docking", pl.col("stage") >= 2)().select("need_id", *_MEETING)
    met = {need for need, *stages in talks.iter_rows() if any(_before(at, until) for at in stages)}
    states = [_state(row, until) for row in own.select("outcome", "closed_at", "confirmed_by_enterprise").iter_rows(named=True)]
    return own.with_columns(
        met=pl.Series([need in met for need in own["need_id"]], dtype=pl.Boolean), state=pl.Series(states, dtype=pl.String)
    )


def _before(moment: datetime | date | None, until: date) -> bool:
    if moment is None:
        return False
    return (moment.date() if isinstance(moment, datetime) else moment) < until


def _state(row: dict[str, Any], until: date) -> str:
    """A need without a closing day is closed where its outcome says so."""
    over = row["outcome"] != "open" if row["closed_at"] is None else _before(row["closed_at"], until)
    if not over:
        return "open"
    return "solved" if row["outcome"] == "solved" and row["confirmed_by_enterprise"] else "ended"


def fallen_due(ctx: Context, city: str) -> pl.DataFrame:
    """Roadmap items first due in the period: the record's columns, ``state`` at its end: on_time, late, overdue; and their ``_quarter``."""
    start, until = days(ctx)
    own = valid(ctx, "roadmap_item", pl.col("city_id") == city, during("original_due_date", start, until))()
    pairs: Sequence[tuple[date, date | None]] = own.select("original_due_date", "done_at").rows()
    states = [("on_time" if done <= due else "late") if done is not None and done < until else "overdue" for due, done in pairs]
    quarters = [f"{due.year}Q{(due.month + 2) // 3}" for due, _ in pairs]
    return own.with_columns(state=pl.Series(states, dtype=pl.String), _quarter=pl.Series(quarters, dtype=pl.String))


def served(ctx: Context, city: str) -> pl.DataFrame:
    """Service days of teams in the city in the period."""
    return valid(ctx, "service_day", pl.col("city_id") == city, during("date", *days(ctx)))()


def dockings(ctx: Context, city: str) -> pl.DataFrame:
    """Dockings by teams of the city's needs, whenever posted, assigned in the period."""
    posted = loading.table(ctx, "need").filter(pl.col("city_id") == city)["need_id"].to_list()
    return valid(ctx, "docking", pl.col("need_id").is_in(posted), pl.col("team_id").is_not_null(), during("assigned_at", *days(ctx)))()


def industries(ctx: Context, city: str) -> pl.DataFrame:
    """The key industries of the last year, not after the period's, that names any."""
    year = days(ctx)[0].year
    known = loading.table(ctx, "city_industry").filter(pl.col("city_id") == city, pl.col("year") <= year)
    return known.filter(pl.col("year") == max(known["year"].to_list(), default=year))
