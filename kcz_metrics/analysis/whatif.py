"""The fewest improvements, in the indicators' own units and in records, with which a unit reaches a rank or a score.

No improvement goes beyond what a unit of the group has reached. Every set of improvements is judged by scoring the index with it, so that
what others lose (a new maximum, a new mean) is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.corrected import begun, with_values
from kcz_metrics.analysis.explain import row_of
from kcz_metrics.analysis.records_needed import Needed, needed
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T
from kcz_metrics.methods import Array
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.run import NOT_APPLICABLE, Run

#: Halvings that find how far a step has to go.
HALVINGS: Final = 40
#: Sets of fewer improvements that are tried before the set found is called the smallest.
TRIED: Final = 400
COLUMNS: Final = {
    "indicator": pl.String, "value": pl.Float64, "value_after": pl.Float64, "bound": pl.Float64, "measure": pl.String, "more": pl.Float64,
    "gain": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True)
class WhatIf:
    """``steps``: ``indicator, value, value_after, bound, measure, more, gain``, the largest gain alone first: from where to where, what the
    best of the group has, and how much more of which measure that is (null where the formula has none that can be told). ``score`` and
    ``rank`` with all of them, re-scored; without any one of them the target is missed. ``reached`` False: no improvements within the
    bounds do, and ``score`` and ``rank`` are what all of them give."""

    unit: str
    reached: bool
    score: float
    rank: float | None
    steps: pl.DataFrame


def whatif(card: Scorecard, unit: str, *, rank: int | None = None, score: float | None = None) -> WhatIf:
    """The smallest set of improvements after which the unit has the ``rank`` or better, or the ``score`` or more.

    The improvements with the largest gains alone are taken until the target is reached, which is the smallest number where gains add up;
    where smaller sets are few they are all tried. Then each step is made as short as it may be, that of the smallest gain first, and
    counts of records whole. Raises ScoringError for an unknown unit, a unit without a rank, or neither or both targets given.
    """
    search = _Search.of(card, unit, _target(rank, score))
    bounds = search.bounds()
    gains = search.gains(bounds)
    useful = [column for column in np.argsort(-gains, kind="stable") if gains[column] > 0]
    if search.meets({}):
        return search.told({}, bounds, gains, reached=True)
    if not search.meets({c: bounds[c] for c in useful}):
        return search.told({c: bounds[c] for c in useful}, bounds, gains, reached=False)
    chosen = _smallest(search, useful, bounds)
    steps = _shortest(search, chosen, bounds, gains)
    return search.told(steps, bounds, gains, reached=True)


@dataclass
class _Search:
    card: Scorecard
    first: Run
    row: int
    target: Callable[[float, float], bool]

    @classmethod
    def of(cls, card: Scorecard, unit: str, target: Callable[[float, float], bool]) -> _Search:
        row = row_of(card, unit)
        if card.run.ranks is None or np.isnan(card.run.ranks[row, 0]):
            raise ScoringError(Issue("not_ranked_unit", T("评价对象 {unit} 没有名次", unit=unit), subject=card.index.id))
        return cls(card, begun(card), row, target)

    def scored(self, steps: dict[int, float]) -> tuple[float, float]:
        x = self.first.x.copy()
        for column, value in steps.items():
            x[self.row, column] = value
        run = with_values(self.card, self.first, x)
        assert run.scores is not None
        assert run.ranks is not None
        return float(run.scores[self.row, 0]), float(run.ranks[self.row, 0])

    def meets(self, steps: dict[int, float]) -> bool:
        return self.target(*self.scored(steps))

    def bounds(self) -> Array:
        """The best value of a ranked unit of the group on each indicator; NaN where the unit cannot improve."""
        run = self.card.run
        assert run.ranks is not None
        group = next(rows for rows in run.groups if self.row in rows)
        among = self.first.x[group[~np.isnan(run.ranks[group, 0])]]
        up = run.structure.up
        best = np.where(up, np.fmax.reduce(among, axis=0), np.fmin.reduce(among, axis=0))
        own = self.first.x[self.row]
        better = np.isnan(own) | np.where(up, best > own, best < own)
        return np.where(better & (self.first.statuses[self.row] != NOT_APPLICABLE), best, np.nan)

    def gains(self, bounds: Array) -> Array:
        """What each improvement alone, all the way, adds to the score."""
        now = self.scored({})[0]
        return np.array([0.0 if np.isnan(b) else self.scored({c: b})[0] - now for c, b in enumerate(bounds)])

    def told(self, steps: dict[int, float], bounds: Array, gains: Array, *, reached: bool) -> WhatIf:
        card, ids = self.card, self.card.run.structure.indicator_ids
        score, rank = self.scored(steps)
        unit = str(card.units["unit"][self.row])
        rows = []
        for column in sorted(steps, key=lambda c: -gains[c]):
            found = _records(card, unit, ids[column], steps[column])
            own = float(self.first.x[self.row, column])
            more = (None, None) if found is None else (found.measure, found.more)
            rows.append((ids[column], None if np.isnan(own) else own, steps[column], float(bounds[column]), *more, float(gains[column])))
        return WhatIf(unit, reached, score, None if np.isnan(rank) else rank, pl.DataFrame(rows, schema=COLUMNS, orient="row"))


def _target(rank: int | None, score: float | None) -> Callable[[float, float], bool]:
    if (rank is None) == (score is None):
        raise ScoringError(Issue("one_target", T("名次与得分须给出一个作为目标")))
    if rank is not None:
        return lambda _, place: place <= rank
    return lambda points, _: points >= float(score or 0.0) - 1e-12


def _smallest(search: _Search, useful: Sequence[int], bounds: Array) -> list[int]:
    chosen: list[int] = []
    for column in useful:
        chosen.append(column)
        if search.meets({c: bounds[c] for c in chosen}):
            break
    # gains that do not add up: a smaller set may do, and a member may be idle
    while len(chosen) > 1 and comb(len(useful), len(chosen) - 1) <= TRIED:
        smaller = next((s for s in combinations(useful, len(chosen) - 1) if search.meets({c: bounds[c] for c in s})), None)
        if smaller is None:
            break
        chosen = list(smaller)
    return chosen


def _shortest(search: _Search, chosen: Sequence[int], bounds: Array, gains: Array) -> dict[int, float]:
    """Each step as short as it may be; a step that is not needed falls away."""
    card, unit = search.card, str(search.card.units["unit"][search.row])
    steps = {c: float(bounds[c]) for c in chosen}
    for column in sorted(chosen, key=lambda c: gains[c]):
        rest = {c: v for c, v in steps.items() if c != column}
        if search.meets(rest):
            steps = rest
            continue
        own = float(search.first.x[search.row, column])
        if np.isnan(own):
            continue
        far, near = float(bounds[column]), own
        for _ in range(HALVINGS):
            middle = (near + far) / 2
            near, far = (near, middle) if search.meets({**rest, column: middle}) else (middle, far)
        found = _records(card, unit, card.run.structure.indicator_ids[column], far)
        up = search.card.run.structure.up[column]
        whole = found is not None and (found.value <= bounds[column] if up else found.value >= bounds[column])
        steps[column] = found.value if found is not None and whole and search.meets({**rest, column: found.value}) else far
    return steps


def _records(card: Scorecard, unit: str, indicator: str, value: float) -> Needed | None:
    return needed(card.history.sheet.values.measures, card.scheme, indicator, unit, card.period, value)
