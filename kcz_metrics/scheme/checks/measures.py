"""Measures against their facts: the fact, its columns, times, keys and parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kcz_metrics.errors import Issue
from kcz_metrics.language import filters
from kcz_metrics.language import formula as formulas
from kcz_metrics.language.aggregates import AGGREGATES
from kcz_metrics.language.types import in_words, kind_of
from kcz_metrics.locales import T
from kcz_metrics.scheme.checking import Context, Fact
from kcz_metrics.scheme.models import Measure

_VALIDITY = ("at_start", "at_end", "always")


def aggregate_parts(context: Context) -> Iterator[Issue]:
    """What an aggregate needs is given, and nothing it has no use for."""
    for id_, measure in context.scheme.measures.items():
        here = ("measures", id_)
        aggregate = AGGREGATES[measure.agg]
        if aggregate.of == "none" and measure.of is not None:
            yield context.issue(
                "measure_of", T("{agg} 不需要 of", agg=measure.agg), *here, "of", hint=T("要数不同的值用 distinct；要数有值的行用 where")
            )
        if aggregate.of != "none" and measure.of is None:
            yield context.issue("measure_of", T("{agg} 需要 of：对哪一列", agg=measure.agg), *here)
        if aggregate.takes_q != (measure.q is not None):
            message = T("quantile 需要 q") if aggregate.takes_q else T("只有 quantile 用 q")
            yield context.issue(
                "measure_q", message, *here, *([] if measure.q is None else ["q"]), expected=T("{example}", example="q: 0.95")
            )
        if (measure.window == "trailing") != (measure.months is not None):
            message = T("window: trailing 需要 months") if measure.months is None else T("只有 window: trailing 用 months")
            yield context.issue("measure_months", message, *here, "window" if measure.months is None else "months")
        if measure.at_least is not None and aggregate.grouped is None:
            known = T("{names}", names=", ".join(a.key for a in AGGREGATES.values() if a.grouped))
            yield context.issue("measure_at_least", T("{agg} 不能用 at_least", agg=measure.agg), *here, "at_least", expected=known)
        if measure.at_least_of is not None and measure.at_least is None:
            yield context.issue("measure_at_least", T("at_least_of 要与 at_least 一起写"), *here, "at_least_of")
        if measure.empty == "zero" and aggregate.nothing is None:
            known = T("{names}", names=", ".join(a.key for a in AGGREGATES.values() if a.nothing == 0))
            yield context.issue("measure_empty", T("{agg} 没有记录时不能记为 0", agg=measure.agg), *here, "empty", expected=known)


def known_facts(context: Context) -> Iterator[Issue]:
    if context.facts is None:
        return
    for id_, measure in context.scheme.measures.items():
        if measure.fact not in context.facts:
            known = list(context.facts)
            yield context.issue(
                "unknown_fact",
                T("没有事实表“{name}”", name=measure.fact),
                "measures",
                id_,
                "fact",
                expected=T("{names}", names=", ".join(known[:12]) + ("…" if len(known) > 12 else "")),
                hint=context.nearest(measure.fact, known),
            )


def fact_columns(context: Context) -> Iterator[Issue]:
    """``of``, ``at_least_of``, ``time``, ``unit_key`` and ``where`` name columns of the fact, of a fitting type."""
    for id_, measure, fact in _with_fact(context):
        here = ("measures", id_)
        columns = list(fact.columns)
        for key, column in (("of", measure.of), ("at_least_of", measure.at_least_of)):
            if column is not None and column not in fact.columns:
                yield context.issue(
                    "unknown_column",
                    T("事实表 {fact} 没有“{name}”这一列", fact=measure.fact, name=column),
                    *here,
                    key,
                    hint=context.nearest(column, columns),
                )
        if measure.of is not None and measure.of in fact.columns and not AGGREGATES[measure.agg].fits(kind_of(fact.columns[measure.of])):
            yield context.issue(
                "column_type",
                T("{agg} 只能用于数值列", agg=measure.agg),
                *here,
                "of",
                found=T("{column}：{kind}", column=measure.of, kind=in_words(kind_of(fact.columns[measure.of]))),
            )
        for unit, column in measure.unit_key.items():
            if column not in fact.columns:
                yield context.issue(
                    "unknown_column",
                    T("事实表 {fact} 没有“{name}”这一列", fact=measure.fact, name=column),
                    *here,
                    "unit_key",
                    unit,
                    hint=context.nearest(column, columns),
                )
        yield from _filter(context, measure, fact, id_)


def _filter(context: Context, measure: Measure, fact: Fact, id_: str) -> Iterator[Issue]:
    for issue in filters.check(measure.where, fact.columns):
        path = ("measures", id_, "where", *issue.subject.split("."))
        placed = context.issue(issue.code, issue.message, *path)
        yield replace(issue, place=placed.place, subject=placed.subject)


def fact_times(context: Context) -> Iterator[Issue]:
    """``time`` is one of the fact's dates; a window of validity needs dates of validity, any other a date."""
    for id_, measure, fact in _with_fact(context):
        here = ("measures", id_)
        times = [t for t in (fact.time, *fact.times) if t]
        if measure.time is not None and measure.time not in times:
            yield context.issue(
                "unknown_time",
                T("事实表 {fact} 没有“{name}”这个时间", fact=measure.fact, name=measure.time),
                *here,
                "time",
                expected=T("{names}", names=", ".join(times)),
                hint=context.nearest(measure.time, times),
            )
        if measure.window in _VALIDITY and not fact.valid_from:
            yield context.issue(
                "window",
                T("事实表 {fact} 没有有效期", fact=measure.fact),
                *here,
                "window",
                expected=T("period、to_date 或 trailing"),
                found=T("{window}", window=measure.window),
            )
        if measure.window not in _VALIDITY and measure.agg != "latest" and not times and measure.time is None:
            yield context.issue(
                "window",
                T("事实表 {fact} 只有有效期，没有时间", fact=measure.fact),
                *here,
                "window",
                expected=T("at_start、at_end 或 always"),
                found=T("{window}", window=measure.window),
            )


