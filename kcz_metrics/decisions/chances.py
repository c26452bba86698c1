"""How probable each level is after a round: the same round again under every draw of scores. The history before it stays as it was."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kcz_metrics.decisions.bars import Ladder, Round, State
from kcz_metrics.decisions.machine import advance
from kcz_metrics.methods import Array, Flags
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
    """Share of draws, (unit, level), after which a unit is in a level; what is missing to 1 is in none.

    Pillar scores, grades and flags are those of the round. Entry scores are those that the draw itself gives in the round before: another
    method or weight moves the scores of both rounds, and with them the bars.
    """
    found = np.zeros((len(before.level), len(ladder.ids)))
    member = before.level >= 0
    for scores, gained, earlier in zip(drawn.smoothed, drawn.gain, drawn.earlier, strict=True):
        entry = ladder.entry(np.where(member, earlier, np.nan))
        level = advance(ladder, before, replace(now, smoothed=scores, gain=gained, entry=entry), months).after.level
        seated = np.flatnonzero(level >= 0)
        found[seated, level[seated]] += 1
    return found / max(1, len(drawn.smoothed))
