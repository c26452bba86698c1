"""What flows through the pipeline: one period's matrices, each stage's kept beside the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kcz_metrics.engines.values import STATUSES
from kcz_metrics.locales import Text
from kcz_metrics.methods import Array, Flags, Positions
from kcz_metrics.scoring.structure import Structure

#: The matrices a run keeps, in the usual order.
MATRICES = ("values", "denominated", "screened", "imputed", "transformed", "treated", "normalised")
OK, ZERO, MISSING, NOT_APPLICABLE, INSUFFICIENT, NOT_REPORTED = range(len(STATUSES))


@dataclass(frozen=True)
class Run:
    """Matrices are (unit, indicator), NaN for missing; ``scores``, ``ranks``, ``published`` and ``coverage`` are (unit, node). Rows of
    units
    that did not pass the screen are NaN from there on. A stage that has not run is None. ``weights`` go with the structure's branches,
    each (child,) or (unit, child)."""

    structure: Structure
    period: str
    units: pl.DataFrame
    groups: tuple[Positions, ...]
    statuses: NDArray[np.uint8]
    x: Array
    kept: Mapping[str, Array]
    denominators: Mapping[str, Array]
    measures: pl.DataFrame
    passed: Flags
    reasons: Mapping[int, tuple[tuple[str, Text], ...]]
    filled: Flags
    marks: NDArray[np.uint8]
    #: Cells whose score a confirmed flag sets to zero; None where there are none.
    zeroed: Flags | None = None
    #: What each unit's weights are multiplied by, (unit, node), where some have a weight set of their own; None where nobody has.
    lean: Array | None = None
    weights: tuple[Array, ...] = ()
    scores: Array | None = None
    adjustments: Mapping[str, Array] | None = None
    published: Array | None = None
    ranks: Array | None = None
    coverage: Array | None = None
    barred: Mapping[int, Text] | None = None
    #: Steps of the index's stages that are behind it.
    done: int = 0

    def but(self, **changes: Any) -> Run:
        """The run with some fields changed: ``dataclasses.replace`` at a tenth of its cost, for what is copied a dozen times."""
        if not changes.keys() <= self.__dict__.keys():
            raise TypeError(f"not fields of a run: {sorted(changes.keys() - self.__dict__.keys())}")
        copy = object.__new__(Run)
        copy.__dict__.update(self.__dict__, **changes)
        return copy

    @property
    def applicable(self) -> Flags:
        return self.statuses != NOT_APPLICABLE

    @property
    def ready(self) -> Array:
        """The last matrix, which aggregating reads; in the usual order the normalised one."""
        return list(self.kept.values())[-1]

    def stage(self, name: str) -> Array:
        """The matrix as stage ``name`` left it; where the index leaves that stage out, as the last one before it did."""
        if name in self.kept:
            return self.kept[name]
        earlier = [stage for stage in MATRICES[: MATRICES.index(name)] if stage in self.kept]
        return self.kept[earlier[-1]]
