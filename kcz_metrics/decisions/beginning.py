"""Where a replay begins: the starting period, and the tiers of everybody in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kcz_metrics.decisions.bars import OUTSIDE, Bars, Ladder, State
from kcz_metrics.decisions.machine import Turn
from kcz_metrics.decisions.rounds import Rounds
from kcz_metrics.decisions.seating import admitted
from kcz_metrics.decisions.tiers import levels_of
from kcz_metrics.errors import Issue, ScoringError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.methods import Array
from kcz_metrics.methods.rank import competition, significant
from kcz_metrics.scheme.policies import Tiers


def since(rounds: Rounds, policy: Tiers) -> Rounds:
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


def first(rounds: Rounds, policy: Tiers) -> int:
    period = policy.start.period if policy.start and policy.start.period else rounds.periods[0] if rounds.periods else ""
    if period not in rounds.periods:
        issue = Issue(
            "start", T("没有起始期 {period} 的得分", period=period), expected=T("{names}", names=", ".join(rounds.periods) or "—"),
            hint=did_you_mean(period, list(rounds.periods)),
        )  # fmt: skip
        raise ScoringError(issue)
    return rounds.periods.index(period)


def started(ladder: Ladder, rounds: Rounds, t: int, score: Array, decided: Mapping[str, str] | None) -> Turn:
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
        came, balanced = admitted(score, areas(policy, rounds), wanting, np.zeros(n, bool), int(ladder.seats.sum()), minimum)
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


def areas(policy: Tiers, rounds: Rounds) -> tuple[str | None, ...]:
    return () if policy.balance is None else column(rounds, policy.balance.by)


def column(rounds: Rounds, name: str) -> tuple[str | None, ...]:
    if name not in rounds.columns:
        raise ScoringError(Issue("column", T("评价对象没有列 {column}", column=name), hint=did_you_mean(name, list(rounds.columns))))
    return rounds.columns[name]
