"""The portrait of a city: its needs, its roadmap, the teams at work in it, its stations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.ui.behind import Rows, valid
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Opening, Source

if TYPE_CHECKING:
    from kcz_metrics.ui.city_portrait import CityPortrait


def needs(one: CityPortrait, by: str = "") -> dict[str, Opening]:
    source, state = Source("need", lambda: one.needs, by, prefixes=(f"needs.{by}.",)), pl.col("state")
    return {
        "posted": source.count(), "met": source.count(pl.col("met")), "solved": source.count(state == "solved"),
        "open": source.count(state == "open"), "share": source.share(state == "solved"),
    }  # fmt: skip


def plan(one: CityPortrait) -> dict[str, Opening]:
    due, state = pl.col("original_due_date"), pl.col("state")
    quarter = pl.format("{}Q{}", due.dt.year(), due.dt.quarter())
    source = Source(
        "roadmap_item", lambda: one.roadmap.filter("due_here").with_columns(_quarter=quarter), "_quarter", prefixes=("plan.",)
    )  # fmt: skip
    return {"due": source.count(), **{code: source.count(state == code) for code in ("on_time", "late", "overdue")}}


def teams(one: CityPortrait) -> Behind:
    both = ("days.", "dockings.")
    days = Source("service_day", lambda: one.days, "team_id", prefixes=both)
    dockings = Source("docking", lambda: one.dockings, "team_id", prefixes=both)
    return {
        "days": days.count(), "dockings": dockings.count(),
        "agreed": dockings.count((pl.col("stage4_at") < one.until).fill_null(False)),
    }  # fmt: skip


def worked(ctx: Context, stations: Rows) -> Behind:
    """What stations did in the year that each row of ``stations`` is of: ``station_id, year``."""

    def in_year(rows: Rows, day: str) -> Rows:
        def found() -> pl.DataFrame:
            dated = rows().with_columns(_year=pl.col(day).dt.year().cast(pl.Int64))
            years = stations().select("station_id", _year=pl.col("year").cast(pl.Int64))
            return dated.join(years, on=["station_id", "_year"], how="semi", maintain_order="left")

        return found

    agreed = valid(ctx, "docking", pl.col("stage") >= 4)
    return {
        "activities": Source("activity", in_year(valid(ctx, "activity"), "start_at"), "station_id").count(),
        "outcomes": Source("docking", in_year(agreed, "stage4_at"), "station_id").count(),
    }


def headline(one: CityPortrait) -> dict[str, Opening]:
    components = pl.col("city_id").eq(one.city) & (pl.col("active_from") < one.until)
    from kcz_metrics.ui.loading import table

    return {
        "industries": Source("city_industry", lambda: one.industries).count(),
        "components": Source("service_component", lambda: table(one.ctx, "service_component").filter(components)).distinct("component"),
        "filled": Source("city_industry", lambda: one.industries).sum("profile_filled"),
        "teams": Source("service_day", lambda: one.days).distinct("team_id"),
        "stations": Source("station", lambda: one.stations).count(pl.col("is_real")),
    }
