"""The statistical audit of an index in a period, as one tidy frame: what the handbook asks for, and advice with its effect."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from kcz_metrics.analysis.diagnosis_ranking import (
    compensation_rows,
    reversal_rows,
    stability_rows,
    telling_apart_rows,
)
from kcz_metrics.analysis.diagnosis_rows import Row, framed
from kcz_metrics.analysis.diagnosis_structure import (
    REDUNDANT,
    component_rows,
    correlation_rows,
    coverage_rows,
    distribution_rows,
    weight_rows,
)
from kcz_metrics.analysis.diagnosis_units import fairness_rows, size_rows
from kcz_metrics.analysis.sensitivity import shift
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.block import block
from kcz_metrics.scoring.variants import Variants

#: In the order of the report.
SECTIONS = (
    "coverage", "distribution", "correlation", "components", "weights", "compensation", "telling_apart", "stability", "reversal", "size",
    "fairness", "advice",
)  # fmt: skip
#: Coverage below which an indicator is better left out.
_TOO_FEW = 0.5


def diagnose(card: Scorecard, before: Scorecard | None = None, turned: pl.DataFrame | None = None) -> pl.DataFrame:
    """``section, subject, other, figure, value, flag``, in the order of ``SECTIONS``.

    Correlations, components and weights are of scores less their group's mean, over ranked units. ``flag`` marks what to look at, by the
    limits of the OECD/JRC Handbook (2008) and COINr. ``advice``: ``drop`` and ``merge`` (with ``other``) of indicators, ``value`` the mean
    change in rank if it were done; an indicator without such a row is to keep. ``before``: the period before, for stability; ``turned``
    as for ``reversal_rows``. Raises ScoringError for an index without ranking, and as ``block``.
    """
    if card.run.ranks is None or np.isnan(card.run.ranks[:, 0]).all():
        raise ScoringError(Issue("not_ranked", T("指数 {index} 没有排名", index=card.index.id)))
    rows = [
        *coverage_rows(card),
        *distribution_rows(card),
        *correlation_rows(card),
        *component_rows(card),
        *weight_rows(card),
        *compensation_rows(card),
        *telling_apart_rows(card),
        *stability_rows(card, before),
        *reversal_rows(card, turned),
        *size_rows(card),
        *fairness_rows(card),
    ]
    return framed([*rows, *_advice(card, rows)])


def _advice(card: Scorecard, rows: list[Row]) -> Iterator[Row]:
    """Drop what few units have, what is the same for all, and what works against the index; merge what says the same twice: the one with
    the smaller weight goes."""
    leaves = card.run.structure.indicator_ids
    found = {(row.subject, row.figure): row for row in rows if row.section in ("coverage", "correlation")}
    effect = left_out(card)
    dropped = set()
    for name in leaves:
        known, distinct, whole = (found.get((name, f)) for f in ("share_known", "distinct_values", "with_index"))
        few = known is not None and known.value is not None and known.value < _TOO_FEW
        same = distinct is not None and distinct.value is not None and distinct.value < 2
        against = whole is not None and whole.value is not None and whole.value < 0
        if few or same or against:
            dropped.add(name)
            yield Row("advice", name, "drop", effect[name], True)
    weights = dict(zip(leaves, card.run.structure.given_weights[1][0][card.run.structure.leaves], strict=True))
    for row in rows:
        if row.figure == "with_sibling" and row.value is not None and row.value > REDUNDANT and row.other in weights:
            lesser, greater = sorted((row.subject, str(row.other)), key=lambda name: weights.get(name, 0.0))
            if lesser in weights and lesser not in dropped:
                dropped.add(lesser)
                yield Row("advice", lesser, "merge", effect[lesser], True, greater)


def left_out(card: Scorecard) -> dict[str, float]:
    """Indicator to the mean change in rank if it were left out; NaN where it is the only one."""
    leaves = card.run.structure.indicator_ids
    if len(leaves) < 2:
        return dict.fromkeys(leaves, float("nan"))
    found = block(card, Variants(len(leaves), leave_out=leaves, drawn=False))
    assert card.run.ranks is not None
    return dict(zip(leaves, shift(found.ranks, card.run.ranks[:, 0]).tolist(), strict=True))
