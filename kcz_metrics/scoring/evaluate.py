"""Scheme and source in, scorecard out: asks the engine for the periods that the index looks at, then scores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from kcz_metrics.errors import Issue, ScoringError, did_you_mean
from kcz_metrics.language.periods import period as parse
from kcz_metrics.locales import T
from kcz_metrics.scheme.models import Index, Scheme
from kcz_metrics.scoring.periods import values_for
from kcz_metrics.scoring.pipeline import score
from kcz_metrics.scoring.scorecard import Scorecard
from kcz_metrics.scoring.weighing import Weights

if TYPE_CHECKING:
    from kcz_metrics.engines.values import Values
    from kcz_metrics.store import Snapshot


#: How a period of each grain is written.
GRAIN_EXAMPLES: Final = {
    "year": "年度，如 2022",
    "half": "半年，如 2022H1",
    "quarter": "季度，如 2022Q3",
    "month": "月份，如 2022-07",
}


def values_of(scheme: Scheme, index: Index, period: str, source: Snapshot | Path) -> Values:
    """The values of every period that scoring ``period`` looks at; of a file, all that it holds."""
    if isinstance(source, Path):
        from kcz_metrics.engines import file

        return file.values(source, scheme, index.id, period)
    return values_for(scheme, index, (period,), source)


def evaluate(scheme: Scheme, index_id: str, period: str, source: Snapshot | Path, *, weights: Weights | None = None) -> Scorecard:
    """The scorecard of ``index_id`` in ``period`` from a snapshot's records or a file of values.

    ``weights`` as for ``score``. Raises ScoringError for an unknown index, and what the engine and ``score`` raise.
    """
    index = scheme.indices.get(index_id)
    if index is None:
        known = list(scheme.indices)
        raise ScoringError(Issue("unknown_index", T("方案中没有指数 {index}", index=index_id), hint=did_you_mean(index_id, known)))
    grain = index.periods.grain
    if not isinstance(source, Path) and "periods" in index.model_fields_set and parse(period).grain != grain:
        issue = Issue(
            "grain",
            T("指数 {index} 不按这样的评价期评价", index=index_id),
            found=T("{period}", period=period),
            expected=T(GRAIN_EXAMPLES[grain]),
        )
        raise ScoringError(issue)
    return score(values_of(scheme, index, period, source), index, period, scheme, weights=weights)
