"""Text that a spreadsheet would run as a formula, made harmless on the way out and turned back on the way in."""

from __future__ import annotations

import re

import polars as pl

_FORMULA = r"^'*[=+\-@\t\r]"
_ESCAPED = r"^'+[=+\-@\t\r]"
_NUMBER = r"^[+\-]?[0-9][0-9,]*(\.[0-9]+)?([eE][+\-]?[0-9]+)?$"
_is_formula, _is_number = re.compile(_FORMULA).match, re.compile(_NUMBER).match


def escape(text: str) -> str:
    """``text`` with an apostrophe before it where it begins like a formula; numbers stay as they are."""
    return f"'{text}" if _is_formula(text) and not _is_number(text) else text


def escaped(text: pl.Expr) -> pl.Expr:
    """A column of texts, each as :func:`escape` gives it."""
    led = text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)
    return pl.when(led).then(text.str.replace("^", "'")).otherwise(text).name.keep()


def unescape(text: pl.Expr) -> pl.Expr:
    """Undo :func:`escape`."""
    return pl.when(text.str.contains(_ESCAPED)).then(text.str.slice(1)).otherwise(text).name.keep()
