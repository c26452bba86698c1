"""Plain scalars of YAML 1.2: what ``yes``, ``010`` and ``2021-12-31`` mean, and which numbers are refused."""

from __future__ import annotations

import math
import re
from datetime import date

from kcz_metrics.locales import T, Text

_INTEGER = re.compile(r"[-+]?[0-9]+", re.ASCII)
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_UNLIMITED = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", re.ASCII)
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)

Scalar = bool | int | float | str | date | None


def plain_scalar(text: str) -> tuple[Scalar, Text | None]:
    """The value that unquoted ``text`` stands for, and what is wrong with it, if anything.

    >>> plain_scalar("010")[0], plain_scalar("yes")[0], plain_scalar("2022Q3")[0]
    (10, 'yes', '2022Q3')
    """
    if text in _WORDS:
        return _WORDS[text], None
    if _UNLIMITED.fullmatch(text):
        return None, T("数值必须有限，不能写 {text}", text=text)
    if _INTEGER.fullmatch(text) or _OTHER_BASE.fullmatch(text):
        if len(text) > 20 or not -(2**63) <= (number := int(text, 0 if text[:2] in ("0o", "0x") else 10)) < 2**63:
            return None, T("整数过大")
        return number, None
    if _FLOAT.fullmatch(text):
        decimal = float(text) if len(text) <= 400 else math.inf
        return (None, T("数值过大")) if math.isinf(decimal) else (decimal, None)
    if found := _DATE.fullmatch(text):
        try:
            return date(*map(int, found.groups())), None
        except ValueError:
            return None, T("没有 {text} 这一天", text=text)
    return text, None
