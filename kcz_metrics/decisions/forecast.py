"""Where a count or a state will stand at the year's end, with the range that holds it eight times in ten. No chance, no seed.

A count (``flow``): the rest of the year follows the rest of last year, at the pace that this year has shown so far. Records come in
clumps of size φ = max(1, variance / mean) of last year's monthly numbers (a week once a year is one clump, a meeting a day is none). In
clumps, the pace is Gamma with mean 1 and the weight of :data:`PRIOR` before the year begins, and what is to come is Poisson given the pace,
hence negative binomial: r = PRIOR + n, mean = R · r / (PRIOR + E), where n is what there is so far, E what last year had by the same day
and R what it had after it, with one further record spread evenly over last year, so that no month is impossible. Without any record last
year the pace is even over the days: r = n + 1/2, E = share gone, R = the rest. Last year's own numbers are taken as they are. (Gelman et
al., Bayesian Data Analysis, 3rd edition, section 2.6; McCullagh and Nelder, Generalized Linear Models, section 6.2, on φ.)

A state (``stock``): the monthly changes of the last year go on with the same mean d: v + h·d after h months. The range is the root of two
squares: what the spread s of the changes does, t·s·√(h + h²/n) for n of them, and how far the rest comes out otherwise if the last three
months go on instead, or the same months of a year ago come again, whichever is further. A state that never moved tells nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

#: How many clumps of records last year's pace is worth beside this year's.
PRIOR = 4.0
#: The range leaves out a tenth at either end.
TAIL = 0.1
#: Fewer monthly changes than this tell nothing of their spread; the last so many are the pace of late.
LEAST_CHANGES = 3
YEAR = 12


class Forecast(NamedTuple):
    middle: float
    low: float
    high: float


def flow(value: float, records: float, before: Sequence[float], months_gone: float) -> Forecast:
    """``value`` and ``records`` so far this year, ``before`` the records of the twelve months of last year, ``months_gone`` of twelve.

    A value that is no count is forecast by its records, each bringing what they brought so far.
    """
    gone, size = months_gone / 12, 1.0
    whole = min(int(months_gone), 11)
    earlier = math.fsum(before[:whole]) + (months_gone - whole) * before[whole] + gone
    rest = math.fsum(before) + 1 - earlier
    if math.fsum(before) > 0:
        size = clumps(before)
        shape, rate, rest = PRIOR + records / size, PRIOR + earlier / size, rest / size
    else:
        shape, rate = records + 0.5, gone
    if rest <= 1e-12 or rate <= 0:
        return Forecast(value, value, value)
    worth = size * (value / records if records else 1.0)
    middle = shape / rate * rest
    low, high = (float(_least(q, shape, rate / (rate + rest))) for q in (TAIL, 1 - TAIL))
    return Forecast(value + worth * middle, value + worth * min(low, middle), value + worth * max(high, middle))


def _least(share: float, shape: float, chance: float) -> int:
    """The least k with P(X ≤ k) ≥ ``share`` for the negative binomial, whose distribution is the incomplete beta function."""
    # scipy.special loads in a tenth of the time of scipy.stats
    from scipy.special import betainc

    def reaches(k: int) -> bool:
        return bool(betainc(shape, k + 1, chance) >= share)

    above = 1
    while not reaches(above):
        above *= 2
    below = -1
    while above - below > 1:
        middle = (above + below) // 2
        below, above = (below, middle) if reaches(middle) else (middle, above)
    return above


def clumps(before: Sequence[float]) -> float:
    """How many records come together: variance over mean of the monthly numbers, at least 1."""
    mean = math.fsum(before) / len(before)
    return max(1.0, math.fsum((b - mean) ** 2 for b in before) / (len(before) - 1) / mean)


def stock(now: float, values: Sequence[float], months_left: float, floor: float = 0.0, ceiling: float = math.inf) -> Forecast | None:
    """From ``now`` on; ``values`` at the ends of the full months so far, oldest first. None where they are too few or never
    moved."""
    every = [b - a for a, b in pairwise(values)]
    changes = every[-YEAR:]
    if len(changes) < LEAST_CHANGES:
        return None
    n = len(changes)
    mean = math.fsum(changes) / n
    spread = math.sqrt(math.fsum((c - mean) ** 2 for c in changes) / (n - 1))
    if mean == 0 and spread == 0:
        return None
    from scipy.special import stdtrit

    others = [months_left * math.fsum(changes[-LEAST_CHANGES:]) / LEAST_CHANGES]
    if n == YEAR:
        whole = min(int(months_left), YEAR - 1)
        others.append(math.fsum(changes[:whole]) + (months_left - whole) * changes[whole])
    apart = max(abs(other - months_left * mean) for other in others)
    chance = float(stdtrit(n - 1, 1 - TAIL)) * spread * math.sqrt(months_left + months_left**2 / n)
    half = math.hypot(chance, apart)
    middle = now + months_left * mean
    return Forecast(*(min(max(x, floor), ceiling) for x in (middle, middle - half, middle + half)))


def capped(found: Forecast, value: float, cap: float) -> Forecast:
    """What cannot pass ``cap``, unless it already has."""
    if value > cap:
        return found
    return Forecast(*(min(x, cap) for x in found))
