"""What a scheme says of its targets: figures of the notice, what counts toward each, and how it is read."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import Field

from kcz_metrics.scheme.base import Bilingual, Id, Model, Name, Number, Share, Where

Comparator = Literal["at_least", "around", "exact", "range", "all"]
#: 左右: basically met from 90% of the goal on, where a target does not say otherwise.
AROUND: Share = 0.1


class Baseline(Model):
    """What a multiple is taken of: ``value`` as it stands, else what ``measure`` reads, else the target's own value at the end of the
    month of ``date`` (or of ``period``)."""

    date: datetime.date | None = None
    period: str | None = None
    value: Number | None = None
    measure: Id | None = None


class Counted(Model):
    """What is counted in the scorecards of the period instead of in records: the units in a ``level`` of an ``index``, or, with ``unit``,
    the indices over that kind of unit that rank anybody."""

    index: Id | None = None
    level: Id | None = None
    unit: str | None = None


class Target(Model):
    """A figure of the notice. ``value`` is the goal, or the lower end of a range that ends at ``upper``; or a multiple of a baseline.

    With a ``unit`` other than the programme the comparator is asked of every unit (those that ``where`` keeps and that have a value),
    and the target stands at the share of them that meet it.
    """

    item: Annotated[int, Field(ge=0)] | None = None
    name: Bilingual | None = None
    definition: Bilingual | None = None
    owner: str | Name | None = None
    measure: Id | None = None
    formula: str | None = None
    counts: Counted | None = None
    unit: str = "programme"
    where: Where = Field(default_factory=dict)
    #: The word after a figure: 支, teams.
    word: Bilingual | None = None
    comparator: Comparator
    value: Number | None = None
    upper: Number | None = None
    tolerance: Share | None = None
    times_baseline: Annotated[float, Field(ge=0)] | None = None
    baseline: Baseline | None = None

    @property
    def per_unit(self) -> bool:
        return self.unit != "programme"

    @property
    def nearly(self) -> float:
        """Share of the goal from which on it is basically met; 1 where nothing short of the goal will do."""
        return 1.0 - (self.tolerance if self.tolerance is not None else AROUND if self.comparator == "around" else 0.0)
