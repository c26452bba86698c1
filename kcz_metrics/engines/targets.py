"""What the targets of a scheme count, month by month: the same measures over the same facts as everything else, one scan a fact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast

import polars as pl

from kcz_metrics.engines import duckdb
from kcz_metrics.facts import FACTS, UNITS
from kcz_metrics.language import filters
from kcz_metrics.language.formula import Formula, parse
from kcz_metrics.language.periods import Period, parts, period, period_of
from kcz_metrics.scheme.base import Name
from kcz_metrics.scheme.models import Index, Indicator, Node, Scheme, Target
from kcz_metrics.scheme.targets import Baseline

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot

COURSE: Final = {"target": pl.String, "unit": pl.String, "month": pl.String, "value": pl.Float64, "n": pl.Float64}
_NAMED: Final = {"unit": pl.String, "name_zh": pl.String, "name_en": pl.String}
_INDEX = "targets"


@dataclass(frozen=True)
class Course:
    """Where each target stood at the end of every month of a year and of the year before."""

    year: int
    #: ``target, unit, month, value, n``: counts and sums from the year's first day on, states as they are at the month's end. A unit has
    #: rows for the months in which it is active; ``n`` counts the records behind the value.
    frame: pl.DataFrame
    #: Targets whose value grows with each record of the year; all others are states.
    flows: frozenset[str]
    #: Target to the value its goal is a multiple of; None where there is none.
    baselines: dict[str, float | None]
    #: Target to the record tables behind it that have no row at all.
    empty: dict[str, tuple[str, ...]]
    #: ``unit, name_zh, name_en`` of every unit that a target looks at.
    units: pl.DataFrame
    #: The last day on which a record was handed in; None where no record says.
    reported_on: date | None
    source: str


@dataclass(frozen=True)
class Counting:
    """A target with its formula: a measure by its name is one too."""

    id: str
    target: Target
    formula: Formula

    @cached_property
    def names(self) -> tuple[str, ...]:
        return self.formula.names


def countings(scheme: Scheme) -> tuple[Counting, ...]:
    """The targets that count records, in the order of the file."""
    found = ((id_, target, target.measure or target.formula) for id_, target in scheme.targets.items())
    return tuple(Counting(id_, target, parse(text)) for id_, target, text in found if text is not None)


def course(snapshot: Snapshot, scheme: Scheme, year: int) -> Course:
    """The course of every target through ``year`` and the year before. Raises CompileError and EngineError as values do."""
    counted = countings(scheme)
    months = [month for y in (year - 1, year) for month in parts(Period(y, "year"), "month")]
    frames, units = [], []
    for unit in dict.fromkeys(one.target.unit for one in counted):
        mine = [one for one in counted if one.target.unit == unit]
        also = [one.target.baseline.measure for one in mine if one.target.baseline and one.target.baseline.measure]
        wide, named = _wide(snapshot, scheme, unit, [*(n for one in mine for n in one.names), *also], months)
        units.append(named.select(list(_NAMED)))
        frames += [_valued(one, wide, named) for one in mine]
        frames += [
            _baseline_rows(one.id, wide, one.target.baseline.measure) for one in mine if one.target.baseline and one.target.baseline.measure
        ]
    frame = pl.concat(frames) if frames else pl.DataFrame(schema=COURSE)
    return Course(
        year=year,
        frame=frame.filter(~pl.col("target").str.starts_with(_BASELINE)).sort("target", "unit", "month"),
        flows=frozenset(one.id for one in counted if one.target.measure is not None and _is_flow(scheme, one.target.measure)),
        baselines={one.id: _baseline(snapshot, scheme, one, frame) for one in counted if one.target.baseline is not None},
        empty={one.id: _empty(snapshot, scheme, one) for one in counted},
        units=pl.concat(units).unique("unit", keep="first") if units else pl.DataFrame(schema=_NAMED),
        reported_on=_reported_on(snapshot),
        source=snapshot.id,
    )


def _wide(
    snapshot: Snapshot, scheme: Scheme, unit: str, names: Iterable[str], months: Sequence[Period]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``unit, month`` and each measure with ``_n_`` its records, flows added up within the year; and the units."""
    wanted = tuple(dict.fromkeys(names))
    tree = Node(id=_INDEX, children=tuple(Node(id=name) for name in wanted))
    asking = scheme.model_copy(
        update={
            "indicators": {name: Indicator(formula=name) for name in wanted},
            "indices": {_INDEX: Index(id=_INDEX, unit=unit, name=Name(zh=_INDEX, en=_INDEX), tree=tree)},
        }
    )
    found = duckdb.values(snapshot, asking, _INDEX, [month.id for month in months])
    rows = found.measures.rename({"period": "month"}).sort("unit", "measure", "month")
    within = ["unit", "measure", pl.col("month").str.slice(0, 4)]
    grows = pl.col("measure").is_in([name for name in wanted if _is_flow(scheme, name)])
    carried = pl.col("measure").is_in([name for name in wanted if _is_carried(scheme, name)])
    rows = rows.with_columns(
        pl.when(grows).then(pl.col("value").cum_sum().over(within))
        .when(carried).then(pl.col("value").forward_fill().over("unit", "measure"))
        .otherwise("value").alias("value"),
        pl.when(grows).then(pl.col("n").cum_sum().over(within)).otherwise("n").alias("n"),
    )  # fmt: skip
    values = rows.pivot("measure", index=["unit", "month"], values="value")
    records = rows.pivot("measure", index=["unit", "month"], values="n").rename(lambda c: c if c in ("unit", "month") else f"_n_{c}")
    return values.join(records, on=["unit", "month"], how="left").sort("unit", "month"), found.units


