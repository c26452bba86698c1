"""The way down from a score: which unit, which node, which measure; and the numbers at every step, with proof that they add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.charts import adds_up
from kcz_metrics.language.formula import Formula, parse
from kcz_metrics.language.periods import is_period, period
from kcz_metrics.scheme.models import Indicator, Node
from kcz_metrics.ui import loading, strangers
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.standing import names

if TYPE_CHECKING:
    from kcz_metrics.engines.values import Values
    from kcz_metrics.scoring.scorecard import Scorecard

#: A recomputed number may differ from the stored one by this share of its size: sums are taken in another order.
RELATIVE = 1e-9


@dataclass(frozen=True)
class Stage:
    """One step from formula to contribution. ``note`` says what was done; ``moved`` whether the number changed."""

    name: str
    value: float | None
    note: str = ""
    moved: bool = False
    scale: bool = False


@dataclass(frozen=True)
class Trail:
    """A unit of an index, and the node of the tree that is looked at."""

    ctx: Context
    card: Scorecard
    standing: pl.DataFrame
    unit: str
    node: Node

    @cached_property
    def row(self) -> dict[str, Any]:
        return self.standing.filter(pl.col("unit") == self.unit).row(0, named=True)

    @cached_property
    def name(self) -> str:
        return names(self.standing.filter(pl.col("unit") == self.unit), self.ctx.lang)[self.unit]

    @cached_property
    def peers(self) -> pl.DataFrame:
        """The standing of the unit's group."""
        return self.standing.filter(pl.col("group").eq_missing(pl.lit(self.row["group"], pl.String)))

    @cached_property
    def explained(self) -> pl.DataFrame:
        return loading.explained(self.ctx, self.unit)

    @cached_property
    def at(self) -> dict[str, dict[str, Any]]:
        """Rows of the explanation by node."""
        return {row["node"]: row for row in self.explained.iter_rows(named=True)}

    @cached_property
    def ancestors(self) -> tuple[Node, ...]:
        """From the index down to the node, both included."""
        found: list[Node] = []

        def down(node: Node, above: tuple[Node, ...]) -> None:
            if node.id == self.node.id:
                found.extend((*above, node))
            for child in node.children:
                down(child, (*above, node))

        down(self.card.index.tree, ())
        return tuple(found)

    @property
    def is_index(self) -> bool:
        return self.node.id == self.card.index.tree.id

    def parts(self, node: str) -> list[dict[str, Any]]:
        """The rows of the explanation right below ``node``, adjustments included."""
        return [row for row in self.at.values() if row["parent"] == node]

    def gap(self, node: str) -> float | None:
        """What is left between a node's contribution and the sum of its parts; None where it has no score."""
        whole = self.at[node]["contribution"]
        if whole is None:
            return None
        return adds_up(0.0, [row["contribution"] or 0.0 for row in self.parts(node)], whole)

    @property
    def is_arithmetic(self) -> bool:
        """Whether a contribution is weight × score all the way up."""
        index = self.card.index
        return all((n.aggregate or index.aggregate).method == "arithmetic" for n in index.tree.walk() if n.children)


