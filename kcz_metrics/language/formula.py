"""Formulas of indicators: a small arithmetic grammar, parsed to a frozen tree and rebuilt from it; the text itself is never run.

A value is missing where any name it needs is, except through ``coalesce``. Division by zero, ``ln`` of what is not positive,
``sqrt`` of a negative, and a number beyond the range of a double are missing. ``previous`` reads the period before of the same
grain; ``growth(x)`` is ``x / previous(x) - 1``, missing where ``previous(x)`` is not positive. The least and the greatest of
several are missing where one of them is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sqlglot import exp

from kcz_metrics.errors import Issue, LanguageError, did_you_mean
from kcz_metrics.language import rendering
from kcz_metrics.language.functions import FUNCTIONS
from kcz_metrics.language.nodes import Binary, Call, Name, Node, Number, Unary, children, text
from kcz_metrics.language.parsing import at_column, parse_tokens
from kcz_metrics.language.tokens import tokens
from kcz_metrics.locales import Language, T, Text

__all__ = ["FUNCTIONS", "Binary", "Call", "Formula", "FormulaError", "Name", "Node", "Number", "Unary", "check", "parse"]


class FormulaError(LanguageError):
    """A text is no formula; every problem with its place in the text."""


@dataclass(frozen=True)
class Formula:
    """A formula as a tree. Equal formulas compute the same way."""

    root: Node

    @cached_property
    def uses(self) -> tuple[tuple[str, int], ...]:
        """Each name with how many periods back it is read, in the order of the text, without repeats."""
        return tuple(dict.fromkeys(_uses(self.root, 0)))

    @property
    def names(self) -> tuple[str, ...]:
        """The measures read in any period, in the order of the text."""
        return tuple(dict.fromkeys(name for name, _ in self.uses))

    @property
    def periods_back(self) -> int:
        """How many periods before the one asked for are read."""
        return max((back for _, back in self.uses), default=0)

    def text(self) -> str:
        """The canonical text. ``parse(formula.text()) == formula``."""
        return text(self.root)

    def sentence(self, labels: Mapping[str, object] | None, lang: Language) -> str:
        """The formula in words and common signs. A label is a text or has ``in_(lang)``; a name without one stands for itself."""
        return rendering.sentence(self.root, labels or {}, lang)

    def sql(self, resolve: Callable[[str, int], exp.Expression]) -> exp.Expression:
        """The formula as SQL. ``resolve(name, back)`` gives the expression of a measure ``back`` periods before.

        It must be a DOUBLE, null where missing, never NaN or infinite, and 0 or between 1e-60 and 1e60 in size: within that range
        guards against overflow are put only where something can overflow. A resolved tree is copied where it is used twice.
        """
        return rendering.sql(self.root, resolve)

    def evaluate(self, resolve: Callable[[str, int], ArrayLike]) -> NDArray[np.float64]:
        """The formula over arrays, the same answer as the SQL. ``resolve(name, back)`` gives floats, or a polars Series; NaN and null are
        missing. Gives float64 with NaN where missing, never infinite; of no dimension where the formula has no name."""
        return rendering.evaluate(self.root, resolve)


def read(source: object) -> tuple[Formula | None, list[Issue]]:
    """The formula, or None and every problem found."""
    if not isinstance(source, str):
        return None, [Issue("formula", T("公式应为文本"), found=T("{value}", value=str(source)[:40]), hint=T("单个数值请加引号"))]
    found, issues = tokens(source)
    if issues:
        return None, issues
    root, issues = parse_tokens(found)
    return (None if root is None else Formula(root)), issues


def parse(source: str) -> Formula:
    """The formula that ``source`` writes. Raises :class:`FormulaError` with all its problems.

    >>> parse("2*(a+b)/previous( c )").text()
    '2 * (a + b) / previous(c)'
    """
    formula, issues = read(source)
    if formula is None:
        raise FormulaError(issues)
    return formula


def check(formula: Formula, known: Collection[str], near: Callable[[str, Sequence[str]], Text | None] = did_you_mean) -> list[Issue]:
    """A problem for each name that is not among ``known``, once; ``near`` finds the hint."""
    seen: set[str] = set()
    issues = []
    for node in rendering.names(formula.root):
        if node.id not in known and node.id not in seen:
            seen.add(node.id)
            issues.append(at_column(node.column, T("没有基础量“{name}”", name=node.id), hint=near(node.id, list(known))))
    return issues


def _uses(node: Node, back: int) -> list[tuple[str, int]]:
    if isinstance(node, Name):
        return [(node.id, back)]
    if isinstance(node, Call) and FUNCTIONS[node.function].shifts:
        here = _uses(node.arguments[0], back) if node.function == "growth" else []
        return here + _uses(node.arguments[0], back + 1)
    return [use for child in children(node) for use in _uses(child, back)]
