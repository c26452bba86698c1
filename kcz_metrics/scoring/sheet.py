"""Values as arrays, all periods at once: what a run starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import polars as pl

from kcz_metrics.engines.values import STATUSES, Values
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Flags, Positions
from kcz_metrics.scheme.models import Index
from kcz_metrics.scoring.leaning import lean
from kcz_metrics.scoring.run import MISSING, NOT_APPLICABLE, Run
from kcz_metrics.scoring.structure import Structure


@dataclass(frozen=True)
class Sheet:
    """The frame's rows by number: of the unit in ``units``, of the indicator among the index's leaves (-1 for others), of the period in
    ``periods``. ``units`` and ``group``, the number of each unit's group, are by period: a unit may change its group."""

    values: Values
    structure: Structure
    units: Mapping[str, pl.DataFrame]
    periods: tuple[str, ...]
    group: Mapping[str, Positions]
    unit: Positions
    indicator: Positions
    period: Positions
    value: Array
    status: Positions
    divisors: Mapping[tuple[str, str], Array]


#: Rows up to which looking each up in a dictionary is the faster way; and up to which waking other cores costs more than they save.
_FEW, _SOME = 1000, 20_000


def _codes(column: pl.Series, names: pl.Series) -> Positions:
    """The place of each text among ``names``, -1 where it is none of them."""
    return _coded(column.to_frame(), {column.name: names})[column.name]


def _coded(frame: pl.DataFrame, names: Mapping[str, pl.Series]) -> dict[str, Positions]:
    """``_codes`` of several columns at once."""
    if len(frame) < _FEW:
        places = {column: {name: code for code, name in enumerate(known.to_list())} for column, known in names.items()}
        return {c: np.array([place.get(text, -1) for text in frame[c].to_list()], np.intp) for c, place in places.items()}
    codes = [pl.col(c).cast(pl.Enum(known), strict=False).to_physical() for c, known in names.items()]
    found = frame.select_seq(codes) if len(frame) < _SOME else frame.select(codes)
    return {column.name: _positions(column) for column in found}


def _positions(codes: pl.Series) -> Positions:
    return (codes.cast(pl.Int64).fill_null(-1) if codes.null_count() else codes).to_numpy().astype(np.intp)


def _several(column: pl.Series) -> tuple[pl.Series, Positions]:
    """The texts of a column in order, and the place of each row's among them."""
    if len(column) >= _FEW and column.n_unique() == 1:
        return column.head(1), np.zeros(len(column), np.intp)
    names = pl.Series(sorted(set(column.to_list())), dtype=pl.String)
    return names, _codes(column, names)


def sheet(values: Values, structure: Structure) -> Sheet:
    """Raises ScoringError where the index's group column is missing, or a unit stands in the values but not among the units."""
    index, frame = structure.index, values.frame
    names = values.units["unit"]
    periods, period = _several(frame["period"])
    columns = {"unit": names, "indicator": pl.Series(structure.indicator_ids), "status": pl.Series(STATUSES)}
    codes = _coded(frame, columns)
    unit = codes["unit"]
    if (unit < 0).any():
        strange = frame["unit"].gather(np.flatnonzero(unit < 0)[:5]).to_list()
        raise ScoringError(Issue("unknown_units", T("指标值中的评价对象不在名单之中：{units}", units=", ".join(strange)), subject=index.id))
    units, group = _grouped(values, index, periods.to_list())
    return Sheet(
        values=values,
        structure=structure,
        units=units,
        periods=tuple(periods.to_list()),
        group=group,
        unit=unit,
        indicator=codes["indicator"],
        period=period,
        value=frame["value"].cast(pl.Float64).to_numpy().astype(float),
        status=codes["status"],
        divisors=_divisors(values, values.units, tuple(periods.to_list())),
    )


def _grouped(values: Values, index: Index, periods: list[str]) -> tuple[dict[str, pl.DataFrame], dict[str, Positions]]:
    """Of each period the units' columns, with ``group``, and the number of each unit's group."""
    same = _with_group(values.units, index)
    if values.units_by_period is None:
        return dict.fromkeys(periods, same[0]), dict.fromkeys(periods, same[1])
    order = values.units.select("unit")
    found = {}
    for period in periods:
        then = values.units_by_period.filter(pl.col("period") == period).drop("period")
        found[period] = _with_group(order.join(then, on="unit", how="left", maintain_order="left"), index)
    return {p: units for p, (units, _) in found.items()}, {p: group for p, (_, group) in found.items()}


