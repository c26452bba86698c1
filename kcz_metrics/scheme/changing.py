"""A changed scheme from a given one. The given one stays as it is."""

from __future__ import annotations

import math
from collections.abc import Mapping

from kcz_metrics.errors import Issue, SchemeError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.scheme.models import Index, Method, Node, Scheme

#: What a method can be changed for: an index's own, or a node's.
METHOD_KEYS = ("impute", "treat", "normalise", "weights", "aggregate")


def with_weights(scheme: Scheme, index_id: str, weights: Mapping[str, float]) -> Scheme:
    """The scheme with other weights at some nodes of an index; a multiplier of such a node is done away with.

    Raises SchemeError for an unknown index or node, a weight that is negative or not finite, or siblings that would all weigh 0.
    """
    index = _index(scheme, index_id)
    ids = [node.id for node in index.tree.walk() if node is not index.tree]
    issues = []
    for node, weight in weights.items():
        subject = f"indices.{index_id}.tree.{node}"
        if node not in ids:
            issues.append(Issue("unknown_node", T("树中没有“{id}”", id=node), subject=subject, hint=did_you_mean(node, ids)))
        elif not math.isfinite(weight) or weight < 0:
            issues.append(Issue("weight", T("权重不能为负，须有限"), subject=subject, found=T("{value}", value=weight)))
    if issues:
        raise SchemeError(issues)
    tree = _weighted(index.tree, weights)
    issues = [
        Issue("weights_zero", T("“{id}”之下的权重全为 0", id=parent.id), subject=f"indices.{index_id}.tree")
        for parent in tree.walk()
        if parent.children and not any(child.weight > 0 for child in parent.children)
    ]
    if issues:
        raise SchemeError(issues)
    return _with_index(scheme, index_id, index.model_copy(update={"tree": tree}))


def with_method(scheme: Scheme, index_id: str, key: str, method: Method, node: str | None = None) -> Scheme:
    """The scheme with another method for an index (``key`` of :data:`METHOD_KEYS`), or for one of its pillars (weights, aggregate)."""
    index = _index(scheme, index_id)
    if key not in (("weights", "aggregate") if node is not None else METHOD_KEYS):
        raise SchemeError(
            Issue("unknown_key", T("没有“{key}”这个键", key=key), subject=f"indices.{index_id}", hint=did_you_mean(key, METHOD_KEYS))
        )
    if node is None:
        return _with_index(scheme, index_id, index.model_copy(update={key: method}))
    pillars = [n.id for n in index.tree.walk() if not n.is_leaf and n is not index.tree]
    if node not in pillars:
        subject = f"indices.{index_id}.tree.{node}"
        raise SchemeError(Issue("unknown_node", T("树中没有“{id}”", id=node), subject=subject, hint=did_you_mean(node, pillars)))
    return _with_index(scheme, index_id, index.model_copy(update={"tree": _replaced(index.tree, node, {key: method})}))


def _index(scheme: Scheme, index_id: str) -> Index:
    if index_id not in scheme.indices:
        known = list(scheme.indices)
        raise SchemeError(
            Issue("unknown_index", T("没有指数“{id}”", id=index_id), subject="indices", expected=T("{names}", names=", ".join(known)),
                  hint=did_you_mean(index_id, known))
        )  # fmt: skip
    return scheme.indices[index_id]


def _with_index(scheme: Scheme, index_id: str, index: Index) -> Scheme:
    return scheme.model_copy(update={"indices": {**scheme.indices, index_id: index}})


def _weighted(node: Node, weights: Mapping[str, float]) -> Node:
    children = tuple(_weighted(child, weights) for child in node.children)
    own = {"weight": float(weights[node.id]), "multiplier": None} if node.id in weights else {}
    return node.model_copy(update={"children": children, **own})


def _replaced(node: Node, id_: str, update: Mapping[str, object]) -> Node:
    if node.id == id_:
        return node.model_copy(update=dict(update))
    return node.model_copy(update={"children": tuple(_replaced(child, id_, update) for child in node.children)})
