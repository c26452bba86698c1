"""Trees and weights: every leaf an indicator, weights that can be used, and lists that name nodes there are."""

from __future__ import annotations

import math
from collections.abc import Iterator

from kcz_metrics.errors import Issue
from kcz_metrics.locales import T
from kcz_metrics.scheme.checking import Context
from kcz_metrics.scheme.checks.circles import circles, way_round
from kcz_metrics.scheme.document import Path
from kcz_metrics.scheme.models import Index


def known_leaves(context: Context) -> Iterator[Issue]:
    """A leaf names an indicator; an index cannot stand in a tree."""
    indicators, indices = context.known("indicators"), context.known("indices")
    for index_id, index in context.scheme.indices.items():
        for node, path, above in context.nodes(index_id, index):
            if (
                not node.is_leaf
                or node.id in indicators
                or node.id.lower() in (a.id.lower() for a in above)
                or _children_refused(context, path)
            ):
                continue
            if node.id in indices:
                yield context.issue("index_in_tree", T("指数“{id}”不能放进树里", id=node.id), *path, hint=T("把它的指标写进来"))
            else:
                hint = context.nearest(node.id, sorted(indicators))
                yield context.issue("unknown_indicator", T("没有指标“{id}”", id=node.id), *path, hint=hint)


def index_circles(context: Context) -> Iterator[Issue]:
    """Indices that stand in one another's trees, told once for each knot of circles."""
    indices = context.scheme.indices
    edges = {id_: [leaf for leaf in index.leaves if leaf in indices and leaf != id_] for id_, index in indices.items()}
    found, told = circles(edges), set[str]()
    for id_ in edges:
        if id_ in found and id_ not in told:
            told |= found[id_]
            message = T("指数互相包含成了圈：{chain}", chain=way_round(id_, edges))
            yield context.issue("circle", message, "indices", id_, "tree")


def leaf_keys(context: Context) -> Iterator[Issue]:
    """How children are put together is said where there are children."""
    for index_id, index in context.scheme.indices.items():
        for node, path, _ in context.nodes(index_id, index):
            if not node.is_leaf or _children_refused(context, path):
                continue
            for key in ("aggregate", "weights", "children_coverage"):
                if getattr(node, key) is not None:
                    yield context.issue("leaf_key", T("“{id}”没有下级，不能写 {key}", id=node.id, key=key), *path, key)


def weights(context: Context) -> Iterator[Issue]:
    """Weights are finite and not negative, and at least one under each parent is above 0."""
    for index_id, index in context.scheme.indices.items():
        tree: Path = ("indices", index_id, "tree")
        parents = [(index.tree, tree), *((n, (*p, "children")) for n, p, _ in context.nodes(index_id, index) if not n.is_leaf)]
        for parent, path in parents:
            bad = [c for c in parent.children if not math.isfinite(c.weight) or c.weight < 0]
            for child in bad:
                yield context.issue("weight", T("权重不能为负，须有限"), *path, child.id, found=T("{value}", value=child.weight))
            if not bad and parent.children and not any(child.weight > 0 for child in parent.children):
                yield context.issue("weights_zero", T("“{id}”之下的权重全为 0", id=parent.id), *path, hint=T("至少给一个下级正的权重"))


def weight_sets(context: Context) -> Iterator[Issue]:
    """Named alternatives give weights to nodes there are; those not named keep their own."""
    for index_id, index in context.scheme.indices.items():
        ids = _node_ids(index)
        for position, rule in enumerate(index.weight_rules):
            if rule.set not in index.weight_sets:
                path = ("indices", index_id, "weight_rules", position, "set")
                hint = context.nearest(rule.set, list(index.weight_sets))
                yield context.issue("unknown_weight_set", T("没有权重方案“{id}”", id=rule.set), *path, hint=hint)
        for name, given in index.weight_sets.items():
            here = ("indices", index_id, "weight_sets", name)
            for node, weight in given.items():
                if node not in ids:
                    yield context.issue("unknown_node", T("树中没有“{id}”", id=node), *here, node, hint=context.nearest(node, ids))
                if not math.isfinite(weight) or weight < 0:
                    yield context.issue("weight", T("权重不能为负，须有限"), *here, node, found=T("{value}", value=weight))
            for parent in index.tree.walk():
                children = parent.children
                if children and any(c.id in given for c in children) and not any(given.get(c.id, c.weight) > 0 for c in children):
                    yield context.issue("weights_zero", T("“{id}”之下的权重全为 0", id=parent.id), *here, hint=T("至少给一个下级正的权重"))


def screened_nodes(context: Context) -> Iterator[Issue]:
    """``required`` and the ladder of ties name nodes of the tree; a unit is not both taken in and left out."""
    for index_id, index in context.scheme.indices.items():
        ids = _node_ids(index)
        here = ("indices", index_id)
        for position, node in enumerate(index.screen.required if index.screen else ()):
            if node not in ids:
                path = (*here, "screen", "required", position)
                yield context.issue("unknown_node", T("树中没有“{id}”", id=node), *path, hint=context.nearest(node, ids))
        for position, node in enumerate(index.rank.tie_break):
            if node not in ids:
                path = (*here, "rank", "tie_break", position)
                yield context.issue("unknown_node", T("树中没有“{id}”", id=node), *path, hint=context.nearest(node, ids))
        if index.screen is not None:
            both = {o.unit for o in index.screen.include} & {o.unit for o in index.screen.exclude}
            for unit in sorted(both):
                yield context.issue("include_exclude", T("“{unit}”既在 include 又在 exclude", unit=unit), *here, "screen", "exclude")


def indices_there(context: Context) -> Iterator[Issue]:
    """A scheme without an index ranks nothing."""
    if not context.known("indices"):
        yield context.issue(
            "no_index", T("方案里没有指数"), "indices", expected=T("{example}", example="indices: {my_index: {unit: city, tree: {…}}}")
        )


def unused_indicators(context: Context) -> Iterator[Issue]:
    """An indicator that stands in no tree is a warning."""
    used = {node.id for index in context.scheme.indices.values() for node in index.tree.walk()}
    broken = context.known("indices") - set(context.scheme.indices)
    for id_ in () if broken else context.scheme.indicators:
        if id_ not in used:
            yield context.issue("unused_indicator", T("指标“{id}”没有放进任何指数", id=id_), "indicators", id_, warning=True)


def _node_ids(index: Index) -> list[str]:
    return [node.id for node in index.tree.walk() if node is not index.tree]


def _children_refused(context: Context, path: Path) -> bool:
    """Whether the text has children here that could not be read: the node is a leaf only because of that."""
    return context.document is not None and (*path, "children") in context.document.lines
