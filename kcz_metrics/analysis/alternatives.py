"""Other values of one unit, many sets of them at once: the score and rank it would have with each."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from kcz_metrics.analysis.corrected import begun, cells, with_values
from kcz_metrics.analysis.swapped import swapped, together
from kcz_metrics.methods import Array, Positions
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.run import Run


@dataclass(frozen=True)
class Alternatives:
    """``first`` is the scorecard's run before its first stage, ``row`` the unit's."""

    card: Scorecard
    first: Run
    row: int

    @classmethod
    def of(cls, card: Scorecard, row: int) -> Alternatives:
        return cls(card, begun(card), row)

    def scored(self, x: Array) -> tuple[Array, Array]:
        """Score and rank of the index, (set,), for the unit's values ``x``, (set, indicator), all other units as they are."""
        if not together(self.first.structure) or self._named:
            found = np.array([self._one(values) for values in x]).reshape(-1, 2)
            return found[:, 0], found[:, 1]
        return swapped(self.first, self._rows(x), np.full(len(x), self.row, np.intp), self.card.history)

    @property
    def _named(self) -> bool:
        """Whether somebody let the unit in or kept it out by name."""
        screen = self.card.index.screen
        unit = self.first.units["unit"][self.row]
        return screen is not None and any(one.unit == unit for one in (*screen.include, *screen.exclude))

    def _one(self, values: Array) -> tuple[float, float]:
        every = self.first.x.copy()
        every[self.row] = values
        run = with_values(self.card, self.first, every)
        assert run.scores is not None
        assert run.ranks is not None
        return float(run.scores[self.row, 0]), float(run.ranks[self.row, 0])

    def _rows(self, x: Array) -> Run:
        """The unit once for each set, as a run of its own before its first stage."""
        first, rows = self.first, np.full(len(x), self.row, np.intp)
        statuses, zeroed = cells(first.x[rows], x, first.statuses[rows], None if first.zeroed is None else first.zeroed[rows])
        group: tuple[Positions, ...] = (np.arange(len(x)),)
        return first.but(
            units=first.units[rows.tolist()],
            groups=group,
            x=x,
            kept=MappingProxyType({"values": x}),
            statuses=statuses,
            zeroed=zeroed,
            denominators={name: by[rows] for name, by in first.denominators.items()},
            passed=np.ones(len(x), bool),
            filled=np.zeros(x.shape, bool),
            marks=np.zeros(x.shape, np.uint8),
            lean=None if first.lean is None else first.lean[rows],
        )
