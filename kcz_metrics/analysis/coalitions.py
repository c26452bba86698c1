"""A coalition of causes of a change, scored: some causes as they are now, the others as they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from kcz_metrics.analysis.mixing import Beside, Row, mixed, scored
from kcz_metrics.analysis.swapped import regrouped, swapped, together
from kcz_metrics.methods import Array, Positions
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.history import History
from kcz_metrics.scoring.pipeline import advance
from kcz_metrics.scoring.run import Run
from kcz_metrics.scoring.sheet import start
from kcz_metrics.scoring.structure import Structure, build

#: In the order in which they are shown.
CAUSES: Final = ("own", "others", "population", "revised", "weights", "method")
Coalition = frozenset[str]


@dataclass(frozen=True)
class Sides:
    """The scorecards that the change lies between, by one scheme: of the period before as its records stood then (``old``), the same period
    as its records stand now (``revised``, the same where they are the same), and the period now (``new``)."""

    old: Scorecard
    revised: Scorecard
    new: Scorecard


@dataclass
class Game:
    """``worth`` of a coalition to units: their scores and ranks with its causes as they are now. What several units or coalitions share is
    scored once and kept."""

    before: Sides
    now: Sides | None
    _shared: dict[Coalition, tuple[dict[str, int], Array, Array]] = field(default_factory=dict)
    _histories: dict[tuple[bool, bool, bool], History] = field(default_factory=dict)
    _starts: dict[int, Run] = field(default_factory=dict)
    _of: dict[int, History] = field(default_factory=dict)

    @property
    def sides(self) -> Sides:
        return self.now or self.before

    @cached_property
    def units(self) -> list[str]:
        """Those with a rank on both sides, in the order of now."""
        sets = []
        for card in (self.sides.new, self.before.old):
            assert card.run.ranks is not None
            sets.append(card.units["unit"].filter(~np.isnan(card.run.ranks[:, 0])).to_list())
        both = set(sets[1])
        return [unit for unit in sets[0] if unit in both]

    @cached_property
    def causes(self) -> tuple[str, ...]:
        old, new = self.before.revised, self.before.new
        found = []
        if old is not new:
            found += ["own", "others"]
            if set(old.units["unit"]) != set(new.units["unit"]):
                found.append("population")
        if self.before.old is not self.before.revised:
            found.append("revised")
        if self.now is not None:
            weights, method = differs(self.before.new, self.now.new)
            found += ["weights"] * weights + ["method"] * method
        return tuple(found)

    def worth(self, units: Sequence[str], coalition: Coalition) -> tuple[Array, Array]:
        """The units' scores and ranks, (unit,); NaN without one."""
        if not units:
            return np.zeros(0), np.zeros(0)
        if ("own" in coalition) == ("others" in coalition):
            at, scores, ranks = self._of_all(coalition)
            rows = [at[unit] for unit in units]
            return scores[rows], ranks[rows]
        return self._of_each(units, coalition)

    def _of_all(self, coalition: Coalition) -> tuple[dict[str, int], Array, Array]:
        if coalition not in self._shared:
            mix = self._mix(coalition)
            scores, ranks = scored(mix.run(), mix.history)
            self._shared[coalition] = (mix.at, scores, ranks)
        return self._shared[coalition]

    def _of_each(self, units: Sequence[str], coalition: Coalition) -> tuple[Array, Array]:
        """A unit's own data on another side than everybody else's: a run each."""
        mix = self._mix(coalition)
        run, at = mix.run(), np.array([mix.at[unit] for unit in units], np.intp)
        rows = tuple(mix.row(unit, "own" in coalition) for unit in units)
        own = mixed(rows, mix.structure)
        alone = np.ones(len(units), bool)
        scores, ranks = np.full(len(units), np.nan), np.full(len(units), np.nan)
        if together(mix.structure):
            alone = regrouped(run, own, at)

            def beside(group: Positions, part: Positions, place: Positions) -> History:
                base = tuple(mix.history.rows[row] for row in group)
                return replace(mix.history, rows=base, own=tuple(rows[k] for k in part), at=tuple(place.tolist()))

            scores, ranks = swapped(run, own, at, mix.history, beside)
        for number in np.flatnonzero(alone).tolist():
            single = mix.put(units[number], rows[number])
            found = scored(single.run(), single.history)
            scores[number], ranks[number] = (one[at[number]] for one in found)
        return scores, ranks

    def _mix(self, coalition: Coalition) -> _Mix:
        """Everybody's rows by where the others' data come from."""
        new_method, revised = "method" in coalition, "revised" in coalition
        # without a cause of its own, weights go with the method
        new_weights = "weights" in coalition if "weights" in self.causes else new_method
        sides = self.now if new_method and self.now is not None else self.before
        if "weights" not in self.causes and self.now is not None and "method" not in self.causes:
            sides = self.now
        runs = self._start(sides.revised if revised else sides.old), self._start(sides.new)
        key = (new_method, new_weights, revised)
        structure = self._structure(new_method, new_weights)
        if key not in self._histories:
            source = sides.new if revised or "revised" not in self.causes else sides.old
            self._histories[key] = History(replace(source.history.sheet, structure=structure), advance)
        later = "others" in coalition and "own" in self.causes
        return _Mix.of(runs, structure, self._histories[key], self._of, later=later, everybody="population" in coalition)

    def _start(self, card: Scorecard) -> Run:
        if id(card) not in self._starts:
            self._starts[id(card)] = begun = start(card.history.sheet, card.period)
            self._of[id(begun)] = card.history
        return self._starts[id(card)]

    def _structure(self, new_method: bool, new_weights: bool) -> Structure:
        card = (self.now or self.before).new if new_method else self.before.new
        if new_method == new_weights or self.now is None:
            return card.run.structure
        other = self.before.new if new_method else self.now.new
        weights = {node.id: float(node.weight) for node in other.index.tree.walk()}
        return build(card.index, card.scheme, lambda node: weights[node.id])


