"""Who of those due to move finds a seat: promotions fill what falls and exits leave, the highest smoothed score first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kcz_metrics.decisions.bars import Ladder
from kcz_metrics.methods import Array, Flags, Positions
from kcz_metrics.methods.rank import significant


@dataclass(frozen=True)
class Seating:
    """``level`` after the moves; ``filled``: rose into a free seat without being due; ``limited``: kept by the limit of moves."""

    level: Positions
    filled: Flags
    limited: Flags


def seated(ladder: Ladder, level: Positions, score: Array, up: Flags, down: Flags, fillers: Flags, most: int | None) -> Seating:
    """One level up or down for those due, from the best border to the last.

    Without ``balanced`` all go, up to ``most`` moves: the best riser, the lowest faller, the next riser and so on. With it, at each border
    as many rise as there are free seats and fallers, and as many fall as risers took seats of; ``most`` cuts the pairs of the lowest
    risers. A seat that an exit left, and nobody due takes, goes to the best of ``fillers`` in the level below; it counts towards no limit.
    """
    order = np.lexsort((np.arange(len(score)), -significant(np.nan_to_num(score, nan=-np.inf))))
    risers, fallers = order[up[order]], order[::-1][down[order[::-1]]]
    limits = ladder.policy.limits
    if limits is None or not limits.balanced:
        return _all(level, risers, fallers, most)
    after, filled = level.copy(), np.zeros(len(level), bool)
    free = ladder.seats - np.bincount(level[level >= 0], minlength=len(ladder.ids))
    decided = ladder.by_decision[0]
    pairs: list[tuple[int, int]] = []
    for border in range(len(ladder.ids) - 1):
        mine, theirs = risers[level[risers] == border + 1], fallers[level[fallers] == border]
        room = int(free[border])
        if room >= 0:
            rising = min(len(mine), len(theirs) + room)
            alone, falling = min(rising, room), max(0, rising - room)
            after[mine[:alone]] = border
            pairs += list(zip(mine[alone:rising].tolist(), theirs[:falling].tolist(), strict=True))
            left = 0 if decided[border] else room - alone
            spare = [i for i in order if fillers[i] and level[i] == border + 1 and i not in set(mine[:rising].tolist())][:left]
            after[spare], filled[spare] = border, True
            gone = alone + len(spare)
        else:
            falling = min(len(theirs), len(mine) - room)
            rising = max(0, falling + room)
            after[theirs[: falling - rising]] = border + 1
            pairs += list(zip(mine[:rising].tolist(), theirs[falling - rising : falling].tolist(), strict=True))
            gone = rising - falling
        free[border] -= gone
        free[border + 1] += gone
    place = {unit: n for n, unit in enumerate(order.tolist())}
    pairs.sort(key=lambda pair: place[pair[0]])
    kept = pairs if most is None else pairs[: most // 2]
    limited = np.zeros(len(level), bool)
    limited[[unit for pair in pairs[len(kept) :] for unit in pair]] = True
    for riser, faller in kept:
        after[riser], after[faller] = level[riser] - 1, level[faller] + 1
    return Seating(after, filled, limited)


def _all(level: Positions, risers: Positions, fallers: Positions, most: int | None) -> Seating:
    turns = [unit for n in range(max(len(risers), len(fallers))) for unit in (*risers[n : n + 1], *fallers[n : n + 1])]
    moved = np.array(turns[:most], np.intp)
    after = level.copy()
    after[moved] += np.where(np.isin(moved, risers), -1, 1)
    limited = np.zeros(len(level), bool)
    limited[np.array(turns[len(moved) :], np.intp)] = True
    return Seating(after, np.zeros(len(level), bool), limited)


def admitted(
    score: Array, areas: tuple[str | None, ...], wanting: Flags, inside: Flags, room: int, minimum: dict[str, int]
) -> tuple[Positions, Positions]:
    """Who of ``wanting`` comes in, best score first, into ``room`` seats; and who of them for the minimum of its area: those first."""
    order = [int(i) for i in np.lexsort((np.arange(len(score)), -significant(np.nan_to_num(score, nan=-np.inf)))) if wanting[i]]
    short = {area: n - sum(1 for i in np.flatnonzero(inside) if areas[i] == area) for area, n in minimum.items()} if areas else {}
    first: list[int] = []
    for i in order:
        area = areas[i] if areas else None
        if area is not None and short.get(area, 0) > 0 and len(first) < room:
            first.append(i)
            short[area] -= 1
    rest = [i for i in order if i not in set(first)][: max(0, room - len(first))]
    plain = set(order[:room])
    return np.array(sorted(first + rest), np.intp), np.array([i for i in first if i not in plain], np.intp)
