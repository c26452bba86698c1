"""A unit beside the middle of its group: the frames that the profile's parts draw from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.ui import intervals, loading, number
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.standing import names, ranked

if TYPE_CHECKING:
    from kcz_metrics.scoring.scorecard import Scorecard


@dataclass(frozen=True)
class Portrait:
    """A ranked unit. ``whole`` is the standing of the index, ``frame`` that of the unit's group."""

    ctx: Context
    card: Scorecard
    whole: pl.DataFrame
    unit: str

    @cached_property
    def row(self) -> dict[str, Any]:
        return self.whole.filter(pl.col("unit") == self.unit).row(0, named=True)

    @cached_property
    def frame(self) -> pl.DataFrame:
        return self.whole.filter(pl.col("group").eq_missing(pl.lit(self.row["group"], pl.String)))

    @property
    def name(self) -> str:
        return names(self.frame, self.ctx.lang)[self.unit]

    @property
    def score(self) -> float:
        """Unrounded, as the parts add up to it."""
        return float(self.row["score"])

    @cached_property
    def middle(self) -> str:
        """The unit in the middle of the group's ranking; the better of two."""
        placed = ranked(self.frame)["unit"].to_list()
        return str(placed[(len(placed) - 1) // 2])

    @cached_property
    def _middle_row(self) -> dict[str, Any]:
        return self.frame.filter(pl.col("unit") == self.middle).row(0, named=True)

    @property
    def middle_score(self) -> float:
        return float(self._middle_row["score"])

    @property
    def middle_rank(self) -> int:
        return int(self._middle_row["rank"])

    @property
    def middle_name(self) -> str:
        return names(self.frame, self.ctx.lang)[self.middle]

    @cached_property
    def parts(self) -> pl.DataFrame:
        """Leaves and adjustments of the explanation, in the order of the tree: ``node, parent, value, score, weight, contribution``."""
        return loading.explained(self.ctx, self.unit).filter(pl.col("is_leaf"))

    @cached_property
    def differences(self) -> pl.DataFrame:
        """``node, label, value, middle_value, difference``: what leaves and adjustments add to the lead over the unit in the middle."""
        mine = loading.explained(self.ctx, self.unit, self.middle).filter(pl.col("is_leaf"))
        other = loading.explained(self.ctx, self.middle).filter(pl.col("is_leaf")).select("node", middle_value="value")
        return mine.join(other, on="node", how="left").select(
            "node",
            "value",
            "middle_value",
            label=pl.col("node").map_elements(self.ctx.name, return_dtype=pl.String),
            difference=pl.col("contribution").fill_null(0.0),
        )

    @cached_property
    def normalised_medians(self) -> dict[str, float]:
        """Indicator to the median of its normalised values over the ranked units of the group."""
        units = ranked(self.frame)["unit"].implode()
        within = self.card.normalised.filter(pl.col("unit").is_in(units))
        return dict(within.group_by("indicator").agg(pl.col("value").median()).drop_nulls().iter_rows())

    @cached_property
    def scale(self) -> tuple[float, float]:
        """What normalised scores are drawn on: the index's scale, widened to what unbounded methods give."""
        lower, upper = float(self.card.index.scale.lower), float(self.card.index.scale.upper)
        found = self.card.normalised["value"].drop_nulls()
        if found.is_empty():
            return lower, upper
        return min(lower, float(found.min())), max(upper, float(found.max()))  # type: ignore[arg-type]

    @cached_property
    def interval(self) -> str:
        """The interval of the rank in words; empty without one."""
        mine = intervals.intervals(self.ctx).filter(pl.col("unit") == self.unit)
        if mine.is_empty():
            return ""
        row = mine.row(0, named=True)
        if row["rank_low"] == row["rank_high"]:
            return self.ctx.tr("90% 区间 {low}", low=number.count(row["rank_low"]))
        return self.ctx.tr("90% 区间 {low}–{high}", low=number.count(row["rank_low"]), high=number.count(row["rank_high"]))

    def neighbours(self, each_side: int) -> set[str]:
        """The unit and those next to it in the group's ranking."""
        placed = ranked(self.frame)["unit"].to_list()
        at = placed.index(self.unit)
        first = max(0, min(at - each_side, len(placed) - 2 * each_side - 1))
        return set(placed[first : first + 2 * each_side + 1])
