"""Liaison groups by province: which pilots have one, who sits in it, how often it came. Frames in, frames out."""

from __future__ import annotations

from datetime import date

import polars as pl

KINDS = ("association", "society", "university", "local", "other")


def groups(
    groups: pl.DataFrame, members: pl.DataFrame, visits: pl.DataFrame, cities: pl.DataFrame, start: date, until: date
) -> pl.DataFrame:
    """``group_id, city_id, province_code, lead_org_id, formed_at, standing, members``, members by kind of sender, ``visits, met, last``.

    A row a group formed before ``until``; members are those on the day before it. Visits are verified ones since ``start``, ``met`` the
    enterprises met in them, ``last`` the latest (null without one).
    ``cities``: ``city_id, province_code``.
    """
    sitting = members.filter((pl.col("from_date") < until) & (pl.col("to_date").is_null() | (pl.col("to_date") >= until)))
    kinds = [(pl.col("member_kind") == kind).sum().cast(pl.Int64).alias(kind) for kind in KINDS]
    made_of = sitting.group_by("group_id").agg(pl.len().cast(pl.Int64).alias("members"), *kinds)
    came = (
        visits.filter(pl.col("status") == "verified", pl.col("duplicate_of").is_null())
        .filter(pl.col("visited_on") >= start, pl.col("visited_on") < until)
        .group_by("group_id")
        .agg(visits=pl.len().cast(pl.Int64), met=pl.col("enterprises_met").sum().cast(pl.Int64), last=pl.col("visited_on").max())
    )
    return (
        groups.filter(pl.col("formed_at") < until)
        .select(
            "group_id",
            "city_id",
            "lead_org_id",
            "formed_at",
            standing=(pl.col("standing_since") < until).fill_null(False),
        )
        .join(cities.select("city_id", "province_code"), on="city_id", how="left")
        .join(made_of, on="group_id", how="left")
        .join(came, on="group_id", how="left")
        .with_columns(pl.col("members", "visits", "met", *KINDS).fill_null(0))
        .sort("group_id")
    )
