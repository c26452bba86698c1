"""What one round looks at: bars of the round before, lowest pillars, grades, candidates, and who is among the last of its group."""

from __future__ import annotations

import numpy as np

from kcz_metrics.decisions.bars import Ladder, Round, State
from kcz_metrics.decisions.beginning import areas, column
from kcz_metrics.decisions.rounds import Rounds, graded
from kcz_metrics.errors import Issue, ScoringError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Flags
from kcz_metrics.methods.rank import competition, significant
from kcz_metrics.scheme.policies import Candidate, Tiers


def round_at(ladder: Ladder, rounds: Rounds, t: int, through: Array, before: State, bad: Array) -> Round:
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
        candidate=candidate, areas=areas(policy, rounds),
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


def last(policy: Tiers, rounds: Rounds, t: int, member: Flags) -> Flags:
    """Among the last so many of its group by the period's score; units that are equal at that border are not."""
    rule, found = policy.bottom, np.zeros(len(member), bool)
    if rule is None:
        return found
    score = significant(np.where(member, rounds.score[t], np.nan))
    groups = np.array(["" if v is None else v for v in column(rounds, rule.by)]) if rule.by else np.full(len(member), "")
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
