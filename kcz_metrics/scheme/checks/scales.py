"""Scores that do not go together: on another scale than those beside them, negative where a method takes none, beyond the index's ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kcz_metrics.errors import Issue
from kcz_metrics.locales import T
from kcz_metrics.methods import AGGREGATE, NORMALISE, WEIGHT, MethodEntry
from kcz_metrics.scheme.checking import Context
from kcz_metrics.scheme.document import Path
from kcz_metrics.scheme.models import Index, Indicator, Method, Node

#: z-scores farther below their mean than so many standard deviations are hardly met.
_DEVIATIONS: Final = 3.0
#: Methods that compare units and give less than nothing to those that lose.
_BALANCES: Final = frozenset({"copeland"})


def off_the_scale(context: Context) -> Iterator[Issue]:
    """A node whose method has a scale of its own, beside siblings on the index's."""
    for index_id, index in context.scheme.indices.items():
        low, high = index.scale.lower, index.scale.upper
        for parent, _, _ in _inner(context, index_id, index):
            if parent.id in index.leaves or _method(parent, index) in _BALANCES:
                continue  # who beats whom does not depend on scales
            beside = next((child for child in parent.children if _on_scale(context, child, index)), None)
            for child in parent.children if beside is not None else ():
                entry = _own_scale(child, index)
                if entry is None:
                    continue
                onto = "on_scale" in entry.parameters.model_fields
                example = f"{{method: {entry.name}, on_scale: true}}"
                yield context.issue(
                    "off_the_scale",
                    T("节点 {node} 的得分不在指数的尺度上，却与 {sibling} 并列", node=child.id, sibling=beside.id),  # type: ignore[union-attr]
                    *_place(context, index_id, index, child, "aggregate"),
                    expected=T("{low:g} 至 {high:g}", low=low, high=high),
                    found=T("{method}：0 至 1", method=entry.name) if onto else T("{method}：胜负之差", method=entry.name),
                    hint=T("写成 {example}", example=example) if onto else T("只用在指数这一层，或给这个节点换别的方法"),
                    warning=True,
                )


def negative_scores(context: Context) -> Iterator[Issue]:
    """A method that refuses negative scores, above some that may be negative."""
    for index_id, index in context.scheme.indices.items():
        told: set[tuple[Path, str]] = set()
        for node, _, _ in _inner(context, index_id, index):
            source = next((why for child in node.children if (why := _below_nothing(context, child, index))), None)
            if source is None:
                continue
            for family, entries in (("aggregate", AGGREGATE), ("weights", WEIGHT)):
                method: Method = getattr(node, family) or getattr(index, family)
                entry = entries.get(method.method)
                place = _place(context, index_id, index, node, family)
                if entry is None or not entry.nonnegative or method.parameters.get("p") == 1 or (place, family) in told:
                    continue
                told.add((place, family))
                yield context.issue(
                    "negative_scores",
                    T("节点 {node} 的方法 {method} 不能用于负数，而下面的得分会有负数", node=node.id, method=method.method),
                    *place,
                    found=source,
                    hint=T("改用有界的标准化方法，或改用加权算术平均"),
                    warning=True,
                )


def marks_beyond(context: Context) -> Iterator[Issue]:
    """Marks of bands are given on the index's scale."""
    for index_id, index in context.scheme.indices.items():
        told = False
        for leaf in dict.fromkeys(index.leaves):
            indicator: Indicator | None = context.scheme.indicators.get(leaf)
            method = None if indicator is None else indicator.normalise or index.normalise
            if indicator is None or method is None or method.method != "bands" or (indicator.normalise is None and told):
                continue
            told = told or indicator.normalise is None
            low, high = float(index.scale.lower), float(index.scale.upper)
            beyond = [mark for mark in _marks(method) if not low <= mark <= high]
            if beyond:
                path = ("indicators", leaf, "normalise") if indicator.normalise is not None else ("indices", index_id, "normalise")
                yield context.issue(
                    "marks_beyond",
                    T("分档的得分超出指数 {index} 的尺度", index=index_id),
                    *path,
                    expected=T("{low:g} 至 {high:g}", low=low, high=high),
                    found=T("{values}", values=", ".join(f"{mark:g}" for mark in beyond)),
                    hint=T("改得分，或改指数的 scale"),
                    warning=True,
                )


