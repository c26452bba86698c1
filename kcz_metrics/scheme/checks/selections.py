"""Selections: what they name exists, each quota says whom it is for, and the seats that quotas keep are no more than there are."""

from __future__ import annotations

from collections.abc import Iterator

from kcz_metrics.errors import Issue
from kcz_metrics.locales import T
from kcz_metrics.scheme.checking import Context
from kcz_metrics.scheme.checks.policies import _one_of, _where
from kcz_metrics.scheme.document import Path
from kcz_metrics.scheme.selections import ATTRIBUTES, CLASSES, OWN, Quota, Selection


def selections(context: Context) -> Iterator[Issue]:
    for id_, selection in context.scheme.selections.items():
        path: Path = ("selections", id_)
        yield from _one_of(context, selection.index, sorted(context.known("indices")), (*path, "index"))
        seats = selection.seats
        if not seats.fewest <= seats.target <= seats.most:
            yield context.issue("seats", T("应有 minimum ≤ target ≤ maximum"), *path, "seats")
        for key in ("at_most", "at_least"):
            for position, quota in enumerate(getattr(selection, key)):
                yield from _quota(context, quota, (*path, key, position))
        yield from _kept(context, selection, path)
        yield from _where(context, selection.eligible.where, (*path, "eligible", "where"))
        share = selection.eligible.evidence_share
        for class_ in share.classes if share else ():
            yield from _one_of(context, class_, list(CLASSES), (*path, "eligible", "evidence_share", "classes"))
        for position, units in enumerate(selection.conflicts):
            if len(set(units)) < 2:
                yield context.issue("conflict", T("互斥要写两个或更多不同的对象"), *path, "conflicts", position)
        yield from _columns(context, selection, path)


def _quota(context: Context, quota: Quota, path: Path) -> Iterator[Issue]:
    if (quota.by is None) == (not quota.where):
        yield context.issue("quota", T("名额要写 by 或 where 之一"), *path)
    if quota.values and quota.by is None:
        yield context.issue("quota", T("values 是 by 的取值，须与 by 同写"), *path, "values")
    yield from _where(context, quota.where, (*path, "where"))


def _kept(context: Context, selection: Selection, path: Path) -> Iterator[Issue]:
    """The values of one column exclude each other, so their least seats add up."""
    most = selection.seats.most
    for position, quota in enumerate(selection.at_least):
        kept = quota.seats * max(1, len(quota.values))
        if kept > most:
            yield context.issue(
                "seats_kept", T("保底名额合计超过总名额"), *path, "at_least", position,
                expected=T("至多 {most}", most=most), found=T("{value}", value=kept),
            )  # fmt: skip


def _columns(context: Context, selection: Selection, path: Path) -> Iterator[Issue]:
    """Columns that records give; those of a file are not known here."""
    index = context.scheme.indices.get(selection.index)
    if index is None or context.facts is None or context.units is None or index.unit not in context.units:
        return
    known = {*context.units[index.unit].columns, *OWN}
    if index.unit in ATTRIBUTES:
        known |= set(context.facts[ATTRIBUTES[index.unit]].columns)
    for key in ("at_most", "at_least"):
        for position, quota in enumerate(getattr(selection, key)):
            for column in (*([quota.by] if quota.by else ()), *quota.where):
                yield from _one_of(context, column, sorted(known), (*path, key, position))
    for column in selection.eligible.where:
        yield from _one_of(context, column, sorted(known), (*path, "eligible", "where"))
    for column in selection.prefer:
        yield from _one_of(context, column, sorted(known), (*path, "prefer"))
    nodes = {node.id for node in index.tree.walk()}
    for name in selection.ties:
        yield from _one_of(context, name, sorted(known | nodes), (*path, "ties"))
