"""The frozen tree of a formula. Two trees are equal where they compute the same way; positions do not count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Operator = Literal["+", "-", "*", "/"]

#: How tightly an operator binds; a sign binds tighter, a name tightest.
PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}
_SIGN, _ATOM = 3, 4


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number, never negative: a minus sign is a :class:`Unary`."""

    value: float
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A measure. ``column`` is where it stands in the text, from 1."""

    id: str
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """A minus sign before ``operand``."""

    operand: Node
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    operator: Operator
    left: Node
    right: Node
    column: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Node, ...]
    column: int = field(default=0, compare=False)


Node: TypeAlias = Number | Name | Unary | Binary | Call


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Unary():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Call():
            return node.arguments
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, from left to right."""
    yield node
    for child in children(node):
        yield from walk(child)


def plain(value: float) -> str:
    """A number as a formula and SQL write it: no more digits than it needs, and read back as the same number."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def binding(node: Node) -> int:
    match node:
        case Binary():
            return PRECEDENCE[node.operator]
        case Unary():
            return _SIGN
        case _:
            return _ATOM


def text(node: Node) -> str:
    """The canonical text: single blanks around operators, no bracket that is not needed. Parsing it gives the tree back."""
    match node:
        case Number():
            return plain(node.value)
        case Name():
            return node.id
        case Unary():
            return "-" + _bracketed(node.operand, binding(node.operand) < _SIGN)
        case Binary():
            level = PRECEDENCE[node.operator]
            left, right = binding(node.left) < level, binding(node.right) <= level
            return f"{_bracketed(node.left, left)} {node.operator} {_bracketed(node.right, right)}"
        case Call():
            return f"{node.function}({', '.join(map(text, node.arguments))})"


def _bracketed(node: Node, needed: bool) -> str:
    return f"({text(node)})" if needed else text(node)
