"""Tiers replayed over all periods: every unit and period with where it stood, where it would stand, why, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl

from kcz_metrics.decisions.bars import Ladder, Round, State
from kcz_metrics.decisions.beginning import first, since, started
from kcz_metrics.decisions.chances import Drawn, chances, within
from kcz_metrics.decisions.looking import last, round_at
from kcz_metrics.decisions.machine import UNDECIDED, Turn, advance
from kcz_metrics.decisions.plain import plainly
from kcz_metrics.decisions.recorded import Recorded
from kcz_metrics.decisions.rounds import Rounds, graded, smoothed
from kcz_metrics.methods import Array, Positions
from kcz_metrics.methods.rank import significant
from kcz_metrics.scheme.policies import Tiers

#: The numbers behind a row, after the columns of the command line.
NUMBERS: Final = (
    "place", "entry_above", "promotion_bar", "to_above", "entry_own", "exit_bar", "over_below", "high_rounds", "low_rounds", "grade",
)  # fmt: skip
#: What the rule proposes, whatever was decided, and the act of the decision: confirm, override, defer, or close of the round.
DECIDED: Final = ("proposed", "decided")
#: Columns of the command line before ``p_<level>``.
FIRST: Final = ("unit", "period", "score", "smoothed", "tier_before", "tier_after", "reason")


NOTHING: Final = Recorded()


@dataclass(frozen=True)
class Replay:
    """``frame``: ``FIRST``, a ``p_<level>`` a level (null where not computed), ``NUMBERS``, ``DECIDED``; a row a unit and period, periods
    in order, units by id. ``state`` is where the last round leaves everybody, None for tiers without a memory. ``computed``: periods with
    probabilities. ``last``: the last round, to decide on."""

    frame: pl.DataFrame
    state: State | None
    computed: tuple[str, ...] = ()
    last: LastRound | None = None


@dataclass(frozen=True)
class LastRound:
    """The round of the last period: where everybody stood, what it looked at, what the rule proposes, and what it comes to with the
    decisions there are."""

    period: str
    before: State
    now: Round
    proposed: Turn
    turn: Turn
    probable: Array | None


def replay(
    rounds: Rounds,
    policy: Tiers,
    *,
    decided: Mapping[str, str] | None = None,
    draws: Mapping[str, Array] | None = None,
    told: bool = True,
    recorded: Recorded = NOTHING,
) -> Replay:
    """The rule over all periods, each round beginning where the one before left everybody. Pure; the same input gives the same rows.

    ``decided``: unit to level, the tiers of the starting period where the policy starts from a file. ``draws``: period to scores under the
    declared uncertainty, (draw, unit) in the order of ``rounds.units``, draw k of all periods with the same weights; with them ``fast`` and
    ``hold`` are judged, and each draw goes through the same round for ``p_<level>`` (with ``told`` False only in the last period, and
    where ``hold`` asks for it and somebody moves). ``recorded``: decisions, which replace what is proposed; the others are proposed around
    them. Raises ScoringError for a starting period, level or column that is not there.
    """
    ladder, draws = Ladder(policy), draws or {}
    if not policy.remembers:
        first(rounds, policy)
        frame, periods = plainly(rounds, policy, draws)
        return Replay(frame.with_columns(proposed="tier_after", decided=pl.lit(None, pl.String)), None, periods)
    if decided is not None:
        rounds = since(rounds, policy)
    through = rounds.smoothed(policy.smooth)
    bad = np.zeros((len(rounds.periods), len(rounds.units)), bool)
    state: State | None = None
    frames: list[pl.DataFrame] = []
    computed: list[str] = []
    latest: LastRound | None = None
    for t in range(first(rounds, policy), len(rounds.periods)):
        period, before = rounds.periods[t], state
        probable = None
        if before is None:
            turn = proposed = started(ladder, rounds, t, through[t], decided)
            bad[t] = last(policy, rounds, t, turn.after.level >= 0)
        else:
            member = before.level >= 0
            bad[t] = last(policy, rounds, t, member)
            now = round_at(ladder, rounds, t, through, before, bad)
            some = drawn_at(rounds, policy, draws, t)
            if some is not None:
                now = replace(now, within=within(ladder, some.smoothed, member))
            turn = advance(ladder, before, now, rounds.months)
            wanted = told or t == len(rounds.periods) - 1 or (policy.hold is not None and _moves(before, turn))
            if some is not None and wanted:
                probable = chances(ladder, before, now, some, rounds.months)
                turn = _held(ladder, before, now, turn, probable, rounds.months)
                computed.append(period)
            proposed = turn
            settled = recorded.settled(period, rounds.units, ladder.ids)
            if settled is not None:
                turn = judged(ladder, before, now, proposed, probable, settled, recorded.acts(period, rounds.units), rounds.months)
            latest = LastRound(period, before, now, proposed, turn, probable)
        grades = graded(policy, rounds.score[t], rounds.grade[t])
        acts = (NOTHING if before is None else recorded).acts(period, rounds.units)
        frames.append(_frame(ladder, rounds, t, through[t], before, turn, proposed, acts, probable, grades))
        state = turn.after
    return Replay(pl.concat(frames), state, tuple(computed), latest)


def _moves(before: State, turn: Turn) -> bool:
    """Whether anybody goes from one level to another."""
    return bool(((before.level >= 0) & (turn.after.level >= 0) & (turn.after.level != before.level)).any())


def judged(
    ladder: Ladder,
    before: State,
    now: Round,
    proposed: Turn,
    probable: Array | None,
    settled: Positions,
    acts: Sequence[str | None],
    months: int,
) -> Turn:
    """The round with the decisions in ``settled``, the others proposed around them. The reason of a unit that stands where the rule had it
    anyway stays that of the rule."""
    turn = advance(ladder, before, now, months, settled=settled)
    if probable is not None:
        turn = _held(ladder, before, now, turn, probable, months, settled)
    ruled, deferred = settled != UNDECIDED, np.array([act == "defer" for act in acts])
    same = ruled & ~deferred & (turn.after.level == proposed.after.level)
    reason = np.where(same, proposed.reason, turn.reason)
    return replace(turn, reason=np.where(deferred & ruled, "DEFERRED", reason))


def drawn_at(rounds: Rounds, policy: Tiers, draws: Mapping[str, Array], t: int) -> Drawn | None:
    """The draws of a period; what a period before was not drawn for stands as it is."""
    if rounds.periods[t] not in draws:
        return None

    def at(period: int) -> Array:
        known = draws.get(rounds.periods[period]) if period >= 0 else None
        runs = len(draws[rounds.periods[t]])
        if known is not None and len(known) == runs:
            return known
        return np.broadcast_to(rounds.score[period] if period >= 0 else np.nan, (runs, len(rounds.units)))

    both = smoothed(at(t), at(t - 1), policy.smooth)
    earlier = smoothed(at(t - 1), at(t - 2), policy.smooth)
    return Drawn(both, both - earlier, earlier)


def _held(ladder: Ladder, before: State, now: Round, turn: Turn, probable: Array, months: int, settled: Positions | None = None) -> Turn:
    """Moves less probable than declared wait for a person, and with them whoever needs their seat."""
    if ladder.policy.hold is None:
        return turn
    held = np.zeros(len(before.level), bool)
    free = np.ones(len(held), bool) if settled is None else settled == UNDECIDED
    for _ in held:
        moved = free & (before.level >= 0) & (turn.after.level >= 0) & (turn.after.level != before.level)
        chance = probable[np.arange(len(held)), np.maximum(turn.after.level, 0)]
        doubtful = moved & (significant(np.nan_to_num(chance)) < ladder.policy.hold.probability_below) & ~held
        if not doubtful.any():
            break
        held |= doubtful
        turn = advance(ladder, before, now, months, held, settled)
    return turn


def _frame(
    ladder: Ladder,
    rounds: Rounds,
    t: int,
    score: Array,
    before: State | None,
    turn: Turn,
    proposed: Turn,
    acts: list[str | None],
    probable: Array | None,
    grades: list[str | None],
) -> pl.DataFrame:
    bars = turn.bars

    def named(level: Positions) -> list[str | None]:
        return [ladder.ids[i] if i >= 0 else None for i in level]

    def number(values: Array) -> pl.Series:
        return pl.Series(values, dtype=pl.Float64, nan_to_null=True)

    data: dict[str, Any] = {
        "unit": rounds.units, "period": [rounds.periods[t]] * len(rounds.units), "score": number(rounds.score[t]),
        "smoothed": number(score),
        "tier_before": pl.Series([None] * len(rounds.units) if before is None else named(before.level), dtype=pl.String),
        "tier_after": pl.Series(named(turn.after.level), dtype=pl.String), "reason": turn.reason.tolist(),
    }  # fmt: skip
    for i, level in enumerate(ladder.ids):
        data[f"p_{level}"] = number(np.full(len(rounds.units), np.nan) if probable is None else probable[:, i])
    data |= {
        "place": number(bars.place).cast(pl.Int64), "entry_above": number(bars.entry_above), "promotion_bar": number(bars.rise),
        "to_above": number(bars.rise - score), "entry_own": number(bars.entry_own), "exit_bar": number(bars.exit),
        "over_below": number(score - bars.exit), "high_rounds": turn.high, "low_rounds": turn.low,
        "grade": pl.Series(grades, dtype=pl.String), "proposed": pl.Series(named(proposed.after.level), dtype=pl.String),
        "decided": pl.Series(acts, dtype=pl.String),
    }  # fmt: skip
    return pl.DataFrame(data)
