"""Weights that stand in for the scheme's own: checked, and brought in without touching the scheme."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from kcz_metrics.errors import Issue, ScoringError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.scheme.models import Index, Node

#: Node id to weight within its parent; or the name of one of the index's weight sets.
Weights = Mapping[str, float] | str


def weigher(index: Index, weights: Weights | None) -> Callable[[Node], float]:
    """Weight of a node: the one given, else the scheme's.

    Raises ScoringError for unknown nodes or weight sets, negative or non-finite weights, and a parent whose children weigh nothing."""
    if isinstance(weights, str):
        if weights not in index.weight_sets:
            raise ScoringError(
                Issue(
                    "unknown_weight_set",
                    T("指数 {index} 没有名为 {name} 的权重方案", index=index.id, name=weights),
                    hint=did_you_mean(weights, list(index.weight_sets)),
                )
            )
        weights = index.weight_sets[weights]
    given = dict(weights or {})
    nodes = {node.id: node for node in index.tree.walk()}
    issues = [
        Issue("unknown_node", T("指数 {index} 中没有节点 {node}", index=index.id, node=name), hint=did_you_mean(name, list(nodes)))
        for name in given
        if name not in nodes
    ]
    issues += [
        Issue("bad_weight", T("节点 {node} 的权重须为不小于零的数", node=name), found=T("{value}", value=value))
        for name, value in given.items()
        if not (np.isfinite(value) and value >= 0)
    ]

    def weigh(node: Node) -> float:
        return float(given.get(node.id, node.weight))

    if not issues:
        issues = [
            Issue("zero_weights", T("节点 {node} 之下的权重不能全为零", node=node.id))
            for node in nodes.values()
            if node.children and sum(weigh(child) for child in node.children) <= 0
        ]
    if issues:
        raise ScoringError(issues)
    return weigh
