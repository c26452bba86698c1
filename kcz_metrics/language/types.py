"""The few types that a column can have for a filter or an aggregate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal

from kcz_metrics.locales import T, Text

Kind = Literal["text", "number", "boolean", "date", "datetime"]

#: Kinds whose values have an order that a reader would expect.
ORDERED: frozenset[Kind] = frozenset({"number", "date", "datetime"})

_WORDS: Mapping[str, Kind] = MappingProxyType(
    {
        **dict.fromkeys(("text", "string", "str", "varchar", "char", "enum", "categorical", "uuid", "id", "code"), "text"),
        **dict.fromkeys(("number", "integer", "int", "bigint", "smallint", "tinyint", "hugeint", "double", "float", "real"), "number"),
        **dict.fromkeys(("decimal", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"), "number"),
        **dict.fromkeys(("float32", "float64"), "number"),
        **dict.fromkeys(("boolean", "bool"), "boolean"),
        "date": "date",
        **dict.fromkeys(("datetime", "timestamp"), "datetime"),
    }
)


def kind_of(column: object) -> Kind | None:
    """The kind of a column, given as a type's name in words, SQL or polars, or as an object whose ``type`` or ``dtype`` is one.

    None where it is not known; such a column is not checked.
    """
    for attribute in ("type", "dtype"):
        if not isinstance(column, (str, type)) and hasattr(column, attribute):
            return kind_of(getattr(column, attribute))
    word = re.match(r"[A-Za-z0-9]*", str(column))
    return _WORDS.get(word[0].lower()) if word else None


def kind_of_value(value: object) -> Kind | None:
    """The kind of a value written in a scheme; None for what is no single value."""
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "text"
        case datetime():
            return "datetime"
        case date():
            return "date"
    return None


def comparable(column: Kind | None, value: Kind) -> bool:
    """Whether a value of one kind can be compared with a column of the other: like with like, a date with a date and time."""
    return column is None or column == value or (column == "datetime" and value == "date")


def in_words(kind: Kind | None) -> Text:
    """The kind as a reader knows it."""
    match kind:
        case "text":
            return T("文本")
        case "number":
            return T("数字")
        case "boolean":
            return T("是或否（true、false）")
        case "date":
            return T("日期")
        case "datetime":
            return T("日期时间")
    return T("单个值")
