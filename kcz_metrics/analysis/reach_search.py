"""Weights within bounds under which the fewest (or the most) units stand before one: a branch and bound over programmes.

Where units lack different values a programme is a relaxation between given ends of the shares that they have. Splitting the ends where the
relaxation is off ends in the exact answer; ranks being whole numbers, it ends soon.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable
from typing import Final

from kcz_metrics.analysis.reach_conflicts import apart
from kcz_metrics.analysis.reach_contest import Box, Contest
from kcz_metrics.analysis.reach_programme import Programme, Solved
from kcz_metrics.methods import Array, Positions

#: Of the whole search; nodes of it.
SECONDS: Final = 60.0
NODES: Final = 400
#: A relaxation this close is not split any more.
_FLAT: Final = 1e-9


def search(
    of: Contest, ahead_of: Callable[[list[Array]], int], ahead: int, opposed: list[Positions], *, worst: bool
) -> tuple[list[list[Array]], int]:
    """Weights tried, and the number of ``of.others`` before the unit that no weights better: what the best of those tried has, unless the
    search was given up before. ``ahead_of`` gives that number for weights; ``ahead`` is the best known at the beginning; ``opposed``: of
    the contest."""
    surely = apart(opposed)
    utmost = len(of.others) - surely if worst else surely
    if ahead == utmost:
        return [], ahead
    sign, programme = -1 if worst else 1, Programme(of, worst, opposed)
    bound, unsolved = sign * utmost, math.inf  # the least that a box may hold of which no programme has told
    best, ended = sign * ahead, time.monotonic() + SECONDS
    tried: list[list[Array]] = []
    queue: list[tuple[int, int, Box, Solved]] = []
    boxes: list[Box] = [of.box]
    count = 0
    while True:
        for box in boxes:
            solved = programme.solve(box, sign * best, sign * bound)
            count += 1
            if solved == "unknown":  # of this box no more is known than of the one that it is part of
                unsolved = min(unsolved, bound)
            if isinstance(solved, str):
                continue
            tried.append(solved.weights)
            best = min(best, sign * ahead_of(solved.weights))
            heapq.heappush(queue, (sign * solved.ahead, count, box, solved))
        if not queue or queue[0][0] >= best:
            return tried, sign * int(min(best, unsolved))
        bound, _, box, solved = heapq.heappop(queue)
        wide = {key: off for key, off in solved.off.items() if off > _FLAT and box[key][1] - box[key][0] > _FLAT}
        if count >= NODES or time.monotonic() > ended or not wide:
            return tried, sign * int(min(bound, unsolved))
        key = max(wide, key=wide.__getitem__)
        low, high = box[key]
        middle = min(max(solved.at[key], low + 0.2 * (high - low)), high - 0.2 * (high - low))
        boxes = [{**box, key: (low, middle)}, {**box, key: (middle, high)}]
