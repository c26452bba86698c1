"""A draft of weights and methods: one frozen value, changed by copy, tried on the matrices that the official scorecard keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl
from pydantic import ValidationError

from kcz_metrics.analysis.agreement import kendall, spearman
from kcz_metrics.methods import AGGREGATE, WEIGHT, MethodEntry
from kcz_metrics.scheme.models import Index, Method, Node, Scheme

if TYPE_CHECKING:
    from kcz_metrics.scoring.scorecard import Scorecard

#: Steps back that are kept.
REMEMBERED = 50


@dataclass(frozen=True)
class Draft:
    """``weights``: every node but the root to its weight within its parent. A method that is None stays as the scheme has it,
    with what single nodes override; a chosen one holds for the whole tree."""

    weights: Mapping[str, float]
    weighting: str | None = None
    aggregate: str | None = None

    def weigh(self, node: str, weight: float) -> Draft:
        return replace(self, weights=MappingProxyType({**self.weights, node: float(weight)}))


def official(index: Index) -> Draft:
    """The draft that changes nothing."""
    return Draft(MappingProxyType({n.id: float(n.weight) for n in index.tree.walk() if n.id != index.tree.id}))


def choices(family: Mapping[str, MethodEntry]) -> tuple[str, ...]:
    """Methods that need no parameter."""
    return tuple(name for name, entry in family.items() if _runs_bare(entry))


def _runs_bare(entry: MethodEntry) -> bool:
    try:
        entry.parameters()
    except ValidationError:
        return False
    return True


WEIGHTINGS = choices(WEIGHT)
AGGREGATES = choices(AGGREGATE)


def drafted(index: Index, draft: Draft) -> Index:
    """The index with the draft's weights and methods; nothing else differs."""

    def rebuilt(node: Node) -> Node:
        update: dict[str, object] = {"children": tuple(rebuilt(child) for child in node.children)}
        if node.id in draft.weights and draft.weights[node.id] != node.weight:
            update |= {"weight": draft.weights[node.id], "multiplier": None}
        if draft.aggregate:
            update["aggregate"] = None
        if draft.weighting:
            update["weights"] = None
        return node.model_copy(update=update)

    update: dict[str, object] = {"tree": rebuilt(index.tree)}
    if draft.aggregate:
        update["aggregate"] = Method(method=draft.aggregate)
    if draft.weighting:
        update["weights"] = Method(method=draft.weighting)
    return index.model_copy(update=update)


def tried(card: Scorecard, draft: Draft) -> Scorecard:
    """The official scorecard under the draft: aggregating, adjusting and ranking run again. Raises ScoringError, SchemeError."""
    from kcz_metrics.scoring import rescore

    return rescore(replace(card, index=drafted(card.index, draft)), None)


def taken_over(scheme: Scheme, index_id: str, other: Scheme) -> tuple[Draft | None, int]:
    """The draft that a loaded scheme stands for, and how many other parts of that scheme differ and are left aside.

    None where it has no such index, or one with another tree.
    """
    here, there = scheme.indices[index_id], other.indices.get(index_id)
    if there is None or [n.id for n in here.tree.walk()] != [n.id for n in there.tree.walk()]:
        return None, 0
    base = official(there)
    draft = replace(
        base,
        weighting=there.weights.method if there.weights != here.weights and there.weights.method in WEIGHTINGS else None,
        aggregate=there.aggregate.method if there.aggregate != here.aggregate and there.aggregate.method in AGGREGATES else None,
    )
    parts = ("parameters", "measures", "indicators", "targets", "selections")
    differing = sum(_differing(getattr(scheme, part), getattr(other, part)) for part in parts)
    return draft, differing + sum(name != index_id and other.indices.get(name) != index for name, index in scheme.indices.items())


def _differing(one: Mapping[str, object], two: Mapping[str, object]) -> int:
    return sum(one.get(key) != two.get(key) for key in {*one, *two})


@dataclass(frozen=True)
class Comparison:
    """Ranks now and in the trial, within one group. ``rows``: ``unit, before, after, move, score_before, score, tier_before, tier``,
    ranked in either, by the trial's rank."""

    rows: pl.DataFrame
    tau: float | None
    rho: float | None

    def moved(self, places: int) -> pl.DataFrame:
        """Units whose rank moves by so many places or more, the largest move first."""
        return self.rows.filter(pl.col("move").abs() >= places).sort(pl.col("move").abs(), "after", descending=[True, False])

    @property
    def retiered(self) -> pl.DataFrame:
        return self.rows.filter(pl.col("tier") != pl.col("tier_before")).sort(pl.col("move").abs(), "after", descending=[True, False])

    def first_unchanged(self, places: int) -> bool:
        """Whether the same units, in whatever order, hold the first ``places``."""
        before = set(self.rows.filter(pl.col("before") <= places)["unit"])
        return before == set(self.rows.filter(pl.col("after") <= places)["unit"])


def compare(card: Scorecard, trial: Scorecard, group: str | None, tiers: tuple[pl.DataFrame, pl.DataFrame] | None = None) -> Comparison:
    """``tiers``: unit and tier, now and in the trial."""
    sides = []
    for one, rank, score in ((card, "before", "score_before"), (trial, "after", "score")):
        rows = one.scores.filter(pl.col("node") == one.index.id)
        if group is not None:
            rows = rows.filter(pl.col("group") == group)
        sides.append(rows.select("unit", pl.col("rank").alias(rank), pl.coalesce("published", "score").alias(score)))
    frame = sides[0].join(sides[1], on="unit", how="full", coalesce=True)
    frame = frame.filter(pl.col("before").is_not_null() | pl.col("after").is_not_null())
    frame = frame.with_columns(move=(pl.col("before") - pl.col("after")).round().cast(pl.Int64))
    for name, assigned in zip(("tier_before", "tier"), tiers or (None, None), strict=True):
        if assigned is None:
            frame = frame.with_columns(pl.lit(None, pl.String).alias(name))
        else:
            frame = frame.join(assigned.select("unit", pl.col("tier").alias(name)), on="unit", how="left")
    before, after = frame["before"].cast(pl.Float64).to_numpy(), frame["after"].cast(pl.Float64).to_numpy()
    return Comparison(frame.sort("after", "before", "unit", nulls_last=True), kendall(before, after), spearman(before, after))
