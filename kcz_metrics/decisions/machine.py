"""One round of the tiers: where everybody stood, what this round shows, where everybody would stand and why. A proposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from kcz_metrics.decisions.bars import OUTSIDE, Bars, Ladder, Round, State
from kcz_metrics.decisions.seating import admitted, seated
from kcz_metrics.methods import Flags, Positions
from kcz_metrics.methods.rank import significant
from kcz_metrics.scheme.policies import Demote, Exit, Promote

#: Rounds that no replay has.
FOREVER: Final = 10**6
#: In ``settled``: nothing was decided about the unit.
UNDECIDED: Final = -2
Words = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Turn:
    """``after`` is the state that the next round begins with; ``reason`` a code of ``reasons.REASONS`` each. ``bars`` and the rounds in a
    row (``high``, ``low``) are those that were judged, before a move began them anew."""

    after: State
    reason: Words
    bars: Bars
    high: Positions
    low: Positions


def advance(
    ladder: Ladder, state: State, now: Round, months: int = 12, held: Flags | None = None, settled: Positions | None = None
) -> Turn:
    """One round. ``months`` from one round to the next; who is ``held`` moves to no other level.

    ``settled``: the level that a decision puts a unit in, ``OUTSIDE`` for none, ``UNDECIDED`` where there is no decision. The others are
    proposed around it: they take the seats it leaves free, and give way where it takes one.
    """
    policy = ladder.policy
    up, down, limits = policy.promote or Promote(), policy.demote or Demote(), policy.limits
    level, scored, n = state.level, ~np.isnan(now.smoothed), len(ladder.ids)
    member = level >= 0
    nobody = np.zeros(len(level), bool)
    held = nobody if held is None else held
    settled = np.full(len(level), UNDECIDED, np.intp) if settled is None else settled
    ruled = settled != UNDECIDED
    bars = ladder.bars(now, level)
    reason = np.full(len(level), "STAY", dtype="<U12")

    out, failed, rectifying, passed = _leaving(policy.exit, state, now, member, months)
    out &= ~ruled
    bottom = member & now.bottom & ~out & ~ruled
    vetoed = member & now.vetoed
    thrown = vetoed & bool(policy.exit and policy.exit.veto) & ~ruled
    gone = out | bottom | thrown | (member & (settled == OUTSIDE))
    correcting = (rectifying >= 0) & ~gone

    able = member & scored & ~gone & ~vetoed
    high = np.where(bars.high & able & ~correcting, state.high + 1, 0)
    low = np.where(bars.low & able, state.low + 1, 0)
    decided_rise, decided_fall = ladder.by_decision
    goes_up, goes_down = decided_rise[np.maximum(level - 1, 0)], decided_fall[np.maximum(level, 0)]
    fast = _fast(up, bars, now, level) & able & ~correcting
    rose = (high >= up.rounds) | fast
    waits = (state.waiting > 0) & able & ~correcting & (low == 0) & (high == 0) & (level > 0)
    fit, candidate = _candidates(ladder, state, now, able & ~correcting, high >= up.rounds)
    rested = state.stay >= (limits.minimum_stay or 0 if limits else 0)
    due_up, due_down = (rose | waits) & ~goes_up, (low >= down.rounds) & ~goes_down

    most = None
    if limits is not None and limits.share_a_round is not None:
        most = int(np.floor(significant(np.array(limits.share_a_round * member.sum()))))
        most = max(0, most - int((ruled & member & (settled >= 0) & (settled != level)).sum()))
    place = np.where(ruled, settled, np.where(gone, OUTSIDE, level))
    free_to_move = rested & ~held & ~ruled
    fillers = able & ~correcting & ~bars.low & ~now.flagged & free_to_move
    steps = n - 1 if limits is None or limits.levels_a_round is None else limits.levels_a_round
    first = seated(ladder, place, now.smoothed, due_up & free_to_move, due_down & free_to_move, fillers, most)
    after = first.level
    for _ in range(steps - 1):
        # further levels in the same round, for who moved that way already and as surely
        further = ladder.bars(now, after)
        rising, falling = (after < place) & (after >= 0) & ~first.filled, (after > place) & ~ruled
        way_up = rising & further.high & ~decided_rise[np.maximum(after - 1, 0)]
        way_down = falling & further.low & ~decided_fall[np.maximum(after, 0)]
        if not (way_up | way_down).any():
            break
        after = seated(ladder, after, now.smoothed, way_up, way_down, nobody, None).level

    banned = ~member & (state.ban > 0)
    wanting = ~member & ~banned & scored & ~now.vetoed & ~ruled
    # new ones begin in the lowest level: an empty seat further up is no seat for them
    free = min(ladder.seats.sum() - (after >= 0).sum(), ladder.seats[-1] - (after == n - 1).sum())
    room = int(min(free, wanting.sum()))
    minimum = dict(policy.balance.minimum) if policy.balance else {}
    came, balanced = admitted(now.smoothed, tuple(now.areas), wanting, after >= 0, max(0, room), minimum)
    after = after.copy()
    after[came] = n - 1

    risen, fallen = member & (after >= 0) & (after < level), member & (after > level)
    seatless = (due_up & ~risen) | (due_down & ~fallen)
    for mask, code in (
        ((low > 0) | ((failed > 0) | now.bad) & member, "WATCH"),
        (candidate, "CANDIDATE"),
        (seatless, "WAIT"),
        (first.limited | (seatless & ~rested), "LIMIT"),
        (seatless & held, "HOLD"),
        (passed, "RECTIFIED"),
        (correcting, "RECTIFY"),
        (member & ~scored, "NOT_RANKED"),
        (risen & ((up.rounds == 1) | first.filled | waits), "QUOTA"),
        (risen & ~first.filled & ~waits & (up.rounds > 1), "TWO_ROUNDS"),
        (risen & ~first.filled & fast & (high < up.rounds), "BIG_GAIN"),
        (fallen, "TWO_ROUNDS" if down.rounds > 1 else "BUFFER"),
        (~member, "WAIT"),
        (~member & ~scored, "NOT_RANKED"),
        (banned, "BANNED"),
        (np.isin(np.arange(len(level)), came), "ENTRY"),
        (np.isin(np.arange(len(level)), balanced), "BALANCE"),
        (bottom, "BOTTOM"),
        (out, "EXIT"),
        (vetoed | (~member & now.vetoed & ~banned), "VETO"),
        (ruled, "DECIDED"),
    ):
        reason[mask] = code

    moved = after != level
    waiting = np.where(rose & due_up & ~moved & ~held, limits.waiting_rounds if limits else 0, np.maximum(state.waiting - 1, 0))
    ban = np.where(gone, policy.exit.ban_rounds if policy.exit else 0, np.maximum(state.ban - 1, 0))
    if policy.bottom is not None:
        ban[bottom] = FOREVER if policy.bottom.ban_rounds is None else policy.bottom.ban_rounds
    then = State(
        level=after,
        high=np.where(moved, 0, high),
        low=np.where(moved, 0, low),
        failed=np.where(gone | passed | ~member, 0, failed),
        stay=np.where(moved, 1, state.stay + 1),
        candidate=np.where(moved, 0, fit),
        waiting=np.where(moved, 0, waiting),
        ban=ban,
        rectifying=np.where(gone, -1, rectifying),
    )
    return Turn(then, reason, bars, high, low)


def _leaving(rule: Exit | None, state: State, now: Round, member: Flags, months: int) -> tuple[Flags, Positions, Positions, Flags]:
    """Who is out for its grade; failed rounds in a row; months of rectifying gone; who passed the re-check. A unit without a grade this
    round neither fails nor passes."""
    nobody = np.zeros(len(member), bool)
    if rule is None:
        return nobody, np.zeros_like(state.failed), np.full_like(state.rectifying, -1), nobody
    known = ~np.isnan(now.smoothed)
    failing = now.failing & member
    failed = np.where(failing, state.failed + 1, np.where(known | ~member, 0, state.failed))
    if rule.rectify_months is None:
        return failed >= rule.rounds, failed, state.rectifying, nobody
    least, longest = rule.rectify_months
    gone_by = np.where(state.rectifying >= 0, state.rectifying + months, -1)
    passed = (gone_by >= max(least, 0)) & (gone_by >= 0) & known & ~failing
    out = (gone_by >= longest) & failing
    begins = (gone_by < 0) & (failed >= rule.rounds)
    rectifying = np.where(out | passed, -1, np.where(begins, 0, gone_by))
    return out, failed, rectifying, passed & ~out


def _fast(up: Promote, bars: Bars, now: Round, level: Positions) -> Flags:
    """Who may rise after one high round: the smoothed score gained more than ``gain``, and the place within the seats of the level above is
    probable enough. A probability that is not known is not enough."""
    if up.fast is None:
        return np.zeros(len(level), bool)
    gained = significant(np.nan_to_num(now.gain, nan=-np.inf)) > up.fast.gain
    if up.fast.probability == 0:
        return bars.high & gained
    if now.within is None:
        return np.zeros(len(level), bool)
    chance = now.within[np.arange(len(level)), np.maximum(level - 1, 0)]
    return bars.high & gained & (significant(np.nan_to_num(chance, nan=-1.0)) >= up.fast.probability)


def _candidates(ladder: Ladder, state: State, now: Round, able: Flags, due: Flags) -> tuple[Positions, Flags]:
    """Rounds in a row that a unit fulfils the conditions of the level above, where only a decision raises to it; and who has enough."""
    fit, enough = np.zeros_like(state.candidate), np.zeros(len(able), bool)
    for number in np.flatnonzero(ladder.by_decision[0]):
        below = able & (state.level == number + 1)
        rule = ladder.policy.rules[ladder.ids[number]].candidate
        if rule is None:
            enough |= below & due
            continue
        fit = np.where(below & now.candidate[int(number)], state.candidate + 1, fit)
        enough |= below & (fit >= rule.rounds)
    return fit, enough
