"""Values in, scorecard out: the stages in the order that the index declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from kcz_metrics.engines.values import Values
from kcz_metrics.scheme.models import Index, Scheme, Stage
from kcz_metrics.scoring.finishing import adjust, aggregate, rank
from kcz_metrics.scoring.history import History
from kcz_metrics.scoring.run import Run
from kcz_metrics.scoring.scorecard import Scorecard
from kcz_metrics.scoring.screening import screen
from kcz_metrics.scoring.sheet import sheet, start
from kcz_metrics.scoring.stages import denominate, impute, normalise, transform, treat
from kcz_metrics.scoring.structure import build, built
from kcz_metrics.scoring.weighing import Weights, weigher

#: Stage as the scheme names it → what it does to a run, step by step.
STAGES: Final[Mapping[str, tuple[Callable[..., Run], ...]]] = MappingProxyType(
    {
        "denominate": (denominate,),
        "screen": (screen,),
        "impute": (impute,),
        "treat": (transform, treat),
        "normalise": (normalise,),
        "aggregate": (aggregate,),
        "adjust": (adjust,),
        "rank": (rank,),
    }
)

#: The stages that look at nothing but the run itself.
AFTER_NORMALISING: Final = ("aggregate", "adjust", "rank")


def advance(run: Run, history: History, until: str | None = None) -> Run:
    """Run the index's stages, up to the one that keeps the matrix ``until`` where given."""
    steps = [step for name in run.structure.index.stages for step in STAGES[name]]
    # numbers too large to be squared end as missing, and need no word in the log
    with np.errstate(over="ignore", invalid="ignore"):
        for step in steps[run.done :]:
            if until is not None and until in run.kept:
                break
            run = step(run, history).but(done=run.done + 1)
    return run


def rewind(run: Run, stage: Stage) -> Run:
    """The run as it was before ``stage``, one of those up to normalise, from the matrices it keeps."""
    steps = [name for name in run.structure.index.stages for _ in STAGES[name]]
    done = steps.index(stage)
    kept = dict(list(run.kept.items())[: done + 1])  # the values, then one matrix a step
    changed: dict[str, Any] = {}
    if "screened" not in kept:
        changed |= {"passed": np.ones_like(run.passed), "reasons": MappingProxyType({})}
    if "imputed" not in kept:
        changed["filled"] = np.zeros_like(run.filled)
    if "treated" not in kept:
        changed["marks"] = np.zeros_like(run.marks)
    return run.but(x=kept[list(kept)[-1]], kept=MappingProxyType(kept), done=done, **changed)


def score(values: Values, index: Index, period: str, scheme: Scheme, *, weights: Weights | None = None) -> Scorecard:
    """The scorecard of ``index`` in ``period``, with every stage.

    ``values`` must hold the other periods that a method looks at (`base_period`, `all_periods`, `previous`, `linear`). ``weights`` stand in
    for the scheme's: node to weight within its parent, or the name of a weight set. Raises SchemeError for methods that do not fit, and
    ScoringError for values that cannot be scored as the scheme asks.
    """
    structure = built(index, scheme) if weights is None else build(index, scheme, weigher(index, weights))
    history = History(sheet(values, structure), advance)
    return Scorecard(index, period, values.source, scheme, advance(start(history.sheet, period), history), history)


def rescore(scorecard: Scorecard, weights: Weights | None) -> Scorecard:
    """The scorecard under other weights, from the matrices it keeps: only aggregating, adjusting and ranking run again.

    Who passed the screen stays as it was. ``None`` gives back the scheme's own weights.
    """
    index, run = scorecard.index, scorecard.run
    structure = build(index, scorecard.scheme, weigher(index, weights))
    again = run.but(structure=structure, x=run.ready)
    for stage in AFTER_NORMALISING:
        if stage in index.stages:
            for step in STAGES[stage]:
                again = step(again)
    return replace(scorecard, run=again)
