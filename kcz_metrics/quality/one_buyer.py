"""(4) One buyer carries most of a seller's value of a year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.quality.chance import spans, years_first
from kcz_metrics.quality.found import Records, named
from kcz_metrics.quality.rule import Namer, Rule, Thresholds, money
from kcz_metrics.tables.labels import Label


class OneBuyer(Thresholds):
    share: float
    minimum_contracts: int
    minimum_from_buyer: int
    minimum_value_cny: int


def find(records: Records, given: OneBuyer) -> pl.DataFrame:
    """Sellers by year and over all years. To be left out are the buyer's latest contracts, as many as bring its share down to the limit."""
    rows = records.valid("contract", ["seller_org_id", "buyer_org_id", "tech_amount_cny", "signed_at"])
    rows = spans(rows, "signed_at")
    whole, pair, value = ["seller_org_id", "span"], ["seller_org_id", "buyer_org_id", "span"], pl.col("tech_amount_cny")
    rows = rows.with_columns(
        contracts=pl.len().over(whole),
        total=value.sum().over(whole),
        bought=value.sum().over(pair),
        from_buyer=pl.len().over(pair),
    ).filter(
        (pl.col("contracts") >= given.minimum_contracts)
        & (pl.col("total") >= given.minimum_value_cny)
        & (pl.col("from_buyer") >= given.minimum_from_buyer)
        & (pl.col("bought") > given.share * pl.col("total"))
    )
    rows = rows.sort("signed_at", "contract_id", descending=True).with_columns(
        # (b − r) / (t − r) ≤ s  ⇔  r ≥ (b − s·t) / (1 − s)
        surplus=(pl.col("bought") - given.share * pl.col("total")) / (1 - given.share),
        newer=value.cum_sum().over(pair) - value,
    )
    out = pl.col("newer") < pl.col("surplus")
    found = rows.group_by(pair, maintain_order=True).agg(
        records=pl.col("name").filter(out),
        beside=pl.col("name").filter(~out),
        first=pl.col("signed_at").min(),
        last=pl.col("signed_at").max(),
        contracts=pl.col("contracts").first(),
        from_buyer=pl.col("from_buyer").first(),
        total=pl.col("total").first(),
        share=pl.col("bought").first() / pl.col("total").first(),
    )
    found = found.with_columns(
        anchor=pl.concat_str("seller_org_id", "buyer_org_id", "span", separator=" "),
        subjects=pl.concat_list("seller_org_id", "buyer_org_id"),
    )
    once = years_first(found, ["seller_org_id", "buyer_org_id"])
    return named(once, "seller_org_id", "buyer_org_id", "contracts", "from_buyer", "total", "share")


def say(n: Mapping[str, Any], name: Namer) -> Text:
    return T(
        "{seller}技术交易额的{share}来自{buyer}一家（{contracts}份合同中的{from_buyer}份，合计{total}）。",
        seller=name(n["seller_org_id"]),
        share=f"{n['share']:.1%}",
        buyer=name(n["buyer_org_id"]),
        contracts=n["contracts"],
        from_buyer=n["from_buyer"],
        total=money(n["total"]),
    )


RULE = Rule(
    "one_buyer",
    Label("单一买方占比过高", "One buyer dominates"),
    T("一个卖方一年或历年的技术交易额超过规定比例来自同一买方；合同份数与金额太少的不计。确认后略去超出比例的最近几份。"),
    "doubtful",
    ("contract",),
    OneBuyer,
    find,
    say,
)
