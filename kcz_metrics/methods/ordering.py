"""The order of numbers along the last axis, exact, by sorting small integers: places on a coarse grid first, then what the grid cannot
tell apart. Sorting integers of 32 bits costs a third of sorting floats with their places."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kcz_metrics.methods.entry import Array, Flags, Positions

#: Numbers farther apart than this, relatively, differ within 12 digits too.
CLOSE = 1e-10
#: Numbers from which the grid is the faster way.
_MANY = 8192
#: So many numbers in a row, and two passes by 16 bits each are faster than one sort.
_LONG = 4096
_HALF = 16
#: A share of near neighbours above one in so many is not few.
_FEW = 32


def descending(x: Array, digits: Callable[[Array], Array] | None = None) -> tuple[Positions, Flags | None]:
    """Positions in ``x.ravel()`` from the highest to the lowest of each row, NaN last; and in that order where a new value begins, None
    where every one does. ``digits`` rounds numbers that are nearly the same; those that it makes equal are equal.

    >>> descending(np.array([[1.0, 3.0, 3.0]]))
    (array([[1, 2, 0]]), array([[ True, False,  True]]))
    """
    n = x.shape[-1]
    if x.size == 0 or n == 1:
        return np.arange(x.size).reshape(x.shape), None
    rows = np.ascontiguousarray(x).reshape(-1, n)
    if rows.size < _MANY:
        return _by_floats(rows, x.shape, digits)
    with np.errstate(all="ignore"):
        high, low = np.fmax.reduce(rows, axis=1, keepdims=True), np.fmin.reduce(rows, axis=1, keepdims=True)
        spread = high - low
        span = 2.0 ** (31 if n >= _LONG else 31 - (n - 1).bit_length()) - 2.0
        steps = np.where(spread > 0, span / spread, 0.0)
        if not np.isfinite(steps).all() or np.isinf(spread).any():
            return _by_floats(rows, x.shape, digits)
        reach = np.maximum(np.abs(high), np.abs(low)) * steps * CLOSE
        beside = 0 if digits is None else int(min(np.fmax.reduce(reach, axis=None, initial=0.0), span)) + 1
        grid = high - rows
        grid *= steps
        if np.isnan(grid.min()):
            grid[np.isnan(rows)] = span + 1.0
        order, near = (_by_halves if n >= _LONG else _packed)(grid, beside)
    begins = _told_apart(rows.ravel(), order, near, digits)
    return order.reshape(x.shape), None if begins is None else begins.reshape(x.shape)


def _by_floats(rows: Array, shape: tuple[int, ...], digits: Callable[[Array], Array] | None) -> tuple[Positions, Flags | None]:
    """Few numbers, or such that no grid spans: sorted as they are."""
    order = np.argsort(-rows, axis=1)
    order += np.arange(0, rows.size, rows.shape[1])[:, None]
    ordered = rows.reshape(-1)[order]
    same = _same(ordered, None, digits)
    return order.reshape(shape), _begins(same).reshape(shape) if same.any() else None


def _same(ordered: Array, near: Flags | None, digits: Callable[[Array], Array] | None) -> Flags:
    """Which numbers equal the one before them."""
    before, after = ordered[:, :-1], ordered[:, 1:]
    same: Flags = before == after
    if digits is not None:
        if near is None:
            with np.errstate(invalid="ignore"):
                near = before - after <= CLOSE * np.abs(before)
        row, place = np.nonzero(near > same)
        if row.size:
            same[row, place] = digits(before[row, place]) == digits(after[row, place])
    return same


def _begins(same: Flags) -> Flags:
    begins = np.ones((len(same), same.shape[1] + 1), bool)
    np.logical_not(same, out=begins[:, 1:])
    return begins


def _packed(grid: Array, beside: int) -> tuple[Positions, Flags]:
    """Order by the grid, and which neighbours are no more than ``beside`` steps of it apart. A step and the position make one integer."""
    n = grid.shape[1]
    bits = (n - 1).bit_length()
    keys = grid.astype(np.int32)
    keys <<= bits
    keys |= np.arange(n, dtype=np.int32)
    keys.sort(axis=1)
    near = (keys[:, 1:] - keys[:, :-1]) < min((beside + 1) << bits, 2**31 - 1)
    keys &= (1 << bits) - 1
    return keys + np.arange(0, grid.size, n)[:, None], near


def _by_halves(grid: Array, beside: int) -> tuple[Positions, Flags]:
    """The same for long rows: the lower 16 bits of the step, then the upper, each in a pass that takes no comparisons."""
    n = grid.shape[1]
    order, near = np.empty(grid.shape, np.intp), np.empty((len(grid), n - 1), bool)
    for row, steps in enumerate(grid.astype(np.int32)):
        by_low = np.argsort(steps.astype(np.uint16), kind="stable")
        ordered = steps[by_low]
        by_high = np.argsort((ordered >> _HALF).astype(np.uint16), kind="stable")
        order[row] = by_low[by_high]
        ordered = ordered[by_high]
        near[row] = (ordered[1:] - ordered[:-1]) <= beside
    order += np.arange(0, grid.size, n)[:, None]
    return order, near


def _told_apart(x: Array, order: Positions, near: Flags, digits: Callable[[Array], Array] | None) -> Flags | None:
    """Put in order what the grid could not tell apart, in place, and find what is equal: neighbour by neighbour where few are near, else
    in the whole."""
    found = np.count_nonzero(near)
    if not found:
        return None
    flat, width = order.reshape(-1), order.shape[1]
    if found * _FEW > near.size:
        ordered = x[order]
        if (ordered[:, :-1] < ordered[:, 1:]).any():
            _sort(x, flat, _flat(near, width))
            ordered = x[order]
        return _begins(_same(ordered, near, digits))
    before = _flat(near, width)
    a, b = x[flat[before]], x[flat[before + 1]]
    if (a < b).any():
        _sort(x, flat, before)
        a, b = x[flat[before]], x[flat[before + 1]]
    same = a == b
    if digits is not None:
        apart = ~same
        same[apart] = digits(a[apart]) == digits(b[apart])
    if not same.any():
        return None
    begins = np.ones(order.shape, bool)
    begins.reshape(-1)[before[same] + 1] = False
    return begins


def _flat(near: Flags, width: int) -> Positions:
    """Where in the flat order the first of two near neighbours stands."""
    places = np.flatnonzero(near)
    return places + places // (width - 1)


def _sort(x: Array, flat: Positions, before: Positions) -> None:
    """Each run of near neighbours by its numbers, in place, missing ones last."""
    inside, opens = np.zeros(flat.shape, bool), np.zeros(flat.shape, bool)
    inside[before] = inside[before + 1] = True
    opens[before[np.append(True, before[1:] != before[:-1] + 1)]] = True
    members = np.flatnonzero(inside)
    found = x[flat[members]]
    flat[members] = flat[members][np.lexsort((np.where(np.isnan(found), np.inf, -found), np.cumsum(opens[members])))]