def _is_flow(scheme: Scheme, name: str) -> bool:
    measure = scheme.measures[name]
    return measure.window == "period" and measure.agg in ("count", "sum")


def _is_carried(scheme: Scheme, name: str) -> bool:
    """The latest of a fact without validity holds until there is a later one."""
    measure = scheme.measures[name]
    return measure.agg == "latest" and measure.window == "period" and not FACTS[measure.fact].has_validity


def _valued(one: Counting, wide: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """The target's rows of :data:`COURSE`, for the units that it looks at."""
    if one.target.where:
        columns = cast("filters.Columns", UNITS[one.target.unit].columns)
        kept = units.filter(filters.polars(one.target.where, columns))["unit"]
        wide = wide.filter(pl.col("unit").is_in(kept.implode()))
    answer = one.formula.evaluate(lambda name, _: wide[name])
    return wide.select(
        pl.lit(one.id).alias("target"),
        "unit",
        "month",
        pl.Series("value", answer, pl.Float64, strict=False).fill_nan(None),
        pl.max_horizontal(f"_n_{name}" for name in one.names).cast(pl.Float64).alias("n"),
    ).select(pl.col(name).cast(kind) for name, kind in COURSE.items())


_BASELINE = "baseline:"


def _baseline_rows(id_: str, wide: pl.DataFrame, measure: str) -> pl.DataFrame:
    rows = wide.select(pl.lit(_BASELINE + id_).alias("target"), "unit", "month", value=measure, n=f"_n_{measure}")
    return rows.select(pl.col(name).cast(kind) for name, kind in COURSE.items())


def _baseline(snapshot: Snapshot, scheme: Scheme, one: Counting, frame: pl.DataFrame) -> float | None:
    """The stored value, else what the measure reads, else the target's own value at the baseline's date."""
    given = one.target.baseline
    assert given is not None
    if given.value is not None:
        return float(given.value)
    read = frame.filter(pl.col("target") == _BASELINE + one.id).drop_nulls("value").sort("month")
    if read.height:
        return float(read["value"][-1])
    month = _month_of(given)
    if month is None:
        return None
    months = [m for m in parts(Period(month.year, "year"), "month") if m <= month]
    wide, units = _wide(snapshot, scheme, one.target.unit, one.names, months)
    at = _valued(one, wide, units).filter(pl.col("month") == month.id).drop_nulls("value")
    return float(at["value"][0]) if at.height else None


def _month_of(given: Baseline) -> Period | None:
    if given.date is not None:
        return period_of(given.date, "month")
    return period_of(period(given.period).end - timedelta(days=1), "month") if given.period is not None else None


def _empty(snapshot: Snapshot, scheme: Scheme, one: Counting) -> tuple[str, ...]:
    tables = dict.fromkeys(FACTS[scheme.measures[name].fact].record for name in one.names)
    return tuple(table for table in tables if not sum(file.rows for file in snapshot.files.get(table, ())))


def _reported_on(snapshot: Snapshot) -> date | None:
    tables = [name for name, table in snapshot.tables.items() if table.has_tail]
    paths = [path for name in tables for path in snapshot.paths(name) if "submitted_at" in pl.read_parquet_schema(path)]
    last = [pl.scan_parquet(path).select(pl.col("submitted_at").max()).collect().item() for path in paths]
    known = [moment for moment in last if moment is not None]
    return max(known).date() if known else None
