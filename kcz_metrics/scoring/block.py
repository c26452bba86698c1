"""Many variants of an index at once: the same kernels over (run, unit, node), in chunks that stay in the cache, on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from kcz_metrics.errors import Issue, ScoringError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Positions
from kcz_metrics.scheme.models import Method
from kcz_metrics.scoring.finishing import places
from kcz_metrics.scoring.run import Run
from kcz_metrics.scoring.scorecard import Scorecard
from kcz_metrics.scoring.structure import Structure, varied
from kcz_metrics.scoring.tree import climb
from kcz_metrics.scoring.variants import CHOICES, Alternatives, Variants, within

#: Numbers in one array of a chunk: 256 kB of them.
_CELLS: Final = 32768
#: Scores that one thread is done with before others have begun.
_SMALL: Final = 2**18
QUANTILES: Final = (0.05, 0.50, 0.95)


@dataclass(frozen=True)
class Combination:
    """Runs that share their methods: the matrix they start from and the weights theirs are drawn around."""

    runs: Positions
    base: Run
    structure: Structure
    weights: tuple[Array, ...]


@dataclass(frozen=True)
class Block:
    """``scores`` of the index and ``ranks`` within the group, (run, unit), NaN for a unit without one; units as in the scorecard.
    ``taken`` (run, choice) are the alternatives of ``variants.CHOICES`` that each run took."""

    card: Scorecard
    variants: Variants
    scores: Array
    ranks: Array
    taken: Positions
    combinations: tuple[Combination, ...]
    threads: int

    @cached_property
    def score_quantiles(self) -> tuple[Array, ...]:
        """p5, p50, p95 by unit: order statistics (the lower one); NaN for a unit that some run leaves without a score."""
        return self._quantiles(self.scores)

    @cached_property
    def rank_quantiles(self) -> tuple[Array, ...]:
        return self._quantiles(self.ranks)

    def moved(self, combination: Combination) -> list[Array]:
        """The weights of a combination's runs: a (run, child) or (run, unit, child) array a branch."""
        words = self.variants.draws(_children(self.card.run.structure))[1]
        return _moved(self.variants, combination, self.taken[combination.runs], words[combination.runs])

    def weights(self, run: int) -> dict[str, float]:
        """Node to weight within its parent in a run, where all units share them."""
        combination = next(c for c in self.combinations if run in c.runs)
        structure, place = combination.structure, int(np.flatnonzero(combination.runs == run)[0])
        found: dict[str, float] = {}
        for branch, w in zip(structure.branches, self.moved(combination), strict=True):
            found |= {structure.nodes[child]: float(v) for child, v in zip(branch.children, np.atleast_2d(w[place])[0], strict=True)}
        return found

    def _quantiles(self, block: Array) -> tuple[Array, ...]:
        last = len(block) - 1
        found = np.empty((len(QUANTILES), block.shape[1]))
        step = max(1, 4 * _CELLS // len(block))

        def part(begin: int) -> None:
            ordered = np.sort(block[:, begin : begin + step], axis=0)
            for row, q in zip(found, QUANTILES, strict=True):
                row[begin : begin + step] = np.where(np.isnan(ordered[-1]), np.nan, ordered[int(np.floor(q * last))])

        _spread(part, range(0, block.shape[1], step), self.threads)
        return tuple(found)


def block(card: Scorecard, variants: Variants, *, threads: int | None = None, chunk: int | None = None) -> Block:
    """Scores and ranks of every run. ``threads`` (by default all cores where there is enough to do) and
    ``chunk`` (runs at a time) change no digit.

    Run k is ``score`` with the methods and weights of run k. Raises ScoringError for no runs, unknown nodes or units, an index without
    ranking, and what ``score`` raises for the methods.
    """
    if variants.units is not None:
        card = within(card, variants.units)
    _check(card, variants)
    structure, units = card.run.structure, len(card.units)
    workers = threads or (1 if variants.runs * units < _SMALL else os.cpu_count() or 1)
    taken, words = variants.draws(_children(structure))
    combinations = tuple(_combinations(card, variants, taken))
    scores, ranks = np.empty((variants.runs, units)), np.empty((variants.runs, units))
    step = chunk or max(1, _CELLS // units)

    def part(task: tuple[Combination, Positions]) -> None:
        combination, runs = task
        weights = _moved(variants, combination, taken[runs], words[runs])
        # numbers too large to be squared end as missing, and need no word in the log
        with np.errstate(over="ignore", invalid="ignore"):
            given = _scores(combination, weights, len(runs))
            scores[runs] = given
            ranks[runs] = places(card.index.rank, given, combination.base.groups, combination.base.barred)[2]

    _spread(part, [(c, c.runs[i : i + step]) for c in combinations for i in range(0, len(c.runs), step)], workers)
    return Block(card, variants, scores, ranks, taken, combinations, workers)


def _spread(call: Callable[[Any], None], tasks: Sequence[Any], threads: int) -> None:
    if threads == 1 or len(tasks) < 2:
        for task in tasks:
            call(task)
        return
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(call, tasks):
            pass


def _check(card: Scorecard, variants: Variants) -> None:
    run, nodes = card.run, card.run.structure.nodes
    issues = []
    if variants.runs < 1:
        issues.append(Issue("draws", T("抽样次数须为正"), found=T("{value}", value=variants.runs)))
    if run.scores is None or run.ranks is None:
        issues.append(Issue("not_ranked", T("指数 {index} 没有排名", index=card.index.id)))
    issues += [
        Issue("unknown_node", T("指数 {index} 中没有节点 {node}", index=card.index.id, node=name), hint=did_you_mean(name, list(nodes)))
        for name in variants.leave_out
        if name and name not in nodes[1:]
    ]
    if issues:
        raise ScoringError(issues)


def _children(structure: Structure) -> int:
    return sum(len(branch.children) for branch in structure.branches)


def _combinations(card: Scorecard, variants: Variants, taken: Positions) -> Iterator[Combination]:
    alternatives = Alternatives(card)
    methods = [getattr(variants, name) or (None,) for name in CHOICES[:3]]
    sizes = variants.sizes[:3]
    keys = np.ravel_multi_index(tuple(taken[:, :3].T), sizes)
    for key in np.unique(keys):
        treat, normalise, aggregate = (of[int(i)] for of, i in zip(methods, np.unravel_index(key, sizes), strict=True))
        base = replace(alternatives.run(treat, normalise), adjustments=card.run.adjustments, barred=card.run.barred)
        structure = varied(base.structure, aggregate=aggregate)
        yield Combination(np.flatnonzero(keys == key), base, structure, _own(card, base, structure, treat, normalise, aggregate))


def _own(card: Scorecard, base: Run, structure: Structure, *methods: Method | None) -> tuple[Array, ...]:
    """The weights that draws go around: the given ones, or those that the methods find in these very scores."""
    if all(method is None for method in methods):
        return card.run.weights
    if all(branch.weights.entry.name == "given" for branch in structure.branches):
        return tuple(branch.given for branch in structure.branches)
    return climb(structure, base.ready, base.groups, base.applicable)[1]


def _moved(variants: Variants, combination: Combination, taken: Positions, words: Array) -> list[Array]:
    """One (run, child) or (run, unit, child) array a branch."""
    moved, column = [], 0
    for w in combination.weights:
        m = w.shape[-1]
        if variants.weights is None:
            moved.append(np.broadcast_to(w, (len(taken), *w.shape)))
        else:
            moved.append(variants.weights(w, words[:, column : column + m]))
        column += m
    return _without(combination.structure, moved, taken[:, 3], variants.leave_out) if variants.leave_out else moved


def _without(structure: Structure, weights: list[Array], taken: Positions, names: tuple[str, ...]) -> list[Array]:
    """No weight for the node that a run leaves out, nor for a node that has nothing left below it."""
    out = np.array([structure.position(name) if name else -1 for name in names], np.intp)[taken]
    gone = np.zeros((len(taken), len(structure.nodes)), bool)
    gone[out >= 0, out[out >= 0]] = True
    given = []
    for branch, w in zip(structure.branches, weights, strict=True):
        lost = gone[:, branch.children]
        w = np.where(lost if w.ndim == 2 else lost[:, None, :], 0.0, w)
        gone[:, branch.node] |= lost.all(axis=-1)
        total = w.sum(axis=-1, keepdims=True)
        given.append(w if branch.weights.entry.absolute else np.divide(w, total, out=w, where=total > 0))
    return given


def _scores(combination: Combination, weights: list[Array], runs: int) -> Array:
    base = combination.base
    top = climb(combination.structure, base.ready, base.groups, base.applicable, weights)[0][0]
    scores = np.where(base.passed, np.broadcast_to(top, (runs, len(base.passed))), np.nan)
    for amount in (base.adjustments or {}).values():
        scores += amount
    return scores
