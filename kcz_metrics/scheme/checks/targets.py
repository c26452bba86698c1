"""Targets: something to count, a goal that fits the comparator, and measures that can be followed month by month."""

from __future__ import annotations

from collections.abc import Iterator

from kcz_metrics.errors import Issue
from kcz_metrics.language import filters
from kcz_metrics.language import formula as formulas
from kcz_metrics.locales import T
from kcz_metrics.scheme.checking import Context
from kcz_metrics.scheme.checks.units import RECORDED
from kcz_metrics.scheme.document import Path
from kcz_metrics.scheme.targets import Target

#: Aggregates that add up over the months of a year.
ADDS_UP = ("count", "sum")


def sources(context: Context) -> Iterator[Issue]:
    """Each target counts one thing: a measure, a formula, or something in the scorecards."""
    for id_, target in context.scheme.targets.items():
        path: Path = ("targets", id_)
        given = [name for name in ("measure", "formula", "counts") if getattr(target, name) is not None]
        if not given or (target.counts is not None and len(given) > 1):
            yield context.issue(
                "target_source",
                T("目标要写且只写 measure、formula、counts 之一"),
                *path,
                found=T("{names}", names=", ".join(given) or "—"),
            )
        yield from _counted(context, target, path)
        yield from _followed(context, target, path)


def _counted(context: Context, target: Target, path: Path) -> Iterator[Issue]:
    counts = target.counts
    if counts is None:
        return
    indices = context.scheme.indices
    if counts.unit is not None and counts.index is None and counts.level is None:
        if not any(index.unit == counts.unit for index in indices.values()):
            yield context.issue("target_counts", T("没有评价“{unit}”的指数", unit=counts.unit), *path, "counts", "unit")
        return
    if counts.unit is not None or counts.index is None or counts.level is None:
        yield context.issue("target_counts", T("counts 写 index 和 level，或只写 unit"), *path, "counts")
        return
    if counts.index not in context.known("indices"):
        hint = context.nearest(counts.index, sorted(indices))
        yield context.issue("unknown_index", T("没有指数“{name}”", name=counts.index), *path, "counts", "index", hint=hint)
        return
    index = indices.get(counts.index)
    levels = [level.id for level in index.tiers.levels] if index is not None and index.tiers is not None else []
    if index is not None and counts.level not in levels:
        hint = context.nearest(counts.level, levels)
        yield context.issue("unknown_id", T("没有层级“{id}”", id=counts.level), *path, "counts", "level", hint=hint)


def _followed(context: Context, target: Target, path: Path) -> Iterator[Issue]:
    """Every month through the year has a value: counts and sums of the months add up, states are read at a month's end."""
    names = [target.measure] if target.measure is not None else []
    formula = formulas.read(target.formula)[0] if target.formula is not None else None
    if formula is not None:
        names += formula.names
        if formula.periods_back:
            yield context.issue("target_formula", T("目标逐月累计，不能用 previous 和 growth"), *path, "formula")
    for name in names:
        measure = context.scheme.measures.get(name)
        if measure is None:
            continue
        if measure.window == "period" and measure.agg not in (*ADDS_UP, "latest"):
            yield context.issue(
                "target_measure",
                T("{agg} 不能逐月相加，目标不能用基础量“{name}”", agg=measure.agg, name=name),
                *path,
                expected=T("count 或 sum，或 window 为 at_end、to_date 等时点量"),
            )
        fact = context.facts.get(measure.fact) if context.facts is not None else None
        if (
            target.unit in RECORDED
            and target.per_unit
            and fact is not None
            and target.unit not in fact.units
            and target.unit not in measure.unit_key
        ):
            message = T("事实表 {fact} 不知道属于哪个 {unit}", fact=measure.fact, unit=target.unit)
            known = T("{names}", names=", ".join(fact.units)) if fact.units else None
            yield context.issue("unit_key", message, *path, expected=known)


def goals(context: Context) -> Iterator[Issue]:
    """Unit, upper end, baseline and the filter of units fit together."""
    for id_, target in context.scheme.targets.items():
        path: Path = ("targets", id_)
        if target.unit not in RECORDED:
            known = T("{names}", names=", ".join(RECORDED))
            hint = context.nearest(target.unit, RECORDED)
            yield context.issue(
                "unknown_unit", T("记录里没有“{unit}”这种评价对象", unit=target.unit), *path, "unit", expected=known, hint=hint
            )
        elif context.units is not None and target.unit in context.units:
            for issue in filters.check(target.where, context.units[target.unit].columns):
                yield context.issue(issue.code, issue.message, *path, "where", *issue.subject.split("."))
        if target.upper is not None and target.comparator != "range":
            yield context.issue("target", T("只有 range 用 upper"), *path, "upper")
        given = target.baseline
        if (target.times_baseline is None) != (given is None):
            yield context.issue("target", T("times_baseline 与 baseline 要一起写"), *path)
        if given is not None and given.date is None and given.period is None and given.value is None and given.measure is None:
            example = T("{example}", example="baseline: {date: 2021-12-31}")
            yield context.issue("target", T("baseline 要写 value、measure、date 或 period"), *path, "baseline", expected=example)
        if given is not None and given.measure is not None and given.measure not in context.known("measures"):
            hint = context.nearest(given.measure, sorted(context.known("measures")))
            yield context.issue("unknown_measure", T("没有基础量“{name}”", name=given.measure), *path, "baseline", "measure", hint=hint)


def told(context: Context) -> Iterator[Issue]:
    """Where asked for: every target has its name and its definition in both languages."""
    if not context.strict:
        return
    for id_, target in context.scheme.targets.items():
        for key in ("name", "definition"):
            text = getattr(target, key)
            if text is None or not text.zh.strip() or not text.en.strip() or any("\u4e00" <= c <= "\u9fff" for c in text.en):
                example = T("{example}", example=f"{key}: {{zh: …, en: …}}")
                yield context.issue("name", T("目标要有中文和英文的 {key}", key=key), "targets", id_, key, expected=example)