@dataclass(frozen=True)
class Origin:
    """An indicator's value of a unit: where it comes from and what was done to it."""

    trail: Trail

    @property
    def ctx(self) -> Context:
        return self.trail.ctx

    @property
    def id(self) -> str:
        return self.trail.node.id

    @cached_property
    def indicator(self) -> Indicator:
        assert self.ctx.scheme is not None
        return self.ctx.scheme.indicators[self.id]

    @cached_property
    def values(self) -> Values:
        return loading.values(self.ctx)

    @cached_property
    def formula(self) -> Formula | None:
        return parse(self.indicator.formula) if self.indicator.formula else None

    @cached_property
    def cell(self) -> dict[str, Any]:
        """``value, n, status`` of the indicator as the engine gave them; status missing where it gave none."""
        rows = self.values.frame.filter(
            (pl.col("unit") == self.trail.unit) & (pl.col("period") == self.ctx.period) & (pl.col("indicator") == self.id)
        )
        return rows.row(0, named=True) if rows.height else {"value": None, "n": None, "status": "missing"}

    @cached_property
    def raw(self) -> float | None:
        """The formula's answer before shrinking, floor and cap."""
        return _only(self.values.raw, "raw", self.trail.unit, self.ctx.period, indicator=self.id)

    def measure(self, name: str, back: int = 0, column: str = "value") -> float | None:
        """A measure of the unit, so many periods before."""
        at = self.ctx.period
        if back:
            if not is_period(at):
                return None
            at = period(at).previous(back).id
        return _only(self.values.measures, column, self.trail.unit, at, measure=name)

    @cached_property
    def recomputed(self) -> float | None:
        """The formula over the measures once more, apart from the engine."""
        if self.formula is None:
            return None

        def resolve(name: str, back: int) -> float:
            found = self.measure(name, back)
            return float("nan") if found is None else found

        answer = float(self.formula.evaluate(resolve))
        return None if answer != answer else answer

    @property
    def agrees(self) -> bool:
        """Whether the formula over the shown measures gives the value the engine gave."""
        return close(self.raw, self.recomputed)

    @cached_property
    def shrinking(self) -> tuple[float, float, float, float] | None:
        """``n, strength, mean, shrunk``: (n·x + m·x̄)/(n + m) with x̄ = Σn·x/Σn over the group; None where it does not apply."""
        rule = self.indicator.shrink
        raw = self.raw
        if rule is None or raw is None:
            return None
        pool = self.trail.standing if rule.toward == "all" else self.trail.peers
        units = pool["unit"].implode()
        sizes = self.values.measures.filter((pl.col("measure") == rule.n) & (pl.col("period") == self.ctx.period)).select(
            "unit", size="value"
        )
        rows = self.values.raw.filter(
            (pl.col("indicator") == self.id)
            & (pl.col("period") == self.ctx.period)
            & pl.col("unit").is_in(units)
            & pl.col("raw").is_not_null()
        ).join(sizes.filter(pl.col("size") > 0), on="unit")
        mine = rows.filter(pl.col("unit") == self.trail.unit)
        if mine.is_empty():
            return None
        mean = float((rows["raw"] * rows["size"]).sum()) / float(rows["size"].sum())
        n, m = float(mine["size"][0]), float(rule.strength)
        return n, m, mean, (n * raw + m * mean) / (n + m)

    def stage(self, name: str) -> tuple[float | None, str]:
        """Value and status of the indicator after a stage of scoring; nothing where the unit did not get so far."""
        frame = self.trail.card.stage(name)
        rows = frame.filter((pl.col("unit") == self.trail.unit) & (pl.col("indicator") == self.id) & (pl.col("period") == self.ctx.period))
        return (rows["value"][0], rows["status"][0]) if rows.height else (None, "missing")


def close(one: float | None, other: float | None) -> bool:
    """The same number up to the order of summing; two missing ones are the same."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= RELATIVE * max(1.0, abs(one), abs(other))


def _only(frame: pl.DataFrame, column: str, unit: str, at: str, **where: str) -> float | None:
    rows = frame.filter((pl.col("unit") == unit) & (pl.col("period") == at))
    for name, value in where.items():
        rows = rows.filter(pl.col(name) == value)
    return None if rows.is_empty() else rows[column][0]


def settle(ctx: Context) -> Trail | None:
    """The trail that the address asks for. None where the index has no unit like that (or no unit at all)."""
    standing = loading.standing(ctx)
    unit = ctx.unit
    if unit is None and standing.height:
        unit = standing["unit"][0]
    if unit is None or unit not in standing["unit"]:
        return None
    card = loading.scorecard(ctx)
    asked = strangers.known("indicator", {n.id for n in card.index.tree.walk()}, ctx.name(card.index.id))
    node = next((n for n in card.index.tree.walk() if n.id == asked), card.index.tree)
    return Trail(ctx, card, standing, unit, node)


def measures_of(formula: Formula | None) -> Sequence[str]:
    return formula.names if formula else ()
