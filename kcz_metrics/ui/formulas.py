"""A formula as people write it on paper: quotients as fractions, once with the names of its measures and once with their numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from html import escape
from importlib import resources

import streamlit as st

from kcz_metrics.language.formula import Binary, Call, Formula, Name, Node, Number, Unary
from kcz_metrics.language.functions import FUNCTIONS
from kcz_metrics.language.nodes import PRECEDENCE, binding, plain
from kcz_metrics.locales import Language

#: A measure so many periods back, as text.
Write = Callable[[str, int], str]

_SIGNS = {"+": "+", "-": "−", "*": "×"}


@cache
def stylesheet() -> str:
    return resources.files(__package__).joinpath("assets", "formula.css").read_text(encoding="utf-8")


def load() -> None:
    st.html(f"<style>{stylesheet()}</style>")


def markup(node: Node, write: Write, lang: Language, back: int = 0) -> str:
    """The tree as HTML, every text escaped."""
    match node:
        case Number():
            return escape(plain(node.value))
        case Name():
            return f"<span>{escape(write(node.id, back))}</span>"
        case Unary():
            return "−" + _inside(node.operand, write, lang, back, binding(node.operand) < binding(node))
        case Binary() if node.operator == "/":
            above, below = markup(node.left, write, lang, back), markup(node.right, write, lang, back)
            return f'<span class="frac"><span>{above}</span><span>{below}</span></span>'
        case Binary():
            level = PRECEDENCE[node.operator]
            left = _inside(node.left, write, lang, back, binding(node.left) < level and not _fraction(node.left))
            right = _inside(node.right, write, lang, back, binding(node.right) <= level and not _fraction(node.right))
            return f"{left} {_SIGNS[node.operator]} {right}"
        case Call() if node.function == "previous":
            return markup(node.arguments[0], write, lang, back + 1)
        case Call() if node.function == "growth":
            now, before = (markup(node.arguments[0], write, lang, b) for b in (back, back + 1))
            return f'<span class="frac"><span>{now}</span><span>{before}</span></span> − 1'
        case Call():
            row = FUNCTIONS[node.function]
            said = [markup(a, write, lang, back) for a in node.arguments]
            template = row.zh if lang == "zh" else row.en
            return template.format(said[0], all=("、" if lang == "zh" else ", ").join(said))


def _fraction(node: Node) -> bool:
    return isinstance(node, Binary) and node.operator == "/"


def _inside(node: Node, write: Write, lang: Language, back: int, needed: bool) -> str:
    inner = markup(node, write, lang, back)
    return f"({inner})" if needed else inner


def equation(title: str, formula: Formula, named: Write, numbered: Write, answer: str, notes: list[str], lang: Language) -> None:
    """``title = names = numbers = answer``, with notes below."""
    parts = [
        f"<span>{escape(title)}</span><span>=</span>",
        f"<span>{markup(formula.root, named, lang)}</span><span>=</span>",
        f"<span>{markup(formula.root, numbered, lang)}</span><span>=</span>",
        f"<b>{escape(answer)}</b>",
    ]
    below = "".join(f"<p>{escape(note)}</p>" for note in notes)
    st.html(f'<div class="kcz-formula"><div class="eq">{"".join(parts)}</div>{below}</div>')


def definition(title: str, formula: Formula, named: Write, lang: Language) -> None:
    """``title = names``."""
    inner = f"<span>{escape(title)}</span><span>=</span><span>{markup(formula.root, named, lang)}</span>"
    st.html(f'<div class="kcz-formula"><div class="eq">{inner}</div></div>')


def proof(text: str, good: bool) -> None:
    """The line that says whether the parts add up to the whole; both cases are said."""
    mark = "✓" if good else "✗"
    st.html(f'<p class="kcz-sum {"good" if good else "bad"}" role="status">{escape(text)} <b>{mark}</b></p>')
