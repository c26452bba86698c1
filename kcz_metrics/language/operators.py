"""The filter operators, one row each: what operand they take, how they are said in SQL, in polars, in Chinese and in English."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal

import polars as pl
from sqlglot import exp

#: What an operator takes: one value, one value with an order, a value or a list, a list, a pair with low first, true or false.
Operand = Literal["value", "ordered", "value_or_list", "list", "pair", "flag"]


@dataclass(frozen=True, slots=True)
class Operator:
    """``sql`` and ``polars`` take the column and the operand as Python values and give a condition that is null, hence not met, where
    the column is null (``is_null`` alone is never null). ``zh`` and ``en`` have ``{column}`` and ``{value}`` to fill in."""

    key: str
    operand: Operand
    sql: Callable[[exp.Expression, Any], exp.Expression]
    polars: Callable[[pl.Expr, Any], pl.Expr]
    zh: str
    en: str
    #: The sentence where the operand is a list, or the flag false.
    zh_other: str = ""
    en_other: str = ""


def literal(value: object) -> exp.Expression:
    """A scheme's value as a literal node; text is escaped by the generator, never pasted."""
    match value:
        case bool():
            return exp.Boolean(this=value)
        case int():
            return exp.Literal.number(str(value)) if value >= 0 else exp.Neg(this=exp.Literal.number(str(-value)))
        case float() if math.isfinite(value):
            return exp.Literal.number(repr(value)) if value >= 0 else exp.Neg(this=exp.Literal.number(repr(-value)))
        case datetime():
            return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), exp.DataType.build("timestamp"))
        case date():
            return exp.cast(exp.Literal.string(value.isoformat()), exp.DataType.build("date"))
        case str():
            return exp.Literal.string(value)
    raise TypeError(f"no literal for {type(value).__name__}")


def as_list(operand: object) -> tuple[Any, ...]:
    return tuple(operand) if isinstance(operand, (list, tuple)) else (operand,)


def _compare(node: Callable[..., exp.Expression]) -> Callable[[exp.Expression, Any], exp.Expression]:
    return lambda column, value: node(this=column, expression=literal(value))


def _one_of(column: exp.Expression, values: Sequence[Any]) -> exp.Expression:
    return exp.In(this=column, expressions=[literal(v) for v in values])


def _not_sql(column: exp.Expression, operand: Any) -> exp.Expression:
    values = as_list(operand)
    return exp.NEQ(this=column, expression=literal(values[0])) if len(values) == 1 else exp.Not(this=_one_of(column, values))


def _null_sql(column: exp.Expression, wanted: bool) -> exp.Expression:
    test = exp.Is(this=column, expression=exp.Null())
    return test if wanted else exp.Not(this=test)


def _between_sql(column: exp.Expression, pair: Sequence[Any]) -> exp.Expression:
    return exp.Between(this=column, low=literal(pair[0]), high=literal(pair[1]))


_ROWS = (
    Operator("equals", "value", _compare(exp.EQ), lambda c, v: c == pl.lit(v), "{column}为{value}", "{column} is {value}"),
    Operator(
        "in",
        "list",
        _one_of,
        lambda c, v: pl.any_horizontal([c == pl.lit(x) for x in v]),
        "{column}为{value}之一",
        "{column} is one of {value}",
    ),
    Operator(
        "not",
        "value_or_list",
        _not_sql,
        lambda c, v: pl.all_horizontal([c != pl.lit(x) for x in as_list(v)]),
        "{column}不为{value}",
        "{column} is not {value}",
        "{column}不为{value}中任何一个",
        "{column} is none of {value}",
    ),
    Operator(
        "at_least", "ordered", _compare(exp.GTE), lambda c, v: c >= pl.lit(v), "{column}不低于{value}", "{column} is at least {value}"
    ),
    Operator("at_most", "ordered", _compare(exp.LTE), lambda c, v: c <= pl.lit(v), "{column}不高于{value}", "{column} is at most {value}"),
    Operator("above", "ordered", _compare(exp.GT), lambda c, v: c > pl.lit(v), "{column}高于{value}", "{column} is above {value}"),
    Operator("below", "ordered", _compare(exp.LT), lambda c, v: c < pl.lit(v), "{column}低于{value}", "{column} is below {value}"),
    Operator(
        "between",
        "pair",
        _between_sql,
        lambda c, v: c.is_between(pl.lit(v[0]), pl.lit(v[1]), closed="both"),
        "{column}在{value}之间（含两端）",
        "{column} is between {value}, both included",
    ),
    Operator(
        "is_null",
        "flag",
        _null_sql,
        lambda c, v: c.is_null() if v else c.is_not_null(),
        "{column}为空",
        "{column} is empty",
        "{column}不为空",
        "{column} is not empty",
    ),
)

#: Key to operator. A bare value stands for ``equals``, which may also be written out.
OPERATORS: Mapping[str, Operator] = MappingProxyType({row.key: row for row in _ROWS})
