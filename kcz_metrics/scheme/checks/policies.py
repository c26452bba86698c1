"""Adjustments, selections and targets: what they name exists, and their numbers fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kcz_metrics.errors import Issue
from kcz_metrics.language import filters
from kcz_metrics.language import formula as formulas
from kcz_metrics.language.periods import is_period
from kcz_metrics.locales import T
from kcz_metrics.scheme.checking import Context
from kcz_metrics.scheme.document import Path
from kcz_metrics.scheme.models import Adjustment, Index


def of_file(context: Context, index: Index) -> bool:
    """Whether an index's values come from a file, whose columns stand in for measures and are not known before it is read."""
    leaves = [context.scheme.indicators.get(leaf) for leaf in index.leaves]
    return bool(leaves) and all(leaf is not None and leaf.formula is None for leaf in leaves)


def adjustments(context: Context) -> Iterator[Issue]:
    """Measures that rules name are there; of an index from a file they are columns of it."""
    for index_id, index in context.scheme.indices.items():
        path: Path = ("indices", index_id, "adjust")
        yield from _repeated(context, [a.id for a in index.adjust], path)
        for position, adjustment in enumerate(index.adjust):
            yield from _adjustment(context, adjustment, (*path, position), of_file(context, index))


def _adjustment(context: Context, adjustment: Adjustment, path: Path, from_file: bool) -> Iterator[Issue]:
    if adjustment.kind == "veto":
        if not adjustment.when:
            yield context.issue("adjust", T("veto 需要 when"), *path, expected=T("{example}", example="when: {measure: m, at_least: 1}"))
        if adjustment.formula is not None or adjustment.cap is not None:
            yield context.issue("adjust", T("veto 不计分，不能写 formula 和 cap"), *path)
    elif adjustment.formula is None:
        yield context.issue("adjust", T("{kind} 需要 formula", kind=adjustment.kind), *path)
    if adjustment.kind != "veto" and adjustment.effect is not None:
        yield context.issue("adjust", T("只有 veto 用 effect"), *path, "effect")
    if adjustment.when:
        measure = adjustment.when.get("measure")
        if not from_file or not isinstance(measure, str):
            yield from _measure(context, measure, (*path, "when", "measure"))
        for issue in filters.check({"measure": {k: v for k, v in adjustment.when.items() if k != "measure"}}, {"measure": "number"}):
            placed = context.issue(issue.code, issue.message, *path, "when", *issue.subject.split(".")[1:])
            yield replace(issue, place=placed.place, subject=placed.subject)
    yield from _formula(context, adjustment.formula, (*path, "formula"), not from_file)
    formula = formulas.read(adjustment.formula)[0] if adjustment.formula is not None else None
    if formula is not None and formula.periods_back:
        yield context.issue("adjust", T("调整项只看当期，不能用 previous 和 growth"), *path, "formula")


def targets(context: Context) -> Iterator[Issue]:
    for id_, target in context.scheme.targets.items():
        path: Path = ("targets", id_)
        if target.measure is not None:
            yield from _measure(context, target.measure, (*path, "measure"))
        yield from _formula(context, target.formula, (*path, "formula"))
        if target.measure is not None and target.formula is not None:
            yield context.issue("target", T("measure 和 formula 只能写一个"), *path)
        if (target.value is None) == (target.times_baseline is None):
            yield context.issue("target", T("目标要写 value 或 times_baseline 之一"), *path)
        if target.comparator == "range" and (target.upper is None or target.value is None or target.upper < target.value):
            yield context.issue("target", T("range 需要 value ≤ upper"), *path)
        if target.baseline is not None and target.baseline.period is not None and not is_period(target.baseline.period):
            yield context.issue(
                "period", T("不是评价期"), *path, "baseline", "period", found=T("{period}", period=target.baseline.period[:40])
            )
        yield from _where(context, target.where, (*path, "where"))


def _measure(context: Context, name: object, path: Path) -> Iterator[Issue]:
    known = context.known("measures")
    if name not in known:
        yield context.issue("unknown_measure", T("没有基础量“{name}”", name=name), *path, hint=context.nearest(str(name), sorted(known)))


def _formula(context: Context, text: str | None, path: Path, named: bool = True) -> Iterator[Issue]:
    """What is wrong with a formula; ``named`` asks that its names are measures."""
    if text is None:
        return
    formula, problems = formulas.read(text)
    for problem in problems or (formulas.check(formula, context.known("measures")) if formula is not None and named else problems):
        placed = context.issue(problem.code, problem.message, *path)
        yield replace(problem, place=placed.place, subject=placed.subject)


def _where(context: Context, where: object, path: Path) -> Iterator[Issue]:
    for issue in filters.check(where):
        placed = context.issue(issue.code, issue.message, *path, *issue.subject.split("."))
        yield replace(issue, place=placed.place, subject=placed.subject)


def _one_of(context: Context, id_: str, known: list[str], path: Path) -> Iterator[Issue]:
    if id_ not in known:
        yield context.issue(
            "unknown_id", T("没有“{id}”", id=id_), *path, expected=T("{names}", names=", ".join(known)), hint=context.nearest(id_, known)
        )


def _repeated(context: Context, ids: Iterable[str], path: Path) -> Iterator[Issue]:
    for id_, times in Counter(id_.lower() for id_ in ids).items():
        if times > 1:
            yield context.issue("repeated_id", T("代码“{id}”写了 {n} 次（不分大小写）", id=id_, n=times), *path, hint=T("换一个代码"))
