"""What a benchmark says, and how time and memory are taken."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Collection, Iterable
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


#: Processor seconds after which a ``limited`` call has had its turns.
ENOUGH = 1.0


def side_by_side(
    calls: dict[str, Callable[[], Any]], repeats: int = 5, limited: Collection[str] = (), enough: float = ENOUGH
) -> dict[str, float]:
    """The shortest time of each, taken in turns so that what else the machine does falls on all of them. A ``limited`` one has turns until
    it has used ``enough``, one at least."""
    least, used = dict.fromkeys(calls, float("inf")), dict.fromkeys(calls, 0.0)
    for _ in range(repeats):
        for name, call in calls.items():
            if name in limited and used[name] >= enough:
                continue
            begin, worked = time.perf_counter(), time.process_time()
            call()
            least[name] = min(least[name], time.perf_counter() - begin)
            used[name] += time.process_time() - worked
    return least


def memory(work: str, call: Callable[[], Any], given: int, target: float | None = None) -> Row:
    """Peak of what ``call`` allocates beside the ``given`` bytes it works on, the two together over the latter."""
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    ratio = (given + peak) / given
    return Row(f"{work}: peak memory", reference="matrix", ratio=ratio, target=target, met=None if target is None else ratio <= target)
