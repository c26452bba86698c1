"""BR01 to BR09."""

from __future__ import annotations

import math
from datetime import timedelta

import polars as pl

from independent.bodies import size
from independent.ground import (
    Given,
    Year,
    capped,
    classes,
    counted,
    different,
    every,
    met,
    of_heirs,
    of_heirs_then,
    plain,
    ratio,
    share,
    summed,
    valid,
)
from independent.money import entropy
from independent.radiation import uses

BODY = "entered_by_org_id"
GRADE = {"A": 3.0, "B": 2.0, "C": 1.0}


def entered(year: Year, units: list[str]) -> Given:
    rows = of_heirs(valid("resource").filter(year.has("entered_at", 30)), BODY, "entered_at")
    stayed = rows.filter(pl.col("retired_at").is_null() | (pl.col("retired_at") >= pl.col("entered_at") + timedelta(days=30)))
    weight = pl.col("grade").cast(pl.String).replace_strict(GRADE, default=0.5, return_dtype=pl.Float64)
    return ratio(summed(stayed, BODY, weight), size(year), units, 1000)


def graded_a(year: Year, units: list[str]) -> Given:
    rows = of_heirs(valid("resource").filter(year.has("entered_at") & pl.col("grade").is_not_null()), BODY, "entered_at")
    best = rows.filter(pl.col("grade") == "A")
    return share(counted(best, BODY), counted(rows, BODY), units, classes())


def live(year: Year) -> pl.DataFrame:
    return of_heirs_then(valid("resource").filter(year.open_at_end("entered_at", "retired_at")), BODY, year)


def spread(year: Year, units: list[str]) -> Given:
    kinds = live(year).group_by(BODY, "library_type").len().filter(pl.col("len") >= 5)
    found: dict[str, list[float]] = {}
    for org, _, count in kinds.iter_rows():
        found.setdefault(org, []).append(count)
    return {org: entropy(counts) for org, counts in found.items()}


def fresh(year: Year, units: list[str]) -> Given:
    """Confirmed less than twelve months before the year ends, entry being the first confirmation."""
    rows = live(year)
    lasts = pl.coalesce("last_confirmed_at", "entered_at").dt.offset_by("12mo") >= year.end
    return capped(ratio(counted(rows.filter(lasts), BODY), counted(rows, BODY), units))


def used(year: Year, units: list[str]) -> Given:
    there = different(of_heirs(uses(year), BODY, "used_at"), BODY, "resource_id")
    return capped(share(there, counted(live(year), BODY), units, classes()))


def experts(year: Year, units: list[str]) -> Given:
    agreed = every("expert").filter("consent").select("person_id", "org_id")
    docked = met().filter(year.has("stage2_at"))
    acts = [
        valid("need_answer").filter(year.has("answered_at")).select("person_id", day="answered_at"),
        docked.join(every("tech_manager"), on="tm_id").select("person_id", day="stage2_at"),
        docked.join(every("service_team"), on="team_id").select(person_id="lead_person_id", day="stage2_at"),
    ]
    active = of_heirs(pl.concat(acts).join(agreed, on="person_id"), "org_id", "day")
    there = counted(of_heirs_then(agreed, "org_id", year), "org_id")
    return capped(share(different(active, "org_id", "person_id"), there, units, classes()))


def connections(year: Year, units: list[str]) -> Given:
    rows = valid("data_connection").filter(
        (pl.col("live_at") <= year.last) & (pl.col("records_synced") >= 1000) & (pl.col("uptime_pct") >= 95)
    )
    found: dict[str, float] = {}
    for org, uptime, records in (
        of_heirs_then(rows, "partner_org_id", year).select("partner_org_id", "uptime_pct", "records_synced").iter_rows()
    ):
        found[org] = found.get(org, 0.0) + uptime / 100 * math.log(1 + records)
    return plain(found, units)


def brought_in(year: Year, units: list[str]) -> Given:
    rows = of_heirs(valid("org_residency").filter(year.has("joined_at", 90)), "referrer_org_id", "joined_at").drop_nulls("referrer_org_id")
    acted = rows.filter(pl.col("first_action_at") <= pl.col("joined_at").cast(pl.Datetime("us")) + timedelta(days=90))
    return ratio(counted(acted, "referrer_org_id"), size(year), units, 1000)


def columns(year: Year, units: list[str]) -> Given:
    rows = valid("programme_item").sort("aired_at", "item_id").unique("content_hash", keep="first", maintain_order=True)
    return plain(counted(of_heirs(rows.filter(year.has("aired_at")), "supplier_org_id", "aired_at"), "supplier_org_id"), units, 12)


SECOND = {
    "BR01": entered,
    "BR02": graded_a,
    "BR03": spread,
    "BR04": fresh,
    "BR05": used,
    "BR06": experts,
    "BR07": connections,
    "BR08": brought_in,
    "BR09": columns,
}
