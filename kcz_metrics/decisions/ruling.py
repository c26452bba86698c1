"""Deciding on a round of tiers: what there is to decide, what a decision would come to, and what stands against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import polars as pl

from kcz_metrics.decisions import ballots
from kcz_metrics.decisions.ballots import Votes
from kcz_metrics.decisions.bars import OUTSIDE, Ladder
from kcz_metrics.decisions.beginning import areas
from kcz_metrics.decisions.machine import UNDECIDED, Turn
from kcz_metrics.decisions.recorded import Recorded
from kcz_metrics.decisions.replay import LastRound, Replay, judged
from kcz_metrics.decisions.rounds import Rounds
from kcz_metrics.decisions.way import aim_of
from kcz_metrics.errors import DecisionError, Issue, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Positions
from kcz_metrics.methods.rank import significant
from kcz_metrics.scheme.policies import Tiers
from kcz_metrics.store.deciding import Ruling

#: What may be asked for beside a level: as proposed, not yet, outside.
CONFIRM, DEFER, OUT = "confirm", "defer", "out"
#: Reasons that put a unit that stays on the list of what to decide: due, but kept; or to be watched.
OPEN: Final = ("HOLD", "WAIT", "LIMIT", "CANDIDATE", "RECTIFY", "WATCH")
#: Columns of ``matters`` after ``unit``.
MATTER: Final = ("kind", "tier_before", "proposed", "aim", "tier_after", "decided", "reason", "smoothed", "certainty")


@dataclass(frozen=True)
class Sitting:
    """The last round of a replay with the decisions there are, as it lies before those who decide."""

    policy: Tiers
    rounds: Rounds
    found: Replay
    recorded: Recorded
    #: Period to scores under the declared uncertainty, as ``replay`` was given them.
    draws: Mapping[str, Array] = field(default_factory=dict)

    @property
    def ladder(self) -> Ladder:
        return Ladder(self.policy)

    @property
    def last(self) -> LastRound:
        """Raises DecisionError for tiers without a memory, and in the starting period: there is nothing to decide."""
        if self.found.last is None:
            raise DecisionError(Issue("no_round", T("没有可以决定的一轮：层级没有记忆，或这是起始期")))
        return self.found.last

    @property
    def rows(self) -> pl.DataFrame:
        """The replay's rows of the round."""
        return self.found.frame.filter(pl.col("period") == self.last.period)

    @property
    def is_closed(self) -> bool:
        return self.last.period in self.recorded.closed


def matters(sitting: Sitting) -> pl.DataFrame:
    """What there is to decide, the least certain first: every move that the rule proposes (``kind`` up, down, in, out) and who stays though
    due or watched (hold, wait, limit, candidate, rectify, watch). ``aim`` is the level at stake and ``certainty`` its probability, null
    where it was not computed or only a decision leads there. Decided ones stand last, overruled ones first among them."""
    ids = sitting.ladder.ids
    place = {name: number for number, name in enumerate(ids)}
    rows = []
    for row in sitting.rows.iter_rows(named=True):
        kind = _kind(row, place)
        if kind is None and row["decided"] in (None, "close"):
            continue
        aim = aim_of(row, ids) if row["decided"] in (None, "close") else row["tier_after"]
        sure = row[f"p_{aim}"] if aim in place and kind not in ("candidate", "watch", "rectify") else None
        rows.append(
            {"unit": row["unit"], "kind": kind or "stay", "aim": aim, "certainty": sure}
            | {name: row[name] for name in MATTER if name in row}
        )
    frame = pl.DataFrame(rows, schema={"unit": pl.String} | {name: _TYPES.get(name, pl.String) for name in MATTER}, orient="row")
    order = {"down": 0, "up": 0, "out": 0, "in": 1, "hold": 0, "limit": 0, "candidate": 1, "wait": 1}
    return (
        frame.with_columns(
            _done=pl.col("decided").is_not_null(),
            _kind=pl.when(pl.col("decided").is_in(["override", "defer"]))
            .then(-1)
            .otherwise(pl.col("kind").replace_strict(order, default=2, return_dtype=pl.Int64)),
        )
        .sort("_done", "_kind", "certainty", "smoothed", "unit", descending=[False, False, False, True, False], nulls_last=True)
        .drop("_done", "_kind")
    )


_TYPES: Final = {"smoothed": pl.Float64, "certainty": pl.Float64}


