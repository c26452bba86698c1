"""Why a score and a rank are others than they were: the change split among its causes so that the parts add up, in no order.

Each cause is a player of a game whose worth is the unit's score (or rank) with some causes as they are now and the others as they were; its
part is its mean effect over all orders in which the causes may come in (Shapley 1953; Shorrocks 2013 for such splits).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from math import factorial
from typing import Any, Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.mixing import Row, mixed, scored
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T
from kcz_metrics.methods import Array
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.history import History
from kcz_metrics.scoring.periods import methods
from kcz_metrics.scoring.pipeline import advance
from kcz_metrics.scoring.run import Run
from kcz_metrics.scoring.sheet import start
from kcz_metrics.scoring.structure import Structure, build

#: In the order in which they are shown.
CAUSES: Final = ("own", "others", "population", "revised", "weights", "method")
_DATA: Final = ("own", "others", "population")


@dataclass(frozen=True)
class Sides:
    """The scorecards that the change lies between, by one scheme: of the period before as its records stood then (``old``), the same period
    as its records stand now (``revised``, the same where they are the same), and the period now (``new``)."""

    old: Scorecard
    revised: Scorecard
    new: Scorecard


@dataclass(frozen=True)
class Change:
    """``totals``: ``unit, score_before, score, score_change, rank_before, rank, rank_change, method_alone, alarm`` of units that both sides
    rank; ``rank_change`` is positive for a climb, ``method_alone`` the change in rank that weights and method make with all data as they
    were, ``alarm`` whether there is one. ``parts``: ``unit, cause, score, rank``; they add up to the changes."""

    totals: pl.DataFrame
    parts: pl.DataFrame


def change(before: Sides, now: Sides | None = None, units: Iterable[str] | None = None) -> Change:
    """The change from ``before.old`` to ``(now or before).new``, split among those of ``CAUSES`` that differ.

    own, others: this unit's values, and those of all others, from the period before to the period now; population: who is there at all;
    revised: records of the period before that have changed since; weights: the scheme's weights; method: everything else in it. ``now``
    gives the same sides by the new scheme, None where the scheme is the same. A unit that some coalition of causes leaves without a score
    (or rank) has null parts. ``units``: these alone. Raises ScoringError where a method looks at neighbouring periods, which a mixture of
    two has not.
    """
    game = _Game(before, now)
    names = game.units if units is None else [unit for unit in units if unit in set(game.units)]
    causes = game.causes
    totals, parts = [], []
    for unit in names:
        worth = {coalition: game.worth(unit, coalition) for coalition in _coalitions(causes)}
        first, last = worth[frozenset()], worth[frozenset(causes)]
        alone = worth[frozenset(causes) & {"weights", "method"}][1] - first[1]
        totals.append((unit, first[0], last[0], last[0] - first[0], first[1], last[1], first[1] - last[1], -alone, bool(alone != 0)))
        shares = _shapley(causes, worth)
        parts += [(unit, cause, shares[cause][0], -shares[cause][1]) for cause in causes]
    return Change(_frame(totals, _TOTALS), _frame(parts, _PARTS))


def bridge(before: Scorecard, now: Scorecard) -> pl.DataFrame:
    """``indicator, state, weight_before, weight``: the indicators of two editions, with their shares of the whole; ``state`` is kept, new,
    gone, or redefined: the same id with another formula, direction or method."""
    sides = []
    for card in (before, now):
        weights = card.run.structure.given_weights[1][0]
        sides.append(
            {name: float(weights[node]) for name, node in zip(card.run.structure.indicator_ids, card.run.structure.leaves, strict=True)}
        )
    rows = []
    for name in dict.fromkeys([*sides[1], *sides[0]]):
        if name in sides[0] and name in sides[1]:
            same = before.scheme.indicators[name] == now.scheme.indicators[name]
            state = "kept" if same else "redefined"
        else:
            state = "new" if name in sides[1] else "gone"
        rows.append((name, state, sides[0].get(name), sides[1].get(name)))
    schema = {"indicator": pl.String, "state": pl.String, "weight_before": pl.Float64, "weight": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


@dataclass
class _Game:
    before: Sides
    now: Sides | None
    _shared: dict[frozenset[str], tuple[dict[str, int], Array, Array]] = field(default_factory=dict)
    _histories: dict[tuple[bool, bool, bool], History] = field(default_factory=dict)
    _starts: dict[int, Run] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for card in (self.before.old, (self.now or self.before).new):
            if any(method.method in ("previous", "linear") for method in methods(card.index, card.scheme)):
                raise ScoringError(
                    Issue(
                        "neighbours",
                        T("指数 {index} 用相邻各期填补缺失值，变化不能拆分", index=card.index.id),
                        subject=f"indices.{card.index.id}",
                    )
                )

    @property
    def sides(self) -> Sides:
        return self.now or self.before

    @cached_property
    def units(self) -> list[str]:
        """Those with a rank on both sides, in the order of now."""
        sets = []
        for card in (self.sides.new, self.before.old):
            assert card.run.ranks is not None
            sets.append(card.units["unit"].filter(pl.Series(~np.isnan(card.run.ranks[:, 0]))).to_list())
        return [unit for unit in sets[0] if unit in set(sets[1])]

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
            weights, method = _differs(self.before.new, self.now.new)
            found += ["weights"] * weights + ["method"] * method
        return tuple(found)

    @cached_property
    def own_weights(self) -> bool:
        """Whether weights can be told from the rest of the scheme: both have the same nodes."""
        return "weights" in self.causes

    def worth(self, unit: str, coalition: frozenset[str]) -> tuple[float, float]:
        """The unit's score and rank."""
        if ("own" in coalition) == ("others" in coalition):
            if coalition not in self._shared:
                self._shared[coalition] = self._scored(coalition, None)
            at, scores, ranks = self._shared[coalition]
        else:
            at, scores, ranks = self._scored(coalition, unit)
        return float(scores[at[unit]]), float(ranks[at[unit]])

    def _scored(self, coalition: frozenset[str], unit: str | None) -> tuple[dict[str, int], Array, Array]:
        new_method, revised = "method" in coalition, "revised" in coalition
        # without a cause of its own, weights go with the method
        new_weights = "weights" in coalition if self.own_weights else new_method
        sides = self.now if new_method and self.now is not None else self.before
        if not self.own_weights and self.now is not None and "method" not in self.causes:
            sides = self.now
        base, later = self._start(sides.revised if revised else sides.old), self._start(sides.new)
        structure = self._structure(new_method, new_weights)
        places = [{name: row for row, name in enumerate(run.units["unit"].to_list())} for run in (base, later)]
        there = places[1] if "population" in coalition else places[0]
        rows: list[Row] = []
        for name in there:
            cause = "own" if name == unit or (unit is None) else "others"
            wanted = int(cause in coalition) if "own" in self.causes else 0
            run, where = ((base, places[0]), (later, places[1]))[wanted]
            if name not in where:
                run, where = ((later, places[1]), (base, places[0]))[wanted]
            rows.append((run, where[name]))
        key = (new_method, new_weights, revised)
        if key not in self._histories:
            source = sides.new if revised or "revised" not in self.causes else sides.old
            self._histories[key] = History(replace(source.history.sheet, structure=structure), advance)
        scores, ranks = scored(mixed(rows, structure), self._histories[key])
        return {name: k for k, name in enumerate(there)}, scores, ranks

    def _start(self, card: Scorecard) -> Run:
        if id(card) not in self._starts:
            self._starts[id(card)] = start(card.history.sheet, card.period)
        return self._starts[id(card)]

    def _structure(self, new_method: bool, new_weights: bool) -> Structure:
        card = (self.now or self.before).new if new_method else self.before.new
        if new_method == new_weights or self.now is None:
            return card.run.structure
        other = self.before.new if new_method else self.now.new
        weights = {node.id: float(node.weight) for node in other.index.tree.walk()}
        return build(card.index, card.scheme, lambda node: weights[node.id])


