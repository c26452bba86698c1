"""The stages up to the normalised matrix. Each takes the run and the history and gives the run one stage on; none changes its input."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import numpy as np

from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T
from kcz_metrics.methods import TRANSFORMS, Array, Positions
from kcz_metrics.methods.impute import Surroundings
from kcz_metrics.methods.statistics import finite, minimum, ratio
from kcz_metrics.scoring.history import History, codes
from kcz_metrics.scoring.references import absent
from kcz_metrics.scoring.run import Run
from kcz_metrics.scoring.structure import Batch


def on(run: Run, x: Array, name: str, **changes: Any) -> Run:
    return run.but(x=x, kept=MappingProxyType({**run.kept, name: x}), **changes)


def _whole(run: Run, batch: Batch) -> bool:
    return len(batch.columns) == run.x.shape[-1] and len(run.groups) == 1


def _cells(rows: Positions, columns: Positions) -> Any:
    """The place of some units' values of some indicators, in one matrix or in those of many runs."""
    return (..., rows[:, None], columns)


def denominate(run: Run, history: History) -> Run:
    """Divide by the unit's denominator and multiply by the scale; a denominator that is missing or 0 leaves nothing."""
    x, ids = run.x, run.structure.indicator_ids
    for column, indicator in enumerate(run.structure.indicators):
        if indicator.denominate is not None:
            if x is run.x:
                x = x.copy()
            by = indicator.denominate.by
            if by not in run.denominators:
                raise ScoringError(
                    Issue("no_denominator", T("指标值中没有分母 {by}", by=by), subject=f"indicators.{ids[column]}.denominate")
                )
            x[..., column] = ratio(x[..., column], run.denominators[by]) * indicator.denominate.scale
    return on(run, x, "denominated")


def impute(run: Run, history: History) -> Run:
    """Fill holes, within the group, among the units that passed; where an indicator does not apply there is no hole."""
    x = run.x
    if any(batch.entry.name != "none" for batch in run.structure.impute) and np.isnan(x).any():
        x = x.copy()
        for batch in run.structure.impute:
            if batch.entry.name == "none":
                continue
            around = _around(run, batch, history)
            for rows in run.groups:
                # every method but the row-wise ones treats each column for itself; those need the whole row
                columns = np.arange(x.shape[-1]) if batch.entry.name.startswith("row_") else batch.columns
                here = _cells(rows, columns)
                near = Surroundings(
                    {name: code[rows] for name, code in around.groups.items()},
                    around.pillars,
                    run.structure.up[columns],
                    [matrix[here] for matrix in around.earlier],
                    [matrix[here] for matrix in around.later],
                )
                full = batch.entry.kernel(run.x[here], near, **batch.parameters)
                x[_cells(rows, batch.columns)] = full[..., batch.columns] if len(columns) != len(batch.columns) else full
        x = np.where(run.applicable & run.passed[..., None], x, run.x)
    return on(run, x, "imputed", filled=np.isnan(run.x) & ~np.isnan(x))


def _around(run: Run, batch: Batch, history: History) -> Surroundings:
    by, steps, structure = batch.parameters.get("by"), batch.parameters.get("max_gap", 0), run.structure
    if by is not None and by not in run.units.columns:
        raise ScoringError(Issue("no_group_column", T("评价对象没有“{column}”这一列，无法分组", column=by), subject=structure.index.id))
    parents = structure.parent[structure.leaves]
    return Surroundings(
        {str(by): codes(run, by)} if by is not None else {},
        [np.flatnonzero(parents == parent) for parent in np.unique(parents)],
        None,
        history.neighbours(run, steps, False) if steps else [],
        history.neighbours(run, steps, True) if batch.entry.name == "linear" else [],
    )


def transform(run: Run, history: History) -> Run:
    """Each indicator's transform; what is outside its domain becomes missing."""
    x = run.x
    for column, indicator in enumerate(run.structure.indicators):
        if indicator.transform is not None:
            if x is run.x:
                x = x.copy()
            x[..., column] = TRANSFORMS[indicator.transform](x[..., column])
    return on(run, x, "transformed")