def _with_group(units: pl.DataFrame, index: Index) -> tuple[pl.DataFrame, Positions]:
    if index.group is None:
        none = pl.Series("group", [None] * len(units), dtype=pl.String)
        with_none = units.with_columns(none) if "group" in units.columns else units.hstack([none])
        return with_none, np.zeros(len(units), np.intp)
    if index.group not in units.columns:
        raise ScoringError(
            Issue("no_group_column", T("评价对象没有“{column}”这一列，无法分组", column=index.group), subject=f"indices.{index.id}.group")
        )
    named = units[index.group].cast(pl.String)
    return units.with_columns(named.alias("group")), _codes(named, named.drop_nulls().unique().sort())


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
                "no_values",
                T("{period} 没有指数 {index} 的指标值", period=period, index=structure.index.id),
                expected=T("以下评价期之一：{periods}", periods=", ".join(rows.periods[-12:]) or "—"),
            )
        )
    present = np.unique(rows.unit[at])
    everyone = rows.units[period]
    units = everyone if len(present) == len(everyone) else everyone[present]
    place = np.full(len(everyone), -1, np.intp)
    place[present] = np.arange(len(present))
    cells = (place[rows.unit[at]], rows.indicator[at])
    x = np.full((len(present), len(structure.indicators)), np.nan)
    statuses = np.full(x.shape, MISSING, np.uint8)
    x[cells] = rows.value[at]
    statuses[cells] = np.where(rows.status[at] < 0, MISSING, rows.status[at])
    x[~np.isfinite(x) | (statuses == NOT_APPLICABLE)] = np.nan
    group = rows.group[period][present]
    return Run(
        structure=structure,
        period=period,
        units=units,
        groups=tuple(np.flatnonzero(group == code) for code in np.unique(group)),
        statuses=statuses,
        x=x,
        kept=MappingProxyType({"values": x}),
        denominators={n: divisor[present] for (p, n), divisor in rows.divisors.items() if p == period},
        measures=values.measures.filter(pl.col("period") == period) if structure.index.adjust else values.measures.clear(),
        passed=np.ones(len(present), bool),
        reasons=MappingProxyType({}),
        filled=np.zeros(x.shape, bool),
        marks=np.zeros(x.shape, np.uint8),
        zeroed=_zeroed(values, structure, units["unit"], period),
        lean=lean(structure, units, period),
    )


def _zeroed(values: Values, structure: Structure, units: pl.Series, period: str) -> Flags | None:
    """(unit, indicator): where a confirmed flag sets the score of this period to zero."""
    if not values.zeroed:
        return None
    rows, columns = {unit: i for i, unit in enumerate(units)}, {leaf: i for i, leaf in enumerate(structure.indicator_ids)}
    named = [(z.unit, z.indicator) for z in values.zeroed if z.period == period]
    cells = [(rows[unit], columns[leaf]) for unit, leaf in named if unit in rows and leaf in columns]
    if not cells:
        return None
    mask = np.zeros((len(units), len(columns)), bool)
    mask[tuple(np.array(cells).T)] = True
    return mask


def _divisors(values: Values, units: pl.DataFrame, periods: tuple[str, ...]) -> dict[tuple[str, str], Array]:
    """(period, denominator) → the divisor of each unit, NaN where there is none."""
    frame = values.denominators
    if frame.is_empty():
        return {}
    names, name = _several(frame["denominator"])
    codes = _coded(frame, {"unit": units["unit"], "period": pl.Series(periods)})
    unit, period = codes["unit"], codes["period"]
    value = frame["value"].cast(pl.Float64).to_numpy()
    block = np.full((len(periods), len(names), len(units)), np.nan)
    known = (unit >= 0) & (period >= 0)
    block[period[known], name[known], unit[known]] = value[known]
    return {(p, n): block[i, j] for i, p in enumerate(periods) for j, n in enumerate(names)}
