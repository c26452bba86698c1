"""How far ranks move when weights and methods move as the scheme declares: many seeded runs of the scorecard's own values in one block of
arrays, fast enough while a weight moves. Errors of values and unverified records need the records again: see ``robustness``."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T, Text
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.block import QUANTILES, block
from kcz_metrics.scoring.draws import Moves
from kcz_metrics.scoring.variants import Variants, declared

SHARE, DRAWS, SEED = 0.25, 1000, 2022


def label(scorecard: Scorecard) -> Text:
    """What the interval speaks of, to be said wherever it is shown: what is varied, and that nothing else is."""
    index = scorecard.index
    made = declared(index, 1, 0)
    parts = []
    if made.weights is not None:
        share = made.weights.share
        parts.append(T("各项权重") if share is None else T("权重 ±{share}", share=f"{100 * share:g}%"))
    if any(len(getattr(made, name)) > 1 for name in ("impute", "treat", "normalise", "aggregate")):
        parts.append(T("计算方法"))
    if made.leave_out:
        parts.append(T("去掉一项指标") if index.uncertainty and index.uncertainty.leave_out == "indicator" else T("去掉一个维度"))
    if index.uncertainty and index.uncertainty.evidence:
        parts.append(T("凭证误差"))
    if index.uncertainty and index.uncertainty.unverified:
        parts.append(T("待核记录"))
    if len(parts) == 1 and made.weights is not None:
        return T("仅{what}", what=parts[0])
    if not parts:
        return T("没有声明不确定性")
    said = parts[0]
    for part in parts[1:]:
        said = T("{what}、{more}", what=said, more=part)
    return said


def intervals(
    scorecard: Scorecard, *, share: float | None = None, draws: int = DRAWS, seed: int = SEED, threads: int | None = None
) -> pl.DataFrame:
    """``unit, score, rank, rank_p5, rank_p50, rank_p95, score_p5, score_p50, score_p95`` of the units with a rank, in their order.

    Each draw takes the weights, the methods and what is left out that the index declares under ``uncertainty``; values stay as they are.
    Where it declares nothing, or a ``share`` is given, weights alone: each multiplied by an independent uniform number from 1 − share to
    1 + share (by default the index's ``bounds``, else 0.25), siblings made to add up again. Rank quantiles are ranks that occurred (the
    lower order statistic); places are within the group. Raises ScoringError for a share outside 0 to 1 or no draws.
    """
    if draws < 1 or (share is not None and not 0 <= share <= 1):
        raise ScoringError(Issue("draws", T("权重幅度须在0与1之间，抽样次数须为正"), found=T("{share}，{draws}", share=share, draws=draws)))
    run = scorecard.run
    if run.scores is None or run.ranks is None or run.published is None:
        raise ScoringError(Issue("not_ranked", T("指数 {index} 没有排名", index=scorecard.index.id)))
    variants = declared(scorecard.index, draws, seed) if share is None else Variants(draws, seed, Moves(share))
    found = block(scorecard, variants, threads=threads)
    listed = np.flatnonzero(~np.isnan(run.ranks[:, 0]))
    frame = {"unit": run.units["unit"].gather(listed), "score": run.scores[listed, 0], "rank": run.ranks[listed, 0]}
    frame |= {f"rank_p{round(100 * q)}": row[listed] for q, row in zip(QUANTILES, found.rank_quantiles, strict=True)}
    frame |= {f"score_p{round(100 * q)}": row[listed] for q, row in zip(QUANTILES, found.score_quantiles, strict=True)}
    built = pl.DataFrame(frame)
    if scorecard.index.rank.ties == "average":
        return built
    return built.with_columns(pl.col("rank", "rank_p5", "rank_p50", "rank_p95").cast(pl.Int64))
