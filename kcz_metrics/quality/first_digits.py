"""(7) First digits of amounts that do not follow Benford's law. A hint: honest amounts may depart from it too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.quality.chance import discoveries
from kcz_metrics.quality.found import NO_NAMES, NONE, Records, named
from kcz_metrics.quality.rule import Namer, Rule, Thresholds
from kcz_metrics.tables.labels import Label

BENFORD = np.log10(1 + 1 / np.arange(1, 10))


class FirstDigits(Thresholds):
    minimum_records: int
    mean_deviation: float
    false_discovery: float


def find(records: Records, given: FirstDigits) -> pl.DataFrame:
    """Cities and sellers over all years: χ² against log₁₀(1 + 1/d), Benjamini–Hochberg over all, and a mean absolute deviation that matters
    (Nigrini, Benford's Law, 2012, table 7.1). Confirming leaves no record out."""
    from scipy.special import chdtrc

    rows = records.valid("contract", ["seller_org_id", "seller_city_id", "amount_cny", "signed_at"])
    rows = rows.with_columns(digit=pl.col("amount_cny").cast(pl.String).str.slice(0, 1).cast(pl.Int64))
    both = pl.concat([rows.with_columns(subject=pl.col(c)) for c in ("seller_city_id", "seller_org_id")]).drop_nulls("subject")
    digit = pl.col("digit")
    found = both.group_by("subject", maintain_order=True).agg(
        *((digit == d).sum().alias(f"d{d}") for d in range(1, 10)),
        n=pl.len(),
        first=pl.col("signed_at").min(),
        last=pl.col("signed_at").max(),
    )
    found = found.filter(pl.col("n") >= given.minimum_records)
    if found.is_empty():
        return NONE
    counts = found.select(f"d{d}" for d in range(1, 10)).to_numpy().astype(float)
    n = counts.sum(axis=1, keepdims=True)
    surprise = ((counts - n * BENFORD) ** 2 / (n * BENFORD)).sum(axis=1)
    deviation = np.abs(counts / n - BENFORD).mean(axis=1)
    called = discoveries(np.asarray(chdtrc(8, surprise)), given.false_discovery) & (deviation > given.mean_deviation)
    found = found.with_columns(
        deviation=pl.Series(deviation),
        shares=pl.Series((counts / n).round(4).tolist(), dtype=pl.List(pl.Float64)),
        anchor=pl.col("subject"),
        subjects=pl.concat_list("subject"),
        records=NO_NAMES,
    ).filter(pl.Series(called))
    return named(found, "subject", "n", "deviation", "shares")


def say(n: Mapping[str, Any], name: Namer) -> Text:
    return T(
        "{who}的{n}笔合同金额的首位数字与本福特分布不符（平均偏差{deviation}）。仅作提示。",
        who=name(n["subject"]),
        n=n["n"],
        deviation=f"{n['deviation']:.3f}",
    )


RULE = Rule(
    "first_digits",
    Label("首位数字异常", "Unusual first digits"),
    T("金额笔数足够多时，首位数字的分布与本福特分布显著不符。仅作提示，确认后不略去任何记录。"),
    "hint",
    ("contract",),
    FirstDigits,
    find,
    say,
)
