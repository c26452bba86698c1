"""Where the numbers of a scorecard come from: cells that were filled, points that were moved, points that were added or taken off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl

from kcz_metrics.methods import Array, MethodEntry
from kcz_metrics.methods.treat import MARKS, UNDEFINED, UNTOUCHED
from kcz_metrics.scoring.adjusting import holds
from kcz_metrics.scoring.history import History
from kcz_metrics.scoring.run import Run
from kcz_metrics.scoring.structure import Batch

IMPUTATIONS = {"unit": pl.String, "period": pl.String, "indicator": pl.String, "value": pl.Float64, "method": pl.String, "basis": pl.String}
TREATMENTS = {
    "unit": pl.String, "period": pl.String, "indicator": pl.String, "step": pl.String, "move": pl.String,
    "before": pl.Float64, "after": pl.Float64,
}  # fmt: skip
ADJUSTMENTS = {
    "unit": pl.String, "period": pl.String, "adjustment": pl.String, "kind": pl.String, "applied": pl.Boolean, "points": pl.Float64,
}  # fmt: skip


def imputations(run: Run, history: History, period: str) -> pl.DataFrame:
    """A row for each filled cell, in the order of the units and of the tree.

    ``method`` filled it from ``basis``: the group whose units were looked at (``kind=city``, empty for all units), ``pillar`` or ``all`` of
    the unit's own row, the period that a value was taken from, or the two periods that a line was drawn between.
    """
    of_column = {int(column): batch for batch in run.structure.impute for column in batch.columns}
    filled = run.stage("imputed")
    units, ids = run.units["unit"].to_list(), run.structure.indicator_ids
    near: dict[int, tuple[list[str], list[Array]]] = {}
    rows = []
    for row, column in np.argwhere(run.filled):
        batch = of_column[int(column)]
        basis = _basis(run, history, batch, int(row), int(column), near)
        rows.append((units[row], period, ids[column], float(filled[row, column]), batch.entry.name, basis))
    return pl.DataFrame(rows, schema=IMPUTATIONS, orient="row")


def _basis(run: Run, history: History, batch: Batch, row: int, column: int, near: dict[int, tuple[list[str], list[Array]]]) -> str:
    parameters = batch.parameters
    if "by" in parameters:
        return f"{parameters['by']}={run.units[parameters['by']][row]}"
    if "within" in parameters:
        return str(parameters["within"])
    if "max_gap" in parameters:
        sides = (-1, 1) if batch.entry.name == "linear" else (-1,)
        return ", ".join(name for side in sides if (name := _nearest(run, history, side, parameters["max_gap"], row, column, near)))
    if batch.entry.name == "zero":
        return ""
    group = run.units["group"][row]
    return "" if group is None else f"{run.structure.index.group}={group}"


def _nearest(
    run: Run, history: History, side: int, gap: int, row: int, column: int, near: dict[int, tuple[list[str], list[Array]]]
) -> str | None:
    """The nearest period on one side that has a value of the cell."""
    if side * gap not in near:
        near[side * gap] = (history.beside(run, gap, side > 0), history.neighbours(run, gap, side > 0))
    names, matrices = near[side * gap]
    return next((name for name, matrix in zip(names, matrices, strict=True) if not np.isnan(matrix[row, column])), None)


def treatments(run: Run, period: str) -> pl.DataFrame:
    """A row for each cell that a step changed: from what, to what, by which step.

    Steps come in their order: the indicator's ``transform`` (all its cells), then its treatment, whose cells were ``lowered``, ``raised``
    or ``transformed``; a fallback that starts from the winsorised column is named after both.
    """
    units, ids = np.array(run.units["unit"].to_list(), object), run.structure.indicator_ids
    untransformed, transformed, treated = run.stage("imputed"), run.stage("transformed"), run.stage("treated")
    of_column = {int(column): batch for batch in run.structure.treat for column in batch.columns}
    parts = []
    for column, indicator in enumerate(run.structure.indicators):
        if indicator.transform is not None:
            rows = np.flatnonzero(~np.isnan(untransformed[:, column]) & run.passed)
            parts.append(_changes(units, ids, period, column, rows, indicator.transform, "transformed", untransformed, transformed))
        for mark in np.unique(run.marks[:, column]):
            if mark in (UNTOUCHED, UNDEFINED):
                continue
            rows = np.flatnonzero(run.marks[:, column] == mark)
            step = _step(of_column[column].entry, of_column[column].parameters, MARKS[mark])
            parts.append(_changes(units, ids, period, column, rows, step, MARKS[mark], transformed, treated))
    return pl.concat(parts) if parts else pl.DataFrame(schema=TREATMENTS)


def _step(entry: MethodEntry, parameters: Mapping[str, Any], move: str) -> str:
    if move != "transformed":
        return entry.name
    otherwise = str(parameters["otherwise"])
    return f"{entry.name}, {otherwise}" if parameters.get("combine") else otherwise


def _changes(
    units: Any, ids: tuple[str, ...], period: str, column: int, rows: Any, step: str, move: str, before: Array, after: Array
) -> pl.DataFrame:
    n = len(rows)
    return pl.DataFrame(
        {
            "unit": list(units[rows]),
            "period": [period] * n,
            "indicator": [ids[column]] * n,
            "step": [step] * n,
            "move": [move] * n,
            "before": pl.Series(before[rows, column], nan_to_null=True),
            "after": pl.Series(after[rows, column], nan_to_null=True),
        },
        schema=TREATMENTS,
    )


def adjustments(run: Run, period: str) -> pl.DataFrame:
    """A row for each unit and rule of ``adjust``: whether it took hold, and the points it gave (a deduction's are negative); a veto has
    none."""
    return pl.DataFrame(list(_adjusted(run, period)), schema=ADJUSTMENTS, orient="row")


def _adjusted(run: Run, period: str) -> Iterable[tuple[str, str, str, str, bool, float | None]]:
    points = run.adjustments
    if points is None:
        return
    rules = run.structure.index.adjust
    vetoed = {rule.id: holds(run, rule) & run.passed for rule in rules if rule.kind == "veto"}
    for row, unit in enumerate(run.units["unit"].to_list()):
        for rule in rules:
            if rule.kind == "veto":
                yield unit, period, rule.id, rule.kind, bool(vetoed[rule.id][row]), None
            elif run.passed[row]:
                amount = float(points[rule.id][row]) + 0.0  # no negative zero
                yield unit, period, rule.id, rule.kind, amount != 0, amount