@dataclass(frozen=True)
class _Mix:
    """Rows put together, with the history that they are scored with; ``at`` is where each unit stands."""

    runs: tuple[Run, Run]
    places: tuple[Mapping[str, int], Mapping[str, int]]
    structure: Structure
    at: dict[str, int]
    history: Beside

    @classmethod
    def of(
        cls, runs: tuple[Run, Run], structure: Structure, shared: History, of: Mapping[int, History], *, later: bool, everybody: bool
    ) -> _Mix:
        places = tuple({name: row for row, name in enumerate(run.units["unit"].to_list())} for run in runs)
        both = (places[0], places[1])
        there = both[everybody]
        rows = tuple(_row(runs, both, name, later) for name in there)
        # the other periods that these runs look at are the same for all of them
        history = Beside(shared.sheet, shared.advance, shared._runs, rows=rows, of=of)
        return cls(runs, both, structure, {name: k for k, name in enumerate(there)}, history)

    def row(self, unit: str, later: bool) -> Row:
        return _row(self.runs, self.places, unit, later)

    def put(self, unit: str, row: Row) -> _Mix:
        rows = list(self.history.rows)
        rows[self.at[unit]] = row
        return replace(self, history=replace(self.history, rows=tuple(rows)))

    def run(self) -> Run:
        return mixed(self.history.rows, self.structure)


def _row(runs: tuple[Run, Run], places: tuple[Mapping[str, int], Mapping[str, int]], unit: str, later: bool) -> Row:
    """A unit that is not there on the side wanted comes from the other."""
    side = int(later) if unit in places[later] else 1 - int(later)
    return runs[side], places[side][unit]


def differs(old: Scorecard, new: Scorecard) -> tuple[bool, bool]:
    """Whether two schemes differ in weights alone, to be told apart from the rest; and in the rest."""
    weights = [{node.id: float(node.weight) for node in card.index.tree.walk()} for card in (old, new)]
    same_nodes = weights[0].keys() == weights[1].keys() and old.run.structure.nodes == new.run.structure.nodes
    rest = _bare(old) != _bare(new)
    lean = bool(old.index.weight_rules or new.index.weight_rules)
    if not same_nodes or (lean and (weights[0] != weights[1] or old.index.weight_sets != new.index.weight_sets)):
        return False, True
    return weights[0] != weights[1], rest


def _bare(card: Scorecard) -> dict[str, Any]:
    """What a scheme says of an index but for weights, names and what does not enter scores."""

    def stripped(node: Any) -> Any:
        kept = {k: v for k, v in node.items() if k not in ("weight", "multiplier", "name", "children")}
        return kept | {"children": [stripped(child) for child in node["children"]]}

    outside = ("tiers", "uncertainty", "bounds", "weight_sets", "name", "definition")
    index = {k: v for k, v in card.index.model_dump(mode="json").items() if k not in outside}
    told = ("name", "definition", "safeguard", "owner", "decimals", "unit")
    indicators = {
        leaf: {k: v for k, v in card.scheme.indicators[leaf].model_dump(mode="json").items() if k not in told} for leaf in card.index.leaves
    }
    measures = {id: m.model_dump(mode="json", exclude={"name"}) for id, m in card.scheme.measures.items()}
    return {
        "index": index | {"tree": stripped(index["tree"])},
        "indicators": indicators,
        "measures": measures,
        "parameters": dict(card.scheme.parameters),
    }
