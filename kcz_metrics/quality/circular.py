"""(3) Value that comes back: A sells to B and B to A, or by way of a third party."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.quality.found import NONE, Records, named
from kcz_metrics.quality.rule import Namer, Rule, Thresholds, money
from kcz_metrics.tables.labels import Label


class CircularValue(Thresholds):
    within_days: int
    longest: int
    least_return: float


def find(records: Records, given: CircularValue) -> pl.DataFrame:
    """Chains of two or three contracts in the order of signing that end where they began, no step much smaller or larger than the one
    before. A contract begins one circle only: the shortest, then the soonest closed."""
    rows = records.valid("contract", ["seller_org_id", "buyer_org_id", "amount_cny", "signed_at"])
    step = rows.select("name", "signed_at", seller="seller_org_id", buyer="buyer_org_id", amount="amount_cny")
    # Only who sells and buys can lie on a circle.
    both = step.filter(pl.col("seller").is_in(step["buyer"].unique().implode()) & pl.col("buyer").is_in(step["seller"].unique().implode()))
    two = _further(both, both, "1", given)
    parts = [_closed(two, ["1", "2"])]
    if given.longest >= 3:
        parts.append(_closed(_further(two, both, "2", given), ["1", "2", "3"]))
    found = pl.concat([part for part in parts if part.height] or [NONE.drop("numbers")], how="diagonal_relaxed")
    if found.is_empty():
        return NONE
    found = found.sort("parties", "last", "anchor").unique("start", keep="first", maintain_order=True)
    return named(found, "chain", "amounts", "days", "back")


def _further(chain: pl.DataFrame, steps: pl.DataFrame, last: str, given: CircularValue) -> pl.DataFrame:
    """Chains one step longer: the buyer sells on, not before it bought, within the days of the first contract."""
    if last == "1":
        chain = chain.rename({c: f"{c}1" for c in chain.columns})
    fresh = str(int(last) + 1)
    ratio = pl.col(f"amount{fresh}") / pl.col(f"amount{last}")
    return (
        chain.join(steps.rename({c: f"{c}{fresh}" for c in steps.columns}), left_on=f"buyer{last}", right_on=f"seller{fresh}")
        .filter(
            (pl.col(f"signed_at{fresh}") >= pl.col(f"signed_at{last}"))
            & (pl.col(f"name{fresh}") != pl.col(f"name{last}"))
            & ((pl.col(f"signed_at{fresh}") - pl.col("signed_at1")).dt.total_days() <= given.within_days)
            & ratio.is_between(given.least_return, 1 / given.least_return)
        )
        .with_columns(pl.col(f"buyer{last}").alias(f"seller{fresh}"))
    )


def _closed(chain: pl.DataFrame, steps: list[str]) -> pl.DataFrame:
    last = steps[-1]
    parties = [f"seller{s}" for s in steps]
    distinct = pl.concat_list(parties).list.n_unique() == len(steps)
    return chain.filter((pl.col(f"buyer{last}") == pl.col("seller1")) & distinct).select(
        start="name1",
        anchor=pl.concat_str([f"name{s}" for s in steps], separator=" "),
        subjects=pl.concat_list(parties),
        records=pl.concat_list([f"name{s}" for s in steps]),
        beside=pl.lit([], pl.List(pl.String)),
        first="signed_at1",
        last=f"signed_at{last}",
        chain=pl.concat_list([*parties, "seller1"]),
        amounts=pl.concat_list([f"amount{s}" for s in steps]),
        days=(pl.col(f"signed_at{last}") - pl.col("signed_at1")).dt.total_days(),
        back=pl.col(f"amount{last}") / pl.col("amount1"),
        parties=pl.lit(len(steps)),
    )


def say(n: Mapping[str, Any], name: Namer) -> Text:
    way = [name(party) for party in n["chain"]]
    chain = T("{a} → {b} → {c}", a=way[0], b=way[1], c=way[2])
    if len(way) == 4:
        chain = T("{a} → {b} → {c} → {d}", a=way[0], b=way[1], c=way[2], d=way[3])
    return T(
        "{chain}：{days}天内价值回到起点，首尾金额{start}、{end}，返回{back}。",
        chain=chain,
        days=n["days"],
        start=money(n["amounts"][0]),
        end=money(n["amounts"][-1]),
        back=f"{n['back']:.0%}",
    )


RULE = Rule(
    "circular_value",
    Label("循环交易", "Circular value"),
    T("甲卖给乙、乙又卖给甲（或经由丙），在规定天数内依次签订，且每步金额与上一步相近。"),
    "serious",
    ("contract",),
    CircularValue,
    find,
    say,
)
