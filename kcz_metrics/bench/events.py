"""All indicators over many invented records, and the facts behind them beside one query each, written by hand.

At ten million records, time and memory may be 1.2 times the handwritten at most; fewer have no target, because compiling and opening the
store then weigh as much as the query. The seconds of a fact are those of the processor. ``ratio`` of time is how many times faster than the
reference, as in every row, and so wanted to be 1 / 1.2 at least; of memory it is ours over theirs, wanted to be 1.2 at most.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kcz_metrics.bench import facts
from kcz_metrics.bench.peak import BY_HAND, EVERYTHING, OURS, megabytes
from kcz_metrics.bench.rows import Row, compared
from kcz_metrics.compiling.together import together
from kcz_metrics.engines.connection import opened
from kcz_metrics.engines.duckdb import values_of_several

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot

#: Records that ``invent_parts`` gives for each unit of scale, a little less.
_A_SCALE: Final = 300_000
AT_MOST: Final = 1.2
#: Records from which on there is a target.
MANY: Final = 10_000_000
HAND: Final = "handwritten SQL"
#: Turns of each fact, at least and, until the processor seconds of a short while are used up, at most.
TURNS, MOST_TURNS, A_SHORT_WHILE = 3, 10, 1.0
#: Processor seconds from which on a fact has a row on its memory: below, both sides are the program itself.
LONG: Final = 0.2


def measured(root: Path, events: int, names: Sequence[str] = tuple(facts.HANDWRITTEN)) -> Iterator[Row]:
    """The rows for ``events`` records or somewhat more. ``root`` is where the project lies; ``names``: the facts that are held against
    a query by hand."""
    from kcz_metrics.scheme import load_scheme

    path = root / "indicators.yaml"
    scheme = load_scheme(path)
    with tempfile.TemporaryDirectory() as folder:
        snapshot = filled(Path(folder), events)
        yield from whole(snapshot, scheme, path, Path(folder))
        yield from by_fact(snapshot, scheme, path, Path(folder), names)


def filled(home: Path, events: int) -> Snapshot:
    """A new store of ``events`` invented records or somewhat more."""
    from kcz_metrics.records.sample import fill, invent_parts
    from kcz_metrics.store import Store

    store = Store.open(home)
    for part in invent_parts(2022, events / _A_SCALE):
        snapshot = fill(store, part.tables)
    return snapshot


def _records(snapshot: Snapshot) -> int:
    return sum(file.rows for files in snapshot.files.values() for file in files)


def whole(snapshot: Snapshot, scheme: Scheme, path: Path, home: Path) -> Iterator[Row]:
    records = _records(snapshot)
    leaves = {leaf for index in scheme.indices.values() for leaf in index.leaves}
    work = f"all {len(leaves)} indicators, all units, {len(facts.PERIODS)} periods, {records:,} records"
    begin = time.perf_counter()
    values_of_several(snapshot, scheme, dict.fromkeys(scheme.indices, facts.PERIODS))
    yield Row(work, time.perf_counter() - begin)
    yield Row(f"{work}: peak memory {megabytes(path, home, EVERYTHING) or float('nan'):,.0f} MB")


def by_fact(snapshot: Snapshot, scheme: Scheme, path: Path, home: Path, names: Sequence[str] = tuple(facts.HANDWRITTEN)) -> Iterator[Row]:
    ours_together = theirs_together = 0.0
    many = _records(snapshot) >= MANY
    target = 1 / AT_MOST if many else None
    passes: set[str] = set()
    for name in names:
        index, fact = facts.HANDWRITTEN[name]
        part = facts.alone(scheme, name)
        if off := facts.agree(facts.ours(snapshot, part), facts.by_hand(snapshot, scheme, name)):
            raise AssertionError(f"{name}.sql does not give the same: {', '.join(off)}")
        taken = _taken({"ours": partial(facts.ours, snapshot, part), "theirs": partial(facts.by_hand, snapshot, scheme, name)})
        (ours, clock), (theirs, clock_by_hand) = taken["ours"], taken["theirs"]
        ours_together, theirs_together, passes = ours_together + ours, theirs_together + theirs, passes | part.passes
        work = f"{fact} in {index}, {len(part.planned.measures)} measures ({clock:.2f} s against {clock_by_hand:.2f} s on the clock)"
        yield compared(work, ours, HAND, theirs, target)
        if many and ours >= LONG:
            yield from _memory(f"{fact} in {index}", path, home, (name,), many)
    work = f"these {len(names)} together; they are {_share(snapshot, scheme, passes):.0%} of the time of all facts"
    yield compared(work, ours_together, HAND, theirs_together, target)
    yield from _memory("these together", path, home, tuple(names), many)


def _memory(work: str, path: Path, home: Path, names: tuple[str, ...], many: bool) -> Iterator[Row]:
    ours, theirs = (megabytes(path, home, whose, names) for whose in (OURS, BY_HAND))
    if ours is not None and theirs is not None:
        told = f"{work}: peak memory {ours:,.0f} MB against {theirs:,.0f} MB"
        ratio = ours / theirs
        yield Row(told, reference=HAND, ratio=ratio, target=AT_MOST if many else None, met=ratio <= AT_MOST if many else None)


def _taken(calls: Mapping[str, Callable[[], object]]) -> dict[str, tuple[float, float]]:
    """Processor seconds, which others on the machine change little, and seconds on the clock: the least of several turns, of more where
    they are short."""
    found = dict.fromkeys(calls, (math.inf, math.inf))
    turns, spent = 0, 0.0
    while turns < TURNS or (turns < MOST_TURNS and spent < A_SHORT_WHILE):
        for name, call in calls.items():
            clock, processor = time.perf_counter(), time.process_time()
            call()
            now = time.process_time() - processor, time.perf_counter() - clock
            found[name] = min(found[name][0], now[0]), min(found[name][1], now[1])
            spent += now[0]
        turns += 1
    return found


def _share(snapshot: Snapshot, scheme: Scheme, passes: Container[str]) -> float:
    """Of the processor time of all facts and scans of all indices at once, that of the tables which are compared."""
    inside = whole = 0.0
    asked = together(scheme, dict.fromkeys(scheme.indices, facts.PERIODS))
    with opened(snapshot, asked.tables) as connection:
        for step in asked.shared:
            begin = time.process_time()
            connection.execute(step.text)
            taken = time.process_time() - begin
            whole += taken
            inside += taken if step.name in passes else 0.0
    return inside / whole
