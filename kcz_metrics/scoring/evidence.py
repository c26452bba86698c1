"""How far values may be off, by the evidence behind them, and runs whose values are that far off: the stages of a scoring over
(run, unit, indicator)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.errors import Issue, ScoringError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Positions
from kcz_metrics.scoring.draws import words_of
from kcz_metrics.scoring.history import History
from kcz_metrics.scoring.pipeline import STAGES
from kcz_metrics.scoring.run import Run
from kcz_metrics.scoring.scorecard import Scorecard
from kcz_metrics.scoring.stages import on

#: The stream of words that moves values; that of ``draws`` moves weights.
_STREAM: Final = 1
#: Stands among the classes for values behind which no record says on what evidence it stands: registers, rosters, charters.
NO_CLASS: Final = "none"
#: The smallest uniform number there is but 0.
_LEAST: Final = 2.0**-54


def errors(card: Scorecard, evidence: Mapping[str, float], shares: pl.DataFrame) -> Array:
    """Relative standard error of each value, (unit, indicator) in the order of the scorecard; that of ``none`` where no record behind a
    value has a class, 0 where that is not declared.

    ``evidence``: class to relative error, as the index declares it. ``shares``: ``unit, indicator, evidence_class, share``, a row for each
    class that records behind a value have; shares of one value are made to add up to 1. A value's error is the mean of its classes' by
    share: errors of records of one class are taken to go the same way, which is the careful reading. Raises ScoringError for a class
    without an error, and for an error below 0.
    """
    classes = shares["evidence_class"].unique().sort().to_list()
    strange = [name for name in classes if not np.isfinite(evidence.get(name, np.nan)) or evidence[name] < 0]
    if strange:
        issue = Issue(
            "evidence_class",
            T("证据等级 {name} 没有不小于零的相对误差", name="、".join(map(str, strange))),
            subject=f"indices.{card.index.id}.uncertainty.evidence",
            hint=did_you_mean(str(strange[0]), list(evidence)),
        )
        raise ScoringError(issue)
    ids = card.run.structure.indicator_ids
    rows = {unit: row for row, unit in enumerate(card.units["unit"].to_list())}
    known = shares.filter(pl.col("unit").is_in(list(rows)) & pl.col("indicator").is_in(ids) & (pl.col("share") > 0))
    weight, amount = np.zeros((2, len(rows), len(ids)))
    at = ([rows[unit] for unit in known["unit"]], [ids.index(name) for name in known["indicator"]])
    share = known["share"].cast(pl.Float64).to_numpy()
    np.add.at(weight, at, share)
    np.add.at(amount, at, share * np.array([evidence[name] for name in known["evidence_class"]], float))
    return np.divide(amount, weight, out=np.full(weight.shape, float(evidence.get(NO_CLASS, 0.0))), where=weight > 0)


def times(error: Array, seed: int, runs: Positions) -> Array:
    """What each value of a run is multiplied by, (run, unit, indicator): log-normal numbers with mean 1 and the relative standard error
    ``error``, one word a cell; exactly 1 where the error is 0. A value of 0 stays 0, and none changes its sign."""
    from scipy.special import ndtri

    u = words_of(seed, runs, error.size, _STREAM)
    width = np.sqrt(np.log1p(error**2))
    z = ndtri(np.maximum(u, _LEAST)).reshape(len(runs), *error.shape)
    return np.exp(z * width - width**2 / 2)


def apart(run: Run, history: History, multipliers: Array) -> Array:
    """The last matrix of ``run`` with its values multiplied, (run, unit, indicator). Who passed the screen stays as it was; so do other
    periods that it looks at."""
    last = list(run.kept)[-1]
    values = run.kept["values"] * multipliers
    moved = replace(run, x=values, kept=MappingProxyType({"values": values}), filled=np.zeros(values.shape, bool))
    for name in run.structure.index.stages:
        for step in STAGES[name]:
            if last in moved.kept:
                return moved.kept[last]
            if name == "screen":
                moved = on(moved, np.where(run.passed[:, None], moved.x, np.nan), "screened")
            else:
                moved = step(moved, history)
    return moved.kept[last]
