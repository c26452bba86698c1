"""What a formula's tree becomes: SQL, arrays, or a sentence. All three read the same rows of functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sqlglot import exp

from kcz_metrics.language.functions import FUNCTIONS, atom
from kcz_metrics.language.magnitude import magnitude
from kcz_metrics.language.nodes import PRECEDENCE, Binary, Call, Name, Node, Number, Unary, binding, walk
from kcz_metrics.language.nodes import plain as plain_number
from kcz_metrics.locales import Language

Array = NDArray[np.float64]
ResolveSql = Callable[[str, int], exp.Expression]
ResolveArray = Callable[[str, int], ArrayLike]

_SQL_OPERATORS: Mapping[str, Callable[..., exp.Expression]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div}
_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}


def names(root: Node) -> Iterator[Name]:
    return (node for node in walk(root) if isinstance(node, Name))


# --- SQL


def sql(root: Node, resolve: ResolveSql) -> exp.Expression:
    """See :meth:`Formula.sql`."""
    return _guarded(root, resolve, 0)


def _sql(node: Node, resolve: ResolveSql, back: int) -> exp.Expression:
    constant = _constant(node)
    if constant is not None:
        return _literal(constant)
    match node:
        case Name():
            return resolve(node.id, back).copy()
        case Unary():
            loose = binding(node.operand) < binding(node) or isinstance(node.operand, Unary)  # two signs in a row begin a comment
            return exp.Neg(this=_wrapped(node.operand, resolve, back, loose))
        case Binary() if node.operator == "/":
            dividend = _wrapped(node.left, resolve, back, binding(node.left) < PRECEDENCE["/"])
            return exp.Div(this=dividend, expression=_sql_of_divisor(node.right, resolve, back), typed=False, safe=False)
        case Binary():
            level = PRECEDENCE[node.operator]
            right = _wrapped(node.right, resolve, back, binding(node.right) <= level or isinstance(node.right, Unary))
            return _SQL_OPERATORS[node.operator](this=_wrapped(node.left, resolve, back, binding(node.left) < level), expression=right)
        case Call():
            return _sql_call(node, resolve, back)
    raise AssertionError(node)


def _sql_call(node: Call, resolve: ResolveSql, back: int) -> exp.Expression:
    argument = node.arguments[0]
    if node.function == "previous":
        return _sql(argument, resolve, back + 1)
    if node.function == "growth":
        base = _guarded(argument, resolve, back + 1)
        ratio = exp.Div(this=atom(_guarded(argument, resolve, back)), expression=atom(base), typed=False, safe=False)
        change = exp.Sub(this=ratio, expression=exp.Literal.number("1"))
        return exp.Case(ifs=[exp.If(this=exp.GT(this=atom(base.copy()), expression=exp.Literal.number("0")), true=change)])
    build = FUNCTIONS[node.function].sql
    assert build is not None
    return build([_guarded(a, resolve, back) for a in node.arguments])


def _sql_of_divisor(node: Node, resolve: ResolveSql, back: int) -> exp.Expression:
    """The divisor, null where it is 0; a plain number is left as it is."""
    guarded = _guarded(node, resolve, back)
    if isinstance(guarded, exp.Literal) and guarded.name != "0":
        return guarded
    return exp.Nullif(this=guarded, expression=exp.Literal.number("0"))


def _guarded(node: Node, resolve: ResolveSql, back: int) -> exp.Expression:
    """The node, null where it overflowed. Written without repeating the node, so that guards inside guards stay small."""
    built = _sql(node, resolve, back)
    if magnitude(node).safe or isinstance(built, (exp.Literal, exp.Null, exp.Neg)):
        return built
    for beyond in ("inf", "-inf", "nan"):
        built = exp.Nullif(this=built, expression=exp.cast(exp.Literal.string(beyond), exp.DataType.build("double")))
    return built


def _wrapped(node: Node, resolve: ResolveSql, back: int, brackets: bool) -> exp.Expression:
    built = _sql(node, resolve, back)
    # `previous(a + b)` is built as `a + b`: what needs brackets is the tree that was built, not only the node
    loose = isinstance(built, (exp.Binary, exp.Unary)) and not isinstance(built, (exp.Dot, exp.Paren))
    return exp.paren(built, copy=False) if loose and (brackets or isinstance(node, Call)) else built


def _constant(node: Node) -> float | None:
    """The value of a node without names; NaN where it is missing. None where it has names.

    Constants are worked out here: a database would take 0.1 * 0.2 for exact decimals, and whole numbers for ones that overflow.
    """
    if isinstance(node, Name):
        return None
    if any(isinstance(n, Name) for n in walk(node)):
        return None
    return float(evaluate(node, lambda *_: np.nan))


def _literal(value: float) -> exp.Expression:
    if np.isnan(value):
        return exp.cast(exp.Null(), exp.DataType.build("double"))
    written = plain_number(abs(value))
    # a database reads digits with a point as an exact decimal; beyond 15 of them that is another number than the double
    if "e" not in written and len(written.replace(".", "").lstrip("0")) > 15:
        written += "e0"
    number = exp.Literal.number(written)
    return exp.Neg(this=number) if value < 0 else number


# --- arrays


def evaluate(root: Node, resolve: ResolveArray) -> Array:
    """See :meth:`Formula.evaluate`."""
    with np.errstate(all="ignore"):
        return _finite(_evaluate(root, resolve, 0))


def _evaluate(node: Node, resolve: ResolveArray, back: int) -> Array:
    match node:
        case Number():
            return np.asarray(node.value, dtype=np.float64)
        case Name():
            return _finite(_floats(resolve(node.id, back)))
        case Unary():
            return -_evaluate(node.operand, resolve, back)
        case Binary():
            return _finite(_arithmetic(node.operator, _evaluate(node.left, resolve, back), _evaluate(node.right, resolve, back)))
        case Call() if node.function == "previous":
            return _evaluate(node.arguments[0], resolve, back + 1)
        case Call() if node.function == "growth":
            now, before = _evaluate(node.arguments[0], resolve, back), _evaluate(node.arguments[0], resolve, back + 1)
            return _finite(np.where(before > 0, now / np.where(before > 0, before, 1.0) - 1, np.nan))
        case Call():
            kernel = FUNCTIONS[node.function].numpy
            assert kernel is not None
            return _finite(kernel([_evaluate(a, resolve, back) for a in node.arguments]))


def _arithmetic(operator: str, left: Array, right: Array) -> Array:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return left / np.where(right == 0, np.nan, right)


def _floats(given: ArrayLike) -> Array:
    """A polars Series keeps its nulls as NaN; a list may hold None."""
    if hasattr(given, "to_numpy"):
        return np.asarray(given.cast(float).to_numpy(), dtype=np.float64)  # type: ignore[union-attr]
    return np.asarray(given, dtype=np.float64)


def _finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, np.nan)


# --- sentence


def sentence(root: Node, labels: Mapping[str, object], lang: Language) -> str:
    """See :meth:`Formula.sentence`."""
    match root:
        case Number():
            return f"{int(root.value):,}" if root.value.is_integer() and root.value < 1e15 else plain_number(root.value)
        case Name():
            return _label(root.id, labels, lang)
        case Unary():
            return "−" + _in_brackets(root.operand, labels, lang, binding(root.operand) < binding(root))
        case Binary():
            level = PRECEDENCE[root.operator]
            left = _in_brackets(root.left, labels, lang, binding(root.left) < level)
            right = _in_brackets(root.right, labels, lang, binding(root.right) <= level)
            return f"{left} {_SIGNS[root.operator]} {right}"
        case Call():
            row = FUNCTIONS[root.function]
            template = row.zh if lang == "zh" else row.en
            said = [sentence(a, labels, lang) for a in root.arguments]
            alone = f"({said[0]})" if row.shifts and isinstance(root.arguments[0], (Binary, Unary)) else said[0]
            return template.format(alone, all=("、" if lang == "zh" else ", ").join(said))


def _in_brackets(node: Node, labels: Mapping[str, object], lang: Language, needed: bool) -> str:
    said = sentence(node, labels, lang)
    return f"({said})" if needed or (isinstance(node, Call) and node.function not in ("ln", "sqrt", "abs")) else said


def _label(name: str, labels: Mapping[str, object], lang: Language) -> str:
    found = labels.get(name)
    if found is None:
        return name
    return found if isinstance(found, str) else found.in_(lang)  # type: ignore[attr-defined]
