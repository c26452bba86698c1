"""The quotas of a selection as rows over its candidates: whom each counts, and how many of them it lets in or asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import polars as pl

from kcz_metrics.language import filters
from kcz_metrics.locales import Language, T, Text
from kcz_metrics.methods import Flags, Positions
from kcz_metrics.scheme.selections import Quota, Selection

Kind = Literal["at_most", "at_least"]
#: Lines of the number of seats itself.
SEATS_MINIMUM: Final = "seats.minimum"
SEATS_MAXIMUM: Final = "seats.maximum"


@dataclass(frozen=True, eq=False)
class Rule:
    """One row: of ``members`` (candidate,) at most or at least ``seats`` are chosen.

    ``line`` is the place in the scheme (``at_most.0``, ``conflicts.1``); one line has a rule for each ``value`` of its column. ``where``
    is the filter of a line without a column.
    """

    line: str
    kind: Kind
    seats: int
    members: Flags
    by: str | None = None
    value: str | None = None
    where: tuple[tuple[str, object], ...] = ()

    @property
    def key(self) -> str:
        return self.line if self.value is None else f"{self.line}:{self.value}"

    def of(self, kept: Flags | Positions) -> Rule:
        """The same rule over some of the candidates."""
        return replace(self, members=self.members[kept])

    def said(self, label: str, value: str | None, lang: Language, where: str | None = None) -> Text:
        """In words: ``label`` names the column, ``value`` the value as it is shown; ``where`` the filter, where it has words of its own."""
        if self.where:
            label, value = where or filters.sentence(dict(self.where), lang), None
        subject = label if value is None else f"{label} {value}"
        return T(_SAID[self.kind], subject=subject, seats=self.seats)


_SAID: Final = {"at_most": "{subject}：至多 {seats} 席", "at_least": "{subject}：至少 {seats} 席"}
#: The two sentences of :data:`_SAID`, where the catalogue finds them.
SENTENCES: Final = (T("{subject}：至多 {seats} 席"), T("{subject}：至少 {seats} 席"))


def rules(candidates: pl.DataFrame, policy: Selection) -> tuple[Rule, ...]:
    """Every rule of the policy over the rows of ``candidates``; a value that no row has gives a rule without members."""
    found = [rule for key in ("at_most", "at_least") for rule in _of_kind(candidates, key, getattr(policy, key))]
    units = candidates["unit"]
    for number, together in enumerate(policy.conflicts):
        found.append(Rule(f"conflicts.{number}", "at_most", 1, units.is_in(list(together)).to_numpy(), value="+".join(together)))
    return tuple(found)


def _of_kind(candidates: pl.DataFrame, kind: Kind, quotas: Sequence[Quota]) -> Iterator[Rule]:
    for number, quota in enumerate(quotas):
        line = f"{kind}.{number}"
        if quota.by is None:
            members = candidates.select(filters.polars(quota.where)).to_series()
            yield Rule(line, kind, quota.seats, np.asarray(members, bool), where=tuple(quota.where.items()))
            continue
        column = candidates[quota.by].cast(pl.String)
        for value in quota.values or sorted(column.drop_nulls().unique()):
            yield Rule(line, kind, quota.seats, (column == value).fill_null(False).to_numpy(), quota.by, value)


def matrix(given: Sequence[Rule], width: int) -> np.ndarray:
    """(rule, candidate) of zeros and ones."""
    return np.array([rule.members for rule in given], float).reshape(len(given), width)


def bounds(given: Sequence[Rule]) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most of each rule."""
    low = np.array([rule.seats if rule.kind == "at_least" else 0 for rule in given], float)
    high = np.array([rule.seats if rule.kind == "at_most" else np.inf for rule in given], float)
    return low, high
