"""The audit of what scores have to do with the units themselves: dependence on size, fairness between groups and regions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.agreement import spearman
from kcz_metrics.analysis.diagnosis_rows import Row
from kcz_metrics.language.formula import Binary, Name, parse
from kcz_metrics.language.nodes import walk
from kcz_metrics.methods import Array
from kcz_metrics.scoring import Scorecard

#: Correlation of scores with size, and share of their variance between groups, beyond which they are flagged.
SIZE, BETWEEN = 0.5, 0.14
MOST_GROUPS: Final = 12
#: A number that takes fewer values is a class.
FEWEST_SIZES: Final = 6
_NAMES = {"unit", "name_zh", "name_en", "name", "active_from", "active_to"}


def sizes(card: Scorecard) -> dict[str, Array]:
    """Name to (unit,): each number that units carry, each denominator, and each size (``agg: latest``) that a formula of the index divides
    by."""
    found = {name: card.units[name].cast(pl.Float64).to_numpy().astype(float) for name in _columns(card, numeric=True)}
    found |= card.run.denominators
    measures = card.history.sheet.values.measures.filter(pl.col("period") == card.period)
    for name in _divisors(card):
        held = measures.filter(pl.col("measure") == name).select("unit", "value")
        if held.height and name not in found:
            joined = card.units.select("unit").join(held, on="unit", how="left", maintain_order="left")
            found[name] = joined["value"].cast(pl.Float64).to_numpy().astype(float)
    return found


def _divisors(card: Scorecard) -> list[str]:
    """Measures of a unit's size that stand below a fraction's line, in the order of the indicators."""
    found: dict[str, None] = {}
    for leaf in card.index.leaves:
        rule = card.scheme.indicators.get(leaf)
        for node in walk(parse(rule.formula).root) if rule is not None and rule.formula is not None else ():
            if isinstance(node, Binary) and node.operator == "/":
                found |= dict.fromkeys(one.id for one in walk(node.right) if isinstance(one, Name))
    declared = card.scheme.measures
    return [name for name in found if name in declared and declared[name].agg == "latest"]


def size_rows(card: Scorecard) -> Iterator[Row]:
    """Rank correlation of scores with each size."""
    assert card.run.scores is not None
    top = np.where(np.isnan(card.run.ranks[:, 0]), np.nan, card.run.scores[:, 0])  # type: ignore[index]
    for name, size in sizes(card).items():
        value = spearman(top, size)
        if value is not None:
            yield Row("size", card.index.id, "spearman", value, abs(value) > SIZE, name)


def fairness_rows(card: Scorecard) -> Iterator[Row]:
    """By each column of few texts: the share of scores' variance between its groups (eta²), and each group's mean less that of all."""
    assert card.run.scores is not None
    top = np.where(np.isnan(card.run.ranks[:, 0]), np.nan, card.run.scores[:, 0])  # type: ignore[index]
    for name in _columns(card, numeric=False):
        frame = pl.DataFrame({"group": card.units[name].cast(pl.String), "score": top}).fill_nan(None).drop_nulls()
        sizes = frame.group_by("group").agg(pl.len().alias("n"), pl.col("score").mean().alias("mean")).sort("group")
        if not 2 <= sizes.height <= MOST_GROUPS or frame.height <= sizes.height:
            continue
        mean, spread = float(frame["score"].mean() or 0.0), float(frame["score"].var(ddof=0) or 0.0)  # type: ignore[arg-type]
        between = sum(n * (m - mean) ** 2 for _, n, m in sizes.iter_rows()) / frame.height
        if spread > 0:
            yield Row("fairness", name, "share_between_groups", between / spread, between / spread > BETWEEN)
            yield from (Row("fairness", name, "mean_gap", m - mean, other=group) for group, _, m in sizes.iter_rows())


def _columns(card: Scorecard, *, numeric: bool) -> list[str]:
    held = [name for name in card.units.columns if name not in _NAMES and (name != "group" or card.index.group is None)]
    return [n for n in held if card.units[n].null_count() < len(card.units) and _counts(card.units[n]) == numeric]


def _counts(column: pl.Series) -> bool:
    """Whether numbers say how much, and not which: a number of a batch does not."""
    return column.dtype.is_numeric() and column.n_unique() >= FEWEST_SIZES
