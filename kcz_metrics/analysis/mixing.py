"""Runs put together from the rows of two others, to be scored as if they had been one: some units as they were, others as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.methods import Array
from kcz_metrics.scoring.history import History
from kcz_metrics.scoring.pipeline import advance
from kcz_metrics.scoring.run import Run
from kcz_metrics.scoring.structure import Structure

#: A name that is no period, so that the periods a method looks at stay what they are.
LABEL: Final = "mixed"

#: The run that a row comes from, and its number there.
Row = tuple[Run, int]


@dataclass(frozen=True)
class Beside(History):
    """A history for a mixed run: a row's neighbouring periods are those of the run that it comes from, as that run's own history (by
    ``id`` of the run) knows them. ``own`` are rows that stand in for those at ``at``, one in each of many runs."""

    rows: tuple[Row, ...] = ()
    of: Mapping[int, History] = field(default_factory=dict)
    own: tuple[Row, ...] = ()
    at: tuple[int, ...] = ()

    def neighbours(self, run: Run, steps: int, forward: bool) -> list[Array]:
        if run.period != LABEL:
            return super().neighbours(run, steps, forward)
        sources = {id(source): source for source, _ in (*self.rows, *self.own)}
        found = {key: self.of[key].neighbours(source, steps, forward) for key, source in sources.items()}
        deep = max(map(len, found.values()))
        return [self._gathered({key: at[step] if step < len(at) else None for key, at in found.items()}) for step in range(deep)]

    def _gathered(self, matrices: Mapping[int, Array | None]) -> Array:
        """Of each row its own; a run whose neighbour lies out of the years covered has nothing there."""
        width = next(m.shape[-1] for m in matrices.values() if m is not None)
        empty = np.full(width, np.nan)

        def of(row: Row) -> Array:
            matrix = matrices[id(row[0])]
            return empty if matrix is None else matrix[row[1]]

        together = np.array([of(row) for row in self.rows])
        if not self.own:
            return together
        several = np.repeat(together[None], len(self.own), axis=0)
        several[np.arange(len(self.own)), list(self.at)] = [of(row) for row in self.own]
        return several


def mixed(rows: Sequence[Row], structure: Structure) -> Run:
    """The run before its first stage whose units are ``rows``; all runs have the indicators of ``structure``, in its order."""
    runs = list({id(run): run for run, _ in rows}.values())
    frames = [run.units.with_columns(_run=pl.lit(k), _row=pl.int_range(pl.len())) for k, run in enumerate(runs)]
    number = {id(run): k for k, run in enumerate(runs)}
    wanted = pl.DataFrame({"_run": [number[id(run)] for run, _ in rows], "_row": [row for _, row in rows]})
    together = pl.concat([frame.with_columns(pl.col("_row").cast(pl.Int64)) for frame in frames], how="diagonal_relaxed")
    wanted = wanted.with_columns(pl.col("_run").cast(pl.Int32), pl.col("_row").cast(pl.Int64))
    units = wanted.join(together, on=["_run", "_row"], how="left", maintain_order="left").drop("_run", "_row")
    names = units["unit"].to_list()
    measures = pl.concat(
        [run.measures.filter(pl.col("unit").is_in([n for n, (r, _) in zip(names, rows, strict=True) if r is run])) for run in runs]
    )
    group = np.unique(np.array(["" if g is None else f"={g}" for g in units["group"].to_list()]), return_inverse=True)[1]
    x = np.array([run.kept["values"][row] for run, row in rows])
    lean = zeroed = None
    if any(run.lean is not None for run in runs):
        lean = np.array([np.ones(len(structure.nodes)) if run.lean is None else run.lean[row] for run, row in rows])
    if any(run.zeroed is not None for run in runs):
        zeroed = np.array([np.zeros(x.shape[1], bool) if run.zeroed is None else run.zeroed[row] for run, row in rows])
    divisors = {name for run in runs for name in run.denominators}
    return Run(
        structure=structure,
        period=LABEL,
        units=units,
        groups=tuple(np.flatnonzero(group == code) for code in np.unique(group)),
        statuses=np.array([run.statuses[row] for run, row in rows]),
        x=x,
        kept=MappingProxyType({"values": x}),
        denominators={name: np.array([_divisor(run, name, row) for run, row in rows]) for name in sorted(divisors)},
        measures=measures,
        passed=np.ones(len(rows), bool),
        reasons=MappingProxyType({}),
        filled=np.zeros(x.shape, bool),
        marks=np.zeros(x.shape, np.uint8),
        zeroed=zeroed,
        lean=lean,
    )


def scored(run: Run, history: History) -> tuple[Array, Array]:
    """Scores and ranks of the index, (unit,)."""
    done = advance(run, history)
    assert done.scores is not None
    assert done.ranks is not None
    return done.scores[:, 0], done.ranks[:, 0]


def _divisor(run: Run, name: str, row: int) -> float:
    return float(run.denominators[name][row]) if name in run.denominators else float("nan")
