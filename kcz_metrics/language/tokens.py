"""The words of a formula. One linear pass finds every character that cannot stand there before anything is parsed."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, cast

from kcz_metrics.errors import Issue
from kcz_metrics.locales import T

MOST_CHARACTERS, MOST_BRACKETS, MOST_TOKENS = 4_000, 30, 1_000
#: Of one kind; more are not listed.
MOST_LISTED = 10

_PATTERN = re.compile(
    r"(?P<blank>[ \t\r\n]+)|(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<mark>[-+*/(),])"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![A-Za-z0-9_.])"
)
_ODD_NUMBER = re.compile(r"[0-9.][A-Za-z0-9_.]*")


Kind = Literal["number", "name", "mark", "end"]


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    #: From 1.
    column: int


def tokens(text: str) -> tuple[list[Token], list[Issue]]:
    """The tokens, an end token last, and every problem of spelling. Tokens serve only where there is no problem."""
    if len(text) > MOST_CHARACTERS:
        return [], [_issue(T("公式过长"), 1, expected=T("至多 {n} 个字符", n=MOST_CHARACTERS), found=T("{n} 个字符", n=len(text)))]
    found: list[Token] = []
    issues: list[Issue] = []
    at = depth = 0
    while at < len(text):
        match = _PATTERN.match(text, at)
        if match is None:
            at, issue = _stray(text, at)
            issues.append(issue)
            continue
        kind, word = match.lastgroup, match.group()
        if kind == "number" and not math.isfinite(float(word)):
            issues.append(_issue(T("数值过大"), at + 1, found=T("{text}", text=word[:40])))
        elif kind != "blank":
            found.append(Token(cast(Kind, kind), word, at + 1))
        depth += (word == "(") - (word == ")")
        if depth > MOST_BRACKETS:
            return [], [*issues[:MOST_LISTED], _issue(T("括号嵌套过深"), at + 1, expected=T("至多 {n} 层", n=MOST_BRACKETS))]
        at = match.end()
    if len(found) > MOST_TOKENS:
        issues.append(_issue(T("公式过长"), 1, expected=T("至多 {n} 个词", n=MOST_TOKENS), found=T("{n} 个词", n=len(found))))
    found.append(Token("end", "", len(text) + 1))
    return found, issues[:MOST_LISTED]


def _stray(text: str, at: int) -> tuple[int, Issue]:
    """What does not belong at ``at``, and where to read on."""
    if odd := _ODD_NUMBER.match(text, at):
        example = T("写成 12、0.5 或 1e6")
        return odd.end(), _issue(T("数值写法不对"), at + 1, found=T("{text}", text=odd.group()[:40]), hint=example)
    character = text[at]
    ascii_form = {"×": "*", "÷": "/", "−": "-", "–": "-", "—": "-", "[": "(", "]": ")", "{": "(", "}": ")"}.get(
        character, unicodedata.normalize("NFKC", character)
    )
    fitting = ascii_form != character and _PATTERN.fullmatch(ascii_form) is not None
    hint = T("改为半角的 {character}", character=ascii_form) if fitting else T("只用数字、基础量的代码、+ - * / ( ) 和函数")
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return at + 1, _issue(T("公式中不能有这个字符"), at + 1, found=T("{text}", text=shown), hint=hint)


def _issue(message: object, column: int, **more: object) -> Issue:
    said = T("第 {column} 个字符：{message}", column=column, message=message)
    return Issue("formula", said, **more)  # type: ignore[arg-type]
