"""(5) Much of a year's value signed in its last week."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.quality.chance import discoveries, upper_tail
from kcz_metrics.quality.found import Records, named
from kcz_metrics.quality.rule import Namer, Rule, Thresholds
from kcz_metrics.tables.labels import Label


class LastWeek(Thresholds):
    days: int
    share: float
    minimum_records: int
    false_discovery: float


def find(records: Records, given: LastWeek) -> pl.DataFrame:
    """Cities and sellers by year. Value alone would call one large contract a rush, so the number of contracts must also be more than
    the others' habit explains: binomial tail against the share of all other contracts of the year, Benjamini–Hochberg over all."""
    rows = records.valid("contract", ["seller_org_id", "seller_city_id", "tech_amount_cny", "signed_at"])
    rows = rows.with_columns(
        year=pl.col("signed_at").dt.year(),
        late=pl.col("signed_at") > pl.date(pl.col("signed_at").dt.year(), 12, 31) - pl.duration(days=given.days),
    ).with_columns(all=pl.len().over("year"), all_late=pl.col("late").sum().over("year"))
    both = pl.concat(
        [rows.with_columns(subject=pl.col(column), kind=pl.lit(column)) for column in ("seller_city_id", "seller_org_id")]
    ).drop_nulls("subject")
    late, value = pl.col("late"), pl.col("tech_amount_cny")
    found = both.group_by("kind", "subject", "year", maintain_order=True).agg(
        n=pl.len(),
        k=late.sum(),
        total=value.sum(),
        share=value.filter(late).sum() / value.sum(),
        peers=(pl.col("all_late").first() - late.sum()) / (pl.col("all").first() - pl.len()),
        records=pl.col("name").filter(late),
        first=pl.col("signed_at").filter(late).min(),
        last=pl.col("signed_at").filter(late).max(),
    )
    found = found.filter(pl.col("n") >= given.minimum_records)
    p = upper_tail(*(found[c].cast(pl.Float64).to_numpy() for c in ("k", "n", "peers")))
    found = found.filter(pl.Series(discoveries(p, given.false_discovery)) & (pl.col("share") > given.share)).with_columns(
        anchor=pl.concat_str("subject", pl.col("year").cast(pl.String), separator=" "),
        subjects=pl.concat_list("subject"),
        days=pl.lit(given.days),
    )
    return named(found, "subject", "year", "share", "k", "n", "peers", "days")


def say(n: Mapping[str, Any], name: Namer) -> Text:
    return T(
        "{who}{year}年技术交易额的{share}签在最后{days}天（{n}份合同中的{k}份；其他单位平均{peers}）。",
        who=name(n["subject"]),
        year=n["year"],
        share=f"{n['share']:.1%}",
        days=n["days"],
        n=n["n"],
        k=n["k"],
        peers=f"{n['peers']:.1%}",
    )


RULE = Rule(
    "last_week",
    Label("年末突击", "Rush at the year's end"),
    T("年末几天签订的技术交易额超过全年的规定比例，且份数显著多于其他单位（二项检验，控制错误发现率）。"),
    "doubtful",
    ("contract",),
    LastWeek,
    find,
    say,
)
