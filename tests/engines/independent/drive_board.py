"""BI01 to BI10."""

from __future__ import annotations

import polars as pl

from independent.bodies import size
from independent.ground import Given, Year, classes, counted, every, met, of_heirs, plain, ratio, share, summed, valid, with_need
from independent.money import achieved, effects
from independent.radiation import adoptions

LEVEL = {"national": 3.0, "industry": 2.0, "group": 1.0, "demonstration": 1.0}


def sales(year: Year, units: list[str]) -> Given:
    return ratio(summed(of_heirs(effects(year, "new_sales"), "org_id", "occurred_on"), "org_id", "worth"), size(year), units, 1 / 10_000)


def jobs(year: Year, units: list[str]) -> Given:
    return ratio(summed(of_heirs(effects(year, "new_jobs"), "org_id", "occurred_on"), "org_id", "worth"), size(year), units, 1000)


def incubated(year: Year, units: list[str]) -> Given:
    rows = valid("incubated_firm").filter(year.turns("registered_at", 12) & pl.col("alive_12m"))
    rows = of_heirs(rows, "incubator_org_id", "registered_at")
    return ratio(counted(rows, "incubator_org_id"), size(year), units, 1000)


def titled(year: Year, units: list[str]) -> Given:
    first = with_need(met(), "enterprise_id").group_by("provider_org_id", "enterprise_id").agg(pl.col("stage2_at").min())
    firms = every("enterprise").select("title_hitech_at", "title_giant_at", enterprise_id="org_id")
    rows = of_heirs(first.filter(year.turns("stage2_at", 24)).join(firms, on="enterprise_id"), "provider_org_id", "stage2_at")

    def gained(title: str) -> pl.Expr:
        at = pl.col(title).cast(pl.Datetime("us"))
        return (at >= pl.col("stage2_at").dt.offset_by("6mo")) & (at < pl.col("stage2_at").dt.offset_by("24mo"))

    there = rows.filter(gained("title_hitech_at").fill_null(False) | gained("title_giant_at").fill_null(False))
    return share(counted(there, "provider_org_id"), counted(rows, "provider_org_id"), units, classes())


def capital(year: Year, units: list[str]) -> Given:
    rows = of_heirs(valid("city_input").filter(year.has("occurred_on")), "org_id", "occurred_on")
    return ratio(summed(rows, "org_id", "private_cny"), summed(rows, "org_id", "amount_cny"), units)


def talent(year: Year, units: list[str]) -> Given:
    rows = valid("talent").filter(year.turns("start_date", 12) & (pl.col("kind") == "introduced"))
    stayed = pl.col("end_date").is_null() | (pl.col("end_date") >= pl.col("start_date").dt.offset_by("12mo"))
    rows = of_heirs(rows, "intro_org_id", "start_date")
    return ratio(counted(rows.filter(stayed), "intro_org_id"), size(year), units, 1000)


def standards(year: Year, units: list[str]) -> Given:
    weight = pl.col("level").cast(pl.String).replace_strict(LEVEL, default=0.0, return_dtype=pl.Float64)
    return plain(
        summed(of_heirs(valid("standard_item").filter(year.has("published_on")), "org_id", "published_on"), "org_id", weight), units
    )


def cases(year: Year, units: list[str]) -> Given:
    selected = counted(of_heirs(valid("case_study").filter(year.has("selected_on")), "owner_id", "selected_on"), "owner_id")
    adopted = counted(of_heirs(adoptions().filter(year.has("adopted_at")), "owner_id", "adopted_at"), "owner_id")
    return {u: selected.get(u, 0) + 2 * adopted.get(u, 0) for u in units}


def provinces(year: Year, units: list[str]) -> Given:
    """Where the pilot lies that gained, else where the body does."""
    of_city = dict(every("pilot_city").select("city_id", "province_code").iter_rows())
    of_body = dict(every("org").select("org_id", "province_code").iter_rows())
    seen: dict[tuple[str, str], int] = {}
    for actor, city, partner in of_heirs(achieved(year), "actor", "day").select("actor", "partner_city", "partner").iter_rows():
        where = of_city.get(city) or of_body.get(partner)
        if actor and where:
            seen[actor, where] = seen.get((actor, where), 0) + 1
    found: dict[str, float] = {}
    for (actor, _), times in seen.items():
        found[actor] = found.get(actor, 0) + (times >= 2)
    return plain(found, units)


def advice(year: Year, units: list[str]) -> Given:
    rows = valid("advice_item").filter(year.has("occurred_on") & pl.col("adopted_doc_no").is_not_null())
    return plain(counted(of_heirs(rows, "org_id", "occurred_on"), "org_id"), units)


SECOND = {
    "BI01": sales,
    "BI02": jobs,
    "BI03": incubated,
    "BI04": titled,
    "BI05": capital,
    "BI06": talent,
    "BI07": standards,
    "BI08": cases,
    "BI09": provinces,
    "BI10": advice,
}