def _differs(old: Scorecard, new: Scorecard) -> tuple[bool, bool]:
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


def _coalitions(causes: tuple[str, ...]) -> list[frozenset[str]]:
    return [frozenset(some) for size in range(len(causes) + 1) for some in combinations(causes, size)]


def _shapley(causes: tuple[str, ...], worth: dict[frozenset[str], tuple[float, float]]) -> dict[str, Array]:
    n = len(causes)
    found = {}
    for cause in causes:
        part = np.zeros(2)
        for coalition in worth:
            if cause not in coalition:
                weight = factorial(len(coalition)) * factorial(n - len(coalition) - 1) / factorial(n)
                part += weight * (np.array(worth[coalition | {cause}]) - np.array(worth[coalition]))
        found[cause] = part
    return found


_PARTS: Final = {"unit": pl.String, "cause": pl.String, "score": pl.Float64, "rank": pl.Float64}
_TOTALS: Final = {
    "unit": pl.String, "score_before": pl.Float64, "score": pl.Float64, "score_change": pl.Float64, "rank_before": pl.Float64,
    "rank": pl.Float64, "rank_change": pl.Float64, "method_alone": pl.Float64, "alarm": pl.Boolean,
}  # fmt: skip


def _frame(rows: list[tuple[Any, ...]], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.selectors.float().fill_nan(None))
