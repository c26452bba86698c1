"""How probable each level is after a round: the same round again under every draw of scores. The history before it stays as it was."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kcz_metrics.decisions.bars import OUTSIDE, Ladder, Round, State
from kcz_metrics.decisions.machine import advance
from kcz_metrics.methods import Array, Flags, Positions
from kcz_metrics.methods.rank import competition, significant


@dataclass(frozen=True)
class Drawn:
    """(draw, unit): smoothed scores of a round, their gain, and the smoothed scores of the round before."""

    smoothed: Array
    gain: Array
    earlier: Array


def within(ladder: Ladder, drawn: Array, member: Flags) -> Array:
    """Share of draws, (unit, level), in which a unit's place is within the seats of a level and those above. ``drawn`` (draw, unit)."""
    place = competition(significant(np.where(member, drawn, np.nan)))
    return np.mean(place[:, :, None] <= ladder.inside, axis=0)


def chances(ladder: Ladder, before: State, now: Round, drawn: Drawn, months: int = 12) -> Array:
    """Share of draws, (unit, level), after which a unit is in a level; what is missing to 1 is in none."""
    level = landed(ladder, before, now, drawn, months)
    return np.stack([(level == number).sum(axis=0) for number in range(len(ladder.ids))], axis=1) / max(1, len(level))


def landed(ladder: Ladder, before: State, now: Round, drawn: Drawn, months: int = 12) -> Positions:
    """The level of each unit after the round under each draw, (draw, unit).

    Pillar scores, grades and flags are those of the round. Entry scores are those that the draw itself gives in the round before: another
    method or weight moves the scores of both rounds, and with them the bars.
    """
    found = np.full(drawn.smoothed.shape, OUTSIDE, np.intp)
    member = before.level >= 0
    for n, (scores, gained, earlier) in enumerate(zip(drawn.smoothed, drawn.gain, drawn.earlier, strict=True)):
        entry = ladder.entry(np.where(member, earlier, np.nan))
        found[n] = advance(ladder, before, replace(now, smoothed=scores, gain=gained, entry=entry), months).after.level
    return found
