"""Short ways to declare columns and rules, so that a table reads like the list of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from kcz_metrics.tables.columns import Column
from kcz_metrics.tables.labels import Label
from kcz_metrics.tables.table import Rule, Table, table
from kcz_metrics.tables.tail import TAIL, TAIL_RULES

CNY = Label("元", "CNY")
PERSONS = Label("人", "persons")
YEAR = Label("年", "year")
PERCENT = Label("%", "%")
POINTS = Label("分", "points")


def text(name: str, zh: str, en: str, **options: Any) -> Column:
    return Column(name, Label(zh, en), "text", **options)


def ident(name: str, zh: str, en: str, **options: Any) -> Column:
    """An id: letters, digits and the few signs that are safe in a link and a file name."""
    return Column(name, Label(zh, en), "text", pattern=r"^[A-Za-z0-9][A-Za-z0-9_./ -]{0,63}$", **options)


def integer(name: str, zh: str, en: str, **options: Any) -> Column:
    return Column(name, Label(zh, en), "int", **options)


def year(name: str, zh: str = "年份", en: str = "Year", **options: Any) -> Column:
    return Column(name, Label(zh, en), "int", unit=YEAR, minimum=1950, maximum=2100, **options)


def money(name: str, zh: str, en: str, **options: Any) -> Column:
    return Column(name, Label(zh, en), "int", unit=CNY, **options)


def number(name: str, zh: str, en: str, **options: Any) -> Column:
    return Column(name, Label(zh, en), "float", **options)


def flag(name: str, zh: str, en: str, **options: Any) -> Column:
    return Column(name, Label(zh, en), "bool", **options)


def day(name: str, zh: str, en: str, **options: Any) -> Column:
    return Column(name, Label(zh, en), "date", **options)


def moment(name: str, zh: str, en: str, **options: Any) -> Column:
    return Column(name, Label(zh, en), "datetime", **options)


def choice(name: str, zh: str, en: str, values: Mapping[str, Label], **options: Any) -> Column:
    return Column(name, Label(zh, en), "enum", values=values, **options)


def several(name: str, zh: str, en: str, values: Mapping[str, Label], **options: Any) -> Column:
    return Column(name, Label(zh, en), "set", values=values, **options)


def not_before(later: str, earlier: str, zh: str, en: str) -> Rule:
    """``later`` is null, or not before ``earlier``; a date and a datetime are compared by day."""
    return Rule(f"{later}_not_before_{earlier}", Label(zh, en), pl.col(later).cast(pl.Date) >= pl.col(earlier).cast(pl.Date))


def moment_not_before(later: str, earlier: str, zh: str, en: str) -> Rule:
    """As :func:`not_before`, to the second."""
    return Rule(f"{later}_not_before_{earlier}", Label(zh, en), pl.col(later) >= pl.col(earlier))


def after(later: str, earlier: str, zh: str, en: str) -> Rule:
    return Rule(f"{later}_after_{earlier}", Label(zh, en), pl.col(later) > pl.col(earlier))


def rule(name: str, zh: str, en: str, expression: pl.Expr) -> Rule:
    return Rule(name, Label(zh, en), expression)


def reference(
    name: str,
    zh: str,
    en: str,
    columns: Sequence[Column],
    key: Sequence[str],
    references: Mapping[str, str] | None = None,
    rules: Sequence[Rule] = (),
    about: Label | None = None,
) -> Table:
    """A reference table: who and what there is. No common tail."""
    return table(name, Label(zh, en), columns, key, references, rules, about=about)


def record(
    name: str,
    zh: str,
    en: str,
    columns: Sequence[Column],
    key: Sequence[str],
    references: Mapping[str, str] | None = None,
    rules: Sequence[Rule] = (),
    about: Label | None = None,
) -> Table:
    """A record table: what was reported, with the common tail."""
    return table(name, Label(zh, en), columns, key, references, rules, TAIL, TAIL_RULES, about)
