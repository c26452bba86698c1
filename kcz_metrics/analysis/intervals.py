"""How far ranks move when weights move: the scorecard's own matrix under many seeded draws of weights, in one block of arrays."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T, Text
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.block import QUANTILES, block
from kcz_metrics.scoring.draws import Moves
from kcz_metrics.scoring.variants import Variants

SHARE, DRAWS, SEED = 0.25, 1000, 2022


def label(scorecard: Scorecard, share: float | None = None) -> Text:
    """What the interval speaks of, to be said wherever it is shown: weights alone, no other source of doubt."""
    return T("名次区间：仅权重 ±{share}", share=f"{100 * _share(scorecard, share):g}%")


def intervals(
    scorecard: Scorecard, *, share: float | None = None, draws: int = DRAWS, seed: int = SEED, threads: int | None = None
) -> pl.DataFrame:
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
    found = block(scorecard, Variants(draws, seed, Moves(width)), threads=threads)
    listed = np.flatnonzero(~np.isnan(run.ranks[:, 0]))
    frame = {"unit": run.units["unit"].gather(listed), "score": run.scores[listed, 0], "rank": run.ranks[listed, 0]}
    frame |= {f"rank_p{round(100 * q)}": row[listed] for q, row in zip(QUANTILES, found.rank_quantiles, strict=True)}
    frame |= {f"score_p{round(100 * q)}": row[listed] for q, row in zip(QUANTILES, found.score_quantiles, strict=True)}
    built = pl.DataFrame(frame)
    if scorecard.index.rank.ties == "average":
        return built
    return built.with_columns(pl.col("rank", "rank_p5", "rank_p50", "rank_p95").cast(pl.Int64))


def _share(scorecard: Scorecard, share: float | None) -> float:
    if share is not None:
        return share
    return scorecard.index.bounds.share if scorecard.index.bounds else SHARE
