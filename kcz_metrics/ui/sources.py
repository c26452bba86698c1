"""What a number on a page is made of: which records of which table, and how they make it. Read only when a reader opens it.

A :class:`Part` counts, sums or takes the median of the records of a :class:`Source`; a :class:`Ratio` sets one part against
another, a :class:`Change` what is against what was before. The id of a table's row says which of the records are meant. The filters
are written here a second time, apart from the code that made the page's number, so that the recount is a check and not an echo.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import polars as pl

#: A page, and the codes of its address.
Way = tuple[str, Mapping[str, str | None]]
How = Literal["count", "sum", "distinct", "mean", "median", "min", "max", "place"]

#: Row ids that stand for all records, and for those whose column is null.
WHOLE, NONE = "all", "none"


@dataclass(frozen=True, slots=True)
class Source:
    """Records of ``table``, read by ``rows``; ``by`` names the columns that a row's id stands for, joined by ``separator``.

    ``prefixes`` are what the id may have before them. ``labels`` names columns that the table's contract does not have, as worked
    out from it; ``table`` is empty for rows that are no records of their own, as of a fact or a ranking, and ``labels`` then names all
    columns, ``leads`` the page that one of them leads to. ``read`` gives the rows of one id at once, where they are not filtered.
    ``note`` is a line on them: how to make them again.
    """

    table: str
    rows: Callable[[], pl.DataFrame]
    by: str | tuple[str, ...] = ()
    separator: str = "|"
    prefixes: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    leads: Callable[[Mapping[str, Any]], Way] | None = None
    read: Callable[[str], pl.DataFrame] | None = None
    note: str = ""

    def of_row(self, row: str) -> pl.DataFrame:
        """The records that belong to the row with this id."""
        if self.read is not None:
            return self.read(row)
        columns = tuple(c for c in ((self.by,) if isinstance(self.by, str) else self.by) if c)
        rows = self.rows()
        code = row
        for prefix in self.prefixes:
            code = code.removeprefix(prefix)
        if code == WHOLE or not columns:
            return rows
        told = pl.concat_str([pl.col(c).cast(pl.String).fill_null(NONE) for c in columns], separator=self.separator)
        return rows.filter(told == code)

    def count(self, where: pl.Expr | None = None) -> Part:
        return Part(self, "count", where)

    def sum(self, of: str, where: pl.Expr | None = None, scale: float = 1.0) -> Part:
        return Part(self, "sum", where, of, scale)

    def distinct(self, of: str, where: pl.Expr | None = None) -> Part:
        return Part(self, "distinct", where, of)

    def mean(self, of: str, where: pl.Expr | None = None) -> Part:
        return Part(self, "mean", where, of)

    def median(self, of: str, where: pl.Expr | None = None) -> Part:
        return Part(self, "median", where, of)

    def min(self, of: str, where: pl.Expr | None = None) -> Part:
        return Part(self, "min", where, of)

    def max(self, of: str, where: pl.Expr | None = None) -> Part:
        return Part(self, "max", where, of)

    def place(self, where: pl.Expr | None = None) -> Part:
        """A rank: the source's rows are those that stand before."""
        return Part(self, "place", where)

    def share(self, where: pl.Expr, over: pl.Expr | None = None) -> Ratio:
        """The share of the records ``over`` (all, where it is not given) that are ``where`` too."""
        return Ratio(self.count(where if over is None else where & over), self.count(over))


@dataclass(frozen=True, slots=True)
class Part:
    """The records of a source that are ``where``: how many; or sum, mean, median, least, largest or distinct values of ``of``, by
    ``scale``; or the place of the one that they stand before."""

    source: Source
    how: How = "count"
    where: pl.Expr | None = None
    of: str | None = None
    scale: float = 1.0

    def rows(self, row: str) -> pl.DataFrame:
        found = self.source.of_row(row)
        return found if self.where is None else found.filter(self.where)

    def recount(self, row: str) -> float | None:
        """The number once more, from the records; None where there is nothing to take a mean or median of."""
        rows = self.rows(row)
        if self.how == "place":
            return rows.height + 1.0
        if self.of is None:
            return rows.height / self.scale
        column = rows[self.of]
        if self.how == "distinct":
            return float(column.drop_nulls().n_unique())
        ways: Mapping[str, Callable[[], object]] = {
            "sum": column.sum, "mean": column.mean, "median": column.median, "min": column.min, "max": column.max,
        }  # fmt: skip
        made = ways[self.how]()
        return float(made) / self.scale if isinstance(made, int | float) else None


