"""A scheme's measures made ready for compiling: fact, key, window and columns found, or every reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from kcz_metrics.compiling.windows import Kind, Window
from kcz_metrics.errors import CompileError, Issue, did_you_mean
from kcz_metrics.facts import FACTS, Fact
from kcz_metrics.language import filters
from kcz_metrics.language.aggregates import AGGREGATES, Aggregate
from kcz_metrics.language.types import kind_of
from kcz_metrics.locales import T
from kcz_metrics.scheme.models import Measure, Scheme


@dataclass(frozen=True)
class ReadyMeasure:
    """A measure for one kind of unit. ``key`` is the fact's column of the unit's id; None where the unit is the whole programme."""

    id: str
    measure: Measure
    fact: Fact
    aggregate: Aggregate
    key: str | None
    window: Window
    #: Whether rows of a merged body count for its successor: for bodies, where the fact does not say otherwise.
    succeeds: bool = False

    @property
    def grouped(self) -> bool:
        """Whether only values of ``of`` with enough records count, which takes a pass of its own."""
        # the entropy of a diversity is added up in one order only over a row a value
        return self.measure.at_least is not None or self.measure.agg == "diversity"

    @property
    def zero_where_nothing(self) -> bool:
        """Whether a unit without rows has 0 rather than nothing."""
        if self.measure.empty is not None:
            return self.measure.empty == "zero"
        return self.aggregate.nothing is not None

    @property
    def valid_only(self) -> bool:
        return self.measure.records == "valid" and self.fact.valid is not None


def ready(scheme: Scheme, ids: Iterable[str], unit: str) -> tuple[ReadyMeasure, ...]:
    """The measures for a kind of unit, in the order given. Raises CompileError with all issues."""
    issues: list[Issue] = []
    found: list[ReadyMeasure] = []
    for name in ids:
        measure = scheme.measures.get(name)
        if measure is None:
            issues.append(
                Issue(
                    "unknown_measure",
                    T("没有基础量“{name}”", name=name),
                    subject=f"measures.{name}",
                    hint=did_you_mean(name, list(scheme.measures)),
                )
            )
            continue
        problems = list(_problems(name, measure, unit))
        issues += problems
        if not problems:
            found.append(_made(name, measure, FACTS[measure.fact], unit))
    if issues:
        raise CompileError(issues)
    return tuple(found)


def _made(name: str, measure: Measure, fact: Fact, unit: str) -> ReadyMeasure:
    key = None if unit == "programme" else measure.unit_key.get(unit) or fact.units[unit]
    succeeds = unit == "organisation" and fact.follows_mergers
    return ReadyMeasure(name, measure, fact, AGGREGATES[measure.agg], key, window_of(measure, fact), succeeds)


def window_of(measure: Measure, fact: Fact) -> Window:
    """The window of a measure: ``latest`` reads what is valid at the period's end, where the fact knows validity."""
    kind: Kind = measure.window
    if kind == "period" and measure.agg == "latest" and fact.has_validity and measure.time is None:
        kind = "at_end"
    if kind in ("at_start", "at_end", "always"):
        return Window(kind, valid_from=fact.valid_from, valid_to=fact.valid_to)
    return Window(kind, time=measure.time or fact.time, months=measure.months)


def _problems(name: str, measure: Measure, unit: str) -> Iterator[Issue]:
    at = f"measures.{name}"
    fact = FACTS.get(measure.fact)
    if fact is None:
        yield Issue(
            "unknown_fact", T("没有事实表“{name}”", name=measure.fact), subject=f"{at}.fact", hint=did_you_mean(measure.fact, list(FACTS))
        )
        return
    columns = list(fact.columns)
    for place, column in (("of", measure.of), ("at_least_of", measure.at_least_of), (f"unit_key.{unit}", measure.unit_key.get(unit))):
        if column is not None and column not in fact.columns:
            message = T("事实表 {fact} 没有“{column}”这一列", fact=fact.id, column=column)
            yield Issue("unknown_column", message, subject=f"{at}.{place}", hint=did_you_mean(column, columns))
    if unit != "programme" and unit not in fact.units and unit not in measure.unit_key:
        known = T("{names}", names=", ".join(fact.units))
        yield Issue("unit_key", T("事实表 {fact} 没有“{unit}”的编号", fact=fact.id, unit=unit), subject=at, expected=known)
    yield from _aggregate_problems(at, measure, fact)
    yield from _window_problems(at, measure, fact)
    yield from filters.check(measure.where, cast("filters.Columns", fact.columns), subject=f"{at}.where")


def _aggregate_problems(at: str, measure: Measure, fact: Fact) -> Iterator[Issue]:
    aggregate = AGGREGATES[measure.agg]
    if aggregate.of == "none" and measure.of is not None:
        yield Issue("of", T("{agg} 不带 of", agg=measure.agg), subject=f"{at}.of")
    if aggregate.of != "none" and measure.of is None:
        yield Issue("of", T("{agg} 需要 of", agg=measure.agg), subject=f"{at}.of", expected=T("一列的名称"))
    of = None if measure.of is None else fact.columns.get(measure.of)
    if of is not None and not aggregate.fits(kind_of(of)):
        found = T("{type}", type=of.type)
        yield Issue("of_type", T("{agg} 只能用于数值列", agg=measure.agg), subject=f"{at}.of", found=found)
    if aggregate.takes_q != (measure.q is not None):
        yield Issue("q", T("quantile 需要 q，其他聚合方式不带 q"), subject=f"{at}.q")
    if measure.at_least is not None and aggregate.grouped is None:
        yield Issue("at_least", T("at_least 只用于 distinct 与 diversity"), subject=f"{at}.at_least")
    if measure.at_least is None and measure.at_least_of is not None:
        yield Issue("at_least", T("at_least_of 须与 at_least 同用"), subject=f"{at}.at_least_of")


def _window_problems(at: str, measure: Measure, fact: Fact) -> Iterator[Issue]:
    if (measure.window == "trailing") != (measure.months is not None):
        yield Issue("months", T("trailing 需要 months，其他窗口不带 months"), subject=f"{at}.months")
    if measure.time is not None and measure.time not in fact.times:
        known = T("{names}", names=", ".join(fact.times))
        yield Issue("time", T("“{time}”不是事实表 {fact} 的时间列", time=measure.time, fact=fact.id), subject=f"{at}.time", expected=known)
    held = measure.window in ("at_start", "at_end", "always")
    if held and not fact.has_validity:
        yield Issue("window", T("事实表 {fact} 没有有效期，不能用 {window}", fact=fact.id, window=measure.window), subject=f"{at}.window")
    reads_end = measure.agg == "latest" and measure.window == "period" and fact.has_validity
    if not held and not reads_end and measure.time is None and fact.time is None:
        hint = T("可用 {windows}", windows="at_start, at_end, always")
        yield Issue(
            "window", T("事实表 {fact} 没有时间列，不能用 {window}", fact=fact.id, window=measure.window), subject=f"{at}.window", hint=hint
        )
