"""(2) One contract cut into several, each just under a limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.quality.found import NONE, Records, named
from kcz_metrics.quality.rule import Namer, Rule, Thresholds, money
from kcz_metrics.tables.labels import Label


class SplitContracts(Thresholds):
    thresholds_cny: tuple[int, ...]
    below: float
    within_days: int
    minimum_contracts: int


def find(records: Records, given: SplitContracts) -> pl.DataFrame:
    """Runs of contracts of one pair just under one limit, each within the days of the first of its run."""
    rows = records.valid("contract", ["seller_org_id", "buyer_org_id", "amount_cny", "signed_at"])
    limits = pl.DataFrame({"limit": given.thresholds_cny}, schema={"limit": pl.Int64})
    under = rows.join(limits, how="cross").filter(
        (pl.col("amount_cny") < pl.col("limit")) & (pl.col("amount_cny") >= (1 - given.below) * pl.col("limit"))
    )
    group = ["seller_org_id", "buyer_org_id", "limit"]
    under = under.filter(pl.len().over(group) >= given.minimum_contracts).sort(*group, "signed_at", "contract_id")
    if under.is_empty():
        return NONE
    # A run starts where the contract before lies too far back; a run longer than the days is cut by whole windows from its start.
    gap = (pl.col("signed_at") - pl.col("signed_at").shift(1)).dt.total_days().over(group)
    under = under.with_columns(run=(gap.fill_null(given.within_days + 1) > given.within_days).cast(pl.Int64).cum_sum().over(group))
    window = (pl.col("signed_at") - pl.col("signed_at").first()).dt.total_days().over([*group, "run"]) // (given.within_days + 1)
    found = (
        under.with_columns(window=window)
        .group_by([*group, "run", "window"], maintain_order=True)
        .agg(
            records="name",
            first=pl.col("signed_at").min(),
            last=pl.col("signed_at").max(),
            count=pl.len(),
            total=pl.col("amount_cny").sum(),
            anchor=pl.col("name").first(),
        )
        .filter(pl.col("count") >= given.minimum_contracts)
        .with_columns(days=(pl.col("last") - pl.col("first")).dt.total_days(), subjects=pl.concat_list("seller_org_id", "buyer_org_id"))
    )
    return named(found, "seller_org_id", "buyer_org_id", "limit", "count", "total", "days")


def say(n: Mapping[str, Any], name: Namer) -> Text:
    return T(
        "{seller}与{buyer}在{days}天内签订{count}份合同，每份都略低于{limit}，合计{total}，疑为拆分。",
        seller=name(n["seller_org_id"]),
        buyer=name(n["buyer_org_id"]),
        days=n["days"],
        count=n["count"],
        limit=money(n["limit"]),
        total=money(n["total"]),
    )


RULE = Rule(
    "split_contracts",
    Label("合同拆分", "Split contracts"),
    T("同一买卖双方在规定天数内签订多份合同，每份金额都略低于同一限额。"),
    "serious",
    ("contract",),
    SplitContracts,
    find,
    say,
)
