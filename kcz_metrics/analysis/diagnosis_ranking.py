"""The audit of the ranking: compensation, what it tells apart, stability over periods, reversals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.agreement import kendall, spearman
from kcz_metrics.analysis.diagnosis_rows import Row
from kcz_metrics.analysis.robustness import Doubts, Robustness, robustness
from kcz_metrics.analysis.sensitivity import shift
from kcz_metrics.errors import KczError
from kcz_metrics.methods import Array
from kcz_metrics.scheme.models import Method
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.block import block
from kcz_metrics.scoring.draws import Moves
from kcz_metrics.scoring.variants import Variants

DRAWS: Final = 500
SURE: Final = 0.9


def compensation_rows(card: Scorecard) -> Iterator[Row]:
    """How far ranks move where low scores cannot be made up for: by the geometric mean."""
    if card.index.aggregate.method != "arithmetic":
        return
    try:
        found = block(card, Variants(1, aggregate=(Method(method="geometric"),), drawn=False))
    except KczError:  # scores below 0 have no geometric mean
        return
    assert card.run.ranks is not None
    moved = np.abs(found.ranks[0] - card.run.ranks[:, 0])
    if not np.isnan(moved).all():
        yield Row("compensation", card.index.id, "shift_if_geometric", float(shift(found.ranks, card.run.ranks[:, 0])[0]))
        names = card.units["unit"].to_list()
        most = int(np.nanargmax(moved))
        yield Row("compensation", card.index.id, "largest_shift_if_geometric", float(moved[most]), other=names[most])


def drawn(card: Scorecard, seed: int = 2022) -> Robustness:
    """Runs with the weights moved within their bounds."""
    share = card.index.bounds.share if card.index.bounds else 0.25
    return robustness(card, Doubts(Variants(DRAWS, seed, Moves(share))))


def telling_apart_rows(card: Scorecard) -> Iterator[Row]:
    """Which neighbours in the ranking can be told apart when weights move within their bounds, and how wide intervals are."""
    found = drawn(card)
    wins, told, pairs = found.wins(), 0, 0
    assert card.run.ranks is not None
    assert card.run.scores is not None
    for rows in card.run.groups:
        rows = rows[~np.isnan(card.run.ranks[rows, 0])]
        order = rows[np.argsort(-card.run.scores[rows, 0], kind="stable")]
        chance = wins[order[:-1], order[1:]]
        told, pairs = told + int((chance >= SURE).sum()), pairs + len(chance)
    if pairs:
        yield Row("telling_apart", card.index.id, "neighbours_told_apart", told / pairs, told / pairs < 0.25)
    frame = found.frame()
    if frame.height:
        width = float(np.nanmean((frame["rank_p95"] - frame["rank_p5"]).cast(pl.Float64).to_numpy())) if frame["rank_p5"].count() else None
        yield Row("telling_apart", card.index.id, "mean_width_of_rank_interval", width)
    ranks = card.run.ranks[~np.isnan(card.run.ranks[:, 0]), 0]
    yield Row("telling_apart", card.index.id, "units_sharing_a_rank", float(len(ranks) - _alone(card)))


def _alone(card: Scorecard) -> int:
    assert card.run.ranks is not None
    return sum(int((np.unique(r[~np.isnan(r)], return_counts=True)[1] == 1).sum()) for r in (card.run.ranks[g, 0] for g in card.run.groups))


def stability_rows(card: Scorecard, before: Scorecard | None) -> Iterator[Row]:
    """Agreement with the ranking of the period before."""
    if before is None or before.run.ranks is None or card.run.ranks is None:
        return
    sides = [pl.DataFrame({"unit": c.units["unit"], "rank": c.run.ranks[:, 0]}) for c in (before, card) if c.run.ranks is not None]
    both = sides[0].join(sides[1], on="unit", suffix="_now", maintain_order="left")
    then, now = both["rank"].to_numpy(), both["rank_now"].to_numpy()
    for name, value in (("spearman", spearman(then, now)), ("kendall", kendall(then, now))):
        yield Row("stability", card.index.id, name, value, value is not None and value < 0.5, before.period)
    moved = np.abs(then - now)
    if not np.isnan(moved).all():
        yield Row("stability", card.index.id, "mean_shift", float(np.nanmean(moved)), other=before.period)


def turned_pairs(card: Scorecard) -> pl.DataFrame:
    """``unit, turned``: of each ranked unit, how many pairs of others change their order when it is left out; empty below three units and
    for an index that does not screen."""
    assert card.run.ranks is not None
    names = card.units["unit"].to_list()
    listed = np.flatnonzero(~np.isnan(card.run.ranks[:, 0]))
    if "screen" not in card.index.stages or len(listed) < 3:
        return pl.DataFrame(schema={"unit": pl.String, "turned": pl.Int64})
    # groups have nothing to do with one another, so that a unit of each goes at once; but for weights found from the scores of all
    apart = all(branch.weights.entry.name == "given" for branch in card.run.structure.branches)
    several = [rows[np.isin(rows, listed)] for rows in card.run.groups] if apart else [listed]
    together = [[int(rows[k]) for rows in several if k < len(rows)] for k in range(max(len(rows) for rows in several))]
    without = tuple(tuple(names[row] for row in rows) for rows in together)
    found = block(card, Variants(len(without), without=without, drawn=False))
    turned = {
        row: _turned(card, card.run.ranks[:, 0], ranks, row) for rows, ranks in zip(together, found.ranks, strict=True) for row in rows
    }
    return pl.DataFrame(
        {"unit": [names[i] for i in listed], "turned": [turned[int(i)] for i in listed]}, schema={"unit": pl.String, "turned": pl.Int64}
    )


def reversal_rows(card: Scorecard, turned: pl.DataFrame | None = None) -> Iterator[Row]:
    """Whether leaving one unit out changes the order of the others: share of units that do, and the most pairs that one of them turns.
    ``turned``: what ``turned_pairs`` gave, where it is known already."""
    pairs = turned_pairs(card) if turned is None else turned
    if pairs.is_empty():
        return
    share = pairs.filter(pl.col("turned") > 0).height / pairs.height
    yield Row("reversal", card.index.id, "units_that_change_the_order_of_others", share, share > 0)
    most = pairs.row(int(pairs["turned"].arg_max() or 0), named=True)
    yield Row("reversal", card.index.id, "most_pairs_turned", float(most["turned"]), other=most["unit"])


def _turned(card: Scorecard, before: Array, after: Array, out: int) -> int:
    """Pairs of the unit's group, itself aside, that stand the other way round."""
    rows = next(rows for rows in card.run.groups if out in rows)
    rows = rows[(rows != out) & ~np.isnan(before[rows]) & ~np.isnan(after[rows])]
    was, now = np.sign(before[rows][:, None] - before[rows]), np.sign(after[rows][:, None] - after[rows])
    return int((was * now < 0).sum()) // 2
