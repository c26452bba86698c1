"""One unit's row put in place of its other one, for many units at once: a run each, scored together as arrays.

What a run with other data of one unit changes is that unit's row and whatever compares units; the group's rows are therefore repeated,
(run, unit, indicator), and go through the same kernels as every scoring.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from kcz_metrics.methods import Array, Flags, Positions
from kcz_metrics.scoring.adjusting import adjustments
from kcz_metrics.scoring.finishing import places
from kcz_metrics.scoring.history import History
from kcz_metrics.scoring.pipeline import STAGES
from kcz_metrics.scoring.run import Run
from kcz_metrics.scoring.screening import screen
from kcz_metrics.scoring.stages import on
from kcz_metrics.scoring.structure import Structure
from kcz_metrics.scoring.tree import climb

#: Numbers in one matrix of runs: some 8 MB of them.
_CELLS: Final = 2**20
Neighbours = Callable[[Positions, Positions, Positions], History]


def together(structure: Structure) -> bool:
    """Whether runs of this index may be scored so: nothing in it looks at one named unit, at another column of the units, or, where there
    are groups, at more than the unit's own."""
    index = structure.index
    batches = (*structure.impute, *structure.treat, *structure.normalise)
    plain = not any({"by", "reference"} & batch.parameters.keys() for batch in batches)
    given = index.group is None or all(branch.weights.entry.name == "given" for branch in structure.branches)
    order = index.stages
    whole = {"screen", "aggregate", "rank"} <= set(order) and set(order[: order.index("screen")]) <= {"denominate"}
    return plain and given and whole and index.rank.ties != "ordinal"


def swapped(base: Run, own: Run, at: Positions, history: History, beside: Neighbours | None = None) -> tuple[Array, Array]:
    """Score and rank of each unit of ``own`` where its row stands in for row ``at`` of ``base``; (unit,), NaN without one.

    Both are runs before their first stage. ``beside`` gives the history of some runs, where it is not the same for all: by the group's rows
    of ``base``, the rows of ``own`` that stand in for one of them, and the place in the group of each. A unit with another group in ``own``
    than in ``base`` gets NaN: ``regrouped`` tells them.
    """
    fit = (_fit(base, history), _fit(own, history))
    given = (adjustments(base), adjustments(own)) if "adjust" in base.structure.index.stages else (({}, {}), ({}, {}))
    barred = [np.isin(np.arange(len(run.x)), list(vetoed)) for run, (_, vetoed) in zip((base, own), given, strict=True)]
    scores, ranks = np.full(len(at), np.nan), np.full(len(at), np.nan)
    for group in base.groups:
        here = np.flatnonzero(np.isin(at, group) & ~regrouped(base, own, at))
        step = max(1, _CELLS // (len(group) * base.x.shape[1]))
        for part in (here[k : k + step] for k in range(0, len(here), step)):
            place = np.searchsorted(group, at[part])
            run = _repeated(base, own, group, part, place, _spread(*fit, group, part, place))
            points = [_spread(given[0][0][rule], given[1][0][rule], group, part, place) for rule in given[0][0]]
            found = _scored(
                run, beside(group, part, place) if beside else history, points, _spread(barred[0], barred[1], group, part, place)
            )
            scores[part], ranks[part] = (one[np.arange(len(part)), place] for one in found)
    return scores, ranks


def regrouped(base: Run, own: Run, at: Positions) -> Flags:
    """Which units of ``own`` belong to another group than their rows in ``base``."""
    return own.units["group"].ne_missing(base.units["group"].gather(at)).to_numpy()


def _fit(run: Run, history: History) -> Flags:
    """Who passes the screen but for the size of the group."""
    for name in run.structure.index.stages:
        if name == "screen":
            done = screen(run, history)
            alone = {row for row, why in done.reasons.items() if {code for code, _ in why} == {"minimum_group"}}
            return done.passed | np.isin(np.arange(len(run.x)), list(alone))
        for step in STAGES[name]:
            run = step(run, history)
    return run.passed


def _spread(base: Any, own: Any, group: Positions, part: Positions, place: Positions) -> Any:
    """The group's rows, once a run, with the run's own row in its place."""
    several = np.repeat(base[group][None], len(part), axis=0)
    several[np.arange(len(part)), place] = own[part]
    return several


def _repeated(base: Run, own: Run, group: Positions, part: Positions, place: Positions, fit: Array) -> Run:
    def both(name: str) -> Array | None:
        one, two = getattr(base, name), getattr(own, name)
        if one is None and two is None:
            return None
        shape = next(m.shape[1:] for m in (one, two) if m is not None)
        plain = np.ones if name == "lean" else np.zeros
        one, two = (plain((len(r.x), *shape), float if name == "lean" else bool) if m is None else m for r, m in ((base, one), (own, two)))
        return _spread(one, two, group, part, place)

    x = _spread(base.x, own.x, group, part, place)
    fewest = base.structure.index.screen.minimum_group if base.structure.index.screen else 0
    passed = fit & (fit.sum(axis=-1, keepdims=True) >= fewest) if fewest else fit
    return base.but(
        units=base.units[group.tolist()],
        groups=(np.arange(len(group)),),
        statuses=_spread(base.statuses, own.statuses, group, part, place),
        x=x,
        kept=MappingProxyType({"values": x}),
        denominators=_divisors(base, own, group, part, place),
        passed=passed,
        filled=np.zeros(x.shape, bool),
        marks=np.zeros(x.shape, np.uint8),
        zeroed=both("zeroed"),
        lean=both("lean"),
    )


def _divisors(base: Run, own: Run, group: Positions, part: Positions, place: Positions) -> Mapping[str, Array]:
    names = {*base.denominators, *own.denominators}

    def given(run: Run, name: str) -> Array:
        return run.denominators.get(name, np.full(len(run.x), np.nan))

    return {name: _spread(given(base, name), given(own, name), group, part, place) for name in sorted(names)}


def _scored(run: Run, history: History, points: list[Array], barred: Array) -> tuple[Array, Array]:
    """Scores and ranks of the index, (run, unit)."""
    scores = ranks = np.empty(0)
    with np.errstate(over="ignore", invalid="ignore"):
        for name in run.structure.index.stages:
            if name == "screen":
                run = on(run, np.where(run.passed[..., None], run.x, np.nan), "screened")
            elif name == "aggregate":
                top = climb(run.structure, run.x, run.groups, run.applicable, lean=run.lean)[0][0]
                scores = np.where(run.passed, top, np.nan)
            elif name == "adjust":
                scores = scores + sum(points)
            elif name == "rank":
                ranks = places(run.structure.index.rank, np.where(barred, np.nan, scores), run.groups)[2]
            else:
                for step in STAGES[name]:
                    run = step(run, history)
    return scores, ranks
