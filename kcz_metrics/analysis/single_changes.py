"""One assumption changed at a time: how far the ranking moves, and which change would put a unit past another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.explain import row_of
from kcz_metrics.analysis.robustness import Doubts, aligned
from kcz_metrics.analysis.sensitivity import shift
from kcz_metrics.methods import Array
from kcz_metrics.methods.rank import significant
from kcz_metrics.scheme.models import Method
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.block import block, width
from kcz_metrics.scoring.variants import CHOICES, Variants

#: How far one weight is moved where the scheme declares no share of its own.
SHARE: Final = 0.25


@dataclass(frozen=True)
class Changed:
    """``source``, ``change`` (a method, a node with + or - and its share, or what is left out) of each run, and its ``scores`` and
    ``ranks``, (change, unit)."""

    source: tuple[str, ...]
    change: tuple[str, ...]
    scores: Array
    ranks: Array


def changed(card: Scorecard, doubts: Doubts, *, threads: int | None = None) -> Changed:
    """Every alternative of every source alone: each method declared, each weight to either end of its share, each node left out,
    unverified records in. Errors of values are no single change."""
    parts = list(_parts(card, doubts, threads))
    return Changed(
        tuple(name for name, of, _, _ in parts for _ in of),
        tuple(change for _, of, _, _ in parts for change in of),
        np.concatenate([scores for _, _, scores, _ in parts]) if parts else np.empty((0, len(card.units))),
        np.concatenate([ranks for _, _, _, ranks in parts]) if parts else np.empty((0, len(card.units))),
    )


def one_at_a_time(card: Scorecard, doubts: Doubts, *, threads: int | None = None) -> pl.DataFrame:
    """``source, change, shift, stay, largest, unit``: of each single change the mean change in rank, the share of units that stay, and the
    largest change and whose it is (the first of several); most first."""
    found = changed(card, doubts, threads=threads)
    assert card.run.ranks is not None
    nominal, names = card.run.ranks[:, 0], card.units["unit"].to_list()
    ranked = ~np.isnan(nominal)
    moved = np.abs(found.ranks - nominal)
    most = np.where(np.isnan(moved), -1.0, moved)
    at = most.argmax(axis=1) if most.size else np.empty(0, np.intp)
    rows = {
        "source": list(found.source),
        "change": list(found.change),
        "shift": shift(found.ranks, nominal),
        "stay": (moved[:, ranked] == 0).mean(axis=1) if ranked.any() else np.full(len(moved), np.nan),
        "largest": most[np.arange(len(most)), at],
        "unit": [names[i] if most[k, i] > 0 else None for k, i in enumerate(at)],
    }
    made = pl.DataFrame(rows, schema_overrides={"source": pl.String, "change": pl.String, "unit": pl.String})
    return made.with_columns(pl.selectors.float().fill_nan(None)).sort("shift", descending=True, nulls_last=True, maintain_order=True)


def overtaking(card: Scorecard, doubts: Doubts, unit: str, other: str, *, threads: int | None = None) -> pl.DataFrame:
    """``source, change, gap, gap_after``: the single changes after which ``unit`` and ``other`` stand the other way round, by scores that
    agree to 12 digits or else differ; widest first. No rows: no single assumption decides between the two. Raises ScoringError for an
    unknown unit."""
    mine, theirs = row_of(card, unit), row_of(card, other)
    assert card.run.scores is not None
    gap = float(card.run.scores[mine, 0] - card.run.scores[theirs, 0])
    found = changed(card, doubts, threads=threads)
    ours, others = significant(found.scores[:, mine]), significant(found.scores[:, theirs])
    after = np.where(ours == others, 0.0, found.scores[:, mine] - found.scores[:, theirs])
    flips = np.flatnonzero(np.sign(after) * np.sign(gap) < 0)
    order = flips[np.argsort(-np.abs(after[flips]), kind="stable")]
    return pl.DataFrame(
        {
            "source": [found.source[i] for i in order],
            "change": [found.change[i] for i in order],
            "gap": [gap] * len(order),
            "gap_after": after[order],
        },
        schema={"source": pl.String, "change": pl.String, "gap": pl.Float64, "gap_after": pl.Float64},
    )


def _parts(card: Scorecard, doubts: Doubts, threads: int | None) -> Iterator[tuple[str, list[str], Array, Array]]:
    given = doubts.variants
    for name in CHOICES:
        # among what may be left out is nothing, which is no change
        alternatives = tuple(one for one in getattr(given, name) if one != "")
        if alternatives:
            changed_: dict[str, Any] = {name: alternatives}
            variants = replace(Variants(len(alternatives), drawn=False, units=given.units, over_own=given.over_own), **changed_)
            found = block(card, variants, threads=threads)
            yield name, [_said(one, number) for number, one in enumerate(alternatives)], found.scores, found.ranks
    if given.weights is not None:
        yield _weights(card, given, threads)
    if doubts.with_unverified is not None:
        other = doubts.with_unverified
        assert other.run.scores is not None
        assert other.run.ranks is not None
        scores, ranks = (aligned(rows[:, :1], other, card).T for rows in (other.run.scores, other.run.ranks))
        yield "unverified", ["in"], scores, ranks


def _weights(card: Scorecard, given: Variants, threads: int | None) -> tuple[str, list[str], Array, Array]:
    assert given.weights is not None
    share = SHARE if given.weights.share is None else given.weights.share
    structure = card.run.structure
    children = [structure.nodes[child] for branch in structure.branches for child in branch.children]
    numbers = np.full((2 * len(children), width(structure)), 0.5)
    place = np.arange(len(children))
    numbers[2 * place, len(CHOICES) + place], numbers[2 * place + 1, len(CHOICES) + place] = 0.0, 1.0
    variants = Variants(len(numbers), weights=replace(given.weights, share=share, distribution="uniform"), units=given.units)
    found = block(card, variants, numbers=numbers, threads=threads)
    said = [f"{name} {sign}{100 * share:g}%" for name in children for sign in "-+"]
    return "weights", said, found.scores, found.ranks


def _said(alternative: object, number: int) -> str:
    if isinstance(alternative, Method):
        settings = ", ".join(f"{name}: {value}" for name, value in alternative.parameters.items())
        return f"{alternative.method} ({settings})" if settings else alternative.method
    return alternative if isinstance(alternative, str) else str(number + 1)
