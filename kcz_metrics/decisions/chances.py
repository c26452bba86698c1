"""How probable each level is after a round: the same round again under every draw of scores. The history before it stays as it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kcz_metrics.decisions.bars import Ladder, Round, State
from kcz_metrics.decisions.machine import advance
from kcz_metrics.methods import Array, Flags
from kcz_metrics.methods.rank import competition, significant


def within(ladder: Ladder, drawn: Array, member: Flags) -> Array:
    """Share of draws, (unit, level), in which a unit's place is within the seats of a level and those above. ``drawn`` (draw, unit)."""
    place = competition(significant(np.where(member, drawn, np.nan)))
    return np.mean(place[:, :, None] <= ladder.inside, axis=0)


def chances(ladder: Ladder, before: State, now: Round, drawn: Array, gain: Array, months: int = 12) -> Array:
    """Share of draws, (unit, level), after which a unit is in a level; what is missing to 1 is in none.

    ``drawn`` smoothed scores and their ``gain``, (draw, unit). Pillar scores, grades, flags and entry scores are those of the round.
    """
    found = np.zeros((len(before.level), len(ladder.ids)))
    for scores, gained in zip(drawn, gain, strict=True):
        level = advance(ladder, before, replace(now, smoothed=scores, gain=gained), months).after.level
        seated = np.flatnonzero(level >= 0)
        found[seated, level[seated]] += 1
    return found / max(1, len(drawn))
