"""Sums by province and for the nation: measures like any other, declared beside this file, that no index scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.facts import PROGRAMME
from kcz_metrics.scheme.models import Measure

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot


@cache
def measures() -> Mapping[str, Measure]:
    """Id to measure, in the order of the file."""
    from ruamel.yaml import YAML

    text = resources.files(__package__).joinpath("rollups.yaml").read_text(encoding="utf-8")
    return MappingProxyType({name: Measure.model_validate(given) for name, given in YAML(typ="safe").load(text).items()})


def by_province(snapshot: Snapshot, scheme: Scheme, periods: Sequence[str]) -> pl.DataFrame:
    """``province_code, period`` and a column a measure (counts, 0 where nothing is there): every province, and the nation as ``KCZ``.

    The nation is counted on its own and not summed from the provinces.
    """
    from kcz_metrics.engines.rows import measured

    with_rollups = scheme.model_copy(update={"measures": measures()})
    found = pl.concat([measured(snapshot, with_rollups, tuple(measures()), unit, periods) for unit in ("province", "programme")])
    wide = found.pivot("measure", index=["unit", "period"], values="value")
    return wide.select(pl.col("unit").alias("province_code"), "period", *(pl.col(name).cast(pl.Int64) for name in measures()))


def gaps(rollup: pl.DataFrame, period: str) -> Mapping[str, int]:
    """Measure to what the provinces together lack of the nation in a period: duties of the nation, and records without a province.

    ``rollup``: see :func:`by_province`.
    """
    rows = rollup.filter(pl.col("period") == period)
    nation = pl.col("province_code") == PROGRAMME
    names = [name for name in rollup.columns if name not in ("province_code", "period")]
    sums = rows.select(pl.col(name).filter(nation).sum() - pl.col(name).filter(~nation).sum() for name in names)
    return MappingProxyType(sums.row(0, named=True))


def of_cities(cities: pl.DataFrame) -> pl.DataFrame:
    """``province_code, listed, ranked, mean, median, best, last`` of a ranking's cities: scores and ranks of the ranked ones, null without
    any.

    ``cities``: ``province_code, score, rank``, a row a city; a city without rank is listed only.
    """
    ranked = pl.col("rank").is_not_null()
    return (
        cities.group_by("province_code")
        .agg(
            listed=pl.len().cast(pl.Int64),
            ranked=ranked.sum().cast(pl.Int64),
            mean=pl.col("score").filter(ranked).mean(),
            median=pl.col("score").filter(ranked).median(),
            best=pl.col("rank").min().cast(pl.Int64),
            last=pl.col("rank").max().cast(pl.Int64),
        )
        .sort("province_code")
    )


#: Levels of responsibility in the notice's order; bodies that report for themselves stand apart.
LEVELS = ("national", "province", "city", "body")


def by_level(duties: pl.DataFrame) -> pl.DataFrame:
    """``level, kind, due, done, on_time, overdue``: overdue is due and not done. Levels in their order.

    ``duties``: valid rows of the fact ``duties`` that are due by the day looked at.
    """
    counted = duties.group_by("level", "kind").agg(
        due=pl.len().cast(pl.Int64),
        done=pl.col("done").sum().cast(pl.Int64),
        on_time=pl.col("done_on_time").sum().cast(pl.Int64),
        overdue=(~pl.col("done")).sum().cast(pl.Int64),
    )
    order = pl.col("level").replace_strict(LEVELS, range(len(LEVELS)), default=len(LEVELS), return_dtype=pl.Int64)
    return counted.sort(order, "kind")


def by_owner(duties: pl.DataFrame) -> pl.DataFrame:
    """``owner_id, level, due, done, on_time, overdue``, a row an owner at a level; most overdue first, then most due.

    ``duties``: see :func:`by_level`.
    """
    return (
        duties.group_by("owner_id", "level")
        .agg(
            due=pl.len().cast(pl.Int64),
            done=pl.col("done").sum().cast(pl.Int64),
            on_time=pl.col("done_on_time").sum().cast(pl.Int64),
            overdue=(~pl.col("done")).sum().cast(pl.Int64),
        )
        .sort("overdue", "due", "owner_id", descending=[True, True, False])
    )
