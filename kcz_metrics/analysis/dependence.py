"""What a ranking hangs on: Sobol indices over everything declared uncertain, of the mean shift in rank and of every unit's rank."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.robustness import Doubts, Robustness, runs_of
from kcz_metrics.analysis.sensitivity import INTERVAL, RESAMPLED, RUNS, SEED, indices, shift
from kcz_metrics.methods import Array, Flags, Positions
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.block import width
from kcz_metrics.scoring.draws import words
from kcz_metrics.scoring.variants import CHOICES

#: Streams of words: that of ``sensitivity`` resamples; this one says which runs count unverified records.
_RESAMPLING, _COUNTING = 2, 3
COLUMNS: Final = ("unit", "source", "first", "first_p5", "first_p95", "total", "total_p5", "total_p95")


def varied(doubts: Doubts) -> tuple[str, ...]:
    """The sources that have something to vary: a choice with more than one alternative, weights, evidence, unverified records."""
    return tuple(name for name in doubts.sources if name not in CHOICES or len(getattr(doubts.variants, name)) > 1)


def dependence(
    card: Scorecard,
    doubts: Doubts,
    *,
    runs: int = RUNS,
    seed: int = SEED,
    resampled: int = RESAMPLED,
    units: bool | Collection[str] = False,
    threads: int | None = None,
) -> pl.DataFrame:
    """``unit, source, first, first_p5, first_p95, total, total_p5, total_p95``: how much of the variance each source brings about alone and
    with all it has to do with.

    ``unit`` null: of the mean absolute shift in rank; with ``units`` also of the rank of each unit, or of those named, null where it never
    moves or some run leaves it unranked. Both ends of an interval are null where more than one in twenty resamples has nothing that
    differs. From ``runs``·(sources + 2) runs; intervals by drawing among the ``runs`` again, none for ``resampled`` 0. See
    ``sensitivity.indices`` for the estimators. Raises what ``block`` raises.
    """
    names = varied(doubts)
    found = _runs(card, doubts, names, runs, seed, threads)
    answers, of = [shift(found.ranks, found.nominal)], [None]
    if units is not False:
        listed = np.flatnonzero(~np.isnan(found.nominal))
        if units is not True:
            listed = listed[card.units["unit"].gather(listed).is_in(list(units)).to_numpy()]
        # ranks lie far from 0 beside how little they move: about their mean the first-order estimate is as true, and much less spread
        ranks = found.ranks[:, listed].T
        answers += list(ranks - ranks[:, : 2 * runs].mean(axis=1, keepdims=True))
        of += card.units["unit"].gather(listed).to_list()
    columns: dict[str, Any] = {"unit": np.repeat(np.array(of, object), len(names)).tolist(), "source": list(names) * len(of)}
    columns |= _indices(np.array(answers), len(names), runs, seed, resampled)
    return pl.DataFrame(columns, schema_overrides={"unit": pl.String}).with_columns(pl.selectors.float().fill_nan(None)).select(COLUMNS)


def answers(card: Scorecard, doubts: Doubts, unit: str | None = None, *, runs: int = RUNS, seed: int = SEED) -> pl.DataFrame:
    """``run, own, other`` and a column for each source: what the indices of ``dependence`` are worked out from. Of each pair of independent
    runs the answer (mean absolute shift in rank, or the rank of ``unit``) of either, and of the first with the source from the second."""
    names = varied(doubts)
    found = _runs(card, doubts, names, runs, seed, None)
    y = shift(found.ranks, found.nominal) if unit is None else found.ranks[:, card.units["unit"].to_list().index(unit)]
    columns = dict(zip(("own", "other", *names), y.reshape(-1, runs), strict=True))
    return pl.DataFrame({"run": np.arange(1, runs + 1)} | columns)


def _runs(card: Scorecard, doubts: Doubts, names: tuple[str, ...], runs: int, seed: int, threads: int | None) -> Robustness:
    plan, origin, counted = _design(card, names, runs, seed)
    variants = replace(doubts.variants, runs=len(plan), seed=seed, drawn=True, first=0, origin=tuple(origin.tolist()))
    return runs_of(card, replace(doubts, variants=variants), counted, numbers=plan, threads=threads)


def _design(card: Scorecard, names: tuple[str, ...], runs: int, seed: int) -> tuple[Array, Positions, Flags]:
    """Saltelli's runs: of each the numbers of ``block``, the run whose errors of values it has, whether it counts unverified records."""
    numbers = width(card.run.structure)
    drawn = words(seed, 0, runs, 2 * numbers)
    a, b = drawn[:, :numbers], drawn[:, numbers:]
    bits = words(seed, 0, runs, 2, _COUNTING) < 0.5
    own, other = np.arange(runs), np.arange(runs, 2 * runs)
    plans, origins, counted = [a, b], [own, other], [bits[:, 0], bits[:, 1]]
    for name in names:
        mixed = a.copy()
        columns = np.arange(len(CHOICES), numbers) if name == "weights" else [CHOICES.index(name)] if name in CHOICES else []
        mixed[:, columns] = b[:, columns]
        plans.append(mixed)
        origins.append(other if name == "evidence" else own)
        counted.append(bits[:, 1] if name == "unverified" else bits[:, 0])
    return np.concatenate(plans), np.concatenate(origins), np.concatenate(counted)


def _indices(answers: Array, sources: int, runs: int, seed: int, resampled: int) -> dict[str, Array]:
    """The columns for answers (answer, run), one after another."""
    again = (words(seed, 0, resampled, runs, _RESAMPLING) * runs).astype(np.intp)
    parts = answers.reshape(len(answers), sources + 2, runs)
    many = [indices(parts[..., rows].reshape(len(answers), -1), sources) for rows in again]
    found: dict[str, Array] = {}
    for place, (name, value) in enumerate(zip(("first", "total"), indices(answers, sources), strict=True)):
        found[name] = value.reshape(-1)
        ordered = np.sort(np.array([each[place] for each in many]), axis=0) if resampled else None
        ends = [np.full(value.shape, np.nan) if ordered is None else ordered[int(q * (resampled - 1))] for q in INTERVAL]
        # resamples in which nothing differs stand last: where they reach into the upper end, both ends are unknown
        unknown = np.isnan(ends[-1])
        for q, end in zip(INTERVAL, ends, strict=True):
            found[f"{name}_p{round(100 * q)}"] = np.where(unknown, np.nan, end).reshape(-1)
    return found
