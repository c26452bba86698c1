"""Numbers that a search ends in, without the dust of its halvings: 1.000000000007 is 1 where 1 does as well."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor, isfinite, log10
from typing import Final

#: A number is taken for another where it lies so near, relatively.
NEAR: Final = 1e-8
_DIGITS: Final = 12


def plain(value: float, does: Callable[[float], bool], *, up: bool) -> float:
    """The number of fewest significant digits next to ``value`` that ``does``: nearer to nothing if that will do, else beyond
    it (above with ``up``, else below). ``value`` itself where none does.

    >>> plain(1.000000000007, lambda x: x >= 1.0, up=True), plain(0.123456789012, lambda x: x >= 0.123456789, up=True)
    (1.0, 0.12345679)
    """
    if value == 0 or not isfinite(value):
        return value
    size = floor(log10(abs(value)))
    for digits in range(1, _DIGITS):
        places = digits - 1 - size
        beyond = (ceil if up else floor)(value * 10.0**places) / 10.0**places
        for number in dict.fromkeys((round(value, places), beyond)):
            if abs(number - value) <= NEAR * abs(value) and does(number):
                return float(number)
    return value
