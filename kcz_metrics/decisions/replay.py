"""Tiers replayed over all periods: every unit and period with where it stood, where it would stand, why, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl

from kcz_metrics.decisions.bars import OUTSIDE, Bars, Ladder, Round, State
from kcz_metrics.decisions.chances import chances, within
from kcz_metrics.decisions.machine import Turn, advance
from kcz_metrics.decisions.plain import plainly
from kcz_metrics.decisions.rounds import Rounds, graded, smoothed
from kcz_metrics.decisions.seating import admitted
from kcz_metrics.decisions.tiers import levels_of
from kcz_metrics.errors import Issue, ScoringError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Flags, Positions
from kcz_metrics.methods.rank import competition, significant
from kcz_metrics.scheme.policies import Candidate, Tiers

#: The numbers behind a row, after the columns of the command line.
NUMBERS: Final = (
    "place", "entry_above", "promotion_bar", "to_above", "entry_own", "exit_bar", "over_below", "high_rounds", "low_rounds", "grade",
)  # fmt: skip
#: Columns of the command line before ``p_<level>``.
FIRST: Final = ("unit", "period", "score", "smoothed", "tier_before", "tier_after", "reason")


@dataclass(frozen=True)
class Replay:
    """``frame``: ``FIRST``, a ``p_<level>`` a level (null where not computed), ``NUMBERS``; a row a unit and period, periods in order,
    units by id. ``state`` is where the last round leaves everybody, None for tiers without a memory. ``computed``: periods with
    probabilities."""

    frame: pl.DataFrame
    state: State | None
    computed: tuple[str, ...] = ()


def replay(
    rounds: Rounds, policy: Tiers, *, decided: Mapping[str, str] | None = None, draws: Mapping[str, Array] | None = None, told: bool = True
) -> Replay:
    """The rule over all periods, each round beginning where the one before proposed. Pure; the same input gives the same rows.

    ``decided``: unit to level, the tiers of the starting period where the policy starts from a file. ``draws``: period to scores under the
    declared uncertainty, (draw, unit) in the order of ``rounds.units``, draw k of all periods with the same weights; with them ``fast`` and
    ``hold`` are judged, and each draw goes through the same round for ``p_<level>`` (with ``told`` False only where ``hold`` asks for it
    or in the last period). Raises ScoringError for a starting period, level or column that is not there.
    """
    ladder, draws = Ladder(policy), draws or {}
    if not policy.remembers:
        _first(rounds, policy)
        frame, periods = plainly(rounds, policy, draws)
        return Replay(frame, None, periods)
    if decided is not None:
        rounds = _since(rounds, policy)
    first = _first(rounds, policy)
    through = rounds.smoothed(policy.smooth)
    bad = np.zeros((len(rounds.periods), len(rounds.units)), bool)
    state: State | None = None
    frames: list[pl.DataFrame] = []
    computed: list[str] = []
    for t in range(first, len(rounds.periods)):
        period, before = rounds.periods[t], state
        probable = None
        if before is None:
            turn = _started(ladder, rounds, t, through[t], decided)
            bad[t] = _last(policy, rounds, t, turn.after.level >= 0)
        else:
            member = before.level >= 0
            bad[t] = _last(policy, rounds, t, member)
            now = _round(ladder, rounds, t, through, before, bad)
            some = _drawn(rounds, policy, draws, t)
            if some is not None:
                now = replace(now, within=within(ladder, some[0], member))
            turn = advance(ladder, before, now, rounds.months)
            if some is not None and (told or policy.hold or t == len(rounds.periods) - 1):
                probable = chances(ladder, before, now, *some, rounds.months)
                turn = _held(ladder, before, now, turn, probable, rounds.months)
                computed.append(period)
        grades = graded(policy, rounds.score[t], rounds.grade[t])
        frames.append(_frame(ladder, rounds, t, through[t], before, turn, probable, grades))
        state = turn.after
    return Replay(pl.concat(frames), state, tuple(computed))


def _since(rounds: Rounds, policy: Tiers) -> Rounds:
    """Tiers may have been decided in a period before the first score: it stands first, without scores."""
    period = policy.start.period if policy.start else None
    if period is None or not rounds.periods or period >= rounds.periods[0]:
        return rounds
    n = len(rounds.units)
    blank, nobody = np.full((1, n), np.nan), np.zeros((1, n), bool)
    return replace(
        rounds,
        periods=(period, *rounds.periods),
        score=np.vstack([blank, rounds.score]),
        vetoed=np.vstack([nobody, rounds.vetoed]),
        flagged=np.vstack([nobody, rounds.flagged]),
        grade=((None,) * n, *rounds.grade),
        pillars={name: np.vstack([blank, scores]) for name, scores in rounds.pillars.items()},
    )


def _first(rounds: Rounds, policy: Tiers) -> int:
    period = policy.start.period if policy.start and policy.start.period else rounds.periods[0] if rounds.periods else ""
    if period not in rounds.periods:
        issue = Issue(
            "start", T("没有起始期 {period} 的得分", period=period), expected=T("{names}", names=", ".join(rounds.periods) or "—"),
            hint=did_you_mean(period, list(rounds.periods)),
        )  # fmt: skip
        raise ScoringError(issue)
    return rounds.periods.index(period)


def _started(ladder: Ladder, rounds: Rounds, t: int, score: Array, decided: Mapping[str, str] | None) -> Turn:
    """The starting period: levels as decided, else seats in the order of the smoothed score (equals by id), minima of areas first."""
    policy, n = ladder.policy, len(rounds.units)
    level = np.full(n, OUTSIDE, np.intp)
    balanced = np.array([], np.intp)
    if policy.start is not None and policy.start.file is not None and decided is None:
        raise ScoringError(Issue("start", T("方案要求从已定名单 {file} 开始，名单没有给出", file=policy.start.file)))
    if decided is not None:
        _known(decided, ladder, rounds)
        places = {name: number for number, name in enumerate(ladder.ids)}
        level = np.array([places[decided[u]] if u in decided else OUTSIDE for u in rounds.units], np.intp)
    elif np.isfinite(ladder.seats).all():
        minimum = dict(policy.balance.minimum) if policy.balance else {}
        wanting = ~np.isnan(score) & ~rounds.vetoed[t]
        came, balanced = admitted(score, _areas(policy, rounds), wanting, np.zeros(n, bool), int(ladder.seats.sum()), minimum)
        order = came[np.lexsort((came, -significant(score[came])))]
        level[order] = np.searchsorted(ladder.inside, np.arange(len(order)), side="right")
    else:
        found = levels_of(policy.levels, significant(score), competition(significant(score)))
        level = np.where(np.isnan(found), OUTSIDE, found).astype(np.intp)
    reason = np.where(level >= 0, "START", np.where(np.isnan(score), "NOT_RANKED", "WAIT")).astype("<U12")
    reason[balanced] = "BALANCE"
    blank, nobody = np.full(n, np.nan), np.zeros(n, bool)
    bars = Bars(competition(significant(np.where(level >= 0, score, np.nan))), blank, blank, blank, blank, nobody, nobody)
    none = np.zeros(n, np.intp)
    return Turn(State.at(level), reason, bars, none, none)


def _known(decided: Mapping[str, str], ladder: Ladder, rounds: Rounds) -> None:
    issues = [
        Issue("start", T("已定名单中 {unit} 的层级 {level} 不在方案里", unit=unit, level=level), hint=did_you_mean(level, list(ladder.ids)))
        for unit, level in decided.items()
        if level not in ladder.ids
    ]
    issues += [
        Issue("start", T("已定名单中的 {unit} 没有得分", unit=unit), hint=did_you_mean(unit, list(rounds.units)))
        for unit in decided
        if unit not in rounds.units
    ]
    if issues:
        raise ScoringError(issues)


def _areas(policy: Tiers, rounds: Rounds) -> tuple[str | None, ...]:
    return () if policy.balance is None else _column(rounds, policy.balance.by)


def _column(rounds: Rounds, name: str) -> tuple[str | None, ...]:
    if name not in rounds.columns:
        raise ScoringError(Issue("column", T("评价对象没有列 {column}", column=name), hint=did_you_mean(name, list(rounds.columns))))
    return rounds.columns[name]


def _round(ladder: Ladder, rounds: Rounds, t: int, through: Array, before: State, bad: Array) -> Round:
    policy, member = ladder.policy, before.level >= 0
    earlier = np.where(member, through[t - 1], np.nan)
    pillars = [scores[t] for scores in rounds.pillars.values()]
    grades = [g.id for g in policy.grades]
    failing = np.zeros(len(rounds.units), bool)
    if policy.exit is not None:
        worse = set(grades[grades.index(policy.exit.grade_below) + 1 :])
        failing = np.array([g in worse for g in graded(policy, rounds.score[t], rounds.grade[t])])
    candidate = {
        number: _candidate(rule.candidate, rounds, t, member)
        for number, level in enumerate(ladder.ids)
        if (rule := policy.rules.get(level)) is not None and rule.candidate is not None
    }
    return Round(
        smoothed=through[t], gain=through[t] - through[t - 1], entry=ladder.entry(earlier),
        lowest=np.min(pillars, axis=0) if pillars else np.full(len(rounds.units), np.inf),
        flagged=rounds.flagged[t], vetoed=rounds.vetoed[t], failing=failing, bad=bad[t], bottom=_bottom(policy, rounds, t, member, bad),
        candidate=candidate, areas=_areas(policy, rounds),
    )  # fmt: skip


def _candidate(rule: Candidate, rounds: Rounds, t: int, member: Flags) -> Flags:
    """Among the ``top`` by the pillar, and every ``minimum`` reached."""
    missing = [name for name in (rule.pillar, *rule.minimum) if name not in rounds.pillars]
    if missing:
        issue = Issue("pillar", T("没有维度 {pillar} 的得分", pillar=missing[0]), hint=did_you_mean(missing[0], list(rounds.pillars)))
        raise ScoringError(issue)
    ranked = np.where(member & ~np.isnan(rounds.score[t]), rounds.pillars[rule.pillar][t], np.nan)
    fit = competition(significant(ranked)) <= rule.top
    for name, least in rule.minimum.items():
        fit &= significant(rounds.pillars[name][t]) >= least
    return fit


def _last(policy: Tiers, rounds: Rounds, t: int, member: Flags) -> Flags:
    """Among the last so many of its group by the period's score; units that are equal at that border are not."""
    rule, found = policy.bottom, np.zeros(len(member), bool)
    if rule is None:
        return found
    score = significant(np.where(member, rounds.score[t], np.nan))
    groups = np.array(["" if v is None else v for v in _column(rounds, rule.by)]) if rule.by else np.full(len(member), "")
    for group in np.unique(groups):
        own = np.flatnonzero((groups == group) & ~np.isnan(score))
        found[own] = [int((score[own] <= score[i]).sum()) <= rule.last for i in own]
    return found


