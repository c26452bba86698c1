"""What tiers look at, period by period, as arrays: (period, unit)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.language.periods import A_YEAR, is_period
from kcz_metrics.language.periods import period as parse
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Flags
from kcz_metrics.methods.rank import significant
from kcz_metrics.scheme.policies import Smooth, Tiers
from kcz_metrics.scoring import Scorecard

#: Columns of a frame of scores that have a meaning of their own; others are not looked at.
COLUMNS: Final = ("unit", "period", "score", "vetoed", "flagged", "grade")


@dataclass(frozen=True)
class Rounds:
    """``score`` NaN where a unit is not ranked. ``flagged``: a flag is open, so that it cannot rise. ``grade``: given by others, None
    where the policy's own grades say it. ``pillars``: id to scores, NaN where a pillar has none. ``columns``: unit's columns (area)."""

    units: tuple[str, ...]
    periods: tuple[str, ...]
    score: Array
    vetoed: Flags
    flagged: Flags
    grade: tuple[tuple[str | None, ...], ...]
    pillars: Mapping[str, Array] = field(default_factory=dict)
    columns: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)

    def smoothed(self, smooth: Smooth | None) -> Array:
        """The period's score and the one before, by their weights; the score itself where there is no score before."""
        return smoothed(self.score, np.vstack([np.full((1, len(self.units)), np.nan), self.score[:-1]]), smooth)

    @property
    def months(self) -> int:
        """Months from one period to the next."""
        return 12 // A_YEAR[parse(self.periods[0]).grain] if self.periods and is_period(self.periods[0]) else 12


def smoothed(now: Array, before: Array, smooth: Smooth | None) -> Array:
    if smooth is None:
        return now
    both = (smooth.now * now + smooth.before * before) / (smooth.now + smooth.before)
    return np.where(np.isnan(before), now, both)


def rounds_of(scores: pl.DataFrame, pillars: pl.DataFrame | None = None, units: pl.DataFrame | None = None) -> Rounds:
    """From frames: ``scores`` has ``unit, period, score`` and, where known, ``vetoed, flagged`` (booleans, null is no) and ``grade``;
    ``pillars`` ``unit, period, pillar, score``; ``units`` ``unit`` and columns such as the area.

    Units are sorted, so that the order of rows decides nothing. Raises ScoringError for two rows of a unit and period.
    """
    if scores.select("unit", "period").is_duplicated().any():
        raise ScoringError(Issue("doubled", T("同一评价对象同一评价期有两行得分")))
    names, periods = scores["unit"].unique().sort().to_list(), scores["period"].unique().sort().to_list()
    at = ({p: i for i, p in enumerate(periods)}, {u: i for i, u in enumerate(names)})
    shape = (len(periods), len(names))

    def spread(frame: pl.DataFrame, column: str) -> Array:
        values = np.full(shape, np.nan)
        known = frame.filter(pl.col("unit").is_in(names) & pl.col("period").is_in(periods))
        rows = ([at[0][p] for p in known["period"]], [at[1][u] for u in known["unit"]])
        values[rows] = known[column].cast(pl.Float64).fill_null(np.nan).to_numpy()
        return values

    def told(column: str) -> Flags:
        return np.nan_to_num(spread(scores, column)) > 0 if column in scores.columns else np.zeros(shape, bool)

    grades: list[list[str | None]] = [[None] * shape[1] for _ in periods]
    if "grade" in scores.columns:
        for unit, period, grade in scores.select("unit", "period", "grade").iter_rows():
            grades[at[0][period]][at[1][unit]] = grade
    kinds = {} if pillars is None else {str(key[0]): frame for key, frame in pillars.group_by("pillar")}
    columns: dict[str, tuple[str | None, ...]] = {}
    if units is not None:
        placed = pl.DataFrame({"unit": names}).join(units.unique("unit"), on="unit", how="left", maintain_order="left")
        columns = {c: tuple(placed[c].cast(pl.String)) for c in placed.columns if c != "unit" and not placed[c].dtype.is_nested()}
    return Rounds(
        tuple(names), tuple(periods), spread(scores, "score"), told("vetoed"), told("flagged"), tuple(map(tuple, grades)),
        MappingProxyType({name: spread(frame, "score") for name, frame in kinds.items()}), MappingProxyType(columns),
    )  # fmt: skip


def gathered(cards: Sequence[Scorecard], flagged: pl.DataFrame | None = None) -> Rounds:
    """From the scorecards of one index, a period each. Who is not ranked has no score; ``flagged`` has ``unit, period`` of open flags."""
    scores, pillars = [], []
    for card in cards:
        rows = card.scores.filter(pl.col("node") == card.index.id)
        barred = [card.units["unit"][row] for row in card.run.barred or {}]
        ranked = pl.when(pl.col("rank").is_not_null()).then(pl.col("score")).alias("score")
        scores.append(rows.select("unit", "period", ranked, pl.col("unit").is_in(barred).alias("vetoed")))
        inner = card.scores.filter(pl.col("node").is_in([p.id for p in card.index.pillars]))
        pillars.append(inner.select("unit", "period", pl.col("node").alias("pillar"), "score"))
    frame = pl.concat(scores)
    if flagged is not None:
        marks = flagged.select("unit", "period").unique().with_columns(pl.lit(True).alias("flagged"))
        frame = frame.join(marks, on=["unit", "period"], how="left")
    columns = pl.concat([card.units for card in reversed(cards)], how="diagonal_relaxed").unique("unit", keep="first", maintain_order=True)
    return rounds_of(frame, pl.concat(pillars), columns)


def graded(policy: Tiers, score: Array, given: Sequence[str | None]) -> list[str | None]:
    """The year's grade of every unit of one period: the given one, else the best whose score is reached and whose share is not used up.
    None for a unit without a score. With ``share_at_most`` a grade goes to places within that share of the ranked units."""
    from kcz_metrics.methods.rank import competition

    compared = significant(score)
    place, n = competition(compared), int((~np.isnan(score)).sum())
    found: list[str | None] = []
    for value, rank, own in zip(compared, place, given, strict=True):
        fit = [
            g.id
            for g in policy.grades
            if (g.at_least is None or value >= g.at_least)
            and (g.share_at_most is None or rank <= np.floor(significant(g.share_at_most * np.array(n))))
        ]
        found.append(own if own is not None or np.isnan(value) or not fit else fit[0])
    return found
