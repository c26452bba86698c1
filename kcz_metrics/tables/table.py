"""A record table as a contract: its columns, key, references and the rules that hold between columns."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import dataframely as dy
import polars as pl

from kcz_metrics.errors import Issue, RecordsError, did_you_mean
from kcz_metrics.locales import T, Text
from kcz_metrics.tables.columns import Column
from kcz_metrics.tables.labels import Label


@dataclass(frozen=True, slots=True)
class Reference:
    """``column`` holds a value of ``to`` in ``table``, or null where the column is nullable."""

    column: str
    table: str
    to: str


@dataclass(frozen=True)
class Rule:
    """What must hold between the columns of one row (or of the whole table). An expression that is null passes."""

    name: str
    label: Label
    expression: pl.Expr = field(compare=False)


@dataclass(frozen=True)
class Table:
    """One table. ``kind`` is ``record`` where rows are reported, verified and withdrawn and so carry the common tail."""

    name: str
    label: Label
    kind: Literal["reference", "record"]
    columns: Mapping[str, Column]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    rules: tuple[Rule, ...] = ()
    #: What one row is and what it is counted for, where the name alone does not say it.
    about: Label | None = None

    @property
    def has_tail(self) -> bool:
        return self.kind == "record"

    @cached_property
    def schema(self) -> type[dy.Schema]:
        """The dataframely schema. Rule names are ``column|rule``, ``primary_key`` and those of :attr:`rules`."""
        members: dict[str, object] = {name: column.contract(key=name in self.key) for name, column in self.columns.items()}
        members |= {rule.name: _rule(rule.expression) for rule in self.rules}
        return types.new_class(self.name, (dy.Schema,), {}, lambda namespace: namespace.update(members))

    @cached_property
    def expectations(self) -> Mapping[str, tuple[pl.Expr, Text]]:
        """Every rule of the schema by name: its expression, and what it expects in words."""
        found: dict[str, tuple[pl.Expr, Text]] = {rule.name: (rule.expression, rule.label) for rule in self.rules}
        one = T("{column} {expected}", column=self.columns[self.key[0]].label, expected=T("不得重复"))
        keys = one if len(self.key) == 1 else T("{columns} 合起来不得重复", columns=_joined(self.columns[name].label for name in self.key))
        found["primary_key"] = pl.struct(self.key).is_unique(), keys
        for name, column in self.columns.items():
            if not column.nullable:
                found[f"{name}|nullability"] = pl.col(name).is_not_null(), T("{column} 必填", column=column.label)
            for rule, (expression, text) in column.checks().items():
                found[f"{name}|check__{rule}"] = expression, T("{column} {expected}", column=column.label, expected=text)
        return types.MappingProxyType(found)

    def empty(self) -> pl.DataFrame:
        """No rows, all columns with their types."""
        return pl.DataFrame(schema={name: column.dtype for name, column in self.columns.items()})

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The table's columns in order; nullable ones that are absent are added empty, others of ``frame`` are left out.

        Types are cast strictly. Raises RecordsError with every column that is missing or of a type that cannot be cast.
        """
        issues: list[Issue] = []
        parts: list[pl.Expr] = []
        for name, column in self.columns.items():
            if name in frame.columns:
                parts.append(pl.col(name).cast(column.dtype))
            elif column.nullable:
                parts.append(pl.lit(None, dtype=column.dtype).alias(name))
            else:
                near = did_you_mean(name, frame.columns)
                issues.append(Issue("column_missing", T("缺少列 {column}", column=name), place=self.name, subject=name, hint=near))
        if issues:
            raise RecordsError(issues)
        try:
            return frame.select(parts)
        except pl.exceptions.PolarsError as error:
            reason = str(error).splitlines()[0]
            raise RecordsError(Issue("column_type", T("列的类型不对：{reason}", reason=reason), place=self.name)) from error

    def validate(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, dy.FailureInfo]:
        """Split ``frame`` into rows that keep every rule, in order, and the failures (``.counts()``, ``.invalid()``, ``.details()``).

        ``frame`` is conformed first; raises RecordsError as :meth:`conform` does.
        """
        good, failures = self.schema.filter(self.conform(frame))
        return good, failures

    def broken(self, frame: pl.DataFrame) -> pl.DataFrame:
        """One row per broken rule: ``row`` (0-based position in ``frame``, UInt32), ``rule``. ``frame`` has the table's columns."""
        tests = [(~expression).fill_null(False).alias(rule) for rule, (expression, _) in self.expectations.items()]
        # A flag per row and rule, of which nearly all are unset: only the set ones become rows.
        flags = frame.select(tests) if frame.height else frame.clear().select(pl.lit(False).alias(rule) for rule in self.expectations)
        parts = [
            pl.DataFrame({"row": flag.arg_true().cast(pl.UInt32)}).with_columns(rule=pl.lit(flag.name))
            for flag in flags.get_columns()
            if flag.any()
        ]
        nothing = pl.DataFrame(schema={"row": pl.UInt32(), "rule": pl.String()})
        return pl.concat([nothing, *parts]).sort("row", "rule")


def _joined(labels: Iterable[Label]) -> Label:
    names = list(labels)
    return Label("、".join(label.zh for label in names), ", ".join(label.en for label in names))


def _rule(expression: pl.Expr) -> object:
    @dy.rule()
    def holds(_: type[dy.Schema]) -> pl.Expr:
        return expression

    return holds


def table(
    name: str,
    label: Label,
    columns: Sequence[Column],
    key: Sequence[str],
    references: Mapping[str, str] | None = None,
    rules: Sequence[Rule] = (),
    tail: Sequence[Column] = (),
    tail_rules: Sequence[Rule] = (),
    about: Label | None = None,
) -> Table:
    """Declare a table. ``references`` maps a column to ``table.column``; a tail column that the table defines itself is not added again."""
    own = {column.name: column for column in columns}
    whole = own | {column.name: column for column in tail if column.name not in own}
    targets = tuple(Reference(column, *target.split(".")) for column, target in (references or {}).items())
    self_reference = (Reference("duplicate_of", name, key[0]),) if "duplicate_of" in whole and len(key) == 1 else ()
    return Table(
        name=name,
        label=label,
        kind="record" if tail else "reference",
        columns=types.MappingProxyType(whole),
        key=tuple(key),
        references=targets + self_reference,
        rules=(*rules, *tail_rules),
        about=about,
    )
