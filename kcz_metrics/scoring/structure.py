"""An index turned into arrays: where each node stands, what it is made of, and which indicators a method treats in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from pydantic import ValidationError

from kcz_metrics.errors import Issue, SchemeError
from kcz_metrics.locales import T
from kcz_metrics.methods import AGGREGATE, IMPUTE, NORMALISE, TRANSFORMS, TREAT, WEIGHT, Array, Flags, MethodEntry, Positions, look_up
from kcz_metrics.methods.statistics import complete
from kcz_metrics.scheme.models import Index, Indicator, Method, Node, Scheme


@dataclass(frozen=True)
class Chosen:
    """A method with its checked parameters, as keyword arguments of the kernel."""

    entry: MethodEntry
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Batch:
    """Indicators (columns) that one call of a kernel serves. ``over`` and ``base`` name the pool they are compared with."""

    entry: MethodEntry
    columns: Positions
    parameters: Mapping[str, Any]
    over: str = "period"
    base: str | None = None


@dataclass(frozen=True)
class Branch:
    """An inner node: the positions of its children, their columns where all are leaves, their weights as shares, and how they are put
    together."""

    node: int
    children: Positions
    columns: Positions | None
    given: Array
    aggregate: Chosen
    weights: Chosen
    coverage: float


@dataclass(frozen=True)
class Structure:
    """``nodes`` in the order of the file, the index first; ``parent`` -1 for it. ``leaves`` gives the node of each indicator, ``below``
    (node, leaf) says which leaves lie under which node. ``branches`` come children first."""

    index: Index
    nodes: tuple[str, ...]
    parent: Positions
    leaves: Positions
    below: Flags
    branches: tuple[Branch, ...]
    indicators: tuple[Indicator, ...]
    up: Flags
    impute: tuple[Batch, ...]
    treat: tuple[Batch, ...]
    normalise: tuple[Batch, ...]

    def but(self, **changes: Any) -> Structure:
        """The structure with some fields changed, nothing that was worked out from them: ``dataclasses.replace`` at a tenth of its cost."""
        if not changes.keys() <= _FIELDS:
            raise TypeError(f"not fields of a structure: {sorted(changes.keys() - _FIELDS)}")
        copy, held = object.__new__(Structure), self.__dict__
        copy.__dict__.update({name: held[name] for name in _FIELDS}, **changes)
        return copy

    @property
    def indicator_ids(self) -> tuple[str, ...]:
        return tuple(self.nodes[i] for i in self.leaves)

    def position(self, node: str) -> int:
        return self.nodes.index(node)

    @cached_property
    def lying_below(self) -> Array:
        """``below`` as numbers, (leaf, node): a product with it adds up what lies under each node."""
        return np.ascontiguousarray(self.below.T.astype(float))

    @cached_property
    def given_weights(self) -> tuple[Array, Array]:
        """:func:`spread_down` of the weights as given, where everything applies: the same for every unit and run."""
        return spread_down(self, [branch.given for branch in self.branches], None)


_FIELDS = frozenset(field.name for field in fields(Structure))


def spread_down(structure: Structure, weights: Sequence[Array], some: Array | None) -> tuple[Array, Array]:
    """Weight within the parent and effective weight of every node; ``some`` (unit, node) is what each unit's weights are multiplied by."""
    within = np.zeros((1 if some is None else len(some), len(structure.nodes)))
    within[:, 0] = 1.0
    for branch, weight in zip(structure.branches, weights, strict=True):
        part = weight if weight is branch.given or complete(weight) else np.where(np.isnan(weight), 0.0, weight)
        if some is not None:
            part = part * some[:, branch.children]
        if not branch.weights.entry.absolute:
            whole = part.sum(axis=-1, keepdims=True)
            part = part / np.where(whole == 0, 1.0, whole)
        within[:, branch.children] = part
    effective = within.copy()
    for branch in reversed(structure.branches):  # from the top
        effective[:, branch.children] *= effective[:, [branch.node]]
    return within, effective


