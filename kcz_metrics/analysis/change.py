"""Why a score and a rank are others than they were: the change split among its causes so that the parts add up, in no order.

Each cause is a player of a game whose worth is the unit's score (or rank) with some causes as they are now and the others as they were; its
part is its mean effect over all orders in which the causes may come in (Shapley 1953; Shorrocks 2013 for such splits).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import Any, Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.coalitions import CAUSES, Coalition, Game, Sides
from kcz_metrics.methods import Array
from kcz_metrics.scoring import Scorecard

__all__ = ["CAUSES", "Change", "Game", "Sides", "bridge", "change", "marginal"]


@dataclass(frozen=True)
class Change:
    """``totals``: ``unit, score_before, score, score_change, rank_before, rank, rank_change, method_alone, alarm`` of units that both sides
    rank; ``rank_change`` is positive for a climb, ``method_alone`` the change in rank that weights and method make with all data as they
    were, ``alarm`` whether there is one. ``parts``: ``unit, cause, score, rank``; they add up to the changes."""

    totals: pl.DataFrame
    parts: pl.DataFrame


def change(
    before: Sides | Game, now: Sides | None = None, units: Iterable[str] | None = None, told: Callable[[int, int], None] | None = None
) -> Change:
    """The change from ``before.old`` to ``(now or before).new``, split among those of ``CAUSES`` that differ.

    own, others: this unit's values, and those of all others, from the period before to the period now; population: who is there at all;
    revised: records of the period before that have changed since; weights: the scheme's weights; method: everything else in it. ``now``
    gives the same sides by the new scheme, None where the scheme is the same. Missing values that are filled from neighbouring periods are
    filled from those beside the period that the row comes from. A unit that some coalition of causes leaves without a score (or rank) has
    null parts. ``units``: these alone. ``told`` hears how many coalitions are scored, of how many.
    """
    game = before if isinstance(before, Game) else Game(before, now)
    known = set(game.units)
    names = game.units if units is None else [unit for unit in units if unit in known]
    worth: dict[Coalition, Array] = {}
    for coalition in (every := _coalitions(game.causes)):
        worth[coalition] = np.array(game.worth(names, coalition))
        if told is not None:
            told(len(worth), len(every))
    first, last = worth[frozenset()], worth[frozenset(game.causes)]
    alone = first[1] - worth[frozenset(game.causes) & {"weights", "method"}][1]
    totals = {
        "unit": names, "score_before": first[0], "score": last[0], "score_change": last[0] - first[0],
        "rank_before": first[1], "rank": last[1], "rank_change": first[1] - last[1], "method_alone": alone,
    }  # fmt: skip
    shares = _shapley(game.causes, worth)
    parts = {
        "unit": [unit for unit in names for _ in game.causes],
        "cause": list(game.causes) * len(names),
        "score": np.array([shares[cause][0] for cause in game.causes]).T.reshape(-1),
        "rank": 0.0 - np.array([shares[cause][1] for cause in game.causes]).T.reshape(-1),
    }
    alarm = pl.col("method_alone") != 0
    return Change(_frame(totals, _TOTALS).with_columns(alarm=alarm.fill_null(True)), _frame(parts, _PARTS))


def marginal(game: Game, unit: str, cause: str) -> pl.DataFrame:
    """``already, times, score_before, score, score_part, rank_before, rank, rank_part``: what the cause moves where ``already`` (other
    causes, joined by +) have come in, and in which share of all orders they have. The parts add up to the cause's."""
    others = [one for one in game.causes if one != cause]
    rows = []
    for coalition in _coalitions(tuple(others)):
        without, with_it = ([float(v[0]) for v in game.worth([unit], one)] for one in (coalition, coalition | {cause}))
        times = _share(len(coalition), len(game.causes))
        score = times * (with_it[0] - without[0])
        rank = times * (without[1] - with_it[1])
        already = "+".join(one for one in game.causes if one in coalition)
        rows.append((already, times, without[0], with_it[0], score, without[1], with_it[1], rank))
    names = ("already", "times", "score_before", "score", "score_part", "rank_before", "rank", "rank_part")
    schema = {name: pl.String if name == "already" else pl.Float64 for name in names}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.selectors.float().fill_nan(None))


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


def _coalitions(causes: tuple[str, ...]) -> list[Coalition]:
    return [frozenset(some) for size in range(len(causes) + 1) for some in combinations(causes, size)]


def _share(size: int, n: int) -> float:
    """In which share of all orders of ``n`` causes some ``size`` of them, and no others, come before a given one."""
    return factorial(size) * factorial(n - size - 1) / factorial(n)


def _shapley(causes: tuple[str, ...], worth: dict[Coalition, Array]) -> dict[str, Array]:
    """Of each cause the parts of score and rank, (2, unit)."""
    found = {}
    for cause in causes:
        without = [coalition for coalition in worth if cause not in coalition]
        found[cause] = np.sum([_share(len(c), len(causes)) * (worth[c | {cause}] - worth[c]) for c in without], axis=0)
    return found


_PARTS: Final = {"unit": pl.String, "cause": pl.String, "score": pl.Float64, "rank": pl.Float64}
_TOTALS: Final = {
    "unit": pl.String, "score_before": pl.Float64, "score": pl.Float64, "score_change": pl.Float64, "rank_before": pl.Float64,
    "rank": pl.Float64, "rank_change": pl.Float64, "method_alone": pl.Float64,
}  # fmt: skip


def _frame(columns: dict[str, Any], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(columns, schema=schema).with_columns(pl.selectors.float().fill_nan(None))
