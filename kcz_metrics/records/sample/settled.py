"""What stages that do not know of each other would leave impossible or twice: nobody is on site in two cities on one day, no firm acts
before its founding, no body hands in the same thing twice within weeks without meaning to."""

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
#: Batches that titles of resources are drawn from.
BATCHES = 30
#: An enterprise is at least this old when it first does something.
DAYS_OLD = 60


def settled(tables: Tables) -> Tables:
    tables = tables | {"visit_plan": _one_visit_a_day(tables["visit_plan"])}
    return tables | {
        "service_day": _one_city_a_day(tables),
        "enterprise": _founded_in_time(tables),
        "resource": _own_titles(tables["resource"]),
        "need": _second_stages(tables["need"]),
    }


def _one_visit_a_day(visits: pl.DataFrame) -> pl.DataFrame:
    """Of two visits on one day to two cities the second was not made."""
    day = ["person_id", "done_on"]
    second = pl.col("city_id").rank("dense").over(day) > 1
    return visits.with_columns(done_on=pl.when(~second).then("done_on"))


def _own_titles(resources: pl.DataFrame) -> pl.DataFrame:
    """What a body enters again under the same title is a later batch."""
    again = pl.int_range(pl.len()).over("entered_by_org_id", "title")
    batch = pl.col("title").str.extract(r"第(\d+)批$").cast(pl.Int64) + BATCHES * again
    later = pl.col("title").str.replace(r"第\d+批$", "第") + batch.cast(pl.String) + "批"
    return resources.with_columns(title=pl.when(again > 0).then(later).otherwise("title"))


def _second_stages(needs: pl.DataFrame) -> pl.DataFrame:
    """What a firm asks again in the same words is the second stage of it, or the third."""
    again = pl.int_range(pl.len()).over("enterprise_id", "text")
    stage = again.replace_strict({1: "二期", 2: "三期", 3: "四期"}, default="后期", return_dtype=pl.String)
    title = pl.col("title").str.replace("技术需求$", "") + stage + "技术需求"
    text = pl.col("text").str.replace("方面遇到", "") + stage + "工程中提出，与前期要求不同。"
    return needs.with_columns(title=pl.when(again > 0).then(title).otherwise("title"), text=pl.when(again > 0).then(text).otherwise("text"))


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