def _kind(row: Mapping[str, Any], place: Mapping[str, int]) -> str | None:
    before, proposed = row["tier_before"], row["proposed"]
    if before is None and proposed is not None:
        return "in"
    if before is not None and proposed is None:
        return "out"
    if before != proposed:
        return "up" if place[proposed] < place[before] else "down"
    return str(row["reason"]).lower() if before is not None and row["reason"] in OPEN else None


def asked(sitting: Sitting, wanted: Mapping[str, str], reason: str = "", votes: Votes | None = None) -> tuple[Ruling, ...]:
    """Unit to ``confirm``, ``defer``, ``out`` or a level, as rulings with the numbers they rest on. A level that is the one proposed is a
    confirmation. ``votes`` stand with those moves that are voted on. Raises DecisionError for a unit or level that is not there."""
    ids, rows = sitting.ladder.ids, {row["unit"]: row for row in sitting.rows.iter_rows(named=True)}
    issues = [
        Issue("unknown_unit", T("本轮没有评价对象 {unit}", unit=unit), hint=did_you_mean(unit, list(rows)))
        for unit in wanted
        if unit not in rows
    ]
    issues += [
        Issue("unknown_level", T("方案里没有层级 {level}", level=aim), subject=unit, expected=T("{names}", names=", ".join(ids)))
        for unit, aim in wanted.items()
        if aim not in (CONFIRM, DEFER, OUT, *ids)
    ]
    if issues:
        raise DecisionError(issues)
    return tuple(_ruling(sitting, rows[unit], aim, reason, votes) for unit, aim in wanted.items())


def _ruling(sitting: Sitting, row: Mapping[str, Any], aim: str, reason: str, votes: Votes | None) -> Ruling:
    before, proposed = row["tier_before"], row["proposed"]
    after = {CONFIRM: proposed, DEFER: before, OUT: None}.get(aim, aim)
    act = "defer" if aim == DEFER else "confirm" if after == proposed else "override"
    names = ("score", "smoothed", "place", "promotion_bar", "exit_bar", "high_rounds", "low_rounds", "grade", "reason")
    numbers = {name: row[name] for name in names} | {f"p_{x}": row[f"p_{x}"] for x in sitting.ladder.ids if row[f"p_{x}"] is not None}
    if votes is not None and ballots.asked_for(sitting.policy, before, after) is not None:
        numbers[ballots.KEPT] = votes.plain()
    return Ruling(act, row["unit"], before, proposed, after, reason, numbers)  # type: ignore[arg-type]


def lost(sitting: Sitting, rulings: tuple[Ruling, ...]) -> tuple[Ruling, ...]:
    """Of these decisions the moves that a meeting with its quorum voted on and did not carry, as the ledger keeps them: the tier stays.
    Where there are any, nothing of what was to be decided with them is decided."""
    found = []
    for one in rulings:
        rule = ballots.asked_for(sitting.policy, one.before, one.after)
        if rule is not None and ballots.lost(rule, ballots.votes(one.numbers), str(one.unit)):
            found.append(replace(one, act="lost", after=one.before, numbers={**one.numbers, ballots.ASKED: one.after}))
    return tuple(found)


def outcome(sitting: Sitting, rulings: tuple[Ruling, ...] = ()) -> Turn:
    """The round with these decisions beside those there are, the others proposed anew around them."""
    settled, acts = _together(sitting, rulings)
    last = sitting.last
    return judged(sitting.ladder, last.before, last.now, last.proposed, last.probable, settled, acts, sitting.rounds.months)


def _together(sitting: Sitting, rulings: tuple[Ruling, ...]) -> tuple[Positions, list[str | None]]:
    units, ids, period = sitting.rounds.units, sitting.ladder.ids, sitting.last.period
    known = sitting.recorded.settled(period, units, ids)
    settled = np.full(len(units), UNDECIDED, np.intp) if known is None else known.copy()
    acts = sitting.recorded.acts(period, units)
    for ruling in rulings:
        at = units.index(str(ruling.unit))
        settled[at] = OUTSIDE if ruling.after is None else ids.index(ruling.after)
        acts[at] = ruling.act
    return settled, acts


