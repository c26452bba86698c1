"""Tiers: levels of one form, best first; what rules name exists; numbers that belong together fit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from kcz_metrics.errors import Issue
from kcz_metrics.language.periods import is_period
from kcz_metrics.locales import T
from kcz_metrics.scheme.checking import Context
from kcz_metrics.scheme.checks.policies import _one_of, _repeated
from kcz_metrics.scheme.checks.units import columns_of
from kcz_metrics.scheme.document import Path
from kcz_metrics.scheme.models import Index, Tiers

#: What a level may be given by; one of these in all levels of an index.
FORMS: Final = ("seats", "share", "at_least", "of_mean")


def tiers(context: Context) -> Iterator[Issue]:
    """Levels have places or thresholds, best first; rules name levels, pillars and grades there are."""
    for index_id, index in context.scheme.indices.items():
        given = index.tiers
        if given is None:
            continue
        path: Path = ("indices", index_id, "tiers")
        levels, pillars = [x.id for x in given.levels], [n.id for n in index.tree.walk() if not n.is_leaf]
        yield from _repeated(context, levels, (*path, "levels"))
        yield from _levels(context, given, path)
        if given.start is not None and given.start.period is not None and not is_period(given.start.period):
            yield context.issue("period", T("不是评价期"), *path, "start", "period", found=T("{period}", period=given.start.period[:40]))
        for level in given.entry:
            yield from _one_of(context, level, levels, (*path, "entry", level))
        for level, rule in given.rules.items():
            if rule.candidate is not None:
                for node in (rule.candidate.pillar, *rule.candidate.minimum):
                    yield from _one_of(context, node, pillars, (*path, level, "candidate"))
                if rule.rise != "decision":
                    yield context.issue("tiers", T("candidate 与 rise: decision 一起写"), *path, level, "candidate")
            if rule.ballot is not None and "decision" not in (rule.rise, rule.fall):
                yield context.issue("tiers", T("ballot 与 rise: decision 或 fall: decision 一起写"), *path, level, "ballot")
            if rule.ballot is not None and rule.ballot.quorum > rule.ballot.members:
                yield context.issue("tiers", T("ballot 的 quorum 不超过 members"), *path, level, "ballot", "quorum")
        grades = [g.id for g in given.grades]
        yield from _repeated(context, grades, (*path, "grades"))
        if given.exit is not None:
            yield from _one_of(context, given.exit.grade_below, grades, (*path, "exit", "grade_below"))
        yield from _columns(context, index, given, path)
        yield from _numbers(context, given, path)


def _levels(context: Context, given: Tiers, path: Path) -> Iterator[Issue]:
    levels, where = given.levels, (*path, "levels")
    used = [form for form in FORMS if any(getattr(x, form) is not None for x in levels)]
    falling = {form: [v for x in levels if (v := getattr(x, form)) is not None] for form in used if form in ("at_least", "of_mean")}
    if len(used) > 1 and used == ["seats", "at_least"]:
        yield context.issue("tiers", T("层级或按 seats、或按 at_least，不能混写"), *where)
    elif len(used) > 1:
        yield context.issue("tiers", T("层级只按一种方式划分"), *where, found=T("{names}", names=", ".join(used)))
    for form, values in falling.items():
        if len(used) == 1 and (any(b >= a for a, b in pairwise(values)) or any(getattr(x, form) is None for x in levels[:-1])):
            found = T("{values}", values=", ".join(map(str, values)))
            yield context.issue("tiers", T("层级由高到低写，{key} 逐级减小", key=form), *where, found=found)
    if used == ["seats"] and any(x.seats is None for x in levels):
        yield context.issue("tiers", T("每个层级都要写 seats"), *where)
    if used == ["share"] and any(x.share is None for x in levels[:-1]):
        yield context.issue("tiers", T("除最后一级外，每个层级都要写 share"), *where)
    if used == ["share"] and sum(x.share or 0 for x in levels) > 1 + 1e-9:
        yield context.issue("tiers", T("各层级的 share 合计不超过 1"), *where)
    for number, level in enumerate(levels[1:-1], 1):
        # moves go from a level to the next: nobody can pass one that holds nobody
        if given.remembers and level.seats == 0:
            said, hint = T("层级 {level} 没有席位，上下两级之间不能升降", level=level.id), T("给它席位，或删去这一级")
            yield context.issue("tiers", said, *where, number, "seats", hint=hint, warning=True)
    if levels and not used and given.breaks is None:
        yield context.issue("tiers", T("层级要有 seats 或 at_least"), *where)
    if used and given.breaks is not None:
        yield context.issue("tiers", T("写了 breaks，层级就不再写数"), *where)
    if given.remembers and (given.breaks is not None or used in (["share"], ["of_mean"])):
        yield context.issue("tiers", T("promote 和 demote 只用于按 seats 或 at_least 划分的层级"), *where)
    if given.reference is not None and used != ["of_mean"]:
        yield context.issue("tiers", T("reference 只用于按 of_mean 划分的层级"), *path, "reference")


def _columns(context: Context, index: Index, given: Tiers, path: Path) -> Iterator[Issue]:
    """Of units in a file the columns are not known before it is read."""
    known = columns_of(context, index.unit)
    named = (("balance", given.balance and given.balance.by), ("bottom", given.bottom and given.bottom.by))
    for key, column in named:
        if column and known is not None:
            yield from _one_of(context, column, list(known), (*path, key, "by"))


def _numbers(context: Context, given: Tiers, path: Path) -> Iterator[Issue]:
    if given.start is not None and given.start.file is not None and given.start.by is not None:
        yield context.issue("tiers", T("start 或写 by、或写 file"), *path, "start")
    if given.smooth is not None and given.smooth.now <= 0:
        yield context.issue("tiers", T("smooth 的 now 须大于 0"), *path, "smooth", "now")
    fixed = [float(given.entry[level.id]) for level in given.levels if level.id in given.entry]
    if any(b >= a for a, b in pairwise(fixed)):
        yield context.issue("tiers", T("entry 由高到低逐级减小"), *path, "entry", found=T("{values}", values=", ".join(map(str, fixed))))
    limits = given.limits
    if limits is not None and limits.balanced and any(level.seats is None for level in given.levels):
        yield context.issue("tiers", T("limits.balanced 需要每个层级都写 seats"), *path, "limits", "balanced")
    seats = sum(level.seats or 0 for level in given.levels)
    if given.balance is not None and seats and sum(given.balance.minimum.values()) > seats:
        yield context.issue("tiers", T("balance 的下限合计多于席位"), *path, "balance", "minimum", found=T("{n}", n=seats))
    months = given.exit.rectify_months if given.exit is not None else None
    if months is not None and months[0] > months[1]:
        yield context.issue("tiers", T("rectify_months 先写最短、再写最长"), *path, "exit", "rectify_months")
    if given.bottom is not None and given.bottom.times > given.bottom.within:
        yield context.issue("tiers", T("bottom 应有 times ≤ within"), *path, "bottom", "times")
    bars = [grade.at_least for grade in given.grades]
    known = [bar for bar in bars if bar is not None]
    if any(b >= a for a, b in pairwise(known)) or None in bars[:-1]:
        yield context.issue("tiers", T("等次由高到低写，at_least 逐级减小，最后一等可不写"), *path, "grades")
    up, down = given.promote, given.demote
    if up is not None and down is not None and up.margin + down.margin == 0:
        hint = T("写 promote.margin 或 demote.margin")
        yield context.issue("tiers", T("升降两条线重合，层级会来回变动"), *path, hint=hint, warning=True)
