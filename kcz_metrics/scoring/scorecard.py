"""Everything one run of an index produced. The arrays are kept; a frame is built when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.engines.values import STATUSES
from kcz_metrics.locales import Text
from kcz_metrics.methods.treat import MARKS
from kcz_metrics.scheme.models import Index, Scheme
from kcz_metrics.scoring import frames, provenance
from kcz_metrics.scoring.history import History
from kcz_metrics.scoring.run import MISSING, OK, Run
from kcz_metrics.scoring.screening import effective_weights

#: Status of a cell in the stage frames: those of a value, then what the stages did to it.
CELL_STATUSES: Final = (*STATUSES, "imputed", *MARKS[1:])
_IMPUTED: Final = len(STATUSES)


@dataclass(frozen=True)
class Scorecard:
    """One index, one period, every stage of it.

    Units that the screen held back have rows in ``scores`` with a reason and neither score nor rank, and none in the stages after it. No
    frame holds NaN or infinity: missing is null.
    """

    index: Index
    period: str
    #: The snapshot's id, or the SHA-256 of the file of values.
    source: str
    scheme: Scheme
    run: Run
    #: The values that it was made from, and the other periods it looked at.
    history: History = field(repr=False)

    @property
    def units(self) -> pl.DataFrame:
        """``unit, name_zh, name_en, active_from, active_to``, the unit's columns, and ``group``, null where the index has none."""
        return self.run.units

    @cached_property
    def values(self) -> pl.DataFrame:
        """``unit, period, indicator, value, status`` as the engine gave them."""
        return self._matrix("values")

    @cached_property
    def denominated(self) -> pl.DataFrame:
        return self._matrix("denominated")

    @cached_property
    def screened(self) -> pl.DataFrame:
        """Of the units that passed, from here on."""
        return self._matrix("screened")

    @cached_property
    def imputed(self) -> pl.DataFrame:
        """A filled cell has the status ``imputed``; ``imputations`` tells by what and from where."""
        return self._matrix("imputed")

    @cached_property
    def imputations(self) -> pl.DataFrame:
        """``unit, period, indicator, value, method, basis``: a row for each cell that was filled; see ``provenance.imputations``."""
        return provenance.imputations(self.run, self.history, self.period)

    @cached_property
    def treated(self) -> pl.DataFrame:
        """After transform and treatment; a moved cell is ``lowered``, ``raised`` or ``transformed``, one that could not be judged
        ``undefined``. ``treatments`` tells from what to what."""
        return self._matrix("treated")

    @cached_property
    def treatments(self) -> pl.DataFrame:
        """``unit, period, indicator, step, move, before, after``: a row for each cell that a step changed; see
        ``provenance.treatments``."""
        return provenance.treatments(self.run, self.period)

    @cached_property
    def normalised(self) -> pl.DataFrame:
        """A cell has the status of its value again, or ``imputed``; what treating did is said only of plain values."""
        return self._matrix("normalised")

    @cached_property
    def adjustments(self) -> pl.DataFrame:
        """``unit, period, adjustment, kind, applied, points``: a row for each unit and rule; points as they went into the score."""
        return provenance.adjustments(self.run, self.period)

    def stage(self, name: str) -> pl.DataFrame:
        """The frame of a stage: ``values``, ``denominated``, ``screened``, ``imputed``, ``treated``, ``normalised``, ``weights``,
        ``scores``; and ``imputations``, ``treatments``, ``adjustments``."""
        if name not in STAGE_FRAMES:
            raise KeyError(name)
        frame: pl.DataFrame = getattr(self, name)
        return frame

    @cached_property
    def weights(self) -> pl.DataFrame:
        """``unit, node, parent, weight, effective_weight``: share within the parent, and the product of shares down the tree.

        ``unit`` is null where all units share the weights; units for which something does not apply, or that have weights of their own,
        have rows of their own after those.
        """
        run, structure = self.run, self.run.structure
        if not run.weights:
            return frames.weights(structure, None, *effective_weights(structure, [b.given for b in structure.branches], run.applicable[:0]))
        own = any(w.ndim > 1 for w in run.weights)
        parts = [
            frames.weights(structure, run.units["unit"].head(0), np.empty((0, len(structure.nodes))), np.empty((0, len(structure.nodes))))
        ]
        if not own:
            parts.append(frames.weights(structure, None, *effective_weights(structure, run.weights, run.applicable[:0])))
        apart = ~run.applicable.all(axis=-1)
        if run.lean is not None:
            apart |= (run.lean != 1).any(axis=-1)
        rows = np.flatnonzero(run.passed if own else run.passed & apart)
        if rows.size:
            picked = [w[rows] if w.ndim > 1 else w for w in run.weights]
            within, effective = effective_weights(structure, picked, run.applicable[rows], None if run.lean is None else run.lean[rows])
            parts.append(frames.weights(structure, run.units["unit"].gather(rows), within, effective))
        return pl.concat(parts)

    @cached_property
    def scores(self) -> pl.DataFrame:
        """``unit, period, group, node, score, published, rank, coverage, status, reason``; a row for each unit and node, leaves and the
        index included, in the order of the units and of the tree.

        ``status``: ranked; not_ranked (held back by the screen, or barred); else why there is no score: missing, not_applicable,
        insufficient. A leaf whose value is zero, insufficient or not_reported says so whether it has a score or not.
        ``reason``: codes of what held a unit back, the same on all its rows. ``coverage`` is 0 to 1, null where nothing below the node
        applies.
        """
        return frames.scores(self.run, self.period)

    @cached_property
    def reasons(self) -> Mapping[str, tuple[Text, ...]]:
        """Unit to what held it back from the ranking, in words."""
        names = self.run.units["unit"]
        said = {names[row]: tuple(text for _, text in items) for row, items in self.run.reasons.items()}
        for row, text in (self.run.barred or {}).items():
            said[names[row]] = (*said.get(names[row], ()), text)
        return MappingProxyType(said)

    def _matrix(self, name: str) -> pl.DataFrame:
        run, matrix = self.run, self.run.stage(name)
        after_screen = name not in ("values", "denominated") and "screened" in run.kept
        if name == "imputed" and "screen" in run.structure.index.stages:
            order = run.structure.index.stages
            after_screen = "impute" not in order or order.index("screen") < order.index("impute")
        status = run.statuses.copy()
        if name in ("imputed", "treated", "normalised") or (name == "screened" and not self._screens_first):
            status[run.filled] = _IMPUTED
        if name in ("treated", "normalised"):
            told = run.marks > 0 if name == "treated" else (run.marks > 0) & (status == OK)
            status = np.where(told, _IMPUTED + run.marks, status)
        lost = np.isnan(matrix) & np.isin(status, _HOLDS_VALUE)
        status = np.where(lost, MISSING, status).astype(np.uint8)
        rows = np.flatnonzero(run.passed) if after_screen else np.arange(len(run.units))
        return frames.matrix(run, self.period, matrix[rows], status[rows], rows, CELL_STATUSES)

    @property
    def _screens_first(self) -> bool:
        order = self.index.stages
        return "screen" not in order or "impute" not in order or order.index("screen") < order.index("impute")


#: Statuses that say nothing of a hole in a later stage.
_HOLDS_VALUE = [n for n, name in enumerate(CELL_STATUSES) if name not in ("missing", "not_applicable", "insufficient")]
STAGE_FRAMES: Final[tuple[str, ...]] = (
    "values", "denominated", "screened", "imputed", "treated", "normalised", "weights", "scores",
    "imputations", "treatments", "adjustments",
)  # fmt: skip