def _marks(method: Method) -> Iterator[float]:
    steps: Any = method.parameters.get("steps")
    given = [step[1] for step in steps if isinstance(step, (list, tuple)) and len(step) == 2] if isinstance(steps, (list, tuple)) else []
    for mark in (*given, method.parameters.get("otherwise")):
        if isinstance(mark, (int, float)) and not isinstance(mark, bool):
            yield float(mark)


def _inner(context: Context, index_id: str, index: Index) -> Iterator[tuple[Node, Path, tuple[Node, ...]]]:
    """The inner nodes, the root with them."""
    yield index.tree, ("indices", index_id), ()
    yield from (found for found in context.nodes(index_id, index) if not found[0].is_leaf)


def _place(context: Context, index_id: str, index: Index, node: Node, family: str) -> Path:
    """Where the method that a node uses stands."""
    if getattr(node, family) is not None:
        for found, path, _ in context.nodes(index_id, index):
            if found is node:
                return (*path, family)
    return ("indices", index_id, family)


def _method(node: Node, index: Index) -> str:
    return (node.aggregate or index.aggregate).method


def _own_scale(node: Node, index: Index) -> MethodEntry | None:
    """The node's method where it has a scale of its own that is not the index's."""
    method = node.aggregate or index.aggregate
    entry = AGGREGATE.get(method.method)
    if node.is_leaf or entry is None or not entry.comparing or method.parameters.get("on_scale") is True:
        return None
    same = (index.scale.lower, index.scale.upper) == (0, 1) and entry.name not in _BALANCES
    return None if same else entry


def _on_scale(context: Context, node: Node, index: Index) -> bool:
    if node.is_leaf:
        entry = NORMALISE.get(method.method) if (method := _normalisation(context, node, index)) is not None else None
        return entry is not None and entry.bounded
    entry = AGGREGATE.get(_method(node, index))
    if entry is None or _own_scale(node, index) is not None:
        return False
    return entry.comparing or all(_on_scale(context, child, index) for child in node.children)


def _normalisation(context: Context, node: Node, index: Index) -> Method | None:
    indicator = context.scheme.indicators.get(node.id)
    return None if indicator is None else indicator.normalise or index.normalise


def _below_nothing(context: Context, node: Node, index: Index) -> Any:
    """Why scores of the node will be negative, None where nothing says so. A method that refuses negative ones gives none itself."""
    if not node.is_leaf:
        entry = AGGREGATE.get(_method(node, index))
        if entry is not None and entry.name in _BALANCES:
            return T("{node}：{method}，负者得负分", node=node.id, method=entry.name)
        if entry is None or entry.comparing or entry.nonnegative:
            return None
        return next((why for child in node.children if (why := _below_nothing(context, child, index))), None)
    method = _normalisation(context, node, index)
    entry = NORMALISE.get(method.method) if method is not None else None
    if method is None or entry is None:
        return None
    if entry.name == "zscore":
        mean, sd = (method.parameters.get(name, default) for name, default in (("mean", 0.0), ("sd", 1.0)))
        fits = all(isinstance(number, (int, float)) for number in (mean, sd))
        return T("{node}：zscore，均值 {mean:g}", node=node.id, mean=mean) if fits and mean < _DEVIATIONS * sd else None
    if entry.name == "none" and context.scheme.indicators[node.id].direction == "down":
        return T("{node}：none，越低越好者取负", node=node.id)
    if entry.bounded and not entry.on_scale and index.scale.lower < 0:
        return T("尺度下端 {low:g}", low=index.scale.lower)
    return None
