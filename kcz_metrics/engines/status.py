"""From a formula's answer to a value: what does not apply, what is too little to go by, shrinking, floor, cap, and duties not reported."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import cast

import polars as pl

from kcz_metrics.compiling.measures import ReadyMeasure
from kcz_metrics.compiling.plan import Plan
from kcz_metrics.compiling.statement import PERIOD, UNIT, records_column
from kcz_metrics.engines.values import FRAME, RAW
from kcz_metrics.facts import UNITS
from kcz_metrics.language import filters
from kcz_metrics.scheme.models import Indicator, Shrink

_GROUP = "_group"


def judged(plan: Plan, wide: pl.DataFrame, units: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``Values.frame`` and ``Values.raw``.

    ``wide`` has a row for each active unit and period: ``_unit, _period``, every measure with its number of records, and every indicator's
    formula under ``indicator:`` and its id. The order is: formula, shrink, floor, cap. A value is shrunk over the units of its group
    (or of the index) to which the indicator applies and that have one in the same period.
    """
    wide = wide.join(_of_units(plan, units), on=UNIT, how="left", maintain_order="left")
    measures = {m.id: m for m in plan.measures}
    frames, raws = [], []
    for leaf in plan.formulas:
        indicator = plan.scheme.indicators[leaf]
        together = [PERIOD] if plan.index.group is None or (indicator.shrink and indicator.shrink.toward == "all") else [PERIOD, _GROUP]
        records = _records(plan, leaf, indicator, measures)
        expressions = judge(indicator, pl.col(answer(leaf)), records, pl.col(_applies(leaf)), together)
        frames.append(wide.lazy().select(*_keys(plan, leaf), *expressions).select(list(FRAME)))
        raws.append(wide.lazy().select(*_keys(plan, leaf), pl.col(answer(leaf)).alias("raw")).select(list(RAW)))
    order = {leaf: position for position, leaf in enumerate(plan.formulas)}
    by = ["period", "unit", pl.col("indicator").replace_strict(order, return_dtype=pl.Int32)]
    return pl.concat(frames).sort(by).collect(), pl.concat(raws).sort(by).collect()


def answer(leaf: str) -> str:
    """The column of an indicator's formula beside measures, whose ids it may share."""
    return f"indicator:{leaf}"


def _applies(leaf: str) -> str:
    return f"applies:{leaf}"


def _of_units(plan: Plan, units: pl.DataFrame) -> pl.DataFrame:
    """What is needed of the units, under names that no measure can have: the group, and whether each indicator applies."""
    columns = cast("filters.Columns", UNITS[plan.index.unit].columns)
    group = pl.lit(None, pl.String) if plan.index.group is None else pl.col(plan.index.group).cast(pl.String)
    applies = [filters.polars(plan.scheme.indicators[leaf].applies_to, columns).alias(_applies(leaf)) for leaf in plan.formulas]
    return units.select(pl.col("unit").alias(UNIT), group.alias(_GROUP), *applies)


def _keys(plan: Plan, leaf: str) -> list[pl.Expr]:
    names = dict(enumerate(p.id for p in plan.periods))
    return [
        pl.col(UNIT).alias("unit"),
        pl.col(PERIOD).replace_strict(names, return_dtype=pl.String).alias("period"),
        pl.lit(leaf).alias("indicator"),
    ]


def judge(indicator: Indicator, answer: pl.Expr, records: pl.Expr, applies: pl.Expr, over: list[str]) -> list[pl.Expr]:
    """``value``, ``n`` and ``status`` of one indicator. ``over`` are the columns of units that are shrunk together; ``n`` of shrinking and
    ``of`` of the minimum are columns of the frame."""
    raw = pl.when(applies).then(answer)
    value = _bounded(_shrunk(raw, indicator.shrink, over), indicator)
    few = pl.lit(False)
    kept = value
    if indicator.minimum_n is not None:
        few = (pl.col(indicator.minimum_n.of).fill_null(0) < indicator.minimum_n.at_least) & value.is_not_null()
        if indicator.minimum_n.else_ == "missing":
            kept = pl.when(~few).then(value)
    unreported = applies & value.is_null() if indicator.duty else pl.lit(False)
    status = (
        pl.when(~applies)
        .then(pl.lit("not_applicable"))
        .when(unreported)
        .then(pl.lit("not_reported"))
        .when(value.is_null())
        .then(pl.lit("missing"))
        .when(few)
        .then(pl.lit("insufficient"))
        .when(value == 0)
        .then(pl.lit("zero"))
        .otherwise(pl.lit("ok"))
    )
    return [
        pl.when(unreported).then(pl.lit(0.0)).otherwise(kept).cast(pl.Float64).alias("value"),
        pl.when(applies).then(records).cast(pl.Float64).alias("n"),
        status.alias("status"),
    ]


def _shrunk(raw: pl.Expr, shrink: Shrink | None, over: list[str]) -> pl.Expr:
    """(n·x + m·x̄) / (n + m) with x̄ = Σn·x / Σn over the units with a value; n = 0 stays missing."""
    if shrink is None:
        return raw
    weight = pl.when(raw.is_not_null()).then(pl.col(shrink.n))
    strength = float(shrink.strength)
    mean = _total(weight * raw, over) / _total(weight, over)
    return pl.when(weight > 0).then((weight * raw + strength * mean) / (weight + strength))


def _total(addend: pl.Expr, over: list[str]) -> pl.Expr:
    """The exact sum within a group; threads add in any order, and their last digit would differ from run to run."""
    return addend.cast(pl.Float64).map_batches(lambda s: math.fsum(s.drop_nulls()), return_dtype=pl.Float64, returns_scalar=True).over(over)


def _bounded(value: pl.Expr, indicator: Indicator) -> pl.Expr:
    if indicator.floor is not None:
        value = pl.when(value.is_not_null()).then(pl.max_horizontal(value, pl.lit(float(indicator.floor))))
    if indicator.cap is not None:
        value = pl.when(value.is_not_null()).then(pl.min_horizontal(value, pl.lit(float(indicator.cap))))
    return pl.when(value.is_finite()).then(value)


def _records(plan: Plan, leaf: str, indicator: Indicator, measures: Mapping[str, ReadyMeasure]) -> pl.Expr:
    """What ``n`` is: the measure that the scheme names for it, else the most records behind any measure of the formula; sizes of the
    unit (``latest``) aside, unless there is nothing else."""
    named = indicator.minimum_n.of if indicator.minimum_n else indicator.shrink.n if indicator.shrink else None
    if named is not None:
        return pl.col(named)
    names = plan.formulas[leaf].names
    events = [name for name in names if measures[name].measure.agg != "latest"] or list(names)
    return pl.max_horizontal(pl.col(records_column(name)) for name in events) if events else pl.lit(0.0)
