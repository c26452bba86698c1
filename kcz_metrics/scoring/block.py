"""Many variants of an index at once: the same kernels over (run, unit, node), in chunks that stay in the cache, on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from kcz_metrics.errors import Issue, ScoringError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Positions
from kcz_metrics.methods.ordering import descending
from kcz_metrics.scoring.adjusting import adjustments
from kcz_metrics.scoring.evidence import apart, times
from kcz_metrics.scoring.finishing import places
from kcz_metrics.scoring.history import History
from kcz_metrics.scoring.run import Run
from kcz_metrics.scoring.scorecard import Scorecard
from kcz_metrics.scoring.structure import Structure, varied
from kcz_metrics.scoring.tree import climb
from kcz_metrics.scoring.variants import CHOICES, STAGE_OF, Alternatives, Variants, within

#: Numbers in one array of a chunk: 256 kB of them.
_CELLS: Final = 32768
#: Scores that one thread is done with before others have begun.
_SMALL: Final = 2**18
QUANTILES: Final = (0.05, 0.50, 0.95)
_LEAVE_OUT: Final = CHOICES.index("leave_out")


@dataclass(frozen=True)
class Combination:
    """Runs that share their methods: the run up to the last matrix that they start from, what it may look at, and the weights theirs are
    drawn around."""

    runs: Positions
    base: Run
    history: History
    structure: Structure
    weights: tuple[Array, ...]


@dataclass(frozen=True)
class Block:
    """``scores`` of the index and ``ranks`` within the group, (run, unit), NaN for a unit without one; units as in the scorecard.
    ``taken`` (run, choice) are the alternatives of ``variants.CHOICES`` that each run took; ``errors`` the relative standard errors of
    values, (unit, indicator), None where values stay as they are."""

    card: Scorecard
    variants: Variants
    scores: Array
    ranks: Array
    taken: Positions
    words: Array
    combinations: tuple[Combination, ...]
    threads: int
    errors: Array | None = None

    @cached_property
    def score_quantiles(self) -> tuple[Array, ...]:
        """p5, p50, p95 by unit: order statistics (the lower one); NaN for a unit that some run leaves without a score."""
        return quantiles(self.scores, self.threads)

    @cached_property
    def rank_quantiles(self) -> tuple[Array, ...]:
        return quantiles(self.ranks, self.threads)

    def moved(self, combination: Combination) -> list[Array]:
        """The weights of a combination's runs: a (run, child) or (run, unit, child) array a branch."""
        return _ready(self.variants, combination, self.errors, combination.runs, self.taken, self.words)[1]

    def weights(self, run: int) -> dict[str, float]:
        """Node to weight within its parent in a run, where all units share them."""
        combination = next(c for c in self.combinations if run in c.runs)
        moved = _ready(self.variants, combination, self.errors, np.array([run]), self.taken, self.words)[1]
        structure, found = combination.structure, dict[str, float]()
        for branch, w in zip(structure.branches, moved, strict=True):
            found |= {structure.nodes[child]: float(v) for child, v in zip(branch.children, np.atleast_2d(w[0])[0], strict=True)}
        return found

    def multipliers(self, run: int) -> Array:
        """What the values of a run are multiplied by, (unit, indicator)."""
        if self.errors is None:
            return np.ones(self.card.run.x.shape)
        return times(self.errors, self.variants.seed, self.variants.numbered(np.array([run])))[0]


