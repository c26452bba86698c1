"""The levels as numbers: seats, entry scores, bars, and who is high or low. Borders count: at the bar is high, at the exit is low."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from kcz_metrics.methods import Array, Flags, Positions
from kcz_metrics.methods.rank import competition, significant
from kcz_metrics.scheme.policies import Demote, Promote, Tiers

OUTSIDE: Final = -1


@dataclass(frozen=True)
class State:
    """Of every unit before a round. ``level``: 0 is the best, ``OUTSIDE`` in none. Rounds in a row: ``high``, ``low``, ``failed``, ``stay``
    since the last move, ``candidate``; ``waiting`` and ``ban``: rounds left; ``rectifying``: months gone, -1 for none."""

    level: Positions
    high: Positions
    low: Positions
    failed: Positions
    stay: Positions
    candidate: Positions
    waiting: Positions
    ban: Positions
    rectifying: Positions

    @classmethod
    def at(cls, level: Positions) -> State:
        """Nothing counted yet; nobody has moved for long."""
        none = np.zeros(len(level), np.intp)
        return cls(level, none, none, none, none + 10**6, none, none, none, none - 1)


@dataclass(frozen=True)
class Round:
    """What one round looks at, by unit. ``entry`` by level. ``lowest``: the lowest pillar score, NaN where one is missing. ``bad``: among
    the last of its group; ``bottom``: as often as means out. ``candidate``: level to who fulfils its conditions. ``within``: probability,
    (unit, level), that the place is within the seats of a level and those above, None where not computed."""

    smoothed: Array
    gain: Array
    entry: Array
    lowest: Array
    flagged: Flags
    vetoed: Flags
    failing: Flags
    bad: Flags
    bottom: Flags
    candidate: Mapping[int, Flags]
    within: Array | None = None
    areas: Sequence[str | None] = ()


@dataclass(frozen=True)
class Bars:
    """By unit: ``place``, ``entry_above`` and ``rise`` (the promotion bar), ``entry_own`` and ``exit``; who is high and who is low."""

    place: Array
    entry_above: Array
    rise: Array
    entry_own: Array
    exit: Array
    high: Flags
    low: Flags


@dataclass(frozen=True)
class Ladder:
    """Levels by number, 0 the best."""

    policy: Tiers

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(level.id for level in self.policy.levels)

    @cached_property
    def seats(self) -> Array:
        """Infinite where a level has no number of seats."""
        return np.array([np.inf if level.seats is None else float(level.seats) for level in self.policy.levels])

    @cached_property
    def inside(self) -> Array:
        """The last place within the seats of a level and those above."""
        return np.cumsum(self.seats)

    @cached_property
    def buffered(self) -> Array:
        """The last place that a unit of the level does not fall from; 0 where there are no seats, so that the score alone decides."""
        rule = self.policy.demote or Demote()
        seats = np.where(np.isinf(self.seats), 0.0, self.seats)
        places = np.maximum(rule.buffer_minimum, np.ceil(significant(rule.buffer * seats)))
        return np.where(np.isinf(self.inside), 0.0, self.inside + places)

    @cached_property
    def by_decision(self) -> tuple[Flags, Flags]:
        """Levels that only a decision raises to, and levels that only a decision lowers from."""
        rules = self.policy.rules
        rise = [level in rules and rules[level].rise == "decision" for level in self.ids]
        fall = [level in rules and rules[level].fall == "decision" for level in self.ids]
        return np.array(rise), np.array(fall)

    def entry(self, before: Array) -> Array:
        """Entry score of each level: fixed by the policy or a threshold, else the k-th highest smoothed score of the round before (the
        lowest there is where fewer were scored; NaN where none was)."""
        known = np.sort(before[~np.isnan(before)])[::-1]
        found = np.full(len(self.ids), np.nan)
        for number, level in enumerate(self.policy.levels):
            if level.id in self.policy.entry:
                found[number] = self.policy.entry[level.id]
            elif level.at_least is not None:
                found[number] = level.at_least
            elif len(known) and 0 < self.inside[number] < np.inf:
                found[number] = known[min(int(self.inside[number]), len(known)) - 1]
        return found

    def bars(self, now: Round, level: Positions) -> Bars:
        """Of units at ``level``; whoever is in none is neither high nor low."""
        up, down = self.policy.promote or Promote(), self.policy.demote or Demote()
        inner, last = level > 0, len(self.ids) - 1
        member = level >= 0
        score = significant(np.where(member, now.smoothed, np.nan))
        place = competition(score)
        above = np.where(inner, now.entry[np.maximum(level - 1, 0)], np.nan)
        own = np.where(member & (level < last), now.entry[level], np.nan)
        rise, fall = significant(above + up.margin), significant(own - down.margin)
        # a comparison with NaN is False: no score or no bar is neither high nor low
        high = inner & (score >= rise) & ~now.flagged & (self.policy.promote is not None)
        if up.within_seats:
            high &= place <= self.inside[np.maximum(level - 1, 0)]
        if up.pillar_minimum is not None:
            high &= significant(now.lowest) >= up.pillar_minimum
        low = (score <= fall) & (place > self.buffered[level]) & ~high & (self.policy.demote is not None)
        return Bars(place, above, rise, own, fall, high, low)
