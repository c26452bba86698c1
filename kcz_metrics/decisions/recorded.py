"""Decisions on tiers as the replay takes them: what was decided about whom, round by round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kcz_metrics.decisions.bars import OUTSIDE
from kcz_metrics.decisions.machine import UNDECIDED
from kcz_metrics.errors import Issue, ScoringError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.methods import Positions
from kcz_metrics.store.deciding import Decision, in_force

#: What the board of a closed round says of a unit that nobody decided about by itself.
CLOSED = "close"


@dataclass(frozen=True)
class Recorded:
    """``rulings``: period → unit → (act, level or None for outside). A closed round says it of every unit, so that later records and
    schemes no longer change it. ``closed``: the periods of such rounds."""

    rulings: Mapping[str, Mapping[str, tuple[str, str | None]]] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()

    def settled(self, period: str, units: Sequence[str], levels: Sequence[str]) -> Positions | None:
        """The level that each unit is put in, see ``machine.advance``; None for a round without decisions. Raises ScoringError for a level
        that the scheme does not have."""
        of = self.rulings.get(period)
        if not of:
            return None
        strange = sorted({level for _, level in of.values() if level is not None and level not in levels})
        if strange:
            issue = Issue(
                "decided_level", T("{period} 的决定里有层级 {level}，方案里没有", period=period, level=strange[0]),
                hint=did_you_mean(strange[0], list(levels)) or T("把这个层级写回方案"),
            )  # fmt: skip
            raise ScoringError(issue)
        at: dict[str | None, int] = {None: OUTSIDE, **{level: number for number, level in enumerate(levels)}}
        return np.array([at[of[unit][1]] if unit in of else UNDECIDED for unit in units], np.intp)

    def acts(self, period: str, units: Sequence[str]) -> list[str | None]:
        of = self.rulings.get(period, {})
        return [of[unit][0] if unit in of else None for unit in units]


def recorded(decisions: Iterable[Decision], index_id: str) -> Recorded:
    """From the ledger's decisions on the tiers of one index; those taken back are left out."""
    rulings: dict[str, dict[str, tuple[str, str | None]]] = {}
    boards: dict[str, Mapping[str, Any]] = {}
    for one in in_force(decisions):
        if one.kind != "tier" or one.matter != index_id:
            continue
        if one.act == "close":
            boards[one.period] = one.numbers["board"]
        elif one.unit is not None:
            rulings.setdefault(one.period, {})[one.unit] = (one.act, one.after)
    for period, board in boards.items():
        rulings[period] = {unit: (CLOSED, level) for unit, level in board.items()} | rulings.get(period, {})
    return Recorded(rulings, frozenset(boards))
