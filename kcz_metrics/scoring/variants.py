"""What a block of runs varies, and the matrices that its alternatives of treating and normalising give: one each, shared by all runs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kcz_metrics.errors import Issue, ScoringError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Positions
from kcz_metrics.scheme.models import Index, Method, Override, Screen, Stage
from kcz_metrics.scoring.draws import Moves, words
from kcz_metrics.scoring.history import History
from kcz_metrics.scoring.pipeline import advance, rewind
from kcz_metrics.scoring.run import Run
from kcz_metrics.scoring.scorecard import Scorecard
from kcz_metrics.scoring.sheet import start
from kcz_metrics.scoring.structure import varied

#: Words of a run that choose among the alternatives; those after them move the weights.
CHOICES = ("treat", "normalise", "aggregate", "leave_out")


@dataclass(frozen=True)
class Variants:
    """``runs`` variants of an index, from number ``first`` on.

    ``weights`` None leaves them as they are. ``treat``, ``normalise`` and ``aggregate`` are alternatives to the index's own method (an
    indicator's or a node's own stays); none given: the index's. ``leave_out`` holds nodes, "" for none. A run takes one of each, drawn by
    its number, or, where not ``drawn``, in turn: run k takes the k-th combination, ``leave_out`` changing fastest. ``units`` keeps these
    alone, as an exclusion by the screen would. Who passed the screen otherwise stays as it was.
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

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(max(1, len(getattr(self, name))) for name in CHOICES)

    def draws(self, children: int) -> tuple[Positions, Array]:
        """Of each run the alternatives it takes, (run, choice), and the numbers that move its weights, (run, child)."""
        u = words(self.seed, self.first, self.runs, len(CHOICES) + children)
        if self.drawn:
            taken = (u[:, : len(CHOICES)] * self.sizes).astype(np.intp)
        else:
            place = np.arange(self.first, self.first + self.runs) % int(np.prod(self.sizes))
            taken = np.stack(np.unravel_index(place, self.sizes), axis=-1)
        return taken, u[:, len(CHOICES) :]


def declared(index: Index, runs: int, seed: int) -> Variants:
    """What the index declares under ``uncertainty``, else weights moved within its bounds; among the nodes left out is none."""
    said, bounds = index.uncertainty, index.bounds.share if index.bounds else None
    if said is None:
        return Variants(runs, seed, Moves(Moves.share if bounds is None else bounds))
    moves = None
    if said.weights is not None:
        share = bounds if said.weights.share is None else said.weights.share
        moves = Moves(share, said.weights.distribution, bounds if said.weights.distribution == "dirichlet" else None)
    nodes = {"none": (), "indicator": ("", *index.leaves), "pillar": ("", *(p.id for p in index.pillars))}[said.leave_out]
    return Variants(runs, seed, moves, said.treat, said.normalise, said.aggregate, nodes)


def within(card: Scorecard, units: tuple[str, ...]) -> Scorecard:
    """The scorecard of ``units`` alone: the others excluded by the screen."""
    names = card.units["unit"].to_list()
    unknown = [name for name in units if name not in names]
    if unknown or "screen" not in card.index.stages:
        raise ScoringError(
            Issue("unknown_unit", T("指标值中没有评价对象 {unit}", unit=", ".join(unknown) or "—"), hint=did_you_mean(unknown[0], names))
            if unknown
            else _left_out(card.index, "screen")
        )
    screen = card.index.screen or Screen()
    others = tuple(Override(unit=name) for name in names if name not in set(units))
    index = card.index.model_copy(update={"screen": screen.model_copy(update={"exclude": (*screen.exclude, *others)})})
    sheet = replace(card.history.sheet, structure=replace(card.run.structure, index=index))
    history = History(sheet, advance)
    return replace(card, index=index, history=history, run=advance(start(sheet, card.period), history))


def _left_out(index: Index, stage: str) -> Issue:
    return Issue("stage_left_out", T("指数 {index} 的计算步骤中没有 {stage}", index=index.id, stage=stage), subject=f"indices.{index.id}")


class Alternatives:
    """Runs of an index up to the last matrix, by treatment and normalisation; each is worked out once."""

    def __init__(self, card: Scorecard) -> None:
        self.card = card
        self.last = list(card.run.kept)[-1]
        self._treated: list[tuple[Method, Run]] = []

    def run(self, treat: Method | None, normalise: Method | None) -> Run:
        """None is the index's own. Raises SchemeError and ScoringError as ``score`` does."""
        order = self.card.index.stages
        for name, method in (("treat", treat), ("normalise", normalise)):
            if method is not None and name not in order:
                raise ScoringError(_left_out(self.card.index, name))
        if treat is None and normalise is None:
            return self.card.run
        if normalise is None:
            return self._advanced(self.card.run, treat, None, "treat", self.last)
        if treat is None:
            return self._advanced(self.card.run, None, normalise, "normalise", self.last)
        if order.index("treat") > order.index("normalise"):
            return self._advanced(self.card.run, treat, normalise, "normalise", self.last)
        treated = next((run for method, run in self._treated if method is treat), None)
        if treated is None:
            treated = self._advanced(self.card.run, treat, None, "treat", "treated")
            self._treated.append((treat, treated))
        return self._advanced(treated, treat, normalise, "normalise", self.last)

    def _advanced(self, run: Run, treat: Method | None, normalise: Method | None, back_to: Stage, until: str) -> Run:
        structure = varied(self.card.run.structure, treat=treat, normalise=normalise)
        history = History(replace(self.card.history.sheet, structure=structure), advance)
        return advance(replace(rewind(run, back_to), structure=structure), history, until)
