"""All indicators over many invented records, and the facts that take most of that time beside one query each, written by hand.

At ten million records, time and memory may be 1.2 times the handwritten at most; fewer have no target, because compiling and opening the
store then weigh as much as the query. ``ratio`` of time is how many times faster than the reference, as in every row, and so wanted to be
1 / 1.2 at least; of memory it is ours over theirs, wanted to be 1.2 at most.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Iterator
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


def measured(root: Path, events: int) -> Iterator[Row]:
    """The rows for ``events`` records or somewhat more. ``root`` is where the project lies."""
    from kcz_metrics.records.sample import fill, invent_parts
    from kcz_metrics.scheme import load_scheme
    from kcz_metrics.store import Store

    path = root / "indicators.yaml"
    scheme = load_scheme(path)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(folder)
        for part in invent_parts(2022, events / _A_SCALE):
            snapshot = fill(store, part.tables)
        yield from whole(snapshot, scheme, path, Path(folder))
        yield from by_fact(snapshot, scheme, path, Path(folder))


def _records(snapshot: Snapshot) -> int:
    return sum(file.rows for files in snapshot.files.values() for file in files)


def whole(snapshot: Snapshot, scheme: Scheme, path: Path, home: Path) -> Iterator[Row]:
    records = _records(snapshot)
    leaves = {leaf for index in scheme.indices.values() for leaf in index.leaves}
    work = f"all {len(leaves)} indicators, all units, {len(facts.PERIODS)} periods, {records:,} records"
    taken = _least({"all": lambda: values_of_several(snapshot, scheme, dict.fromkeys(scheme.indices, facts.PERIODS))}, 1)["all"]
    yield Row(work, taken)
    yield Row(f"{work}: peak memory {megabytes(path, home, EVERYTHING) or float('nan'):,.0f} MB")


def by_fact(snapshot: Snapshot, scheme: Scheme, path: Path, home: Path) -> Iterator[Row]:
    ours_together = theirs_together = 0.0
    many = _records(snapshot) >= MANY
    target = 1 / AT_MOST if many else None
    for name, (index, fact) in facts.HANDWRITTEN.items():
        part = facts.alone(scheme, name)
        if off := facts.agree(facts.ours(snapshot, part), facts.by_hand(snapshot, scheme, name)):
            raise AssertionError(f"{name}.sql does not give the same: {', '.join(off)}")
        times = _least({"ours": partial(facts.ours, snapshot, part), "theirs": partial(facts.by_hand, snapshot, scheme, name)}, 3)
        ours_together, theirs_together = ours_together + times["ours"], theirs_together + times["theirs"]
        count = len(part.planned.measures)
        yield compared(f"{fact} in {index}, {count} measures", times["ours"], HAND, times["theirs"], target)
    share = _share(snapshot, scheme)
    work = f"these {len(facts.HANDWRITTEN)} together; their facts are {share:.0%} of the time of all facts"
    yield compared(work, ours_together, HAND, theirs_together, target)
    ours, theirs = (megabytes(path, home, work, tuple(facts.HANDWRITTEN)) for work in (OURS, BY_HAND))
    if ours is not None and theirs is not None:
        told = f"these together: peak memory {ours:,.0f} MB against {theirs:,.0f} MB"
        yield Row(
            told, reference=HAND, ratio=ours / theirs, target=AT_MOST if many else None, met=ours / theirs <= AT_MOST if many else None
        )


def _least(calls: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """The shortest time of several, taken in turns."""
    found = dict.fromkeys(calls, float("inf"))
    for _ in range(repeats):
        for name, call in calls.items():
            begin = time.perf_counter()
            call()
            found[name] = min(found[name], time.perf_counter() - begin)
    return found


def _share(snapshot: Snapshot, scheme: Scheme) -> float:
    """Of the time of all facts and scans of all indices at once, that of the facts which are compared."""
    known = "|".join({fact for _, fact in facts.HANDWRITTEN.values()})
    theirs = re.compile(f"({known})_(fact|(.+_)?measures)")
    inside = whole = 0.0
    asked = together(scheme, dict.fromkeys(scheme.indices, facts.PERIODS))
    with opened(snapshot, asked.tables) as connection:
        for step in asked.shared:
            begin = time.perf_counter()
            connection.execute(step.text)
            taken = time.perf_counter() - begin
            whole += taken
            inside += taken if step.name and theirs.fullmatch(step.name) else 0.0
    return inside / whole
