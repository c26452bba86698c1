"""What flows through the pipeline: one period's matrices, each stage's kept beside the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kcz_metrics.engines.values import STATUSES, Values
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T, Text
from kcz_metrics.methods import Array, Flags, Positions
from kcz_metrics.scoring.structure import Structure

#: The matrices a run keeps, in the usual order.
MATRICES = ("values", "denominated", "screened", "imputed", "transformed", "treated", "normalised")
OK, ZERO, MISSING, NOT_APPLICABLE, INSUFFICIENT, NOT_REPORTED = range(len(STATUSES))


@dataclass(frozen=True)
class Run:
    """Matrices are (unit, indicator), NaN for missing; ``scores``, ``ranks``, ``published`` and ``coverage`` are (unit, node). Rows of
    units
    that did not pass the screen are NaN from there on. A stage that has not run is None. ``weights`` go with the structure's branches,
    each (child,) or (unit, child)."""

    structure: Structure
    period: str
    units: pl.DataFrame
    groups: tuple[Positions, ...]
    statuses: NDArray[np.uint8]
    x: Array
    kept: Mapping[str, Array]
    denominators: Mapping[str, Array]
    measures: pl.DataFrame
    passed: Flags
    reasons: Mapping[int, tuple[tuple[str, Text], ...]]
    filled: Flags
    marks: NDArray[np.uint8]
    weights: tuple[Array, ...] = ()
    scores: Array | None = None
    adjustments: Mapping[str, Array] | None = None
    published: Array | None = None
    ranks: Array | None = None
    coverage: Array | None = None
    barred: Mapping[int, Text] | None = None

    @property
    def applicable(self) -> Flags:
        return self.statuses != NOT_APPLICABLE

    def stage(self, name: str) -> Array:
        """The matrix as stage ``name`` left it; where the index leaves that stage out, as the last one before it did."""
        if name in self.kept:
            return self.kept[name]
        earlier = [stage for stage in MATRICES[: MATRICES.index(name)] if stage in self.kept]
        return self.kept[earlier[-1]]


def _units(values: Values, index_id: str, ids: pl.Series, group: str | None) -> tuple[pl.DataFrame, tuple[Positions, ...]]:
    """The units' columns in the order of ``ids``, with ``group``; and the rows of each group, units without one together."""
    known = values.units
    rows = pl.Series(known["unit"]).is_in(ids.implode())
    units = known.filter(rows)
    if not units["unit"].equals(ids):
        units = pl.DataFrame({"unit": ids}).join(known, on="unit", how="left", maintain_order="left")
    if group is None:
        return units.with_columns(pl.lit(None, pl.String).alias("group")), (np.arange(len(ids)),)
    if group not in units.columns:
        raise ScoringError(
            Issue("no-group-column", T("评价对象没有“{column}”这一列，无法分组", column=group), subject=f"indices.{index_id}.group")
        )
    units = units.with_columns(pl.col(group).cast(pl.String).alias("group"))
    codes = units["group"].fill_null("").rank("dense").to_numpy()
    return units, tuple(np.flatnonzero(codes == code) for code in np.unique(codes))


def _positions(column: pl.Series, names: list[str] | pl.Series) -> Positions:
    return column.cast(pl.Enum(names)).to_physical().to_numpy().astype(np.intp)


def start(values: Values, structure: Structure, period: str) -> Run:
    """The values of ``period`` as a matrix. Raises ScoringError where there are none."""
    index, leaves = structure.index, list(structure.indicator_ids)
    frame = values.frame.filter((pl.col("period") == period) & pl.col("indicator").is_in(leaves))
    if frame.is_empty():
        raise ScoringError(
            Issue(
                "no-values",
                T("{period} 没有指数 {index} 的指标值", period=period, index=index.id),
                expected=T("以下评价期之一：{periods}", periods=", ".join(values.frame["period"].unique().sort().to_list()[-12:]) or "—"),
            )
        )
    ids = frame["unit"].unique(maintain_order=True)
    units, groups = _units(values, index.id, ids, index.group)
    at = (_positions(frame["unit"], ids), _positions(frame["indicator"], leaves))
    x = np.full((len(ids), len(leaves)), np.nan)
    statuses = np.full(x.shape, MISSING, np.uint8)
    x[at] = frame["value"].to_numpy()
    statuses[at] = _positions(frame["status"], list(STATUSES))
    x[~np.isfinite(x) | (statuses == NOT_APPLICABLE)] = np.nan
    denominators = {}
    for name in {i.denominate.by for i in structure.indicators if i.denominate}:
        column = values.denominators.filter((pl.col("period") == period) & (pl.col("denominator") == name))
        divisor = units.select("unit").join(column, on="unit", how="left", maintain_order="left")["value"]
        denominators[name] = divisor.cast(pl.Float64).to_numpy().astype(float)
    return Run(
        structure=structure,
        period=period,
        units=units,
        groups=groups,
        statuses=statuses,
        x=x,
        kept={"values": x},
        denominators=denominators,
        measures=values.measures.filter(pl.col("period") == period) if index.adjust else values.measures.clear(),
        passed=np.ones(len(ids), bool),
        reasons={},
        filled=np.zeros(x.shape, bool),
        marks=np.zeros(x.shape, np.uint8),
    )