def against(sitting: Sitting, rulings: tuple[Ruling, ...]) -> list[Issue]:
    """What seats, limits and balance have against these decisions, with what to do; empty where nothing."""
    turn, last, ladder, rounds = outcome(sitting, rulings), sitting.last, sitting.ladder, sitting.rounds
    before, after = last.before.level, turn.after.level
    taken = np.bincount(after[after >= 0], minlength=len(ladder.ids))
    issues = [_overfull(sitting, rulings, turn, int(number), int(taken[number])) for number in np.flatnonzero(taken > ladder.seats)]
    for ruling in rulings:
        rule = ballots.asked_for(sitting.policy, ruling.before, ruling.after)
        if rule is not None:
            issues += ballots.against(rule, ballots.votes(ruling.numbers), str(ruling.unit))
    limits, member = sitting.policy.limits, before >= 0
    moved = member & (after >= 0) & (after != before)
    if limits is not None:
        most = None if limits.share_a_round is None else int(np.floor(significant(np.array(limits.share_a_round * member.sum()))))
        if most is not None and moved.sum() > most:
            hint = T("把其中几项改为暂缓")
            issues.append(Issue("moves_limit", T("本轮将有 {n} 项调整，上限 {most} 项", n=int(moved.sum()), most=most), hint=hint))
        steps = limits.levels_a_round
        for ruling in rulings:
            at = rounds.units.index(str(ruling.unit))
            if steps is not None and moved[at] and abs(int(after[at] - before[at])) > steps:
                said = T("一轮最多调整 {n} 级", n=steps)
                issues.append(Issue("levels_limit", said, subject=rounds.units[at], hint=T("先调整到相邻的层级")))
            if limits.minimum_stay is not None and moved[at] and last.before.stay[at] < limits.minimum_stay:
                said = T("上次调整以来不满 {n} 轮", n=limits.minimum_stay)
                issues.append(Issue("minimum_stay", said, subject=rounds.units[at], hint=T("暂缓，或改方案的最短停留")))
    return issues + _short(sitting, before, after)


def _overfull(sitting: Sitting, rulings: tuple[Ruling, ...], turn: Turn, number: int, taken: int) -> Issue:
    ladder, units = sitting.ladder, sitting.rounds.units
    settled, _ = _together(sitting, rulings)
    here = (turn.after.level == number) & (settled == UNDECIDED) & ~np.isnan(sitting.last.now.smoothed)
    hint = T("先撤回或改变本层级的其他决定")
    if here.any():
        lowest = units[int(np.flatnonzero(here)[np.argmin(sitting.last.now.smoothed[here])])]
        hint = T("一并决定另一个调出这一层级，平滑得分最低的是 {unit}", unit=lowest)
    said = T("层级 {level} 将有 {n} 个，名额 {seats} 席", level=ladder.ids[number], n=taken, seats=int(ladder.seats[number]))
    return Issue("seats", said, hint=hint)


def _short(sitting: Sitting, before: Positions, after: Positions) -> list[Issue]:
    """Areas that a decision leaves with fewer units than their minimum, who had as many or were not fewer before."""
    balance = sitting.policy.balance
    if balance is None:
        return []
    named, issues = np.array(["" if a is None else a for a in areas(sitting.policy, sitting.rounds)]), []
    for area, least in balance.minimum.items():
        had, has = (int(((level >= 0) & (named == area)).sum()) for level in (before, after))
        if has < least and has < had:
            said = T("区域 {area} 将有 {n} 个，下限 {least} 个", area=area, n=has, least=least)
            issues.append(Issue("balance", said, hint=T("保留本区域的一个，或补入一个")))
    return issues


def board(sitting: Sitting) -> dict[str, str | None]:
    """Unit to its level after the round: what closing it seals."""
    ids = sitting.ladder.ids
    return {unit: ids[i] if i >= 0 else None for unit, i in zip(sitting.rounds.units, sitting.last.turn.after.level, strict=True)}


def undecided(sitting: Sitting) -> list[str]:
    """Units whose move is proposed and not decided; none may be left when a round is closed."""
    rows = sitting.rows.filter(pl.col("decided").is_null() & ~pl.col("tier_after").eq_missing(pl.col("tier_before")))
    return rows["unit"].to_list()


def closing(sitting: Sitting, reason: str = "") -> Ruling:
    """Raises DecisionError while a move is undecided."""
    left = undecided(sitting)
    if left:
        said = T("还有 {n} 项调整没有决定", n=len(left))
        raise DecisionError(Issue("undecided", said, found=T("{names}", names=", ".join(left[:8])), hint=T("先同意、暂缓或另定")))
    return Ruling("close", reason=reason, numbers={"board": board(sitting)})
