"""What a fact and a unit dimension say of themselves, beside their SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

from kcz_metrics.tables.labels import Label

if TYPE_CHECKING:
    from sqlglot import exp

ColumnType = Literal["text", "int", "float", "bool", "date", "datetime"]

#: The column of a fact that says why a row is not valid: null for a valid row, else ``duplicate`` or ``unverified``.
FLAW: Final = "flaw"
#: The column that every record table carries while it is read: the same, for the record.
RECORD_FLAW: Final = "_flaw"
#: The id of the one unit of the whole programme.
PROGRAMME: Final = "KCZ"


@dataclass(frozen=True, slots=True)
class FactColumn:
    name: str
    type: ColumnType
    label: Label


@dataclass(frozen=True)
class Fact:
    """Records cleaned and joined for measuring: one row of ``record``, or of what ``about`` says, for each ``key``.

    ``time`` is the column that puts a row into a period unless a measure names another of ``times``. A fact with ``valid_from`` and
    ``valid_to`` (exclusive, null is open) can be measured at a period's start, end or throughout; every fact has one or the other.
    """

    id: str
    label: Label
    about: Label
    #: The table whose rows these are, for following a row back to its record.
    record: str
    key: tuple[str, ...]
    #: Record tables that the SQL reads, and other facts that it builds on.
    tables: tuple[str, ...]
    builds_on: tuple[str, ...]
    #: Names under ``parameters`` of the scheme that the SQL binds.
    parameters: tuple[str, ...]
    time: str | None
    #: All columns that ``time`` of a measure may name, the default one first.
    times: tuple[str, ...]
    valid_from: str | None
    valid_to: str | None
    #: Reads valid rows only, so that all its rows are valid; other facts carry a column ``flaw``.
    derived: bool
    #: Kind of unit to the column that holds its id.
    units: Mapping[str, str]
    #: Further columns that ``unit_key`` of a measure may name.
    keys: tuple[str, ...]
    columns: Mapping[str, FactColumn]
    #: The text of the SQL file.
    text: str
    #: Whether what a merged body has here goes to the one that took it over; sizes do not.
    follows_mergers: bool = True
    #: Columns of which, at any day, one row at most is valid.
    once_a_day: tuple[str, ...] = ()

    @property
    def valid(self) -> str | None:
        """The column that is null for valid rows; None where all rows are."""
        return None if self.derived else FLAW

    @property
    def has_validity(self) -> bool:
        return self.valid_from is not None

    @cached_property
    def parsed(self) -> exp.Query:
        from kcz_metrics.facts.query import parse

        return parse(self.text)

    @property
    def recursive(self) -> bool:
        known = self.parsed.args.get("with_")
        return known is not None and bool(known.recursive)

    def query(self, parameters: Mapping[str, Any], wanted: Collection[str] | None = None) -> exp.Query:
        """The SQL as a tree with ``parameters`` bound, defaults for those not given; of its columns those ``wanted``. Raises CompileError
        with every parameter of the wrong shape."""
        from kcz_metrics.facts.library import default_parameters
        from kcz_metrics.facts.pruning import pruned
        from kcz_metrics.facts.query import bound, placed

        tree = self.parsed if wanted is None else pruned(self.id, frozenset(wanted))
        names = self.parameters if wanted is None else placed(tree)
        return bound(tree, self.id, names, {**default_parameters(), **parameters})


@dataclass(frozen=True)
class UnitDimension:
    """One kind of unit: a row each, with ``unit, name_zh, name_en, active_from, active_to`` and the ``columns`` to group and filter by."""

    id: str
    label: Label
    tables: tuple[str, ...]
    columns: Mapping[str, FactColumn]
    text: str

    @cached_property
    def _parsed(self) -> exp.Query:
        from kcz_metrics.facts.query import parse

        return parse(self.text)

    def query(self) -> exp.Query:
        return self._parsed.copy()
