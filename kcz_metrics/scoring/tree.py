"""Node scores from the normalised matrix: the part of the pipeline that is run again when a weight moves, and a thousand times for an
interval. Axes before (unit, indicator) are runs; weights may have them too."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T, Text
from kcz_metrics.methods import Array, Flags, Positions
from kcz_metrics.methods.statistics import complete, finite, ratio
from kcz_metrics.scoring.screening import TOLERANCE, reach
from kcz_metrics.scoring.structure import Branch, Structure


def climb(
    structure: Structure,
    normalised: Array,
    groups: Sequence[Positions],
    applicable: Flags,
    weights: Sequence[Array] | None = None,
    names: Sequence[str] = (),
    lean: Array | None = None,
) -> tuple[list[Array], tuple[Array, ...]]:
    """Scores node by node, each (..., unit), and the weights used for each branch.

    ``weights``, one (..., child) array a branch, stand in for those the branch's method gives. A node has axes of runs only where something
    below it differs between runs. ``lean`` multiplies the weights of units that have a set of their own, (unit, node). Raises
    ScoringError where a node that takes no negative scores meets one; ``names`` are the units'.
    """
    held: list[Array] = [np.empty(0)] * len(structure.nodes)
    for column, node in enumerate(structure.leaves):
        held[node] = normalised[..., column]
    some = reach(structure, applicable, lean)
    used = []
    for number, branch in enumerate(structure.branches):
        x = _together(branch, held, normalised)
        _guard(structure, branch, x, names)
        w = _weights(structure, branch, x, names) if weights is None else weights[number]
        used.append(w)
        of_units = branch.weights.entry.absolute and w.shape[-2:-1] == x.shape[-2:-1]
        spread = w if of_units else w[..., None, :]
        if w is not branch.given and not complete(spread):
            spread = np.nan_to_num(spread)
        if some is not None:
            spread = spread * some[..., branch.children]
        score = combine(structure, branch, x, spread, groups)
        if branch.weights.entry.absolute:
            score = score * np.where(np.isnan(x), 0.0, spread).sum(axis=-1)
        if branch.coverage > 0:
            score = np.where(_present(structure, x, spread) < branch.coverage - TOLERANCE, np.nan, score)
        held[branch.node] = score
    return held, tuple(used)


def _together(branch: Branch, held: list[Array], normalised: Array) -> Array:
    """The children's scores as (..., unit, child), in memory child by child: what runs over all children goes through whole columns."""
    if branch.columns is not None:
        return normalised[..., branch.columns]
    parts = [held[child] for child in branch.children]
    together = np.empty((len(parts), *np.broadcast_shapes(*(part.shape for part in parts))))
    for place, part in zip(together, parts, strict=True):
        place[...] = part
    return np.moveaxis(together, 0, -1)


def node_scores(
    structure: Structure,
    normalised: Array,
    groups: Sequence[Positions],
    applicable: Flags,
    weights: Sequence[Array] | None = None,
    names: Sequence[str] = (),
    lean: Array | None = None,
) -> tuple[Array, tuple[Array, ...]]:
    """As ``climb``, all nodes in one array (..., unit, node)."""
    held, used = climb(structure, normalised, groups, applicable, weights, names, lean)
    return np.stack(np.broadcast_arrays(*held), axis=-1), used


def _weights(structure: Structure, branch: Branch, x: Array, names: Sequence[str]) -> Array:
    entry = branch.weights.entry
    if entry.name == "given":
        return branch.given
    if entry.name == "ahp" and len(branch.weights.parameters["matrix"]) != x.shape[-1]:
        raise ScoringError(
            Issue(
                "ahp_size",
                T("节点 {node} 有 {n} 个下级，判断矩阵须同阶", node=structure.nodes[branch.node], n=x.shape[-1]),
                found=T("{n} 阶", n=len(branch.weights.parameters["matrix"])),
            )
        )
    if entry.nonnegative:
        _refuse_negative(structure, branch, x, entry.label, names)
    w = entry.kernel(x, **branch.weights.parameters)
    return w * float(structure.index.scale.upper) if entry.absolute else w


def combine(structure: Structure, branch: Branch, x: Array, w: Array, groups: Sequence[Positions]) -> Array:
    """The branch's scores by its method, group by group where that compares units, on the index's scale where asked."""
    entry, parameters = branch.aggregate.entry, branch.aggregate.parameters
    onto = parameters.get("on_scale", False)
    if "on_scale" in parameters:
        parameters = {name: value for name, value in parameters.items() if name != "on_scale"}
    if entry.comparing and len(groups) > 1:
        score = np.full(np.broadcast_shapes(x.shape, w.shape)[:-1], np.nan)
        for rows in groups:
            score[..., rows] = entry.kernel(x[..., rows, :], w[..., rows, :] if w.shape[-2] > 1 else w, **parameters)
    else:
        score = entry.kernel(x, w, **parameters)
    low, high = float(structure.index.scale.lower), float(structure.index.scale.upper)
    return finite(low + (high - low) * score if onto else score)


def _present(structure: Structure, x: Array, w: Array) -> Array:
    """Share of the children that have a score, by weight or, where the screen counts, by number."""
    screen = structure.index.screen
    weight = (w > 0).astype(float) if screen is not None and screen.coverage_by == "count" else w
    weight = np.broadcast_to(weight, np.broadcast_shapes(x.shape, weight.shape))
    share = ratio(np.where(np.isnan(x), 0.0, weight).sum(axis=-1), weight.sum(axis=-1))
    return np.where(np.isnan(share), 0.0, share)


def _guard(structure: Structure, branch: Branch, x: Array, names: Sequence[str]) -> None:
    entry = branch.aggregate.entry
    if entry.nonnegative and branch.aggregate.parameters.get("p") != 1:
        _refuse_negative(structure, branch, x, entry.label, names)


def _refuse_negative(structure: Structure, branch: Branch, x: Array, method: Text, names: Sequence[str]) -> None:
    negative = x < 0
    if not negative.any():
        return
    unit, child = (int(i) for i in np.argwhere(negative)[0][-2:])
    found = T(
        "{unit} 的 {child} 为 {value}",
        unit=names[unit] if names else str(unit),
        child=structure.nodes[branch.children[child]],
        value=f"{x[negative][0]:.6g}",
    )
    raise ScoringError(
        Issue(
            "negative_scores",
            T("节点 {node} 的方法“{method}”不能用于负的标准化值", node=structure.nodes[branch.node], method=method),
            subject=f"indices.{structure.index.id}.{structure.nodes[branch.node]}",
            found=found,
            hint=T("改用有界的标准化方法，或改用加权算术平均"),
        )
    )
