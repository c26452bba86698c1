"""The functions of a formula, one row each. ``previous`` and ``growth`` move their argument in time and are built by the formula itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Function:
    """``sql`` takes one tree for each argument and may use it more than once (``uses`` times, by copy). ``numpy`` takes one array for
    each argument, NaN where missing, and gives NaN where the answer is missing. ``zh`` and ``en`` have ``{0}``, or ``{all}`` for all of
    the arguments."""

    key: str
    fewest: int
    most: int
    sql: Callable[[list[exp.Expression]], exp.Expression] | None
    numpy: Callable[[list[Array]], Array] | None
    uses: int
    zh: str
    en: str

    @property
    def shifts(self) -> bool:
        """Whether the argument is (also) read in the period before."""
        return self.sql is None


def atom(built: exp.Expression) -> exp.Expression:
    """The tree in brackets, unless it is one thing already."""
    return built if isinstance(built, (exp.Column, exp.Literal, exp.Func, exp.Paren, exp.Null)) else exp.paren(built, copy=False)


def _where(condition: object, then: exp.Expression) -> exp.Expression:
    return exp.Case(ifs=[exp.If(this=condition, true=then)])


def _zero() -> exp.Expression:
    return exp.Literal.number("0")


def _ln(a: list[exp.Expression]) -> exp.Expression:
    return _where(exp.GT(this=a[0].copy(), expression=_zero()), exp.Ln(this=a[0]))


def _sqrt(a: list[exp.Expression]) -> exp.Expression:
    return _where(exp.GTE(this=a[0].copy(), expression=_zero()), exp.Sqrt(this=a[0]))


def _all_known(node: type[exp.Expression]) -> Callable[[list[exp.Expression]], exp.Expression]:
    """SQL's LEAST and GREATEST pass over null; here one missing argument makes the answer missing."""

    def build(a: list[exp.Expression]) -> exp.Expression:
        picked = node(this=a[0], expressions=a[1:], ignore_nulls=True)
        unsure = [x for x in a if not isinstance(x, exp.Literal)]
        if not unsure:
            return picked
        known = [exp.Not(this=exp.Is(this=atom(x.copy()), expression=exp.Null())) for x in unsure]
        return _where(exp.and_(*known, wrap=False), picked)

    return build


def _positive(a: list[Array]) -> Array:
    return np.where(a[0] > 0, np.log(np.where(a[0] > 0, a[0], 1.0)), np.nan)


def _root(a: list[Array]) -> Array:
    return np.where(a[0] >= 0, np.sqrt(np.where(a[0] >= 0, a[0], 0.0)), np.nan)


def _first(a: list[Array]) -> Array:
    answer = a[0]
    for other in a[1:]:
        answer = np.where(np.isnan(answer), other, answer)
    return answer


def _fold(pick: Callable[[Array, Array], Array]) -> Callable[[list[Array]], Array]:
    def kernel(a: list[Array]) -> Array:
        answer = a[0]
        for other in a[1:]:
            answer = pick(answer, other)
        return answer

    return kernel


_ROWS = (
    Function("ln", 1, 1, _ln, _positive, 2, "ln({0})", "ln({0})"),
    Function("sqrt", 1, 1, _sqrt, _root, 2, "√({0})", "√({0})"),
    Function("abs", 1, 1, lambda a: exp.Abs(this=a[0]), lambda a: np.abs(a[0]), 1, "|{0}|", "|{0}|"),
    Function(
        "least",
        2,
        20,
        _all_known(exp.Least),
        _fold(np.minimum),
        2,
        "{all}中最小者",
        "the least of {all}",
    ),
    Function(
        "greatest",
        2,
        20,
        _all_known(exp.Greatest),
        _fold(np.maximum),
        2,
        "{all}中最大者",
        "the greatest of {all}",
    ),
    Function(
        "coalesce",
        2,
        20,
        lambda a: exp.Coalesce(this=a[0], expressions=a[1:]),
        _first,
        1,
        "{all}中首个不缺失者",
        "the first of {all} that is not missing",
    ),
    Function("previous", 1, 1, None, None, 1, "上期{0}", "{0} of the period before"),
    Function(
        "growth",
        1,
        1,
        None,
        None,
        2,
        "{0}较上期的增长率",
        "growth of {0} over the period before",
    ),
)

FUNCTIONS: Mapping[str, Function] = MappingProxyType({row.key: row for row in _ROWS})
