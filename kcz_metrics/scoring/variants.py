"""What a block of runs varies, and the matrices that its alternatives up to normalising give: one each, shared by all runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from kcz_metrics.errors import Issue, ScoringError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Positions
from kcz_metrics.scheme.models import Index, Method, Node, Override, Screen, Stage
from kcz_metrics.scoring.draws import Moves, words
from kcz_metrics.scoring.history import History
from kcz_metrics.scoring.pipeline import advance, rewind
from kcz_metrics.scoring.run import Run
from kcz_metrics.scoring.scorecard import Scorecard
from kcz_metrics.scoring.sheet import start
from kcz_metrics.scoring.structure import Batch, Structure, varied

#: Words of a run that choose among the alternatives; those after them move the weights.
CHOICES: Final = ("treat", "normalise", "aggregate", "leave_out", "impute", "screen", "without")
#: The choices that change the matrices, and the stage each belongs to.
STAGE_OF: Final[Mapping[str, Stage]] = MappingProxyType(
    {"treat": "treat", "normalise": "normalise", "impute": "impute", "screen": "screen", "without": "screen"}
)
#: Stage → the matrix it leaves.
_LEAVES: Final = {"screen": "screened", "impute": "imputed", "treat": "treated", "normalise": "normalised"}


@dataclass(frozen=True)
class Variants:
    """``runs`` variants of an index, from number ``first`` on.

    ``weights`` None leaves them as they are. ``impute``, ``treat``, ``normalise`` and ``aggregate`` are alternatives to the index's own
    method (an indicator's or a node's own stays; with ``over_own`` not an indicator's), ``screen`` to its rules about missing values; none
    given: the index's. ``leave_out`` holds nodes and ``without`` units, "" for none; a unit left out is one that the screen excludes. A run
    takes one of each, drawn by its number, or, where not ``drawn``, in turn: run k takes the k-th combination, the last of ``CHOICES``
    changing fastest. ``units`` keeps these alone in every run. Who passed the screen otherwise stays as it was.
    """

    runs: int = 1000
    seed: int = 2022
    weights: Moves | None = None
    treat: tuple[Method, ...] = ()
    normalise: tuple[Method, ...] = ()
    aggregate: tuple[Method, ...] = ()
    leave_out: tuple[str, ...] = ()
    units: tuple[str, ...] | None = None
    drawn: bool = True
    first: int = 0
    impute: tuple[Method, ...] = ()
    screen: tuple[Screen, ...] = ()
    #: Units, or several that are left out together.
    without: tuple[str | tuple[str, ...], ...] = ()
    #: Of each run the number of the one whose errors of values it has; its own where not given.
    origin: tuple[int, ...] = ()
    over_own: bool = False

    def numbered(self, runs: Positions) -> Positions:
        return np.asarray(self.origin, np.intp)[runs] if self.origin else self.first + runs

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(max(1, len(getattr(self, name))) for name in CHOICES)

    def draws(self, children: int, numbers: Array | None = None) -> tuple[Positions, Array]:
        """Of each run the alternatives it takes, (run, choice), and the numbers that move its weights, (run, child); ``numbers`` from 0 to
        1, (run, choice and child), stand in for those that the seed gives."""
        u = words(self.seed, self.first, self.runs, len(CHOICES) + children) if numbers is None else numbers
        if self.drawn:
            taken = (u[:, : len(CHOICES)] * self.sizes).astype(np.intp)
        else:
            place = np.arange(self.first, self.first + self.runs) % int(np.prod(self.sizes))
            taken = np.stack(np.unravel_index(place, self.sizes), axis=-1)
        return taken, u[:, len(CHOICES) :]


def declared(index: Index, runs: int, seed: int) -> Variants:
    """What the index declares under ``uncertainty``, else weights moved within its bounds; among the nodes left out is none. Errors of
    values by their evidence go beside it: see ``evidence.errors``."""
    said, bounds = index.uncertainty, index.bounds.share if index.bounds else None
    if said is None:
        return Variants(runs, seed, Moves(Moves.share if bounds is None else bounds))
    moves = None
    if said.weights is not None:
        share = bounds if said.weights.share is None else said.weights.share
        moves = Moves(share, said.weights.distribution, bounds if said.weights.distribution == "dirichlet" else None)
    nodes = tuple(node for node in _left_out_by(said.leave_out, index) if not _alone(node, index.tree))
    nodes = ("", *nodes) if nodes else ()
    return Variants(runs, seed, moves, said.treat, said.normalise, said.aggregate, nodes, impute=said.impute, over_own=said.over_own)


def _left_out_by(leave_out: str, index: Index) -> tuple[str, ...]:
    return {"none": (), "indicator": index.leaves, "pillar": tuple(pillar.id for pillar in index.pillars)}[leave_out]


def _alone(name: str, tree: Node) -> bool:
    """Whether nothing with a weight is left in the tree without this node: a run without it would have no score for anybody."""

    def counts(node: Node) -> bool:
        return node.id != name and (node.is_leaf or any(child.weight > 0 and counts(child) for child in node.children))

    return not counts(tree)


def within(card: Scorecard, units: tuple[str, ...]) -> Scorecard:
    """The scorecard of ``units`` alone: the others excluded by the screen."""
    _known(card, units)
    others = [name for name in card.units["unit"].to_list() if name not in set(units)]
    index = card.index.model_copy(update={"screen": _excluding(card.index.screen, others)})
    sheet = replace(card.history.sheet, structure=replace(card.run.structure, index=index))
    history = History(sheet, advance)
    return replace(card, index=index, history=history, run=advance(start(sheet, card.period), history))


def _known(card: Scorecard, units: Sequence[str]) -> None:
    names = card.units["unit"].to_list()
    unknown = [name for name in units if name not in names]
    if unknown:
        issue = Issue("unknown_unit", T("指标值中没有评价对象 {unit}", unit=", ".join(unknown)), hint=did_you_mean(unknown[0], names))
        raise ScoringError(issue)
    if "screen" not in card.index.stages:
        raise ScoringError(_left_out(card.index, "screen"))


def _units(chosen: str | tuple[str, ...]) -> tuple[str, ...]:
    return chosen if isinstance(chosen, tuple) else (chosen,) if chosen else ()


def _excluding(screen: Screen | None, units: Sequence[str]) -> Screen:
    screen = screen or Screen()
    return screen.model_copy(update={"exclude": (*screen.exclude, *(Override(unit=name) for name in units))})


def _left_out(index: Index, stage: str) -> Issue:
    return Issue("stage_left_out", T("指数 {index} 的计算步骤中没有 {stage}", index=index.id, stage=stage), subject=f"indices.{index.id}")


class Alternatives:
    """Runs of an index up to the last matrix, by the alternatives they take; what several share is worked out once."""

    def __init__(self, card: Scorecard, variants: Variants) -> None:
        """Raises ScoringError for a stage that the index leaves out, and for unknown units."""
        order = card.index.stages
        self.card, self.variants = card, variants
        self.last = list(card.run.kept)[-1]
        varied_ = [name for name in STAGE_OF if getattr(variants, name)]
        for name in varied_:
            if STAGE_OF[name] not in order:
                raise ScoringError(_left_out(card.index, STAGE_OF[name]))
        if variants.without:
            _known(card, [unit for chosen in variants.without for unit in _units(chosen)])
        #: In the order in which they take effect.
        self.names = tuple(sorted(varied_, key=lambda name: (order.index(STAGE_OF[name]), name)))
        self._structures: dict[tuple[str, int], Structure] = {}
        self._runs: dict[tuple[tuple[str, int], ...], tuple[Run, History]] = {}

    def run(self, taken: Mapping[str, int]) -> tuple[Run, History]:
        """The run that takes these, to the last matrix, and what it may look at. Raises SchemeError and ScoringError as ``score`` does."""
        key = tuple((name, taken[name]) for name in self.names)
        run, history = self._up_to(key)
        if self.last not in run.kept:
            self._runs[key] = run, history = advance(run, history, self.last), history
        return run, history

    def _up_to(self, key: tuple[tuple[str, int], ...]) -> tuple[Run, History]:
        """To the end of the stage that the last choice of ``key`` belongs to."""
        if not key:
            return self.card.run, self.card.history
        if key not in self._runs:
            (name, which), (before, history) = key[-1], self._up_to(key[:-1])
            chosen, stage = getattr(self.variants, name)[which], STAGE_OF[name]
            if name == "without":
                if not chosen:
                    return before, history
                name, chosen = "screen", _excluding(before.structure.index.screen, _units(chosen))
            changed: dict[str, Any] = {} if name == "screen" else {name: self._batches(name, which)}
            structure = before.structure.but(index=before.structure.index.model_copy(update={name: chosen}), **changed)
            history = History(replace(self.card.history.sheet, structure=structure), advance)
            if _LEAVES[stage] in before.kept:
                before = rewind(before, stage)
            self._runs[key] = advance(before.but(structure=structure), history, _LEAVES[stage]), history
        return self._runs[key]

    def _batches(self, name: str, which: int) -> tuple[Batch, ...]:
        if (name, which) not in self._structures:
            self._structures[name, which] = varied(
                self.card.run.structure, over_own=self.variants.over_own, **{name: getattr(self.variants, name)[which]}
            )
        batches: tuple[Batch, ...] = getattr(self._structures[name, which], name)
        return batches
