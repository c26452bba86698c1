"""The portrait of a city: its needs, its roadmap, the teams at work in it, its stations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.ui.behind import Rows, gathered, gathered_city, valid
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Opening, Source

if TYPE_CHECKING:
    from kcz_metrics.ui.city_portrait import CityPortrait


def needs(one: CityPortrait, by: str = "") -> dict[str, Opening]:
    source, state = Source("need", lambda: gathered_city.needs(one.ctx, one.city), by, prefixes=(f"needs.{by}.",)), pl.col("state")
    return {
        "posted": source.count(), "met": source.count(pl.col("met")), "solved": source.count(state == "solved"),
        "open": source.count(state == "open"), "share": source.share(state == "solved"),
    }  # fmt: skip


def key_share(one: CityPortrait) -> Opening:
    """The needs of the city's key industries, by all."""

    def rows() -> pl.DataFrame:
        key = gathered_city.industries(one.ctx, one.city)["industry_code"]
        return gathered_city.needs(one.ctx, one.city).with_columns(_key=pl.col("industry_code").is_in(key.implode()).fill_null(False))

    return Source("need", rows, labels={"_key": one.ctx.tr("重点产业")}).share(pl.col("_key"))


def served(one: CityPortrait) -> dict[str, Opening]:
    """Service days in the city, and the teams that gave them."""
    source = Source("service_day", lambda: gathered_city.served(one.ctx, one.city))
    return {"days": source.count(), "teams": source.distinct("team_id")}


def plan(one: CityPortrait) -> dict[str, Opening]:
    state = pl.col("state")
    source = Source("roadmap_item", lambda: gathered_city.fallen_due(one.ctx, one.city), "_quarter", prefixes=("plan.",))
    return {"due": source.count(), **{code: source.count(state == code) for code in ("on_time", "late", "overdue")}}


def teams(one: CityPortrait) -> Behind:
    both = ("days.", "dockings.")
    days = Source("service_day", lambda: gathered_city.served(one.ctx, one.city), "team_id", prefixes=both)
    dockings = Source("docking", lambda: gathered_city.dockings(one.ctx, one.city), "team_id", prefixes=both)
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
    from kcz_metrics.ui.institution_parts import least
    from kcz_metrics.ui.loading import table

    industries = Source("city_industry", lambda: gathered_city.industries(one.ctx, one.city))

    def stations() -> pl.DataFrame:
        return gathered.stations(one.ctx, least(one.ctx)).filter(pl.col("city_id") == one.city)

    return {
        "industries": industries.count(),
        "components": Source("service_component", lambda: table(one.ctx, "service_component").filter(components)).distinct("component"),
        "filled": industries.sum("profile_filled"),
        "teams": Source("service_day", lambda: gathered_city.served(one.ctx, one.city)).distinct("team_id"),
        "stations": Source("station", stations).count(pl.col("lacks").is_null()),
    }
