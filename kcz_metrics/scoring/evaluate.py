"""Scheme and source in, scorecard out: asks the engine for the periods that the index looks at, then scores."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kcz_metrics.errors import Issue, LanguageError, ScoringError, did_you_mean
from kcz_metrics.language.periods import period as parse
from kcz_metrics.locales import T
from kcz_metrics.scheme.models import Index, Method, Scheme
from kcz_metrics.scoring.pipeline import score
from kcz_metrics.scoring.scorecard import Scorecard
from kcz_metrics.scoring.weighing import Weights

if TYPE_CHECKING:
    from kcz_metrics.engines.values import Values
    from kcz_metrics.store import Snapshot


def methods(index: Index, scheme: Scheme) -> list[Method]:
    """The impute, treat and normalise methods that the index's indicators use."""
    indicators = [scheme.indicators[name] for name in index.leaves]
    given = [m for i in indicators for m in (i.impute, i.treat, i.normalise) if m is not None]
    return [index.impute, index.treat, index.normalise, *given]


def periods_needed(index: Index, scheme: Scheme, period: str) -> tuple[str, ...]:
    """The period and those that its methods look at by name: base periods, and as many before and after as a gap may be wide."""
    needed: dict[str, None] = {period: None}
    for method in methods(index, scheme):
        parameters: Mapping[str, Any] = method.parameters
        if parameters.get("over") == "base_period":
            needed[str(parameters.get("base"))] = None
        if method.method in ("previous", "linear"):
            for step in range(1, int(parameters.get("max_gap", 1)) + 1):
                for direction in (step, -step) if method.method == "linear" else (step,):
                    try:
                        needed[parse(period).previous(direction).id] = None
                    except LanguageError:
                        break
    return tuple(needed)


def values_of(scheme: Scheme, index: Index, period: str, source: Snapshot | Path) -> Values:
    """The values of every period that scoring ``period`` looks at."""
    wanted = periods_needed(index, scheme, period)
    everywhere = any(m.parameters.get("over") == "all_periods" for m in methods(index, scheme))
    if isinstance(source, Path):
        from kcz_metrics.engines import file

        return file.values(source, scheme, index.id, period)
    from kcz_metrics.engines import duckdb

    if everywhere:
        wanted = tuple(dict.fromkeys((*wanted, *duckdb.periods(source, scheme, index.id))))
    return duckdb.values(source, scheme, index.id, wanted)


def evaluate(scheme: Scheme, index_id: str, period: str, source: Snapshot | Path, *, weights: Weights | None = None) -> Scorecard:
    """The scorecard of ``index_id`` in ``period`` from a snapshot's records or a file of values.

    Raises ScoringError for an unknown index, and what the engine and ``score`` raise.
    """
    index = scheme.indices.get(index_id)
    if index is None:
        raise ScoringError(
            Issue("unknown-index", T("方案中没有指数 {index}", index=index_id), hint=did_you_mean(index_id, list(scheme.indices)))
        )
    return score(values_of(scheme, index, period, source), index, period, scheme, weights=weights)