def choose(entries: Mapping[str, MethodEntry], method: Method, subject: str) -> Chosen:
    """The entry and its parameters. Raises SchemeError for an unknown name or parameters that do not fit."""
    entry = look_up(entries, method.method, subject)
    try:
        checked = entry.parameters.model_validate(dict(method.parameters))
    except ValidationError as error:
        raise SchemeError(
            Issue(
                "method_parameters",
                T("方法 {name} 的参数不合要求：{detail}", name=entry.name, detail="; ".join(_said(e) for e in error.errors())),
                subject=subject,
            )
        ) from error
    return Chosen(entry, {name: getattr(checked, name) for name in type(checked).model_fields})


def _said(error: Any) -> str:
    return ": ".join(filter(None, (".".join(str(part) for part in error["loc"]), error["msg"])))


def _transformed(value: float, indicator: Indicator, subject: str) -> float:
    """A goalpost in the value's own unit, brought through the indicator's transform."""
    if indicator.transform is None:
        return value
    moved = float(TRANSFORMS[indicator.transform](np.array(value, float)))
    if np.isnan(moved):
        raise SchemeError(
            Issue("transform_domain", T("{value} 不能作 {transform} 变换", value=value, transform=indicator.transform), subject=subject)
        )
    return moved


def _in_transform(chosen: Chosen, indicator: Indicator, subject: str) -> dict[str, Any]:
    parameters = dict(chosen.parameters)
    for name in chosen.entry.own_unit:
        parameters[name] = _transformed(float(parameters[name]), indicator, subject)
    if "steps" in parameters:
        parameters["steps"] = tuple((_transformed(limit, indicator, subject), score) for limit, score in parameters["steps"])
    return parameters


def _shared(chosen: Chosen, parameters: Mapping[str, Any]) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """What indicators of one batch have in common."""
    return chosen.entry.name, tuple((k, v) for k, v in parameters.items() if k not in chosen.entry.stacked)


def _batches(
    entries: Mapping[str, MethodEntry], ids: Sequence[str], indicators: Sequence[Indicator], methods: Sequence[Method], family: str
) -> tuple[Batch, ...]:
    """Indicators with the same method, gathered; the parameters that may differ among them become arrays."""
    alike: dict[int, list[int]] = {}  # most indicators share the index's own method, one object
    for column, method in enumerate(methods):
        alike.setdefault(id(method), []).append(column)
    seen: dict[Any, tuple[Chosen, dict[int, Mapping[str, Any]]]] = {}
    for columns in alike.values():
        chosen = choose(entries, methods[columns[0]], f"indicators.{ids[columns[0]]}.{family}")
        if chosen.entry.own_unit or "steps" in chosen.parameters:
            for column in columns:
                parameters = _in_transform(chosen, indicators[column], f"indicators.{ids[column]}.{family}")
                seen.setdefault(_shared(chosen, parameters), (chosen, {}))[1][column] = parameters
        else:
            seen.setdefault(_shared(chosen, chosen.parameters), (chosen, {}))[1].update(dict.fromkeys(columns, chosen.parameters))
    return tuple(_batch(chosen, own) for chosen, own in seen.values())


def _batch(chosen: Chosen, own: Mapping[int, Mapping[str, Any]]) -> Batch:
    columns = sorted(own)
    parameters: dict[str, Any] = {
        k: np.array([own[c][k] for c in columns]) if k in chosen.entry.stacked else v for k, v in own[columns[0]].items()
    }
    over, base = parameters.pop("over", "period"), parameters.pop("base", None)
    return Batch(chosen.entry, np.array(columns, np.intp), parameters, over, base)


