"""What revised records did to one unit: indicator by indicator, and record by record."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_SIDES = ("value", "contribution")
#: Contributions that differ by less differ by the order of summing alone.
_NOISE = 1e-9


def by_indicator(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """``node, value_before, value, contribution_before, contribution, change, own`` of every leaf that is not the same on both sides.

    ``before`` and ``now`` are explanations of the same unit (:func:`kcz_metrics.analysis.explain.explain`), so that the changes add up to
    the change of the score. ``own``: its value is another; without that, its contribution moved with others' values. Largest change first.
    """
    sides = [frame.filter("is_leaf").select("node", *_SIDES) for frame in (now, before)]
    both = sides[0].join(sides[1], on="node", how="full", coalesce=True, suffix="_before", maintain_order="left_right")
    change = pl.col("contribution").fill_null(0.0) - pl.col("contribution_before").fill_null(0.0)
    found = both.with_columns(change=change, own=pl.col("value").ne_missing(pl.col("value_before")))
    kept = found.filter(pl.col("own") | (pl.col("change").abs() > _NOISE))
    return kept.select("node", "value_before", "value", "contribution_before", "contribution", "change", "own").sort(
        pl.col("change").abs(), descending=True, maintain_order=True
    )


def by_record(before: pl.DataFrame, now: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """The rows behind a measure that are not the same on both sides, with what each brought then and brings now.

    ``before`` and ``now``: rows of one fact with ``_counted, _reason, _contribution``, as the engine gives the records of a measure.
    Returns the key,
    ``state`` (new, gone, changed), ``columns`` (names of those that differ), ``counted_before, counted, reason_before, reason``,
    ``brought_before, brought`` (0 where the row does not count or is not there).
    """
    names = list(key)
    others = [name for name in now.columns if name not in names and not name.startswith("_") and name in before.columns]
    own = ["_counted", "_reason", "_contribution"]
    sides = [frame.select(*names, *others, *own, pl.lit(True).alias("there")) for frame in (now, before)]
    both = sides[0].join(sides[1], on=names, how="full", coalesce=True, suffix="\0before", maintain_order="left_right", nulls_equal=True)
    here, there = pl.col("there").is_not_null(), pl.col("there\0before").is_not_null()
    unlike = [
        pl.when(here & there & pl.col(name).ne_missing(pl.col(f"{name}\0before"))).then(pl.lit(name)) for name in [*others, "_counted"]
    ]
    state = pl.when(here & there).then(pl.lit("changed")).when(here).then(pl.lit("new")).otherwise(pl.lit("gone"))

    def brought(side: str) -> pl.Expr:
        counts = pl.col(f"_counted{side}").fill_null(False)
        return pl.when(counts).then(pl.col(f"_contribution{side}").cast(pl.Float64)).otherwise(0.0).fill_null(0.0)

    found = both.select(
        *names,
        state=state,
        columns=pl.concat_str(unlike, separator=", ", ignore_nulls=True),
        counted_before=pl.col("_counted\0before").fill_null(False),
        counted=pl.col("_counted").fill_null(False),
        reason_before=pl.col("_reason\0before"),
        reason=pl.col("_reason"),
        brought_before=brought("\0before"),
        brought=brought(""),
    )
    return found.filter((pl.col("state") != "changed") | (pl.col("columns") != "") | (pl.col("brought") != pl.col("brought_before")))
