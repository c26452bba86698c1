"""A fact's SQL as a tree, with the scheme's parameters bound as literal nodes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import sqlglot
from sqlglot import exp

from kcz_metrics.errors import CompileError, Issue, did_you_mean
from kcz_metrics.locales import T, Text


def parse(text: str) -> exp.Query:
    """The tree of a shipped SQL file."""
    tree = sqlglot.parse_one(text, dialect="duckdb")
    assert isinstance(tree, exp.Query)
    return tree


def bound(tree: exp.Query, fact: str, names: Sequence[str], parameters: Mapping[str, Any]) -> exp.Query:
    """A copy of ``tree`` with every ``$name`` replaced by its value.

    ``lookup($name, column)`` becomes a CASE over the parameter's keys, null for any other key. Raises CompileError.
    """
    issues = _issues(fact, names, tree, parameters)
    if issues:
        raise CompileError(issues)
    tree = tree.copy()
    for call in list(tree.find_all(exp.Anonymous)):
        if call.name.lower() == "lookup":
            placeholder, column = call.expressions
            call.replace(_lookup(parameters[placeholder.name], column))
    for placeholder in list(tree.find_all(exp.Placeholder)):
        placeholder.replace(number(parameters[placeholder.name]))
    return tree


def number(value: float) -> exp.Expression:
    """A number as SQL reads it without turning it into an exact decimal."""
    text = str(value) if isinstance(value, int) else f"{value!r}" + ("" if "e" in repr(value) else "e0")
    literal = exp.Literal.number(text.lstrip("-"))
    return exp.Neg(this=literal) if value < 0 else literal


def _lookup(table: Mapping[Any, float], column: exp.Expression) -> exp.Expression:
    cases = [exp.If(this=_key(key), true=number(float(value))) for key, value in table.items()]
    return exp.Case(this=column.copy(), ifs=cases)


def _key(key: object) -> exp.Expression:
    return exp.Literal.number(str(key)) if isinstance(key, int) else exp.Literal.string(str(key))


def placed(tree: exp.Query) -> list[str]:
    """The parameters that a query reads."""
    return sorted({placeholder.name for placeholder in tree.find_all(exp.Placeholder)})


def looked_up(tree: exp.Query) -> set[str]:
    """The parameters that ``lookup`` reads: each must be a table of numbers."""
    return {call.expressions[0].name for call in tree.find_all(exp.Anonymous) if call.name.lower() == "lookup"}


def _issues(fact: str, names: Sequence[str], tree: exp.Query, parameters: Mapping[str, Any]) -> list[Issue]:
    tables = looked_up(tree)
    issues = []
    for name in names:
        value = parameters.get(name)
        subject = f"parameters.{name}"
        if name not in parameters:
            hint = did_you_mean(name, list(parameters))
            issues.append(Issue("parameter_missing", T("事实表 {fact} 需要参数 {name}", fact=fact, name=name), subject=subject, hint=hint))
        elif name in tables and not (isinstance(value, Mapping) and value and all(_is_number(v) for v in value.values())):
            issues.append(_unfit(fact, subject, T("键到数值的对照，例如 {example}", example="{A: 1.0, B: 0.6}"), value))
        elif name not in tables and not _is_number(value):
            issues.append(_unfit(fact, subject, T("一个数值"), value))
    return issues


def _unfit(fact: str, subject: str, expected: Text, value: object) -> Issue:
    found = T("{value}", value=str(value)[:60])
    return Issue("parameter_type", T("参数不合事实表 {fact} 所需", fact=fact), subject=subject, expected=expected, found=found)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
