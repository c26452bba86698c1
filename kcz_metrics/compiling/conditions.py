"""Conditions put together."""

from __future__ import annotations

from typing import cast

from sqlglot import exp


def all_of(*conditions: exp.Expr) -> exp.Expression:
    """Every condition, as one."""
    return cast("exp.Expression", exp.and_(*conditions, wrap=len(conditions) > 1))


def any_of(*conditions: exp.Expr) -> exp.Expression:
    """Any condition, as one."""
    return cast("exp.Expression", exp.or_(*conditions, wrap=len(conditions) > 1))


def present(column: exp.Expression) -> exp.Expression:
    """The column is not null."""
    return exp.Not(this=absent(column))


def absent(column: exp.Expression) -> exp.Expression:
    """The column is null."""
    return exp.Is(this=column, expression=exp.Null())
