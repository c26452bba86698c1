"""How far ranks move when weights move: the scorecard's own matrix under many seeded draws of weights, in one block of arrays."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T, Text
from kcz_metrics.methods import RANK, Array
from kcz_metrics.methods.rank import published, significant
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.tree import climb

SHARE, DRAWS, SEED = 0.25, 1000, 2022
QUANTILES = (0.05, 0.50, 0.95)


def label(scorecard: Scorecard, share: float | None = None) -> Text:
    """What the interval speaks of, to be said wherever it is shown: weights alone, no other source of doubt."""
    return T("名次区间：仅权重 ±{share}", share=f"{100 * _share(scorecard, share):g}%")


def intervals(scorecard: Scorecard, *, share: float | None = None, draws: int = DRAWS, seed: int = SEED) -> pl.DataFrame:
    """``unit, score, rank, rank_p5, rank_p50, rank_p95, score_p5, score_p50, score_p95`` of the units with a rank, in their order.

    In each draw every weight is multiplied by an independent uniform number from 1 − share to 1 + share, siblings made to add up again, and
    the index aggregated and ranked anew; ``share`` defaults to the index's ``bounds``, else 0.25. Rank quantiles are ranks that occurred
    (the lower order statistic); places are within the group. Values, treatment, normalisation and methods stay as they are: this is the
    doubt about weights alone. Raises ScoringError for a share outside 0 to 1 or no draws.
    """
    width = _share(scorecard, share)
    if not 0 <= width <= 1 or draws < 1:
        raise ScoringError(Issue("draws", T("权重幅度须在0与1之间，抽样次数须为正"), found=T("{share}，{draws}", share=width, draws=draws)))
    run = scorecard.run
    if run.scores is None or run.ranks is None or run.published is None:
        raise ScoringError(Issue("not_ranked", T("指数 {index} 没有排名", index=scorecard.index.id)))
    rng = np.random.default_rng(seed)
    weights = [_moved(w, width, draws, rng) for w in run.weights]
    index = climb(run.structure, run.stage("normalised"), run.groups, run.applicable, weights)[0][0]
    index = np.where(run.passed, np.broadcast_to(index, (draws, len(run.units))), np.nan)
    for amount in (run.adjustments or {}).values():
        index = index + amount
    ranks = _ranks(scorecard, index)
    listed = np.flatnonzero(~np.isnan(run.ranks[:, 0]))
    rank_q, score_q = (_quantiles(block[:, listed]) for block in (ranks, index))
    frame = {"unit": run.units["unit"].gather(listed), "score": run.scores[listed, 0], "rank": run.ranks[listed, 0]}
    frame |= {f"rank_p{round(100 * q)}": row for q, row in zip(QUANTILES, rank_q, strict=True)}
    frame |= {f"score_p{round(100 * q)}": row for q, row in zip(QUANTILES, score_q, strict=True)}
    built = pl.DataFrame(frame)
    if scorecard.index.rank.ties == "average":
        return built
    return built.with_columns(pl.col("rank", "rank_p5", "rank_p50", "rank_p95").cast(pl.Int64))


def _share(scorecard: Scorecard, share: float | None) -> float:
    if share is not None:
        return share
    return scorecard.index.bounds.share if scorecard.index.bounds else SHARE


def _moved(w: Array, width: float, draws: int, rng: np.random.Generator) -> Array:
    """``draws`` sets of weights around ``w``, (draw, child); weights of each unit's own move together, (draw, unit, child)."""
    moves = rng.uniform(1 - width, 1 + width, (draws, w.shape[-1]))
    if w.ndim > 1:
        return w * moves[:, None, :]
    moved = w * moves
    total = moved.sum(axis=-1, keepdims=True)
    return np.where(total > 0, moved / np.where(total > 0, total, 1.0), w)


def _ranks(scorecard: Scorecard, index: Array) -> Array:
    run, rules = scorecard.run, scorecard.index.rank
    compared = significant(index) if rules.decimals is None else published(index, rules.decimals)
    if run.barred:
        compared[:, list(run.barred)] = np.nan
    kernel = RANK[rules.ties].kernel
    if len(run.groups) == 1:
        return np.asarray(kernel(compared))
    ranks = np.empty(compared.shape)
    for rows in run.groups:
        ranks[:, rows] = kernel(compared[:, rows])
    return ranks


def _quantiles(block: Array) -> list[Array]:
    """Order statistics down the draws; NaN for a unit that some draw leaves without a score."""
    ordered = np.sort(block, axis=0)
    last = len(block) - 1
    return [np.where(np.isnan(ordered[-1]), np.nan, ordered[int(np.floor(q * last))]) for q in QUANTILES]
