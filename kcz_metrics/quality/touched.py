"""The values of an index in a snapshot of which only some tables differ: only what reads them is worked out again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.compiling.measures import ready
from kcz_metrics.compiling.plan import adjusting_measures, measures_of, tables_of
from kcz_metrics.compiling.scans import facts_of
from kcz_metrics.facts import UNITS
from kcz_metrics.scoring.periods import methods

if TYPE_CHECKING:
    from kcz_metrics.engines.values import Values
    from kcz_metrics.scheme.models import Index, Node, Scheme

#: Frames of values and the column that says what a row is of.
_FRAMES = {"frame": "indicator", "raw": "indicator", "measures": "measure", "denominators": "denominator"}


def narrowed(scheme: Scheme, index: Index, tables: Iterable[str]) -> Index:
    """The index with only the leaves whose measures read one of these tables.

    The whole index where more hangs on them: its population, an adjustment, or a scale over all periods that anything happened in; and
    where none of its leaves reads them.
    """
    changed = set(tables)
    everywhere = any(method.parameters.get("over") == "all_periods" for method in methods(index, scheme))
    if everywhere or changed & set(UNITS[index.unit].tables) or _reads(scheme, index, adjusting_measures(index), changed):
        return index
    leaves = {leaf for leaf in index.leaves if _reads(scheme, index, measures_of(scheme, leaf), changed)}
    tree = _kept(index.tree, leaves)
    return index if tree is None else index.model_copy(update={"tree": tree})


def _reads(scheme: Scheme, index: Index, measures: Iterable[str], tables: set[str]) -> bool:
    facts = facts_of(ready(scheme, list(measures), index.unit))
    return bool(tables & (set(tables_of(index.unit, facts)) - set(UNITS[index.unit].tables)))


def _kept(node: Node, leaves: set[str]) -> Node | None:
    if node.is_leaf:
        return node if node.id in leaves else None
    children = tuple(kept for child in node.children if (kept := _kept(child, leaves)) is not None)
    return node.model_copy(update={"children": children}) if children else None


def merged(before: Values, part: Values) -> Values | None:
    """``before`` with what ``part`` has of it; None where another unit is active in one of its periods: all has to be worked out then."""
    periods = part.frame["period"].unique().implode()
    active = [values.frame.filter(pl.col("period").is_in(periods)).select("unit", "period").unique() for values in (before, part)]
    if not active[0].sort("unit", "period").equals(active[1].sort("unit", "period")):
        return None
    frames: dict[str, Any] = {name: _replaced(getattr(before, name), getattr(part, name), what) for name, what in _FRAMES.items()}
    return replace(before, source=part.source, zeroed=part.zeroed, **frames)


def _replaced(before: pl.DataFrame, part: pl.DataFrame, what: str) -> pl.DataFrame:
    left = before.join(part.select("period", what).unique(), on=["period", what], how="anti", maintain_order="left")
    return pl.concat([left, part.select(before.columns)]).sort("unit", "period", what)
