"""Two rules over the same periods, side by side: who differs, how many moves, how many of them go back, whose seats they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import polars as pl

from kcz_metrics.decisions.replay import Replay

SUMMARY: Final = {"rule": pl.String, "moves": pl.Int64, "up": pl.Int64, "down": pl.Int64, "flips_back": pl.Int64, "differing": pl.Int64}


def side_by_side(replays: Mapping[str, Replay]) -> pl.DataFrame:
    """The frames of two replays under ``rule``, the rows of the first rule first, and ``differs``: whether the other rule leaves the unit
    in another level in that period (or has no row for it)."""
    frames = [r.frame.with_columns(pl.lit(name).alias("rule")) for name, r in replays.items()]
    every = pl.concat(frames, how="diagonal_relaxed")
    # a missing level is a value of its own here
    levels = pl.col("tier_after").fill_null("").n_unique().over("unit", "period")
    rows = pl.len().over("unit", "period")
    return every.with_columns(((levels > 1) | (rows < len(frames))).alias("differs"))


def summed(frame: pl.DataFrame, levels: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """By rule: moves between levels, up and down; moves that undo the direction of the unit's move before; units that differ in the last
    period. ``levels`` of each rule, best first. Coming in and leaving are no moves."""
    rows, last = [], frame["period"].max()
    for rule, names in levels.items():
        own = frame.filter(pl.col("rule") == rule)
        place = {name: number for number, name in enumerate(names)}
        turns: dict[str, list[int]] = {}
        for unit, before, after in own.sort("period").select("unit", "tier_before", "tier_after").iter_rows():
            if before in place and after in place and before != after:
                turns.setdefault(unit, []).append(1 if place[after] < place[before] else -1)
        every = [turn for mine in turns.values() for turn in mine]
        back = sum(a != b for mine in turns.values() for a, b in pairwise(mine))
        differing = own.filter((pl.col("period") == last) & pl.col("differs"))["unit"].n_unique()
        rows.append((rule, len(every), every.count(1), every.count(-1), back, differing))
    return pl.DataFrame(rows, schema=SUMMARY, orient="row")


def seats_by(frame: pl.DataFrame, area: Mapping[str, str | None], levels: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """``rule, area`` and a column a level: seats after the last period, by the area of the unit."""
    last = frame.filter((pl.col("period") == frame["period"].max()) & pl.col("tier_after").is_not_null())
    last = last.with_columns(pl.col("unit").replace_strict(dict(area), default=None, return_dtype=pl.String).alias("area"))
    names = list(dict.fromkeys(name for own in levels.values() for name in own))
    counted = [(pl.col("tier_after") == name).sum().cast(pl.Int64).alias(name) for name in names]
    return last.group_by("rule", "area").agg(counted).sort("rule", "area", nulls_last=True)
