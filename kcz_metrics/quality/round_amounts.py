"""(6) Amounts that are far more often round than those of peers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.quality.chance import discoveries, spans, upper_tail, years_first
from kcz_metrics.quality.found import Records, named
from kcz_metrics.quality.rule import Namer, Rule, Thresholds
from kcz_metrics.tables.labels import Label


class RoundAmounts(Thresholds):
    divisor_cny: int
    minimum_records: int
    above_peers: float
    false_discovery: float


def find(records: Records, given: RoundAmounts) -> pl.DataFrame:
    """Sellers, by year and over all years: binomial tail against the share of all others in the same span, Benjamini–Hochberg over all."""
    rows = records.valid("contract", ["seller_org_id", "amount_cny", "signed_at"])
    rows = spans(rows.with_columns(is_round=pl.col("amount_cny") % given.divisor_cny == 0), "signed_at")
    rows = rows.with_columns(all=pl.len().over("span"), all_round=pl.col("is_round").sum().over("span"))
    even = pl.col("is_round")
    found = rows.group_by("seller_org_id", "span", maintain_order=True).agg(
        n=pl.len(),
        k=even.sum(),
        share=even.mean(),
        peers=(pl.col("all_round").first() - even.sum()) / (pl.col("all").first() - pl.len()),
        records=pl.col("name").filter(even),
        first=pl.col("signed_at").min(),
        last=pl.col("signed_at").max(),
    )
    found = found.filter(pl.col("n") >= given.minimum_records)
    p = upper_tail(*(found[c].cast(pl.Float64).to_numpy() for c in ("k", "n", "peers")))
    called = found.filter(
        pl.Series(discoveries(p, given.false_discovery)) & (pl.col("share") - pl.col("peers") >= given.above_peers)
    ).with_columns(
        anchor=pl.concat_str("seller_org_id", "span", separator=" "),
        subjects=pl.concat_list("seller_org_id"),
        divisor=pl.lit(given.divisor_cny),
    )
    return named(years_first(called, ["seller_org_id"]), "seller_org_id", "span", "share", "k", "n", "peers", "divisor")


def say(n: Mapping[str, Any], name: Namer) -> Text:
    return T(
        "{who}的{n}份合同中有{k}份金额是{divisor}元的整数倍（{share}；其他单位{peers}）。",
        who=name(n["seller_org_id"]),
        n=n["n"],
        k=n["k"],
        divisor=f"{n['divisor']:,}",
        share=f"{n['share']:.0%}",
        peers=f"{n['peers']:.1%}",
    )


RULE = Rule(
    "round_amounts",
    Label("整数金额偏多", "Too many round amounts"),
    T("一个卖方的合同金额为整万元的比例远高于其他单位（二项检验，控制错误发现率，且超出规定幅度）。"),
    "hint",
    ("contract",),
    RoundAmounts,
    find,
    say,
)
