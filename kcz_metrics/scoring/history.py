"""The other periods that a stage may look at: each computed up to the stage asked for, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from kcz_metrics.errors import Issue, LanguageError, ScoringError
from kcz_metrics.language.periods import is_period
from kcz_metrics.language.periods import period as parse
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Positions
from kcz_metrics.scoring.run import Run
from kcz_metrics.scoring.sheet import Sheet, start


@dataclass(frozen=True)
class History:
    """``advance(run, history, stage)`` brings a run to the end of a stage."""

    sheet: Sheet
    advance: Callable[[Run, History, str], Run]
    _runs: dict[str, Run] = field(default_factory=dict)

    @property
    def periods(self) -> tuple[str, ...]:
        return self.sheet.periods

    def run(self, period: str, stage: str) -> Run:
        """The run of ``period``, advanced at least to where it keeps ``stage``."""
        if period not in self._runs:
            self._runs[period] = start(self.sheet, period)
        if stage not in self._runs[period].kept:
            self._runs[period] = self.advance(self._runs[period], self, stage)
        return self._runs[period]

    def all_periods(self, period: str) -> tuple[str, ...]:
        """The periods that ``over: all_periods`` means: those the values name, else all that have the grain of ``period``."""
        named = self.sheet.values.all_periods
        if named is not None:
            return tuple(p for p in named if p in self.periods)  # in the others no unit was active
        try:
            grain = parse(period).grain
        except LanguageError:
            return self.periods
        return tuple(p for p in self.periods if is_period(p) and parse(p).grain == grain)

    def pool(self, run: Run, stage: str, over: str, base: str | None) -> list[tuple[Run, Array]]:
        """The runs that ``over`` compares with, and their matrices after ``stage``."""
        periods = (base or "",) if over == "base_period" else self.all_periods(run.period)
        missing = [p for p in periods if p not in self.periods]
        if missing:
            raise ScoringError(
                Issue(
                    "no_base_period", T("没有基期 {period} 的指标值", period=missing[0]), subject=f"indices.{self.sheet.structure.index.id}"
                )
            )
        runs = [run if p == run.period and stage in run.kept else self.run(p, stage) for p in periods]
        return [(other, other.stage(stage)) for other in runs]

    def beside(self, run: Run, steps: int, forward: bool) -> list[str]:
        """The ``steps`` periods before (or after) that of ``run``, nearest first."""
        try:
            here = parse(run.period)
        except LanguageError:
            others = [p for p in self.periods if (p > run.period if forward else p < run.period)]
            return list((others if forward else others[::-1])[:steps])
        names: list[str] = []
        for n in range(1, steps + 1):
            try:
                names.append(here.previous(-n if forward else n).id)
            except LanguageError:  # out of the years covered
                break
        return names

    def neighbours(self, run: Run, steps: int, forward: bool) -> list[Array]:
        """Denominated values of the periods ``beside``, in the rows of ``run``."""
        return [self._aligned(run, name) for name in self.beside(run, steps, forward)]

    def _aligned(self, run: Run, period: str) -> Array:
        aligned = np.full(run.x.shape[-2:], np.nan)
        if period in self.periods:
            other = self.run(period, "denominated")
            rows = run.units.select("unit").with_row_index("here").join(other.units.select("unit").with_row_index("there"), on="unit")
            aligned[rows["here"].to_numpy()] = other.stage("denominated")[rows["there"].to_numpy()]
        return aligned


def codes(run: Run, column: str) -> Positions:
    """A unit column as codes from 0, -1 for null."""
    values = run.units[column].cast(pl.String).to_list()
    place = {value: code for code, value in enumerate(sorted({value for value in values if value is not None}))}
    return np.array([-1 if value is None else place[value] for value in values], np.intp)
