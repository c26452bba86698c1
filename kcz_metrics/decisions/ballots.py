"""Ballots: a level that only a decision leads to is decided on by proposal and vote, where its rule says so."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from kcz_metrics.errors import Issue, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.methods.rank import significant
from kcz_metrics.scheme.policies import Ballot, Tiers

#: Where the votes stand among the numbers of a decision.
KEPT: Final = "ballot"
#: Where the level that was voted on stands among the numbers of a vote that was lost; None for outside.
ASKED: Final = "asked"
CHOICES: Final = ("yes", "no", "abstain")


@dataclass(frozen=True)
class Votes:
    """Who proposed, and the names of those who voted so."""

    proposal: str = ""
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    abstain: tuple[str, ...] = ()

    @property
    def cast(self) -> tuple[str, ...]:
        return (*self.yes, *self.no, *self.abstain)

    def plain(self) -> dict[str, Any]:
        """As the ledger keeps it."""
        return {name: value if isinstance(value, str) else list(value) for name, value in asdict(self).items()}


def lost(rule: Ballot, given: Votes | None, subject: str) -> bool:
    """Whether these are the votes of a meeting that could decide, and did not carry the proposal."""
    return [one.code for one in against(rule, given, subject)] == ["not_carried"]


def votes(numbers: Mapping[str, Any]) -> Votes | None:
    """The votes that a decision was made on; None for one without."""
    given = numbers.get(KEPT)
    return None if given is None else Votes(str(given["proposal"]), *(tuple(given[choice]) for choice in CHOICES))


def read(proposal: str, pairs: Iterable[tuple[str, str]]) -> tuple[Votes, list[Issue]]:
    """Names and how they voted, as typed; what is no vote is told."""
    given, issues = [(name.strip(), choice.strip().lower()) for name, choice in pairs], []
    for name, choice in given:
        if choice not in CHOICES:
            said = T("“{vote}”不是一种表决", vote=choice[:40])
            hint = did_you_mean(choice, list(CHOICES))
            issues.append(Issue("unknown_vote", said, subject=name, expected=T("{names}", names=", ".join(CHOICES)), hint=hint))
    return Votes(proposal.strip(), *(tuple(name for name, choice in given if choice == one) for one in CHOICES)), issues


def asked_for(policy: Tiers, before: str | None, after: str | None) -> Ballot | None:
    """The ballot that a move takes: into a level that only a decision raises to, or down from one that only a decision lowers from."""
    ids = [level.id for level in policy.levels]
    place = {None: len(ids)} | {name: number for number, name in enumerate(ids)}
    if before == after:
        return None
    up = place[after] < place[before]
    rule = policy.rules.get(str(after if up else before))
    return rule.ballot if rule is not None and (rule.rise if up else rule.fall) == "decision" else None


def needed(rule: Ballot, cast: int) -> int:
    """How many of ``cast`` votes must be for it."""
    return math.ceil(float(significant(np.array(rule.majority * cast))))


def against(rule: Ballot, given: Votes | None, subject: str) -> list[Issue]:
    """What the rule has against these votes; empty where they carry the proposal."""
    if given is None or not given.cast:
        hint = T("写明提议单位与各人的表决")
        return [Issue("ballot_missing", T("这一层级由提议与表决决定，没有表决"), subject=subject, hint=hint)]
    majority = needed(rule, len(given.cast))
    issues = [] if given.proposal else [Issue("proposal_missing", T("须写明由谁提议"), subject=subject)]
    twice = sorted({name for name in given.cast if given.cast.count(name) > 1 or not name})
    if twice:
        said = T("同一人只表决一次，并须写明姓名")
        issues.append(Issue("voted_twice", said, subject=subject, found=T("{names}", names=", ".join(twice) or "—")))
    if len(given.cast) > rule.members:
        said = T("表决人数多于成员数 {n}", n=rule.members)
        issues.append(Issue("too_many_votes", said, subject=subject, found=T("{n}", n=len(given.cast))))
    if len(given.cast) < rule.quorum:
        said = T("表决 {cast} 人，须有成员 {all} 人中的 {least} 人", cast=len(given.cast), all=rule.members, least=rule.quorum)
        issues.append(Issue("no_quorum", said, subject=subject, hint=T("到会人数够了再表决")))
    if len(given.yes) < majority:
        said = T("赞成 {yes} 票，须有 {cast} 票中的 {least} 票", yes=len(given.yes), cast=len(given.cast), least=majority)
        issues.append(Issue("not_carried", said, subject=subject, hint=T("没有通过的提议不改变层级")))
    return issues