def _bottom(policy: Tiers, rounds: Rounds, t: int, member: Flags, bad: Array) -> Flags:
    """Who was among the last as often as means out; of more than ``at_most`` those with the lowest mean score of such rounds."""
    rule = policy.bottom
    if rule is None:
        return np.zeros(len(member), bool)
    seen = slice(max(0, t - rule.within + 1), t + 1)
    times = bad[seen].sum(axis=0)
    out = member & (times >= rule.times)
    if rule.at_most is not None and out.sum() > rule.at_most:
        mean = np.where(bad[seen], np.nan_to_num(rounds.score[seen]), 0.0).sum(axis=0) / np.maximum(times, 1)
        order = [i for i in np.lexsort((np.arange(len(mean)), significant(mean))) if out[i]]
        out = np.isin(np.arange(len(out)), order[: rule.at_most])
    return out


def _drawn(rounds: Rounds, policy: Tiers, draws: Mapping[str, Array], t: int) -> tuple[Array, Array] | None:
    """Smoothed scores of every draw and their gain; what a period before was not drawn for stands as it is."""
    if rounds.periods[t] not in draws:
        return None

    def at(period: int) -> Array:
        known = draws.get(rounds.periods[period]) if period >= 0 else None
        runs = len(draws[rounds.periods[t]])
        if known is not None and len(known) == runs:
            return known
        return np.broadcast_to(rounds.score[period] if period >= 0 else np.nan, (runs, len(rounds.units)))

    now, before, earlier = at(t), at(t - 1), at(t - 2)
    both = smoothed(now, before, policy.smooth)
    return both, both - smoothed(before, earlier, policy.smooth)


def _held(ladder: Ladder, before: State, now: Round, turn: Turn, probable: Array, months: int) -> Turn:
    """Moves less probable than declared wait for a person, and with them whoever needs their seat."""
    if ladder.policy.hold is None:
        return turn
    held = np.zeros(len(before.level), bool)
    for _ in held:
        moved = (before.level >= 0) & (turn.after.level >= 0) & (turn.after.level != before.level)
        chance = probable[np.arange(len(held)), np.maximum(turn.after.level, 0)]
        doubtful = moved & (significant(np.nan_to_num(chance)) < ladder.policy.hold.probability_below) & ~held
        if not doubtful.any():
            break
        held |= doubtful
        turn = advance(ladder, before, now, months, held)
    return turn


def _frame(
    ladder: Ladder, rounds: Rounds, t: int, score: Array, before: State | None, turn: Turn, probable: Array | None, grades: list[str | None]
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
        "grade": pl.Series(grades, dtype=pl.String),
    }  # fmt: skip
    return pl.DataFrame(data)