@dataclass(frozen=True, slots=True)
class Worked(Part):
    """A statistic of the rows, which ``work`` works out once more by a plain formula; ``told`` says that formula in words."""

    work: Callable[[pl.DataFrame], float | None] = len
    told: str = ""

    def recount(self, row: str) -> float | None:
        return self.work(self.rows(row))


@dataclass(frozen=True, slots=True)
class Between(Worked):
    """An interval, told by how far apart its ends are: ``ends`` finds them in the rows, and both must be those ``shown``."""

    ends: Callable[[pl.DataFrame], tuple[float, float] | None] = lambda _: None
    shown: tuple[float, float] = (0.0, 0.0)

    def recount(self, row: str) -> float | None:
        found = self.ends(self.rows(row))
        return found[1] - found[0] if found is not None and all(map(same, self.shown, found)) else None


@dataclass(frozen=True, slots=True)
class Ratio:
    """One part over another; times ``scale``."""

    above: Part
    below: Part
    scale: float = 1.0

    def recount(self, row: str) -> float | None:
        above, below = self.above.recount(row), self.below.recount(row)
        return None if above is None or not below else self.scale * above / below


def bound(opening: Opening, row: str) -> Opening:
    """The same number where it stands outside its table, for one row of it."""
    if isinstance(opening, Change):
        return replace(opening, now=_bound(opening.now, row), before=_bound(opening.before, row))
    return _bound(opening, row)


def _bound(opening: Part | Ratio, row: str) -> Part | Ratio:
    if isinstance(opening, Ratio):
        above, below = _bound(opening.above, row), _bound(opening.below, row)
        assert isinstance(above, Part)
        assert isinstance(below, Part)
        return replace(opening, above=above, below=below)
    source = opening.source
    return replace(opening, source=replace(source, read=lambda _: source.of_row(row)))


@dataclass(frozen=True, slots=True)
class Change:
    """What is less what was before; ``relative`` to what was. ``sides`` says what the two are where they are no now and before."""

    now: Part | Ratio
    before: Part | Ratio
    relative: bool = False
    sides: tuple[str, str] | None = None

    def recount(self, row: str) -> float | None:
        now, before = self.now.recount(row), self.before.recount(row)
        if now is None or before is None:
            return None
        if not self.relative:
            return now - before
        return (now - before) / before if before else None


@dataclass(frozen=True, slots=True)
class Leads:
    """A number that another page opens: a score to the passport, which takes it apart down to the records. By the row's id."""

    way: Callable[[str], Way]


Opening = Part | Ratio | Change


def parts_of(opening: Opening) -> dict[tuple[str, ...], Part]:
    """The parts that a number is made of, by their place in it: ``now``, ``before``; ``above``, ``below`` a line."""
    if isinstance(opening, Part):
        return {(): opening}
    two = {"above": opening.above, "below": opening.below} if isinstance(opening, Ratio) else {"now": opening.now, "before": opening.before}
    return {(name, *inner): part for name, one in two.items() for inner, part in parts_of(one).items()}


#: Column of a table to what its cells open to: all alike, or each row its own by the row's id.
Behind = Mapping[str, Opening | Leads | Mapping[str, Opening]]


def same(shown: float, made: float | None) -> bool:
    """Whether the recount is the number shown: sums of floats may differ in their last digits."""
    return made is not None and abs(shown - made) <= 1e-9 * max(1.0, abs(shown))


def value(cell: object) -> float | None:
    """The number in a cell of a table, of an interval where it stands, of a bar or check the one beside it; None where none is."""
    given = cell.get("n", cell.get("v", cell.get("at"))) if isinstance(cell, Mapping) else cell
    return None if isinstance(given, bool) or not isinstance(given, int | float) or given != given else float(given)


def openable(row: Mapping[str, object], behind: Behind) -> list[str]:
    """Columns of a row whose number opens: it is there. A zero opens to what was looked through in vain."""
    return [c for c in behind if value(row.get(c)) is not None and of_cell(behind, c, str(row["id"])) is not None]


def of_cell(behind: Behind, column: str, row: str) -> Opening | Leads | None:
    """What one cell opens to; None where it does not."""
    found = behind.get(column)
    return found.get(row) if isinstance(found, Mapping) else found
