"""Adjustments of the index's score by measures: bonus, deduction, veto."""

from __future__ import annotations

from collections.abc import Mapping

from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T, Text
from kcz_metrics.methods import Array
from kcz_metrics.scoring.run import Run


def adjustments(run: Run) -> tuple[Mapping[str, Array], Mapping[int, Text]]:
    raise ScoringError(Issue("adjust", T("指数 {index} 的调整项尚不可用", index=run.structure.index.id)))
