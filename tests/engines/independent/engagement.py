"""CE01 to CE09."""

from __future__ import annotations

import polars as pl

from independent.ground import (
    Given,
    Year,
    by_unit,
    capped,
    counted,
    different,
    dockings_met,
    duty,
    every,
    of_city,
    of_heirs,
    ratio,
    share,
    summed,
    valid,
)  # fmt: skip

ACTIVITY_WEIGHT = {"conference": 3.0, "theme_forum": 3.0, "fusion": 2.0, "open_call": 2.0}


def roadmap(year: Year, units: list[str]) -> Given:
    due = valid("roadmap_item").filter(year.has("original_due_date"))
    tied = pl.col("need_id").is_not_null() | pl.col("contract_id").is_not_null()
    done = due.filter(tied & (pl.col("done_at") <= pl.col("original_due_date")))
    return duty(ratio(counted(done, "city_id"), counted(due, "city_id"), units))


def profile(year: Year, units: list[str]) -> Given:
    rows = every("city_industry").filter(pl.col("year") == year.number).with_columns(pl.len().over("city_id").alias("industries"))
    part = pl.when(pl.col("industries") <= 2).then(1.0).otherwise(0.5)
    return duty(ratio(summed(rows, "city_id", pl.col("profile_filled") * part), summed(rows, "city_id", "profile_required"), units))


def posted(year: Year, units: list[str]) -> Given:
    rows = (
        of_heirs(valid("need"), "enterprise_id", "posted_at")
        .sort("posted_at", "need_id")
        .with_columns(pl.col("posted_at").dt.truncate("1q").alias("quarter"))
    )
    kept = rows.filter(pl.int_range(pl.len()).over("enterprise_id", "quarter") < 5).filter(year.has("posted_at"))
    return ratio(counted(kept, "city_id"), of_city("enterprise_tech", year), units, 100)


def participation(year: Year, units: list[str]) -> Given:
    traded = valid("contract").filter(year.has("signed_at"))
    firm = every("enterprise")["org_id"].implode()
    sides = [
        of_heirs(
            traded.select("signed_at", city_id=f"{side}_city_id", enterprise_id=f"{side}_org_id").filter(
                pl.col("enterprise_id").is_in(firm)
            ),
            "enterprise_id",
            "signed_at",
        ).drop("signed_at")
        for side in ("buyer", "seller")
    ]
    asked = of_heirs(valid("need").filter(year.has("posted_at")), "enterprise_id", "posted_at").select("city_id", "enterprise_id")
    live = every("org").filter(pl.col("uscc").is_not_null() & ~pl.col("status").is_in(["closed", "suspended"]))["org_id"]
    rows = pl.concat([asked, dockings_met(year).select("city_id", "enterprise_id"), *sides])
    there = of_city("enterprise_tech", year)
    return capped(share(different(rows.filter(pl.col("enterprise_id").is_in(live.implode())), "city_id", "enterprise_id"), there, units))


def response(year: Year, units: list[str]) -> Given:
    partner = pl.concat([valid(t).select("need_id") for t in ("docking", "need_offer", "need_answer")])["need_id"].unique()
    real = (pl.col("outcome") == "rejected") | pl.col("need_id").is_in(partner.implode())
    days = pl.when(real).then((pl.col("first_response_at") - pl.col("posted_at")).dt.total_seconds() / 86400)
    return by_unit(valid("need").filter(year.has("posted_at")), "city_id", days.fill_null(999).median())


def funding(year: Year, units: list[str]) -> Given:
    return ratio(summed(valid("city_input").filter(year.has("occurred_on")), "city_id", "amount_cny"), of_city("gdp_100m", year), units)


def kept_events() -> pl.DataFrame:
    """Of the valid events of one organiser, day and venue the largest."""
    rows = valid("activity").with_columns(pl.col("start_at").dt.date().alias("day"))
    return rows.sort(["participants", "activity_id"], descending=[True, False]).unique(
        ["organiser_org_id", "day", "venue"], keep="first", maintain_order=True
    )


def events(year: Year, units: list[str]) -> Given:
    rows = kept_events().filter(year.has("start_at") & (pl.col("participants") >= 20) & pl.col("evidence_uri").is_not_null())
    credit = pl.col("activity_type").replace_strict(ACTIVITY_WEIGHT, default=1.0, return_dtype=pl.Float64)
    return ratio(summed(rows, "city_id", credit), of_city("rd_staff", year), units, 10_000)


def associations(year: Year, units: list[str]) -> Given:
    parks = every("park").select("park_id", "city_id")
    ends = pl.coalesce("last_activity_at", "founded_at").dt.offset_by("12mo")
    there = every("enterprise_association").with_columns(ends.alias("until")).filter(year.open_at_end("founded_at", "until"))
    having = parks.filter(pl.col("park_id").is_in(there["park_id"].drop_nulls().implode()))
    kinds = dict(every("pilot_city").select("city_id", "kind").iter_rows())
    found = ratio(counted(having, "city_id"), counted(parks, "city_id"), units)
    return {u: v if kinds[u] == "city" else None for u, v in found.items()}


def reports(year: Year, units: list[str]) -> Given:
    due = valid("submission_log").filter(year.has("due_at"))
    good = due.filter((pl.col("submitted_at") <= pl.col("due_at")) & pl.col("passed_validation"))
    return duty(ratio(counted(good, "subject_id"), counted(due, "subject_id"), units))


SECOND = {
    "CE01": roadmap,
    "CE02": profile,
    "CE03": posted,
    "CE04": participation,
    "CE05": response,
    "CE06": funding,
    "CE07": events,
    "CE08": associations,
    "CE09": reports,
}
