"""A plan as a script that a person can read and run: each statement after the sentences that explain it."""

from __future__ import annotations

import re
from typing import Literal

from kcz_metrics.compiling.plan import Plan
from kcz_metrics.compiling.statement import Statement
from kcz_metrics.locales import Language, T

Dialect = Literal["duckdb"]
_HEAD = T("所读各表为业务记录的现行版本；_flaw 为空表示该行有效，否则为 duplicate（重复）或 unverified（未核验）")


def sql(plan: Plan, lang: Language = "zh", dialect: Dialect = "duckdb") -> str:
    """The statements of a plan in the order in which they run. The tables they read are the records, each with a column ``_flaw`` that
    is null for valid rows, else ``duplicate`` or ``unverified``."""
    head = f"-- {_one_line(_HEAD.render(lang))}"
    return "\n\n".join([head, *(explained(statement, lang, dialect) for statement in plan.statements)]) + "\n"


def explained(statement: Statement, lang: Language, dialect: Dialect = "duckdb") -> str:
    comments = "\n".join(f"-- {_one_line(text.render(lang))}" for text in statement.sentences)
    return f"{comments}\n{statement.tree().sql(dialect=dialect, pretty=True, max_text_width=120)};"


def _one_line(text: str) -> str:
    """A name from the scheme may hold anything; a line break would end the comment."""
    return re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text)
