"""Several indices in one pass over the records: what they have in common is worked out once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from kcz_metrics.compiling.plan import Plan, plan, spans
from kcz_metrics.compiling.scans import Scans
from kcz_metrics.compiling.statement import Statement
from kcz_metrics.language.periods import periods_between
from kcz_metrics.scheme.models import Scheme

#: Compiled passes that are kept: a compiled index takes longer than the query over a small store.
_KEPT: Final = 32
_known: OrderedDict[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], Together] = OrderedDict()


@dataclass(frozen=True)
class Step:
    """A statement as it runs, ``None`` for its name where it gives rows; then the tables that nobody reads any more."""

    name: str | None
    text: str
    done: tuple[str, ...] = ()


@dataclass(frozen=True)
class Together:
    """Plans of one grain and scheme, over the periods that any of them needs."""

    plans: tuple[Plan, ...]

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """The record tables that are read."""
        return tuple(dict.fromkeys(name for one in self.plans for name in one.tables))

    @cached_property
    def shared(self) -> tuple[Step, ...]:
        """The periods, the facts and their scans."""
        steps = [_step(spans(self.plans[0].periods))]
        for block in self._scans.blocks:
            steps += [_step(statement) for statement in block.statements]
            steps[-1] = replace(steps[-1], done=block.done)
        return tuple(steps)

    @cached_property
    def own(self) -> tuple[tuple[Step, ...], ...]:
        """For each plan its population, its measures and, as rows, its indicators."""
        return tuple(tuple(_step(s) for s in one.assembling(self._scans.made(one.measures))) for one in self.plans)

    @cached_property
    def _scans(self) -> Scans:
        kinds = {one.index.unit for one in self.plans}
        measures = tuple(measure for one in self.plans for measure in one.measures)
        return Scans(self.plans[0].scheme, measures, self.plans[0].periods, kinds.pop() if len(kinds) == 1 else None)


def together(scheme: Scheme, asked: Mapping[str, Sequence[str]]) -> Together:
    """The pass for these indices, each with its periods, all of one grain. Compiled once for each content of a scheme."""
    key = scheme.digest, tuple((index, tuple(periods)) for index, periods in asked.items())
    if key not in _known:
        plans = [plan(scheme, index, periods) for index, periods in asked.items()]
        every = periods_between(min(one.periods[0] for one in plans), max(one.periods[-1] for one in plans))
        _known[key] = Together(tuple(replace(one, periods=every) for one in plans))
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return _known[key]


def _step(statement: Statement) -> Step:
    return Step(statement.name, statement.tree().sql(dialect="duckdb"))
