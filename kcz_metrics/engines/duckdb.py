"""Values from the records of a snapshot, worked out by an embedded DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl
from sqlglot import exp

from kcz_metrics.compiling.assembly import MEASURES_TABLE, UNITS_TABLE
from kcz_metrics.compiling.plan import Plan
from kcz_metrics.compiling.statement import PERIOD, UNIT, records_column, table
from kcz_metrics.compiling.together import Together, together
from kcz_metrics.engines.connection import as_engine_error, frame, opened, rows
from kcz_metrics.engines.records import measure_records
from kcz_metrics.engines.status import answer, judged
from kcz_metrics.engines.values import DENOMINATORS, MEASURES, Values
from kcz_metrics.facts import UNITS
from kcz_metrics.language.periods import GRAINS, period

if TYPE_CHECKING:
    import duckdb

    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot

__all__ = ["measure_records", "values", "values_of_several"]


def values(snapshot: Snapshot, scheme: Scheme, index_id: str, periods: Sequence[str]) -> Values:
    """The index's indicators for every unit of its population that is active in a period, for all ``periods``, of any grains.

    Raises CompileError where the scheme cannot be compiled, EngineError where the query fails, StoreError where files are gone,
    PeriodError where a period is none.
    """
    return values_of_several(snapshot, scheme, {index_id: periods})[index_id]


def values_of_several(snapshot: Snapshot, scheme: Scheme, asked: Mapping[str, Sequence[str]]) -> dict[str, Values]:
    """The values of each index in its periods, as :func:`values` gives them one by one; what they have in common is worked out once."""
    parts: dict[str, list[Values]] = {index_id: [] for index_id in asked}
    spans = {index_id: sorted({period(p) for p in periods}) for index_id, periods in asked.items()}
    for grain in GRAINS:
        here = {index_id: of for index_id, span in spans.items() if (of := [p.id for p in span if p.grain == grain])}
        if here:
            for index_id, found in _of_one_grain(snapshot, together(scheme, here)):
                parts[index_id].append(found)
    return {index_id: _joined(snapshot, found) for index_id, found in parts.items()}


def _joined(snapshot: Snapshot, parts: Sequence[Values]) -> Values:
    """The values of all grains."""
    if len(parts) == 1:
        return parts[0]
    units = pl.concat([part.units for part in parts]).unique("unit", keep="first").sort("unit")
    frames = {name: pl.concat([getattr(part, name) for part in parts]) for name in ("frame", "raw", "measures", "denominators")}
    return Values(units=units, source=snapshot.id, zeroed=snapshot.zeroed, **frames)


def _of_one_grain(snapshot: Snapshot, asked: Together) -> Iterator[tuple[str, Values]]:
    with opened(snapshot, asked.tables) as connection, as_engine_error():
        for step in asked.shared:
            connection.execute(step.text)
            _drop(connection, step.done)
        for planned, (population, beside, last) in zip(asked.plans, asked.own, strict=True):
            connection.execute(population.text)
            connection.execute(beside.text)
            units = frame(connection, exp.select("*").from_(table(UNITS_TABLE))).sort("unit")
            measures = frame(connection, exp.select("*").from_(table(MEASURES_TABLE)))
            yield planned.index.id, _valued(snapshot, planned, units, measures, rows(connection, last.text))
            _drop(connection, (UNITS_TABLE, MEASURES_TABLE))


def _drop(connection: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
    for name in names:
        connection.execute(exp.Drop(tables=[table(name)], kind="TABLE").sql(dialect="duckdb"))


def _valued(snapshot: Snapshot, planned: Plan, units: pl.DataFrame, measures: pl.DataFrame, indicators: pl.DataFrame) -> Values:
    indicators = indicators.rename({leaf: answer(leaf) for leaf in planned.formulas})
    wide = _asked_only(planned, measures).join(indicators, on=[UNIT, PERIOD], how="left").sort(PERIOD, UNIT)
    found, raw = judged(planned, wide, units)
    active = units.filter(pl.col("unit").is_in(wide[UNIT].unique().implode()))
    return Values(
        frame=found,
        units=active,
        raw=raw,
        measures=_long_measures(planned, wide),
        denominators=_denominators(planned, wide, units),
        source=snapshot.id,
        zeroed=snapshot.zeroed,
    )


def _asked_only(planned: Plan, measures: pl.DataFrame) -> pl.DataFrame:
    wanted = [number for number, span in enumerate(planned.periods) if span in planned.asked]
    return measures.filter(pl.col(PERIOD).is_in(wanted))


def _named(planned: Plan) -> list[pl.Expr]:
    names = dict(enumerate(p.id for p in planned.periods))
    return [pl.col(UNIT).alias("unit"), pl.col(PERIOD).replace_strict(names, return_dtype=pl.String).alias("period")]


def _long_measures(planned: Plan, wide: pl.DataFrame) -> pl.DataFrame:
    parts = [
        wide.select(*_named(planned), pl.lit(m.id).alias("measure"), pl.col(m.id).alias("value"), pl.col(records_column(m.id)).alias("n"))
        for m in planned.measures
    ]
    return pl.concat(parts).select(pl.col(name).cast(kind) for name, kind in MEASURES.items()) if parts else pl.DataFrame(schema=MEASURES)


def _denominators(planned: Plan, wide: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """What ``denominate.by`` names: a measure, or a column of the unit that holds numbers."""
    named = {indicator.denominate.by for leaf in planned.formulas if (indicator := planned.scheme.indicators[leaf]).denominate is not None}
    of_units = {name for name, column in UNITS[planned.index.unit].columns.items() if column.type in ("int", "float")}
    with_units = wide.join(
        units.select("unit", *sorted(named & of_units - {m.id for m in planned.measures})),
        left_on=UNIT,
        right_on="unit",
        how="left",
        maintain_order="left",
    )
    parts = [
        with_units.select(*_named(planned), pl.lit(name).alias("denominator"), pl.col(name).cast(pl.Float64).alias("value"))
        for name in sorted(named)
        if name in with_units.columns
    ]
    return pl.concat(parts).select(list(DENOMINATORS)) if parts else pl.DataFrame(schema=DENOMINATORS)
