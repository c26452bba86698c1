"""Structured filters: ``{column: value}`` or ``{column: {operator: operand}}``, all of which must hold.

Null matches nothing but ``is_null``, ``not`` included. A date compared with a column of dates and times means the whole day.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast

import polars as pl
from sqlglot import exp

from kcz_metrics.errors import Issue, LanguageError, did_you_mean
from kcz_metrics.language.operators import OPERATORS, Operator, as_list
from kcz_metrics.language.types import ORDERED, Kind, comparable, in_words, kind_of, kind_of_value
from kcz_metrics.locales import Language, T, Text

Where = Mapping[str, Any]
#: Column to its type, in any form that :func:`kcz_metrics.language.types.kind_of` knows.
Columns = Mapping[str, object]

MOST_CONDITIONS, MOST_VALUES, MOST_CHARACTERS, MOST_DIGITS = 50, 1_000, 1_000, 2**63 - 1
_UNFIT_TEXT = re.compile("[\x00\ud800-\udfff]")


class FilterError(LanguageError):
    """A filter is not one; all its problems at once."""


def check(where: object, columns: Columns | None = None, *, subject: str = "") -> list[Issue]:
    """Every problem of a filter. ``columns`` gives the columns there are and their types; None leaves both unchecked."""
    return [replace(issue, subject=_join(subject, issue.subject)) for issue in _problems(where, columns)]


def compile(where: Where, columns: Columns | None = None, *, table: str | None = None) -> exp.Expression:
    """The filter as one SQL condition, TRUE where it is empty. Raises :class:`FilterError`.

    Column names are quoted and qualified with ``table`` where given; operands are literal nodes.
    """
    conditions = [
        operator.sql(_sql_column(column, operator, operand, columns, table), operand)
        for column, operator, operand in _conditions(where, columns)
    ]
    return cast(exp.Expression, exp.and_(*conditions)) if conditions else exp.true()


def polars(where: Where, columns: Columns | None = None) -> pl.Expr:
    """The filter as one Boolean expression, never null, True where it is empty. Raises :class:`FilterError`."""
    conditions = [
        operator.polars(_polars_column(column, operator, operand, columns), operand).fill_null(False)
        for column, operator, operand in _conditions(where, columns)
    ]
    return pl.all_horizontal(*conditions) if conditions else pl.lit(True)


def sentence(where: Where, lang: Language, labels: Mapping[str, object] | None = None) -> str:
    """The filter in words, empty where it is. A label is a text, or has ``in_(lang)``; a column without one is named by itself."""
    said = [_say(operator, _label(column, lang, labels), operand, lang) for column, operator, operand in _conditions(where, None)]
    return ("，且" if lang == "zh" else ", and ").join(said)


def _conditions(where: Where, columns: Columns | None) -> list[tuple[str, Operator, Any]]:
    if issues := check(where, columns):
        raise FilterError(issues)
    return [(column, OPERATORS[key], operand) for column, spec in where.items() for key, operand in _spec(spec).items()]


def _spec(spec: object) -> Mapping[str, Any]:
    return spec if isinstance(spec, Mapping) else {"equals": spec}


def _problems(where: object, columns: Columns | None) -> Iterator[Issue]:
    if not isinstance(where, Mapping):
        yield Issue("filter_shape", T("筛选条件应按列书写"), expected=T("列名: 值，或 列名: {example}", example="{in: [a, b]}"))
        return
    total = sum(len(_spec(spec)) for spec in where.values())
    if total > MOST_CONDITIONS:
        yield Issue("filter_size", T("筛选条件过多"), expected=T("至多 {most} 条", most=MOST_CONDITIONS), found=T("{n} 条", n=total))
        return
    for column, spec in where.items():
        if columns is not None and column not in columns:
            known = [str(c) for c in columns]
            yield Issue("unknown_column", T("没有“{name}”这一列", name=column), subject=str(column), hint=did_you_mean(str(column), known))
            continue
        kind = kind_of(columns[column]) if columns is not None else None
        if not _spec(spec):
            yield Issue("filter_shape", T("没有写条件"), subject=str(column), expected=_known_operators())
        for key, operand in _spec(spec).items():
            where_at = _join(str(column), str(key)) if isinstance(spec, Mapping) else str(column)
            operator = OPERATORS.get(key) if isinstance(key, str) else None
            if operator is None:
                yield Issue(
                    "unknown_operator", T("没有“{name}”这种筛选", name=key), subject=where_at, expected=_known_operators(),
                    hint=did_you_mean(str(key), tuple(OPERATORS)),
                )  # fmt: skip
            elif issue := _operand_problem(operator, operand, kind):
                yield replace(issue, subject=where_at)


def _operand_problem(operator: Operator, operand: object, kind: Kind | None) -> Issue | None:
    if operator.operand == "flag":
        return None if isinstance(operand, bool) else _bad(T("只能写 true 或 false"), operand)
    listed = isinstance(operand, (list, tuple))
    if operator.operand in ("value", "ordered") and listed:
        return _bad(T("此处只能写一个值"), operand, hint=T("多个值用 in: [ ]"))
    if operator.operand in ("list", "pair") and not listed:
        return _bad(T("此处应写列表"), operand, hint=T("写成 [值, 值]"))
    values = as_list(operand)
    if operator.operand == "pair" and len(values) != 2:
        return _bad(T("此处应写两个值：[下限, 上限]"), operand)
    if not 0 < len(values) <= MOST_VALUES:
        return _bad(T("列表应有 1 至 {most} 个值", most=MOST_VALUES), operand)
    for value in values:
        if issue := _value_problem(value, kind):
            return issue
    kinds = {kind_of_value(value) for value in values}
    if len(kinds) > 1:
        return _bad(T("列表中的值类型不一"), operand)
    if operator.operand in ("ordered", "pair") and not ({kind} if kind else kinds) <= ORDERED:
        return _bad(T("只有数值和日期可以比较大小"), operand)
    if operator.operand == "pair" and values[0] > values[1]:
        return _bad(T("下限高于上限"), operand)
    return None


def _value_problem(value: object, kind: Kind | None) -> Issue | None:
    found = kind_of_value(value)
    if value is None:
        return _bad(T("空值不能这样比较"), value, hint=T("写 is_null: true"))
    if found is None:
        return _bad(T("值应为文本、数值、日期或 true、false"), value)
    if isinstance(value, float) and not math.isfinite(value):
        return _bad(T("数值必须有限"), value)
    if isinstance(value, int) and abs(value) > MOST_DIGITS:
        return _bad(T("整数过大"), value)
    if isinstance(value, str) and (len(value) > MOST_CHARACTERS or _UNFIT_TEXT.search(value)):
        return _bad(T("文本过长或含不可用字符"), value[:20].encode("ascii", "replace").decode())
    if not comparable(kind, found):
        shown = T("{kind} {value}", kind=in_words(found), value=_show(value))
        return Issue("filter_type", T("值的类型与列不符"), expected=in_words(kind), found=shown)
    return None


def _bad(message: Text, operand: object, hint: Text | None = None) -> Issue:
    return Issue("filter_operand", message, found=T("{value}", value=_show(operand)), hint=hint)


def _show(operand: object) -> str:
    text = operand if isinstance(operand, str) else ", ".join(map(str, operand)) if isinstance(operand, (list, tuple)) else str(operand)
    return text if len(text) <= 60 else text[:57] + "…"


def _known_operators() -> Text:
    return T("{names}", names=", ".join(OPERATORS))


def _whole_day(operator: Operator, operand: object, column: str, columns: Columns | None) -> bool:
    """Whether a day is compared with what may be a moment of it."""
    if operator.operand == "flag" or kind_of_value(as_list(operand)[0]) != "date":
        return False
    return columns is None or kind_of(columns[column]) != "date"


def _sql_column(column: str, operator: Operator, operand: object, columns: Columns | None, table: str | None) -> exp.Expression:
    node = exp.column(column, table=table, quoted=True)
    return exp.cast(node, exp.DataType.build("date")) if _whole_day(operator, operand, column, columns) else node


def _polars_column(column: str, operator: Operator, operand: object, columns: Columns | None) -> pl.Expr:
    return pl.col(column).cast(pl.Date) if _whole_day(operator, operand, column, columns) else pl.col(column)


def _say(operator: Operator, column: str, operand: object, lang: Language) -> str:
    other = operand is False if operator.operand == "flag" else isinstance(operand, (list, tuple)) and operator.zh_other != ""
    zh, en = (operator.zh_other, operator.en_other) if other else (operator.zh, operator.en)
    joint = {"zh": "至" if operator.operand == "pair" else "、", "en": " and " if operator.operand == "pair" else ", "}[lang]
    return (zh if lang == "zh" else en).format(column=column, value=joint.join(_value(v, lang) for v in as_list(operand)))


def _value(value: object, lang: Language) -> str:
    if isinstance(value, bool):
        return ("是" if value else "否") if lang == "zh" else ("yes" if value else "no")
    if isinstance(value, (int, float)):
        return f"{value:,}"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return f"“{value}”"


def _label(column: str, lang: Language, labels: Mapping[str, object] | None) -> str:
    found = labels.get(column) if labels else None
    if found is None:
        return column
    return found if isinstance(found, str) else found.in_(lang)  # type: ignore[attr-defined]


def _join(*parts: str) -> str:
    return ".".join(p for p in parts if p)
