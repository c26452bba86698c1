"""What a scheme says of selections: how many seats, who may have one, under which quotas, and what decides between equals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field

from kcz_metrics.scheme.base import Bilingual, Id, Model, Number, Share, Where

Count = Annotated[int, Field(ge=0)]
Rounds = Annotated[int, Field(ge=1)]

#: Kind of unit to the fact that says more of a unit in a year than its own columns do.
ATTRIBUTES: Final[Mapping[str, str]] = {"team": "team_years"}
#: What candidates have besides these columns and the nodes of the index.
OWN: Final = ("score", "open_flags", "previous_rank")
CLASSES: Final = ("A", "B", "C")


class Seats(Model):
    """``target`` seats are given where the quotas allow; fewer or more, between ``minimum`` (else 0) and ``maximum`` (else the target),
    only where they do not. ``years``: how long a seat is held."""

    target: Count
    minimum: Count | None = None
    maximum: Count | None = None
    years: Rounds | None = None

    @property
    def fewest(self) -> int:
        return self.minimum or 0

    @property
    def most(self) -> int:
        return self.target if self.maximum is None else self.maximum


class EvidenceShare(Model):
    classes: tuple[str, ...]
    at_least: Share


class Eligible(Model):
    """What a unit needs before it is weighed at all. ``open_flags`` is the most of them; a column that is null fails."""

    minimum_score: Number | None = None
    registered_months: Count | None = None
    evidence_share: EvidenceShare | None = None
    cities: Count | None = None
    open_flags: Count | None = None
    where: Where = Field(default_factory=dict)


class Quota(Model):
    """Seats for the units of one value of a column (``by``), or for those that meet a filter (``where``).

    With ``by`` the quota holds for each of ``values``, without them for each value that any unit of the index has.
    """

    by: str | None = None
    values: tuple[str, ...] = ()
    where: Where = Field(default_factory=dict)
    seats: Count


class Yearly(Model):
    """The check of every year of a term: a low year is a warning, ``stop_after`` of them end the support."""

    score_below: Number | None = None
    attainment_below: Share | None = None
    stop_after: Rounds = 2


class Selection(Model):
    """A choice of a fixed number of units of an index under quotas. Of each of ``conflicts`` one unit at most is chosen."""

    index: Id
    name: Bilingual | None = None
    seats: Seats
    eligible: Eligible = Eligible()
    at_most: tuple[Quota, ...] = ()
    at_least: tuple[Quota, ...] = ()
    conflicts: tuple[tuple[str, ...], ...] = ()
    prefer: Mapping[str, Number] = Field(default_factory=dict)
    ties: tuple[str, ...] = ()
    reserves: Count = 0
    yearly: Yearly | None = None
