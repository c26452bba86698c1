"""CR01 to CR09."""

from __future__ import annotations

from datetime import date

import polars as pl

from independent.engagement import kept_events
from independent.ground import (
    Given,
    Year,
    capped,
    counted,
    different,
    dockings_met,
    every,
    of_city,
    plain,
    ratio,
    share,
    shrunk,
    summed,
    valid,
)
from independent.money import achieved, relatives, signed


def sold_elsewhere(year: Year, units: list[str]) -> Given:
    away = pl.col("seller_city_id").is_not_null() & pl.col("seller_city_id").ne_missing(pl.col("buyer_city_id"))
    return ratio(summed(signed(year).filter(away), "seller_city_id", "credited"), of_city("gdp_100m", year), units)


def outward(year: Year) -> pl.DataFrame:
    return achieved(year).filter(pl.col("actor_city") != pl.col("partner_city"))


def reached(year: Year, units: list[str]) -> Given:
    pairs = outward(year).group_by("actor_city", "partner_city").agg(pl.col("partner").n_unique().alias("bodies"))
    return plain(counted(pairs.filter(pl.col("bodies") >= 2), "actor_city"), units)


def aid(year: Year, units: list[str]) -> Given:
    rows = outward(year)
    poor = every("pilot_city").filter(pl.col("area_flag").is_in(["west", "northeast"]) | pl.col("old_revolutionary"))["city_id"]
    old = every("org").filter("old_revolutionary")["org_id"]
    there = rows.filter(pl.col("partner_city").is_in(poor.implode()) | pl.col("partner").is_in(old.implode()))
    x = ratio(summed(there, "actor_city", "credit"), summed(rows, "actor_city", "credit"), units)
    return shrunk(x, counted(rows, "actor_city"))


def uses(year: Year) -> pl.DataFrame:
    """Uses of valid resources in the year, machines left out: views and the like, and dockings that met over one; with the resource."""
    looked = valid("resource_use").filter(~pl.col("is_bot")).select("resource_id", "user_org_id", "used_at")
    with_need = valid("docking").filter((pl.col("stage") >= 2) & pl.col("resource_id").is_not_null())
    worked = with_need.join(every("need").select("need_id", "enterprise_id"), on="need_id").select(
        "resource_id", user_org_id="enterprise_id", used_at="stage2_at"
    )
    rows = pl.concat([looked, worked]).filter(year.has("used_at"))
    rows = rows.join(
        valid("resource").select("resource_id", "entered_by_org_id", "holder_org_id", "city_id", "is_shared"), on="resource_id"
    )
    own = (pl.col("user_org_id") == pl.col("entered_by_org_id")) | (pl.col("user_org_id") == pl.col("holder_org_id"))
    return rows.filter(~own)


def shared(year: Year, units: list[str]) -> Given:
    live = valid("resource").filter(pl.col("is_shared") & year.open_at_end("entered_at", "retired_at"))
    home = every("org").select(user_org_id="org_id", home="city_id")
    away = uses(year).filter("is_shared").join(home, on="user_org_id", how="left")
    away = away.filter(pl.col("city_id").is_not_null() & pl.col("home").ne_missing(pl.col("city_id")))
    return capped(share(different(away, "city_id", "resource_id"), counted(live, "city_id"), units))


def real_stations(year: Year) -> set[str]:
    """Stations with four events and an agreement in the year."""
    held = valid("activity").filter(year.has("start_at") & pl.col("station_id").is_not_null())
    busy = held.group_by("station_id").len().filter(pl.col("len") >= 4)["station_id"]
    agreed = valid("docking").filter((pl.col("stage") >= 4) & year.has("stage4_at"))["station_id"].drop_nulls()
    return set(busy) & set(agreed)


def stations(year: Year, units: list[str]) -> Given:
    real = pl.Series(sorted(real_stations(year)), dtype=pl.String)
    station = every("station").filter(pl.col("station_id").is_in(real.implode()))
    rows = dockings_met(year).join(station.select("station_id", station_city="city_id"), on="station_id")
    firms = every("org").select(enterprise_id="org_id", home="city_id")
    away = rows.join(firms, on="enterprise_id", how="left").filter(pl.col("home").ne_missing(pl.col("station_city")))
    open_ = station.filter(year.open_at_end("opened_at", "closed_at"))
    return ratio(different(away, "station_city", "enterprise_id"), counted(open_, "city_id"), units)


def landed(year: Year, units: list[str]) -> Given:
    rows = valid("overseas_landing").filter(year.has("landed_on") & pl.col("evidence_class").is_in(["A", "B"]))
    return ratio(counted(rows, "city_id"), of_city("gdp_100m", year), units, 10_000)


def adoptions() -> pl.DataFrame:
    """Verified adoptions with whose case it was; half where that body adopted a case of the adopter."""
    owner = valid("case_study").select("case_id", "owner_id")
    rows = valid("case_adoption").join(owner, on="case_id")
    there = set(rows.select("owner_id", "adopter_id").iter_rows())
    half = [0.5 if (adopter, owner) in there else 1.0 for owner, adopter in rows.select("owner_id", "adopter_id").iter_rows()]
    return rows.with_columns(pl.Series("credit", half))


def practices(year: Year, units: list[str]) -> Given:
    return plain(summed(adoptions().filter(year.has("adopted_at")), "owner_id", "credit"), units)


def chain(year: Year, units: list[str]) -> Given:
    links = every("supply_link").select("lead_org_id", "city_id", partner="member_org_id")
    rows = links.join(achieved(year).select("partner", "day"), on="partner")
    name: dict[tuple[str, date], str] = {}
    for firm, day in rows.select("partner", "day").unique().iter_rows():
        name[firm, day] = min([firm, *relatives(firm, day)])
    rows = rows.with_columns(pl.Series("controller", [name[key] for key in rows.select("partner", "day").iter_rows()], dtype=pl.String))
    return ratio(different(rows, "city_id", "controller"), different(links, "city_id", "lead_org_id"), units)


def from_elsewhere(year: Year, units: list[str]) -> Given:
    rows = kept_events().filter(year.has("start_at") & (pl.col("participants") > 0))
    heads = pl.col("participants") + pl.min_horizontal("participants_online", pl.col("participants") * 0.3 / 0.7)
    away = pl.col("participants_external") / pl.col("participants") * heads
    return ratio(summed(rows, "city_id", away), summed(rows, "city_id", heads), units)


SECOND = {
    "CR01": sold_elsewhere,
    "CR02": reached,
    "CR03": aid,
    "CR04": shared,
    "CR05": stations,
    "CR06": landed,
    "CR07": practices,
    "CR08": chain,
    "CR09": from_elsewhere,
}
