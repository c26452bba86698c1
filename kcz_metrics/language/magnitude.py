"""How large and how small the parts of a formula can get, so that guards against overflow stand only where they are needed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kcz_metrics.language.nodes import Binary, Call, Name, Node, Number, Unary

#: What a measure is promised to lie within, where it is not 0. Yuan, days, people and shares lie far inside.
SMALLEST, LARGEST = 1e-60, 1e60
#: A difference of two numbers is 0 or at least about this share of the smaller.
_LAST_DIGIT = 1e-17


@dataclass(frozen=True, slots=True)
class Magnitude:
    """Bounds of the absolute value of what is not 0. ``largest`` is infinite where a double may overflow."""

    smallest: float
    largest: float

    @property
    def safe(self) -> bool:
        return self.largest < 1e300


def magnitude(node: Node) -> Magnitude:
    """The bounds of a node's absolute value."""
    match node:
        case Number():
            return Magnitude(node.value or LARGEST, node.value)
        case Name():
            return Magnitude(SMALLEST, LARGEST)
        case Unary():
            return magnitude(node.operand)
        case Binary():
            return _binary(node.operator, magnitude(node.left), magnitude(node.right))
        case Call():
            return _call(node.function, [magnitude(a) for a in node.arguments])


def _binary(operator: str, a: Magnitude, b: Magnitude) -> Magnitude:
    if operator == "*":
        return Magnitude(a.smallest * b.smallest, a.largest * b.largest if a.largest and b.largest else 0.0)
    if operator == "/":
        return _quotient(a, b)
    return Magnitude(min(a.smallest, b.smallest) * _LAST_DIGIT, a.largest + b.largest)


def _quotient(a: Magnitude, b: Magnitude) -> Magnitude:
    smallest = a.smallest / b.largest if 0 < b.largest < math.inf else 0.0
    with_care = a.largest / b.smallest if b.smallest > 1e-300 and a.largest < math.inf else math.inf
    return Magnitude(smallest, with_care)


def _call(function: str, parts: list[Magnitude]) -> Magnitude:
    first = parts[0]
    match function:
        case "ln":
            return Magnitude(_LAST_DIGIT, 1e3)
        case "sqrt":
            return Magnitude(math.sqrt(first.smallest), math.sqrt(first.largest))
        case "growth":
            quotient = _quotient(first, first)
            return Magnitude(_LAST_DIGIT * min(quotient.smallest, 1.0), quotient.largest + 1)
        case _:
            return Magnitude(min(p.smallest for p in parts), max(p.largest for p in parts))