Kernel = Callable[[Array, Array, Batch], Any]


def _by_group(run: Run, x: Array, batch: Batch, history: History, stage: str, call: Kernel) -> list[tuple[Any, Any]]:
    """``call`` on each group's rows of the batch's columns, with the pool it is compared with; (place, what it gave) pairs."""
    if batch.over == "period":
        if _whole(run, batch):
            return [(np.s_[...], call(x, x, batch))]
        places = [_cells(rows, batch.columns) for rows in run.groups]
        return [(here, call(part := x[here], part, batch)) for here in places]
    pools = history.pool(run, stage, batch.over, batch.base)
    given = []
    for rows in run.groups:
        group = run.units["group"][int(rows[0])]
        parts = [matrix[_cells(_rows_of(other, group), batch.columns)] for other, matrix in pools]
        parts = [np.broadcast_to(part, (*x.shape[:-2], *part.shape[-2:])) for part in parts]
        here = _cells(rows, batch.columns)
        given.append((here, call(x[here], np.concatenate(parts, axis=-2), batch)))
    return given


def _rows_of(run: Run, group: str | None) -> Positions:
    """The rows of a group, which a run keeps; none where it has no unit of it."""
    names = run.units["group"]
    return next((rows for rows in run.groups if len(rows) and names[int(rows[0])] == group), np.empty(0, np.intp))


def treat(run: Run, history: History) -> Run:
    """Treat outliers within the group."""
    if all(batch.entry.name == "none" for batch in run.structure.treat):
        return on(run, run.x, "treated")
    x, marks = run.x.copy(), np.zeros(run.x.shape, np.uint8)

    def call(part: Array, pool: Array, batch: Batch) -> Any:
        return batch.entry.kernel(part, pool, **batch.parameters)

    for batch in run.structure.treat:
        for here, (treated, mark) in _by_group(run, run.x, batch, history, "transformed", call):
            x[here], marks[here] = treated, mark
    return on(run, finite(x), "treated", marks=marks)


def normalise(run: Run, history: History) -> Run:
    """Onto a common scale, direction applied, within the group."""
    x = np.empty(run.x.shape)
    low, high = float(run.structure.index.scale.lower), float(run.structure.index.scale.upper)

    def call(part: Array, pool: Array, batch: Batch) -> Any:
        parameters = dict(batch.parameters)
        if "reference" in parameters:
            parameters["reference"] = _reference(run, parameters["reference"])[..., batch.columns]
        y = batch.entry.kernel(part, pool, run.structure.up[batch.columns], **parameters)
        return low + (high - low) * y if batch.entry.bounded and not batch.entry.on_scale else y

    for batch in run.structure.normalise:
        for here, normalised in _by_group(run, run.x, batch, history, "treated", call):
            x[here] = normalised
    return on(run, _with_zeros(run, finite(x), low), "normalised")


def _with_zeros(run: Run, x: Array, low: float) -> Array:
    """Where a confirmed flag says so, the lowest score there is: the scale's lower end, or the column's least where it has none.

    The value itself stays among those that the others are compared with.
    """
    if run.zeroed is None:
        return x
    x = x.copy()
    here = run.zeroed & run.passed[..., None] & run.applicable
    for batch in run.structure.normalise:
        for column in batch.columns:
            least = low if batch.entry.bounded else minimum(x[..., [column]])
            x[..., column] = np.where(here[..., column], least, x[..., column])
    return x


def _reference(run: Run, unit: str) -> Array:
    rows = np.flatnonzero((run.units["unit"] == unit).to_numpy())
    if not rows.size or not run.passed[rows[0]]:
        known = run.units["unit"].gather(np.flatnonzero(run.passed)).to_list()
        raise ScoringError(absent(unit, run.period, f"indices.{run.structure.index.id}", known))
    return run.x[..., rows[:1], :]
