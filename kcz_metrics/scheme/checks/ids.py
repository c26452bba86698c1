"""Ids: unique ignoring case, and no word of the formula language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kcz_metrics.errors import Issue
from kcz_metrics.language.functions import FUNCTIONS
from kcz_metrics.locales import T
from kcz_metrics.scheme.checking import Context
from kcz_metrics.scheme.document import Path


def unique_ids(context: Context) -> Iterator[Issue]:
    """Measures and indicators share one name space, indices another, the nodes of a tree a third."""
    scheme = context.scheme
    yield from _repeated(context, [("measures", id_) for id_ in scheme.measures] + [("indicators", id_) for id_ in scheme.indicators])
    yield from _repeated(context, [("indices", id_) for id_ in scheme.indices])
    for section in ("selections", "targets"):
        yield from _repeated(context, [(section, id_) for id_ in getattr(scheme, section)])


def node_ids(context: Context) -> Iterator[Issue]:
    """A node stands once in its tree, its index's id included; a pillar does not bear the id of an indicator."""
    for index_id, index in context.scheme.indices.items():
        nodes = list(context.nodes(index_id, index))
        paths: list[Path] = [("indices", index_id)]
        for node, path, above in nodes:
            if node.id.lower() in (up.id.lower() for up in above):
                yield context.issue("circle", T("“{id}”在自己的下级里", id=node.id), *path, hint=T("换一个代码，或从下级中去掉"))
            else:
                paths.append(path)
            if not node.is_leaf and node.id in context.known("indicators"):
                yield context.issue("pillar_id", T("“{id}”已是指标的代码，不能再作维度的代码", id=node.id), *path)
        yield from _repeated(context, paths, T("一个指标或维度在一棵树中只能出现一次"))


def reserved_ids(context: Context) -> Iterator[Issue]:
    """A measure named as a function could not be told from it in a formula."""
    for id_ in context.scheme.measures:
        if id_.lower() in FUNCTIONS:
            yield context.issue("reserved_id", T("“{id}”是公式里的函数，不能作基础量的代码", id=id_), "measures", id_)


def _repeated(context: Context, paths: Iterable[Path], hint: object = None) -> Iterator[Issue]:
    first: dict[str, Path] = {}
    for path in paths:
        id_ = str(path[-1])
        before = first.setdefault(id_.lower(), path)
        if before != path:
            where = context.document.at(before) if context.document else ".".join(map(str, before))
            yield context.issue(
                "repeated_id",
                T("代码“{id}”与 {where} 的“{other}”重复（不分大小写）", id=id_, where=where, other=before[-1]),
                *path,
                hint=hint or T("换一个代码"),  # type: ignore[arg-type]
            )
