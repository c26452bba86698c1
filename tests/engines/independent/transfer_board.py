"""BT01 to BT09."""

from __future__ import annotations

import polars as pl

from independent.bodies import size
from independent.ground import Given, Year, by_unit, classes, counted, every, of_heirs, ratio, share, shrunk, summed, valid
from independent.money import brokered, contracts, payments, relatives
from independent.money import signed as of_all

BODY = "body"


def signed(year: Year) -> pl.DataFrame:
    """Contracts of the year, ``body`` being who has the seller's now."""
    return of_heirs(of_all(year).with_columns(pl.col("seller_org_id").alias(BODY)), BODY, "signed_at")


def value(year: Year, units: list[str]) -> Given:
    return ratio(summed(signed(year), BODY, "credited"), size(year), units, 1 / 10_000)


def above_floor(year: Year, units: list[str]) -> Given:
    return ratio(summed(signed(year).filter(pl.col("together") >= 30_000), BODY, "part"), size(year), units, 1000)


def paid(year: Year, units: list[str]) -> Given:
    return ratio(
        summed(of_heirs(payments().filter(year.has("paid_at")).rename({"seller_org_id": BODY}), BODY, "due_at"), BODY, "paid"),
        size(year),
        units,
        1 / 10_000,
    )


def of_value(year: Year, units: list[str], there: pl.DataFrame) -> Given:
    """A part of the credited value, shrunk by the number of merged contracts."""
    rows = signed(year)
    x = ratio(summed(there, BODY, "credited"), summed(rows, BODY, "credited"), units)
    return shrunk(x, summed(rows, BODY, "part"), classes())


def transferred(year: Year, units: list[str]) -> Given:
    return of_value(year, units, signed(year).filter(pl.col("contract_type").is_in(["transfer", "licence"]) | pl.col("in_kind_equity")))


def to_small(year: Year, units: list[str]) -> Given:
    small = every("enterprise").filter(pl.col("size") != "large")["org_id"]
    return of_value(year, units, signed(year).filter(pl.col("buyer_org_id").is_in(small.implode())))


def far(year: Year, units: list[str]) -> Given:
    """Buyer in another province, and nobody joined to the buyer in the seller's."""
    home = dict(every("org").select("org_id", "province_code").iter_rows())
    away = [
        home[seller] != home[buyer] and all(home[other] != home[seller] for other in relatives(buyer, day))
        for seller, buyer, day in signed(year).select("seller_org_id", "buyer_org_id", "signed_at").iter_rows()
    ]
    return of_value(year, units, signed(year).filter(pl.Series(away, dtype=pl.Boolean)))


def days(year: Year, units: list[str]) -> Given:
    rows = brokered(signed(year))
    return by_unit(rows, BODY, (pl.col("signed_at") - pl.col("posted_at").dt.date()).dt.total_days().median())


def managed(year: Year, units: list[str]) -> Given:
    """By a manager certified at signing; of a manager's contracts in the year the first thirty."""
    rows = signed(year)
    mine = rows.drop_nulls("tm_id").sort("signed_at", "contract_id")
    mine = mine.filter(pl.int_range(pl.len()).over("tm_id") < 30).join(every("tech_manager").select("tm_id", "certified_at"), on="tm_id")
    sure = mine.filter(pl.col("certified_at") <= pl.col("signed_at"))
    return share(summed(sure, BODY, "part"), summed(rows, BODY, "part"), units, classes())


def selling(year: Year, units: list[str]) -> Given:
    due = of_heirs(contracts().filter(year.turns("signed_at", 24)).rename({"seller_org_id": BODY}), BODY, "signed_at")
    sales = valid("impact").filter((pl.col("effect") == "new_sales") & (pl.col("value") > 0) & (pl.col("evidence_class") != "C"))
    first = sales.group_by("contract_id").agg(pl.col("occurred_on").min())
    there = due.join(first, on="contract_id").filter(pl.col("occurred_on") < pl.col("signed_at").dt.offset_by("24mo"))
    return share(counted(there, BODY), counted(due, BODY), units, classes())


SECOND = {
    "BT01": value,
    "BT02": above_floor,
    "BT03": paid,
    "BT04": transferred,
    "BT05": to_small,
    "BT06": far,
    "BT07": days,
    "BT08": managed,
    "BT09": selling,
}
