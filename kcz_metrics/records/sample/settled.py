"""What stages that do not know of each other would leave impossible: nobody is on site in two cities, no firm acts before its founding."""

from __future__ import annotations

import polars as pl

Tables = dict[str, pl.DataFrame]
#: Tables with something an enterprise did, its column and the date.
DEEDS = (
    ("need", "enterprise_id", "posted_at"),
    ("contract", "seller_org_id", "signed_at"),
    ("contract", "buyer_org_id", "signed_at"),
    ("impact", "enterprise_id", "occurred_on"),
)
#: An enterprise is at least this old when it first does something.
DAYS_OLD = 60


def settled(tables: Tables) -> Tables:
    return tables | {"service_day": _one_city_a_day(tables), "enterprise": _founded_in_time(tables)}


def _one_city_a_day(tables: Tables) -> pl.DataFrame:
    """On the day of a visit elsewhere, the lead expert's other service was online."""
    visits = tables["visit_plan"].drop_nulls("done_on").select("person_id", date="done_on", elsewhere="city_id").unique()
    days = tables["service_day"]
    away = days.join(visits, on=["person_id", "date"]).filter(pl.col("city_id") != pl.col("elsewhere"))
    key = ["team_id", "person_id", "date"]
    marked = days.join(away.select(key).unique().with_columns(away=True), on=key, how="left", maintain_order="left")
    return marked.with_columns(onsite=pl.col("onsite") & pl.col("away").is_null()).select(days.columns)


def _founded_in_time(tables: Tables) -> pl.DataFrame:
    """Firms that were incubated anew had existed before, where they had done something before."""
    deeds = pl.concat([tables[name].select(org_id=who, day=pl.col(when).cast(pl.Date)) for name, who, when in DEEDS])
    first = deeds.group_by("org_id").agg(first=pl.col("day").min() - pl.duration(days=DAYS_OLD))
    firms = tables["enterprise"]
    known = firms.join(first, on="org_id", how="left", maintain_order="left")
    return known.with_columns(founded_at=pl.min_horizontal("founded_at", "first")).select(firms.columns)
