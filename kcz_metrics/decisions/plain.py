"""Tiers without a memory over all periods, in the same columns as those with one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from kcz_metrics.decisions.bands import form, resolved
from kcz_metrics.decisions.reasons import PLAIN
from kcz_metrics.decisions.rounds import Rounds, smoothed
from kcz_metrics.decisions.tiers import levels_of
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T
from kcz_metrics.methods import Array
from kcz_metrics.methods.rank import competition, significant
from kcz_metrics.scheme.policies import Level, Tiers


def plainly(rounds: Rounds, policy: Tiers, draws: Mapping[str, Array]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """A row a unit and period, see ``replay``; and the periods with probabilities: the last one, where it was drawn. Units equal at a
    border of places are both in.

    ``promotion_bar`` and ``exit_bar`` are thresholds where there are any. A unit that is the ``reference`` has no tier.
    """
    ids, through = [level.id for level in policy.levels], rounds.smoothed(policy.smooth)
    apart = _apart(rounds, policy)
    first = rounds.periods.index(policy.start.period) if policy.start and policy.start.period in rounds.periods else 0
    told: list[str] = []
    frames, before = [], np.full(len(rounds.units), np.nan)
    for t in range(first, len(rounds.periods)):
        score, levels, place, after = _divided(policy, through[t], apart)
        bars = np.array([np.nan if x.at_least is None else float(x.at_least) for x in levels])
        reason = np.full(len(score), "STAY", dtype="<U12")
        reason[~np.isnan(after) & (after != before)] = PLAIN[form(policy)]
        reason[np.isnan(after)] = "NOT_RANKED"
        reason[~np.isnan(after) & np.isnan(before)] = "START" if t == first else "ENTRY"
        chance = np.full((len(score), len(ids)), np.nan)
        if t == len(rounds.periods) - 1 and rounds.periods[t] in draws:
            now = draws[rounds.periods[t]]
            earlier = draws.get(rounds.periods[t - 1], rounds.score[t - 1] if t else np.nan) if t else np.nan
            several = smoothed(now, np.broadcast_to(earlier, now.shape), policy.smooth)
            each = np.array([_divided(policy, scores, apart)[3] for scores in several])
            chance = np.mean(each[:, :, None] == np.arange(len(ids)), axis=0)
            told.append(rounds.periods[t])
        frames.append(_frame(rounds, t, ids, score, place, before, after, bars, reason.tolist(), chance))
        before = np.where(np.isnan(after), before, after)
    return pl.concat(frames), tuple(told)


def _divided(policy: Tiers, given: Array, apart: int | None) -> tuple[Array, tuple[Level, ...], Array, Array]:
    """Scores without the reference, the levels as numbers, places, and the level of each unit (NaN for none)."""
    score = given.copy()
    if apart is not None:
        score[apart] = np.nan
    compared = significant(score)
    levels = resolved(policy, score, None if apart is None else float(given[apart]))
    place = competition(compared)
    return score, levels, place, levels_of(levels, compared, place)


def _apart(rounds: Rounds, policy: Tiers) -> int | None:
    if policy.reference is None:
        return None
    if policy.reference not in rounds.units:
        raise ScoringError(Issue("reference", T("没有评价对象 {unit}，不能以它为基准", unit=policy.reference)))
    return rounds.units.index(policy.reference)


def _frame(
    rounds: Rounds,
    t: int,
    ids: list[str],
    score: Array,
    place: Array,
    before: Array,
    after: Array,
    bars: Array,
    reason: list[str],
    chance: Array,
) -> pl.DataFrame:
    n = len(rounds.units)

    def named(level: Array) -> pl.Series:
        return pl.Series([None if np.isnan(x) else ids[int(x)] for x in level], dtype=pl.String)

    def number(values: Array) -> pl.Series:
        return pl.Series(values, dtype=pl.Float64, nan_to_null=True)

    known = ~np.isnan(after)
    at = np.where(known, after, 0).astype(int)
    above = np.where(known & (at > 0), bars[np.maximum(at - 1, 0)], np.nan)
    below = np.where(known, bars[at], np.nan)
    return pl.DataFrame(
        {
            "unit": rounds.units, "period": [rounds.periods[t]] * n, "score": number(rounds.score[t]), "smoothed": number(score),
            "tier_before": named(before), "tier_after": named(np.where(known, after, before)), "reason": reason,
            **{f"p_{level}": number(chance[:, i]) for i, level in enumerate(ids)},
            "place": number(place).cast(pl.Int64), "entry_above": number(above), "promotion_bar": number(above),
            "to_above": number(above - score), "entry_own": number(below), "exit_bar": number(below), "over_below": number(score - below),
            "high_rounds": np.zeros(n, np.intp), "low_rounds": np.zeros(n, np.intp), "grade": pl.Series([None] * n, dtype=pl.String),
        }
    )  # fmt: skip
