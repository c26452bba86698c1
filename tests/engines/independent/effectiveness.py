"""CF01 to CF10."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from independent.ground import (
    HARD,
    Given,
    Year,
    counted,
    different,
    dockings_met,
    met,
    of_city,
    ratings,
    ratio,
    share,
    summed,
    valid,
)  # fmt: skip
from independent.money import brokered, effects, payments, signed


def docked(year: Year, units: list[str]) -> Given:
    due = valid("need").filter(year.has("posted_at", 60))
    first = met().group_by("need_id").agg(pl.col("stage2_at").min())
    there = due.join(first, on="need_id").filter(pl.col("stage2_at") <= pl.col("posted_at") + timedelta(days=60))
    return share(counted(there, "city_id"), counted(due, "city_id"), units)


def solved(year: Year, units: list[str]) -> Given:
    due = valid("need").filter(year.has("posted_at", 180))
    done = (pl.col("outcome") == "solved") & pl.col("confirmed_by_enterprise")
    there = due.filter(done & (pl.col("closed_at") <= pl.col("posted_at") + timedelta(days=180)))
    return share(counted(there, "city_id"), counted(due, "city_id"), units)


def value(year: Year, units: list[str]) -> Given:
    return ratio(summed(signed(year), "seller_city_id", "credited"), of_city("gdp_100m", year), units)


def by_platform(year: Year, units: list[str]) -> Given:
    rows = signed(year)
    return share(summed(brokered(rows), "seller_city_id", "part"), summed(rows, "seller_city_id", "part"), units)


def developed(year: Year, units: list[str]) -> Given:
    rows = signed(year)
    kinds = rows.filter(pl.col("contract_type").is_in(["development", "transfer", "licence"]))
    return ratio(summed(kinds, "seller_city_id", "credited"), summed(rows, "seller_city_id", "credited"), units)


def paid(year: Year, units: list[str]) -> Given:
    due = payments().filter(year.has("due_at"))
    return ratio(summed(due, "seller_city_id", "paid"), summed(due, "seller_city_id", "due_cny"), units)


def sales(year: Year, units: list[str]) -> Given:
    served = different(dockings_met(year), "city_id", "enterprise_id")
    return ratio(summed(effects(year, "new_sales"), "city_id", "worth"), served, units, 1 / 10_000)


def jobs(year: Year, units: list[str]) -> Given:
    return ratio(summed(effects(year, "new_jobs"), "city_id", "worth"), of_city("rd_staff", year), units, 1000)


def solutions() -> pl.DataFrame:
    """Needs solved and confirmed, a row for each team that had agreed, with an equal part of the difficulty."""
    agreed = valid("docking").filter((pl.col("stage") >= 4) & pl.col("team_id").is_not_null()).select("need_id", "team_id").unique()
    done = valid("need").filter((pl.col("outcome") == "solved") & pl.col("confirmed_by_enterprise"))
    rows = done.select("need_id", "city_id", "closed_at", "difficulty").join(agreed, on="need_id")
    weight = pl.col("difficulty").replace_strict(HARD, return_dtype=pl.Float64)
    return rows.with_columns((weight / pl.len().over("need_id")).alias("weight"))


def days() -> pl.DataFrame:
    """A person's day once, in whichever team comes first."""
    return valid("service_day").sort("team_id").unique(["person_id", "date"], keep="first", maintain_order=True)


def per_day(year: Year, units: list[str]) -> Given:
    there = summed(solutions().filter(year.has("closed_at")), "city_id", "weight")
    return ratio(there, counted(days().filter(year.has("date")), "city_id"), units, 100)


SECOND = {
    "CF01": docked,
    "CF02": solved,
    "CF03": value,
    "CF04": by_platform,
    "CF05": developed,
    "CF06": paid,
    "CF07": sales,
    "CF08": jobs,
    "CF09": ratings,
    "CF10": per_day,
}
