"""The fewest improvements, in the indicators' own units and in records, with which a unit reaches a rank or a score.

No improvement goes beyond what a unit of the group has reached. Every set of improvements is judged by scoring the index with it, so that
what others lose (a new maximum, a new mean) is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.alternatives import Alternatives
from kcz_metrics.analysis.explain import row_of
from kcz_metrics.analysis.plain_numbers import plain
from kcz_metrics.analysis.records_needed import Needed, needed
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Flags
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.run import NOT_APPLICABLE

#: How far a step has to go is found by cutting into so many pieces, so many times: 2⁻⁴⁰ of it.
PIECES: Final = 32
CUTS: Final = 8
#: Sets of fewer improvements that are tried before the set found is called the smallest.
TRIED: Final = 2500
COLUMNS: Final = {
    "indicator": pl.String, "value": pl.Float64, "value_after": pl.Float64, "bound": pl.Float64, "measure": pl.String, "more": pl.Float64,
    "gain": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True)
class WhatIf:
    """``steps``: ``indicator, value, value_after, bound, measure, more, gain``, the largest gain alone first: from where to where, what the
    best of the group has, and how much more of which measure that is (null where the formula has none that can be told). ``score`` and
    ``rank`` with all of them, re-scored; without any one of them the target is missed. ``reached`` False: no improvements within the
    bounds do, and ``score`` and ``rank`` are what all of them give. ``tried`` sets of one step fewer were scored and all miss the target,
    so that no smaller set reaches it (improvements harm no score); 0 where they were too many to try."""

    unit: str
    reached: bool
    score: float
    rank: float | None
    steps: pl.DataFrame
    tried: int = 0


def whatif(card: Scorecard, unit: str, *, rank: int | None = None, score: float | None = None) -> WhatIf:
    """The smallest set of improvements after which the unit has the ``rank`` or better, or the ``score`` or more.

    The improvements with the largest gains alone are taken until the target is reached, which is the smallest number where gains add up;
    where smaller sets are few they are all tried. Then each step is made as short as it may be, that of the smallest gain first, and
    counts of records whole. Raises ScoringError for an unknown unit, a unit without a rank, or neither or both targets given.
    """
    search = _Search.of(card, unit, _target(rank, score))
    bounds = search.bounds()
    gains = search.gains(bounds)
    if search.meets({}):
        return search.told({}, bounds, gains, reached=True)
    useful = search.useful(bounds, gains)
    if not useful or not search.met([{c: bounds[c] for c in useful[:n]} for n in range(1, len(useful) + 1)]).any():
        return search.told({c: bounds[c] for c in useful}, bounds, gains, reached=False)
    chosen, tried = _smallest(search, useful, bounds)
    steps = _shortest(search, chosen, bounds, gains)
    return search.told(steps, bounds, gains, reached=True, tried=tried if len(steps) == len(chosen) else 0)


def sets(card: Scorecard, unit: str, size: int, *, rank: int | None = None, score: float | None = None) -> pl.DataFrame:
    """``indicators, score, rank, met`` of every set of ``size`` improvements among those that :func:`whatif` chooses from, each as good as
    the best of the group. Raises ScoringError as that does."""
    search = _Search.of(card, unit, _target(rank, score))
    bounds, ids = search.bounds(), card.run.structure.indicator_ids
    some = list(combinations(search.useful(bounds, search.gains(bounds)), size))
    scores, ranks = search.scored([{c: float(bounds[c]) for c in columns} for columns in some])
    data = {
        "indicators": [[ids[c] for c in columns] for columns in some], "score": scores, "rank": ranks, "met": search.target(scores, ranks),
    }  # fmt: skip
    return pl.DataFrame(data, schema_overrides={"indicators": pl.List(pl.String)}).with_columns(pl.col("score", "rank").fill_nan(None))


@dataclass
class _Search:
    card: Scorecard
    alternatives: Alternatives
    target: Callable[[Array, Array], Flags]

    @classmethod
    def of(cls, card: Scorecard, unit: str, target: Callable[[Array, Array], Flags]) -> _Search:
        row = row_of(card, unit)
        if card.run.ranks is None or np.isnan(card.run.ranks[row, 0]):
            raise ScoringError(Issue("not_ranked_unit", T("评价对象 {unit} 没有名次", unit=unit), subject=card.index.id))
        return cls(card, Alternatives.of(card, row), target)

    @property
    def row(self) -> int:
        return self.alternatives.row

    @property
    def own(self) -> Array:
        values: Array = self.alternatives.first.x[self.row]
        return values

    def scored(self, several: Sequence[Mapping[int, float]]) -> tuple[Array, Array]:
        """Score and rank with each set of steps."""
        x = np.repeat(self.own[None], len(several), axis=0)
        for row, steps in zip(x, several, strict=True):
            row[list(steps)] = list(steps.values())
        return self.alternatives.scored(x)

    def met(self, several: Sequence[Mapping[int, float]]) -> Flags:
        return self.target(*self.scored(several))

    def meets(self, steps: Mapping[int, float]) -> bool:
        return bool(self.met([steps])[0])

    def bounds(self) -> Array:
        """The best value of a ranked unit of the group on each indicator; NaN where the unit cannot improve."""
        run, first = self.card.run, self.alternatives.first
        assert run.ranks is not None
        group = next(rows for rows in run.groups if self.row in rows)
        among = first.x[group[~np.isnan(run.ranks[group, 0])]]
        up, own = run.structure.up, self.own
        best = np.where(up, np.fmax.reduce(among, axis=0), np.fmin.reduce(among, axis=0))
        better = np.isnan(own) | np.where(up, best > own, best < own)
        return np.where(better & (first.statuses[self.row] != NOT_APPLICABLE), best, np.nan)

    def gains(self, bounds: Array) -> Array:
        """What each improvement alone, all the way, adds to the score."""
        columns = np.flatnonzero(~np.isnan(bounds))
        scores = self.scored([{}, *({int(c): float(bounds[c])} for c in columns)])[0]
        gains = np.zeros(len(bounds))
        gains[columns] = np.nan_to_num(scores[1:] - scores[0])
        return gains

    @property
    def additive(self) -> bool:
        """Whether scores are weighted means all the way up: what gains nothing alone gains nothing beside others then."""
        branches = self.card.run.structure.branches
        return all(branch.aggregate.entry.name == "arithmetic" and branch.weights.entry.name == "given" for branch in branches)

    def useful(self, bounds: Array, gains: Array) -> list[int]:
        """The improvements to choose among, the largest gain alone first. Elsewhere than in weighted means one that gains nothing alone
        may count beside others: of two zeros under a geometric mean neither does anything before the other is mended."""
        order = [int(column) for column in np.argsort(-gains, kind="stable") if not np.isnan(bounds[column])]
        return [column for column in order if gains[column] > 0] if self.additive else order

    def told(self, steps: Mapping[int, float], bounds: Array, gains: Array, *, reached: bool, tried: int = 0) -> WhatIf:
        card, ids = self.card, self.card.run.structure.indicator_ids
        score, rank = (float(one[0]) for one in self.scored([steps]))
        unit = str(card.units["unit"][self.row])
        rows = []
        for column in sorted(steps, key=lambda c: -gains[c]):
            found = _records(card, unit, ids[column], steps[column])
            own = float(self.own[column])
            more = (None, None) if found is None else (found.measure, found.more)
            rows.append((ids[column], None if np.isnan(own) else own, steps[column], float(bounds[column]), *more, float(gains[column])))
        return WhatIf(unit, reached, score, None if np.isnan(rank) else rank, pl.DataFrame(rows, schema=COLUMNS, orient="row"), tried)


def _target(rank: int | None, score: float | None) -> Callable[[Array, Array], Flags]:
    if (rank is None) == (score is None):
        raise ScoringError(Issue("one_target", T("名次与得分须给出一个作为目标")))
    if rank is not None:
        return lambda _, places: places <= rank
    return lambda points, _: points >= float(score or 0.0) - 1e-12


def _smallest(search: _Search, useful: Sequence[int], bounds: Array) -> tuple[list[int], int]:
    """The steps to take, and how many sets of one step fewer were scored in vain."""
    begun = [list(useful[: n + 1]) for n in range(len(useful))]
    met = search.met([{c: bounds[c] for c in some} for some in begun])
    chosen, tried = begun[int(np.argmax(met))], 0
    # gains that do not add up: a smaller set may do, and a member may be idle
    while len(chosen) > 1 and comb(len(useful), len(chosen) - 1) <= TRIED:
        fewer = list(combinations(useful, len(chosen) - 1))
        met = search.met([{c: bounds[c] for c in some} for some in fewer])
        if not met.any():
            tried = len(fewer)
            break
        chosen = list(fewer[int(np.argmax(met))])
    return chosen, 1 if len(chosen) == 1 else tried


def _shortest(search: _Search, chosen: Sequence[int], bounds: Array, gains: Array) -> dict[int, float]:
    """Each step as short as it may be; a step that is not needed falls away."""
    card, unit = search.card, str(search.card.units["unit"][search.row])
    steps = {c: float(bounds[c]) for c in chosen}
    for column in sorted(chosen, key=lambda c: gains[c]):
        rest = {c: v for c, v in steps.items() if c != column}
        if search.meets(rest):
            steps = rest
            continue
        own = float(search.own[column])
        if np.isnan(own):
            continue
        far = _least(search, rest, column, own, float(bounds[column]))
        found = _records(card, unit, card.run.structure.indicator_ids[column], far)
        up = card.run.structure.up[column]
        whole = found is not None and (found.value <= bounds[column] if up else found.value >= bounds[column])
        steps[column] = found.value if found is not None and whole and search.meets({**rest, column: found.value}) else far
    return steps


def _least(search: _Search, rest: Mapping[int, float], column: int, near: float, far: float) -> float:
    """The value nearest to ``near``, which misses the target, that meets it, as ``far`` does; or a plainer one beside it."""
    last_of_all, up = far, far > near
    for _ in range(CUTS):
        between = np.linspace(near, far, PIECES + 1)
        met = search.met([{**rest, column: float(value)} for value in between[1:-1]])
        last = int(np.flatnonzero(~met).max(initial=-1)) + 1  # the last that misses; beyond it all meet
        near, far = float(between[last]), float(between[last + 1])
    return plain(far, lambda value: (value <= last_of_all if up else value >= last_of_all) and search.meets({**rest, column: value}), up=up)


def _records(card: Scorecard, unit: str, indicator: str, value: float) -> Needed | None:
    return needed(card.history.sheet.values.measures, card.scheme, indicator, unit, card.period, value)