def fact_parameters(context: Context) -> Iterator[Issue]:
    """A parameter that no fact binds is odd; one that is not given has a default."""
    parameters = context.scheme.parameters
    if context.facts is not None:
        known = {name for fact in context.facts.values() for name in fact.parameters}
        for name in parameters:
            if name not in known:
                yield context.issue(
                    "unknown_parameter",
                    T("没有事实表用到参数“{name}”", name=name),
                    "parameters",
                    name,
                    hint=context.nearest(name, sorted(known)),
                    warning=True,
                )


def unused_measures(context: Context) -> Iterator[Issue]:
    """A measure that nothing reads is a warning: it costs a scan, or an indicator forgot it."""
    scheme = context.scheme
    used: set[str] = set()
    for indicator in scheme.indicators.values():
        used.add(indicator.minimum_n.of if indicator.minimum_n is not None else "")
        used.add(indicator.shrink.n if indicator.shrink is not None else "")
        if indicator.denominate is not None:
            used.add(indicator.denominate.by)
        used.update(indicator.beside)
    for found, _ in context.formulas.values():
        if found is None:
            return  # what it would read is not known
        used.update(found.names)
    for index in scheme.indices.values():
        for adjustment in index.adjust:
            used.add(str(adjustment.when.get("measure", "")))
            used.update(_names(adjustment.formula))
    for target in scheme.targets.values():
        used.update((target.measure or "", (target.baseline.measure or "") if target.baseline is not None else ""))
        used.update(_names(target.formula))
    for id_ in scheme.measures:
        if id_ not in used:
            yield context.issue("unused_measure", T("基础量“{id}”没有用到", id=id_), "measures", id_, warning=True)


def _names(text: str | None) -> tuple[str, ...]:
    formula = formulas.read(text)[0] if text is not None else None
    return formula.names if formula is not None else ()


def _with_fact(context: Context) -> Iterator[tuple[str, Measure, Fact]]:
    for id_, measure in context.scheme.measures.items():
        if context.facts is not None and (fact := context.facts.get(measure.fact)) is not None:
            yield id_, measure, fact
