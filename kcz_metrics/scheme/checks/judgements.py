"""Weights that must fit their node: pairwise judgements of the analytic hierarchy, and bounds on shares of benefit of the doubt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from kcz_metrics.errors import Issue
from kcz_metrics.locales import T
from kcz_metrics.methods import WEIGHT
from kcz_metrics.methods.weight import ACCEPTED_RATIO, RECIPROCAL, consistency_ratio
from kcz_metrics.scheme.checking import Context
from kcz_metrics.scheme.document import Path
from kcz_metrics.scheme.models import Method, Node


def square_and_reciprocal(context: Context, parameters: Mapping[str, Any], path: Path) -> Iterator[Issue]:
    """Rows as long as there are rows, positive, and a_ji = 1/a_ij; the first cell that is not is told."""
    matrix = parameters.get("matrix")
    if not isinstance(matrix, (list, tuple)) or not all(isinstance(row, (list, tuple)) and all(map(_number, row)) for row in matrix):
        return
    n = len(matrix)
    for i, row in enumerate(matrix):
        if len(row) != n:
            found = T("第 {row} 行有 {n} 个数", row=i + 1, n=len(row))
            yield context.issue("ahp_matrix", T("判断矩阵须是方阵"), *path, "matrix", expected=T("{n} 个数", n=n), found=found)
            return
    for i in range(n):
        for j in range(i, n):
            a, b = matrix[i][j], matrix[j][i]
            if a <= 0 or b <= 0 or abs(a * b - 1) > RECIPROCAL:
                yield context.issue(
                    "ahp_matrix",
                    T("判断矩阵须为正，且互为倒数"),
                    *path,
                    "matrix",
                    expected=T("a{j}{i} = 1/a{i}{j}", i=i + 1, j=j + 1),
                    found=T("{a} 和 {b}", a=f"a{i + 1}{j + 1} = {a:g}", b=f"a{j + 1}{i + 1} = {b:g}"),
                )
                return


def judged_nodes(context: Context) -> Iterator[Issue]:
    """A matrix has a row for each child of the nodes it weighs; a consistency ratio above 0.1 is a warning."""
    for index_id, index in context.scheme.indices.items():
        here: Path = ("indices", index_id)
        told = False
        for node, path in [(index.tree, here), *((node, path) for node, path, _ in context.nodes(index_id, index))]:
            method = node.weights or index.weights
            if node.is_leaf or (matrix := _matrix(method)) is None:
                continue
            place = (*(path if node.weights is not None else here), "weights")
            if len(matrix) != len(node.children):
                yield context.issue(
                    "ahp_size",
                    T("节点 {node} 有 {n} 个下级，判断矩阵须同阶", node=node.id, n=len(node.children)),
                    *place,
                    "matrix",
                    found=T("{n} 阶", n=len(matrix)),
                    hint=T("给每个节点写自己的 weights") if node.weights is None else None,
                )
            elif node.weights is not None or not told:
                told = told or node.weights is None
                yield from _consistency(context, node, matrix, place)


def room_for_shares(context: Context) -> Iterator[Issue]:
    """As many times the bounds as the node has children must leave room for 1: a node without room would have no score at all."""
    for index_id, index in context.scheme.indices.items():
        here: Path = ("indices", index_id)
        for node, path in [(index.tree, here), *((node, path) for node, path, _ in context.nodes(index_id, index))]:
            method = node.weights or index.weights
            if node.is_leaf or method.method != "benefit_of_the_doubt":
                continue
            n, place = len(node.children), (*(path if node.weights is not None else here), "weights")
            for name, side, sign in (("minimum_share", 1, "≤"), ("maximum_share", -1, "≥")):
                share: Any = method.parameters.get(name)
                if _number(share) and 0 <= share <= 1 and side * (share * n - 1) > 1e-9:
                    yield context.issue(
                        "share_room",
                        T("节点 {node} 有 {n} 个下级，份额合不到 1", node=node.id, n=n),
                        *place,
                        name,
                        expected=T("{sign} {limit:g}", sign=sign, limit=1 / n),
                        found=T("{value}", value=share),
                        hint=T("给每个节点写自己的 weights") if node.weights is None else None,
                    )


def _consistency(context: Context, node: Node, matrix: np.ndarray, place: Path) -> Iterator[Issue]:
    ratio = consistency_ratio(matrix)
    if ratio <= ACCEPTED_RATIO:
        return
    w = WEIGHT["ahp"].kernel(np.zeros((1, len(matrix))), matrix=matrix)
    apart = np.abs(np.log(matrix * w[None, :] / w[:, None]))
    i, j = sorted(int(k) for k in np.unravel_index(np.argmax(apart), apart.shape))
    yield context.issue(
        "ahp_consistency",
        T("节点 {node} 的判断矩阵不够一致", node=node.id),
        *place,
        "matrix",
        expected=T("一致性比率至多 {limit}", limit=ACCEPTED_RATIO),
        found=T("{ratio:.3f}", ratio=ratio),
        hint=T(
            "先看 {a} 与 {b}：判断为 {given:.3g}，其余判断合起来是 {implied:.3g}",
            a=node.children[i].id,
            b=node.children[j].id,
            given=float(matrix[i, j]),
            implied=float(w[i] / w[j]),
        ),
        warning=True,
    )


def _matrix(method: Method) -> np.ndarray | None:
    """The comparisons of a method whose parameters are in order."""
    if method.method != "ahp":
        return None
    try:
        return np.array(WEIGHT["ahp"].parameters.model_validate(dict(method.parameters)).model_dump()["matrix"], float)
    except ValueError:
        return None


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
