"""Values as arrays, all periods at once: what a run starts from."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import polars as pl

from kcz_metrics.engines.values import STATUSES, Values
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Positions
from kcz_metrics.scoring.run import MISSING, NOT_APPLICABLE, Run
from kcz_metrics.scoring.structure import Structure


@dataclass(frozen=True)
class Sheet:
    """The frame's rows by number: of the unit in ``units``, of the indicator among the index's leaves (-1 for others), of the period in
    ``periods``. ``group`` numbers the group of each unit."""

    values: Values
    structure: Structure
    units: pl.DataFrame
    periods: tuple[str, ...]
    group: Positions
    unit: Positions
    indicator: Positions
    period: Positions
    value: Array
    status: Positions


def _codes(column: pl.Series, names: pl.Series) -> Positions:
    return column.cast(pl.Enum(names), strict=False).to_physical().cast(pl.Int64).fill_null(-1).to_numpy().astype(np.intp)


def sheet(values: Values, structure: Structure) -> Sheet:
    """Raises ScoringError where the index's group column is missing, or a unit stands in the values but not among the units."""
    index, frame = structure.index, values.frame
    units = values.units
    if index.group is None:
        units, group = units.with_columns(group=pl.lit(None, pl.String)), np.zeros(len(units), np.intp)
    elif index.group not in units.columns:
        raise ScoringError(
            Issue("no-group-column", T("评价对象没有“{column}”这一列，无法分组", column=index.group), subject=f"indices.{index.id}.group")
        )
    else:
        named = units[index.group].cast(pl.String)
        units, group = units.with_columns(named.alias("group")), _codes(named, named.drop_nulls().unique().sort())
    periods = frame["period"].unique().sort()
    unit = _codes(frame["unit"], units["unit"])
    if (unit < 0).any():
        strange = frame["unit"].gather(np.flatnonzero(unit < 0)[:5]).to_list()
        raise ScoringError(Issue("unknown-units", T("指标值中的评价对象不在名单之中：{units}", units=", ".join(strange)), subject=index.id))
    return Sheet(
        values=values,
        structure=structure,
        units=units,
        periods=tuple(periods.to_list()),
        group=group,
        unit=unit,
        indicator=_codes(frame["indicator"], pl.Series(structure.indicator_ids)),
        period=_codes(frame["period"], periods),
        value=frame["value"].cast(pl.Float64).to_numpy().astype(float),
        status=_codes(frame["status"], pl.Series(STATUSES)),
    )


def start(rows: Sheet, period: str) -> Run:
    """The run of ``period`` before its first stage. Units come in the order of the units' table. Raises ScoringError where there are no
    values."""
    structure, values = rows.structure, rows.values
    at = (
        np.flatnonzero((rows.period == rows.periods.index(period)) & (rows.indicator >= 0))
        if period in rows.periods
        else np.empty(0, np.intp)
    )
    if not at.size:
        raise ScoringError(
            Issue(
                "no-values",
                T("{period} 没有指数 {index} 的指标值", period=period, index=structure.index.id),
                expected=T("以下评价期之一：{periods}", periods=", ".join(rows.periods[-12:]) or "—"),
            )
        )
    present = np.unique(rows.unit[at])
    units = rows.units if len(present) == len(rows.units) else rows.units[present]
    place = np.full(len(rows.units), -1, np.intp)
    place[present] = np.arange(len(present))
    cells = (place[rows.unit[at]], rows.indicator[at])
    x = np.full((len(present), len(structure.indicators)), np.nan)
    statuses = np.full(x.shape, MISSING, np.uint8)
    x[cells] = rows.value[at]
    statuses[cells] = np.where(rows.status[at] < 0, MISSING, rows.status[at])
    x[~np.isfinite(x) | (statuses == NOT_APPLICABLE)] = np.nan
    group = rows.group[present]
    return Run(
        structure=structure,
        period=period,
        units=units,
        groups=tuple(np.flatnonzero(group == code) for code in np.unique(group)),
        statuses=statuses,
        x=x,
        kept=MappingProxyType({"values": x}),
        denominators=_denominators(values, structure, units, period),
        measures=values.measures.filter(pl.col("period") == period) if structure.index.adjust else values.measures.clear(),
        passed=np.ones(len(present), bool),
        reasons=MappingProxyType({}),
        filled=np.zeros(x.shape, bool),
        marks=np.zeros(x.shape, np.uint8),
    )


def _denominators(values: Values, structure: Structure, units: pl.DataFrame, period: str) -> dict[str, Array]:
    found = {}
    for name in {i.denominate.by for i in structure.indicators if i.denominate}:
        rows = values.denominators.filter((pl.col("period") == period) & (pl.col("denominator") == name))
        joined = units.select("unit").join(rows, on="unit", how="left", maintain_order="left")
        found[name] = joined["value"].cast(pl.Float64).to_numpy().astype(float)
    return found