def quantiles(block: Array, threads: int = 1) -> tuple[Array, ...]:
    """p5, p50, p95 of each column: order statistics (the lower one); NaN where a run has none."""
    last = len(block) - 1
    at = [int(np.floor(q * last)) for q in QUANTILES]
    found = np.empty((len(QUANTILES), block.shape[1]))
    step = max(1, 4 * _CELLS // len(block))

    def part(begin: int) -> None:
        columns = np.ascontiguousarray(block[:, begin : begin + step].T)
        lost = np.isnan(columns.min(axis=1))
        order = descending(columns)[0]
        for row, place in zip(found, at, strict=True):
            row[begin : begin + step] = np.where(lost, np.nan, columns.reshape(-1)[order[:, last - place]])

    _spread(part, range(0, block.shape[1], step), threads)
    return tuple(found)


def block(
    card: Scorecard,
    variants: Variants,
    *,
    errors: Array | None = None,
    numbers: Array | None = None,
    threads: int | None = None,
    chunk: int | None = None,
) -> Block:
    """Scores and ranks of every run. ``errors`` are relative standard errors of values, (unit, indicator), as ``evidence.errors`` gives
    them: in each run every value is as far off as that. ``numbers`` stand in for those of the seed, see ``Variants.draws``. ``threads``
    (by default all cores where there is enough to do) and ``chunk`` (runs at a time) change no digit.

    Run k is ``score`` with the values, methods and weights of run k. Raises ScoringError for no runs, unknown nodes or units, an index
    without ranking, and what ``score`` raises for the methods.
    """
    if variants.units is not None:
        card = within(card, variants.units)
    if errors is not None and not (np.nan_to_num(errors) > 0).any():
        errors = None
    _check(card, variants)
    structure, units = card.run.structure, len(card.units)
    # values that are off go through all the stages
    cells = units if errors is None else errors.size
    workers = threads or (1 if variants.runs * cells < _SMALL else os.cpu_count() or 1)
    taken, words = variants.draws(width(structure) - len(CHOICES), numbers)
    combinations = tuple(_combinations(card, variants, taken))
    same = {id(c.weights): c.weights for c in combinations}
    shared = _moved(variants, structure, combinations[0].weights, taken, words) if errors is None and len(same) == 1 else None
    scores, ranks = np.empty((variants.runs, units)), np.empty((variants.runs, units))
    step = chunk or max(1, (_CELLS if errors is None else 8 * _CELLS) // cells)

    def part(task: tuple[tuple[Combination, ...], Positions]) -> None:
        several, runs = task
        # numbers too large to be squared end as missing, and need no word in the log
        with np.errstate(over="ignore", invalid="ignore"):
            if shared is None:
                matrix, weights = _ready(variants, several[0], errors, runs, taken, words)
            else:
                matrix, weights = several[0].base.ready, [w[runs] for w in shared]
                if len(several) > 1:
                    matrix = np.stack([c.base.ready for c in several])[:, None]
            scores[runs] = _scores(several[0], matrix, weights, runs.shape)

    def placed(task: tuple[Run, Any]) -> None:
        base, runs = task
        with np.errstate(over="ignore", invalid="ignore"):
            ranks[runs] = places(card.index.rank, scores[runs], base.groups, base.barred)[2]

    _spread(part, [task for together in _alike(combinations, shared is not None) for task in _tasks(together, step)], workers)
    step = chunk or max(1, _CELLS // units)
    if all(c.base.barred is combinations[0].base.barred for c in combinations):
        _spread(placed, [(combinations[0].base, np.s_[i : i + step]) for i in range(0, variants.runs, step)], workers)
    else:
        _spread(placed, [(c.base, c.runs[i : i + step]) for c in combinations for i in range(0, len(c.runs), step)], workers)
    return Block(card, variants, scores, ranks, taken, words, combinations, workers, errors)


def _alike(combinations: Sequence[Combination], some: bool) -> list[list[Combination]]:
    """Those that differ in nothing but their matrix, together, where ``some`` may be."""
    found: dict[tuple[int, ...], list[Combination]] = {}
    for number, c in enumerate(combinations):
        alike = (id(c.structure.branches), id(c.base.passed), id(c.base.adjustments)) if some else (number,)
        found.setdefault(alike, []).append(c)
    return list(found.values())


def _tasks(together: Sequence[Combination], step: int) -> Iterator[tuple[tuple[Combination, ...], Positions]]:
    """Combinations and runs of each, about ``step`` runs in all: (run,) of one, or (combination, run) of several that are small, made
    equally long by doing some runs twice."""
    small = [c for c in together if 2 * len(c.runs) <= step]
    for c in together:
        if 2 * len(c.runs) > step:
            yield from (((c,), c.runs[i : i + step]) for i in range(0, len(c.runs), step))
    while small:
        longest = max(len(c.runs) for c in small)
        now, small = small[: step // longest], small[step // longest :]
        runs = np.stack([np.resize(c.runs, longest) for c in now])
        yield (tuple(now), runs) if len(now) > 1 else (tuple(now), now[0].runs)


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


def width(structure: Structure) -> int:
    """How many numbers a run is drawn by: one a choice, then one a child of each branch."""
    return len(CHOICES) + sum(len(branch.children) for branch in structure.branches)


def _combinations(card: Scorecard, variants: Variants, taken: Positions) -> Iterator[Combination]:
    alternatives = Alternatives(card, variants)
    shared = [CHOICES.index(name) for name in (*STAGE_OF, "aggregate")]
    sizes = tuple(variants.sizes[column] for column in shared)
    keys = np.ravel_multi_index(tuple(taken[:, shared].T), sizes)
    given_weights = tuple(branch.given for branch in card.run.structure.branches) if _given(card.run.structure) else ()
    bars = "adjust" in card.index.stages and bool(variants.screen or variants.without)
    structures = [varied(card.run.structure, aggregate=method) for method in variants.aggregate]
    adjusted: dict[int, Run] = {}  # several combinations start from one run
    for key, runs in _by_key(keys):
        took = {CHOICES[c]: int(i) for c, i in zip(shared, np.unravel_index(key, sizes), strict=True)}
        found, history = alternatives.run(took)
        if id(found) not in adjusted:
            given, barred = adjustments(found) if bars else (card.run.adjustments, card.run.barred)
            adjusted[id(found)] = found.but(adjustments=given, barred=barred)
        base = adjusted[id(found)]
        structure = base.structure
        if variants.aggregate:
            structure = structure.but(branches=structures[took["aggregate"]].branches)
        weights = given_weights or (card.run.weights if not variants.aggregate and not alternatives.names else _own(base, structure))
        yield Combination(runs, base, history, structure, weights)


def _by_key(keys: Positions) -> Iterator[tuple[int, Positions]]:
    """Each key, in their order, and where it stands, in one pass."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    for key, runs in zip(ordered[begins], np.split(order, begins[1:]), strict=True):
        yield int(key), runs


def _given(structure: Structure) -> bool:
    return all(branch.weights.entry.name == "given" for branch in structure.branches)


def _own(base: Run, structure: Structure) -> tuple[Array, ...]:
    """The weights that the methods find in these very scores."""
    return climb(structure, base.ready, base.groups, base.applicable, lean=base.lean)[1]


def _ready(
    variants: Variants, combination: Combination, errors: Array | None, runs: Positions, taken: Positions, words: Array
) -> tuple[Array, list[Array]]:
    """The last matrix of some runs, and one (run, child) or (run, unit, child) array of weights a branch."""
    base, structure = combination.base, combination.structure
    if errors is None:
        return base.ready, _moved(variants, structure, combination.weights, taken[runs], words[runs])
    matrix = apart(base, combination.history, times(errors, variants.seed, variants.numbered(runs)))
    if _given(structure):
        return matrix, _moved(variants, structure, combination.weights, taken[runs], words[runs])
    found = climb(structure, matrix, base.groups, base.applicable, lean=base.lean)[1]
    each = [
        _moved(variants, structure, [w[k] if w.ndim > b.given.ndim else w for w, b in zip(found, structure.branches, strict=True)], t, u)
        for k, (t, u) in enumerate(zip(taken[runs][:, None], words[runs][:, None], strict=True))
    ]
    return matrix, [np.concatenate(parts) for parts in zip(*each, strict=True)]


def _moved(variants: Variants, structure: Structure, weights: Sequence[Array], taken: Positions, words: Array) -> list[Array]:
    moved, column = [], 0
    for w in weights:
        m = w.shape[-1]
        if variants.weights is None:
            moved.append(np.broadcast_to(w, (len(taken), *w.shape)))
        else:
            moved.append(variants.weights(w, words[:, column : column + m]))
        column += m
    return _without(structure, moved, taken[:, _LEAVE_OUT], variants.leave_out) if variants.leave_out else moved


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


def _scores(combination: Combination, matrix: Array, weights: list[Array], runs: tuple[int, ...]) -> Array:
    base = combination.base
    top = climb(combination.structure, matrix, base.groups, base.applicable, weights, lean=base.lean)[0][0]
    scores = np.broadcast_to(top, (*runs, len(base.passed)))
    if not base.passed.all():
        scores = np.where(base.passed, scores, np.nan)
    for amount in (base.adjustments or {}).values():
        scores = scores + amount
    return scores
