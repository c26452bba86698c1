"""What the leaderboards show beside the ranking: totals, sizes, the docking stages of a class, ranks across the boards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

import polars as pl

from kcz_metrics.analysis.totals import effective_shares, leading_measure, totals
from kcz_metrics.language.periods import period
from kcz_metrics.locales import T, Text

__all__ = ["SIZES", "STAGES", "across", "effective_shares", "leading_measure", "size_of", "stages", "totals"]

#: Stages of a docking, from first contact to acceptance.
STAGES: Mapping[int, Text] = {1: T("接触"), 2: T("会面"), 3: T("方案"), 4: T("协议"), 5: T("合同"), 6: T("验收")}
#: Columns of the yearly context that may stand for the size of an organisation, the first that the class reports is taken.
SIZES = ("members", "rd_staff", "employees")


def size_of(context: pl.DataFrame, units: Sequence[str], period_id: str) -> tuple[str, pl.DataFrame] | None:
    """The column that at least half of the units report for the year, and ``unit, size``; None where there is no such column."""
    year = int(period_id[:4])
    rows = context.filter((pl.col("year") == year) & pl.col("org_id").is_in(list(units)))
    for name in SIZES:
        reported = rows.filter(pl.col(name) > 0).select(unit="org_id", size=name)
        if reported.height * 2 >= max(len(units), 1):
            return name, reported
    return None


def stages(dockings: pl.DataFrame, providers: Sequence[str], period_id: str) -> list[tuple[int, int]]:
    """Stage and how many dockings got at least so far: verified ones, no duplicates, assigned within the period to ``providers``."""
    span = period(period_id)
    start, end = (_midnight(day) for day in (span.start, span.end))
    rows = dockings.filter(
        (pl.col("status") == "verified")
        & pl.col("duplicate_of").is_null()
        & pl.col("provider_org_id").is_in(list(providers))
        & (pl.col("assigned_at") >= start)
        & (pl.col("assigned_at") < end)
    )
    return [(stage, rows.filter(pl.col("stage") >= stage).height) for stage in STAGES]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)


def across(standings: Mapping[str, pl.DataFrame], group: str | None) -> pl.DataFrame:
    """``unit, board, rank, of, mean_place`` for every unit of the group over all boards; units by their mean place, best first.

    ``standings``: board to its rows ``unit, group, rank``. A place is (rank − 1) / (ranked − 1), 0 the best; the mean is over the boards
    where the unit is ranked, and units ranked on more boards come before those ranked on fewer.
    """
    parts = []
    for board, frame in standings.items():
        rows = frame if group is None else frame.filter(pl.col("group") == group)
        ranked = rows.filter(pl.col("rank").is_not_null()).height
        parts.append(rows.select("unit", board=pl.lit(board), rank=pl.col("rank").cast(pl.Float64), of=pl.lit(ranked, pl.Int64)))
    if not parts:
        return pl.DataFrame(
            schema={
                "unit": pl.String,
                "board": pl.String,
                "rank": pl.Float64,
                "of": pl.Int64,
                "mean_place": pl.Float64,
                "boards": pl.UInt32,
            }
        )
    frame = pl.concat(parts)
    place = (pl.col("rank") - 1) / pl.max_horizontal(pl.col("of") - 1, pl.lit(1))
    frame = frame.with_columns(mean_place=place.mean().over("unit"), boards=pl.col("rank").is_not_null().sum().over("unit"))
    order = list(standings)
    return frame.sort(
        pl.col("boards"),
        pl.col("mean_place"),
        "unit",
        pl.col("board").replace_strict(order, list(range(len(order)))),
        descending=[True, False, False, False],
        nulls_last=True,
    )
