"""The rules that a move has to meet, one by one, with the number of the unit beside the bar: why it moves, or what it is short of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from kcz_metrics.decisions.ruling import Sitting
from kcz_metrics.decisions.way import Way, way_of
from kcz_metrics.methods.rank import significant
from kcz_metrics.scheme.policies import Demote, Promote

Name = Literal["score", "rounds", "gain", "seats", "buffer", "pillars", "flags", "decision", "room", "certainty"]


@dataclass(frozen=True)
class Check:
    """``met`` None where it could not be judged. ``value`` beside ``bar``; ``sign`` is how they compare, empty where no numbers do."""

    name: Name
    met: bool | None
    value: float | None = None
    sign: Literal["≥", "≤", ">", ""] = ""
    bar: float | None = None


def checks(sitting: Sitting, unit: str) -> tuple[Way, tuple[Check, ...]]:
    """The rules of the move that the unit is nearer to, in the order they are asked. Empty for a unit outside before the round, or one
    without a score."""
    row = next(r for r in sitting.rows.iter_rows(named=True) if r["unit"] == unit)
    way = way_of(row, sitting.ladder.ids)
    if row["tier_before"] is None or row["smoothed"] is None:
        return way, ()
    at, level = sitting.rounds.units.index(unit), sitting.ladder.ids.index(row["tier_before"])
    return way, tuple(_up(sitting, row, at, level) if way == "up" else _down(sitting, row, level))


def _up(sitting: Sitting, row: Mapping[str, Any], at: int, level: int) -> list[Check]:
    ladder, now, rule = sitting.ladder, sitting.last.now, sitting.policy.promote or Promote()
    if row["promotion_bar"] is None:
        return []
    found = [Check("score", _reaches(row["smoothed"], row["promotion_bar"]), row["smoothed"], "≥", row["promotion_bar"])]
    rounds = row["high_rounds"] >= rule.rounds
    gain = float(now.gain[at])
    fast = rule.fast is not None and not np.isnan(gain) and bool(significant(np.array(gain)) > rule.fast.gain) and row["high_rounds"] > 0
    if fast and not rounds and rule.fast is not None:
        found.append(Check("gain", True, gain, ">", rule.fast.gain))
    else:
        found.append(Check("rounds", rounds, row["high_rounds"], "≥", rule.rounds))
    inside = ladder.inside[level - 1]
    if rule.within_seats and np.isfinite(inside):
        found.append(Check("seats", row["place"] is not None and row["place"] <= float(inside), row["place"], "≤", float(inside)))
    if rule.pillar_minimum is not None:
        lowest = float(now.lowest[at])
        known = None if np.isnan(lowest) else lowest
        found.append(Check("pillars", known is not None and _reaches(known, rule.pillar_minimum), known, "≥", rule.pillar_minimum))
    found.append(Check("flags", not bool(now.flagged[at])))
    if ladder.by_decision[0][level - 1]:
        found.append(Check("decision", None))
        return found
    return found + _rest(sitting, row, level - 1)


def _down(sitting: Sitting, row: Mapping[str, Any], level: int) -> list[Check]:
    ladder, rule = sitting.ladder, sitting.policy.demote or Demote()
    if row["exit_bar"] is None:
        return []
    found = [Check("score", _reaches(row["exit_bar"], row["smoothed"]), row["smoothed"], "≤", row["exit_bar"])]
    last = float(ladder.buffered[level])
    found.append(Check("buffer", row["place"] is not None and row["place"] > last, row["place"], ">", last))
    found.append(Check("rounds", row["low_rounds"] >= rule.rounds, row["low_rounds"], "≥", rule.rounds))
    if ladder.by_decision[1][level]:
        found.append(Check("decision", None))
        return found
    return found + _rest(sitting, row, level + 1)


def _rest(sitting: Sitting, row: Mapping[str, Any], aim: int) -> list[Check]:
    """Whether a seat is free or somebody takes the one that is left; and how probable the move is."""
    ids, found = sitting.ladder.ids, []
    limits, hold = sitting.policy.limits, sitting.policy.hold
    if limits is not None and limits.balanced:
        moves = row["proposed"] != row["tier_before"] or row["tier_after"] != row["tier_before"]
        found.append(Check("room", None if row["reason"] == "HOLD" else moves))
    sure = row[f"p_{ids[aim]}"]
    if hold is not None and sure is not None:
        found.append(Check("certainty", _reaches(sure, hold.probability_below), sure, "≥", hold.probability_below))
    return found


def _reaches(value: float, bar: float) -> bool:
    """Equal to 12 significant digits is reached, as the machine has it."""
    return bool(significant(np.array(value)) >= significant(np.array(bar)))


def score_needed(sitting: Sitting, unit: str) -> float | None:
    """The period's score with which the smoothed one reaches the promotion bar; None where there is no level above, or no bar."""
    bar = next(row["promotion_bar"] for row in sitting.rows.iter_rows(named=True) if row["unit"] == unit)
    return None if bar is None else _score_of(sitting, unit, float(bar))


def score_back(sitting: Sitting, unit: str) -> float | None:
    """The period's score with which the smoothed one is above the exit bar again; None for a unit that is not at or below it."""
    row = next(row for row in sitting.rows.iter_rows(named=True) if row["unit"] == unit)
    bar = row["exit_bar"]
    if bar is None or row["smoothed"] is None or not _reaches(bar, row["smoothed"]):
        return None
    return _score_of(sitting, unit, float(bar) + abs(float(bar)) * 1e-9)


def score_lost(sitting: Sitting, unit: str) -> float | None:
    """The highest score of the period with which the unit is low: the smoothed one down to the exit bar, and as many others before it as
    the buffer keeps it among. None where it has no exit bar, is low already, or cannot fall out of the buffer."""
    row = next(row for row in sitting.rows.iter_rows(named=True) if row["unit"] == unit)
    if row["exit_bar"] is None or row["smoothed"] is None or row["low_rounds"]:
        return None
    others = sitting.rows.filter(pl.col("tier_before").is_not_null(), pl.col("unit") != unit)["smoothed"].drop_nulls().sort(descending=True)
    last = int(sitting.ladder.buffered[sitting.ladder.ids.index(row["tier_before"])])
    if last > len(others):
        return None
    # a place further needs a score below that of the last one before it, by more than the digits that are compared
    behind = float("inf") if last == 0 else float(others[last - 1]) * (1 - 1e-10)
    return _score_of(sitting, unit, min(float(row["exit_bar"]), behind))


def _score_of(sitting: Sitting, unit: str, smoothed: float) -> float | None:
    """The period's score that smooths to this; None for a unit that has none."""
    rounds, smooth = sitting.rounds, sitting.policy.smooth
    at, t = rounds.units.index(unit), rounds.periods.index(sitting.last.period)
    before = float(rounds.score[t - 1, at]) if t else float("nan")
    if np.isnan(rounds.score[t, at]):
        return None
    if smooth is None or np.isnan(before) or not smooth.now:
        return smoothed
    return float((smoothed * (smooth.now + smooth.before) - smooth.before * before) / smooth.now)
