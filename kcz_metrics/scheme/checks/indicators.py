"""Indicators: their formulas, what they rest on, and numbers that contradict one another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from kcz_metrics.errors import Issue, did_you_mean
from kcz_metrics.language import filters
from kcz_metrics.language import formula as formulas
from kcz_metrics.language.formula import Formula
from kcz_metrics.locales import T
from kcz_metrics.scheme.checking import Context
from kcz_metrics.scheme.models import Indicator


def formula_problems(context: Context) -> Iterator[Issue]:
    """Formulas that cannot be read, and names in them that are no measures."""
    measures, indicators = context.known("measures"), context.known("indicators")
    for id_, (formula, problems) in context.formulas.items():
        path = ("indicators", id_, "formula")
        named = [] if formula is None else formulas.check(formula, measures | indicators)
        for problem in (*problems, *named):
            placed = context.issue(problem.code, problem.message, *path)
            yield replace(problem, place=placed.place, subject=placed.subject)
        for name in () if formula is None else formula.names:
            if name in indicators and name not in measures and name != id_ and id_ not in _reached(context, name):
                yield context.issue(
                    "formula_indicator", T("公式里只能用基础量，“{name}”是指标", name=name), *path, hint=T("把它的公式写进来")
                )


def formula_circles(context: Context) -> Iterator[Issue]:
    """Indicators whose formulas name one another in a circle, told once for each circle."""
    told: set[frozenset[str]] = set()
    for id_ in context.formulas:
        circle = _circle(context, id_)
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            chain = " → ".join([*circle, circle[0]])
            message = T("公式互相引用成了圈：{chain}", chain=chain)
            yield context.issue("circle", message, "indicators", id_, "formula", hint=T("公式里只用基础量"))


def _named_indicators(context: Context, id_: str) -> tuple[str, ...]:
    formula = context.formulas.get(id_, (None, []))[0]
    measures = context.known("measures")
    return tuple(n for n in formula.names if n in context.formulas and n not in measures) if formula is not None else ()


def _reached(context: Context, id_: str) -> set[str]:
    """The indicators that can be reached from one by formulas, itself only where there is a circle."""
    reached: set[str] = set()
    waiting = list(_named_indicators(context, id_))
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(_named_indicators(context, name))
    return reached


def _circle(context: Context, id_: str) -> list[str]:
    """The shortest way from an indicator back to itself; empty where there is none."""
    paths, seen = [[id_]], {id_}
    while paths:
        path = paths.pop(0)
        for name in _named_indicators(context, path[-1]):
            if name == id_:
                return path
            if name not in seen:
                seen.add(name)
                paths.append([*path, name])
    return []


def one_source(context: Context) -> Iterator[Issue]:
    """An indicator has a formula or a column; without either its id is the column."""
    for id_, indicator in context.scheme.indicators.items():
        if indicator.formula is not None and indicator.column is not None:
            yield context.issue("two_sources", T("formula 和 column 只能写一个"), "indicators", id_, "column")


def measures_named(context: Context) -> Iterator[Issue]:
    """``minimum_n.of`` and ``shrink.n`` are measures; so is ``denominate.by`` of an indicator with a formula, or a column of the unit."""
    measures = context.known("measures")
    for id_, indicator in context.scheme.indicators.items():
        if indicator.formula is None:
            continue
        named: list[tuple[str, str, str]] = []
        if indicator.minimum_n is not None:
            named.append(("minimum_n", "of", indicator.minimum_n.of))
        if indicator.shrink is not None:
            named.append(("shrink", "n", indicator.shrink.n))
        if indicator.denominate is not None and indicator.denominate.by not in _unit_columns(context):
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
                    hint=did_you_mean(name, sorted(measures)),
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


def _unit_columns(context: Context) -> set[str]:
    """Group columns that indices name; other columns of units are not known here."""
    return {index.group for index in context.scheme.indices.values() if index.group}


def limits_in_order(context: Context) -> Iterator[Issue]:
    for id_, indicator in context.scheme.indicators.items():
        if indicator.floor is not None and indicator.cap is not None and indicator.floor > indicator.cap:
            found = T("{a} > {b}", a=indicator.floor, b=indicator.cap)
            yield context.issue("limits", T("floor 高于 cap"), "indicators", id_, "floor", found=found)


def applies_to(context: Context) -> Iterator[Issue]:
    """Filters of units. Their columns depend on the unit; only the form is looked at."""
    places = [(("indicators", id_, "applies_to"), i.applies_to) for id_, i in context.scheme.indicators.items()]
    places += [(("indices", id_, "applies_to"), i.applies_to) for id_, i in context.scheme.indices.items()]
    for path, where in places:
        for issue in filters.check(where):
            placed = context.issue(issue.code, issue.message, *path, *issue.subject.split("."))
            yield replace(issue, place=placed.place, subject=placed.subject)


def same_query(context: Context) -> Iterator[Issue]:
    """Two indicators that come to the same number count one thing twice."""
    first: dict[str, str] = {}
    for id_, indicator in context.scheme.indicators.items():
        signature = _signature(context, id_, indicator)
        if signature is not None and (other := first.setdefault(signature, id_)) != id_:
            yield context.issue(
                "same_query", T("指标“{id}”与“{other}”算的是同一个数", id=id_, other=other), "indicators", id_, warning=True
            )


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
