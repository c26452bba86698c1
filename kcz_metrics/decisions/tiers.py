"""Bands of the index's score as the scheme has them now: by seats in the ranking, or by thresholds."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.decisions.bands import resolved
from kcz_metrics.methods import Array, Flags
from kcz_metrics.methods.rank import competition, published, significant
from kcz_metrics.scheme.models import Level, Tiers
from kcz_metrics.scoring import Scorecard

FRAME = {
    "unit": pl.String,
    "tier": pl.String,
    "place": pl.Int64,
    "score": pl.Float64,
    "border_above": pl.Float64,
    "to_above": pl.Float64,
    "border_below": pl.Float64,
    "over_below": pl.Float64,
}


def assign(scorecard: Scorecard) -> pl.DataFrame:
    """``unit, tier, place, score, border_above, to_above, border_below, over_below``, a row for each unit, in the order of the units.

    ``place`` is the unit's place by score over all groups (seats are not given group by group). A level with ``seats`` takes the units
    whose place is within its seats and those of the levels before it, units tied at the border included; one with ``at_least`` those with
    that score; one with both asks for both; the last level takes the rest. ``tier`` is null for a unit that is not ranked, and everywhere
    where the index has no levels.

    ``border_above`` is the score that the level above now asks for (its threshold, or the lowest score that has a seat), ``to_above`` what
    the unit is short of it; ``border_below`` the best score of the levels below, or the own level's threshold, and ``over_below`` the
    unit's lead over it. Null at the top and at the bottom.
    """
    run, levels = scorecard.run, scorecard.index.tiers.levels if scorecard.index.tiers else ()
    units = run.units["unit"]
    blank = np.full(len(units), np.nan)
    score = blank if run.scores is None or run.ranks is None else np.where(np.isnan(run.ranks[:, 0]), np.nan, run.scores[:, 0])
    decimals = scorecard.index.rank.decimals
    compared = significant(score) if decimals is None else published(score, decimals)
    place = competition(compared)
    if scorecard.index.tiers is not None:
        levels = _resolved(scorecard.index.tiers, compared, units)
    level = levels_of(levels, compared, place)
    above, below = blank.copy(), blank.copy()
    for number in range(len(levels)):
        here = level == number
        if number > 0:
            above[here] = _border(levels[number - 1], compared, np.asarray(level <= number - 1))
        if number < len(levels) - 1:
            own, lower = levels[number].at_least, compared[level > number]
            known = [float(own)] if own is not None else []
            known += [float(lower.max())] if levels[number].seats is not None and lower.size and not np.isnan(lower).all() else []
            below[here] = max(known) if known else np.nan
    return pl.DataFrame(
        {
            "unit": units,
            "tier": [levels[int(n)].id if not np.isnan(n) else None for n in level],
            "place": pl.Series(place, nan_to_null=True).cast(pl.Int64),
            "score": pl.Series(score, nan_to_null=True),
            "border_above": pl.Series(above, nan_to_null=True),
            "to_above": pl.Series(above - compared, nan_to_null=True),
            "border_below": pl.Series(below, nan_to_null=True),
            "over_below": pl.Series(compared - below, nan_to_null=True),
        },
        schema=FRAME,
    )


def _resolved(policy: Tiers, score: Array, units: pl.Series) -> tuple[Level, ...]:
    """The levels as seats or thresholds; a unit that is the reference keeps its own band."""
    own = score[(units == policy.reference).to_numpy()] if policy.reference is not None else score[:0]
    return resolved(policy, score, float(own[0]) if len(own) else None)


def levels_of(levels: tuple[Level, ...], score: Array, place: Array) -> Array:
    """Number of the best level each unit is fit for; NaN for units without a score."""
    found = np.full(len(score), np.nan)
    ranked = ~np.isnan(score)
    seats = 0
    for number, level in enumerate(levels):
        fit = ranked & np.isnan(found)
        if level.seats is not None:
            seats += level.seats
            fit &= place <= seats
        if level.at_least is not None:
            fit &= score >= level.at_least
        if number == len(levels) - 1:
            fit = ranked & np.isnan(found)
        found[fit] = number
    return found


def _border(level: Level, score: Array, seated: Flags) -> float:
    """The score a level asks for: its threshold, and the lowest score that has one of its seats."""
    known = [float(level.at_least)] if level.at_least is not None else []
    if level.seats is not None and seated.any():
        known.append(float(score[seated].min()))
    return max(known) if known else np.nan
