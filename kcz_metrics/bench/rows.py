"""What a benchmark says, and how time and memory are taken."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl


@dataclass(frozen=True)
class Row:
    """``ratio``: how many times faster than the reference; in a row on memory, how many times the matrix itself. ``target`` is the ratio
    wanted: at least, or for memory at most. ``met`` is null where nothing is wanted or the reference is not there."""

    work: str
    seconds: float | None = None
    reference: str = ""
    reference_seconds: float | None = None
    ratio: float | None = None
    target: float | None = None
    met: bool | None = None


SCHEMA = {
    "work": pl.String,
    "seconds": pl.Float64,
    "reference": pl.String,
    "reference_seconds": pl.Float64,
    "ratio": pl.Float64,
    "target": pl.Float64,
    "met": pl.Boolean,
}
COLUMNS = tuple(SCHEMA)


def table(rows: Iterable[Row]) -> pl.DataFrame:
    return pl.DataFrame([asdict(row) for row in rows], schema=SCHEMA)


def compared(work: str, seconds: float, reference: str, reference_seconds: float, target: float | None = None) -> Row:
    ratio = reference_seconds / seconds
    return Row(work, seconds, reference, reference_seconds, ratio, target, None if target is None else ratio >= target)


def seconds(call: Callable[[], Any], repeats: int = 7, warm_up: int = 2) -> float:
    """The shortest of ``repeats`` runs after ``warm_up`` that do not count: what else the machine does only ever adds."""
    taken = []
    for turn in range(warm_up + repeats):
        begin = time.perf_counter()
        call()
        if turn >= warm_up:
            taken.append(time.perf_counter() - begin)
    return min(taken)


def side_by_side(calls: dict[str, Callable[[], Any]], repeats: int = 5, enough: float = 1.0) -> dict[str, float]:
    """The shortest time of each, taken in turns so that what else the machine does falls on all of them. What takes longer than ``enough``
    seconds is done once only; of the others the first turn warms up."""
    least = dict.fromkeys(calls, float("inf"))
    slow: set[str] = set()
    for turn in range(repeats + 1):
        for name in [name for name in calls if name not in slow]:
            begin = time.perf_counter()
            calls[name]()
            taken = time.perf_counter() - begin
            if taken > enough:
                slow.add(name)
            if turn or name in slow:
                least[name] = min(least[name], taken)
    return least


def memory(work: str, call: Callable[[], Any], given: int, target: float | None = None) -> Row:
    """Peak of what ``call`` allocates beside the ``given`` bytes it works on, the two together over the latter."""
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    ratio = (given + peak) / given
    return Row(f"{work}: peak memory", reference="matrix", ratio=ratio, target=target, met=None if target is None else ratio <= target)
