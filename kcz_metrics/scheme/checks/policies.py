"""Adjustments, tiers, selections and targets: what they name exists, and their numbers fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

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


def tiers(context: Context) -> Iterator[Issue]:
    """Levels have places or thresholds, best first; rules name levels, pillars and grades there are."""
    for index_id, index in context.scheme.indices.items():
        given = index.tiers
        if given is None:
            continue
        path: Path = ("indices", index_id, "tiers")
        levels, pillars = [x.id for x in given.levels], [n.id for n in index.tree.walk() if not n.is_leaf]
        yield from _repeated(context, levels, (*path, "levels"))
        yield from _levels(context, index, path)
        if given.start is not None and given.start.period is not None and not is_period(given.start.period):
            yield context.issue("period", T("不是评价期"), *path, "start", "period", found=T("{period}", period=given.start.period[:40]))
        for level in given.entry:
            yield from _one_of(context, level, levels, (*path, "entry", level))
        for level, rule in given.rules.items():
            if rule.candidate is not None:
                for node in (rule.candidate.pillar, *rule.candidate.minimum):
                    yield from _one_of(context, node, pillars, (*path, level, "candidate"))
        grades = [g.id for g in given.grades]
        yield from _repeated(context, grades, (*path, "grades"))
        if given.exit is not None:
            yield from _one_of(context, given.exit.grade_below, grades, (*path, "exit", "grade_below"))


def _levels(context: Context, index: Index, path: Path) -> Iterator[Issue]:
    assert index.tiers is not None
    levels = index.tiers.levels
    by_score = [x.at_least for x in levels if x.at_least is not None]
    by_seats = [x for x in levels if x.seats is not None]
    if by_score and by_seats:
        yield context.issue("tiers", T("层级或按 seats、或按 at_least，不能混写"), *path, "levels")
    elif by_score and (any(b >= a for a, b in pairwise(by_score)) or any(x.at_least is None for x in levels[:-1])):
        yield context.issue(
            "tiers", T("层级由高到低写，at_least 逐级减小"), *path, "levels", found=T("{values}", values=", ".join(map(str, by_score)))
        )
    elif by_seats and len(by_seats) < len(levels):
        yield context.issue("tiers", T("每个层级都要写 seats"), *path, "levels")
    elif levels and not by_seats and not by_score:
        yield context.issue("tiers", T("层级要有 seats 或 at_least"), *path, "levels")


def selections(context: Context) -> Iterator[Issue]:
    for id_, selection in context.scheme.selections.items():
        path: Path = ("selections", id_)
        yield from _one_of(context, selection.index, sorted(context.known("indices")), (*path, "index"))
        seats = selection.seats
        if not (seats.minimum or 0) <= seats.target <= (seats.maximum if seats.maximum is not None else seats.target):
            yield context.issue("seats", T("应有 minimum ≤ target ≤ maximum"), *path, "seats")
        for key in ("at_most", "at_least"):
            for position, quota in enumerate(getattr(selection, key)):
                if (quota.by is None) == (not quota.where):
                    yield context.issue("quota", T("名额要写 by 或 where 之一"), *path, key, position)
                yield from _where(context, quota.where, (*path, key, position, "where"))
        yield from _where(context, selection.eligible.where, (*path, "eligible", "where"))


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
