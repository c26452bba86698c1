"""(1) The same need, resource, activity or effect reported twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.quality.found import NONE, Records, named
from kcz_metrics.quality.rule import Namer, Rule, Thresholds
from kcz_metrics.quality.shingles import near, plain
from kcz_metrics.tables import TABLES
from kcz_metrics.tables.labels import Label


class Compared(Thresholds):
    same: tuple[str, ...]
    text: tuple[str, ...]
    when: str
    within_days: int


class NearDuplicates(Thresholds):
    similarity: float
    shingle: int
    ignored: tuple[str, ...]
    tables: Mapping[str, Compared]


def find(records: Records, given: NearDuplicates) -> pl.DataFrame:
    parts = [of_table(records, table, how, given) for table, how in given.tables.items()]
    return pl.concat([part for part in parts if part.height] or [NONE], how="vertical_relaxed")


def of_table(records: Records, table: str, how: Compared, given: NearDuplicates) -> pl.DataFrame:
    """A copy is the later of two rows that agree in the columns of ``same``, lie close in time and have nearly the same text.

    Each copy is reported once, against the earliest row it repeats.
    """
    rows = records.valid(table, [*how.same, *how.text, how.when])
    text = pl.concat_str([plain(pl.col(c), given.ignored) for c in how.text]) if how.text else pl.lit("x")
    rows = rows.with_columns(text=text, when=pl.col(how.when).cast(pl.Datetime("us")), key=pl.col(TABLES[table].key[0])).with_columns(
        block=pl.struct(how.same).rank("dense").cast(pl.Int64)
    )
    rows = rows.filter(pl.len().over("block") > 1)
    if rows.is_empty():
        return NONE
    items = rows.select("block", "text").unique(maintain_order=True)
    rows = rows.join(items.with_row_index("item"), on=["block", "text"]).with_columns(pl.col("item").cast(pl.Int64))
    alike = near(items, given.similarity, given.shingle)
    itself = pl.DataFrame({"a": range(items.height)}, schema={"a": pl.Int64}).with_columns(b="a", similarity=pl.lit(1.0))
    turned = alike.select(a="b", b="a", similarity="similarity")
    one = rows.select("item", "when", "key", "name", subject=how.same[0])
    pairs = (
        one.join(pl.concat([itself, alike, turned]), left_on="item", right_on="a")
        .join(one.rename({"when": "when_copy", "key": "copy", "name": "name_copy"}).drop("subject"), left_on="b", right_on="item")
        .filter(
            ((pl.col("when") < pl.col("when_copy")) | ((pl.col("when") == pl.col("when_copy")) & (pl.col("key") < pl.col("copy"))))
            & (pl.col("when_copy").dt.date() - pl.col("when").dt.date() <= pl.duration(days=how.within_days))
        )
        .sort("when", "key")
        .unique("copy", keep="first", maintain_order=True)
    )
    return named(
        pairs.with_columns(
            anchor=pl.concat_str("name", "name_copy", separator=" "),
            subjects=pl.concat_list("subject"),
            records=pl.concat_list("name_copy"),
            beside=pl.concat_list("name"),
            first=pl.col("when").dt.date(),
            last=pl.col("when_copy").dt.date(),
            table=pl.lit(table),
            original=pl.col("key"),
            days=(pl.col("when_copy").dt.date() - pl.col("when").dt.date()).dt.total_days(),
        ),
        "table", "copy", "original", "subject", "similarity", "days",
    )  # fmt: skip


def say(n: Mapping[str, Any], name: Namer) -> Text:
    return T(
        "{who}的{table}{copy}与{original}内容相似度{similarity}，相隔{days}天，疑为重复填报。",
        who=name(n["subject"]),
        table=TABLES[n["table"]].label,
        copy=n["copy"],
        original=n["original"],
        similarity=f"{n['similarity']:.2f}",
        days=n["days"],
    )


RULE = Rule(
    "near_duplicates",
    Label("重复填报", "Reported twice"),
    T("同一单位在数日之内填报的两条记录，其余列相同，文字的三元组杰卡德系数不低于阈值；以较早一条为准。"),
    "doubtful",
    ("need", "resource", "activity", "impact", "talent"),
    NearDuplicates,
    find,
    say,
)
