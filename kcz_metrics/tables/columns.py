"""What a column of a record table may hold. One declaration feeds validation, labels, import templates and docs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import dataframely as dy
import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.tables.labels import Label

Kind = Literal["text", "int", "float", "bool", "date", "datetime", "enum", "set"]
EARLIEST = dt.date(1900, 1, 1)
LATEST = dt.date(2100, 1, 1)
#: A number beyond this is a slip of the pen, and would not leave room for exact sums.
LARGEST = 1_000_000_000_000.0


@dataclass(frozen=True, slots=True)
class _Storage:
    dtype: pl.DataType
    contract: type[dy.Column]


STORAGE: Mapping[Kind, _Storage] = MappingProxyType(
    {
        "text": _Storage(pl.String(), dy.String),
        "int": _Storage(pl.Int64(), dy.Int64),
        "float": _Storage(pl.Float64(), dy.Float64),
        "bool": _Storage(pl.Boolean(), dy.Bool),
        "date": _Storage(pl.Date(), dy.Date),
        "datetime": _Storage(pl.Datetime("us"), dy.Datetime),
        "enum": _Storage(pl.String(), dy.String),
        "set": _Storage(pl.String(), dy.String),
    }
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Money is whole yuan; datetimes are local Asia/Shanghai without zone.

    ``values`` are the codes of an enum with their labels; ``open`` lets other codes in as well. A ``set`` is text: the codes joined by
    ``|``. ``minimum`` and ``maximum`` include the bound, ``above`` does not. ``min_chars`` counts characters, not bytes. Null means
    not reported or not happened yet; where a value must be there ``nullable`` is false.
    """

    name: str
    label: Label
    kind: Kind
    unit: Label | None = None
    nullable: bool = False
    values: Mapping[str, Label] = field(default_factory=dict)
    open: bool = False
    unique: bool = False
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    pattern: str | None = None
    min_chars: int | None = None

    @property
    def dtype(self) -> pl.DataType:
        return STORAGE[self.kind].dtype

    def checks(self) -> Mapping[str, tuple[pl.Expr, Text]]:
        """Rule name to a boolean expression (null passes) and the sentence that says what is expected."""
        value = pl.col(self.name)
        found: dict[str, tuple[pl.Expr, Text]] = {}
        if self.kind == "enum" and self.values and not self.open:
            found["values"] = value.is_in(list(self.values)), T("应为 {values} 之一", values=_choices(self.values))
        if self.kind == "set":
            codes = "|".join(map(re.escape, self.values))
            expected = T("应为以 | 分隔的 {values}", values=_choices(self.values))
            found["values"] = value.str.contains(rf"^(?:{codes})(?:\|(?:{codes}))*$"), expected
        if self.unique:
            found["unique"] = value.is_null() | value.is_unique(), T("不得重复")
        if self.minimum is not None:
            found["minimum"] = value >= self.minimum, T("不小于 {bound}", bound=_plain(self.minimum))
        if self.maximum is not None:
            found["maximum"] = value <= self.maximum, T("不大于 {bound}", bound=_plain(self.maximum))
        if self.above is not None:
            found["above"] = value > self.above, T("大于 {bound}", bound=_plain(self.above))
        if self.kind == "float":
            found["finite"] = value.is_finite(), T("应为有限的数")
        if self.kind in ("int", "float"):
            found["magnitude"] = value.is_between(-LARGEST, LARGEST) | ~value.is_finite(), T("绝对值不超过 {bound}", bound=_plain(LARGEST))
        if self.kind in ("date", "datetime"):
            found["calendar"] = value.is_between(EARLIEST, LATEST), T("日期应在 {first} 与 {last} 之间", first=EARLIEST, last=LATEST)
        if self.pattern is not None:
            found["pattern"] = value.str.contains(self.pattern), T("格式应符合 {pattern}", pattern=self.pattern)
        if self.min_chars is not None:
            found["min_chars"] = value.str.len_chars() >= self.min_chars, T("不少于 {n} 个字", n=self.min_chars)
        return found

    def contract(self, *, key: bool) -> dy.Column:
        """The dataframely column; ``key`` marks a part of the primary key."""
        checks = {name: _constant(expression) for name, (expression, _) in self.checks().items()}
        options: dict[str, Any] = {"nullable": self.nullable, "primary_key": key, "check": checks or None}
        if self.kind == "float":  # finiteness is our own rule, so that it has our own sentence
            options |= {"allow_inf": True, "allow_nan": True}
        return STORAGE[self.kind].contract(**options)


def _constant(expression: pl.Expr) -> Any:
    return lambda _: expression


def _choices(values: Mapping[str, Label]) -> Label:
    """The codes, each with its label: a file may hold either."""
    return Label(
        "、".join(f"{code}（{label.zh}）" for code, label in values.items()),
        ", ".join(f"{code} ({label.en})" for code, label in values.items()),
    )


def _plain(bound: float) -> str:
    return f"{bound:,.15g}"
