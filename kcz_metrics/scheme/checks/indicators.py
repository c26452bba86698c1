"""Indicators: their formulas, what they rest on, and numbers that contradict one another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from kcz_metrics.errors import Issue
from kcz_metrics.language import formula as formulas
from kcz_metrics.language.formula import Formula
from kcz_metrics.locales import T
from kcz_metrics.scheme.checking import Context
from kcz_metrics.scheme.checks.circles import circles, way_round
from kcz_metrics.scheme.models import Indicator


def formula_problems(context: Context) -> Iterator[Issue]:
    """Formulas that cannot be read, and names in them that are no measures."""
    measures, indicators = context.known("measures"), context.known("indicators")
    in_circles = circles(_references(context))
    known = measures | indicators
    for id_, (formula, problems) in context.formulas.items():
        path = ("indicators", id_, "formula")
        named = [] if formula is None else formulas.check(formula, known, near=context.nearest)
        for problem in (*problems, *named):
            placed = context.issue(problem.code, problem.message, *path)
            yield replace(problem, place=placed.place, subject=placed.subject)
        for name in () if formula is None else formula.names:
            if name in indicators and name not in measures and name not in in_circles.get(id_, ()):
                message = T("公式里只能用基础量，“{name}”是指标", name=name)
                yield context.issue("formula_indicator", message, *path, hint=T("把它的公式写进来"))


def formula_circles(context: Context) -> Iterator[Issue]:
    """Indicators whose formulas name one another in a circle, told once for each knot of circles."""
    edges = _references(context)
    told: set[str] = set()
    found = circles(edges)
    for id_ in edges:
        if id_ in found and id_ not in told:
            told |= found[id_]
            message = T("公式互相引用成了圈：{chain}", chain=way_round(id_, edges))
            yield context.issue("circle", message, "indicators", id_, "formula", hint=T("公式里只用基础量"))


def _references(context: Context) -> dict[str, tuple[str, ...]]:
    """Indicator to the indicators its formula names."""
    measures = context.known("measures")
    return {
        id_: tuple(n for n in formula.names if n in context.formulas and n not in measures) if formula is not None else ()
        for id_, (formula, _) in context.formulas.items()
    }


def one_source(context: Context) -> Iterator[Issue]:
    """An indicator has a formula or a column; without either its id is the column."""
    for id_, indicator in context.scheme.indicators.items():
        if indicator.formula is not None and indicator.column is not None:
            yield context.issue("two_sources", T("formula 和 column 只能写一个"), "indicators", id_, "column")


def measures_named(context: Context) -> Iterator[Issue]:
    """``minimum_n.of`` and ``shrink.n`` are measures; and what stands beside; so is ``denominate.by`` of an indicator
    with a formula, or a column of the unit."""
    measures = context.known("measures")
    for id_, indicator in context.scheme.indicators.items():
        if indicator.formula is None:
            continue
        named: list[tuple[str, str | int, str]] = []
        if indicator.minimum_n is not None:
            named.append(("minimum_n", "of", indicator.minimum_n.of))
        if indicator.shrink is not None:
            named.append(("shrink", "n", indicator.shrink.n))
        named += [("beside", position, name) for position, name in enumerate(indicator.beside)]
        if indicator.denominate is not None and indicator.denominate.by not in _unit_columns(context, id_):
            named.append(("denominate", "by", indicator.denominate.by))
        for key, inner, name in named:
            if name not in measures:
                yield context.issue(
                    "unknown_measure",
                    T("没有基础量“{name}”", name=name),
                    "indicators",
                    id_,
                    key,
                    inner,
                    hint=context.nearest(name, sorted(measures)),
                )
        if indicator.minimum_n is not None and indicator.minimum_n.else_ == "shrink" and indicator.shrink is None:
            yield context.issue(
                "shrink_missing",
                T("else: shrink 需要写 shrink"),
                "indicators",
                id_,
                "minimum_n",
                "else",
                expected=T("{example}", example="shrink: {n: needs_due, strength: 10}"),
            )


def _unit_columns(context: Context, id_: str) -> set[str]:
    """Columns that all kinds of unit an indicator is measured for have."""
    kinds = [index.unit for index in context.scheme.indices.values() if id_ in index.leaves]
    columns = [set(context.units[kind].columns) for kind in kinds if context.units is not None and kind in context.units]
    return set.intersection(*columns) if columns else set()


def limits_in_order(context: Context) -> Iterator[Issue]:
    for id_, indicator in context.scheme.indicators.items():
        if indicator.floor is not None and indicator.cap is not None and indicator.floor > indicator.cap:
            found = T("{a} > {b}", a=indicator.floor, b=indicator.cap)
            yield context.issue("limits", T("floor 高于 cap"), "indicators", id_, "floor", found=found)


def same_query(context: Context) -> Iterator[Issue]:
    """Two indicators of one index that come to the same number count one thing twice."""
    told: set[tuple[str, str]] = set()
    for index in context.scheme.indices.values():
        first: dict[str, str] = {}
        for id_ in dict.fromkeys(index.leaves):
            indicator = context.scheme.indicators.get(id_)
            signature = _signature(context, id_, indicator) if indicator is not None else None
            if signature is None or (other := first.setdefault(signature, id_)) == id_ or (other, id_) in told:
                continue
            told.add((other, id_))
            message = T("指标“{id}”与“{other}”算的是同一个数", id=id_, other=other)
            yield context.issue("same_query", message, "indicators", id_, warning=True)


def _signature(context: Context, id_: str, indicator: Indicator) -> str | None:
    if indicator.formula is None:
        return f"column {indicator.column or id_}"
    formula = context.formulas[id_][0]
    if formula is None or any(name not in context.scheme.measures for name in formula.names):
        return None
    own = json.dumps([indicator.model_dump(mode="json", include={"denominate", "applies_to"})], sort_keys=True)
    return _spelled_out(context, formula) + own


def _spelled_out(context: Context, formula: Formula) -> str:
    """The formula with each measure replaced by all it says, so that names do not hide that two are the same."""
    said = {n: json.dumps(context.scheme.measures[n].model_dump(mode="json", exclude={"name"}), sort_keys=True) for n in formula.names}
    order = {meaning: f"m{i}" for i, meaning in enumerate(dict.fromkeys(said.values()))}
    tree = formula.sql(lambda name, back: exp.column(f"{order[said[name]]}_{back}"))
    return tree.sql() + json.dumps(list(order))