def build(index: Index, scheme: Scheme, weigh: Callable[[Node], float] = lambda node: node.weight) -> Structure:
    """The arrays of ``index``. ``weigh`` gives a node's weight within its parent. Raises SchemeError."""
    walked = list(index.tree.walk())
    place = {node.id: i for i, node in enumerate(walked)}
    parent = np.full(len(walked), -1, np.intp)
    for node in walked:
        for child in node.children:
            parent[place[child.id]] = place[node.id]
    leaves = np.array([i for i, node in enumerate(walked) if node.is_leaf], np.intp)
    below = np.zeros((len(walked), len(leaves)), bool)
    below[leaves, np.arange(len(leaves))] = True
    for i in range(len(walked) - 1, 0, -1):
        below[parent[i]] |= below[i]
    ids = [walked[i].id for i in leaves]
    column = {id_: c for c, id_ in enumerate(ids)}
    indicators = [scheme.indicators[name] for name in ids]
    chosen: dict[int, Chosen] = {}  # most nodes share the index's own methods

    def once(entries: Mapping[str, MethodEntry], method: Method, subject: str) -> Chosen:
        if id(method) not in chosen:
            chosen[id(method)] = choose(entries, method, subject)
        return chosen[id(method)]

    branches = []
    for i in range(len(walked) - 1, -1, -1):
        node = walked[i]
        if node.is_leaf:
            continue
        subject = f"indices.{index.id}.{node.id}"
        weights = np.array([weigh(child) for child in node.children], float)
        branches.append(
            Branch(
                node=i,
                children=np.array([place[child.id] for child in node.children], np.intp),
                columns=np.array([column[c.id] for c in node.children], np.intp) if all(c.is_leaf for c in node.children) else None,
                given=_shares(weights),
                aggregate=once(AGGREGATE, node.aggregate or index.aggregate, f"{subject}.aggregate"),
                weights=once(WEIGHT, node.weights or index.weights, f"{subject}.weights"),
                coverage=float(index.children_coverage if node.children_coverage is None else node.children_coverage),
            )
        )
    return Structure(
        index=index,
        nodes=tuple(node.id for node in walked),
        parent=parent,
        leaves=leaves,
        below=below,
        branches=tuple(branches),
        indicators=tuple(indicators),
        up=np.array([i.direction == "up" for i in indicators], bool),
        impute=_batches(IMPUTE, ids, indicators, [i.impute or index.impute for i in indicators], "impute"),
        treat=_batches(TREAT, ids, indicators, [i.treat or index.treat for i in indicators], "treat"),
        normalise=_batches(NORMALISE, ids, indicators, [i.normalise or index.normalise for i in indicators], "normalise"),
    )


class _Same:
    """Index and scheme as the objects they are: both are frozen, and comparing them whole would cost more than building."""

    __slots__ = ("index", "scheme")

    def __init__(self, index: Index, scheme: Scheme) -> None:
        self.index, self.scheme = index, scheme

    def __hash__(self) -> int:
        return hash((id(self.index), id(self.scheme)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.index is other.index and self.scheme is other.scheme


@lru_cache(maxsize=64)
def _kept(same: _Same) -> Structure:
    return build(same.index, same.scheme)


def built(index: Index, scheme: Scheme) -> Structure:
    """:func:`build` with the scheme's own weights; the same objects give the structure that was built for them before."""
    return _kept(_Same(index, scheme))


def varied(
    structure: Structure,
    *,
    impute: Method | None = None,
    treat: Method | None = None,
    normalise: Method | None = None,
    aggregate: Method | None = None,
    over_own: bool = False,
) -> Structure:
    """The structure with another method for the index, None for its own; what an indicator or a node has of its own stays. With
    ``over_own`` a method that is not the index's own stands in for what indicators have of their own too."""
    given = {"impute": impute, "treat": treat, "normalise": normalise, "aggregate": aggregate}
    index = structure.index.model_copy(update={name: method for name, method in given.items() if method is not None})
    changed: dict[str, Any] = {"index": index}
    ids, indicators = structure.indicator_ids, structure.indicators
    for family, entries, method in (("impute", IMPUTE, impute), ("treat", TREAT, treat), ("normalise", NORMALISE, normalise)):
        if method is not None:
            for_all = over_own and method != getattr(structure.index, family)
            methods = [method if for_all else getattr(i, family) or method for i in indicators]
            changed[family] = _batches(entries, ids, indicators, methods, family)
    if aggregate is not None:
        own = {node.id for node in index.tree.walk() if node.aggregate is not None}
        chosen = choose(AGGREGATE, aggregate, f"indices.{index.id}.aggregate")
        changed["branches"] = tuple(b if structure.nodes[b.node] in own else replace(b, aggregate=chosen) for b in structure.branches)
    return structure.but(**changed)


def _shares(weights: Array) -> Array:
    """Weights as shares of their sum, which may be beyond what a number can hold."""
    largest = weights.max(initial=0.0)
    if largest <= 0:
        return weights
    scaled = weights / largest
    return scaled / scaled.sum()
