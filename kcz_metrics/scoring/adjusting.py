"""Adjustments of the index's score by measures: bonus, deduction, veto."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from kcz_metrics.errors import Issue, ScoringError, did_you_mean
from kcz_metrics.language import filters
from kcz_metrics.language.formula import parse
from kcz_metrics.locales import T, Text
from kcz_metrics.methods import Array, Flags
from kcz_metrics.scheme.policies import Adjustment
from kcz_metrics.scoring.run import Run
from kcz_metrics.tables.labels import Label


def adjustments(run: Run) -> tuple[Mapping[str, Array], Mapping[int, Text]]:
    """Points of each bonus (positive) and deduction (negative), by unit; and the rows that a veto bars, with why.

    Points are those of the formula, no fewer than 0 and no more than ``cap``; a unit whose formula is missing has none. A condition on a
    missing measure does not hold. Raises ScoringError for a measure the values do not have.
    """
    points: dict[str, Array] = {}
    vetoes: dict[int, list[Label]] = {}
    for rule in run.structure.index.adjust:
        holding = holds(run, rule)
        if rule.kind == "veto":
            label = Label(rule.name.zh, rule.name.en) if rule.name else Label(rule.id, rule.id)
            for row in np.flatnonzero(holding & run.passed):
                vetoes.setdefault(int(row), []).append(label)
            continue
        given = parse(rule.formula or "0").evaluate(lambda name, back: _measure(run, name, back))
        amount = np.clip(np.nan_to_num(np.broadcast_to(given, run.passed.shape)), 0.0, np.inf if rule.cap is None else float(rule.cap))
        points[rule.id] = np.where(holding, amount if rule.kind == "bonus" else 0.0 - amount, 0.0)
    barred = {row: T("一票否决：{rule}", rule=_together(labels)) for row, labels in vetoes.items()}
    return MappingProxyType(points), MappingProxyType(barred)


def _together(labels: list[Label]) -> Label:
    return Label("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))


def _measure(run: Run, name: str, back: int = 0) -> Array:
    """A measure of this period by unit, NaN where missing. Earlier periods are not at hand here."""
    known = run.measures["measure"].unique().sort().to_list()
    if name not in known or back:
        raise ScoringError(
            Issue(
                "no_measure",
                T("调整项用到的基础量 {name} 不在指标值之中", name=name),
                subject=f"indices.{run.structure.index.id}.adjust",
                hint=did_you_mean(name, known),
            )
        )
    rows = run.measures.filter(pl.col("measure") == name).select("unit", "value")
    joined = run.units.select("unit").join(rows, on="unit", how="left", maintain_order="left")
    return joined["value"].cast(pl.Float64).to_numpy().astype(float)


def holds(run: Run, rule: Adjustment) -> Flags:
    """Where the rule's condition holds; everywhere without one."""
    if not rule.when:
        return np.ones(run.passed.shape, bool)
    name = str(rule.when["measure"])
    condition = {name: {key: value for key, value in rule.when.items() if key != "measure"}}
    frame = pl.DataFrame({name: pl.Series(_measure(run, name), nan_to_null=True)})
    return frame.select(filters.polars(condition).alias("holds"))["holds"].to_numpy()
